from odoo.tests import tagged

from .common import XeroCase


@tagged("xero_slow")
class TestBatches(XeroCase):
    """What a large push costs in calls (Xero allows 60 a minute and, on its smallest plan, 1,000 a day)."""

    COUNT = 1000

    def _confirmed_invoices(self, partners):
        moves = self.env["account.move"]
        for start in range(0, self.COUNT, 250):
            moves |= self.env["account.move"].create(
                [
                    {
                        "move_type": "out_invoice",
                        "partner_id": partners[index % len(partners)].id,
                        "invoice_date": "2026-03-10",
                        "company_id": self.company.id,
                        "invoice_line_ids": [
                            (0, 0, {"name": "Seat", "quantity": 1, "price_unit": 10 + index, "tax_ids": self.tax.ids})
                        ],
                    }
                    for index in range(start, min(start + 250, self.COUNT))
                ]
            )
        moves.action_post()
        return moves

    def _drain(self):
        slices = 0
        while self.waiting_marks():
            self.run_sync()
            slices += 1
            self.assertLess(slices, 60, "the engine does not get on")
            self.assertFalse(self.connection.last_error)
        return slices

    def _assert_all_once(self, moves):
        numbers = [invoice["InvoiceNumber"] for invoice in self.organisation.invoices.values()]
        self.assertEqual(sorted(numbers), sorted(moves.mapped("name")))
        self.assertEqual(self.binding(moves[0]).state, "synced")
        bindings = self.env["xero.binding"].search([("res_model", "=", "account.move")])
        self.assertEqual(set(bindings.mapped("state")), {"synced"})

    def test_1000_invoices_of_known_contacts_take_at_most_25_calls(self):
        partner = self.new_partner()
        partner._xero_mark()
        self.run_sync()
        moves = self._confirmed_invoices(partner)
        self.simulator.calls.clear()
        self._drain()
        self._assert_all_once(moves)
        self.assertLessEqual(len(self.calls()), 25)

    def test_1000_invoices_of_1000_new_contacts_take_at_most_45_calls(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {index}", "email": f"customer{index}@example.com"} for index in range(self.COUNT)]
        )
        moves = self._confirmed_invoices(partners)
        self.simulator.calls.clear()
        self._drain()
        self._assert_all_once(moves)
        self.assertEqual(len(self.organisation.contacts), self.COUNT)
        self.assertLessEqual(len(self.calls()), 45)
