from datetime import date, timedelta
from decimal import Decimal

from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .revrec_case import RevrecCase

_DAY = st.integers(0, 420)
_STEP = st.one_of(
    st.tuples(st.just("export"), _DAY, st.integers(0, 100)),
    st.tuples(st.just("undo"), st.integers(0, 5)),
    st.tuples(st.just("line"), _DAY, _DAY),
    st.tuples(st.just("dialog"), _DAY, _DAY, _DAY),
    st.tuples(st.just("again")),
    st.tuples(st.just("again with"), st.sampled_from([365.0, 100.01])),
)
_BEGIN = date(2026, 1, 1)


class _Over(Exception):
    """The end of an example."""


class TestLifecycle(RevrecCase):
    """Whatever happens to an invoice, in whatever order: what its charges recognise adds up to its amount."""

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(_STEP, min_size=1, max_size=8), st.sampled_from(["daily", "monthly", "once"]), st.booleans())
    def test_charges_add_up_after_anything(self, steps, method, both):
        # What one example makes must not be in the way of the next.
        with self.assertRaises(_Over), self.env.cr.savepoint():
            self._live(steps, method, both)
            raise _Over
        self.env.invalidate_all(flush=False)

    def _live(self, steps, method, both):
        self.connection.journal_legs = "both" if both else "recognition"
        invoice = self.sold(self.line(365.0, product=self.new_product(method=method)))
        exports = self.env["xero.journal.export"]
        for number, (name, *values) in enumerate(steps):
            with freeze_time(f"2026-{number + 1:02}-15 12:00:00"):
                exports |= self._do(invoice, exports, name, *values) or exports
            self._check(invoice, f"{steps[: number + 1]}")
        invoice.button_draft()
        self._check(invoice, "reset")
        for export in exports.filtered(lambda export: export.state == "ready"):
            export.action_undo()
        self.assertFalse(self.env["xero.recognition.span"].search([("export_id", "!=", False)]))
        invoice.unlink()
        self.assertFalse(self.env["xero.recognition.charge"].search([]), "nothing is left of it")

    def _do(self, invoice, exports, name, *values):
        if name == "export":
            first, last = self._day(values[0]), self._day(values[0] + values[1])
            if self.wizard(first, last).journal_count:
                return self.export(first, last)
        elif name == "undo":
            ready = exports.filtered(lambda export: export.state == "ready")
            for export in ready[values[0] : values[0] + 1]:
                export.action_undo()
        elif name == "line":
            start, end = sorted(values)
            invoice.invoice_line_ids.write({"start_date": self._day(start), "end_date": self._day(end)})
        elif name == "dialog":
            charge = invoice.xero_charge_ids.sudo().filtered(lambda charge: charge.state == "running")
            start, end = sorted(values[:2])
            charge._respread(self._day(start), self._day(end), self._day(values[2]))
            charge.by_hand = True
        else:
            invoice.button_draft()
            self._check(invoice, "reset")
            if values:
                invoice.invoice_line_ids.price_unit = values[0]
            invoice.action_post()
        return None

    @staticmethod
    def _day(number):
        return _BEGIN + timedelta(days=number)

    def _check(self, invoice, what):
        charges = invoice.xero_charge_ids.sudo()
        running = charges.filtered(lambda charge: charge.state == "running")
        amount = Decimal(str(invoice.amount_untaxed)) if invoice.state == "posted" else Decimal(0)
        self.assertEqual(len(running), 1 if amount else 0, what)
        self.assertEqual((self.total(running), self.total(charges)), (amount, amount), what)
        for charge in running.filtered("deferral"):
            self.assertEqual(self.total(charge, "deferral"), amount, what)
