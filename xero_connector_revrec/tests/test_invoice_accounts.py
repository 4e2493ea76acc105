from .revrec_case import RevrecCase


class TestInvoiceAccounts(RevrecCase):
    """Where Xero has the revenue of an invoice before a journal recognises it."""

    def _accounts(self, invoice):
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced", self.binding(invoice).message)
        return [line["AccountCode"] for line in self.sent_lines(invoice)]

    def test_with_recognition_only_it_is_on_the_deferred_account(self):
        self.assertEqual(self._accounts(self.sold()), ["810"])

    def test_with_both_legs_it_is_on_the_recognised_account(self):
        self.connection.journal_legs = "both"
        self.connection.default_account_id = self.xero_account(self.connection, "260")
        self.assertEqual(self._accounts(self.sold()), ["200"])

    def test_other_lines_go_where_they_went(self):
        plain = self.env["product.product"].create({"name": "Book", "taxes_id": False})
        self.assertEqual(self._accounts(self.sold(self.line(), self.line(product=plain))), ["810", "200"])

    def test_the_choice_of_the_charge_counts_not_todays(self):
        invoice = self.sold()
        self.connection.journal_legs = "both"
        self.assertEqual(self._accounts(invoice), ["810"])

    def test_a_discount_of_a_line_of_its_own_stays_with_its_revenue(self):
        self.connection.discount_as = "line"
        self.connection.discount_account_id = self.xero_account(self.connection, "260")
        invoice = self.sold(self.line(discount=10.0))
        self.assertEqual(self._accounts(invoice), ["810", "810"])
        self.assertEqual(str(self.in_xero(invoice)["Total"]), "1080.00")

    def test_a_completed_charge_moves_its_invoice(self):
        product = self.new_product()
        product.xero_deferred_account_id = False
        invoice = self.sold(self.line(product=product))
        self.assertEqual(self._accounts(invoice), ["200"])
        invoice.xero_charge_ids.deferred_account_id = self.deferred
        self.assertEqual(self._accounts(invoice), ["810"])

    def test_the_preview_of_a_draft_says_where_it_will_go_and_why(self):
        invoice = self.sold(post=False)
        self.env.flush_all()
        action = invoice.action_preview_for_xero()
        line = self.env[action["res_model"]].browse(action["res_id"]).line_ids
        self.assertEqual((line.account[:3], line.rule), ("810", "recognition"))

    def _previewed(self, invoice):
        self.env.flush_all()
        action = invoice.action_preview_for_xero()
        return self.env[action["res_model"]].browse(action["res_id"]).line_ids.mapped(lambda line: line.account[:3])

    def test_an_account_chosen_for_the_line_counts_and_is_previewed(self):
        deferred, recognised = self.xero_account(self.connection, "850"), self.xero_account(self.connection, "205")
        self.connection.deferred_account_ids |= deferred
        self.connection.recognised_account_ids |= recognised
        elsewhere = self.xero_account(self.connection, "260")
        for chosen, account, accounts in (
            (deferred, "850", [deferred, self.recognised]),
            (recognised, "810", [self.deferred, recognised]),
            # Who books a line elsewhere defers nothing of it.
            (elsewhere, "260", []),
        ):
            invoice = self.sold(self.line(xero_account_id=chosen.id), post=False)
            self.assertEqual(self._previewed(invoice), [account])
            invoice.action_post()
            charge = invoice.xero_charge_ids
            self.assertEqual([*charge.deferred_account_id, *charge.recognised_account_id], accounts)
            self.assertEqual(self._accounts(invoice), [account])

    def test_a_draft_with_both_legs_is_previewed_on_the_recognised_account(self):
        self.connection.journal_legs = "both"
        self.connection.default_account_id = self.xero_account(self.connection, "260")
        self.assertEqual(self._previewed(self.sold(post=False)), ["200"])

    def test_a_bill_of_such_a_product_goes_where_it_went(self):
        bill = self.invoice(lines=(self.line(),), move_type="in_invoice", invoice_date="2026-01-01", post=False)
        self.assertNotIn("810", self._previewed(bill))
