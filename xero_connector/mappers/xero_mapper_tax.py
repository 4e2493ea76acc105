from collections import namedtuple
from decimal import Decimal

from odoo import api, models

from ..models.xero_tax_rate import NO_TAX
from ..xero_api.amounts import half_up, same_rate

# What a line's taxes are in Xero: ``rates`` share one Xero rate and give ``tax``; ``own`` are lines of their own.
Shares = namedtuple("Shares", "rates tax own")
# A tax that becomes a line: its amount, the rates that are charged on it, and what those give.
Own = namedtuple("Own", "tax amount rates tax_on_it")
# The rate that Xero will apply, whether to name it (else the ledger account's default applies), the (reason, text) of
# what is wrong, and the exact percentage of the taxes that it stands for.
Applied = namedtuple("Applied", "rate named problem percent", defaults=(True, None, None))


class XeroMapperTax(models.AbstractModel):
    """The taxes of a line → what Xero can express: one rate a line, of 0 % or more."""

    _name = "xero.mapper.tax"
    _inherit = ["xero.mapper"]
    _description = "Taxes to Xero Tax Rate"

    @api.model
    def _shares(self, base_line):
        """Return the ``Shares`` of a base line of Odoo's tax computation, in the document's currency.

        A fixed tax that is part of the base of others is a line of its own that bears these others.
        """
        currency = base_line["currency_id"]
        rates, own_taxes = base_line["tax_ids"]._xero_split()
        taxes_data = base_line["tax_details"]["taxes_data"]
        tax, own = Decimal(0), []
        for data in taxes_data:
            amount = self._money(data["tax_amount_currency"], currency)
            if data["tax"] not in own_taxes:
                tax += amount
                continue
            charged = rates.filtered(lambda rate, data=data: rate._flatten_taxes_and_sort_them()[0] & data["taxes"])
            tax_on_it = Decimal(0)
            for other in taxes_data:
                if other["tax"] in data["taxes"] - own_taxes and other["base_amount_currency"]:
                    part = Decimal(repr(data["tax_amount_currency"] / other["base_amount_currency"]))
                    tax_on_it += half_up(self._money(other["tax_amount_currency"], currency) * part)
            own.append(Own(data["tax"], amount, charged, tax_on_it))
        return Shares(rates, tax - sum((item.tax_on_it for item in own), Decimal(0)), own)

    @api.model
    def _rate(self, connection, move, taxes, account, amount):
        """Return what Xero ``Applied`` to a line: its rate, and the (reason, text) of the problem if there is one.

        :param taxes: the taxes that share the rate
        :param amount: the tax that Odoo has on the line
        """
        exempt = self._exempt_rate(connection, move)
        if exempt is not None and amount:
            problem = self.env._(
                "the customer or fiscal position is marked as exempt or reverse-charged in Xero, but the line carries "
                "%(tax)s of tax (%(names)s). Take the tax off the line, or the mark away.",
                tax=amount,
                names=", ".join(taxes.mapped("name")),
            )
            return Applied(exempt, problem=("tax", problem))
        if exempt is not None or not taxes:
            return self._untaxed(exempt or self._no_tax_rate(connection), account)
        source = taxes if len(taxes) == 1 else self.env["xero.tax.combination"]._of(taxes)
        rate = source.xero_tax_rate_id.filtered(lambda mapped: mapped.connection_id == connection)
        if rate:
            return self._checked(rate, account, taxes)
        if connection.unmapped_tax_policy == "account_default":
            return self._left_to_account(connection, account, taxes)
        return Applied(rate, problem=self._unmapped(connection, source, taxes))

    @api.model
    def _left_to_account(self, connection, account, taxes):
        """Return the default of the ledger account, which must be of the percentage that these taxes have."""
        rate = self._rate_of_type(connection, account.tax_type)
        ours, theirs = taxes._xero_exact_percent(), rate._percent() if rate else Decimal(0)
        if same_rate(ours, theirs):
            return Applied(rate, named=False)
        problem = self.env._(
            "the tax “%(tax)s” is %(ours)s %% and not mapped; Xero would apply the default of account %(account)s, "
            "which is %(theirs)s %%. Map the tax under Xero → Mapping → Taxes, or choose another account.",
            tax=" + ".join(taxes.mapped("name")),
            ours=f"{ours.normalize():f}",
            account=account.display_name,
            theirs=f"{theirs.normalize():f}",
        )
        return Applied(rate, named=False, problem=("totals", problem))

    @api.model
    def _rounding_rate(self, connection, account):
        """Return what Xero ``Applied`` to a rounding: no tax, whichever way the organisation calls that.

        It is no supply, so the rate of exempt customers is the last choice: that may count as one in a tax return.
        """
        none = self._rate_of_type(connection, NO_TAX)
        own = self._rate_of_type(connection, account.tax_type).filtered(lambda rate: not rate.effective_rate)
        return self._untaxed(none or own or connection.exempt_tax_rate_id, account)

    @api.model
    def _untaxed(self, rate, account):
        if rate:
            return self._checked(rate, account)
        problem = self.env._(
            "it has no tax and the organisation has no rate NONE: choose a “Rate for Exempt and Untaxed” in the "
            "connection."
        )
        return Applied(rate, problem=("tax", problem))

    @api.model
    def _exempt_rate(self, connection, move):
        """Return the rate of an exempt or reverse-charged customer (M9), ``None`` for any other."""
        position = move.fiscal_position_id
        partner = move.commercial_partner_id
        if not position.xero_exempt and not move.company_id._xero_value(partner, "xero_exempt"):
            return None
        own = position.xero_exempt_rate_id if position.xero_exempt else self.env["xero.tax.rate"]
        return own.filtered(lambda rate: rate.connection_id == connection) or self._no_tax_rate(connection)

    @api.model
    def _no_tax_rate(self, connection):
        return connection.exempt_tax_rate_id or self._rate_of_type(connection, NO_TAX)

    @api.model
    def _rate_of_type(self, connection, tax_type):
        return self.env["xero.tax.rate"].search(
            [("connection_id", "=", connection.id), ("code", "=", tax_type)], limit=1
        )

    @api.model
    def _unmapped(self, connection, source, taxes):
        """Return the (reason, text) of taxes that no rate stands for."""
        binding = self.env["xero.binding"].search(
            [
                ("connection_id", "=", connection.id),
                ("res_model", "=", source._name),
                ("res_id", "in", source.ids),
                ("message", "!=", False),
            ],
            limit=1,
        )
        names = " + ".join(taxes.mapped("name"))
        if binding:
            return "tax", self.env._("the tax “%(tax)s” has no Xero tax rate. %(why)s", tax=names, why=binding.message)
        if len(taxes) > 1:
            return "tax", self.env._(
                "it carries several taxes (%s), for which Xero needs one rate together. Choose it under Xero → "
                "Mapping → Tax Combinations.",
                names,
            )
        return "tax", self.env._("the tax “%s” has no Xero tax rate. Choose one under Xero → Mapping → Taxes.", names)

    @api.model
    def _checked(self, rate, account, taxes=None):
        if not rate.active:
            return Applied(
                rate, problem=("tax", self.env._("the rate %s is no longer active in Xero.", rate.display_name))
            )
        percent = taxes._xero_exact_percent() if taxes else None
        if taxes and not same_rate(percent, rate._percent()):
            problem = self.env._(
                "the tax “%(tax)s” is %(ours)s %%, but its rate %(rate)s is %(theirs)s %% in Xero. Map another rate.",
                tax=" + ".join(taxes.mapped("name")),
                ours=f"{percent.normalize():f}",
                rate=rate.display_name,
                theirs=f"{rate._percent().normalize():f}",
            )
            return Applied(rate, problem=("tax", problem))
        if account and not rate._fits_account(account):
            problem = self.env._(
                "Xero does not allow the rate %(rate)s with account %(account)s. Choose another rate or account.",
                rate=rate.display_name,
                account=account.display_name,
            )
            return Applied(rate, problem=("tax", problem))
        return Applied(rate, percent=percent)
