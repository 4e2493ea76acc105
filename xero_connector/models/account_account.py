from odoo import fields, models

from .xero_account import LINE_ACCOUNTS


class AccountAccount(models.Model):
    _inherit = "account.account"

    xero_account_id = fields.Many2one(
        "xero.account",
        company_dependent=True,
        domain=LINE_ACCOUNTS,
        groups="xero_connector.group_xero_user",
    )

    def write(self, vals):
        result = super().write(vals)
        if "xero_account_id" in vals:
            self.env["xero.binding"]._retry_blocked(self.env.company, ["account", "tax"])
        return result
