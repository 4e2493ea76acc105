import re
from datetime import timedelta

from .fault_case import FaultCase
from .test_faults import LONG_OUTAGE

TWICE = {"times": 2}


class TestVerdicts(FaultCase):
    """One bad record stops no other, silence is never trusted, and what changes meanwhile is not lost."""

    def names_in(self, number):
        """A predicate for faults: the call's body holds this invoice number."""
        return lambda call: call.method == "PUT" and number.encode() in call.body

    def assert_only_bad(self, bad, good, words):
        """``bad`` failed with ``words``; every one of ``good`` is in Xero once."""
        self.assertEqual(self.binding(bad).state, "failed")
        self.assertRegex(self.binding(bad).message, words)
        self.assertEqual(
            sorted(invoice["InvoiceNumber"] for invoice in self.organisation.invoices.values()),
            sorted(good.mapped("name")),
        )
        self.assertEqual({self.binding(move).state for move in good}, {"synced"})
        self.assertFalse(self.waiting_marks())
        self.assertFalse(self.open_requests())

    # -- One bad record among good ones ------------------------------------------------------------------------

    def test_a_batch_refused_without_a_reason_is_halved_until_the_bad_one_is_alone(self):
        moves = self.invoices(16)
        bad = moves[5]
        self.simulator.fault(
            "status", predicate=self.names_in(bad.name), times=None, status=400, body={"Message": "Bad data in there"}
        )
        self.simulator.calls.clear()
        self.run_until_quiet()
        self.assert_only_bad(bad, moves - bad, "Bad data in there")
        # 16 refused, then 8 + 8, 4 + 4, 2 + 2, 1 + 1: one refused and one taken at each step.
        self.assertEqual(len(self.calls("PUT", "/Invoices")), 9)

    def test_one_refused_document_does_not_stop_the_other_49(self):
        moves = self.invoices(50)
        bad = moves[20]
        account = self.xero_account(self.connection, "260")
        bad.invoice_line_ids.xero_account_id = account
        self.organisation.archive_account("260")
        self.simulator.calls.clear()
        self.run_until_quiet()
        self.assert_only_bad(bad, moves - bad, "260")
        self.assertEqual(len(self.calls("PUT", "/Invoices")), 1)

    def test_one_refused_contact_holds_its_own_invoices_only(self):
        bad, good = self.new_partner("Arrows <and> more"), self.customer()
        held, sent = self.invoices(1, bad), self.invoices(1, good)
        self.run_until_quiet()
        self.assertEqual(self.binding(bad).state, "failed")
        self.assertIn("cannot contain the characters < or >", bad.xero_message)
        self.assertEqual((self.binding(held).state, self.binding(held).depends_on_id), ("blocked", self.binding(bad)))
        self.assertEqual(self.binding(sent).state, "synced")
        bad.name = "Arrows and more"
        self.run_until_quiet()
        self.assert_exactly_once(held | sent)

    def test_names_longer_than_xeros_are_cut_and_namesakes_told_apart(self):
        long_name = "Very Long Name " * 20  # 300 characters; Xero takes 255
        first, second = self.new_partner(long_name), self.new_partner(long_name + "(2)")
        (first | second)._xero_mark()
        self.run_until_quiet()
        self.assertEqual(len(self.organisation.contacts), 1)
        states = {self.binding(first).state, self.binding(second).state}
        self.assertEqual(states, {"synced", "blocked"})
        held = first if self.binding(first).state == "blocked" else second
        self.assertRegex(held.xero_message, "linked to the partner Very Long Name")

    def test_a_document_that_cannot_be_put_into_numbers_stops_no_other(self):
        moves = self.invoices(3)
        bad = moves[1]
        # More digits than a binary float can carry exactly: they cannot be sent as they are.
        self.env["decimal.precision"].search([("name", "=", "Product Price")]).digits = 10
        bad.button_draft()
        bad.invoice_line_ids.price_unit = 123456789.0123456789
        bad.action_post()
        self.run_until_quiet()
        self.assertEqual({self.binding(move).state for move in moves - bad}, {"synced"})
        self.assertIn(self.binding(bad).state, ("synced", "failed", "blocked"))
        self.assertFalse(self.waiting_marks())

    def test_a_document_on_which_xero_always_fails_holds_up_no_other_and_ends_with_words(self):
        moves = self.invoices(4)
        bad = moves[2]
        struck = self.simulator.fault("status", predicate=self.names_in(bad.name), times=None, status=500)
        self.run_sync(times=1)
        started = self.clock()
        while not all(self.binding(move).state == "synced" for move in moves - bad):
            self.assertLess(self.clock() - started, timedelta(minutes=2), "the others waited too long")
            self.clock.tick(timedelta(seconds=15))
            self.run_sync()
        self.run_until_quiet()
        self.assert_only_bad(bad, moves - bad, "Xero itself fails.*500.*Retry")
        self.assertNotRegex(self.binding(bad).message, "(?i)refused")
        self.assertLess(struck.hits, 15)
        struck.remove()
        self.binding(bad).action_retry()
        self.run_until_quiet()
        self.assert_exactly_once(moves)

    def set_aside(self):
        """An invoice on which Xero failed so often that it waits alone; returns it and the fault."""
        move = self.invoices(1)
        struck = self.simulator.fault("status", predicate=self.names_in(move.name), times=None, status=500)
        for _try in range(5):
            self.run_sync()
            self.clock.tick(timedelta(seconds=30))
        self.assertTrue(self.binding(move).next_try)
        return move, struck

    def test_a_document_that_waits_alone_may_be_cancelled_meanwhile(self):
        move, _struck = self.set_aside()
        move.button_draft()
        self.run_until_quiet()
        self.assertFalse(self.organisation.invoices)
        other = self.invoices(1)
        self.run_until_quiet()
        self.assertEqual(self.binding(other).state, "synced")
        self.assertFalse(self.connection.last_error)

    def test_a_document_that_failed_before_is_tried_again_as_often_as_any_other(self):
        move = self.invoices(1)
        self.simulator.fault("status", predicate=self.names_in(move.name), status=400, body={"Message": "No"})
        self.run_until_quiet()
        self.assertEqual(self.binding(move).state, "failed")
        self.simulator.fault("status", predicate=self.names_in(move.name), times=4, status=500)
        self.binding(move).action_retry()
        self.run_until_quiet()
        self.assert_exactly_once(move)

    # -- Silence -----------------------------------------------------------------------------------------------

    def test_an_element_without_id_or_reason_is_looked_up_and_not_taken_for_done(self):
        moves = self.invoices(2)
        self.simulator.fault("status", match="PUT /Invoices", status=200, body={"Invoices": [{}, {}]})
        self.run_until_quiet()
        self.assertEqual(set(map(lambda move: self.binding(move).state, moves)), {"failed"})
        self.assertIn("Retry", self.binding(moves[0]).message)
        for move in moves:
            self.binding(move).action_retry()
        self.run_until_quiet()
        self.assert_exactly_once(moves)

    def test_a_contact_that_xero_passed_over_in_silence_says_so(self):
        partner = self.customer()
        partner._xero_mark()
        self.simulator.fault("status", match="PUT /Contacts", status=200, body={"Contacts": [{}]})
        self.run_until_quiet()
        self.assertEqual(self.binding(partner).state, "failed")
        self.assertIn("Retry", partner.xero_message)
        self.binding(partner).action_retry()
        self.run_until_quiet()
        self.assert_exactly_once()

    def test_an_edit_without_answer_is_shown_and_can_be_retried(self):
        (move,) = self.synced_invoices(1)
        move.ref = "PO 4711"
        self.simulator.fault("status", match="POST /Invoices", status=200, body={"Invoices": [{}]})
        self.run_until_quiet()
        self.assertEqual(self.binding(move).state, "failed")
        self.binding(move).action_retry()
        self.run_until_quiet()
        self.assert_exactly_once(move)
        self.assertEqual(self.organisation.invoice_by_number(move.name)["Reference"], "PO 4711")

    def test_answers_in_another_order_are_given_to_the_right_records(self):
        for kind in ("reorder", "omit"):
            edited, ended = self.synced_invoices(2), self.synced_invoices(2)
            edited[0].ref, edited[1].ref = "first", "second"
            ended.button_draft()
            ended.button_cancel()
            self.simulator.fault(kind, match="POST /Invoices", times=2)
            self.run_until_quiet()
            for move in self.env["account.move"].concat(*edited, *ended):
                if self.binding(move).state == "failed":
                    # The missing element's record says so; nothing else than Retry is needed.
                    self.assertEqual(kind, "omit")
                    self.binding(move).action_retry()
            self.run_until_quiet()
            self.assert_exactly_once(edited | ended)
            self.assertEqual([self.in_xero(move)["Reference"] for move in edited], ["first", "second"])
            self.assertEqual([self.in_xero(move)["Status"] for move in ended], ["VOIDED", "VOIDED"])

    def test_an_answer_that_names_another_records_twin_is_linked_to_nothing_and_said_in_our_words(self):
        (linked,) = self.synced_invoices(1)
        move = self.invoices(1)
        answer = {"InvoiceNumber": move.name, "InvoiceID": self.binding(linked).xero_id, "Status": "AUTHORISED"}
        self.simulator.fault("status", match="PUT /Invoices", status=200, body={"Invoices": [answer]})
        self.run_sync()
        binding = self.binding(move)
        self.assertEqual((binding.state, binding.reason, binding.xero_id), ("failed", "refused", False))
        self.assertRegex(binding.message, f"^Xero took it for {linked.name}, ")
        self.assertFalse(self.waiting_marks())

    def in_xero(self, move):
        return self.organisation.invoices[self.binding(move).xero_id]

    # -- What happens between a lost call and its recovery -----------------------------------------------------

    def test_an_edit_after_a_lost_answer_reaches_xero(self):
        for pause in (timedelta(0), LONG_OUTAGE):
            for kind in ("drop_after", "drop_before"):
                with self.subTest(pause=pause, kind=kind):
                    partner = self.customer(email="old@example.com")
                    partner._xero_mark()
                    self.simulator.fault(kind, match="PUT /Contacts", **TWICE)
                    self.run_sync()
                    partner.email = "new@example.com"
                    self.clock.tick(pause)
                    self.run_until_quiet()
                    move = self.invoices(1, partner)
                    self.simulator.fault(kind, match="PUT /Invoices", **TWICE)
                    self.run_sync()
                    move.ref = "PO 4711"
                    self.clock.tick(pause)
                    self.run_until_quiet()
                    self.assert_exactly_once(move)
                    contact = self.organisation.contacts[self.binding(partner).xero_id]
                    self.assertEqual(contact["EmailAddress"], "new@example.com")
                    self.assertEqual(self.in_xero(move)["Reference"], "PO 4711")

    def test_an_edit_undone_after_its_answer_was_lost_is_undone_in_xero_too(self):
        for pause in (timedelta(0), LONG_OUTAGE):
            partner = self.known_customer(email="right@example.com")
            move = self.synced_invoices(1, partner)
            for record, field, value in ((partner, "email", "wrong@example.com"), (move, "ref", "wrong")):
                before = record[field]
                resource = "Contacts" if record == partner else "Invoices"
                self.simulator.fault("drop_after", match=f"POST /{resource}", **TWICE)
                record[field] = value
                self.run_sync()
                record[field] = before
                self.clock.tick(pause)
                self.run_until_quiet()
            self.assert_exactly_once(move)
            contact = self.organisation.contacts[self.binding(partner).xero_id]
            self.assertEqual(contact["EmailAddress"], "right@example.com")
            self.assertEqual(self.in_xero(move)["Reference"], "")

    def test_answers_in_another_order_do_not_mix_up_namesakes(self):
        first, second = self.new_partner("Twins"), self.new_partner("Twins")
        (first | second)._xero_mark()
        self.simulator.fault("reorder", match="PUT /Contacts")
        self.run_until_quiet()
        (there,) = self.organisation.contacts.values()
        own = {self.env["xero.mapper.contact"]._contact_number(partner): partner for partner in (first, second)}
        self.assertEqual(self.binding(own[there["ContactNumber"]]).xero_id, there["ContactID"])
        self.assertEqual({self.binding(partner).state for partner in (first, second)}, {"synced", "blocked"})

    def test_a_contact_made_for_an_invoice_and_edited_after_the_lost_answer_reaches_xero(self):
        partner = self.customer(email="old@example.com")
        move = self.invoices(1, partner)
        self.simulator.fault("drop_after", match="PUT /Contacts", **TWICE)
        self.run_sync()
        partner.email = "new@example.com"
        self.clock.tick(LONG_OUTAGE)
        self.run_until_quiet()
        self.assert_exactly_once(move)
        contact = self.organisation.contacts[self.binding(partner).xero_id]
        self.assertEqual(contact["EmailAddress"], "new@example.com")

    def test_an_invoice_ended_after_a_lost_answer_is_voided(self):
        for pause in (timedelta(0), LONG_OUTAGE):
            for delete in (False, True):
                with self.subTest(pause=pause, delete=delete):
                    move = self.invoices(1)
                    number = move.name
                    self.simulator.fault("drop_after", match="PUT /Invoices", **TWICE)
                    self.run_sync()
                    move.button_draft()
                    if delete:
                        move.unlink()
                    else:
                        move.button_cancel()
                    self.clock.tick(pause)
                    self.run_until_quiet()
                    found = [
                        invoice for invoice in self.organisation.invoices.values() if invoice["InvoiceNumber"] == number
                    ]
                    self.assertEqual([invoice["Status"] for invoice in found], ["VOIDED"])
                    # A deleted invoice gives its number back to Odoo, but not in Xero: use it up.
                    if delete:
                        self.invoices(1)
                        self.run_until_quiet()

    def test_a_partner_deleted_after_a_lost_answer_stops_nothing(self):
        for pause in (timedelta(0), LONG_OUTAGE):
            partner = self.customer()
            partner._xero_mark()
            self.simulator.fault("drop_after", match="PUT /Contacts", **TWICE)
            self.run_sync()
            partner_id = partner.id
            partner.unlink()
            self.clock.tick(pause)
            self.run_until_quiet()
            left = self.env["xero.binding"].search([("res_model", "=", "res.partner"), ("res_id", "=", partner_id)])
            self.assertFalse(left)
            self.assertFalse(self.connection.last_error)

    def test_a_key_that_xero_forgot_early_makes_nothing_twice(self):
        partner = self.customer()
        partner._xero_mark()
        self.simulator.fault("drop_after", match="PUT /Contacts", **TWICE)
        self.run_sync()
        # Only Xero's clock goes on: the engine still believes in the key.
        self.simulator.clock.advance(400)
        self.run_until_quiet()
        moves = self.invoices(3, partner)
        self.simulator.fault("drop_after", match="PUT /Invoices", **TWICE)
        self.run_sync()
        self.simulator.clock.advance(400)
        self.run_until_quiet()
        self.assert_exactly_once(moves)

    def test_a_document_voided_on_both_sides_is_simply_ended(self):
        (move,) = self.synced_invoices(1)
        self.organisation.void_invoice(self.binding(move).xero_id)
        move.button_draft()
        move.button_cancel()
        self.run_until_quiet()
        self.assert_exactly_once(move)
        self.assertEqual(self.binding(move).xero_status, "VOIDED")

    def test_a_paid_document_that_cannot_be_voided_says_so(self):
        (move,) = self.synced_invoices(1)
        self.organisation.pay_invoice(self.binding(move).xero_id)
        move.button_draft()
        move.button_cancel()
        self.run_until_quiet()
        self.assertEqual(self.binding(move).state, "failed")
        self.assertRegex(self.binding(move).message, "(?i)paid.*payment")

    # -- The access ends in the middle -----------------------------------------------------------------------------

    def test_an_access_that_ends_in_the_middle_loses_and_doubles_nothing(self):
        for lost in ([], [{"kind": "drop_after"}]):
            moves = self.invoices(3)
            for options in [*lost, {"kind": "status", "status": 401, "times": 2}]:
                self.simulator.fault(match="PUT /Invoices", **options)
            self.run_sync()
            self.assertEqual(self.connection.state, "expired")
            self.run_sync()
            self.connection._keep_grant(self.simulator.grant(self.app, [self.organisation]))
            self.connection._choose_organisation(self.connection._granted_organisations()[0])
            self.clock.tick(LONG_OUTAGE)
            self.run_until_quiet()
            self.assert_exactly_once(moves)

    def test_faults_of_the_sign_in_service_are_not_held_against_documents(self):
        moves = self.invoices(3)
        self.clock.tick(timedelta(minutes=31))
        self.simulator.fault("status", match="POST /connect/token", status=500, times=3)
        self.simulator.calls.clear()
        self.run_until_quiet()
        self.assert_exactly_once(moves)
        self.assertEqual(len(self.calls("PUT", "/Invoices")), 1)
        self.assertFalse(self.calls("GET", "/Invoices"), "nothing was sent, so nothing need be looked up")

    # -- A number that Xero has already ------------------------------------------------------------------------

    def in_xero_already(self, move, **changes):
        """Type an invoice with this number into Xero: the same document, but for ``changes``."""
        fields = {
            "Type": "ACCREC",
            "Status": "AUTHORISED",
            "Contact": {"ContactID": self.binding(move.partner_id).xero_id},
            "InvoiceNumber": move.name,
            "Date": "2026-03-10",
            "DueDate": "2026-03-10",
            "CurrencyCode": move.currency_id.name,
            "LineItems": [
                {"Description": "Seat", "Quantity": 1, "UnitAmount": "100", "AccountCode": "200", "TaxType": "OUTPUT2"}
            ],
            **changes,
        }
        return self.organisation.add_invoice(**fields)

    def test_the_same_document_in_xero_is_adopted(self):
        move = self.invoices(1)
        there = self.in_xero_already(move)
        self.run_until_quiet()
        self.assertEqual(self.binding(move).xero_id, there["InvoiceID"])
        self.assert_exactly_once(move)

    def test_another_document_of_that_number_holds_ours_with_both_shown(self):
        move, other = self.invoices(2)
        there = self.in_xero_already(move, Date="2026-01-02")
        self.run_until_quiet()
        binding = self.binding(move)
        self.assertEqual((binding.state, binding.reason, binding.xero_id), ("blocked", "number", False))
        for text in ("2026-01-02", "2026-03-10", "120.00", move.name, move.partner_id.name):
            self.assertIn(text, binding.message)
        self.assertEqual(self.binding(other).state, "synced")
        self.organisation.void_invoice(there["InvoiceID"])
        binding.action_retry()
        self.run_until_quiet()
        self.assertEqual(self.in_xero(move)["InvoiceNumber"], f"{move.name}-2")

    def test_a_voided_document_of_that_number_makes_room_for_a_successor(self):
        move = self.invoices(1)
        self.organisation.void_invoice(self.in_xero_already(move)["InvoiceID"])
        self.run_until_quiet()
        self.assertEqual(self.in_xero(move)["InvoiceNumber"], f"{move.name}-2")
        self.assertEqual(self.binding(move).state, "synced")

    def test_a_number_in_other_letters_is_found_too(self):
        move = self.invoices(1)
        there = self.in_xero_already(move, InvoiceNumber=move.name.lower())
        self.assertTrue(re.search("[a-z]", there["InvoiceNumber"]))
        self.run_until_quiet()
        self.assertEqual(self.binding(move).xero_id, there["InvoiceID"])
