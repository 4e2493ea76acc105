from odoo import Command
from odoo.exceptions import UserError, ValidationError

from .document_case import DocumentCase


class TestMapping(DocumentCase):
    """Which Xero account and tax rate a line gets, and what is said when there is none."""

    def setUp(self):
        super().setUp()
        self.category = self.env["product.category"].create({"name": "All goods"})
        self.child = self.env["product.category"].create({"name": "Books", "parent_id": self.category.id})
        self.product = self.env["product.product"].create(
            {"name": "Atlas", "categ_id": self.child.id, "taxes_id": [Command.set(self.tax.ids)]}
        )
        self.income = self.company_data["default_account_revenue"]

    def account(self, code, connection=None):
        return self.xero_account(connection or self.connection, code)

    def invoice(self, lines=None, **values):
        values.setdefault("taxes", self.tax)
        line = {
            "name": "Atlas",
            "product_id": self.product.id,
            "price_unit": 10,
            "tax_ids": [Command.set(values["taxes"].ids)],
        }
        return self.new_invoice(values.pop("partner", self.partner), lines=lines or [line], **values)

    def assert_account(self, invoice, code):
        self.run_sync()
        binding = self.binding(invoice)
        self.assertEqual(binding.state, "synced", binding.message)
        self.assertEqual(self.sent_lines(invoice)[0]["AccountCode"], code)

    # -- Accounts (M1, M2) -------------------------------------------------------------------------------------------

    def test_line_then_product_then_category_then_odoo_account_then_default(self):
        self.assert_account(self.invoice(), "200")
        self.income.xero_account_id = self.account("260")
        self.assert_account(self.invoice(), "260")
        self.category.xero_account_id = self.account("270")
        self.assert_account(self.invoice(), "270")
        self.child.xero_account_id = self.account("205")
        self.assert_account(self.invoice(), "205")
        self.product.product_tmpl_id.xero_account_id = self.account("810")
        self.assert_account(self.invoice(), "810")
        invoice = self.invoice(post=False)
        invoice.invoice_line_ids.xero_account_id = self.account("850")
        invoice.action_post()
        self.assert_account(invoice, "850")

    def test_the_default_account_applies_at_once_to_documents_and_products_that_exist(self):
        self.connection.default_account_id = False
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "account", "Atlas", "no Xero account is mapped")
        self.connection.default_account_id = self.account("200")
        self.assert_account(invoice, "200")

    def test_the_override_of_a_line_on_a_confirmed_invoice_reaches_xero(self):
        invoice = self.invoice()
        self.run_sync()
        invoice.invoice_line_ids.xero_account_id = self.account("260")
        self.assert_account(invoice, "260")
        self.assertEqual(len(self.organisation.invoices), 1)

    def test_a_copied_invoice_does_not_copy_the_override(self):
        invoice = self.invoice()
        invoice.invoice_line_ids.xero_account_id = self.account("260")
        self.assertFalse(invoice.copy().invoice_line_ids.xero_account_id)

    def test_a_branch_s_own_value_wins_and_its_root_s_value_serves_otherwise(self):
        branch = self.env["res.company"].create({"name": "Leeds branch", "parent_id": self.company.id})
        template = self.product.product_tmpl_id
        template.xero_account_id = self.account("260")
        self.assertFalse(template.with_company(branch).xero_account_id, "Odoo itself does not inherit it")
        self.assertEqual(branch._xero_value(template, "xero_account_id"), self.account("260"))
        template.with_company(branch).xero_account_id = self.account("270")
        self.assertEqual(branch._xero_value(template, "xero_account_id"), self.account("270"))
        self.assertEqual(self.company._xero_value(template, "xero_account_id"), self.account("260"))

    def test_a_branch_s_invoice_goes_through_its_root_s_connection_with_the_branch_s_mapping(self):
        branch = self.env["res.company"].create(
            {"name": "Leeds branch", "parent_id": self.company.id, "country_id": self.company.country_id.id}
        )
        self.env.user.company_ids |= branch
        # Odoo gives a new branch its root's accounts when the transaction ends.
        self.env.cr.precommit.run()
        self.product.product_tmpl_id.with_company(branch).xero_account_id = self.account("270")
        env = self.env(context=dict(self.env.context, allowed_company_ids=[branch.id, self.company.id]))
        journal = self.company_data["default_journal_sale"]
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-03-10",
                "company_id": branch.id,
                "journal_id": journal.id,
                "invoice_line_ids": [
                    Command.create(
                        {"product_id": self.product.id, "price_unit": 10, "tax_ids": [Command.set(self.tax.ids)]}
                    )
                ],
            }
        )
        invoice.action_post()
        self.assertEqual(invoice.company_id, branch)
        self.assert_account(invoice, "270")
        self.assertEqual(self.binding(invoice).connection_id, self.connection)

    def second_connection(self):
        """Another company with an organisation of its own."""
        company = self.env["res.company"].create({"name": "Sister", "currency_id": self.company.currency_id.id})
        self.env.user.company_ids |= company
        organisation = self.simulator.add_organisation("Sister Ltd", currency=company.currency_id.name, chart="uk")
        app = self.simulator.add_app(redirect_uris=["http://localhost:8069/xero/oauth/callback"])
        return self._connect(organisation, app, name="Sister", code="sister", company_id=company.id)

    def test_an_account_of_another_connection_counts_as_missing(self):
        other = self.second_connection()
        self.product.product_tmpl_id.xero_account_id = self.account("260", other)
        self.assert_account(self.invoice(), "200")
        self.connection.default_account_id = False
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "account", "no Xero account is mapped")

    def test_a_tax_rate_of_another_connection_counts_as_missing(self):
        self.tax.xero_tax_rate_id = self.xero_rate(self.second_connection(), "OUTPUT2")
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "tax", self.tax.name, "has no Xero tax rate")

    def test_an_account_archived_in_xero_is_named_and_its_line_held(self):
        self.child.xero_account_id = self.account("260")
        self.organisation.archive_account("260")
        self.connection.action_refresh_references()
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "account", "260 Other Revenue", "archived")

    def test_an_account_without_code_is_refused_with_the_way_to_fix_it(self):
        account = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("name", "=", "Sundry Income")]
        )
        self.child.xero_account_id = account
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "account", "Sundry Income has no code", "give it a code", "Refresh from Xero")
        with self.assertRaisesRegex(ValidationError, "has no code"):
            self.connection.default_account_id = account
        record = next(a for a in self.organisation.accounts.values() if a["Name"] == "Sundry Income")
        self.organisation.accounts.put({**record, "Code": "265"})
        self.connection.action_refresh_references()
        self.assert_account(invoice, "265")

    def test_bank_and_system_accounts_cannot_be_chosen_for_lines(self):
        for code in ("090", "610", "800", "820", "960"):
            account = self.account(code)
            self.assertFalse(account.usable_on_lines, code)
            with self.assertRaisesRegex(ValidationError, "bank or system account"):
                self.connection.default_account_id = account
        self.child.xero_account_id = self.account("090")
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "account", "bank or system account")

    def test_an_account_of_another_organisation_is_no_default(self):
        with self.assertRaisesRegex(ValidationError, "another Xero connection"):
            self.connection.default_account_id = self.account("200", self.second_connection())

    # -- Taxes (M7, M8) ----------------------------------------------------------------------------------------------

    def test_an_unmapped_tax_holds_the_invoice_by_default(self):
        self.tax.xero_tax_rate_id = False
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "tax", self.tax.name, "Xero → Mapping → Taxes")
        self.assertFalse(self.organisation.invoices)

    def test_an_unmapped_tax_is_left_to_the_account_by_policy(self):
        self.tax.xero_tax_rate_id = False
        self.connection.unmapped_tax_policy = "account_default"
        invoice = self.invoice()
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced", self.binding(invoice).message)
        self.assertNotIn("TaxType", self.sent_lines(invoice)[0])
        # 10.00 + 20 % of account 200's own rate
        self.assertEqual(str(self.organisation.invoice_by_number(invoice.name)["Total"]), "12.00")

    def test_the_account_s_own_rate_must_give_odoo_s_tax(self):
        self.connection.unmapped_tax_policy = "account_default"
        invoice = self.invoice(taxes=self.percent_tax(5))
        self.run_sync()
        # Odoo: 10.00 + 0.50; account 200 has 20 %, so Xero would make 12.00 of it.
        self.assert_held(invoice, "totals", "12.00", "10.50")

    def test_the_account_s_own_rate_must_be_odoo_s_even_if_the_cents_agree(self):
        self.connection.unmapped_tax_policy = "account_default"
        line = {"name": "Stamp", "price_unit": 0.4, "tax_ids": [Command.set(self.percent_tax(19).ids)]}
        invoice = self.invoice(lines=[line])
        self.run_sync()
        # 19 % of 0.40 is 0.08 (0.076), and so is 20 %.
        self.assert_held(
            invoice, "totals", "is 19 % and not mapped", "account 200 Sales, which is 20 %", "Mapping → Taxes"
        )

    def test_a_line_without_tax_gets_xero_s_none(self):
        invoice = self.invoice(taxes=self.env["account.tax"])
        self.run_sync()
        self.assertEqual(self.sent_lines(invoice)[0]["TaxType"], "NONE")
        self.assertEqual(str(self.organisation.invoice_by_number(invoice.name)["TotalTax"]), "0.00")

    def test_a_line_without_tax_gets_the_rate_that_was_chosen_for_such_lines(self):
        self.connection.exempt_tax_rate_id = self.xero_rate(self.connection, "EXEMPTOUTPUT")
        invoice = self.invoice(taxes=self.env["account.tax"])
        self.run_sync()
        self.assertEqual(self.sent_lines(invoice)[0]["TaxType"], "EXEMPTOUTPUT")

    def test_the_rate_for_lines_without_tax_must_be_a_zero_rate_of_this_organisation(self):
        for rate in (self.xero_rate(self.connection, "OUTPUT2"), self.xero_rate(self.second_connection(), "NONE")):
            with self.assertRaisesRegex(ValidationError, "not a zero rate of this organisation"):
                self.connection.exempt_tax_rate_id = rate

    def test_a_tax_and_a_rate_of_another_percentage_cannot_be_paired(self):
        with self.assertRaisesRegex(ValidationError, "20 %.*5 %"):
            self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "RROUTPUT")
        with self.assertRaisesRegex(ValidationError, "Choose a rate of 21 %"):
            self.tax.amount = 21
        fixed = self.percent_tax(0, amount_type="fixed", amount=20, name="Fixed 20")
        with self.assertRaisesRegex(ValidationError, "only percentage taxes"):
            fixed.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")

    def test_a_zero_tax_maps_to_a_zero_rate(self):
        zero = self.percent_tax(0)
        zero.xero_tax_rate_id = self.xero_rate(self.connection, "ZERORATEDOUTPUT")
        invoice = self.invoice(taxes=zero)
        self.run_sync()
        self.assertEqual(self.sent_lines(invoice)[0]["TaxType"], "ZERORATEDOUTPUT")

    def test_a_rate_that_xero_does_not_allow_with_the_account_is_found_before_sending(self):
        self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "INPUT2")
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "tax", "does not allow", "INPUT2", "200 Sales")
        self.assertFalse(self.calls("PUT", "/Invoices"))
        self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        self.assert_account(invoice, "200")

    def test_a_rate_that_was_deleted_in_xero_is_named(self):
        record = self.organisation.tax_rates["OUTPUT2"]
        self.organisation.tax_rates.put({**record, "Status": "DELETED"})
        self.connection.action_refresh_references()
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "tax", "20% (VAT on Income)", "no longer active")

    # -- All at once, and released by itself (B4) ----------------------------------------------------------------------

    def test_every_problem_is_reported_at_once(self):
        self.organisation.set_lock_dates(period="2026-03-31")
        self.connection.action_refresh_references()
        self.connection.write({"default_account_id": False, "add_currencies": False})
        unmapped = self.percent_tax(7)
        sek = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "SEK")])
        sek.active = True
        invoice = self.invoice(taxes=unmapped, currency_id=sek.id)
        self.simulator.calls.clear()
        self.run_sync()
        binding = self.binding(invoice)
        for word in ("locked up to 2026-03-31", "SEK", "no Xero account is mapped", "has no Xero tax rate"):
            self.assertIn(word, binding.message)
        self.assertEqual(binding.state, "blocked")
        self.assertFalse(self.calls("PUT", "/Invoices"))

    def test_writing_a_missing_mapping_releases_the_held_invoices_by_itself(self):
        releases = {
            "product": lambda: self.product.product_tmpl_id.write({"xero_account_id": self.account("260").id}),
            "category": lambda: self.child.write({"xero_account_id": self.account("260").id}),
            "Odoo account": lambda: self.income.write({"xero_account_id": self.account("260").id}),
            "variant": lambda: self.product.write({"xero_account_id": self.account("260").id}),
        }
        for name, release in releases.items():
            self.connection.default_account_id = False
            self.product.product_tmpl_id.xero_account_id = self.child.xero_account_id = False
            self.income.xero_account_id = False
            invoice = self.invoice()
            self.run_sync()
            self.assert_held(invoice, "account")
            release()
            self.run_sync()
            self.assertEqual(self.binding(invoice).state, "synced", name)

    def test_mapping_account_and_tax_in_either_order_releases(self):
        for first, second in (("tax", "account"), ("account", "tax")):
            self.connection.default_account_id = False
            self.tax.xero_tax_rate_id = False
            invoice = self.invoice()
            self.run_sync()
            for step in (first, second):
                if step == "tax":
                    self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
                else:
                    self.connection.default_account_id = self.account("200")
                self.run_sync()
            self.assertEqual(self.binding(invoice).state, "synced", f"{first}, then {second}")

    def test_a_mapping_changed_later_reaches_invoices_with_their_next_change_only(self):
        invoice = self.invoice()
        self.run_sync()
        self.simulator.calls.clear()
        self.product.product_tmpl_id.xero_account_id = self.account("260")
        self.run_sync()
        self.assertFalse(self.calls(), "a mapping does not rewrite the books of the past by itself")
        invoice.ref = "PO 1"
        self.assert_account(invoice, "260")

    def test_a_mapping_that_is_taken_away_leaves_what_is_in_xero(self):
        invoice = self.invoice()
        self.run_sync()
        self.tax.xero_tax_rate_id = False
        invoice.ref = "PO 1"
        self.run_sync()
        self.assert_held(invoice, "tax")
        self.assertEqual(self.organisation.invoice_by_number(invoice.name)["Reference"], "")
        self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        self.run_sync()
        self.assertEqual(self.organisation.invoice_by_number(invoice.name)["Reference"], "PO 1")

    # -- Payment accounts (R2) -----------------------------------------------------------------------------------------

    def test_only_bank_and_payment_enabled_accounts_take_payments(self):
        codes = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("usable_for_payments", "=", True), ("code", "!=", False)]
        )
        self.assertEqual(set(codes.mapped("code")), {"090", "835", "880"})
        with self.assertRaisesRegex(ValidationError, "does not take payments"):
            self.connection.default_payment_account_id = self.account("200")

    def test_copies_of_xero_s_accounts_are_read_only(self):
        user = self.env["res.users"].create(
            {
                "name": "Xero administrator",
                "login": "xero-administrator",
                "group_ids": [Command.link(self.env.ref("xero_connector.group_xero_manager").id)],
            }
        )
        with self.assertRaises(UserError):
            self.account("200").with_user(user).write({"name": "Mine"})
        with self.assertRaises(UserError):
            self.account("200").with_user(user).unlink()
