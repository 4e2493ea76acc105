import json
from decimal import Decimal

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import UserError

from .document_case import DocumentCase


class TestDocuments(DocumentCase):
    """An invoice's life in Odoo and what Xero holds at each step."""

    # -- Being made ----------------------------------------------------------------------------------------------

    def test_a_draft_is_not_exported(self):
        draft = self.invoice(post=False)
        draft.ref = "PO 1"
        self.run_sync()
        self.assertFalse(self.organisation.invoices)
        self.assertFalse(self.waiting_marks() | self.env["xero.mark"].search([("res_id", "=", draft.id)]))
        with self.assertRaisesRegex(UserError, "not confirmed"):
            draft.action_push_to_xero()
        self.assertFalse(self.calls())

    def test_invoices_are_created_in_the_status_of_the_setting(self):
        for status in ("DRAFT", "SUBMITTED", "AUTHORISED"):
            self.connection.invoice_status = status
            invoice = self.pushed()
            self.assertEqual(self.in_xero(invoice)["Status"], status)
            self.assertEqual(self.binding(invoice).xero_status, status)

    def test_header_fields_reach_xero(self):
        invoice = self.pushed(ref="PO 4711", narration="<p>Thank you</p>")
        record = self.in_xero(invoice)
        self.assertEqual(record["Type"], "ACCREC")
        self.assertEqual(record["InvoiceNumber"], invoice.name)
        self.assertEqual(record["Reference"], "PO 4711")
        self.assertEqual(record["Date"], fields.Date.to_date("2026-03-10"))
        self.assertEqual(record["DueDate"], fields.Date.to_date("2026-04-09"))
        self.assertEqual(record["CurrencyCode"], self.company.currency_id.name)
        self.assertEqual(record["Url"], f"http://localhost:8069/odoo/account.move/{invoice.id}")
        self.assertEqual(record["LineItems"][0]["Description"], "Consulting")

    def test_a_payment_reference_of_its_own_is_the_reference_where_there_is_no_other(self):
        self.assertEqual(self.in_xero(self.pushed(payment_reference="RF18 5390"))["Reference"], "RF18 5390")
        self.assertEqual(self.in_xero(self.pushed())["Reference"], "", "the number is not repeated")

    def test_an_address_with_xero_in_it_is_left_out_because_xero_refuses_it(self):
        self.env["ir.config_parameter"].set_param("web.base.url", "https://xero-odoo.example.com")
        self.assertEqual(self.in_xero(self.pushed())["Url"], "")

    def test_receipts_are_documents_too(self):
        receipt = self.pushed(move_type="out_receipt")
        self.assertEqual(self.in_xero(receipt)["Type"], "ACCREC")
        self.assertEqual(self.totals(receipt), ("100.00", "20.00", "120.00"))

    def test_entries_are_not_marked_and_the_button_says_so(self):
        entry = self.invoice(move_type="entry", post=False, invoice_line_ids=[], partner_id=False)
        with self.assertRaisesRegex(UserError, "not sent to Xero"):
            entry.action_push_to_xero()
        self.run_sync()
        self.assertFalse(self.waiting_marks())
        self.assertFalse(self.calls())

    def test_what_is_switched_off_is_neither_marked_off_as_an_error_nor_sent_and_the_button_says_so(self):
        self.connection.write({"sync_credit_notes": False, "sync_bills": False})
        for move_type in ("out_refund", "in_invoice", "in_refund", "in_receipt"):
            move = self.invoice(move_type=move_type)
            with self.assertRaisesRegex(UserError, "turn such documents on"):
                move.action_push_to_xero()
        self.run_sync()
        self.assertFalse(self.waiting_marks())
        self.assertFalse(self.calls())

    def test_an_invoice_older_than_the_export_date_is_left_alone_until_the_date_changes(self):
        self.connection.export_from = "2026-04-01"
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "date", "2026-03-10", "2026-04-01")
        self.connection.export_from = "2026-01-01"
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced")

    # -- Being changed -------------------------------------------------------------------------------------------

    def test_edits_of_a_confirmed_invoice_reach_xero(self):
        invoice = self.pushed()
        xero_id = self.binding(invoice).xero_id
        invoice.write({"invoice_date_due": "2026-05-31", "ref": "PO 12"})
        invoice.invoice_line_ids.name = "Consulting in March"
        self.run_sync()
        record = self.in_xero(invoice)
        self.assertEqual(record["InvoiceID"], xero_id)
        self.assertEqual(record["DueDate"], fields.Date.to_date("2026-05-31"))
        self.assertEqual(record["Reference"], "PO 12")
        self.assertEqual(record["LineItems"][0]["Description"], "Consulting in March")
        # It is looked at first: what somebody changed there is not overwritten.
        self.assertEqual([call.method for call in self.calls()], ["GET", "POST"])

    def test_ten_edits_are_one_update_and_noise_none(self):
        invoice = self.pushed()
        for day in range(1, 11):
            invoice.invoice_date_due = f"2026-05-{day:02}"
            invoice.ref = f"PO {day}"
        self.run_sync()
        self.assertEqual([call.method for call in self.calls()], ["GET", "POST"])
        self.assertEqual(self.in_xero(invoice)["Reference"], "PO 10")
        self.simulator.calls.clear()
        invoice.write({"narration": "<p>Paid by card, thank you.</p>", "invoice_user_id": self.env.uid})
        invoice.write({"ref": "PO 10"})
        invoice.message_post(body="Called the customer")
        self.run_sync()
        self.assertFalse(self.calls(), "Xero holds all that already")
        self.assertEqual(invoice.xero_sync_state, "synced")

    def test_back_to_draft_changes_nothing_in_xero_and_confirming_again_updates_the_same_invoice(self):
        invoice = self.pushed()
        before = self.in_xero(invoice)
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 250
        self.run_sync()
        self.assertEqual(self.in_xero(invoice), before)
        self.assertFalse(self.calls())
        invoice.action_post()
        self.run_sync()
        self.assertEqual([call.method for call in self.calls()], ["GET", "POST"])
        self.assertEqual(self.in_xero(invoice)["InvoiceID"], before["InvoiceID"])
        # 250.00 + 20 %
        self.assertEqual(self.totals(invoice), ("250.00", "50.00", "300.00"))
        self.assertEqual(len(self.organisation.invoices), 1)

    def test_a_draft_that_was_never_sent_leaves_the_list_of_what_is_to_fix(self):
        self.tax.xero_tax_rate_id = False
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "tax")
        invoice.button_draft()
        self.run_sync()
        self.assertFalse(self.binding(invoice))
        self.assertFalse(invoice.xero_message)

    def test_lines_added_and_removed_reach_xero(self):
        invoice = self.pushed(lines=[(1, 100.0), (2, 10.0)])
        invoice.button_draft()
        invoice.invoice_line_ids[0].unlink()
        invoice.write(
            {"invoice_line_ids": [Command.create({"name": "Travel", "price_unit": 30, "tax_ids": self.tax.ids})]}
        )
        invoice.action_post()
        self.run_sync()
        lines = self.in_xero(invoice)["LineItems"]
        self.assertEqual([(line["Description"], str(line["LineAmount"])) for line in lines],
                         [("Consulting", "20.00"), ("Travel", "30.00")])  # fmt: skip

    def test_another_customer_on_the_same_invoice_reaches_xero(self):
        invoice = self.pushed()
        other = self.new_partner("Bayside Club")
        invoice.button_draft()
        invoice.partner_id = other
        invoice.action_post()
        self.run_sync()
        self.assertEqual(self.in_xero(invoice)["ContactID"], self.binding(other).xero_id)

    def test_an_update_keeps_the_status_that_somebody_gave_the_invoice_in_xero(self):
        self.connection.invoice_status = "DRAFT"
        invoice = self.pushed()
        self.organisation.edit_invoice(self.binding(invoice).xero_id, Status="AUTHORISED")
        invoice.ref = "PO 3"
        self.run_sync()
        self.assertEqual((self.in_xero(invoice)["Status"], self.in_xero(invoice)["Reference"]), ("AUTHORISED", "PO 3"))

    # -- Ending ----------------------------------------------------------------------------------------------------

    def test_cancelling_voids(self):
        invoice = self.pushed()
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync()
        self.assertEqual(self.in_xero(invoice)["Status"], "VOIDED")
        self.assertEqual((self.binding(invoice).state, self.binding(invoice).xero_status), ("synced", "VOIDED"))

    def test_cancelling_deletes_what_nobody_approved_in_xero(self):
        for status in ("DRAFT", "SUBMITTED"):
            self.connection.invoice_status = status
            invoice = self.pushed()
            invoice.button_draft()
            invoice.button_cancel()
            self.run_sync()
            self.assertEqual(self.in_xero(invoice)["Status"], "DELETED")

    def test_cancelling_voids_what_was_approved_in_xero_meanwhile(self):
        self.connection.invoice_status = "DRAFT"
        invoice = self.pushed()
        self.organisation.edit_invoice(self.binding(invoice).xero_id, Status="AUTHORISED")
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync(times=2)
        self.assertEqual(self.in_xero(invoice)["Status"], "VOIDED", self.binding(invoice).message)
        self.assertEqual(self.binding(invoice).state, "synced")

    def test_cancelling_what_was_voided_in_xero_already_is_no_failure(self):
        invoice = self.pushed()
        self.organisation.void_invoice(self.binding(invoice).xero_id)
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync(times=2)
        self.assertEqual((self.binding(invoice).state, self.binding(invoice).xero_status), ("synced", "VOIDED"))

    def test_deleting_the_draft_of_a_pushed_invoice_voids_it(self):
        invoice = self.pushed()
        xero_id = self.binding(invoice).xero_id
        invoice.button_draft()
        invoice.unlink()
        self.run_sync()
        self.assertEqual(self.organisation.invoices[xero_id]["Status"], "VOIDED")
        self.assertFalse(self.waiting_marks())

    def test_deleting_what_was_held_leaves_nothing_to_fix(self):
        self.tax.xero_tax_rate_id = False
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "tax")
        binding = self.binding(invoice)
        invoice.button_draft()
        invoice.unlink()
        self.run_sync()
        self.assertFalse(binding.exists())
        self.assertFalse(self.calls("PUT", "/Invoices"))

    def test_a_voided_invoice_confirmed_again_gets_a_successor_number(self):
        invoice = self.pushed()
        first = self.binding(invoice).xero_id
        for suffix in ("-2", "-3"):
            invoice.button_draft()
            invoice.button_cancel()
            self.run_sync()
            invoice.button_draft()
            invoice.action_post()
            self.simulator.calls.clear()
            self.run_sync()
            self.assertEqual(self.binding(invoice).state, "synced", self.binding(invoice).message)
            # Refused under its own number, looked up, made under the next one.
            self.assertEqual([call.method for call in self.calls()], ["PUT", "GET", "PUT"])
            self.assertEqual(self.in_xero(invoice)["InvoiceNumber"], invoice.name + suffix)
            self.assertEqual(self.in_xero(invoice)["Status"], "AUTHORISED")
        self.assertEqual(self.organisation.invoices[first]["Status"], "VOIDED")
        invoice.ref = "PO 9"
        self.run_sync()
        self.assertEqual(self.in_xero(invoice)["Reference"], "PO 9")
        self.assertEqual(len(self.organisation.invoices), 3)

    def test_a_voided_invoice_confirmed_again_keeps_its_number_where_xero_allows_it(self):
        self.organisation.voided_numbers_are_free = True
        invoice = self.pushed()
        first = self.binding(invoice).xero_id
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync()
        invoice.button_draft()
        invoice.action_post()
        self.simulator.calls.clear()
        self.run_sync()
        self.assertEqual([call.method for call in self.calls()], ["PUT"])
        self.assertEqual(self.in_xero(invoice)["InvoiceNumber"], invoice.name)
        self.assertEqual(self.organisation.invoices[first]["Status"], "VOIDED")
        self.assertNotEqual(self.binding(invoice).xero_id, first)

    def test_cancelled_and_confirmed_again_before_it_is_sent_costs_nothing(self):
        invoice = self.pushed()
        invoice.button_draft()
        invoice.button_cancel()
        invoice.button_draft()
        invoice.action_post()
        self.run_sync()
        self.assertFalse(self.calls())
        self.assertEqual(self.in_xero(invoice)["Status"], "AUTHORISED")

    def test_confirmed_and_cancelled_before_it_is_sent_never_reaches_xero(self):
        invoice = self.invoice()
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync()
        self.assertFalse(self.calls())
        self.assertFalse(self.waiting_marks())

    def test_an_excluded_invoice_stays_excluded_through_cancel_and_confirm(self):
        self.tax.xero_tax_rate_id = False
        invoice = self.invoice()
        self.run_sync()
        self.binding(invoice).action_exclude()
        self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        invoice.button_draft()
        self.run_sync()
        invoice.button_cancel()
        self.run_sync()
        invoice.button_draft()
        invoice.action_post()
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "excluded")
        self.assertFalse(self.organisation.invoices)

    # -- When Xero does not allow it (I7) ----------------------------------------------------------------------------

    def test_editing_what_is_paid_in_xero_tells_the_user_why_and_undoing_the_edit_heals(self):
        invoice = self.pushed()
        self.organisation.pay_invoice(self.binding(invoice).xero_id, 50)
        invoice.ref = "PO 5"
        self.run_sync()
        self.assert_refused(invoice, "applied", "payment or credit note allocated to it", "Remove the payment")
        self.assertEqual(self.in_xero(invoice)["Reference"], "")
        invoice.ref = False
        self.simulator.calls.clear()
        self.run_sync()
        self.assertFalse(self.calls(), "Odoo and Xero are equal again")
        self.assertEqual(self.binding(invoice).state, "synced")
        self.assertFalse(invoice.xero_message)

    def test_cancelling_what_is_paid_in_xero_tells_the_user_and_works_after_the_payment_is_removed(self):
        invoice = self.pushed()
        self.organisation.pay_invoice(self.binding(invoice).xero_id)
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync(times=2)
        self.assert_refused(invoice, "applied", "Remove the payment")
        self.organisation.remove_payments(self.binding(invoice).xero_id)
        self.binding(invoice).action_retry()
        self.run_sync(times=2)
        self.assertEqual(self.in_xero(invoice)["Status"], "VOIDED")

    def test_an_edit_whose_answer_was_lost_and_that_was_undone_meanwhile_is_undone_in_xero_too(self):
        invoice = self.pushed()
        self.simulator.fault("drop_after", match="POST /Invoices", times=2)
        invoice.ref = "PO 7"
        self.run_sync()
        self.assertEqual(self.in_xero(invoice)["Reference"], "PO 7", "carried out, but Odoo does not know")
        invoice.ref = False
        # Ten minutes later Xero has forgotten the key, so the call cannot be repeated to hear its answer.
        self.simulator.clock.advance(600)
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), minutes=10)):
            self.run_sync(times=2)
        self.assertEqual(self.in_xero(invoice)["Reference"], "")
        self.assertEqual(self.binding(invoice).state, "synced")

    def test_editing_what_was_voided_in_xero_tells_the_user(self):
        invoice = self.pushed()
        self.organisation.void_invoice(self.binding(invoice).xero_id)
        invoice.ref = "PO 6"
        self.run_sync()
        self.assert_held(invoice, "changed", "It was voided in Xero", "Push to Xero")

    def test_a_lock_date_is_found_before_any_call_and_released_by_a_refresh(self):
        self.organisation.set_lock_dates(end_of_year="2026-03-31")
        self.connection.action_refresh_references()
        self.simulator.calls.clear()
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "lock_date", "2026-03-31", "2026-03-10")
        self.assertFalse(self.calls("PUT", "/Invoices"))
        self.organisation.set_lock_dates()
        self.connection.action_refresh_references()
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced")

    def test_a_lock_date_that_odoo_does_not_know_yet_is_explained(self):
        self.organisation.set_lock_dates(period="2026-03-31")
        invoice = self.invoice()
        self.run_sync()
        self.assert_refused(invoice, "lock_date", "currently set at 31-Mar-2026", "Change the lock date there")

    def test_one_refused_invoice_stops_no_other(self):
        self.organisation.set_lock_dates(period="2026-03-31")
        locked, good = self.invoice(), self.invoice(invoice_date="2026-04-01")
        self.run_sync()
        self.assertEqual((self.binding(locked).state, self.binding(good).state), ("failed", "synced"))

    # -- Currencies (I13) --------------------------------------------------------------------------------------------

    def test_a_currency_that_xero_lacks_is_explained_and_released_when_it_has_it(self):
        self.connection.add_currencies = False
        invoice = self.invoice(currency_id=self.foreign("SEK").id)
        self.run_sync()
        self.assert_held(invoice, "currency", "SEK", "Settings → Currencies")
        self.assertFalse(self.calls("PUT", "/Invoices"))
        self.organisation.add_currency("SEK")
        self.connection.action_refresh_references()
        self.run_sync()
        self.assertEqual(self.in_xero(invoice)["CurrencyCode"], "SEK")

    def test_a_foreign_invoice_has_its_own_currency_s_amounts(self):
        self.organisation.add_currency("EUR")
        self.connection.action_refresh_references()
        invoice = self.pushed(lines=[(3, 19.99)], currency_id=self.foreign("EUR").id)
        # 3 × 19.99 = 59.97; 20 % of it = 11.994 → 11.99
        self.assertEqual(self.totals(invoice), ("59.97", "11.99", "71.96"))
        self.assertEqual(self.in_xero(invoice)["CurrencyCode"], "EUR")

    def test_a_three_decimal_amount_is_held_because_xero_knows_cents_only(self):
        self.organisation.add_currency("KWD")
        self.connection.action_refresh_references()
        kwd = self.foreign("KWD", rounding=0.001)
        invoice = self.invoice(lines=[(1, 10.125)], currency_id=kwd.id)
        self.run_sync()
        # 10.125 + 20 % (2.025) = 12.150 in Odoo; Xero would make 10.13 + 2.03 = 12.16 of it
        self.assert_held(invoice, "totals", "12.150", "12.16", "KWD")
        tax = self.percent_tax(5)
        tax.xero_tax_rate_id = self.xero_rate(self.connection, "RROUTPUT")
        invoice = self.invoice(lines=[(1, 10.1)], taxes=tax, currency_id=kwd.id)
        self.run_sync()
        # 10.100 + 5 % (0.505) = 10.605 in Odoo; Xero keeps 0.51 of tax, however it is sent
        self.assert_held(invoice, "totals", "10.605", "10.61")
        self.assertFalse(self.organisation.invoices)
        even = self.pushed(lines=[(1, 10.1)], currency_id=kwd.id)
        self.assertEqual(self.totals(even), ("10.10", "2.02", "12.12"))

    # -- Bookkeeping ---------------------------------------------------------------------------------------------------

    def test_open_in_xero_opens_the_invoice_of_the_right_organisation(self):
        invoice = self.pushed()
        url = invoice.action_open_in_xero()["url"]
        self.assertIn(f"shortcode={self.organisation.short_code.replace('!', '%21')}", url)
        self.assertIn(f"InvoiceID%3D{self.binding(invoice).xero_id}", url)
        with self.assertRaisesRegex(UserError, "not in Xero yet"):
            self.invoice().action_open_in_xero()

    def test_a_difference_in_xero_s_totals_becomes_a_warning_with_both_figures(self):
        invoice = self.invoice()
        # An administrator changes the rate in Xero; Odoo's copy of it is older.
        rate = self.organisation.tax_rates["OUTPUT2"]
        self.organisation.tax_rates.put({**rate, "EffectiveRate": Decimal("17.5"), "DisplayTaxRate": Decimal("17.5")})
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced")
        for figure in ("120.00", "117.50", "20.00", "17.50"):
            self.assertIn(figure, invoice.xero_warning.replace("120,", "120.00,"))

    def test_the_history_of_an_invoice_holds_every_call_with_its_body_and_outcome(self):
        invoice = self.pushed()
        invoice.ref = "PO 2"
        self.run_sync()
        action = invoice.action_xero_history()
        requests = self.env["xero.request"].search(action["domain"], order="id")
        self.assertEqual(requests.mapped("method"), ["PUT", "POST"])
        self.assertEqual(json.loads(requests[1].body)["Invoices"][0]["Reference"], "PO 2")
        self.assertEqual(set(requests.mapped("state")), {"answered"})
        self.assertEqual(requests.mapped("http_status"), [200, 200])

    def test_a_refusal_and_its_reason_stay_in_the_history(self):
        self.organisation.set_lock_dates(period="2026-03-31")
        invoice = self.invoice()
        self.run_sync()
        request = self.env["xero.request"].search(invoice.action_xero_history()["domain"])
        self.assertEqual(request.refused_count, 1)
        self.assertIn("period lock date", request.answer)

    def test_the_button_sends_at_once_and_says_what_became_of_it(self):
        invoice = self.invoice()
        notice = invoice.action_push_to_xero()["params"]
        self.env.invalidate_all()
        self.assertEqual((notice["type"], invoice.xero_sync_state), ("success", "synced"))
        self.tax.xero_tax_rate_id = False
        held = self.invoice()
        notice = held.action_push_to_xero()["params"]
        self.assertEqual(notice["type"], "danger")
        self.assertIn("has no Xero tax rate", notice["message"])

    def test_old_bodies_are_dropped_and_the_history_stays(self):
        invoice = self.pushed()
        request = self.env["xero.request"].search(invoice.action_xero_history()["domain"])
        with freeze_time(fields.Datetime.add(fields.Datetime.now(), days=91)):
            self.env["xero.request"].sudo()._gc_bodies()
        self.assertFalse(request.body)
        self.assertEqual(request.http_status, 200)


