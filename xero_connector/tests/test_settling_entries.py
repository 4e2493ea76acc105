from odoo import Command

from .money_case import MoneyCase


class TestSettlingEntries(MoneyCase):
    """What of an entry is money, what is written off, and what Xero cannot express."""

    # -- Payments without an entry -------------------------------------------------------------------------------------

    def pay_without_entry(self, moves, amount, **values):
        """A payment by a method that has no outstanding account, where the bank statement books."""
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.partner.id,
                "amount": amount,
                "date": "2026-03-20",
                "journal_id": self.bank.id,
                "invoice_ids": [Command.set(moves.ids)],
                **values,
            }
        )
        payment.outstanding_account_id = False
        payment.action_post()
        self.assertFalse(payment.move_id)
        return payment

    def test_a_part_of_an_invoice_counts_once_when_the_statement_has_it(self):
        invoice = self.pushed()
        self.pay_without_entry(invoice, 50.0)
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("70.00", "50.00", "0.00"))
        self.statement(50.0, invoice)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("70.00", "50.00", "0.00"))

    def test_of_two_payments_the_one_that_is_not_on_the_statement_still_counts(self):
        invoice = self.pushed()
        self.pay_without_entry(invoice, 50.0)
        self.pay_without_entry(invoice, 30.0)
        self.statement(50.0, invoice)
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("40.00", "80.00", "0.00"))

    def test_the_statement_shows_the_payment_of_its_amount_whichever_was_first(self):
        invoice = self.pushed()
        self.pay_without_entry(invoice, 50.0)
        self.pay_without_entry(invoice, 30.0)
        self.statement(30.0, invoice)
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("40.00", "80.00", "0.00"))

    def test_a_statement_of_another_payment_takes_nothing_from_one_of_two_invoices(self):
        first, second = self.pushed(), self.pushed()
        self.pay_without_entry(second, 70.0)
        self.pay_without_entry(first | second, 130.0)
        self.statement(70.0, second)
        self.run_sync()
        paid = self.figures(first)[1], self.figures(second)[1]
        self.assertEqual(paid, ("120.00", "80.00"))
        first._xero_mark()
        self.run_sync()
        self.assertEqual((self.figures(first)[1], self.figures(second)[1]), paid)

    def test_a_payment_of_two_invoices_is_not_booked_on_the_second_instead(self):
        first, second = self.pushed(), self.pushed()
        self.pay_without_entry(first | second, 120.0)
        self.run_sync()
        self.assertEqual((self.figures(first)[1], self.figures(second)[1]), ("120.00", "0.00"))
        self.statement(120.0, first)
        self.run_sync()
        self.assert_books_agree(first, second)

    def test_a_net_payment_pays_no_credit_note(self):
        invoice, credit_note = self.pushed(), self.pushed([(1, 25.0)], move_type="out_refund")
        self.pay_without_entry(invoice | credit_note, 90.0)
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("30.00", "90.00", "0.00"))
        self.assertEqual(self.figures(credit_note), ("30.00", "0.00", "0.00"))

    # -- Two currencies ------------------------------------------------------------------------------------------------

    def test_a_transfer_in_the_companys_currency_pays_a_foreign_invoice_at_its_own_rate(self):
        euro = self.foreign("EUR", rate=2.0)
        invoice = self.pushed(currency_id=euro.id)
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": "2026-03-21",
                "payment_ref": invoice.name,
                "amount": 58.0,
                "foreign_currency_id": euro.id,
                "amount_currency": 120.0,
                "partner_id": self.partner.id,
            }
        )
        _liquidity, suspense, _others = line._seek_for_lines()
        owed = invoice.line_ids.filtered(lambda item: item.account_id.account_type == "asset_receivable")
        commands = [
            Command.unlink(suspense.id),
            Command.create(
                {
                    "account_id": owed.account_id.id,
                    "partner_id": self.partner.id,
                    "currency_id": euro.id,
                    "amount_currency": -120.0,
                    "balance": -58.0,
                }
            ),
        ]
        line.move_id.with_context(force_delete=True, skip_readonly_check=True).write({"line_ids": commands})
        self.reconcile(invoice, line.move_id)
        self.run_sync()
        self.assert_books_agree(invoice)
        [paid] = self.live_payments()
        # 120.00 EUR were 58.00 on the bank: 120 / 58 = 2.068966.
        self.assertEqual((str(paid["Amount"]), str(paid["CurrencyRate"])), ("120.00", "2.068966"))

    # -- Accounts of the balance sheet ---------------------------------------------------------------------------------

    def account(self, name, account_type, **values):
        return self.env["account.account"].create(
            {"name": name, "code": f"X{self.env['account.account'].search_count([])}", "account_type": account_type,
             "company_ids": self.company.ids, **values}
        )  # fmt: skip

    def test_withheld_tax_is_no_write_off_until_its_account_is_mapped(self):
        withheld = self.account("Withholding Tax Receivable", "asset_current")
        invoice = self.pushed()
        self.statement(108.0, invoice, others=[(withheld, 12.0)])
        self.run_sync()
        self.assert_settlement_held(invoice, "settlement", withheld.code, "Withholding Tax", "Mapping → Accounts")
        self.assertFalse(self.organisation.credit_notes)
        withheld.xero_account_id = self.xero_account(self.connection, "620")
        self.run_sync()
        self.assert_books_agree(invoice)
        [made] = self.calls("PUT", "/CreditNotes")
        self.assertIn(b'"AccountCode":"620"', made.body.replace(b": ", b":"))
        # Half of it is not taken back when the mapping goes.
        withheld.xero_account_id = False
        invoice._xero_mark()
        self.run_sync()
        self.assertEqual(self.figures(invoice), ("0.00", "108.00", "12.00"))

    def test_an_entry_on_an_outstanding_account_of_the_bank_is_a_payment(self):
        outstanding = self.bank._get_journal_inbound_outstanding_payment_accounts()[:1]
        self.assertTrue(outstanding)
        invoice = self.pushed()
        owed = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable").account_id
        entry = self.entry([(outstanding, 120.0), (owed, -120.0)], journal=self.bank)
        self.reconcile(invoice, entry)
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))

    def test_what_a_point_of_sale_took_is_paid_from_the_account_that_it_is_mapped_to(self):
        at_the_till = self.account("Receivable (PoS)", "asset_receivable", reconcile=True)
        invoice = self.pushed()
        owed = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable").account_id
        entry = self.entry([(at_the_till, 120.0), (owed, -120.0)])
        (invoice | entry).line_ids.filtered(lambda line: line.account_id == owed).reconcile()
        self.run_sync()
        self.assert_settlement_held(invoice, "settlement", at_the_till.code, "Receivable (PoS)", "allows payments")
        at_the_till.xero_account_id = self.xero_account(self.connection, "880")
        self.run_sync()
        self.assert_books_agree(invoice)
        self.assertEqual(self.figures(invoice), ("0.00", "120.00", "0.00"))

    def test_a_transfer_to_another_partner_is_held_with_the_way_out(self):
        invoice = self.pushed()
        owed = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable").account_id
        entry = self.entry([(owed, 120.0), (owed, -120.0)])
        lines = (invoice | entry).line_ids.filtered(lambda line: line.account_id == owed)
        lines.filtered(lambda line: line.move_id == invoice or line.balance < 0).reconcile()
        self.run_sync()
        self.assert_settlement_held(invoice, "settlement", "another partner", "clearing account")
