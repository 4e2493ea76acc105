from decimal import Decimal

from odoo import fields

from ..xero_api.amounts import effective_rate, half_up, same_rate
from ..xero_api.errors import XeroForbidden, XeroRefused
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
        # What was tried in this run: whoever is refused is not asked for again in a circle.
        self._tried = set()

    @property
    def env(self):
        return self.work.env

    def sync(self, records, marks):
        """Try again what was marked: a person mended something, or pressed Retry.

        :param records: list of (model, id)
        """
        if not records:
            return
        for model in MODELS:
            wanted = self.env[model].browse([res_id for res_model, res_id in records if res_model == model])
            there = wanted.exists()
            if model == CURRENCY_MODEL:
                self._currencies(there, marks)
            else:
                self._rates(there, marks)
            self._settle(wanted, there)
        marks.delete({mark: "synced" for record in records for mark in marks.of(*record)})
        self.work.commit()

    def _settle(self, records, there):
        """Forget what was said of records that are gone, or that Xero lacks nothing for any more."""
        connection = self.work.connection
        lacking = self.env[records._name]
        if records._name == CURRENCY_MODEL:
            lacking = there.filtered(connection._lacks_currency)
        elif connection.unmapped_tax_policy == "create":
            lacking = there.filtered(self._lacks_rate)
        bindings = self.env["xero.binding"].search(
            [
                ("connection_id", "=", connection.id),
                ("res_model", "=", records._name),
                ("res_id", "in", (records - lacking).ids),
            ]
        )
        # What Xero made is kept with its link, and so is a person's exclusion, as long as there is such a record.
        bindings.filtered(
            lambda binding: binding.res_id not in there.ids or (not binding.xero_id and binding.state != "excluded")
        ).unlink()

    def ensure(self, moves, marks):
        """Add what these documents need and the organisation lacks; note the taxes they use together.

        Afterwards a tax has its rate and a currency is there, or the link says why not.
        """
        mapper = self.env["xero.mapper.tax"]
        taxed = moves.filtered(lambda move: mapper._exempt_rate(self.work.connection, move) is None)
        for sources in self._tax_sources(taxed):
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
        for source in sources.filtered(self._lacks_rate):
            # Looked at anew each time: two taxes of one name share the rate that is made for the first.
            certain = source._xero_certain_rate(self._known_rates())
            if certain:
                source.xero_tax_rate_id = certain
                continue
            binding = bindings_of(self.work, source, "TaxRate", None)[source.id]
            if self._may_try(binding, source, marks):
                self._send("TaxRates", self._rate_element(binding, source), self.env._("Create tax rate"))
                self._map_made(source, binding)

    def _lacks_rate(self, source):
        rate = source.xero_tax_rate_id
        return rate.connection_id != self.work.connection and source._xero_taxes()._xero_is_rate()

    def _known_rates(self):
        return self.env["xero.tax.rate"].search([("connection_id", "=", self.work.connection.id)])

    def _map_made(self, source, binding):
        """Map to the rate that was made; unless Xero made something else of it than was asked for."""
        made = self._known_rates().filtered(lambda rate: binding.state == "synced" and rate.xero_id == binding.xero_id)
        if not made:
            return
        ours = source._xero_taxes()._xero_exact_percent()
        if same_rate(ours, made._percent()):
            source.xero_tax_rate_id = made
            return
        text = self.env._(
            "Xero made a rate of %(theirs)s %% of it instead of %(ours)s %%: map it to another one.",
            theirs=f"{made._percent().normalize():f}",
            ours=f"{ours.normalize():f}",
        )
        Verdict(self.work).fail(binding, "tax", text)

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
        # In the company's language, as the rate's own name.
        named = taxes.with_context(lang=taxes[:1].company_id.partner_id.lang or self.env.lang)
        leaves = named._flatten_taxes_and_sort_them()[0].filtered("amount")
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
        for currency in wanted:
            element = self._element(bindings[currency.id], {"Code": currency.name}, currency.name, {})
            self._send("Currencies", element, self.env._("Add currency"))
        if any(bindings[currency.id].state == "synced" for currency in wanted):
            # Documents that waited for it from before.
            self.env["xero.binding"]._retry_blocked(connection.company_id, ["currency"])

    def _plan_allows(self, action):
        """Whether Xero lists an action as allowed; where it does not say, trying tells."""
        if self.work.rehearsal:
            # Nobody waits for Xero while a rehearsal holds the links.
            return True
        try:
            actions = self.work.client.list("/Organisation/Actions")
        except XeroRefused:
            actions = []
        return next((item.get("Status") == "ALLOWED" for item in actions if item.get("Name") == action), True)

    # -- Both --------------------------------------------------------------------------------------------------------

    def _may_try(self, binding, record, marks):
        """Whether to try (again): what Xero refused is tried again when a person asks for it, not for each document."""
        if binding.state == "excluded" or binding in self._tried:
            return False
        waits = binding.next_try and binding.next_try > fields.Datetime.now()
        refused = binding.state in ("failed", "blocked")
        if (refused or waits) and not self.work.for_person and not marks.has(record._name, record.id):
            return False
        self._tried.add(binding)
        return True

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

    def _send(self, resource, element, label):
        """Send one addition; what Xero does not allow fails alone, and documents that do not need it go on."""
        verdict = Verdict(self.work)
        try:
            unresolved = self.outbox.send(resource, "PUT", [element], label)
        except XeroForbidden as error:
            text = self.env._(
                "The Xero user who signed in may not add it (“%s”). Add it in Xero and press Refresh from Xero; or "
                "press Connect in the connection, sign in as a user with the role Adviser, and press Retry.",
                error,
            )
            verdict.fail(verdict.binding(element), "permission", text)
        except XeroRefused as error:
            text = self.env._("Xero does not allow it: “%s”", error)
            verdict.fail(verdict.binding(element), "refused", text)
        else:
            if unresolved:
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
            if answer and self._is_ours(verdict.binding(element), element, answer):
                verdict.accepted(element, answer, answer.get("TaxType") or answer.get("Code"))
            else:
                absent.append(element)
        verdict.finish()
        return absent

    def _is_ours(self, binding, element, answer):
        """Whether what Xero has under a name is what a lost call made: not another's, nor of another percentage."""
        xero_id = answer.get("TaxType") or answer.get("Code")
        linked = self.env["xero.binding"].search_count(
            [
                ("connection_id", "=", self.work.connection.id),
                ("xero_type", "=", binding.xero_type),
                ("xero_id", "=", xero_id),
                ("id", "!=", binding.id),
            ],
            limit=1,
        )
        parts = [
            (Decimal(str(part["Rate"])), part["IsCompound"]) for part in element.payload.get("TaxComponents") or []
        ]
        wanted = effective_rate(parts)
        return not linked and same_rate(wanted, Decimal(str(answer.get("EffectiveRate") or 0)))