class TestTotals(DocumentCase):
    """Odoo's total and tax are Xero's to the cent, whichever way the lines have to be sent."""

    def line(self, **values):
        return {"name": "Goods", "quantity": 1, "tax_ids": [Command.set(self.tax.ids)], **values}

    def rung(self, invoice):
        return self.binding(invoice).rung

    def assert_equal_to_odoo(self, invoice, rung, *expected):
        self.assertEqual(self.binding(invoice).state, "synced", self.binding(invoice).message)
        self.assertEqual(self.totals(invoice), expected)
        ours = (invoice.amount_untaxed, invoice.amount_tax, invoice.amount_total)
        self.assertEqual(tuple(f"{amount:.2f}" for amount in ours), expected)
        self.assertEqual(self.rung(invoice), rung)
        self.assertFalse(invoice.xero_warning)

    def push(self, *args, **values):
        invoice = self.invoice(*args, **values)
        self.run_sync()
        return invoice

    def test_a_discount_is_sent_as_a_rate(self):
        invoice = self.push(lines=[self.line(quantity=3, price_unit=33.33, discount=15)])
        # 99.99 − 15 % = 84.9915 → 84.99; 20 % = 16.998 → 17.00
        self.assert_equal_to_odoo(invoice, "native", "84.99", "17.00", "101.99")
        (line,) = self.sent_lines(invoice)
        self.assertEqual((line["Quantity"], line["UnitAmount"], line["DiscountRate"]), (3, 33.33, 15))

    def test_a_surcharge_is_no_discount_to_xero_and_is_flattened(self):
        invoice = self.push(lines=[self.line(quantity=2, price_unit=50, discount=-10)])
        # 100 + 10 % = 110; Xero takes no negative rate
        self.assert_equal_to_odoo(invoice, "flattened", "110.00", "22.00", "132.00")
        (line,) = self.sent_lines(invoice)
        self.assertEqual((line["Quantity"], line["UnitAmount"]), (1, 110))
        self.assertNotIn("DiscountRate", line)

    def test_a_price_with_more_than_two_decimals_is_flattened_to_quantity_one(self):
        invoice = self.push(lines=[self.line(quantity=500, price_unit=0.125)])
        # 500 × 0.125 = 62.50
        self.assert_equal_to_odoo(invoice, "flattened", "62.50", "12.50", "75.00")
        (line,) = self.sent_lines(invoice)
        self.assertEqual((line["Quantity"], line["UnitAmount"]), (1, 62.5))

    def test_large_prices_keep_their_quantity(self):
        invoice = self.push(lines=[self.line(quantity=2, price_unit=1234567.1)])
        # 2 × 1,234,567.10 = 2,469,134.20; 20 % = 493,826.84
        self.assert_equal_to_odoo(invoice, "native", "2469134.20", "493826.84", "2962961.04")
        (line,) = self.sent_lines(invoice)
        self.assertEqual((line["Quantity"], line["UnitAmount"]), (2, 1234567.1))

    def test_an_amount_larger_than_xero_takes_holds_only_its_own_invoice(self):
        huge = self.invoice(lines=[self.line(price_unit=12345678901.23)])
        good = self.invoice()
        self.run_sync(times=2)
        self.assert_refused(huge, "refused", "UnitAmount is not a valid number")
        self.assertEqual(self.binding(good).state, "synced")
        self.assertFalse(self.waiting_marks())

    def test_tax_included_prices_are_sent_inclusive(self):
        tax = self.percent_tax(20, name="VAT incl.", price_include_override="tax_included")
        tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        invoice = self.push(lines=[self.line(quantity=3, price_unit=9.99, tax_ids=[Command.set(tax.ids)])])
        # 29.97 holds 29.97 / 6 = 4.995 → 5.00 of tax (half up, away from zero)
        self.assert_equal_to_odoo(invoice, "native", "24.97", "5.00", "29.97")
        self.assertEqual(self.in_xero(invoice)["LineAmountTypes"], "Inclusive")

    def test_rounding_per_document_is_met_by_tax_amounts(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        invoice = self.push(lines=[self.line(price_unit=1.03)] * 3)
        # Odoo: 3.09 × 20 % = 0.618 → 0.62; Xero by itself: 3 × 0.21 = 0.63
        self.assert_equal_to_odoo(invoice, "tax_amount", "3.09", "0.62", "3.71")
        self.assertEqual(sorted(line["TaxAmount"] for line in self.sent_lines(invoice)), [0.2, 0.21, 0.21])

    def test_rounding_per_line_needs_no_help(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        invoice = self.push(lines=[self.line(price_unit=1.03)] * 3)
        self.assert_equal_to_odoo(invoice, "native", "3.09", "0.63", "3.72")
        self.assertNotIn("TaxAmount", self.sent_lines(invoice)[0])

    def test_a_negative_line_reduces_the_total(self):
        invoice = self.push(lines=[self.line(price_unit=100), self.line(name="Voucher", price_unit=-25)])
        self.assert_equal_to_odoo(invoice, "native", "75.00", "15.00", "90.00")

    def test_a_zero_invoice_is_in_xero_and_paid_there_at_once(self):
        invoice = self.push(lines=[self.line(price_unit=0)])
        self.assert_equal_to_odoo(invoice, "native", "0.00", "0.00", "0.00")
        self.assertEqual(self.binding(invoice).xero_status, "PAID")

    def test_a_fully_discounted_line_stays_visible(self):
        invoice = self.push(lines=[self.line(price_unit=80), self.line(name="Gift", price_unit=15, discount=100)])
        self.assert_equal_to_odoo(invoice, "native", "80.00", "16.00", "96.00")
        self.assertEqual([line["Description"] for line in self.in_xero(invoice)["LineItems"]], ["Goods", "Gift"])

    def test_sections_and_notes_keep_their_place_as_text_lines(self):
        invoice = self.push(
            lines=[
                {"display_type": "line_section", "name": "Phase 1", "sequence": 1},
                self.line(price_unit=10, sequence=2),
                {"display_type": "line_note", "name": "Agreed by phone", "sequence": 3},
                self.line(name="More goods", price_unit=20, sequence=4),
            ]
        )
        self.assert_equal_to_odoo(invoice, "native", "30.00", "6.00", "36.00")
        lines = self.in_xero(invoice)["LineItems"]
        self.assertEqual(
            [(line["Description"], line["LineAmount"]) for line in lines],
            [("Phase 1", None), ("Goods", 10), ("Agreed by phone", None), ("More goods", 20)],
        )

    def test_several_taxes_on_a_line_are_held_in_words(self):
        second = self.percent_tax(5, name="City tax")
        invoice = self.push(lines=[self.line(price_unit=10, tax_ids=[Command.set((self.tax | second).ids)])])
        self.assert_held(invoice, "tax", "several taxes", self.tax.name, "City tax")
        self.assertFalse(self.organisation.invoices)

    def test_strange_text_reaches_xero_whole_or_cut_but_never_refused(self):
        texts = {
            "tab\tand\nline": "tab\tand\nline",
            "bell\x07 and \x1b escape": "bell and  escape",
            "emoji 🎉 和 العربية": "emoji 🎉 和 العربية",
            '<script>alert("x")</script> & "quotes"': '<script>alert("x")</script> & "quotes"',
            "x" * 5000: "x" * 3999 + "…",
        }
        invoice = self.push(lines=[self.line(name=text, price_unit=1) for text in texts], ref="R" * 300)
        self.assertEqual(self.binding(invoice).state, "synced", self.binding(invoice).message)
        descriptions = [line["Description"] for line in self.in_xero(invoice)["LineItems"]]
        self.assertEqual(descriptions, list(texts.values()))
        self.assertEqual(self.in_xero(invoice)["Reference"], "R" * 254 + "…")

    def test_a_line_without_text_gets_one_because_xero_wants_it(self):
        invoice = self.push(lines=[self.line(name=False, price_unit=10)])
        self.assertEqual(self.in_xero(invoice)["LineItems"][0]["Description"], "(no description)")

    def test_cash_rounding_is_part_of_the_total(self):
        rounding = self.env["account.cash.rounding"].create(
            {
                "name": "5 cents",
                "rounding": 0.05,
                "strategy": "add_invoice_line",
                "profit_account_id": self.company_data["default_account_revenue"].id,
                "loss_account_id": self.company_data["default_account_expense"].id,
                "rounding_method": "HALF-UP",
            }
        )
        invoice = self.push(lines=[self.line(price_unit=10.01)], invoice_cash_rounding_id=rounding.id)
        # 10.01 + 20 % (2.002 → 2.00) = 12.01 → 12.00, so the rounding line is −0.01
        self.assert_equal_to_odoo(invoice, "native", "10.00", "2.00", "12.00")
