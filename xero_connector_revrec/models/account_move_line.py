from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    xero_charge_ids = fields.One2many(
        "xero.recognition.charge", "move_line_id", copy=False, groups="xero_connector.group_xero_user"
    )

    def write(self, vals):
        result = super().write(vals)
        if self and not {"start_date", "end_date"}.isdisjoint(vals):
            self._respread_xero_charges()
        return result

    def _respread_xero_charges(self):
        """Give charges the period that their lines have got after they were confirmed, from today on.

        A period that was missing counts from the beginning: nothing was spread before.
        """
        charges = self.env["xero.recognition.charge"].sudo()
        today = fields.Date.context_today(self)
        for charge in charges.search([("move_line_id", "in", self.ids), ("state", "=", "running")]):
            line = charge.move_line_id
            if (
                line.start_date
                and line.end_date
                and (line.start_date, line.end_date) != (charge.start_date, charge.end_date)
            ):
                since = today if charge.start_date else min(charge.accounting_date, line.start_date)
                charge._respread(line.start_date, line.end_date, since)
