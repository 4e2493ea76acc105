from odoo import api, fields, models


class XeroPush(models.Model):
    """A push of many records that one user asked for: its progress, and the closing notice."""

    _name = "xero.push"
    _description = "Xero Push"
    _order = "id desc"
    _rec_name = "create_date"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    user_id = fields.Many2one("res.users", "Asked By", required=True, readonly=True, ondelete="cascade", index=True)
    total = fields.Integer("Records", readonly=True)
    synced = fields.Integer("In Xero", readonly=True)
    failed = fields.Integer("Refused", readonly=True)
    blocked = fields.Integer("Held", readonly=True)
    done = fields.Integer(compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")
    finished_at = fields.Datetime("Finished", readonly=True)

    @api.depends("total", "synced", "failed", "blocked")
    def _compute_progress(self):
        for push in self:
            push.done = push.synced + push.failed + push.blocked
            push.progress = 100.0 * push.done / push.total if push.total else 100.0

    def _count(self, outcomes):
        """Add outcomes to the pushes they belong to and tell the users whose push is complete.

        :param outcomes: dict of push id → dict of state → number of records
        """
        for push in self.browse(outcomes).exists():
            for state, count in outcomes[push.id].items():
                push[state] += count
            if push.done >= push.total and not push.finished_at:
                push.finished_at = fields.Datetime.now()
                push._tell_user()

    def _tell_user(self):
        self.ensure_one()
        parts = [self.env._("%s in Xero", self.synced)]
        if self.blocked:
            parts.append(self.env._("%s held (something is missing)", self.blocked))
        if self.failed:
            parts.append(self.env._("%s refused by Xero", self.failed))
        well = not self.blocked and not self.failed
        self.user_id._bus_send(
            "simple_notification",
            {
                "title": self.env._("Push to Xero finished"),
                "message": ", ".join(parts) + ".",
                "type": "success" if well else "warning",
                "sticky": not well,
            },
        )
