from decimal import Decimal

from odoo import api, fields, models

from .xero_account import LINE_ACCOUNTS

# Taxes that are a share of the price; all others go to Xero as lines of their own.
_SHARES = ("percent", "division")


class AccountTax(models.Model):
    _name = "account.tax"
    _inherit = ["account.tax", "xero.tax.mapped"]

    xero_account_id = fields.Many2one(
        "xero.account",
        domain=LINE_ACCOUNTS,
        groups="xero_connector.group_xero_user",
        copy=False,
        ondelete="set null",
        help="For a tax that is no percentage of the price, or is withheld: Xero has no rate for it, so it becomes a "
        "line of its own on this account. Left empty, the Xero account of the tax's Odoo account is used.",
    )
    xero_form = fields.Selection(
        [("rate", "Tax rate"), ("line", "Line of its own")],
        "In Xero",
        compute="_compute_xero_form",
        groups="xero_connector.group_xero_user",
    )

    def _xero_taxes(self):
        return self

    def _xero_setup_field(self):
        # What has no rate in Xero becomes a line there, on an account.
        return "xero_tax_rate_id" if self.xero_form == "rate" else "xero_account_id"

    @api.depends("amount", "amount_type", "children_tax_ids")
    def _compute_xero_form(self):
        self._xero_prefetch()
        for tax in self:
            tax.xero_form = "rate" if tax._xero_is_rate() else "line"

    def _xero_prefetch(self):
        """Read for all taxes at once what their computation would read for each."""
        (self | self.children_tax_ids).mapped("has_negative_factor")

    def _xero_is_rate(self):
        """Whether these taxes together are a percentage that a rate in Xero can have (0 or more)."""
        leaves = self._flatten_taxes_and_sort_them()[0]
        if not leaves or any(leaf.amount_type not in _SHARES for leaf in leaves):
            return False
        # A group of +20 % and −20 % is how some charts write reverse charge: a rate of 0 %.
        return all(leaf.amount >= 0 for leaf in leaves) or not self._xero_exact_percent()

    def _xero_exact_percent(self):
        """Return what these taxes add to an amount without tax, in percent, by Odoo's own computation.

        Compound taxes, groups, taxes inside the price and reverse charge (which adds nothing) are all in it.
        """
        details = self._get_tax_details(
            1_000_000.0, 1.0, rounding_method="round_globally", special_mode="total_excluded"
        )
        percent = (details["total_included"] - details["total_excluded"]) / 10_000.0
        # The decimal that the float stands for, whatever binary arithmetic left behind its sixth digit.
        return Decimal(repr(round(percent, 6)))

    def _xero_split(self):
        """Return ``(rates, own)``: the taxes that a Xero rate can stand for, and those that need a line of their own.

        A group is kept whole where it is a rate, and taken apart where it is not.
        """
        rates = own = self.browse()
        for tax in self:
            if tax._xero_is_rate():
                rates |= tax
            elif tax.amount_type == "group":
                child_rates, child_own = tax.children_tax_ids._xero_split()
                rates, own = rates | child_rates, own | child_own
            else:
                own |= tax
        return rates, own

    @api.constrains("xero_tax_rate_id", "amount", "amount_type", "children_tax_ids")
    def _check_xero_rate(self):
        """A tax and a rate that differ would give every document a wrong total.

        Whoever may not see the mapping may change a tax all the same; its documents are held then.
        """
        user = self.env.user
        if not user._is_superuser() and not user.has_group("xero_connector.group_xero_user"):
            return
        for tax in self.sudo().filtered("xero_tax_rate_id"):
            tax._xero_check_rate(tax.xero_tax_rate_id)

    def unlink(self):
        combinations = self.env["xero.tax.combination"].sudo().search([("tax_ids", "in", self.ids)])
        for records in (self, combinations):
            records._xero_bindings()._mark()
        combinations.unlink()
        return super().unlink()
