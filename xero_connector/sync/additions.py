from decimal import Decimal

from odoo import fields

from ..xero_api.amounts import effective_rate, half_up
from ..xero_api.errors import XeroRefused
from ..xero_api.payload import digest
from .contacts import bindings_of, previous_state
from .outbox import Element
from .verdict import Verdict

TAX_MODELS = ("account.tax", "xero.tax.combination")
CURRENCY_MODEL = "res.currency"
MODELS = (*TAX_MODELS, CURRENCY_MODEL)

# Where a rate names the line of the tax return that it belongs to (Xero's API reference, *Tax Rates*). Rates made
# through the API do not take part in these returns all the same, which is why people are warned.
_REPORTING_COUNTRIES = ("AU", "NZ", "GB")
_REPORT_TYPES = {"sale": "OUTPUT", "purchase": "INPUT"}
# Xero's name for the action that adds a currency, in what the plan allows.
_ADD_CURRENCY = "UseMulticurrency"
# A component's percentage has four decimals in Xero.
_RATE_UNIT = Decimal("0.0001")


class Additions:
    """What documents need and the organisation lacks: rates for their taxes (M10), and currencies (M14).

    Each is added at most once: it has a link (``xero.binding``) and goes through the outbox like everything else, and
    before anything is added, the copies of Xero's own lists are looked through.
    """

    def __init__(self, work, outbox):
        self.work = work
        self.outbox = outbox

    @property
    def env(self):
        return self.work.env

    def sync(self, records, marks):
        """Try again what was marked: a person mended something, or pressed Retry.

        :param records: list of (model, id)
        """
        if not records:
            return
        for model in TAX_MODELS:
            ids = [res_id for res_model, res_id in records if res_model == model]
            self._rates(self.env[model].browse(ids).exists(), marks)
        ids = [res_id for res_model, res_id in records if res_model == CURRENCY_MODEL]
        self._currencies(self.env[CURRENCY_MODEL].browse(ids).exists(), marks)
        marks.delete({mark: "synced" for record in records for mark in marks.of(*record)})
        self.work.commit()

    def ensure(self, moves, marks):
        """Add what these documents need and the organisation lacks; note the taxes they use together.

        Afterwards a tax has its rate and a currency is there, or the link says why not.
        """
        for sources in self._tax_sources(moves):
            self._rates(sources, marks)
        self._currencies(moves.currency_id, marks)
        self.work.commit()

    # -- Taxes -------------------------------------------------------------------------------------------------------

    def _tax_sources(self, moves):
        """Return what needs a Xero rate for these moves' lines: taxes, and combinations, which are noted if new."""
        taxes, combinations = self.env["account.tax"], self.env["xero.tax.combination"]
        for used in {line.tax_ids for line in moves.line_ids if line.display_type in ("product", "epd")}:
            rates, _own = used._xero_split()
            if len(rates) > 1:
                combinations |= combinations._of(rates, create=True)
            else:
                taxes |= rates
        return taxes, combinations

    def _rates(self, sources, marks):
        """Give each of these taxes or combinations a rate of Xero: one that is there already, or a new one."""
        connection = self.work.connection
        if connection.unmapped_tax_policy != "create":
            return
        sources = sources.filtered(
            lambda source: source.xero_tax_rate_id.connection_id != connection and source._xero_taxes()._xero_is_rate()
        )
        known = self.env["xero.tax.rate"].search([("connection_id", "=", connection.id)])
        for source in sources:
            certain = source._xero_certain_rate(known)
            if certain:
                source.xero_tax_rate_id = certain
                sources -= source
        bindings = bindings_of(self.work, sources, "TaxRate", None)
        elements = [
            self._rate_element(bindings[source.id], source)
            for source in sources
            if self._may_try(bindings[source.id], source, marks)
        ]
        self._send("TaxRates", elements, self.env._("Create tax rate"))
        for source in sources.filtered(lambda source: bindings[source.id].state == "synced"):
            domain = [("connection_id", "=", connection.id), ("xero_id", "=", bindings[source.id].xero_id)]
            source.xero_tax_rate_id = known.search(domain, limit=1)

    def _rate_element(self, binding, source):
        country = self.work.connection.organisation_country
        payload = {"Name": source._xero_rate_name(), "TaxComponents": self._components(source._xero_taxes())}
        expected = {}
        if country in _REPORTING_COUNTRIES:
            payload["ReportTaxType"] = _REPORT_TYPES.get(source._xero_tax_use(), "OUTPUT")
            expected["warning"] = self.env._(
                "The rate was created through the API: such rates do not take part in Xero's own tax return. Map the "
                "tax to one of Xero's own rates if it belongs there."
            )
        return self._element(binding, payload, payload["Name"], expected)

    def _components(self, taxes):
        """Return Xero's components of these taxes: as they are in Odoo where that gives the same percentage, else one.

        Xero knows one level of compounding, and charges a compound component on the amount with all others.
        """
        whole = half_up(taxes._xero_exact_percent(), _RATE_UNIT)
        leaves = taxes._flatten_taxes_and_sort_them()[0].filtered("amount")
        base_changed, parts = False, []
        for leaf in leaves:
            rate = half_up(Decimal(repr(round(leaf.amount, 6))), _RATE_UNIT)
            parts.append((leaf.name[:50], rate, base_changed and leaf.is_base_affected))
            base_changed = base_changed or leaf.include_base_amount
        compounds = sum(compound for _name, _rate, compound in parts)
        faithful = parts and compounds <= 1 and effective_rate([part[1:] for part in parts]) == whole
        if not faithful or any(leaf.has_negative_factor for leaf in leaves):
            parts = [(self.env._("Tax"), whole, False)]
        return [{"Name": name, "Rate": rate, "IsCompound": compound} for name, rate, compound in parts]

    # -- Currencies --------------------------------------------------------------------------------------------------

    def _currencies(self, currencies, marks):
        """Switch on those of these currencies that the organisation does not use, where its plan allows it."""
        connection = self.work.connection
        missing = currencies.filtered(connection._lacks_currency)
        if not missing or not connection.add_currencies:
            return
        bindings = bindings_of(self.work, missing, "Currency", None)
        wanted = missing.filtered(lambda currency: self._may_try(bindings[currency.id], currency, marks))
        if not wanted:
            return
        if not self._plan_allows(_ADD_CURRENCY):
            text = self.env._("The Xero plan of %s has one currency only.", connection.organisation_name)
            for currency in wanted:
                # Held, not failed: refreshing from Xero, after the plan was changed, looks at it again.
                Verdict(self.work).block(bindings[currency.id], [("currency", text)])
            return
        elements = [
            self._element(bindings[currency.id], {"Code": currency.name}, currency.name, {}) for currency in wanted
        ]
        self._send("Currencies", elements, self.env._("Add currency"))
        # Documents that waited for it from before.
        self.env["xero.binding"]._retry_blocked(connection.company_id, ["currency"])

    def _plan_allows(self, action):
        """Whether Xero lists an action as allowed; where it does not say, trying tells."""
        try:
            actions = self.work.client.list("/Organisation/Actions")
        except XeroRefused:
            actions = []
        return next((item.get("Status") == "ALLOWED" for item in actions if item.get("Name") == action), True)

    # -- Both --------------------------------------------------------------------------------------------------------

    def _may_try(self, binding, record, marks):
        """Whether to try (again): what Xero refused is tried again when a person asks for it, not for each document."""
        waits = binding.next_try and binding.next_try > fields.Datetime.now()
        refused = binding.state in ("failed", "blocked")
        return not (refused or waits) or self.work.for_person or marks.has(record._name, record.id)

    def _element(self, binding, payload, key, expected):
        return Element(
            binding_id=binding.id,
            intent="create",
            payload=payload,
            key=key,
            hash=digest(payload),
            expected=expected,
            previous=previous_state(binding),
            res_name=binding.res_name,
            attempts=binding.attempts,
        )

    def _send(self, resource, elements, label):
        verdict = Verdict(self.work)
        for _situation, element in self.outbox.send(resource, "PUT", elements, label):
            text = self.env._("Xero did not confirm it. Press Retry.")
            verdict.fail(verdict.binding(element), "refused", text)

    def adopt(self, request, elements):
        """Look up what a call did whose answer was lost; return the elements of which Xero has nothing.

        :param request: a stored call of ``/TaxRates`` or ``/Currencies``
        """
        found = self.work.client.list(request.path)
        model = "xero.tax.rate" if request.path == "/TaxRates" else "xero.currency"
        self.env[model]._mirror(self.work.connection, found)
        key = "Name" if request.path == "/TaxRates" else "Code"
        by_key = {item.get(key): item for item in found if item.get("Status", "ACTIVE") == "ACTIVE"}
        verdict = Verdict(self.work)
        absent = []
        for element in elements:
            answer = by_key.get(element.key)
            if answer:
                verdict.accepted(element, answer, answer.get("TaxType") or answer.get("Code"))
            else:
                absent.append(element)
        verdict.finish()
        return absent
