from odoo import fields, models

from .xero_account import LINE_ACCOUNTS


def _sales_account():
    return fields.Many2one(
        "xero.account",
        "Xero Sales Account",
        company_dependent=True,
        domain=LINE_ACCOUNTS,
        groups="xero_connector.group_xero_user",
        help="The account in Xero for sales. Applies at once to all documents that are sent from now on.",
    )


def _purchase_account():
    return fields.Many2one(
        "xero.account",
        "Xero Purchase Account",
        company_dependent=True,
        domain=LINE_ACCOUNTS,
        groups="xero_connector.group_xero_user",
        help="The account in Xero for purchases. Applies at once to all documents that are sent from now on.",
    )


class XeroMappedMixin(models.AbstractModel):
    """What product and product category do alike with their ledger accounts, which are kept per company.

    The fields are not here: deleting what a company-dependent Many2one points to fails in Odoo when an abstract
    model, which has no table, holds such a field.
    """

    _name = "xero.mapped"
    _description = "Record with Xero Accounts"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"xero_account_id", "xero_expense_account_id", "xero_line_kind", "categ_id", "parent_id"}:
            self.env["xero.binding"]._retry_blocked(self.env.company, ["account", "tax"])
        return result


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "xero.mapped"]

    xero_account_id = _sales_account()
    xero_expense_account_id = _purchase_account()
    xero_line_kind = fields.Selection(
        [("discount", "Discount"), ("shipping", "Shipping"), ("adjustment", "Adjustment")],
        "Kind of Line in Xero",
        groups="xero_connector.group_xero_user",
        copy=False,
        help="Lines with this product go to the account that the Xero connection has for discounts, shipping or "
        "adjustments. Left empty, it is an ordinary sale. An account of the product itself comes first.",
    )


class ProductCategory(models.Model):
    _name = "product.category"
    _inherit = ["product.category", "xero.mapped"]

    xero_account_id = _sales_account()
    xero_expense_account_id = _purchase_account()
