from odoo import fields, models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    xero_charge_ids = fields.One2many(
        "xero.recognition.charge", "move_line_id", copy=False, groups="xero_connector.group_xero_user"
    )

    def _xero_recognition(self, known=None):
        """Return (deferred account, recognised account, method) of this line; no accounts: it is no matter of it.

        Those of the product (see there), but for the account that somebody chose for this line (M3): among the
        connection's accounts for it, it stands in for the product's; elsewhere, this line is booked there and no more.

        :param dict known: keeps what was found for products
        """
        self.ensure_one()
        known = {} if known is None else known
        key = (self.product_id, self.company_id)
        if key not in known:
            known[key] = self.product_id._xero_recognition(self.company_id)
        deferred, recognised, method = known[key]
        chosen = self.xero_account_id
        connection = (deferred | recognised).connection_id
        if chosen and chosen.connection_id == connection:
            if chosen in connection.deferred_account_ids:
                deferred = chosen
            elif chosen in connection.recognised_account_ids:
                recognised = chosen
            else:
                deferred = recognised = chosen.browse()
        return deferred, recognised, method

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
            period = (line.start_date, line.end_date)
            if all(period) and period != (charge.start_date, charge.end_date):
                since = today if charge.start_date else min(charge.accounting_date, line.start_date)
                charge._respread(*period, since)
            charge.write({"line_start_date": line.start_date, "line_end_date": line.end_date})
