import math

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..sync.resources import BATCH_SIZE
from ..sync.runner import Runner
from .xero_reason import TO_FIX

# What a call takes when nothing was measured yet, and the least that Xero's 60 calls a minute leave for each.
USUAL_SECONDS, LEAST_SECONDS = 3.0, 1.0
MEASURED_CALLS = 20


class XeroPush(models.Model):
    """A push of many records: who asked for it, how far it is, what it still needs, and the closing notice.

    The engine works on in the background whether or not anybody looks, and after a restart. It alone counts here: a
    person's wish to stop is a mark, like every other wish (see ``sync/marks.py``).
    """

    _name = "xero.push"
    _description = "Xero Push"
    _order = "id desc"

    name = fields.Char("What", required=True, readonly=True, default=lambda self: self._description)
    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="connection_id.company_id", store=True)
    user_id = fields.Many2one("res.users", "Asked By", required=True, readonly=True, ondelete="cascade", index=True)
    # running ──► done      the outcome of every record is known
    #         └─► stopped   a person stopped it; what was not sent by then is left as it was
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("stopped", "Stopped")],
        default="running",
        required=True,
        readonly=True,
        index=True,
    )
    record_ids = fields.Json(readonly=True, help="Dict of model → ids of the records.")
    total = fields.Integer("Records", readonly=True)
    synced = fields.Integer("In Xero", readonly=True)
    failed = fields.Integer("Refused", readonly=True)
    blocked = fields.Integer("Held", readonly=True)
    stopped = fields.Integer("Left Out", readonly=True)
    done = fields.Integer(compute="_compute_progress")
    left = fields.Integer("Still to Do", compute="_compute_progress")
    progress = fields.Float(compute="_compute_progress")
    finished_at = fields.Datetime("Finished", readonly=True)
    calls_needed = fields.Integer(
        compute="_compute_needs", compute_sudo=True, help="Calls to Xero that the rest needs, as a rule."
    )
    minutes_needed = fields.Integer(
        compute="_compute_needs", compute_sudo=True, help="Minutes that the rest needs while calls are left, as a rule."
    )
    outlook = fields.Char("What to Expect", compute="_compute_needs", compute_sudo=True)

    @api.model
    def _start(self, connection, name, ids_by_model):
        """Note that ``ids_by_model`` (dict of model → ids) are to be pushed; the caller marks them with this push."""
        return self.sudo().create(
            {
                "name": name,
                "connection_id": connection.id,
                "user_id": self.env.uid,
                "record_ids": ids_by_model,
                "total": sum(map(len, ids_by_model.values())),
            }
        )

    @api.depends("total", "synced", "failed", "blocked", "stopped")
    def _compute_progress(self):
        for push in self:
            push.done = push.synced + push.failed + push.blocked
            push.left = max(push.total - push.done - push.stopped, 0)
            push.progress = 100.0 * (push.total - push.left) / push.total if push.total else 100.0

    # -- What it still needs -----------------------------------------------------------------------------------

    @api.depends("state", "left", "connection_id.state", "connection_id.next_try", "connection_id.day_calls_remaining")
    def _compute_needs(self):
        running = self.filtered(lambda push: push.state == "running")
        waiting = running._waiting_records()
        for push in self:
            batched, single, contacts = waiting.get(push.id, ((), 0, 0))
            # Xero takes 50 a call, of allocations one; once per push its contacts are listed.
            calls = sum(math.ceil(number / BATCH_SIZE) for number in (*batched, contacts)) + single
            push.calls_needed = calls + (1 if contacts else 0)
            push.minutes_needed = math.ceil(push.calls_needed * push._seconds_per_call() / 60) if calls else 0
            push.outlook = push._describe_outlook()

    def _waiting_records(self):
        """Return dict of push id → numbers of marked records that go in calls of their kind, allocations, contacts.

        A document that is paid in Odoo takes its payment with it, and contacts that are not in Xero are made for it.
        """
        if not self:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT mark.push_id,
                       count(DISTINCT mark.res_id) FILTER (
                           WHERE mark.res_model = 'account.move'
                             AND (move.id IS NULL OR move.move_type NOT LIKE %(credits)s)),
                       count(DISTINCT move.id) FILTER (WHERE move.move_type LIKE %(credits)s),
                       count(DISTINCT settlement.id) FILTER (WHERE settlement.kind = 'payment')
                       + count(DISTINCT move.id) FILTER (
                           WHERE connection.sync_payments AND move.payment_state IN ('paid', 'partial', 'in_payment')
                             AND settled.id IS NULL),
                       count(DISTINCT settlement.id) FILTER (WHERE settlement.kind = 'write_off'),
                       count(DISTINCT (mark.res_model, mark.res_id)) FILTER (
                           WHERE mark.res_model NOT IN ('account.move', 'xero.settlement')),
                       count(DISTINCT settlement.id) FILTER (WHERE settlement.kind != 'payment'),
                       count(DISTINCT move.commercial_partner_id) FILTER (WHERE contact.id IS NULL)
                  FROM xero_mark mark
                  JOIN xero_push push ON push.id = mark.push_id
                  JOIN xero_connection connection ON connection.id = push.connection_id
             LEFT JOIN account_move move ON mark.res_model = 'account.move' AND move.id = mark.res_id
             LEFT JOIN xero_settlement settlement
                    ON mark.res_model = 'xero.settlement' AND settlement.id = mark.res_id
             LEFT JOIN xero_settlement settled
                    ON mark.res_model = 'account.move' AND settled.document_id = mark.res_id
             LEFT JOIN xero_binding contact
                    ON contact.connection_id = push.connection_id AND contact.res_model = 'res.partner'
                   AND contact.res_id = move.commercial_partner_id AND contact.xero_id IS NOT NULL
                 WHERE mark.push_id IN %(pushes)s
                 GROUP BY mark.push_id
                """,
                credits="%_refund",
                pushes=tuple(self.ids),
            )
        )
        return {push_id: (batched, single, contacts) for push_id, *batched, single, contacts in rows}

    def _seconds_per_call(self):
        """Return what one of the latest calls took, waiting for Xero's limit of calls a minute included."""
        latest = self.env["xero.request"].search(
            [("connection_id", "=", self.connection_id.id), ("duration", ">", 0)], limit=MEASURED_CALLS
        )
        measured = sum(latest.mapped("duration")) / len(latest) if latest else USUAL_SECONDS
        return max(measured, LEAST_SECONDS)

    def _describe_outlook(self):
        connection = self.connection_id
        if self.state == "done":
            return self.env._("Finished.")
        if self.state == "stopped":
            return self.env._("Stopped: %s records were left as they were.", self.stopped)
        if connection.state != "connected":
            state = dict(connection._fields["state"]._description_selection(self.env))[connection.state]
            return self.env._("Waits: %(name)s is not in use (%(state)s).", name=connection.name, state=state)
        if not self.calls_needed:
            return self.env._("The last call is under way.")
        needed = self.env._(
            "It needs about %(minutes)s min (calls to Xero: %(calls)s).",
            minutes=self.minutes_needed,
            calls=self.calls_needed,
        )
        left = max(connection.day_calls_left - connection.day_reserve, 0)
        if left < self.calls_needed:
            return self.env._(
                "%(needed)s Calls that may still be used today: %(left)s; what remains follows by itself later.",
                needed=needed,
                left=left,
            )
        if connection.next_try and connection.next_try > fields.Datetime.now():
            return self.env._(
                "%(needed)s Waits: %(why)s.", needed=needed, why=(connection.last_error or "").rstrip(".")
            )
        return self.env._("%(needed)s Calls that may still be used today: %(left)s.", needed=needed, left=left)

    # -- Counting ----------------------------------------------------------------------------------------------

    def _count(self, outcomes):
        """Add outcomes to the pushes they belong to and tell the users whose push is complete.

        :param outcomes: dict of push id → dict of state → number of records
        """
        for push in self.browse(outcomes).exists():
            push = push.with_context(lang=push.user_id.lang)
            for state, count in outcomes[push.id].items():
                push[state] += count
            if not push.left and not push.finished_at:
                push.finished_at = fields.Datetime.now()
                push.state = "stopped" if push.stopped else "done"
                push._tell_user()

    def _tell_user(self):
        self.ensure_one()
        parts = [self.env._("%s in Xero", self.synced)] if self.synced else []
        if self.blocked:
            parts.append(self.env._("%s held (something is missing)", self.blocked))
        if self.failed:
            parts.append(self.env._("%s refused by Xero", self.failed))
        if self.stopped:
            parts.append(self.env._("%s left out", self.stopped))
        well = self.synced == self.total
        self.user_id._bus_send(
            "simple_notification",
            {
                "title": self.env._("Push to Xero stopped") if self.stopped else self.env._("Push to Xero finished"),
                "message": ", ".join(parts) + ".",
                "type": "success" if well else "warning",
                "sticky": not well,
            },
        )

    # -- Buttons -----------------------------------------------------------------------------------------------

    def _notice(self, skipped=0):
        """Return the notice that these pushes have begun, with the way to their progress.

        :param skipped: records of the user's selection that are not among them
        """
        count = sum(self.mapped("total"))
        text = self.env._("%s records are on their way to Xero. You will be told when they are done.", count)
        if skipped:
            text += " " + self.env._("%s were left out (drafts, or documents that are not sent).", skipped)
        notice = self.connection_id[:1]._notice(f"{text} %s", "warning" if skipped else "info")
        url = "/odoo/action-xero_connector.xero_push_action" + (f"/{self.id}" if len(self) == 1 else "")
        notice["params"]["links"] = [{"label": self.env._("Progress"), "url": url}]
        return notice

    def action_stop(self):
        """Leave alone what was not sent yet; what Xero has stays there.

        What is in a call at this moment is finished first.

        :raises UserError: it has ended, or it is somebody else's and the user does not administer the connection
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "running":
            raise UserError(self.env._("This push has ended already."))
        if self.user_id != self.env.user and not self.env.user.has_group("xero_connector.group_xero_manager"):
            raise UserError(self.env._("%s asked for this push: ask them or an administrator.", self.user_id.name))
        result = Runner(self.connection_id.sudo()).run(stop=self)
        if result.problem:
            raise UserError(self.env._("It could not be stopped: %s", result.problem))
        if result.busy:
            self.env["xero.mark"].sudo()._put(self._name, {self.company_id.id: self.ids})
            return self.connection_id._notice(self.env._("It stops when the call under way is answered."), "info")
        return self.connection_id._notice(self.env._("Stopped. What Xero has stays there."), "info", reload=True)

    def action_open_to_fix(self):
        """Open what of this push is held or refused."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector.xero_binding_to_fix_action")
        context = {"search_default_group_reason": 1, "xero_push_id": self.id}
        return {**action, "domain": [*self._bindings_domain(), *TO_FIX], "context": context}

    def action_open_records(self):
        """Open the links of all records of this push."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector.xero_binding_action")
        return {**action, "domain": self._bindings_domain(), "context": {}}

    def _bindings_domain(self):
        some = fields.Domain.OR(
            [("res_model", "=", model), ("res_id", "in", ids)] for model, ids in (self.record_ids or {}).items()
        )
        return list(fields.Domain("connection_id", "=", self.connection_id.id) & some)
