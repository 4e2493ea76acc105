from datetime import timedelta
from decimal import Decimal

from .fault_case import FaultCase


class TestEdges(FaultCase):
    """Cases at the edge: what must not be sent, what must not be lost, and what must not be shown wrongly."""

    def test_an_invoice_from_before_the_connection_is_not_sent_for_being_touched(self):
        self.connection.action_disconnect()
        self.connection.unlink()
        old = self.new_invoice()
        self.connection = self._connect(self.organisation, name="New", code="new")
        self.connection.default_account_id = self.xero_account(self.connection, "200")
        self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        old.write({"is_move_sent": True, "ref": "PO 7", "invoice_date_due": "2026-05-01"})
        old.invoice_line_ids.name = "Advice"
        self.run_sync()
        self.assertFalse(self.waiting_marks())
        self.assertFalse(self.organisation.invoices)
        old.action_push_to_xero()
        self.assertEqual(len(self.organisation.invoices), 1)

    def test_what_xero_did_in_spite_of_a_server_error_is_found_before_a_document_is_set_aside(self):
        [move] = self.invoices(1)
        self.simulator.fault("status", match="PUT /Invoices", status=500, times=2)
        done = self.simulator.fault("status_after", match="PUT /Invoices", status=500, times=1)
        self.run_until_quiet()
        self.assertEqual(done.hits, 1)
        self.assert_exactly_once(move)
        move.button_draft()
        move.button_cancel()
        self.run_until_quiet()
        self.assertEqual({invoice["Status"] for invoice in self.organisation.invoices.values()}, {"VOIDED"})

    def test_a_refusal_of_the_repeat_says_nothing_of_the_first_try(self):
        [move] = self.invoices(1)
        lost = self.simulator.fault("drop_after", match="PUT /Invoices", times=1)
        refusal = {"Message": "The key is in use"}
        refused = self.simulator.fault("status", match="PUT /Invoices", status=400, times=1, body=refusal)
        self.run_until_quiet()
        self.assertEqual((lost.hits, refused.hits), (1, 1))
        self.assert_exactly_once(move)

    def test_our_own_invoice_is_recognised_though_xeros_total_differs_and_the_difference_is_shown(self):
        [move] = self.invoices(1)
        self.simulator.fault("drop_after", match="PUT /Invoices", times=2)
        self.run_sync()
        [in_xero] = self.organisation.invoices.values()
        self.organisation.edit_invoice(
            in_xero["InvoiceID"],
            LineItems=[
                {
                    "Description": "Seat",
                    "Quantity": 1,
                    "UnitAmount": Decimal("100.01"),
                    "AccountCode": "200",
                    "TaxType": "OUTPUT2",
                }
            ],
        )
        self.clock.tick(timedelta(minutes=10))
        self.run_until_quiet()
        self.assert_exactly_once(move)
        # 100.01 + 20.00 tax in Xero, 100.00 + 20.00 in Odoo.
        self.assertIn("120.01", move.xero_warning)
        self.assertIn("120", move.xero_warning)

    def test_an_unchanged_invoice_stays_green_when_its_period_is_locked_later(self):
        [move] = self.synced_invoices(1)
        self.organisation.set_lock_dates(period="2026-03-31")
        self.connection.action_refresh_references()
        move._xero_mark()
        self.run_sync()
        self.assertEqual(move.xero_sync_state, "synced")
        move.ref = "changed"
        self.run_sync()
        self.assertEqual(move.xero_sync_state, "blocked")
        self.assertIn("locked", move.xero_message)

    def test_an_older_document_that_xero_has_stays_equal(self):
        [move] = self.synced_invoices(1)
        self.connection.export_from = "2026-04-01"
        move.ref = "PO 8"
        self.run_sync()
        self.assertEqual(self.organisation.invoice_by_number(move.name)["Reference"], "PO 8")

    def test_a_refused_tax_is_sent_again_once_it_is_mapped_anew(self):
        self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        self.simulator.fault(
            "status",
            match="PUT /Invoices",
            status=400,
            times=1,
            body={"Message": "The TaxType code 'OUTPUT2' cannot be used with account code '200'."},
        )
        [move] = self.invoices(1)
        self.run_sync()
        self.assertEqual((self.binding(move).state, self.binding(move).reason), ("failed", "tax"))
        self.tax.xero_tax_rate_id = False
        self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        self.run_until_quiet()
        self.assert_exactly_once(move)

    def test_an_answer_that_nobody_thought_of_is_shown_and_tried_again_later(self):
        [move] = self.invoices(1)
        self.simulator.fault(
            "status", match="PUT /Invoices", status=200, times=1, body={"Invoices": [{"ValidationErrors": [5]}]}
        )
        with self.assertLogs("odoo.addons.xero_connector.sync.runner", "ERROR"):
            self.run_sync()
        self.assertIn("Unexpected", self.connection.last_error)
        self.assertTrue(self.connection.next_try)
        self.run_until_quiet()
        self.assert_exactly_once(move)

    def test_xeros_warnings_and_another_status_than_asked_for_are_shown(self):
        [move] = self.invoices(1)

        def as_draft(call):
            return call.method == "PUT"

        self.simulator.fault(
            "status",
            match=as_draft,
            status=200,
            times=1,
            body={
                "Invoices": [
                    {
                        "InvoiceID": "8a6f5d0e-0000-4000-8000-000000000001",
                        "InvoiceNumber": move.name,
                        "Status": "DRAFT",
                        "Total": "120.00",
                        "TotalTax": 20,
                        "StatusAttributeString": "WARNING",
                        "Warnings": [{"Message": "Approval is not allowed"}],
                    }
                ]
            },
        )
        self.run_sync()
        self.assertIn("DRAFT instead of AUTHORISED", move.xero_warning)
        self.assertIn("Approval is not allowed", move.xero_warning)
        # Xero gave the total as text: the same figure all the same.
        self.assertNotIn("differ", move.xero_warning)

    def test_a_list_that_ignores_the_page_is_read_once(self):
        body = {
            "Contacts": [
                {"ContactID": f"8a6f5d0e-0000-4000-8000-{index:012}", "Name": f"C {index}"} for index in range(100)
            ]
        }
        fault = self.simulator.fault("status", match="GET /Contacts", status=200, times=None, body=body)
        self.invoices(1)
        self.run_sync()
        self.assertLessEqual(fault.hits, 3)

    def test_a_rate_that_does_not_say_what_it_applies_to_may_be_used(self):
        rate = (
            self.env["xero.tax.rate"]
            .sudo()
            ._mirror(self.connection, [{"TaxType": "STRANGE", "Name": "Strange", "EffectiveRate": 20}], complete=False)
        )
        self.assertTrue(rate._fits_account(self.connection.default_account_id))

    def test_waiting_counts_records_not_changes(self):
        [move] = self.synced_invoices(1)
        for reference in ("1", "2", "3"):
            move.ref = reference
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.pending_count, 1)

    def test_a_total_outage_never_looks_as_if_all_were_well(self):
        moves = self.synced_invoices(4)
        for move in moves:
            move.ref = "changed"
        outage = self.simulator.fault("status", match="POST /Invoices", status=503, times=None)
        for _run in range(8):
            self.run_sync()
            self.clock.tick(timedelta(minutes=15))
            self.assertEqual(set(moves.mapped("xero_sync_state")), {"to_sync"})
            self.connection.invalidate_recordset()
            self.assertEqual(self.connection.pending_count, 4)
        outage.remove()
        self.run_until_quiet()
        self.assert_exactly_once(moves)
        self.assertEqual({invoice["Reference"] for invoice in self.organisation.invoices.values()}, {"changed"})

    def test_a_change_of_a_contact_that_xero_failed_on_is_retried_by_itself(self):
        partner = self.known_customer()
        partner.phone = "+44 1572 770001"
        self.simulator.fault("status", match="POST /Contacts", status=500, times=4)
        self.run_until_quiet()
        self.assert_exactly_once()
        [contact] = self.organisation.contacts.values()
        self.assertIn("770001", str(contact["Phones"]))
