import csv

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import file_open, mute_logger

from ..models.xero_proposed import name_key
from .common import XeroCase

# Odoo's own charts, read from its files: their modules need not be installed.
CHARTS = {
    "uk": "l10n_uk/data/template/account.account-uk.csv",
    "us": "account/data/template/account.account-generic_coa.csv",
    "au": "l10n_au/data/template/account.account-au.csv",
}
INVOICING = "base.group_user,account.group_account_invoice"


class TestNames(XeroCase):
    """What makes two names alike."""

    starts_connected = False

    def test_order_case_plural_and_small_words_tell_no_names_apart(self):
        for ours, theirs in (
            ("Bank fees", "Bank Fee"),
            ("Income: Interest", "Interest Income"),
            ("Advertising & Marketing", "Marketing and Advertising"),
            ("Cost of Goods Sold", "Cost goods sold"),
            ("The Sales Account", "Sales"),
        ):
            with self.subTest(ours=ours):
                self.assertEqual(name_key(ours), name_key(theirs))

    def test_other_words_and_numbers_tell_names_apart(self):
        for ours, theirs in (("Sales - Import", "Sales - Export"), ("Sales 1", "Sales 2"), ("Business", "Busines")):
            with self.subTest(ours=ours):
                self.assertNotEqual(name_key(ours), name_key(theirs))


class TestChartProposals(XeroCase):
    """Odoo's whole chart of a country against Xero's: what is proposed, and that nothing else is."""

    starts_connected = False

    def _proposals(self, chart, country):
        """Return dict of Odoo account name → (code in Xero, reason) in a company with just that chart."""
        company = self.env["res.company"].create({"name": "Chart", "currency_id": self.company.currency_id.id})
        self.env.user.company_ids += company
        organisation = self.simulator.add_organisation(
            "Chart", currency=company.currency_id.name, country=country, chart=chart
        )
        self._connect(organisation, name="Chart", code="chart", company_id=company.id)
        with file_open(CHARTS[chart]) as lines:
            rows = [row for row in csv.DictReader(lines) if row["account_type"].startswith(("income", "expense"))]
        accounts = self.env["account.account"].with_company(company).with_context(allowed_company_ids=company.ids)
        accounts = accounts.create(
            [
                {"name": row["name"], "code": row["code"], "account_type": row["account_type"],
                 "company_ids": company.ids}
                for row in rows
            ]
        )  # fmt: skip
        self.assertGreater(len(accounts), 15, "the whole chart was read")
        return {
            account.name: (account.xero_proposed_account_id.code, account.xero_proposal_reason)
            for account in accounts
            if account.xero_proposed_account_id
        }

    def test_united_kingdom(self):
        self.assertEqual(
            self._proposals("uk", "GB"),
            {"Bank fees": ("404", "same name"), "Insurance": ("433", "same name")},
        )

    def test_united_states(self):
        self.assertEqual(
            self._proposals("us", "US"),
            {"Bank Fees": ("404", "same name"), "Cost of Goods Sold": ("310", "same name")},
        )

    def test_australia(self):
        self.assertEqual(
            self._proposals("au", "AU"),
            {
                "Cost of Goods Sold #1": ("310", "similar name"),
                "Cost of Goods Sold # 2": ("310", "similar name"),
                "Cost of Goods Sold # 3": ("310", "similar name"),
                "Insurance": ("433", "same name"),
                "Interest Income": ("270", "same name"),
            },
        )


