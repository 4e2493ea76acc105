from datetime import timedelta
from unittest.mock import ANY

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .pull_case import PullCase

PULL_LOG = "odoo.addons.xero_connector.sync.pull"
USER = "base.group_user,account.group_account_invoice,xero_connector.group_xero_user"


class TestPull(PullCase):
    """What happens to documents in Xero is shown in Odoo, and nothing that we did ourselves comes back."""

    # -- When it reads -------------------------------------------------------------------------------------------------

    def test_nothing_is_read_while_nothing_of_ours_is_there(self):
        self.pull()
        self.assertFalse(self.calls())

    def test_credit_notes_are_not_read_while_we_have_none_there(self):
        self.pushed()
        self.pull()
        self.assertEqual([call.path.rsplit("/", 1)[-1] for call in self.calls()], ["Invoices"])

    def test_what_changed_is_asked_for_whole_and_in_the_order_of_ids(self):
        invoice = self.pushed()
        first = self.binding(invoice).synced_at
        self.pull()
        [call] = self.reads()
        query = {name: self.query(call)[name] for name in ("page", "pageSize", "unitdp", "order")}
        self.assertEqual(query, {"page": "1", "pageSize": "1000", "unitdp": "4", "order": "InvoiceID"})
        since = call.headers["If-Modified-Since"]
        self.assertEqual(since, (first - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S"))

    def test_it_reads_as_often_as_the_connection_runs_regularly(self):
        self.pushed()
        self.pull()
        self.run_sync()
        self.assertEqual(len(self.reads()), 1)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=15)):
            self.run_sync()
        self.assertEqual(len(self.reads()), 2)

    def test_sync_now_reads_at_once(self):
        self.pushed()
        self.pull()
        self.connection.action_sync_now()
        self.run_sync()
        self.assertEqual(len(self.reads()), 2)

    def test_a_person_who_pushes_one_document_does_not_wait_for_it(self):
        invoice = self.pushed()
        self.connection._write_run_facts({"documents_read_at": False})
        invoice.ref = "PO 8"
        self.env.flush_all()
        invoice.action_push_to_xero()
        self.assertFalse(self.reads())

    def test_the_next_reading_begins_five_minutes_before_the_latest_change(self):
        self.pushed()
        self.later(hours=3)
        invoice = self.pushed()
        self.pull()
        latest = self.binding(invoice).remote_updated_at
        self.pull()
        since = fields.Datetime.to_datetime(self.reads()[-1].headers["If-Modified-Since"].replace("T", " "))
        self.assertLessEqual(since, latest - timedelta(minutes=5))
        self.assertGreater(since, latest - timedelta(minutes=6))

    def test_it_reads_by_xeros_clock_however_wrong_ours_is(self):
        for hours in (-8, 8):
            with self.subTest(hours):
                self.simulator.clock.offset = hours * 3600
                invoice = self.pushed()
                self.pull()
                self.organisation.pay_invoice(self.binding(invoice).xero_id, amount=20)
                self.pull()
                self.assertEqual(self.binding(invoice).amount_paid, 20.0)

    # -- What is shown -------------------------------------------------------------------------------------------------

    def test_status_and_figures_of_a_paid_invoice_are_shown(self):
        invoice = self.pushed()
        self.organisation.pay_invoice(self.binding(invoice).xero_id)
        self.pull()
        shown = (invoice.xero_status, invoice.xero_amount_due, invoice.xero_amount_paid, invoice.xero_amount_credited)
        self.assertEqual(shown, ("PAID", 0.0, 120.0, 0.0))

    def test_a_removed_payment_is_due_again(self):
        invoice = self.pushed()
        self.organisation.pay_invoice(self.binding(invoice).xero_id)
        self.pull()
        self.organisation.remove_payments(self.binding(invoice).xero_id)
        self.pull()
        shown = (invoice.xero_status, invoice.xero_amount_due, invoice.xero_amount_paid, invoice.xero_difference)
        self.assertEqual(shown, ("AUTHORISED", 120.0, 0.0, False))

    def test_what_remains_of_a_credit_note_and_where_the_rest_went_is_shown(self):
        invoice = self.pushed()
        credit_note, twin = self.linked_credit_note()
        self.organisation.allocate_credit(twin["CreditNoteID"], self.binding(invoice).xero_id, amount=50)
        self.organisation.refund_credit_note(twin["CreditNoteID"], amount=30)
        self.pull()
        shown = credit_note.xero_amount_due, credit_note.xero_amount_paid, credit_note.xero_amount_credited
        self.assertEqual(shown, (40.0, 30.0, 50.0))
        self.assertEqual((invoice.xero_amount_due, invoice.xero_amount_credited), (70.0, 50.0))

    def test_the_credit_note_of_a_write_off_keeps_its_status_alone(self):
        invoice = self.pushed()
        _credit_note, twin = self.linked_credit_note()
        link = self.binding(_credit_note)
        settlement = self.settlement(invoice, "write_off", amounts=(120.0, 0.0, 120.0), role="elsewhere")
        link.write({"res_model": "xero.settlement", "res_id": settlement.id, "role": "write_off"})
        self.organisation.void_credit_note(twin["CreditNoteID"])
        self.pull()
        self.assertEqual((link.xero_status, link.amount_due, link.remote_change), ("VOIDED", 0.0, False))

    def test_a_document_that_is_gone_from_odoo_keeps_its_status(self):
        invoice = self.pushed()
        link = self.binding(invoice)
        link.res_id = 2**31 - 1
        self.organisation.void_invoice(link.xero_id)
        self.pull()
        self.assertEqual((link.xero_status, link.remote_change), ("VOIDED", False))

    # -- Sent ----------------------------------------------------------------------------------------------------------

    def test_marked_as_sent_in_xero_is_marked_as_sent_in_odoo(self):
        invoice = self.pushed()
        self.organisation.mark_sent(self.binding(invoice).xero_id, touch=True)
        self.pull()
        self.assertTrue(invoice.is_move_sent)
        self.assertTrue(invoice.xero_sent)
        self.assertIn("Marked as sent in Xero.", invoice.message_ids[0].body)

    def test_it_is_not_sent_back_to_xero(self):
        invoice = self.pushed()
        self.organisation.mark_sent(self.binding(invoice).xero_id, touch=True)
        self.pull()
        self.run_sync()
        self.assertEqual({call.method for call in self.calls()}, {"GET"})
        self.assertFalse(self.waiting_marks())

    def test_it_is_noted_once(self):
        invoice = self.pushed()
        self.organisation.mark_sent(self.binding(invoice).xero_id, touch=True)
        self.pull()
        notes = len(invoice.message_ids)
        self.pull()
        self.assertEqual(len(invoice.message_ids), notes)

    def test_a_mark_that_xero_does_not_stamp_is_seen_by_the_overlap(self):
        invoice = self.pushed()
        self.pull()
        self.organisation.mark_sent(self.binding(invoice).xero_id)
        self.pull()
        self.assertTrue(invoice.is_move_sent)

    def test_a_mark_that_xero_does_not_stamp_is_seen_with_the_next_change(self):
        invoice = self.pushed()
        self.later(hours=1)
        other = self.pushed()
        self.pull()
        self.organisation.mark_sent(self.binding(invoice).xero_id)
        self.pull()
        self.assertFalse(invoice.is_move_sent)
        self.organisation.pay_invoice(self.binding(invoice).xero_id)
        self.pull()
        self.assertTrue(invoice.is_move_sent)
        self.assertFalse(other.is_move_sent)

    # -- Nothing echoes ------------------------------------------------------------------------------------------------

    def test_our_own_pushes_change_and_say_nothing(self):
        invoice = self.pushed(lines=((3, 33.333), (1, -0.5)), ref="PO 7")
        invoice.ref = "PO 8"
        self.run_sync()
        self.run_sync()
        link = self.binding(invoice)
        before = self.row_versions(link, invoice)
        self.pull()
        self.assertEqual(self.row_versions(link, invoice), before)
        self.assertFalse(invoice.xero_difference)
        self.assertFalse(self.waiting_marks())
        self.assertEqual(len(self.calls()), 1)

    def test_a_void_of_ours_says_nothing(self):
        invoice = self.pushed()
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync()
        self.pull()
        self.assertEqual((invoice.xero_status, invoice.xero_difference), ("VOIDED", False))

    def test_what_was_linked_before_fingerprints_were_kept_says_nothing(self):
        invoice = self.pushed()
        link = self.binding(invoice)
        expected = link.remote_hash
        link.remote_hash = False
        self.pull()
        self.assertEqual((link.remote_hash, link.remote_change), (expected, False))

    def test_what_may_or_may_not_have_arrived_is_no_edit_of_a_person(self):
        invoice = self.pushed()
        self.edited(invoice, Reference="PO 9")
        self.binding(invoice).synced_hash = False
        self.pull()
        self.assertFalse(self.binding(invoice).remote_change)

    # -- Edited in Xero ------------------------------------------------------------------------------------------------

    def test_an_edit_in_xero_is_told_with_both_figures_and_the_next_step(self):
        invoice = self.pushed()
        line = {"Description": "Consulting", "Quantity": 1, "UnitAmount": 150, "AccountCode": "200",
                "TaxType": "OUTPUT2"}  # fmt: skip
        self.edited(invoice, LineItems=[line])
        self.pull()
        for words in ("lines", "total: Odoo 120.00", "Xero 180.00", "tax: Odoo 20.00", "Xero 30.00", "Push to Xero"):
            self.assertIn(words, invoice.xero_difference)
        self.assertEqual(invoice.xero_amount_due, 180.0)

    def test_only_what_differs_is_named(self):
        for values, words in (
            ({"InvoiceNumber": "OTHER/1"}, "number"),
            ({"Reference": "PO 9"}, "reference"),
            ({"DueDate": "2026-05-01"}, "dates"),
        ):
            with self.subTest(words):
                invoice = self.pushed()
                self.edited(invoice, **values)
                self.pull()
                self.assertIn(f"in Xero: {words}.", invoice.xero_difference)

    def test_a_document_that_moved_to_another_contact_is_told(self):
        invoice = self.pushed()
        other = self.organisation.add_contact("Somebody Else")
        self.edited(invoice, Contact={"ContactID": other["ContactID"]})
        self.pull()
        self.assertIn("in Xero: contact.", invoice.xero_difference)

    def test_nothing_in_xero_is_overwritten_by_itself(self):
        invoice = self.pushed()
        self.edited(invoice, Reference="PO 9")
        self.pull()
        self.run_sync()
        self.assertEqual({call.method for call in self.calls()}, {"GET"})
        self.assertEqual(self.in_xero(invoice)["Reference"], "PO 9")

    def test_an_edit_in_xero_that_was_not_read_yet_is_not_overwritten_either(self):
        invoice = self.pushed(ref="PO 7")
        self.pull()
        self.edited(invoice, Reference="PO 9")
        invoice.ref = "PO 8"
        self.run_sync()
        self.assertEqual(self.in_xero(invoice)["Reference"], "PO 9")
        self.assertEqual((self.binding(invoice).state, self.binding(invoice).reason), ("blocked", "changed"))
        self.assertIn("reference", invoice.xero_difference)
        self.assertFalse(self.waiting_marks())
        invoice.action_push_to_xero()
        self.run_sync()
        self.assertEqual(self.in_xero(invoice)["Reference"], "PO 8")
        self.assertEqual((self.binding(invoice).state, invoice.xero_difference), ("synced", False))

    def test_an_unread_edit_of_a_credit_note_is_not_overwritten(self):
        credit_notes = [self.pushed(move_type="out_refund", ref="PO 7") for _number in range(2)]
        edited, other = (self.binding(credit_note) for credit_note in credit_notes)
        self.organisation.edit_credit_note(edited.xero_id, Reference="PO 9")
        for credit_note in credit_notes:
            credit_note.ref = "PO 8"
        self.run_sync()
        references = [self.organisation.credit_notes[link.xero_id]["Reference"] for link in (edited, other)]
        self.assertEqual(references, ["PO 9", "PO 8"])
        self.assertEqual((edited.reason, other.state), ("changed", "synced"))

    def test_a_person_who_pushes_is_told_first_of_an_edit_that_nobody_knew_of(self):
        invoice = self.pushed(ref="PO 7")
        self.edited(invoice, Reference="PO 9")
        invoice.ref = "PO 8"
        invoice.action_push_to_xero()
        self.run_sync()
        self.assertEqual(self.in_xero(invoice)["Reference"], "PO 9")
        self.assertIn("reference", invoice.xero_difference)
        invoice.action_push_to_xero()
        self.run_sync()
        self.assertEqual(self.in_xero(invoice)["Reference"], "PO 8")

    def test_a_document_that_ended_in_xero_unread_has_no_successor_by_itself(self):
        invoice = self.pushed(ref="PO 7")
        self.organisation.void_invoice(self.binding(invoice).xero_id)
        invoice.ref = "PO 8"
        self.run_sync()
        self.assertIn("It was voided in Xero", invoice.xero_difference)
        self.assertEqual(len(self.organisation.invoices), 1)

    def test_documents_are_looked_at_together_before_they_are_updated(self):
        invoices = [self.pushed(ref="PO 7") for _number in range(3)]
        self.simulator.calls.clear()
        for invoice in invoices:
            invoice.ref = "PO 8"
        self.run_sync()
        self.assertEqual([call.method for call in self.calls()], ["GET", "POST"])

    def test_credit_notes_are_looked_at_together_too(self):
        credit_notes = [self.pushed(move_type="out_refund", ref="PO 7") for _number in range(3)]
        self.simulator.calls.clear()
        for credit_note in credit_notes:
            credit_note.ref = "PO 8"
        self.run_sync()
        self.assertEqual([call.method for call in self.calls()], ["GET", "POST"])

    def test_a_change_that_is_undone_in_xero_is_told_no_more(self):
        invoice = self.pushed(ref="PO 7")
        self.edited(invoice, Reference="PO 9")
        self.pull()
        self.edited(invoice, Reference="PO 8")
        self.pull()
        self.assertIn("reference", invoice.xero_difference)
        self.edited(invoice, Reference="PO 7")
        self.pull()
        self.assertFalse(invoice.xero_difference)

    def test_what_a_person_pushes_is_told_no_more(self):
        invoice = self.pushed(ref="PO 7")
        self.edited(invoice, Reference="PO 9")
        self.pull()
        invoice.ref = "PO 10"
        invoice.action_push_to_xero()
        self.run_sync()
        self.pull()
        self.assertFalse(invoice.xero_difference)

    def test_an_excluded_document_says_nothing(self):
        invoice = self.pushed()
        self.binding(invoice).action_exclude()
        self.edited(invoice, Reference="PO 9")
        self.pull()
        self.assertFalse(self.binding(invoice).remote_change)

    def test_payments_in_xero_are_no_edits(self):
        invoice = self.pushed()
        self.organisation.pay_invoice(self.binding(invoice).xero_id, amount=20)
        self.pull()
        self.assertFalse(self.binding(invoice).remote_change)

    # -- Ended in Xero -------------------------------------------------------------------------------------------------

    def test_voided_in_xero_while_it_is_confirmed_in_odoo_is_told(self):
        invoice = self.pushed()
        self.organisation.void_invoice(self.binding(invoice).xero_id)
        self.pull()
        self.assertEqual(invoice.xero_status, "VOIDED")
        self.assertIn("It was voided in Xero, but it is confirmed in Odoo.", invoice.xero_difference)
        self.pull()
        self.assertIn("Push to Xero", invoice.xero_difference)

    def test_a_draft_that_was_deleted_in_xero_is_told(self):
        self.connection.invoice_status = "DRAFT"
        invoice = self.pushed()
        self.organisation.void_invoice(self.binding(invoice).xero_id)
        self.pull()
        self.assertIn("It was deleted in Xero", invoice.xero_difference)

    def test_voided_in_xero_and_cancelled_in_odoo_agree(self):
        invoice = self.pushed()
        invoice.button_draft()
        self.organisation.void_invoice(self.binding(invoice).xero_id)
        self.pull()
        self.assertEqual((invoice.xero_status, invoice.xero_difference), ("VOIDED", False))

    def test_cancelled_in_odoo_afterwards_they_agree_too(self):
        invoice = self.pushed()
        self.organisation.void_invoice(self.binding(invoice).xero_id)
        self.later(hours=1)
        self.pushed()
        self.pull()
        invoice.button_draft()
        invoice.button_cancel()
        self.pull()
        self.assertFalse(invoice.xero_difference)

    # -- Approved in Xero ----------------------------------------------------------------------------------------------

    def test_approved_in_xero_lets_what_waited_for_it_go_on(self):
        self.connection.invoice_status = "DRAFT"
        invoice = self.pushed()
        waiting = self.pushed()
        self.binding(waiting).write({"state": "blocked", "depends_on_id": self.binding(invoice).id})
        self.pull()
        self.assertEqual(waiting.xero_sync_state, "blocked")
        self.organisation.approve_invoice(self.binding(invoice).xero_id)
        self.pull()
        self.assertEqual((invoice.xero_status, waiting.xero_sync_state), ("AUTHORISED", "synced"))

    def test_approved_in_xero_there_is_nothing_left_to_try(self):
        invoice = self.invoice(post=False)
        invoice.action_post()
        invoice._xero_mark(as_draft=True)
        self.run_sync()
        link = self.binding(invoice)
        self.assertEqual((link.trial, link.xero_status), ("draft", "DRAFT"))
        self.organisation.approve_invoice(link.xero_id)
        self.pull()
        self.assertFalse(link.trial)

    # -- Paid or credited in Xero --------------------------------------------------------------------------------------

    def paid_there(self, amount=60, **values):
        """An invoice of 120.00 of which a part was paid in Xero."""
        invoice = self.pushed(**values)
        self.organisation.pay_invoice(self.binding(invoice).xero_id, amount=amount)
        return invoice

    def test_a_payment_in_xero_that_odoo_does_not_know_is_told(self):
        invoice = self.paid_there()
        self.pull()
        currency = self.company.currency_id.name
        self.assertEqual(
            invoice.xero_difference,
            f"In Xero 60.00 {currency} is paid, of which Odoo knows 0.00. Register the payment in Odoo too, or remove "
            "it in Xero.",
        )

    def test_a_payment_that_we_sent_is_no_difference(self):
        invoice = self.paid_there()
        self.settlement(invoice)
        self.pull()
        self.assertFalse(invoice.xero_difference)

    def test_of_a_payment_with_a_write_off_only_the_cash_is_paid(self):
        invoice = self.paid_there()
        self.settlement(invoice, amounts=(80.0, 60.0, 20.0))
        self.pull()
        self.assertFalse(invoice.xero_difference)

    def test_a_payment_that_is_in_odoo_alone_is_told_when_it_was_removed_in_xero(self):
        invoice = self.paid_there()
        self.settlement(invoice)
        self.pull()
        self.organisation.remove_payments(self.binding(invoice).xero_id)
        self.pull()
        self.assertIn("Odoo sent payments of 60.00", invoice.xero_difference)
        self.assertIn("Xero has 0.00", invoice.xero_difference)

    def test_a_payment_that_xero_refused_is_not_known_there(self):
        invoice = self.paid_there()
        self.settlement(invoice, state="failed", xero_id=False)
        self.pull()
        self.assertIn("of which Odoo knows 0.00", invoice.xero_difference)

    def test_what_odoo_learns_later_is_told_no_more_although_nothing_changes_in_xero(self):
        invoice = self.paid_there()
        self.later(hours=1)
        self.pushed()
        self.pull()
        self.settlement(invoice)
        self.pull()
        self.assertFalse(invoice.xero_difference)

    def test_while_something_of_ours_is_under_way_nothing_is_told(self):
        for link in ({"state": "in_flight"}, {"state": "new", "xero_id": False}, {"next_try": "2126-01-01 00:00:00"}):
            with self.subTest(link):
                invoice = self.paid_there()
                settlement = self.settlement(invoice, **link)
                self.pull()
                self.assertFalse(invoice.xero_difference)
                self.binding(settlement).unlink()

    def test_what_was_under_way_is_told_when_it_is_done(self):
        invoice = self.paid_there()
        settlement = self.settlement(invoice, state="in_flight")
        self.later(hours=1)
        self.pushed()
        self.pull()
        self.assertFalse(invoice.xero_difference)
        self.binding(settlement).write({"state": "failed", "xero_id": False})
        self.pull()
        self.assertIn("is paid, of which Odoo knows 0.00", invoice.xero_difference)

    def test_an_allocation_in_xero_is_told_on_both_documents(self):
        invoice = self.pushed()
        credit_note, twin = self.linked_credit_note()
        self.organisation.allocate_credit(twin["CreditNoteID"], self.binding(invoice).xero_id, amount=50)
        self.pull()
        self.assertIn("is credited, of which Odoo knows 0.00", invoice.xero_difference)
        self.assertIn("is set off against invoices, of which Odoo knows 0.00", credit_note.xero_difference)

    def test_an_allocation_of_ours_is_known_on_both_documents(self):
        invoice = self.pushed()
        credit_note, twin = self.linked_credit_note()
        self.organisation.allocate_credit(twin["CreditNoteID"], self.binding(invoice).xero_id, amount=50)
        self.settlement(invoice, "allocation", counterpart=credit_note, amounts=(50.0, 0.0, 0.0))
        self.pull()
        self.assertEqual((invoice.xero_difference, credit_note.xero_difference), (False, False))

    def test_a_removed_allocation_is_told(self):
        invoice = self.pushed()
        credit_note, twin = self.linked_credit_note()
        self.organisation.allocate_credit(twin["CreditNoteID"], self.binding(invoice).xero_id, amount=50)
        self.settlement(invoice, "allocation", counterpart=credit_note, amounts=(50.0, 0.0, 0.0))
        self.organisation.remove_allocations(twin["CreditNoteID"])
        self.pull()
        self.assertIn("Odoo set off 50.00", invoice.xero_difference)

    def test_a_write_off_of_ours_is_credited(self):
        invoice = self.pushed()
        credit_note, twin = self.linked_credit_note()
        self.organisation.allocate_credit(twin["CreditNoteID"], self.binding(invoice).xero_id, amount=50)
        self.settlement(invoice, "write_off", amounts=(50.0, 0.0, 50.0), role="write_off_allocation")
        self.pull()
        self.assertFalse(invoice.xero_difference)

    def test_a_refund_in_xero_is_told_until_odoo_knows_it(self):
        self.pushed()
        credit_note, twin = self.linked_credit_note()
        self.organisation.refund_credit_note(twin["CreditNoteID"], amount=30)
        self.pull()
        self.assertIn("is refunded, of which Odoo knows 0.00", credit_note.xero_difference)
        self.settlement(credit_note, amounts=(30.0, 30.0, 0.0))
        self.pull()
        self.assertFalse(credit_note.xero_difference)

    def test_what_is_not_sent_is_not_compared(self):
        self.connection.sync_payments = False
        invoice = self.paid_there()
        self.pull()
        self.assertFalse(invoice.xero_difference)

    def test_edits_and_payments_are_told_together(self):
        invoice = self.pushed(ref="PO 7")
        self.edited(invoice, Reference="PO 9")
        self.organisation.pay_invoice(self.binding(invoice).xero_id, amount=60)
        self.pull()
        self.assertIn("in Xero: reference.", invoice.xero_difference)
        self.assertIn("is paid, of which Odoo knows", invoice.xero_difference)

    # -- Payment providers ---------------------------------------------------------------------------------------------

    def provider_invoice(self, policy, state="done"):
        """An invoice that was paid in Xero, with a transaction of a provider."""
        provider = self.env["payment.provider"].sudo().create({"name": "Card", "code": "none", "state": "test"})
        if policy:
            provider.xero_payments = policy
        invoice = self.paid_there()
        method = self.env.ref("payment.payment_method_unknown")
        self.env["payment.transaction"].sudo().create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": invoice.name,
                "amount": 120.0,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.partner.id,
                "invoice_ids": invoice.ids,
                "state": state,
            }
        )
        return invoice

    def test_a_provider_that_counts_alone_is_not_compared_with_xero(self):
        for state in ("pending", "done"):
            with self.subTest(state):
                invoice = self.provider_invoice("ignore", state)
                self.assertEqual(invoice._xero_paid_by_provider(), invoice)
                self.pull()
                self.assertFalse(invoice.xero_difference)

    def test_a_payment_that_did_not_come_about_counts_for_nothing(self):
        invoice = self.provider_invoice("ignore", "cancel")
        self.assertFalse(invoice._xero_paid_by_provider())
        self.pull()
        self.assertTrue(invoice.xero_difference)

    def test_other_providers_are_compared(self):
        invoice = self.provider_invoice(None)
        self.assertFalse(invoice._xero_paid_by_provider())
        self.pull()
        self.assertTrue(invoice.xero_difference)

    def test_every_provider_sends_its_payments_unless_told_otherwise(self):
        self.assertEqual(set(self.env["payment.provider"].sudo().search([]).mapped("xero_payments")), {"send"})

    # -- Faults --------------------------------------------------------------------------------------------------------

    @mute_logger(PULL_LOG)
    def test_a_fault_of_reading_holds_up_no_push(self):
        self.pushed()
        for kind in ("status", "drop_before", "html", "garbage"):
            with self.subTest(kind):
                invoice = self.invoice()
                self.simulator.fault(kind, match="GET /Invoices", times=1)
                self.pull()
                self.assertEqual(self.binding(invoice).state, "synced")
                self.assertFalse(self.connection.next_try)

    @mute_logger(PULL_LOG)
    def test_it_is_tried_again_after_the_usual_pause_and_then_forgotten(self):
        invoice = self.paid_there()
        self.simulator.fault("drop_before", match="GET /Invoices", times=1)
        self.pull()
        self.run_sync()
        self.assertEqual(len(self.reads()), 1)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=15)):
            self.run_sync()
        self.assertEqual(len(self.reads()), 2)
        self.assertEqual(self.binding(invoice).amount_paid, 60.0)

    @mute_logger(PULL_LOG)
    def test_a_person_is_told_when_it_fails_again_and_until_it_is_mended(self):
        self.pushed()
        self.simulator.fault("drop_before", match="GET /Invoices", times=2)
        self.pull()
        self.assertFalse(self.connection.last_error)
        self.pull()
        self.run_sync()
        self.assertIn("What changed in Xero could not be read", self.connection.last_error)
        self.pull()
        self.assertFalse(self.connection.last_error)

    def test_a_limit_of_calls_stops_the_run(self):
        self.pushed()
        waiting = self.invoice()
        self.simulator.fault("status", match="GET /Invoices", status=429, headers={"Retry-After": "30"})
        self.pull()
        self.assertFalse(self.binding(waiting))
        self.assertTrue(self.connection.next_try)

    def test_an_ended_access_stops_the_run(self):
        self.pushed()
        self.organisation.deauthorise()
        self.simulator.fault("expire_token", match="GET /Invoices")
        self.pull()
        self.assertEqual(self.connection.state, "expired")

    @mute_logger("odoo.addons.xero_connector.sync.sightings")
    def test_an_answer_that_nobody_thought_of_hides_no_other(self):
        first, second = self.paid_there(), self.paid_there()
        strange = self.organisation.invoices
        strange.put({**strange[self.binding(first).xero_id], "Reference": {"deeply": ["odd"]}, "AmountPaid": "much"})
        self.pull()
        self.assertEqual(self.binding(second).amount_paid, 60.0)
        self.assertEqual(self.binding(first).amount_paid, 0.0)

    # -- Screens and rights --------------------------------------------------------------------------------------------

    def as_user(self, record, groups=USER, company=None):
        company = company or self.company
        user = new_test_user(self.env, f"reader {groups}", groups, company_id=company.id, company_ids=company.ids)
        return record.with_user(user).with_context(allowed_company_ids=company.ids)

    def test_documents_that_differ_are_found(self):
        paid, edited, same = self.paid_there(), self.pushed(ref="PO 7"), self.pushed()
        self.edited(edited, Reference="PO 9")
        self.pull()
        moves = self.as_user(self.env["account.move"])
        ours = [("id", "in", (paid | edited | same).ids)]
        self.assertEqual(set(moves.search([*ours, ("xero_difference", "!=", False)]).ids), {paid.id, edited.id})
        self.assertEqual(moves.search([*ours, ("xero_difference", "=", False)]).ids, same.ids)

    def test_an_excluded_document_differs_no_more(self):
        invoice = self.paid_there()
        self.pull()
        self.binding(invoice).action_exclude()
        self.assertFalse(invoice.xero_difference)
        found = self.env["account.move"].search([("id", "=", invoice.id), ("xero_difference", "!=", False)])
        self.assertFalse(found)

    def test_who_has_no_right_in_xero_sees_nothing_of_it(self):
        invoice = self.paid_there()
        self.pull()
        reader = self.as_user(invoice, "base.group_user,account.group_account_invoice")
        fields_seen = reader.fields_get()
        for name in ("xero_status", "xero_sent", "xero_amount_due", "xero_amount_paid", "xero_difference"):
            self.assertNotIn(name, fields_seen)
        self.assertTrue(reader.copy())

    def test_another_company_sees_nothing_of_it(self):
        invoice = self.paid_there()
        self.pull()
        other = self.env["res.company"].search([("id", "!=", self.company.id)], limit=1)
        moves = self.as_user(self.env["account.move"], company=other)
        self.assertFalse(moves.search([("xero_difference", "!=", False)]))
        self.assertFalse(moves.browse(invoice.id).sudo().xero_status)

    def test_a_bookkeeper_reads_what_xero_has(self):
        invoice = self.paid_there()
        self.pull()
        [row] = self.as_user(invoice).read(["xero_status", "xero_amount_due", "xero_sent"])
        self.assertEqual(row, {"id": ANY, "xero_status": "AUTHORISED", "xero_amount_due": 60.0, "xero_sent": False})
