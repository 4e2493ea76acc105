from datetime import timedelta

from odoo import Command

from .fault_case import FaultCase


class TestAdditionsInTrouble(FaultCase):
    """A Xero that fails whenever a tax rate or currency is added holds up nothing else, and it is tried again."""

    def setUp(self):
        super().setUp()
        self.connection.unmapped_tax_policy = "create"
        self.odd = self.percent_tax(13.5, name="Odd 13.5")

    def odd_invoice(self, **values):
        line = {"name": "Goods", "price_unit": 100, "tax_ids": [Command.set(self.odd.ids)]}
        return self.new_invoice(lines=[line], **values)

    def run_for(self, **time):
        """Run the engine as often as it wants to go on within a time."""
        end = self.clock() + timedelta(**time)
        self.run_sync()
        while self.clock() < end:
            moment = self.next_moment()
            if moment and moment < end:
                self.clock.move_to(max(moment, self.clock()) + timedelta(seconds=1))
            else:
                self.clock.move_to(end)
            self.run_sync()

    def test_a_rate_on_which_xero_fails_waits_alone_and_is_there_when_xero_works_again(self):
        fault = self.simulator.fault("status", match="PUT /TaxRates", status=500, times=None)
        odd, others = self.odd_invoice(), self.invoices(3)
        self.run_for(minutes=5)
        self.assertEqual({self.binding(move).state for move in others}, {"synced"})
        self.assertNotEqual(self.binding(odd).state, "synced")
        fault.remove()
        self.run_until_quiet()
        self.assertEqual(self.binding(odd).state, "synced", self.binding(odd).message)
        named = [rate for rate in self.organisation.tax_rates.values() if rate["Name"] == "Odd 13.5"]
        self.assertEqual(len(named), 1)

    def test_a_rate_that_xero_made_in_spite_of_its_error_is_not_made_twice(self):
        self.simulator.fault("status_after", match="PUT /TaxRates", status=504, times=3)
        odd = self.odd_invoice()
        self.run_until_quiet()
        self.assertEqual(self.binding(odd).state, "synced", self.binding(odd).message)
        named = [rate for rate in self.organisation.tax_rates.values() if rate["Name"] == "Odd 13.5"]
        self.assertEqual(len(named), 1)

    def test_a_currency_on_which_xero_fails_holds_up_no_other_invoice(self):
        fault = self.simulator.fault("status", match="PUT /Currencies", status=503, times=None)
        krona = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "SEK")])
        krona.active = True
        foreign, others = self.odd_invoice(currency_id=krona.id), self.invoices(3)
        self.run_for(minutes=5)
        self.assertEqual({self.binding(move).state for move in others}, {"synced"})
        fault.remove()
        self.run_until_quiet()
        self.assertEqual(self.binding(foreign).state, "synced", self.binding(foreign).message)