class TestAccountProposals(XeroCase):
    """Proposals for accounts, and accepting them."""

    def account(self, name, code="Z1", account_type="income", **values):
        return self.env["account.account"].create(
            {"name": name, "code": code, "account_type": account_type, "company_ids": self.company.ids, **values}
        )

    def proposed(self, *args, **values):
        account = self.account(*args, **values)
        return account.xero_proposed_account_id.code or "", account.xero_proposal_reason or ""

    def add_to_xero(self, name, code, kind="REVENUE"):
        """An account that somebody makes in Xero."""
        model = next(iter(self.organisation.accounts.values()))
        record = {
            **model, "AccountID": self.simulator.ids.guid(), "Code": code, "Name": name, "Type": kind,
            "Class": "REVENUE" if kind in ("REVENUE", "SALES", "OTHERINCOME") else "EXPENSE", "SystemAccount": "",
            "EnablePaymentsToAccount": False,
        }  # fmt: skip
        self.organisation.accounts.put({name: value for name, value in record.items() if not name.startswith("Bank")})

    def refresh(self):
        self.connection.action_refresh_references()
        self.env.invalidate_all()

    def test_the_same_code_in_the_same_class_comes_first(self):
        self.assertEqual(self.proposed("Export sales", code="205"), ("205", "same code"))
        self.assertEqual(self.proposed("Sales", code="260"), ("260", "same code"))

    def test_the_same_code_of_another_class_is_not_proposed(self):
        self.assertEqual(self.proposed("Turnover", code="400"), ("", ""))

    def test_the_same_name_in_the_same_class(self):
        self.assertEqual(self.proposed("Interest income", account_type="income_other"), ("270", "same name"))

    def test_the_same_name_of_another_class_is_not_proposed(self):
        self.assertEqual(self.proposed("Consulting"), ("", ""), "in Xero it is an expense")

    def test_numbers_that_only_odoo_has_make_a_name_similar(self):
        account = ("Cost of Goods Sold #1", "Z1", "expense_direct_cost")
        self.assertEqual(self.proposed(*account), ("310", "similar name"))

    def test_a_name_that_two_accounts_in_xero_share_is_not_proposed(self):
        self.add_to_xero("Interest", "271")
        self.add_to_xero("Interests", "272")
        self.refresh()
        self.assertEqual(self.proposed("Interest"), ("", ""))

    def test_of_two_numbered_accounts_neither_is_proposed(self):
        self.add_to_xero("Fees 1", "271")
        self.add_to_xero("Fees 2", "272")
        self.refresh()
        self.assertEqual(self.proposed("Fees"), ("", ""))
        self.assertEqual(self.proposed("Fees 3", code="Z2"), ("", ""))

    def test_accounts_that_xero_does_not_take_on_lines_are_not_proposed(self):
        self.assertEqual(self.proposed("Realised Currency Gains", account_type="expense"), ("", ""), "a system account")
        self.assertEqual(self.proposed("Sundry Income", "Z2"), ("", ""), "an account without a code")
        self.assertEqual(self.proposed("Old Advertising", "Z3", "expense"), ("", ""), "an archived account")

    def test_the_only_account_for_income_is_proposed_for_all_income(self):
        for record in list(self.organisation.accounts.values()):
            if record["Class"] == "REVENUE" and record["Code"] != "200":
                self.organisation.accounts.put({**record, "Status": "ARCHIVED"})
        self.refresh()
        self.assertEqual(self.proposed("Turnover"), ("200", "only account for income in Xero"))
        self.assertEqual(self.proposed("Deferred", "Z2", "liability_current"), ("", ""))

    def test_what_is_mapped_has_no_proposal(self):
        account = self.account("Sales", xero_account_id=self.xero_account(self.connection, "260").id)
        self.assertFalse(account.xero_proposed_account_id)
        self.assertFalse(account.xero_proposal_reason)

    def test_a_mapping_to_another_organisation_counts_as_missing(self):
        account = self.account("Sales", xero_account_id=self.xero_account(self.connection, "260").id)
        self.connection.action_disconnect()
        organisation = self.simulator.add_organisation("Second", currency=self.company.currency_id.name)
        second = self._connect(organisation, name="Second", code="second")
        self.env.invalidate_all()
        self.assertEqual(account.xero_proposed_account_id, self.xero_account(second, "200"))

    def test_a_branch_is_proposed_nothing_for_what_its_root_mapped(self):
        account = self.account("Sales", xero_account_id=self.xero_account(self.connection, "260").id)
        branch = self.env["res.company"].create({"name": "Branch", "parent_id": self.company.id})
        self.assertFalse(account.with_company(branch).xero_proposed_account_id)

    def test_accepting_maps_what_has_a_proposal_and_says_so_if_nothing_has(self):
        sales, odd = self.account("Sales"), self.account("Odd", "Z2")
        (sales | odd).action_accept_xero_proposal()
        self.assertEqual(sales.xero_account_id, self.xero_account(self.connection, "200"))
        self.assertFalse(odd.xero_account_id)
        with self.assertRaisesRegex(UserError, "no proposal"):
            (sales | odd).action_accept_xero_proposal()

    def test_five_hundred_accounts_are_proposed_for_without_a_query_for_each(self):
        for number in range(300):
            self.add_to_xero(f"Income of kind {number:03}", f"N{number:03}")
        self.refresh()
        accounts = self.env["account.account"].create(
            [
                {"name": f"Income kind {n:03}", "code": f"Y{n:03}", "account_type": "income",
                 "company_ids": self.company.ids}
                for n in range(500)
            ]
        )  # fmt: skip
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            found = accounts.mapped("xero_proposed_account_id")
        self.assertEqual(len(found), 300)

    # -- Rights ------------------------------------------------------------------------------------------------------

    def as_user(self, groups):
        user = new_test_user(self.env, "clerk", groups, company_id=self.company.id, company_ids=self.company.ids)
        return self.env(user=user, context={"allowed_company_ids": self.company.ids})

    def test_an_administrator_of_xero_accepts_without_the_right_to_configure_accounting(self):
        sales, tax = self.account("Sales"), self.percent_tax(5)
        env = self.as_user(f"{INVOICING},xero_connector.group_xero_manager")
        self.assertFalse(env.user.has_group("account.group_account_manager"))
        sales.with_env(env).action_accept_xero_proposal()
        tax.with_env(env).action_accept_xero_proposal()
        self.assertEqual(sales.xero_account_id.code, "200")
        self.assertEqual(tax.xero_tax_rate_id.code, "RROUTPUT")

    def test_a_user_of_xero_accepts_nothing(self):
        sales = self.account("Sales")
        env = self.as_user(f"{INVOICING},xero_connector.group_xero_user")
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            sales.with_env(env).action_accept_xero_proposal()

    def test_an_accountant_who_sees_xero_accepts_with_the_right_to_configure_accounting(self):
        sales = self.account("Sales")
        env = self.as_user("account.group_account_manager,xero_connector.group_xero_user")
        sales.with_env(env).action_accept_xero_proposal()
        self.assertEqual(sales.xero_account_id.code, "200")

    def test_an_administrator_of_another_company_maps_nothing(self):
        other = self.env["res.company"].create({"name": "Harbour"})
        user = new_test_user(
            self.env, "stranger", f"{INVOICING},xero_connector.group_xero_manager", company_id=other.id,
            company_ids=other.ids,
        )  # fmt: skip
        env = self.env(user=user, context={"allowed_company_ids": other.ids})
        twin = self.xero_account(self.connection, "200")
        for record in (self.account("Sales"), self.percent_tax(5)):
            with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
                record.with_env(env)._xero_map(twin.with_env(env))
