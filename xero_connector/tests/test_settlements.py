from odoo import Command

from .money_case import MoneyCase


class TestSettlements(MoneyCase):
    """Whatever settles a document in Odoo ends as the same amounts in Xero. Documents are 100.00 + 20 % = 120.00."""

    def test_a_payment_pays_the_invoice(self):
        invoice = self.pushed()
        payment = self.pay(invoice)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))
        self.assertEqual(self.document_in_xero(invoice)["Status"], "PAID")
        [paid] = self.live_payments()
        self.assertEqual((str(paid["Date"]), paid["Reference"]), ("2026-03-20", payment.name))
        self.assertEqual(self.binding(invoice).xero_status, "PAID")

    def test_a_payment_registered_before_the_invoice_was_sent_follows_it(self):
        invoice = self.invoice()
        self.pay(invoice)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(len(self.calls("PUT", "/Payments")), 1)

    def test_one_payment_of_many_invoices_pays_each(self):
        invoices = self.pushed() | self.invoice([(1, 50.0)])
        self.run_sync()
        self.pay(invoices, group_payment=True)
        self.run_sync()
        self.assert_books_agree(*invoices)
        self.assertEqual({str(payment["Amount"]) for payment in self.live_payments()}, {"120.00", "60.00"})
        self.assertEqual(len(self.calls("PUT", "/Payments")), 1)

    def test_payments_of_many_partners_go_in_one_call(self):
        invoices = self.invoice() | self.invoice(partner=self.new_partner("Other"))
        self.run_sync()
        self.pay(invoices)
        self.run_sync()
        self.assert_books_agree(*invoices)
        self.assertEqual(len(self.calls("PUT", "/Payments")), 1)

    def test_a_partial_payment_leaves_the_rest_due(self):
        invoice = self.pushed()
        self.pay(invoice, 50.0)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("70.00", "50.00", "0.00"))
        self.pay(invoice, 70.0)
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))

    def test_instalments_paid_together_are_one_payment(self):
        terms = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 0}),
                    Command.create({"value": "percent", "value_amount": 50, "nb_days": 30}),
                ],
            }
        )
        invoice = self.pushed(invoice_payment_term_id=terms.id, invoice_date_due=False)
        self.pay(invoice, 120.0)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual([str(payment["Amount"]) for payment in self.live_payments()], ["120.00"])

    def test_less_than_due_with_a_write_off_is_a_payment_and_a_credit_note(self):
        # 115 are received of 120; 5 are written off: no VAT on these.
        invoice = self.pushed()
        self.pay(
            invoice,
            115.0,
            written_off_to=self.company_data["default_account_expense"],
        )
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "115.00", "5.00"))
        [credit_note] = self.organisation.credit_notes.values()
        self.assertEqual((credit_note["Status"], str(credit_note["Total"])), ("PAID", "5.00"))

    def test_a_write_off_that_is_undone_leaves_nothing_behind(self):
        invoice = self.pushed()
        payment = self.pay(
            invoice,
            115.0,
            written_off_to=self.company_data["default_account_expense"],
        )
        self.run_sync()
        payment.action_draft()
        payment.action_cancel()
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("120.00", "0.00", "0.00"))
        [credit_note] = self.organisation.credit_notes.values()
        self.assertEqual(credit_note["Status"], "VOIDED")

    def test_more_than_due_pays_what_is_due_and_the_rest_is_shown(self):
        invoice = self.pushed()
        payment = self.pay(
            invoice,
            125.0,
            written_off_to=self.company_data["default_account_revenue"],
        )
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))
        self.assertEqual(self.settlements(invoice).excess_amount, 5.0)
        self.assertIn("5.00 USD more was paid", payment.xero_warning)

    def test_an_entry_that_writes_off_becomes_a_credit_note(self):
        invoice = self.pushed()
        receivable = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        expense = self.company_data["default_account_expense"]
        self.reconcile(invoice, self.entry([(expense, 120.0), (receivable.account_id, -120.0)]))
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "0.00", "120.00"))

    def test_an_entry_on_an_account_that_takes_payments_in_xero_is_a_payment(self):
        invoice = self.pushed()
        receivable = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        clearing = self.company_data["default_account_assets"]
        self.reconcile(invoice, self.entry([(clearing, 120.0), (receivable.account_id, -120.0)]))
        self.run_sync()
        self.assert_settlement_held(invoice, "settlement", "allows payments")
        clearing.with_company(self.company).xero_account_id = self.xero_account(self.connection, "090")
        self.env["xero.binding"]._retry_blocked(self.company)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))

    def test_a_line_of_the_bank_statement_pays(self):
        invoice = self.pushed()
        self.statement(120.0, invoice)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))

    def test_bank_charges_kept_from_a_transfer_go_to_their_own_account(self):
        fees = self.company_data["default_account_expense"].copy({"name": "Bank fees"})
        fees.xero_bank_charges = True
        self.connection.bank_charge_account_id = self.xero_account(self.connection, "404")
        self.connection.write_off_account_id = False
        invoice = self.pushed()
        self.statement(117.0, invoice, others=[(fees, 3.0)])
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "117.00", "3.00"))

    def early_terms(self):
        return self.env["account.payment.term"].create(
            {
                "name": "2 % in 7 days",
                "early_discount": True,
                "discount_days": 30,
                "discount_percentage": 2,
                "early_pay_discount_computation": "included",
                "line_ids": [Command.create({"value": "percent", "value_amount": 100, "nb_days": 40})],
            }
        )

    def test_early_payment_discount_reduces_the_tax_too(self):
        # 2 % of 120.00 = 2.40, of which 0.40 VAT: paid are 117.60.
        self.connection.discount_account_id = self.xero_account(self.connection, "260")
        invoice = self.pushed(invoice_payment_term_id=self.early_terms().id, invoice_date_due=False)
        self.pay(invoice, date="2026-03-12")
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "117.60", "2.40"))
        [credit_note] = self.organisation.credit_notes.values()
        self.assertEqual((str(credit_note["SubTotal"]), str(credit_note["TotalTax"])), ("2.00", "0.40"))

    def test_early_payment_discount_of_a_bill_needs_an_account_that_takes_its_tax(self):
        # An account of revenue is no place for input VAT; the discount that a supplier gives has an account of its own.
        self.connection.discount_account_id = self.xero_account(self.connection, "260")
        bill = self.bill(invoice_payment_term_id=self.early_terms().id, invoice_date_due=False)
        self.pay(bill, date="2026-03-12")
        self.run_sync()
        gain = self.company.account_journal_early_pay_discount_gain_account_id
        self.assert_settlement_held(bill, "account", gain.display_name, "Other Revenue", "INPUT2", "Mapping → Accounts")
        self.assertEqual(self.figures(bill), ("2.40", "117.60", "0.00"))
        gain.xero_account_id = self.xero_account(self.connection, "310")
        self.run_sync()
        self.assert_books_agree(bill)
        self.assertEqual(self.figures(bill), ("0.00", "117.60", "2.40"))

    def test_an_open_overpayment_is_not_sent_until_it_is_matched(self):
        invoice = self.pushed()
        payment = self.pay(invoice, 150.0)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))
        other = self.pushed()
        self.reconcile(other, payment.move_id)
        self.run_sync()
        self.assert_books_agree(invoice, other)
        self.assertEqual(self.figures(other), ("90.00", "30.00", "0.00"))

    def test_a_payment_without_an_entry_counts_until_the_statement_does(self):
        invoice = self.pushed()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.partner.id,
                "amount": 120.0,
                "date": "2026-03-20",
                "journal_id": self.bank.id,
                "invoice_ids": [Command.link(invoice.id)],
            }
        )
        # As with a payment method that has no outstanding account, where the bank statement books.
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertFalse(payment.move_id)
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))
        self.statement(120.0, invoice, date="2026-03-25")
        self.run_sync()
        self.assert_books_agree(invoice)
        [paid] = self.live_payments()
        self.assertEqual(str(paid["Date"]), "2026-03-25")

    # -- Undoing -------------------------------------------------------------------------------------------------------

    def test_unreconciling_removes_the_payment(self):
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        self.unreconcile(invoice)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("120.00", "0.00", "0.00"))
        self.assertEqual(self.binding(invoice).xero_status, "AUTHORISED")

    def test_a_payment_reset_to_draft_is_removed_and_comes_back_with_its_new_date(self):
        invoice = self.pushed()
        payment = self.pay(invoice)
        self.run_sync()
        payment.action_draft()
        self.run_sync()
        self.assertFalse(self.live_payments())
        payment.date = "2026-03-28"
        payment.action_post()
        self.run_sync()
        self.assert_books_agree(invoice)
        [paid] = self.live_payments()
        self.assertEqual(str(paid["Date"]), "2026-03-28")

    def test_a_deleted_payment_is_removed(self):
        invoice = self.pushed()
        payment = self.pay(invoice)
        self.run_sync()
        payment.action_draft()
        payment.unlink()
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertFalse(self.live_payments())

    def test_another_journal_replaces_the_payment_and_there_are_never_two(self):
        other = self.bank.copy({"name": "Second bank", "code": "BNK9"})
        other.xero_account_id = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("name", "=", "Savings Account")]
        )
        other.inbound_payment_method_line_ids.payment_account_id = self.inbound_payment_method_line.payment_account_id
        invoice = self.pushed()
        payment = self.pay(invoice)
        self.run_sync()
        payment.action_draft()
        payment.journal_id = other
        payment.action_post()
        if invoice.amount_residual:
            self.reconcile(invoice, payment.move_id)
        self.run_sync()
        self.assert_books_agree(invoice)
        [paid] = self.live_payments()
        self.assertEqual(self.organisation.accounts[paid["AccountID"]]["Name"], "Savings Account")

    def test_an_invoice_in_draft_keeps_its_payment_and_gets_it_back_when_its_amount_changes(self):
        invoice = self.pushed()
        payment = self.pay(invoice)
        self.run_sync()
        invoice.button_draft()
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))
        invoice.invoice_line_ids.price_unit = 150.0
        invoice.action_post()
        self.run_sync(times=2)
        # Odoo takes the payment off an invoice whose amount changes.
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("180.00", "0.00", "0.00"))
        self.reconcile(invoice, payment.move_id)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("60.00", "120.00", "0.00"))

    def test_words_that_change_on_a_paid_invoice_are_held_and_the_user_is_told_why(self):
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        invoice.ref = "PO 77"
        self.run_sync()
        self.assert_held(invoice, "applied", "paid or credited")
        self.assertEqual(len(self.live_payments()), 1)

    def test_a_cancelled_invoice_loses_its_payment_first_and_is_voided_then(self):
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync()
        self.assertFalse(self.live_payments())
        self.assertEqual(self.document_in_xero(invoice)["Status"], "VOIDED")
        self.assert_no_trouble()

    def test_a_removal_whose_answer_is_lost_does_not_keep_the_invoice_from_being_voided(self):
        invoice = self.pushed()
        self.pay(invoice, 115.0, written_off_to=self.company_data["default_account_expense"])
        self.run_sync()
        invoice.button_draft()
        invoice.button_cancel()
        self.simulator.fault("drop_after", match="DELETE /api.xro/")
        self.run_sync(times=2)
        self.assertEqual(self.document_in_xero(invoice)["Status"], "VOIDED")
        self.assert_no_trouble()

    def test_a_removal_whose_answer_is_lost_is_counted_once_in_what_is_due(self):
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        self.unreconcile(invoice)
        self.simulator.fault("status_after", match="POST /api.xro/.*/Payments/", status=504)
        self.run_sync()
        self.connection.action_sync_now()
        self.run_sync()
        self.assert_books_agree(invoice)

    def test_what_was_held_and_then_undone_leaves_nothing_to_fix(self):
        self.connection.write_off_account_id = False
        invoice = self.pushed()
        receivable = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
        expense = self.company_data["default_account_expense"]
        entry = self.entry([(expense, 120.0), (receivable.account_id, -120.0)])
        self.reconcile(invoice, entry)
        self.run_sync()
        self.assert_settlement_held(invoice, "account", "write-offs")
        self.unreconcile(invoice)
        self.run_sync()
        self.assert_books_agree(invoice)

    # -- Credit notes --------------------------------------------------------------------------------------------------

    def test_a_credit_note_is_sent_and_allocated(self):
        invoice = self.pushed()
        credit_note = self.credit_note(50.0)
        self.reconcile(invoice, credit_note)
        self.run_sync()
        self.assert_books_agree(invoice, credit_note)
        self.assertEqual(self.figures(invoice), ("60.00", "0.00", "60.00"))
        self.assertEqual(self.figures(credit_note), ("0.00", "0.00", "60.00"))
        self.unreconcile(credit_note)
        self.run_sync()
        self.assert_books_agree(invoice, credit_note)
        self.assertEqual(self.figures(invoice), ("120.00", "0.00", "0.00"))

    def test_a_reversal_sets_off_the_whole_invoice(self):
        invoice = self.pushed()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": "2026-03-15"})
        )
        wizard.modify_moves()
        self.run_sync()
        self.assert_books_agree(invoice, invoice.reversal_move_ids)

    def test_a_credit_note_is_refunded_through_the_bank(self):
        credit_note = self.credit_note()
        self.run_sync()
        payment = self.pay(credit_note)
        self.run_sync()
        self.assert_books_agree(credit_note)
        self.assertEqual(self.figures(credit_note), ("0.00", "120.00", "0.00"))
        payment.action_draft()
        payment.action_cancel()
        self.run_sync()
        self.assertEqual(self.figures(credit_note), ("120.00", "0.00", "0.00"))

    def test_a_credit_note_refunded_less_keeps_the_difference(self):
        credit_note = self.credit_note()
        self.run_sync()
        self.pay(
            credit_note,
            110.0,
            written_off_to=self.company_data["default_account_revenue"],
        )
        self.run_sync()
        self.assert_books_agree(credit_note)
        self.assertEqual(self.figures(credit_note), ("0.00", "110.00", "10.00"))

    def test_a_cancelled_credit_note_loses_its_allocation_first(self):
        invoice = self.pushed()
        credit_note = self.credit_note(50.0)
        self.reconcile(invoice, credit_note)
        self.run_sync()
        credit_note.button_draft()
        credit_note.button_cancel()
        self.run_sync(times=2)
        self.assertEqual(self.document_in_xero(credit_note)["Status"], "VOIDED")
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("120.00", "0.00", "0.00"))

    def test_a_cancelled_credit_note_that_is_confirmed_again_gets_the_next_number(self):
        credit_note = self.credit_note()
        self.run_sync()
        credit_note.button_draft()
        credit_note.button_cancel()
        self.run_sync()
        credit_note.button_draft()
        credit_note.action_post()
        self.run_sync()
        self.assert_books_agree(credit_note)
        self.assertEqual(self.binding(credit_note).xero_number, f"{credit_note.name}-2")

    def test_discounts_of_a_credit_note_are_lines_of_their_own(self):
        credit_note = self.credit_note_with_discount()
        self.run_sync()
        record = self.document_in_xero(credit_note)
        self.assertEqual([str(line["LineAmount"]) for line in record["LineItems"]], ["100.00", "-10.00"])
        self.assert_books_agree(credit_note)

    def credit_note_with_discount(self):
        line = {
            "name": "Chair",
            "quantity": 1,
            "price_unit": 100.0,
            "discount": 10,
            "tax_ids": [Command.set(self.tax.ids)],
        }
        return self.invoice([line], move_type="out_refund")

    # -- Bills ---------------------------------------------------------------------------------------------------------

    def test_bills_of_one_number_are_two_bills_and_are_paid(self):
        bills = self.bill(ref="A-1") | self.bill(ref="A-1", partner=self.new_partner("Other Supplier"))
        self.run_sync()
        self.pay(bills)
        self.run_sync()
        self.assert_books_agree(*bills)
        self.assertEqual({record["InvoiceNumber"] for record in self.organisation.invoices.values()}, {"A-1"})
        self.assertEqual({record["Type"] for record in self.organisation.invoices.values()}, {"ACCPAY"})

    def test_vendor_refunds_and_receipts_are_documents_too(self):
        bill, refund = self.bill(ref="B-1"), self.bill(40.0, ref="B-2", move_type="in_refund")
        receipt = self.bill(10.0, ref="B-3", move_type="in_receipt")
        self.reconcile(bill, refund)
        self.run_sync()
        self.assert_books_agree(bill, refund, receipt)
        self.assertEqual(self.figures(bill), ("72.00", "0.00", "48.00"))
        self.assertEqual(self.binding(refund).xero_subtype, "ACCPAYCREDIT")

    def test_discounts_of_bills_are_flattened(self):
        line = {
            "name": "Paper",
            "quantity": 3,
            "price_unit": 10.0,
            "discount": 10,
            "tax_ids": [Command.set(self.purchase_tax.ids)],
        }
        bill = self.invoice([line], move_type="in_invoice", ref="C-1")
        self.run_sync()
        [sent] = self.document_in_xero(bill)["LineItems"]
        self.assertEqual((str(sent["Quantity"]), str(sent["UnitAmount"])), ("1.0000", "27.0000"))
        self.assert_books_agree(bill)

    # -- Foreign currency ----------------------------------------------------------------------------------------------

    def test_a_payment_with_an_exchange_difference_pays_exactly(self):
        euro = self.foreign("EUR", rate=2.0)
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "company_id": self.company.id, "name": "2026-03-15", "rate": 2.5}
        )
        invoice = self.pushed(currency_id=euro.id)
        self.pay(invoice, currency_id=euro.id)
        self.run_sync()
        self.assert_books_agree(invoice)
        [paid] = self.live_payments()
        # 120.00 EUR at 2.5 are 48.00 on the bank: a fact, so Xero is told the rate.
        self.assertEqual((str(paid["Amount"]), str(paid["CurrencyRate"])), ("120.00", "2.500000"))

    def test_a_payment_in_the_companys_currency_of_a_foreign_invoice(self):
        euro = self.foreign("EUR", rate=2.0)
        invoice = self.pushed(currency_id=euro.id)
        self.pay(invoice, currency_id=self.company.currency_id.id)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))

    def test_a_credit_note_in_another_currency_is_held_with_words(self):
        euro = self.foreign("EUR", rate=2.0)
        invoice = self.pushed()
        credit_note = self.credit_note(currency_id=euro.id)
        self.reconcile(invoice, credit_note)
        self.run_sync()
        self.assert_settlement_held(invoice, "settlement", "EUR")

    # -- What is missing -----------------------------------------------------------------------------------------------

    def test_without_a_payment_account_it_is_held_and_follows_when_one_is_chosen(self):
        self.connection.default_payment_account_id = False
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        self.assert_settlement_held(invoice, "payment_account", "Payment Accounts")
        self.assertEqual(self.binding(invoice).state, "synced")
        self.bank.xero_account_id = self.xero_account(self.connection, "090")
        self.run_sync()
        self.assert_books_agree(invoice)

    def test_a_payment_of_a_draft_in_xero_waits_for_its_approval(self):
        self.connection.invoice_status = "DRAFT"
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        self.assert_settlement_held(invoice, "document", "Approve it there")
        self.organisation.approve_invoice(self.binding(invoice).xero_id)
        self.connection.action_sync_now()
        self.run_sync(times=2)
        self.assert_books_agree(invoice)

    def test_a_locked_period_in_xero_holds_the_payment_and_removes_nothing(self):
        invoice = self.pushed()
        payment = self.pay(invoice, date="2026-03-20")
        self.run_sync()
        self.organisation.set_lock_dates(period="2026-03-25")
        self.connection.action_refresh_references()
        payment.action_draft()
        payment.date = "2026-03-22"
        payment.action_post()
        self.run_sync()
        self.assertEqual(len(self.live_payments()), 1)
        self.assert_settlement_held(invoice, "lock_date", "2026-03-25")

    def test_payments_switched_off_stay_in_odoo_and_follow_when_switched_on(self):
        self.connection.sync_payments = False
        invoice = self.pushed()
        self.pay(invoice)
        self.run_sync()
        self.assertFalse(self.live_payments())
        self.assert_no_trouble()
        self.connection.sync_payments = True
        self.run_sync()
        self.assert_books_agree(invoice)
