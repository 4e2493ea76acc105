from odoo import fields, models


class AccountFiscalPosition(models.Model):
    _inherit = "account.fiscal.position"

    xero_exempt = fields.Boolean(
        "Exempt or Reverse-Charged in Xero",
        groups="xero_connector.group_xero_user",
        copy=False,
        help="Lines of these documents get the rate below in Xero, whatever their tax. They must carry no tax in Odoo.",
    )
    xero_exempt_rate_id = fields.Many2one(
        "xero.tax.rate",
        "Xero Tax Rate",
        domain="[('company_id', 'parent_of', company_id), ('effective_rate', '=', 0)]",
        groups="xero_connector.group_xero_user",
        copy=False,
        ondelete="set null",
        help="Left empty, the connection's rate for exempt customers is used.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"xero_exempt", "xero_exempt_rate_id"}:
            self.env["xero.binding"]._retry_blocked(self.company_id, ["tax", "totals"])
        return result
