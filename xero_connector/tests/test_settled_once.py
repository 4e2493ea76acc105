from .money_case import MoneyCase


class TestSettledOnce(MoneyCase):
    """Nothing settles a document twice in Xero: not with what others made there, nor with what is leaving it."""

    # -- What others made in Xero --------------------------------------------------------------------------------------

    def look(self):
        """Have the engine read what happened in Xero."""
        self.connection.action_sync_now()
        self.run_sync()

    def test_a_payment_that_was_entered_in_xero_is_linked_when_it_is_registered_in_odoo_too(self):
        invoice = self.pushed()
        paid = self.organisation.pay_invoice(self.binding(invoice).xero_id, amount=40)
        self.look()
        self.assertIn("Register the payment in Odoo too", invoice.xero_difference)
        self.pay(invoice, 40.0)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("80.00", "40.00", "0.00"))
        self.assertEqual(self.binding(self.settlements(invoice)).xero_id, paid["PaymentID"])
        self.look()
        self.assertFalse(invoice.xero_difference)
        self.pay(invoice, 40.0)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("40.00", "80.00", "0.00"))

    def test_a_payment_of_another_amount_is_another_payment(self):
        invoice = self.pushed()
        self.organisation.pay_invoice(self.binding(invoice).xero_id, amount=40)
        self.look()
        self.pay(invoice, 30.0)
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("50.00", "70.00", "0.00"))

    def test_of_two_equal_payments_in_xero_the_one_of_our_day_is_linked(self):
        invoice = self.pushed()
        there = [
            self.organisation.pay_invoice(self.binding(invoice).xero_id, amount=40, date=date)
            for date in ("2026-03-12", "2026-03-20")
        ]
        self.look()
        self.pay(invoice, 40.0)
        self.run_sync()
        self.assertEqual(self.binding(self.settlements(invoice)).xero_id, there[1]["PaymentID"])
        self.pay(invoice, 40.0, date="2026-03-27")
        self.run_sync()
        [other] = self.settlements(invoice).filtered(lambda row: str(row.date) == "2026-03-27")
        self.assertEqual(self.binding(other).xero_id, there[0]["PaymentID"])
        self.assertIn("with the date 2026-03-12; in Odoo it is 2026-03-27", self.binding(other).warning)

    def test_of_two_equal_payments_in_xero_on_other_days_a_person_chooses(self):
        invoice = self.pushed()
        for date in ("2026-03-12", "2026-03-14"):
            self.organisation.pay_invoice(self.binding(invoice).xero_id, amount=40, date=date)
        self.look()
        self.pay(invoice, 40.0)
        self.run_sync()
        self.assert_settlement_held(invoice, "choice", "several payments of 40.00", "2026-03-20", "Retry")
        self.assertEqual(len(self.live_payments()), 2)

    def test_an_allocation_that_was_made_in_xero_is_linked_too(self):
        invoice, credit_note = self.pushed(), self.pushed([(1, 50.0)], move_type="out_refund")
        self.organisation.allocate_credit(self.binding(credit_note).xero_id, self.binding(invoice).xero_id, amount=60)
        self.look()
        self.reconcile(invoice, credit_note)
        self.run_sync()
        self.assert_books_agree(invoice, credit_note)
        self.assertEqual(self.figures(invoice), ("60.00", "0.00", "60.00"))

    def test_a_document_that_is_linked_by_its_number_keeps_its_payment(self):
        invoice = self.invoice()
        self.run_sync()
        self.pay(invoice, 40.0)
        self.run_sync()
        self.env["xero.binding"].search([("res_model", "in", ("account.move", "xero.settlement"))]).sudo().unlink()
        invoice._xero_mark()
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("80.00", "40.00", "0.00"))
        self.assertEqual(len(self.organisation.invoices), 1)
        self.assertFalse(invoice.xero_warning)

    def test_a_bill_that_is_in_xero_already_is_linked(self):
        bill = self.bill(ref="S-17")
        self.run_sync()
        xero_id = self.binding(bill).xero_id
        self.binding(bill).sudo().unlink()
        bill._xero_mark()
        self.run_sync()
        self.assertEqual(self.binding(bill).xero_id, xero_id)
        self.assertEqual(len(self.organisation.invoices), 1)

    def typed_bill(self, number, status):
        self.pushed()
        return self.organisation.add_invoice(
            Type="ACCPAY",
            Status=status,
            Contact={"ContactID": self.binding(self.partner).xero_id},
            InvoiceNumber=number,
            Date="2026-03-10",
            DueDate="2026-04-09",
            CurrencyCode=self.company.currency_id.name,
            LineItems=[
                {"Description": "Paper", "Quantity": 1, "UnitAmount": 100, "AccountCode": "429", "TaxType": "INPUT2"}
            ],
        )

    def test_a_bill_that_was_typed_into_xero_is_linked(self):
        there = self.typed_bill("S-18", "AUTHORISED")
        bill = self.bill(ref="S-18")
        self.assertEqual(self.env["xero.preview"]._action_for(bill) and len(self.organisation.invoices), 2)
        self.run_sync()
        self.assertEqual(self.binding(bill).xero_id, there["InvoiceID"])
        self.assert_books_agree(bill)

    def test_a_bill_that_is_a_draft_in_xero_is_held_until_somebody_approves_it(self):
        there = self.typed_bill("S-20", "DRAFT")
        bill = self.bill(ref="S-20")
        self.run_sync()
        self.assert_held(bill, "number", "as a draft", "Retry")
        self.organisation.approve_invoice(there["InvoiceID"])
        self.binding(bill).action_retry()
        self.run_sync()
        self.assertEqual(self.binding(bill).xero_id, there["InvoiceID"])
        self.assert_books_agree(bill)

    def test_two_equal_bills_of_one_number_stay_two(self):
        first = self.bill(ref="S-19")
        self.run_sync()
        second = first.copy({"invoice_date": first.invoice_date, "ref": "S-19"})
        second.action_post()
        self.run_sync()
        self.assertNotEqual(self.binding(first).xero_id, self.binding(second).xero_id)
        self.assert_books_agree(first, second)

    # -- What is leaving Xero ------------------------------------------------------------------------------------------

    def test_a_successor_waits_until_xero_let_the_old_payment_go(self):
        invoice = self.pushed()
        old = self.pay(invoice, 40.0)
        self.run_sync()
        [paid] = self.live_payments()
        self.organisation.reconcile_payment(paid["PaymentID"])
        old.action_draft()
        old.unlink()
        self.pay(invoice, 40.0, date="2026-03-25")
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("80.00", "40.00", "0.00"))
        self.assert_settlement_held(invoice, "applied", "must be removed in Xero", "reconciled")
        self.organisation.reconcile_payment(paid["PaymentID"], reconciled=False)
        self.env["xero.binding"].search([("state", "=", "failed")]).action_retry()
        self.run_sync()
        self.assert_books_agree(invoice)
        [paid] = self.live_payments()
        self.assertEqual(str(paid["Date"]), "2026-03-25")

    def test_a_successor_with_a_write_off_waits_as_a_whole(self):
        expense = self.company_data["default_account_expense"]
        invoice = self.pushed()
        old = self.pay(invoice, 115.0, written_off_to=expense)
        self.run_sync()
        [paid] = self.live_payments()
        self.organisation.reconcile_payment(paid["PaymentID"])
        old.action_draft()
        old.unlink()
        self.pay(invoice, 115.0, written_off_to=expense, date="2026-03-25")
        self.run_sync()
        self.assertEqual(len(self.organisation.credit_notes), 1)

    def test_what_waits_goes_on_when_somebody_removes_the_old_payment_in_xero(self):
        invoice = self.pushed()
        old = self.pay(invoice, 40.0)
        self.run_sync()
        [paid] = self.live_payments()
        self.organisation.reconcile_payment(paid["PaymentID"])
        old.action_draft()
        old.unlink()
        self.pay(invoice, 40.0, date="2026-03-25")
        self.run_sync()
        self.organisation.reconcile_payment(paid["PaymentID"], reconciled=False)
        self.organisation.delete_payment(paid["PaymentID"])
        self.look()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("80.00", "40.00", "0.00"))

    def test_what_is_left_alone_keeps_nothing_waiting(self):
        invoice, credit_note = self.pushed(), self.pushed([(1, 50.0)], move_type="out_refund")
        self.pay(invoice, 40.0)
        self.run_sync()
        self.connection.sync_payments = False
        self.unreconcile(invoice)
        self.reconcile(invoice, credit_note)
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("20.00", "40.00", "60.00"))

    def test_what_a_person_excluded_stays_in_xero_and_keeps_nothing_waiting(self):
        invoice = self.pushed()
        old = self.pay(invoice, 40.0)
        self.run_sync()
        [paid] = self.live_payments()
        self.organisation.reconcile_payment(paid["PaymentID"])
        old.action_draft()
        old.unlink()
        self.run_sync()
        self.pay(invoice, 30.0)
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("80.00", "40.00", "0.00"))
        link = self.env["xero.binding"].search([("state", "=", "failed")])
        link.action_exclude()
        self.organisation.reconcile_payment(paid["PaymentID"], reconciled=False)
        self.run_sync()
        self.assertEqual(link.state, "excluded")
        self.assertEqual(self.figures(invoice), ("50.00", "70.00", "0.00"))

    def test_a_void_says_that_an_excluded_payment_keeps_the_invoice(self):
        invoice = self.pushed()
        payment = self.pay(invoice)
        self.run_sync()
        self.env["xero.binding"].search([("xero_type", "=", "Payment")]).action_exclude()
        payment.action_draft()
        payment.action_cancel()
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync()
        self.assert_held(invoice, "applied", "it is excluded. Press Include")
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))
        self.env["xero.binding"].search([("xero_type", "=", "Payment")]).action_include()
        self.run_sync(times=2)
        self.assertEqual(self.document_in_xero(invoice)["Status"], "VOIDED")

    def test_what_is_left_alone_is_not_tried_again_for_ever(self):
        invoice = self.pushed()
        self.pay(invoice, 115.0, written_off_to=self.company_data["default_account_expense"])
        self.run_sync()
        links = self.env["xero.binding"].sudo().search([("res_model", "=", "xero.settlement")])
        self.assertEqual(len(links), 3)
        links.write({"next_try": "2026-01-01 00:00:00", "state": "new"})
        self.connection.sync_payments = False
        self.run_sync()
        self.assertFalse(links.filtered("next_try"))
        self.assertNotIn("failed", links.mapped("state"))

    def test_while_payments_are_off_nothing_is_removed_either(self):
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        self.connection.sync_payments = False
        self.unreconcile(invoice)
        self.statement(120.0, invoice)
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))
        self.assertEqual(len(self.organisation.payments), 1)

    def test_many_payments_that_are_replaced_at_once_are_all_there_in_the_end(self):
        invoices = [self.invoice() for _number in range(3)]
        self.run_sync()
        payments = [self.pay(invoice) for invoice in invoices]
        self.run_sync()
        for invoice, payment in zip(invoices, payments, strict=True):
            payment.action_draft()
            payment.unlink()
            self.pay(invoice, date="2026-03-27")
        self.run_sync(times=2)
        self.assert_books_agree(*invoices)
        self.assertEqual({str(paid["Date"]) for paid in self.live_payments()}, {"2026-03-27"})

    # -- Answers -------------------------------------------------------------------------------------------------------

    def test_two_payments_of_one_invoice_never_get_each_others_id(self):
        for kind in ("omit", "reorder"):
            with self.subTest(kind):
                invoice = self.pushed()
                first, second = self.pay(invoice, 40.0), self.pay(invoice, 60.0)
                self.simulator.fault(kind, match="PUT /api.xro/2.0/Payments")
                self.run_sync(times=2)
                self.assert_books_agree(invoice)
                for row in self.settlements(invoice):
                    paid = self.organisation.payments[self.binding(row).xero_id]
                    self.assertEqual(float(paid["Amount"]), row.amount)
                self.assertEqual(self.figures(invoice), ("20.00", "100.00", "0.00"), (first, second))

    def test_a_credit_note_that_is_gone_in_xero_keeps_no_payment_waiting(self):
        invoice, credit_note = self.pushed(), self.pushed([(1, 50.0)], move_type="out_refund")
        other = self.pushed()
        self.organisation.credit_notes.pop(self.binding(credit_note).xero_id)
        self.reconcile(invoice, credit_note)
        self.pay(other)
        self.run_sync()
        self.assert_books_agree_but_held(other)
        self.assert_settlement_held(invoice, "refused", "cannot be found")

    def assert_books_agree_but_held(self, move):
        self.assertEqual(self.figures(move)[0], f"{move.amount_residual:.2f}")
        self.assertFalse(self.waiting_marks())
