from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from .common import XeroCase

INVOICING = "base.group_user,account.group_account_invoice"


class TestPaymentAccounts(XeroCase):
    """Which account in Xero the payments of a journal are on (M12, R2)."""

    def setUp(self):
        super().setUp()
        self.bank = self.xero_account(self.connection, "090")

    def named(self, name):
        return self.env["xero.account"].search([("connection_id", "=", self.connection.id), ("name", "=", name)])

    def journal(self, name="Current Account", journal_type="bank", code="ZB1", **values):
        return self.env["account.journal"].create(
            {"name": name, "type": journal_type, "code": code, "company_id": self.company.id, **values}
        )

    def number(self, text):
        """A bank account of the company."""
        return self.env["res.partner.bank"].create({"acc_number": text, "partner_id": self.company.partner_id.id})

    def proposed(self, journal):
        self.env.invalidate_all()
        return journal.xero_proposed_account_id.name or "", journal.xero_proposal_reason or ""

    def only_bank(self):
        """Leave one bank account and one card in Xero."""
        for record in list(self.organisation.accounts.values()):
            if record["Name"] == "Savings Account":
                self.organisation.accounts.put({**record, "Status": "ARCHIVED"})
        self.connection.action_refresh_references()
        journals = self.env["account.journal"].search([("company_id", "=", self.company.id), ("type", "=", "bank")])
        journals.active = False
        self.env.invalidate_all()

    def assert_refused(self, journal, account, *words):
        with self.assertRaises(ValidationError) as refusal, self.env.cr.savepoint():
            journal.xero_account_id = account
        for word in words:
            self.assertIn(word, str(refusal.exception))

    # -- What may be chosen ------------------------------------------------------------------------------------------

    def test_a_bank_account_or_one_that_allows_payments_may_be_chosen(self):
        journal = self.journal()
        for account in (self.bank, self.named("Savings Account"), self.xero_account(self.connection, "880")):
            journal.xero_account_id = account
            self.assertEqual(journal._xero_payment_account(self.connection), account)

    def test_other_accounts_are_refused_with_the_way_to_allow_payments_in_xero(self):
        sales = self.xero_account(self.connection, "200")
        self.assert_refused(self.journal(), sales, "200 Sales", "tick Enable payments to this account")

    def test_the_screen_offers_accounts_for_payments_alone(self):
        domain = self.env["account.journal"]._fields["xero_account_id"].domain
        self.assertIn("('usable_for_payments', '=', True)", domain)

    def test_another_connections_account_is_refused(self):
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.company.currency_id.id})
        organisation = self.simulator.add_organisation("Second", currency=self.company.currency_id.name)
        second = self._connect(organisation, name="Second", code="second", company_id=other.id)
        self.assert_refused(self.journal(), self.xero_account(second, "090"), "another Xero connection")

    def test_a_bank_account_of_another_currency_is_refused(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        journal = self.journal(currency_id=euro.id)
        self.assert_refused(journal, self.bank, "EUR", self.company.currency_id.name, "090 Business Bank Account")

    def test_the_currency_of_a_mapped_journal_cannot_become_another_one(self):
        journal = self.journal(xero_account_id=self.bank.id)
        euro = self.env.ref("base.EUR")
        euro.active = True
        with self.assertRaisesRegex(ValidationError, "EUR"):
            journal.currency_id = euro

    def test_an_accountant_without_rights_in_xero_changes_the_currency_of_a_mapped_journal(self):
        self.connection.default_payment_account_id = self.bank
        journal = self.journal(xero_account_id=self.bank.id)
        euro = self.env.ref("base.EUR")
        euro.active = True
        groups = "base.group_user,account.group_account_manager"
        user = new_test_user(self.env, "accountant", groups, company_id=self.company.id, company_ids=self.company.ids)
        journal.with_user(user).with_context(allowed_company_ids=self.company.ids).currency_id = euro
        self.env.flush_all()
        self.assertEqual(journal.currency_id, euro)
        self.assertFalse(journal._xero_payment_account(self.connection), "payments are held, not booked elsewhere")

    def test_an_account_that_has_no_currency_in_xero_serves_any_journal(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        undeposited = self.xero_account(self.connection, "880")
        self.assertEqual(self.journal(currency_id=euro.id, xero_account_id=undeposited.id).xero_account_id, undeposited)

    # -- Which one is used -------------------------------------------------------------------------------------------

    def test_without_an_account_of_its_own_a_journal_uses_the_connections_default(self):
        journal = self.journal()
        self.assertFalse(journal._xero_payment_account(self.connection))
        self.connection.default_payment_account_id = self.bank
        self.assertEqual(journal._xero_payment_account(self.connection), self.bank)

    def test_a_journals_own_account_comes_before_the_default(self):
        self.connection.default_payment_account_id = self.bank
        own = self.named("Savings Account")
        self.assertEqual(self.journal(xero_account_id=own.id)._xero_payment_account(self.connection), own)

    def test_an_account_that_was_archived_in_xero_counts_as_missing(self):
        self.connection.default_payment_account_id = self.bank
        own = self.named("Savings Account")
        journal = self.journal(xero_account_id=own.id)
        record = self.organisation.accounts.get(own.xero_id)
        self.organisation.accounts.put({**record, "Status": "ARCHIVED"})
        self.connection.action_refresh_references()
        self.env.invalidate_all()
        self.assertEqual(journal._xero_payment_account(self.connection), self.bank)

    def test_a_copy_of_a_journal_has_no_account(self):
        self.assertFalse(self.journal(xero_account_id=self.bank.id).copy().xero_account_id)

    def test_deleting_the_connection_leaves_the_journal(self):
        journal = self.journal(xero_account_id=self.bank.id)
        self.connection.action_disconnect()
        self.connection.unlink()
        self.assertFalse(journal.exists().xero_account_id)

    # -- Proposals ---------------------------------------------------------------------------------------------------

    def test_the_same_bank_account_number_comes_first(self):
        journal = self.journal(bank_account_id=self.number("GB29 NWBK 0209 0876 5432 9998").id)
        self.assertEqual(self.proposed(journal), ("", ""), "its last digit is another one")
        journal.bank_account_id = self.number("GB29 NWBK 0209 0876 5432 9999")
        self.assertEqual(self.proposed(journal), ("Savings Account", "same bank account number"))

    def test_a_number_of_few_digits_proves_nothing(self):
        journal = self.journal(bank_account_id=self.number("9999994111").id)
        self.assertEqual(self.proposed(journal), ("", ""))

    def test_the_same_name(self):
        self.assertEqual(self.proposed(self.journal("Savings")), ("Savings Account", "same name"))

    def test_a_card_is_no_bank_account(self):
        self.assertEqual(self.proposed(self.journal("Company Card")), ("", ""))
        card = self.journal("Company Card", "credit", code="ZC1")
        self.assertEqual(self.proposed(card), ("Company Card", "same name"))

    def test_of_two_bank_accounts_in_xero_neither_is_proposed(self):
        self.assertEqual(self.proposed(self.journal()), ("", ""))

    def test_the_only_bank_account_of_the_currency(self):
        self.only_bank()
        reason = f"only bank account in {self.company.currency_id.name}"
        self.assertEqual(self.proposed(self.journal()), ("Business Bank Account", reason))

    def test_of_two_journals_in_one_currency_neither_is_proposed_the_only_bank_account(self):
        self.only_bank()
        first, second = self.journal(), self.journal("Second", code="ZB2")
        self.assertEqual(self.proposed(first), ("", ""))
        self.assertEqual(self.proposed(second), ("", ""))

    def test_a_bank_account_that_a_journal_has_is_not_proposed_as_the_only_one(self):
        self.only_bank()
        self.journal(xero_account_id=self.bank.id)
        self.assertEqual(self.proposed(self.journal("Second", code="ZB2")), ("", ""))

    def test_a_journal_in_another_currency_is_proposed_nothing(self):
        self.only_bank()
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.assertEqual(self.proposed(self.journal("Business Bank Account", currency_id=euro.id)), ("", ""))

    def test_cash_is_proposed_by_name_alone(self):
        self.only_bank()
        self.assertEqual(self.proposed(self.journal("Till", "cash", code="ZK1")), ("", ""))
        till = self.journal("Undeposited Funds", "cash", code="ZK2")
        self.assertEqual(self.proposed(till), ("Undeposited Funds", "same name"))

    def test_journals_of_sales_are_proposed_nothing(self):
        journal = self.company_data["default_journal_sale"]
        journal.name = "Business Bank Account"
        self.assertEqual(self.proposed(journal), ("", ""))

    def test_accepting_maps_and_says_so_if_there_is_nothing(self):
        journal = self.journal("Savings")
        journal.action_accept_xero_proposal()
        self.assertEqual(journal.xero_account_id, self.named("Savings Account"))
        with self.assertRaisesRegex(UserError, "no proposal"):
            journal.action_accept_xero_proposal()

    def test_a_hundred_journals_are_proposed_for_without_a_query_for_each(self):
        journals = self.env["account.journal"].create(
            [
                {"name": f"Bank {n}", "type": "bank", "code": f"Q{n:03}", "company_id": self.company.id}
                for n in range(100)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(20):
            self.assertFalse(journals.mapped("xero_proposed_account_id"))

    # -- Rights ------------------------------------------------------------------------------------------------------

    def as_user(self, groups, company=None):
        company = company or self.company
        user = new_test_user(self.env, "clerk", groups, company_id=company.id, company_ids=company.ids)
        return self.env(user=user, context={"allowed_company_ids": company.ids})

    def test_the_field_is_on_the_form_for_users_of_xero(self):
        env = self.as_user("account.group_account_manager,xero_connector.group_xero_user")
        with Form(self.journal().with_env(env)) as form:
            form.xero_account_id = self.bank.with_env(env)

    def test_whoever_has_no_rights_in_xero_edits_journals_as_before(self):
        journal = self.journal(xero_account_id=self.bank.id)
        env = self.as_user("account.group_account_manager")
        with Form(journal.with_env(env)) as form:
            form.name = "Renamed"
        self.assertEqual(journal.xero_account_id, self.bank)
        self.assertNotIn("xero_account_id", journal.with_env(env).fields_get())

    def test_an_administrator_of_xero_accepts_without_the_right_to_configure_accounting(self):
        journal = self.journal("Savings")
        journal.with_env(self.as_user(f"{INVOICING},xero_connector.group_xero_manager")).action_accept_xero_proposal()
        self.assertEqual(journal.xero_account_id, self.named("Savings Account"))

    def test_a_user_of_xero_maps_nothing(self):
        env = self.as_user(f"{INVOICING},xero_connector.group_xero_user")
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.journal("Savings").with_env(env).action_accept_xero_proposal()
