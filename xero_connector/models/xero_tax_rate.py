from decimal import Decimal

from odoo import api, fields, models

NO_TAX = "NONE"


class XeroTaxRate(models.Model):
    """A tax rate of Xero with its components and the account classes it may be used with."""

    _name = "xero.tax.rate"
    _inherit = ["xero.mirror"]
    _description = "Xero Tax Rate"
    _order = "name"

    code = fields.Char("Tax Type", help="Xero's TaxType, for example OUTPUT2 or NONE.")
    effective_rate = fields.Float("Rate (%)", digits=(9, 4), readonly=True)
    component_ids = fields.One2many("xero.tax.component", "tax_rate_id", readonly=True)
    can_apply_to_assets = fields.Boolean("Assets", readonly=True)
    can_apply_to_equity = fields.Boolean("Equity", readonly=True)
    can_apply_to_expenses = fields.Boolean("Expenses", readonly=True)
    can_apply_to_liabilities = fields.Boolean("Liabilities", readonly=True)
    can_apply_to_revenue = fields.Boolean("Revenue", readonly=True)

    _xero_id_unique = models.Constraint(
        "UNIQUE (connection_id, xero_id)", "This Xero tax rate is already copied for this connection."
    )

    @api.depends("name")
    def _compute_display_name(self):
        for rate in self:
            rate.display_name = f"{rate.name} [{rate.code}]"

    @api.model
    def _values_from_xero(self, element):
        # A tax rate has no id of its own at Xero: TaxType is its key.
        return {
            "xero_id": element.get("TaxType"),
            "code": element.get("TaxType"),
            "name": element.get("Name") or element.get("TaxType") or "?",
            "active": element.get("Status", "ACTIVE") == "ACTIVE",
            "effective_rate": float(element.get("EffectiveRate") or 0),
            "can_apply_to_assets": element.get("CanApplyToAssets") is not False,
            "can_apply_to_equity": element.get("CanApplyToEquity") is not False,
            "can_apply_to_expenses": element.get("CanApplyToExpenses") is not False,
            "can_apply_to_liabilities": element.get("CanApplyToLiabilities") is not False,
            "can_apply_to_revenue": element.get("CanApplyToRevenue") is not False,
        }

    @api.model
    def _mirror(self, connection, elements, complete=True):
        rates = super()._mirror(connection, elements, complete)
        by_type = {rate.code: rate for rate in rates}
        for element in elements:
            by_type.get(element.get("TaxType"), self.browse())._mirror_components(element.get("TaxComponents") or [])
        return rates

    def _mirror_components(self, components):
        if not self:
            return
        wanted = [
            {
                "name": component.get("Name") or "",
                "rate": float(component.get("Rate") or 0),
                "is_compound": bool(component.get("IsCompound")),
                "is_non_recoverable": bool(component.get("IsNonRecoverable")),
            }
            for component in components
        ]
        have = [
            {name: component[name] for name in ("name", "rate", "is_compound", "is_non_recoverable")}
            for component in self.component_ids
        ]
        if have != wanted:
            self.component_ids.unlink()
            self.env["xero.tax.component"].create([{**values, "tax_rate_id": self.id} for values in wanted])

    def _percent(self):
        """Return Xero's effective percentage as an exact decimal; Xero keeps four digits of it."""
        self.ensure_one()
        return Decimal(repr(round(self.effective_rate, 4)))

    def _fits_account(self, account):
        """Whether Xero allows this rate with an account of that class (its ``CanApplyTo…`` flags)."""
        self.ensure_one()
        allowed = {
            "ASSET": self.can_apply_to_assets,
            "EQUITY": self.can_apply_to_equity,
            "EXPENSE": self.can_apply_to_expenses,
            "LIABILITY": self.can_apply_to_liabilities,
            "REVENUE": self.can_apply_to_revenue,
        }
        # NONE carries no flags in every edition of Xero but is taken everywhere.
        return self.code == NO_TAX or allowed.get(account.account_class, True)


class XeroTaxComponent(models.Model):
    """One component of a Xero tax rate, for example state and county tax."""

    _name = "xero.tax.component"
    _description = "Xero Tax Component"

    tax_rate_id = fields.Many2one("xero.tax.rate", required=True, readonly=True, index=True, ondelete="cascade")
    name = fields.Char(readonly=True)
    rate = fields.Float("Rate (%)", digits=(9, 4), readonly=True)
    is_compound = fields.Boolean("Compound", readonly=True)
    is_non_recoverable = fields.Boolean("Non-recoverable", readonly=True)
