from odoo.exceptions import UserError

from .money_case import MoneyCase

# What a payment costs beyond what many cost together: its row, its link and its marks, and its document's figures.
QUERIES_EACH = 7


class TestMoneyEdges(MoneyCase):
    """Dates that wait, sent marks, providers, people in Xero, and what is missing or locked there."""

    # -- Placeholder dates and sent marks ------------------------------------------------------------------------------

    def dates(self, move):
        record = self.document_in_xero(move)
        return str(record["Date"]), str(record["DueDate"])

    def test_dates_wait_until_the_document_is_sent(self):
        self.connection.dates_when_sent = True
        invoice = self.pushed()
        self.assertEqual(self.dates(invoice), ("3000-01-01", "3000-01-01"))
        invoice.is_move_sent = True
        self.run_sync()
        self.assertEqual(self.dates(invoice), ("2026-03-10", "2026-04-09"))
        self.assertTrue(self.document_in_xero(invoice)["SentToContact"])
        self.assert_books_agree(invoice)

    def test_dates_wait_no_longer_when_the_document_is_paid(self):
        self.connection.dates_when_sent = True
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        self.assertEqual(self.dates(invoice)[0], "2026-03-10")
        self.assert_books_agree(invoice)

    def test_dates_that_wait_are_not_in_a_locked_period_until_they_are_true(self):
        self.organisation.set_lock_dates(period="2026-03-31")
        self.connection.action_refresh_references()
        self.connection.dates_when_sent = True
        invoice = self.pushed()
        invoice.is_move_sent = True
        self.run_sync()
        self.assert_held(invoice, "lock_date", "2026-03-31")
        self.assertEqual(self.dates(invoice)[0], "3000-01-01")
        self.organisation.set_lock_dates()
        self.connection.action_refresh_references()
        self.run_sync()
        self.assertEqual(self.dates(invoice)[0], "2026-03-10")

    def test_true_dates_stay_when_the_option_is_turned_on(self):
        invoice = self.pushed()
        self.connection.dates_when_sent = True
        self.run_sync()
        self.assertEqual(self.dates(invoice)[0], "2026-03-10")

    def test_turning_the_option_off_gives_all_their_true_dates(self):
        self.connection.dates_when_sent = True
        invoice = self.pushed()
        self.connection.dates_when_sent = False
        self.run_sync()
        self.assertEqual(self.dates(invoice)[0], "2026-03-10")

    def test_bills_have_their_dates_at_once(self):
        self.connection.dates_when_sent = True
        bill = self.bill(ref="D-1")
        self.run_sync()
        self.assertEqual(self.dates(bill)[0], "2026-03-10")

    def test_credit_notes_wait_as_invoices_do(self):
        self.connection.dates_when_sent = True
        credit_note = self.credit_note()
        self.run_sync()
        self.assertEqual(str(self.document_in_xero(credit_note)["Date"]), "3000-01-01")
        credit_note.is_move_sent = True
        self.run_sync()
        self.assertEqual(str(self.document_in_xero(credit_note)["Date"]), "2026-03-10")

    def test_sent_in_odoo_is_sent_in_xero_in_one_call_without_the_lines(self):
        invoice = self.pushed()
        invoice.is_move_sent = True
        self.run_sync()
        self.assertTrue(self.document_in_xero(invoice)["SentToContact"])
        [call] = self.calls("POST", "/Invoices")
        self.assertNotIn(b"LineItems", call.body)
        self.assertEqual(self.binding(invoice).state, "synced")
        invoice.line_ids[:1].name = "Consulting"
        self.run_sync()
        self.assertEqual(len(self.calls("POST", "/Invoices")), 1)

    def test_a_paid_invoice_that_is_sent_afterwards_is_no_trouble(self):
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        invoice.is_move_sent = True
        self.run_sync()
        self.assert_books_agree(invoice)

    def test_a_paid_invoice_is_not_held_because_the_answer_to_sent_was_lost(self):
        invoice = self.pushed()
        invoice.is_move_sent = True
        self.simulator.fault("drop_before", match="POST /api.xro/2.0/Invoices", times=2)
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "in_flight")
        self.pay(invoice)
        self.connection.action_sync_now()
        self.run_sync(times=2)
        self.assert_books_agree(invoice)
        self.assertTrue(self.document_in_xero(invoice)["SentToContact"])

    # -- People in Xero ------------------------------------------------------------------------------------------------

    def test_a_document_that_was_paid_in_xero_is_shown_and_a_second_payment_is_explained(self):
        invoice = self.pushed()
        self.organisation.pay_invoice(self.binding(invoice).xero_id)
        self.pay(invoice)
        self.run_sync()
        self.assert_settlement_held(invoice, "applied", "exceeds the amount outstanding")
        self.connection.action_sync_now()
        self.run_sync()
        self.assertTrue(invoice.xero_difference)
        self.assertEqual(len(self.live_payments()), 1)

    def test_a_payment_that_somebody_removed_in_xero_is_not_made_again_by_itself(self):
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        self.organisation.remove_payments(self.binding(invoice).xero_id)
        self.connection.action_sync_now()
        self.run_sync()
        self.assertFalse(self.live_payments())
        self.assertIn("120.00", invoice.xero_difference)

    def removed_in_xero(self, read):
        """An invoice whose payment somebody removed in Xero; ``read``: and that Odoo knows of."""
        invoice = self.pushed()
        payment = self.pay(invoice)
        self.run_sync()
        self.organisation.remove_payments(self.binding(invoice).xero_id)
        if read:
            self.connection.action_sync_now()
            self.run_sync()
        return invoice, payment

    def test_a_payment_that_somebody_removed_in_xero_can_be_undone_in_odoo_before_it_is_read(self):
        invoice, _payment = self.removed_in_xero(read=False)
        self.unreconcile(invoice)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual((self.binding(invoice).amount_due, self.binding(invoice).amount_paid), (120.0, 0.0))

    def test_a_payment_that_somebody_removed_in_xero_can_be_undone_in_odoo_after_it_was_read(self):
        invoice, _payment = self.removed_in_xero(read=True)
        self.unreconcile(invoice)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual((self.binding(invoice).amount_due, self.binding(invoice).amount_paid), (120.0, 0.0))
        self.reconcile(invoice, self.env["account.payment"].search([], limit=1).move_id)
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))

    def test_a_payment_that_somebody_removed_in_xero_says_so_and_waits_for_a_person(self):
        invoice, payment = self.removed_in_xero(read=True)
        self.assertEqual(payment.xero_sync_state, "ended")
        self.assertIn("Somebody removed it in Xero", payment.xero_warning)
        self.assertFalse(payment.xero_url)
        invoice._xero_mark()
        self.run_sync()
        self.assertFalse(self.live_payments())
        self.assert_settlement_held(invoice, "changed", "Somebody removed it")
        invoice.action_push_to_xero()
        self.env.invalidate_all()
        self.assert_books_agree(invoice)
        self.assertEqual((payment.xero_sync_state, payment.xero_warning), ("synced", False))

    def test_an_allocation_that_somebody_removed_in_xero_is_not_made_again_by_itself(self):
        invoice, credit_note = self.pushed(), self.credit_note(50.0)
        self.reconcile(invoice, credit_note)
        self.run_sync()
        self.organisation.remove_allocations(self.binding(credit_note).xero_id)
        self.connection.action_sync_now()
        self.run_sync()
        (invoice | credit_note)._xero_mark()
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("120.00", "0.00", "0.00"))
        self.assertIn("60.00", invoice.xero_difference)
        self.assert_settlement_held(invoice, "changed", "Somebody removed it")

    # -- Providers -----------------------------------------------------------------------------------------------------

    def paid_online(self, policy):
        """An invoice that was paid through a provider with a policy."""
        provider = self.env["payment.provider"].create({"name": "Online", "code": "none", "xero_payments": policy})
        invoice = self.pushed()
        payment = self.pay(invoice)
        method = self.env["payment.method"].with_context(active_test=False).search([], limit=1)
        payment.payment_transaction_id = self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": f"{invoice.name}-1",
                "amount": 120.0,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.partner.id,
                "state": "done",
            }
        )
        self.run_sync()
        return invoice

    def test_a_payment_of_a_provider_is_sent_like_any_other(self):
        self.assert_books_agree(self.paid_online("send"))

    def test_a_payment_of_a_provider_that_xero_has_no_say_in_is_not_sent(self):
        invoice = self.paid_online("ignore")
        self.assertFalse(self.live_payments())
        self.assert_no_trouble()
        self.assertEqual(self.binding(invoice).amount_due, 120.0)

    def test_what_was_voided_in_xero_waits_for_a_person(self):
        invoice = self.pushed()
        self.organisation.void_invoice(self.binding(invoice).xero_id)
        self.connection.action_sync_now()
        self.run_sync()
        invoice.ref = "PO 1"
        self.run_sync()
        self.assert_held(invoice, "changed", "voided in Xero")
        self.assertEqual(len(self.organisation.invoices), 1)
        invoice.action_push_to_xero()
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced", self.binding(invoice).message)
        self.assertEqual(self.document_in_xero(invoice)["Status"], "AUTHORISED")

    def test_an_edit_in_xero_is_overwritten_by_nobody_but_a_person(self):
        invoice = self.pushed()
        self.organisation.edit_invoice(self.binding(invoice).xero_id, Reference="Changed by hand")
        self.connection.action_sync_now()
        self.run_sync()
        invoice.ref = "PO 2"
        self.run_sync()
        self.assert_held(invoice, "changed")
        self.assertEqual(self.document_in_xero(invoice)["Reference"], "Changed by hand")
        invoice.action_push_to_xero()
        self.env.invalidate_all()
        self.assertEqual(self.document_in_xero(invoice)["Reference"], "PO 2")
        self.assert_books_agree(invoice)

    def test_a_credit_that_somebody_allocated_in_xero_keeps_the_invoice_from_being_voided(self):
        invoice, credit_note = self.pushed(), self.credit_note()
        self.run_sync()
        self.organisation.allocate_credit(self.binding(credit_note).xero_id, self.binding(invoice).xero_id)
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync()
        self.assert_refused(invoice, "applied", "Remove the payment or credit")

    def test_a_reconciled_payment_that_xero_keeps_is_explained_and_nothing_is_made_twice(self):
        invoice = self.pushed()
        payment = self.pay(invoice)
        self.run_sync()
        [paid] = self.live_payments()
        self.organisation.reconcile_payment(paid["PaymentID"])
        payment.action_draft()
        payment.date = "2026-03-29"
        payment.action_post()
        self.run_sync()
        self.assert_settlement_held(invoice, "applied", "reconciled")
        self.assertEqual(len(self.live_payments()), 1)

    # -- Archived, deleted, in another currency ------------------------------------------------------------------------

    def test_a_payment_of_an_archived_contact_goes_all_the_same(self):
        invoice = self.pushed()
        self.organisation.archive_contact(self.binding(self.partner).xero_id)
        self.pay(invoice)
        self.run_sync()
        self.assert_books_agree(invoice)

    def test_an_archived_payment_account_is_explained(self):
        invoice = self.pushed()
        self.organisation.archive_account("090")
        self.pay(invoice)
        self.run_sync()
        self.assert_settlement_held(invoice, "payment_account", "Payment Accounts")

    def test_a_payment_account_in_another_currency_is_explained_and_nothing_is_half_done(self):
        self.organisation.add_currency("EUR")
        self.organisation.add_bank_account("Euro account", "EUR", "092")
        self.connection.action_refresh_references()
        self.connection.default_payment_account_id = self.xero_account(self.connection, "092")
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        self.assert_settlement_held(invoice, "payment_account", "EUR")
        self.assertFalse(self.live_payments())

    def test_a_write_off_without_an_account_is_held_as_a_whole_with_its_name(self):
        self.connection.write_off_account_id = False
        invoice = self.pushed()
        self.pay(invoice, 115.0, written_off_to=self.company_data["default_account_expense"])
        self.run_sync()
        self.assert_settlement_held(invoice, "account", "write-offs")
        self.assertEqual(self.figures(invoice), ("5.00", "115.00", "0.00"))
        self.connection.write_off_account_id = self.xero_account(self.connection, "404")
        self.run_sync()
        self.assert_books_agree(invoice)

    # -- Buttons -------------------------------------------------------------------------------------------------------

    def test_the_button_on_an_invoice_brings_its_payment_too(self):
        invoice = self.pushed()
        self.pay(invoice)
        self.env.flush_all()
        invoice.action_push_to_xero()
        self.run_sync()
        self.assert_books_agree(invoice)

    def test_documents_of_a_kind_that_is_switched_off_say_so(self):
        self.connection.sync_bills = False
        bill = self.bill(ref="E-1")
        self.run_sync()
        self.assertFalse(self.binding(bill))
        with self.assertRaisesRegex(UserError, "turn such documents on"):
            bill.action_push_to_xero()

    # -- Counts --------------------------------------------------------------------------------------------------------

    def test_a_hundred_payments_go_in_two_calls(self):
        invoices = self.env["account.move"].union(*(self.invoice([(1, 10.0)]) for _number in range(100)))
        self.run_sync(times=2)
        self.simulator.calls.clear()
        self.pay(invoices, group_payment=False)
        self.run_sync(times=2)
        self.assertEqual(len(self.calls("PUT", "/Payments")), 2)
        self.assertFalse(self.calls("GET"))
        self.assert_books_agree(*invoices)

    def test_settlements_are_read_together_not_one_by_one(self):
        queries = []
        for count in (2, 12):
            invoices = self.env["account.move"].union(*(self.invoice([(1, 10.0)]) for _number in range(count)))
            self.run_sync(times=2)
            self.pay(invoices, group_payment=False)
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.connection._run_sync()
            queries.append(self.env.cr.sql_log_count - before)
            self.env.invalidate_all()
            self.assert_books_agree(*invoices)
        # Each payment may cost its own writes, but nothing is looked up for each.
        self.assertLess((queries[1] - queries[0]) / 10, QUERIES_EACH)
