from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date


class XeroChargePeriod(models.TransientModel):
    """Gives a running charge another service period; what is left of it is spread anew."""

    _name = "xero.charge.period"
    _description = "Change of a Charge's Period"

    charge_id = fields.Many2one("xero.recognition.charge", required=True, readonly=True, ondelete="cascade")
    company_currency_id = fields.Many2one(related="charge_id.company_currency_id")
    amount = fields.Monetary(related="charge_id.company_amount", currency_field="company_currency_id")
    exported_until = fields.Date(compute="_compute_exported_until")
    start_date = fields.Date(
        "New Period From", required=True, compute="_compute_dates", store=True, readonly=False, precompute=True
    )
    end_date = fields.Date("To", required=True, compute="_compute_dates", store=True, readonly=False, precompute=True)
    since = fields.Date(
        "Counts From",
        required=True,
        compute="_compute_since",
        store=True,
        readonly=False,
        precompute=True,
        help="What was recognised before this day stays; the rest is spread from it on.",
    )

    @api.depends("charge_id")
    def _compute_dates(self):
        for wizard in self:
            charge = wizard.charge_id
            wizard.start_date = charge.start_date or charge.accounting_date
            wizard.end_date = charge.end_date or charge.accounting_date

    @api.depends("charge_id", "start_date")
    def _compute_since(self):
        for wizard in self:
            charge, today = wizard.charge_id, fields.Date.context_today(wizard)
            # A period that was missing counts from the beginning: nothing was spread before.
            first = min(filter(None, (charge.accounting_date, wizard.start_date)), default=today)
            wizard.since = today if charge.start_date else first

    @api.depends("charge_id")
    def _compute_exported_until(self):
        for wizard in self:
            days = wizard.charge_id.sudo()._exported().mapped("clip_to")
            wizard.exported_until = max(days, default=False)

    @api.constrains("start_date", "end_date")
    def _check_period(self):
        for wizard in self:
            if wizard.start_date > wizard.end_date:
                raise ValidationError(self.env._("The period ends before it begins."))

    def action_apply(self):
        """Spread what is left of the charge over the new period.

        :raises UserError: no right to change charges, or nothing is left to spread
        """
        self.ensure_one()
        if not self.env.user.has_group("xero_connector.group_xero_manager"):
            raise UserError(self.env._("Ask an administrator for the right Xero / Administrator to change charges."))
        self.charge_id.check_access("read")
        charge = self.charge_id.sudo()
        charge._check_running()
        before = (charge.start_date, charge.end_date)
        if not charge._respread(self.start_date, self.end_date, self.since):
            raise UserError(
                self.env._(
                    "Nothing is left to spread: all of it was exported, or is recognised before %s. Let the new period "
                    "count from an earlier day, or undo the export first.",
                    format_date(self.env, self.since),
                )
            )
        charge.by_hand = True
        charge.message_post(
            body=self.env._(
                "Period changed from %(before)s to %(after)s; what was recognised before %(since)s stays.",
                before=charge._period_text(*before),
                after=charge._period_text(self.start_date, self.end_date),
                since=format_date(self.env, self.since),
            )
        )
        return {"type": "ir.actions.act_window_close"}
