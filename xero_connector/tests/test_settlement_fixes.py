from odoo.exceptions import UserError

from .settlement_case import SettlementCase


class TestSettlementFixes(SettlementCase):
    """Fix leads from a settlement to where its problem is mended: as a rule, at its document."""

    def fix(self, reason, settlement=None, **values):
        settlement = settlement or self.settlement(self.invoice(), self.pay(self.invoice()))
        self.env.flush_all()
        return self.held(settlement, reason, **values).action_fix()

    def test_a_missing_payment_account_is_mended_in_the_list_of_journals(self):
        self.assertEqual(self.fix("payment_account")["res_model"], "account.journal")

    def test_without_a_journal_of_payments_it_is_mended_in_the_list_of_accounts(self):
        entry = self.env["account.move"].create({"move_type": "entry", "company_id": self.company.id})
        settlement = self.settlement(self.invoice(), entry)
        self.assertEqual(self.fix("payment_account", settlement)["res_model"], "account.account")

    def test_a_payment_account_of_what_is_gone_is_mended_in_the_list_of_journals(self):
        settlement = self.settlement(self.invoice(), self.pay(self.invoice()))
        settlement.sudo().counterpart_id = 99_999_999
        self.assertEqual(self.fix("payment_account", settlement)["res_model"], "account.journal")

    def test_fix_all_of_payment_accounts_opens_the_list_of_journals(self):
        self.fix("payment_account")
        action = self.env.ref("xero_connector.reason_payment_account").action_fix_all()
        self.assertEqual(action["res_model"], "account.journal")

    def test_a_tax_is_that_of_the_document(self):
        tax = self.percent_tax(7)
        settlement = self.settlement(self.invoice(taxes=tax), self.pay(self.invoice()))
        action = self.fix("tax", settlement)
        self.assertEqual(self.env["account.tax"].search(action["domain"]), tax)

    def test_a_contact_is_that_of_the_document(self):
        action = self.fix("contact")
        self.assertEqual(action["res_model"], "xero.contact.link")
        self.assertEqual(self.env["xero.contact.link"].browse(action["res_id"]).partner_id, self.partner)

    def test_what_is_mended_in_the_connection_opens_it(self):
        self.assertEqual(self.fix("account")["res_id"], self.connection.id)

    def test_what_was_changed_in_xero_opens_the_comparison(self):
        invoice = self.pushed()
        self.env.flush_all()
        link = self.binding(invoice)
        link.sudo().write({"state": "blocked", "reason": "changed", "reasons": "changed", "message": "Changed."})
        self.env.flush_all()
        action = link.action_fix()
        self.assertEqual(action["res_model"], "xero.preview.document")
        self.assertEqual(self.env[action["res_model"]].browse(action["res_id"]).move_id, invoice)

    def test_of_a_settlement_the_comparison_is_that_of_its_document(self):
        invoice = self.pushed()
        settlement = self.settlement(invoice, self.pay(self.invoice()))
        action = self.fix("changed", settlement)
        self.assertEqual(self.env[action["res_model"]].browse(action["res_id"]).move_id, invoice)

    def test_what_waits_for_a_document_opens_that_document(self):
        invoice, credit = self.invoice(), self.invoice(move_type="out_refund")
        waited_for = self.held(credit, "tax", xero_type="CreditNote")
        settlement = self.settlement(invoice, credit, kind="allocation")
        action = self.fix("document", settlement, depends_on_id=waited_for.id)
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", credit.id))

    def test_other_reasons_open_the_document(self):
        invoice = self.invoice()
        settlement = self.settlement(invoice, self.pay(self.invoice()))
        action = self.fix("settlement", settlement)
        self.assertEqual((action["res_model"], action["res_id"]), ("account.move", invoice.id))

    def test_of_a_document_that_is_gone_the_settlement_itself_is_opened(self):
        settlement = self.settlement(self.invoice(), self.pay(self.invoice()))
        settlement.sudo().document_id = 99_999_999
        for reason in ("settlement", "tax", "contact", "changed", "applied"):
            with self.subTest(reason=reason):
                self.env["xero.binding"].sudo().search([("res_model", "=", "xero.settlement")]).unlink()
                action = self.fix(reason, settlement)
                if reason == "tax":
                    self.assertFalse(self.env["account.tax"].search(action["domain"]))
                else:
                    self.assertEqual((action["res_model"], action["res_id"]), ("xero.settlement", settlement.id))

    def test_what_xero_has_applied_is_shown_in_xero(self):
        invoice = self.pushed()
        settlement = self.settlement(invoice, self.pay(self.invoice()))
        action = self.fix("applied", settlement)
        self.assertEqual(action["url"], invoice.xero_url)

    def test_a_new_account_of_a_journal_releases_what_waited_for_it(self):
        _invoice, _payment, settlement, _link = self.paid(
            "blocked", reason="payment_account", reasons="payment_account", message="Held."
        )
        self.journal.xero_account_id = self.xero_account(self.connection, "090")
        mark = self.env["xero.mark"].search([])
        self.assertEqual((mark.res_model, mark.res_id), ("xero.settlement", settlement.id))

    def test_another_change_of_a_journal_releases_nothing(self):
        self.paid("blocked", reason="payment_account", reasons="payment_account", message="Held.")
        self.journal.name = "Renamed"
        self.assertFalse(self.env["xero.mark"].search([]))

    def test_nothing_together_is_mended_for_what_waits_for_a_document(self):
        self.fix("document")
        with self.assertRaisesRegex(UserError, "one by one"):
            self.env.ref("xero_connector.reason_document").action_fix_all()
