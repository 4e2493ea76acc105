from difflib import SequenceMatcher

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..xero_api.amounts import same_rate
from .xero_proposed import name_key

# Written on a tax, these may have mended what documents are held for.
_MENDING = frozenset(
    (
        "xero_tax_rate_id",
        "xero_account_id",
        "name",
        "amount",
        "amount_type",
        "children_tax_ids",
        "include_base_amount",
        "is_base_affected",
    )
)


class XeroTaxMapped(models.AbstractModel):
    """What a tax and several taxes used together share: one Xero tax rate, which must be of the same percentage."""

    _name = "xero.tax.mapped"
    _inherit = ["xero.proposed"]
    _description = "Tax with a Xero Tax Rate"
    _xero_twin = "xero_tax_rate_id"
    _xero_proposal = "xero_proposed_rate_id"

    xero_tax_rate_id = fields.Many2one(
        "xero.tax.rate",
        domain="[('company_id', 'parent_of', company_id)]",
        groups="xero_connector.group_xero_user",
        copy=False,
        ondelete="set null",
    )
    xero_percent = fields.Float(
        "Rate in Xero (%)",
        digits=(9, 4),
        compute="_compute_xero_percent",
        compute_sudo=True,
        groups="xero_connector.group_xero_user",
        help="What these taxes add to an amount without tax: the percentage that the rate in Xero must have.",
    )
    xero_proposed_rate_id = fields.Many2one(
        "xero.tax.rate",
        "Proposal",
        compute="_compute_xero_proposal",
        compute_sudo=True,
        groups="xero_connector.group_xero_user",
        help="The rate in Xero that fits by percentage, by sale or purchase, and best by components and name.",
    )

    # -- What each of them says --------------------------------------------------------------------------------------

    def _xero_taxes(self):
        """Return the taxes that make up the rate; of several, those of all."""
        raise NotImplementedError(f"{self._name} must say which taxes it stands for")

    def _xero_tax_use(self):
        """Return ``sale`` or ``purchase``."""
        return self._xero_taxes()[:1].type_tax_use

    # -- Percentage --------------------------------------------------------------------------------------------------

    def _compute_xero_percent(self):
        self._xero_taxes()._xero_prefetch()
        for mapped in self:
            taxes = mapped._xero_taxes()
            mapped.xero_percent = taxes._xero_is_rate() and float(taxes._xero_exact_percent())

    def _xero_check_rate(self, rate):
        """Raise ``ValidationError`` unless ``rate`` gives what these taxes give: totals would be wrong otherwise."""
        self.ensure_one()
        taxes = self._xero_taxes()
        if not taxes._xero_is_rate():
            raise ValidationError(
                self.env._(
                    "%s is not a percentage of the price; only percentage taxes can be mapped to a Xero rate. It goes "
                    "to Xero as a line of its own: choose the account for it.",
                    self.display_name,
                )
            )
        ours = taxes._xero_exact_percent()
        if not same_rate(ours, rate._percent()):
            raise ValidationError(
                self.env._(
                    "%(tax)s is %(ours)s %%, but %(rate)s in Xero is %(theirs)s %%. Choose a rate of %(ours)s %%.",
                    tax=self.display_name,
                    ours=f"{ours.normalize():f}",
                    rate=rate.name,
                    theirs=f"{rate._percent().normalize():f}",
                )
            )

    # -- Proposals ---------------------------------------------------------------------------------------------------

    @api.model
    def _xero_chances(self, connection):
        return self.env["xero.tax.rate"].search([("connection_id", "=", connection.id)])

    @api.depends("xero_tax_rate_id")
    def _compute_xero_proposal(self):
        self._xero_taxes()._xero_prefetch()
        return super()._compute_xero_proposal()

    def _xero_propose(self, chances):
        fitting = self._xero_fitting_rates(chances)
        rate = fitting[:1]
        if not rate:
            return rate, ""
        percent = f"{rate._percent().normalize():f} %"
        if name_key(rate.name) == name_key(self.name):
            return rate, self.env._("%s, same name", percent)
        if len(fitting) == 1:
            return rate, self.env._("only rate of %s", percent)
        return rate, self.env._("likest name of %(count)s rates of %(percent)s", count=len(fitting), percent=percent)

    def _xero_fitting_rates(self, rates):
        """Return those of ``rates`` that may stand for these taxes, the likeliest first."""
        self.ensure_one()
        taxes = self._xero_taxes()
        if not taxes._xero_is_rate():
            return rates.browse()
        percent, use = taxes._xero_exact_percent(), self._xero_tax_use()
        components = sorted(round(leaf.amount, 4) for leaf in taxes._flatten_taxes_and_sort_them()[0] if leaf.amount)
        fitting = rates.filtered(
            lambda rate: (
                same_rate(percent, rate._percent())
                and (rate.can_apply_to_expenses if use == "purchase" else rate.can_apply_to_revenue)
            )
        )

        def likeness(rate):
            theirs = sorted(round(component.rate, 4) for component in rate.component_ids if component.rate)
            # A rate for everything (NONE, as a rule) says less of a tax than one for sales or for purchases alone.
            general = rate.can_apply_to_expenses and rate.can_apply_to_revenue
            return (theirs == components, self._xero_likeness(rate), not general)

        return fitting.sorted(likeness, reverse=True)

    def _xero_likeness(self, rate):
        return round(SequenceMatcher(None, self.name.casefold(), rate.name.casefold()).ratio(), 2)

    def _xero_certain_rate(self, rates):
        """Return the one of ``rates`` that is certainly meant: the only one that fits, or the one of the same name.

        Of 0 % only the name tells: exports, exempt supplies and reverse charge are all 0 %.
        """
        fitting = self._xero_fitting_rates(rates)
        named = fitting.filtered(lambda rate: rate.name.casefold() == self._xero_rate_name().casefold())
        only = len(fitting) == 1 and fitting.effective_rate
        return named[:1] or (fitting if only else fitting.browse())

    def _xero_rate_name(self):
        """Return the name of the rate that is made in Xero where it has none: unique there, 50 characters at most."""
        # In the company's language, whoever is responsible for the connection.
        named = self.with_context(lang=self.company_id.partner_id.lang or self.env.lang)
        return " ".join(named.name.split())[:50].strip()

    def write(self, vals):
        result = super().write(vals)
        if not _MENDING.isdisjoint(vals):
            self.env["xero.binding"]._retry_blocked(self.company_id, ["tax", "totals"])
            # What was said of the tax itself, when its rate could not be made.
            self._xero_bindings().filtered(lambda binding: binding.state in ("failed", "blocked"))._mark()
        return result

    def _xero_bindings(self):
        """Return the links of these to rates that were made, or could not be made, in Xero."""
        return self.env["xero.binding"].sudo().search([("res_model", "=", self._name), ("res_id", "in", self.ids)])
