from odoo import fields, models

# Written on a line of a posted document, these may change what Xero should hold.
WATCHED = frozenset(
    (
        "name",
        "analytic_distribution",
        "price_unit",
        "quantity",
        "discount",
        "tax_ids",
        "product_id",
        "account_id",
        "xero_account_id",
        "sequence",
    )
)


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    xero_account_id = fields.Many2one(
        "xero.account",
        domain="[('company_id', 'parent_of', company_id), ('usable_on_lines', '=', True), ('code', '!=', False)]",
        help="Overrides, for this line alone, the Xero account of the product, its category and the Odoo account.",
        groups="xero_connector.group_xero_user",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )

    def _xero_kind(self):
        """Return the kind of line (see ``product.template.xero_line_kind``), ``False`` for a sale. For extension."""
        self.ensure_one()
        return self.product_id.product_tmpl_id.xero_line_kind

    def write(self, vals):
        result = super().write(vals)
        if self and not WATCHED.isdisjoint(vals):
            moves = self.move_id.filtered(lambda move: move.state == "posted")
            moves._xero_documents()._xero_mark(known=True)
        return result
