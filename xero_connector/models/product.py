from odoo import fields, models

_DOMAIN = "[('company_id', 'in', allowed_company_ids), ('usable_on_lines', '=', True), ('code', '!=', False)]"


class XeroMappedMixin(models.AbstractModel):
    """Ledger accounts of a product or product category, kept per company."""

    _name = "xero.mapped"
    _description = "Record with Xero Accounts"

    xero_account_id = fields.Many2one(
        "xero.account",
        "Xero Sales Account",
        company_dependent=True,
        domain=_DOMAIN,
        groups="xero_connector.group_xero_user",
        help="The account in Xero for sales. Applies at once to all documents that are sent from now on.",
    )
    xero_expense_account_id = fields.Many2one(
        "xero.account",
        "Xero Purchase Account",
        company_dependent=True,
        domain=_DOMAIN,
        groups="xero_connector.group_xero_user",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"xero_account_id", "xero_expense_account_id"}:
            self.env["xero.binding"]._retry_blocked(self.env.company, ["account"])
        return result


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "xero.mapped"]


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "xero.mapped"]
