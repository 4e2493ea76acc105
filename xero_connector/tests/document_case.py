import json

from .common import XeroCase


class DocumentCase(XeroCase):
    """What tests of documents share."""

    def setUp(self):
        super().setUp()
        self.partner = self.new_partner()

    def invoice(self, *args, **values):
        """A customer invoice of the one partner of the test."""
        return self.new_invoice(values.pop("partner", self.partner), *args, **values)

    def pushed(self, *args, **values):
        """An invoice that is in Xero; the simulator's log is empty afterwards."""
        invoice = self.invoice(*args, **values)
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced", self.binding(invoice).message)
        self.simulator.calls.clear()
        return invoice

    def in_xero(self, invoice):
        """The simulator's record of an invoice."""
        return self.organisation.invoices[self.binding(invoice).xero_id]

    def totals(self, invoice):
        """Xero's figures as texts: without tax, tax, with tax."""
        record = self.in_xero(invoice)
        return tuple(str(record[name]) for name in ("SubTotal", "TotalTax", "Total"))

    def sent(self, invoice):
        """An invoice as it was last sent; ``None`` if it never was."""
        for call in reversed(self.simulator.calls):
            if call.method in ("PUT", "POST") and call.path.endswith("/Invoices"):
                for element in json.loads(call.body)["Invoices"]:
                    if element.get("InvoiceNumber") == invoice.name:
                        return element
        return None

    def sent_lines(self, invoice):
        """The lines of an invoice as they were last sent; ``None`` if it never was."""
        return (self.sent(invoice) or {}).get("LineItems")

    def foreign(self, code, rate=2.0, **values):
        """A currency other than the company's, with its rate (units per unit of that) from the start of the year."""
        currency = self.env["res.currency"].with_context(active_test=False).search([("name", "=", code)])
        currency.write({"active": True, **values})
        if not currency.rate_ids.filtered(lambda known: known.company_id == self.company):
            values = {"currency_id": currency.id, "company_id": self.company.id, "name": "2026-01-01", "rate": rate}
            self.env["res.currency.rate"].create(values)
        return currency

    def assert_held(self, invoice, reason, *words):
        binding = self.binding(invoice)
        self.assertEqual((binding.state, binding.reason), ("blocked", reason), binding.message)
        for word in words:
            self.assertIn(word, binding.message)

    def assert_refused(self, invoice, reason, *words):
        binding = self.binding(invoice)
        self.assertEqual((binding.state, binding.reason), ("failed", reason), binding.message)
        for word in words:
            self.assertIn(word, binding.message)
