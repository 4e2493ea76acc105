import csv

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user
from odoo.tools import file_open, mute_logger
from odoo.tools.safe_eval import safe_eval

from .document_case import DocumentCase

INVOICING = "base.group_user,account.group_account_invoice"


class SetupCase(DocumentCase):
    """A connection that was just made: nothing is mapped, nothing chosen."""

    def _map(self, connection):
        """Leave everything to the assistant; the company has one tax on sales."""
        self.env["account.tax"].search([("company_id", "=", self.company.id)]).active = False
        self.tax = self.percent_tax(20)
        self.company.account_sale_tax_id = self.tax

    def open(self, env=None):
        connection = self.connection.with_env(env) if env else self.connection
        self.env.flush_all()
        setup = connection.env["xero.setup"].browse(connection.action_set_up()["res_id"])
        self.env.invalidate_all()
        return setup

    def step(self, setup, key):
        self.env.invalidate_all()
        return setup.step_ids.filtered(lambda step: step.key == key)

    def lines(self, setup, kind):
        return setup.line_ids.filtered(lambda line: line.kind == kind)

    def line(self, setup, record):
        return setup.line_ids.filtered(lambda line: (line.res_model, line.res_id) == (record._name, record.id))

    def account(self, code):
        return self.xero_account(self.connection, code)

    def as_user(self, groups, company=None):
        company = company or self.company
        user = new_test_user(self.env, "clerk", groups, company_id=company.id, company_ids=company.ids)
        return self.env(user=user, context={"allowed_company_ids": company.ids})


class TestSetup(SetupCase):
    """The checklist and the choices of the assistant."""

    # -- What it shows -----------------------------------------------------------------------------------------------

    def test_a_fresh_connection_shows_what_is_done_and_what_is_missing(self):
        steps = {step.key: step.state for step in self.open().step_ids}
        self.assertEqual(
            steps,
            {
                "connection": "done",
                "lists": "done",
                "default": "missing",
                "expenses": "optional",
                "taxes": "missing",
                "accounts": "optional",
                "journals": "missing",
                "trial": "missing",
            },
        )

    def test_it_names_the_organisation_its_currency_and_a_demo_company(self):
        self.connection.is_demo = True
        text = self.step(self.open(), "connection").text
        for word in ("Demo Company (UK)", self.company.currency_id.name, "demo company"):
            self.assertIn(word, text)

    def test_a_tax_in_use_that_is_missing_is_named(self):
        self.invoice(taxes=self.percent_tax(5, name="Reduced"))
        self.percent_tax(0, name="Unused")
        step = self.step(self.open(), "taxes")
        self.assertEqual(step.text, "0 of 3 mapped. In use and missing: VAT 20 %, Reduced")

    def test_taxes_that_nobody_uses_need_no_rate(self):
        self.company.account_sale_tax_id = False
        self.assertEqual(self.step(self.open(), "taxes").state, "optional")

    def test_taxes_in_use_come_first(self):
        reduced = self.percent_tax(5, name="Reduced", sequence=0)
        self.invoice()
        lines = self.lines(self.open(), "tax")
        self.assertEqual(lines.mapped("res_id"), [self.tax.id, reduced.id])

    def test_taxes_on_purchases_are_left_out(self):
        purchase = self.percent_tax(20, name="Purchase", type_tax_use="purchase")
        self.assertFalse(self.line(self.open(), purchase))

    def test_a_company_without_taxes_is_told_that_invoices_go_without(self):
        self.tax.active = False
        step = self.step(self.open(), "taxes")
        self.assertEqual(step.state, "optional")
        self.assertIn("without tax", step.text)

    def test_an_organisation_without_accounts_says_what_to_do(self):
        self.organisation.accounts = type(self.organisation.accounts)("AccountID", self.organisation.journal, {})
        self.connection.action_refresh_references()
        step = self.step(self.open(), "lists")
        self.assertEqual(step.state, "missing")
        self.assertIn("make its chart of accounts in Xero", step.text)

    def test_a_paused_and_an_ended_connection_say_what_to_do(self):
        for state, word in (("paused", "Resume"), ("expired", "Connect"), ("draft", "Connect")):
            self.connection.state = state
            step = self.step(self.open(), "connection")
            self.assertEqual(step.state, "missing")
            self.assertIn(word, step.text)

    def test_a_hundred_taxes_and_accounts_are_listed_without_a_query_for_each(self):
        for n in range(100):
            self.percent_tax(5, name=f"Tax {n}")
        self.open()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(120):
            self.connection.action_set_up()

    def test_reading_the_steps_again_needs_few_queries(self):
        self.percent_tax(5, name="Reduced")
        setup = self.open()
        steps = setup.step_ids.filtered(lambda step: step.key in ("taxes", "accounts", "journals"))
        states = steps.mapped("state")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            self.assertEqual(steps.mapped("state"), states)

    def test_a_connection_that_is_not_in_use_offers_nothing_of_the_one_that_is(self):
        prepared = self._new_connection(name="Prepared", code="prepared")
        setup = self.env["xero.setup"].browse(prepared.action_set_up()["res_id"])
        self.assertFalse(setup.line_ids)
        self.assertIn("press Connect", self.step(setup, "connection").text)

    # -- Xero's lists ------------------------------------------------------------------------------------------------

    def test_lists_that_were_never_read_are_read_when_it_is_opened(self):
        self.connection._forget_organisation()
        self.assertFalse(self.account("200"))
        setup = self.open()
        self.assertTrue(self.account("200"))
        self.assertEqual(self.step(setup, "lists").state, "done")

    def test_when_xero_is_down_it_opens_and_says_so(self):
        self.connection._forget_organisation()
        self.simulator.fault("status", status=503, times=None)
        setup = self.open()
        step = self.step(setup, "lists")
        self.assertEqual(step.state, "missing")
        self.assertIn("tried again by itself", step.text)
        self.simulator.faults.clear()
        setup.action_read_lists()
        self.assertEqual(self.step(setup, "lists").state, "done")
        self.assertEqual(self.lines(setup, "default").account_id, self.account("200"))

    def test_reading_the_lists_of_a_paused_connection_says_so(self):
        setup = self.open()
        self.connection.action_pause()
        with self.assertRaisesRegex(UserError, "Paused"):
            setup.action_read_lists()

    # -- Proposals ---------------------------------------------------------------------------------------------------

    def test_the_default_account_is_xeros_usual_one_for_sales(self):
        line = self.lines(self.open(), "default")
        self.assertEqual(line.account_id, self.account("200"))
        self.assertEqual(line.reason, "Xero's usual account for sales")

    def test_the_default_account_is_the_one_that_fits_the_companys_own(self):
        self.company.income_account_id = self.env["account.account"].create(
            {"name": "Turnover", "code": "260", "account_type": "income", "company_ids": self.company.ids}
        )
        line = self.lines(self.open(), "default")
        self.assertEqual(line.account_id, self.account("260"))
        self.assertEqual(line.reason, "same code as 260 Turnover")

    def test_a_default_account_that_was_chosen_stays(self):
        self.connection.default_account_id = self.account("260")
        line = self.lines(self.open(), "default")
        self.assertEqual((line.account_id, line.state), (self.account("260"), "done"))

    def test_the_account_for_bills_is_xeros_most_general_one_for_expenses(self):
        self.company.expense_account_id = False
        line = self.lines(self.open(), "expense")
        self.assertEqual((line.account_id, line.state), (self.account("429"), "ready"))
        self.assertEqual(line.reason, "Xero's usual account for other expenses")

    def test_the_account_for_bills_is_the_one_that_fits_the_companys_own(self):
        self.company.expense_account_id = self.env["account.account"].create(
            {"name": "Advertising", "code": "400", "account_type": "expense", "company_ids": self.company.ids}
        )
        line = self.lines(self.open(), "expense")
        self.assertEqual(line.account_id, self.account("400"))
        self.assertIn("Advertising", line.reason)

    def test_the_account_for_bills_is_applied(self):
        setup = self.open()
        self.lines(setup, "expense").account_id = self.account("429")
        setup.action_apply()
        self.assertEqual(self.connection.default_expense_account_id, self.account("429"))
        self.assertEqual(self.connection.default_account_id, self.account("200"))
        self.assertEqual(self.step(setup, "expenses").state, "done")

    def test_where_bills_are_not_sent_no_account_is_asked_for(self):
        self.connection.sync_bills = False
        setup = self.open()
        self.assertFalse(self.lines(setup, "expense"))
        step = self.step(setup, "expenses")
        self.assertEqual(step.state, "optional")
        self.assertIn("not sent", step.text)

    def test_payment_accounts_are_needed_where_payments_are_sent(self):
        step = self.step(self.open(), "journals")
        self.assertEqual(step.state, "missing")
        self.assertIn("wait until each has an account", step.text)
        self.connection.sync_payments = False
        self.assertEqual(self.step(self.open(), "journals").state, "optional")

    def test_the_only_rate_of_a_percentage_is_filled_in(self):
        line = self.line(self.open(), self.tax)
        self.assertEqual(line.rate_id.code, "OUTPUT2")
        self.assertEqual((line.state, line.reason), ("ready", "only rate of 20 %"))

    def test_of_several_rates_the_likest_is_told_and_not_filled_in(self):
        zero = self.percent_tax(0, name="Zero")
        line = self.line(self.open(), zero)
        self.assertFalse(line.rate_id)
        self.assertIn("perhaps Zero Rated", line.note)
        self.assertEqual(line.state, "open")

    def test_a_rate_of_the_same_name_is_filled_in_at_zero_percent_too(self):
        exempt = self.percent_tax(0, name="Exempt Income")
        line = self.line(self.open(), exempt)
        self.assertEqual(line.rate_id.code, "EXEMPTOUTPUT")

    def test_a_tax_without_a_rate_in_xero_asks_for_an_account(self):
        fixed = self.percent_tax(2, name="Eco fee", amount_type="fixed")
        setup = self.open()
        line = self.line(setup, fixed)
        self.assertFalse(line.takes_rate)
        line.account_id = self.account("260")
        setup.action_apply()
        self.assertEqual(fixed.xero_account_id, self.account("260"))

    def test_accounts_and_journals_that_are_mapped_are_not_listed(self):
        journal = self.company_data["default_journal_bank"]
        self.assertTrue(self.line(self.open(), journal))
        journal.xero_account_id = self.account("090")
        self.assertFalse(self.line(self.open(), journal))

    def test_what_is_mapped_to_a_former_organisation_is_listed(self):
        self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        self.connection.action_disconnect()
        organisation = self.simulator.add_organisation("Second", currency=self.company.currency_id.name)
        second = self._connect(organisation, name="Second", code="second")
        setup = self.env["xero.setup"].browse(second.action_set_up()["res_id"])
        self.assertEqual(self.line(setup, self.tax).rate_id.connection_id, second)

    # -- Applying ----------------------------------------------------------------------------------------------------

    def test_apply_writes_the_mappings_and_reopening_shows_them(self):
        setup = self.open()
        self.assertEqual(setup.action_apply()["params"]["type"], "success")
        self.assertEqual(self.connection.default_account_id, self.account("200"))
        self.assertEqual(self.tax.xero_tax_rate_id.code, "OUTPUT2")
        self.assertEqual(self.line(setup, self.tax).state, "done")
        again = self.open()
        self.assertFalse(self.line(again, self.tax))
        self.assertEqual(self.step(again, "default").state, "done")
        self.assertEqual(self.step(again, "taxes").text, "1 of 1 mapped")

    def test_a_choice_that_is_refused_says_why_and_hinders_no_other(self):
        setup = self.open()
        self.line(setup, self.tax).rate_id = self.xero_rate(self.connection, "RROUTPUT")
        self.assertEqual(setup.action_apply()["params"]["type"], "warning")
        line = self.line(setup, self.tax)
        self.assertEqual(line.state, "refused")
        self.assertIn("Choose a rate of 20 %", line.problem)
        self.assertEqual(line.rate_id.code, "RROUTPUT", "what was chosen is still there")
        self.assertFalse(self.tax.xero_tax_rate_id)
        self.assertTrue(self.connection.default_account_id)

    def test_a_refused_choice_that_is_mended_is_applied(self):
        setup = self.open()
        line = self.line(setup, self.tax)
        line.rate_id = self.xero_rate(self.connection, "RROUTPUT")
        setup.action_apply()
        line.rate_id = self.xero_rate(self.connection, "OUTPUT2")
        setup.action_apply()
        self.assertEqual((line.state, line.problem), ("done", False))

    def test_what_stays_empty_is_left_as_it_is(self):
        setup = self.open()
        self.line(setup, self.tax).rate_id = False
        self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        setup.action_apply()
        self.assertEqual(self.tax.xero_tax_rate_id.code, "OUTPUT2")

    def test_what_somebody_mapped_meanwhile_is_not_overwritten(self):
        setup = self.open()
        journal = self.company_data["default_journal_bank"]
        self.line(setup, journal).account_id = self.account("090")
        journal.xero_account_id = self.account("880")
        setup.action_apply()
        self.assertEqual(journal.xero_account_id, self.account("880"))
        self.assertIn("on another screen", self.line(setup, journal).problem)

    def test_apply_releases_the_invoices_that_were_held(self):
        invoice = self.invoice()
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "blocked")
        self.open().action_apply()
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced", self.binding(invoice).message)

    def test_apply_calls_xero_not_at_all(self):
        setup = self.open()
        self.simulator.calls.clear()
        setup.action_apply()
        self.assertFalse(self.simulator.calls)

    def test_the_screen_can_be_edited_and_applied(self):
        setup = self.open()
        with Form(setup) as form:
            index = setup.line_ids.ids.index(self.line(setup, self.tax).id)
            with form.line_ids.edit(index) as line:
                line.rate_id = self.xero_rate(self.connection, "OUTPUT2")
        setup.action_apply()
        self.assertEqual(self.tax.xero_tax_rate_id.code, "OUTPUT2")

    def test_buttons_of_steps_open_the_screens_where_they_are_looked_after(self):
        setup = self.open()
        models = {
            "connection": "xero.connection",
            "taxes": "account.tax",
            "accounts": "account.account",
            "journals": "account.journal",
        }
        for key, model in models.items():
            self.assertEqual(self.step(setup, key).action_open()["res_model"], model)

    # -- Rights ------------------------------------------------------------------------------------------------------

    def test_an_administrator_of_xero_maps_without_the_right_to_configure_accounting(self):
        setup = self.open(self.as_user(f"{INVOICING},xero_connector.group_xero_manager"))
        journal = self.company_data["default_journal_bank"]
        self.line(setup, journal).account_id = self.account("090").with_env(setup.env)
        setup.action_apply()
        self.assertFalse(setup.line_ids.filtered("problem"))
        self.assertEqual(self.tax.xero_tax_rate_id.code, "OUTPUT2")
        self.assertEqual(journal.xero_account_id, self.account("090"))

    def test_an_administrator_of_xero_without_any_right_to_invoices_opens_and_maps(self):
        setup = self.open(self.as_user("base.group_user,xero_connector.group_xero_manager"))
        with Form(setup):
            self.assertEqual(setup.trial_state, "none")
        setup.action_apply()
        self.assertEqual(self.tax.xero_tax_rate_id.code, "OUTPUT2")

    def test_a_user_of_xero_does_not_open_it(self):
        env = self.as_user(f"{INVOICING},xero_connector.group_xero_user")
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            self.open(env)

    def test_an_administrator_of_another_company_neither_opens_nor_reads_it(self):
        setup = self.open()
        other = self.env["res.company"].create({"name": "Harbour"})
        env = self.as_user(f"{INVOICING},xero_connector.group_xero_manager", other)
        for record in (setup, setup.line_ids, setup.step_ids):
            self.assertFalse(env[record._name].search([("id", "in", record.ids)]), record._name)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            self.open(env)


class ChartCase(SetupCase):
    """Odoo's own taxes of a country against Xero's rates: what is filled in, and that nothing else is."""

    taxes_file = ""

    def filled_in(self):
        """Return dict of tax → rate that is filled in, or ``account`` where one is asked for; others left out."""
        self.tax.active = False
        with file_open(self.taxes_file) as lines:
            rows = [row for row in csv.DictReader(lines) if row["id"] and row["type_tax_use"] == "sale"]
        taxes = {
            row["name"]: self.percent_tax(
                float(row["amount"]), name=row["name"], amount_type=row.get("amount_type") or "percent"
            )
            for row in rows
        }
        setup = self.open()
        lines = {name: self.line(setup, tax) for name, tax in taxes.items()}
        self.assertTrue(all(lines.values()), "each is listed")
        chosen = {name: line.rate_id.code if line.takes_rate else "account" for name, line in lines.items()}
        return {name: code for name, code in chosen.items() if code}


class TestUnitedKingdom(ChartCase):
    taxes_file = "l10n_uk/data/template/account.tax-uk.csv"

    def test_taxes_of_the_chart(self):
        self.assertEqual(self.filled_in(), {"20%": "OUTPUT2", "5%": "RROUTPUT"})


class TestUnitedStates(ChartCase):
    simulator_options = {"country": "US", "chart": "us"}
    taxes_file = "account/data/template/account.tax-generic_coa.csv"

    def test_taxes_of_the_chart(self):
        self.assertEqual(self.filled_in(), {"15%": "TAX005"})


class TestAustralia(ChartCase):
    simulator_options = {"country": "AU", "chart": "au"}
    taxes_file = "l10n_au/data/template/account.tax-au.csv"

    def test_taxes_of_the_chart(self):
        withheld = dict.fromkeys(("LCT", "FBT", "FTC", "PAYG-I", "PAYG-W"), "account")
        self.assertEqual(self.filled_in(), {"10% GST": "OUTPUT", **withheld})


class TestTrial(SetupCase):
    """The last step: one invoice as a draft, approved or taken back."""

    def setUp(self):
        super().setUp()
        # Confirmed before connecting: nothing was marked then.
        self.move = self.invoice()
        self.waiting_marks().sudo().unlink()
        self.setup = self.open()
        self.setup.action_apply()
        self.env.flush_all()
        self.simulator.calls.clear()

    def look(self):
        self.env.invalidate_all()
        return self.setup.trial_state

    def send(self):
        notice = self.setup.action_send_draft()
        self.assertEqual(notice["params"]["type"], "success", notice["params"]["message"])
        return self.in_xero(self.move)

    def new_in(self, context, count=1):
        """Confirm invoices that are made in the breadcrumb of *New Invoice*, at once."""
        moves = self.env["account.move"].union(*(self.invoice(post=False) for _number in range(count)))
        moves.with_context(**context).action_post()
        self.run_sync()
        return moves

    def statuses(self, moves):
        return [self.in_xero(move)["Status"] for move in moves]

    def refuse_changes(self):
        """Have Xero refuse to change the invoice, once."""
        answer = {
            "InvoiceID": self.binding(self.move).xero_id,
            "StatusAttributeString": "ERROR",
            "ValidationErrors": [{"Message": "Not on a Sunday"}],
        }
        self.simulator.fault("status", match="POST /Invoices", status=200, body={"Invoices": [answer]}, times=1)

    def xero_is_down(self, attempt):
        """Return the notice of ``attempt`` while Xero is down; then it is back."""
        self.simulator.fault("status", status=503, times=None)
        notice = attempt()["params"]
        self.simulator.faults.clear()
        self.connection.next_try = False
        self.env.invalidate_all()
        return notice

    # -- Sending -----------------------------------------------------------------------------------------------------

    def test_the_newest_invoice_that_is_not_in_xero_is_suggested(self):
        self.assertEqual(self.setup.move_id, self.move)
        self.assertEqual(self.look(), "ready")

    def test_it_is_made_as_a_draft_whatever_the_connection_says(self):
        self.assertEqual(self.connection.invoice_status, "AUTHORISED")
        self.assertEqual(self.send()["Status"], "DRAFT")
        self.assertEqual(self.sent(self.move)["Status"], "DRAFT")

    def test_number_and_both_totals_are_shown(self):
        self.send()
        self.assertEqual(self.look(), "draft")
        self.assertEqual(self.setup.trial_number, self.move.name)
        self.assertEqual((self.setup.trial_total, self.setup.trial_xero_total), (120.0, 120.0))
        self.assertEqual(self.setup.action_open_in_xero()["url"], self.setup.trial_url)
        self.assertEqual(self.step(self.setup, "trial").state, "done")

    def test_exactly_this_invoice_is_sent(self):
        other = self.invoice()
        self.waiting_marks().sudo().unlink()
        self.setup.move_id = self.move
        self.send()
        self.assertFalse(self.binding(other))

    def test_the_invoice_that_is_shown_is_sent_though_a_newer_one_came_meanwhile(self):
        newer = self.invoice(invoice_date="2026-03-20")
        self.waiting_marks().sudo().unlink()
        self.env.flush_all()
        self.setup.action_send_draft()
        self.assertTrue(self.binding(self.move).xero_id)
        self.assertFalse(self.binding(newer))

    def test_a_reopened_assistant_keeps_to_the_draft_that_it_shows(self):
        self.send()
        again = self.open()
        other = self.invoice()
        self.waiting_marks().sudo().unlink()
        again.move_id = other
        self.env.flush_all()
        again.action_send_draft()
        self.assertEqual(self.setup.move_id, self.move)
        self.setup.action_take_back()
        self.assertEqual(self.statuses(self.move | other), ["DELETED", "DRAFT"])

    def test_looking_again_suggests_an_invoice_where_none_is_chosen(self):
        self.setup.move_id = False
        self.assertEqual(self.look(), "none")
        self.setup.action_look_again()
        self.assertEqual((self.setup.move_id, self.look()), (self.move, "ready"))

    def test_looking_again_keeps_to_the_invoice_that_is_chosen(self):
        self.invoice(invoice_date="2026-03-20")
        self.setup.action_look_again()
        self.env.invalidate_all()
        self.assertEqual(self.setup.move_id, self.move)

    def test_an_invoice_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.company.currency_id.id})
        organisation = self.simulator.add_organisation("Second", currency=self.company.currency_id.name)
        second = self._connect(organisation, name="Second", code="second", company_id=other.id)
        setup = self.env["xero.setup"].browse(second.action_set_up()["res_id"])
        setup.move_id = self.move
        for attempt in (setup.action_send_draft, setup.action_approve, setup.action_take_back):
            with self.assertRaisesRegex(UserError, "belongs to"):
                attempt()

    def test_an_invoice_that_the_user_may_not_read_is_none_to_try(self):
        setup = self.setup.with_env(self.as_user("base.group_user,xero_connector.group_xero_manager"))
        self.assertEqual(setup.trial_state, "none")
        with self.assertRaisesRegex(UserError, "Choose a confirmed invoice"):
            setup.action_send_draft()

    def test_sent_twice_it_is_made_once(self):
        self.send()
        self.setup.action_send_draft()
        self.assertEqual(len(self.organisation.invoices), 1)

    def test_what_was_sent_meanwhile_is_made_no_draft(self):
        self.move.action_push_to_xero()
        self.run_sync()
        self.setup.move_id = self.move
        self.setup.action_send_draft()
        self.assertEqual(self.in_xero(self.move)["Status"], "AUTHORISED")
        self.assertEqual(self.look(), "in_xero")

    def test_what_is_held_says_why_and_goes_as_a_draft_once_it_is_mended(self):
        self.tax.xero_tax_rate_id = False
        self.env.flush_all()
        self.assertEqual(self.setup.action_send_draft()["params"]["type"], "danger")
        self.assertEqual(self.look(), "held")
        self.assertIn("has no Xero tax rate", self.setup.trial_message)
        self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        self.run_sync()
        self.assertEqual(self.in_xero(self.move)["Status"], "DRAFT")

    def test_when_xero_is_down_it_is_queued_and_goes_as_a_draft_later(self):
        self.simulator.fault("status", status=503, times=None)
        self.assertEqual(self.setup.action_send_draft()["params"]["type"], "warning")
        self.assertEqual(self.look(), "waiting")
        self.simulator.faults.clear()
        self.connection.next_try = False
        self.run_sync(times=2)
        self.assertEqual(self.in_xero(self.move)["Status"], "DRAFT")
        self.assertEqual(len(self.organisation.invoices), 1)

    def test_without_an_invoice_it_says_how_to_make_one(self):
        self.move.button_draft()
        self.assertEqual(self.look(), "none")
        self.assertIn("Make one", self.setup.trial_text)
        with self.assertRaisesRegex(UserError, "New Invoice"):
            self.setup.action_send_draft()

    def test_a_first_invoice_that_is_made_from_here_goes_as_a_draft_once_confirmed(self):
        context = self.setup.action_new_invoice()["context"]
        move = self.invoice(post=False)
        move.with_context(**context).action_post()
        self.run_sync()
        self.assertEqual(self.in_xero(move)["Status"], "DRAFT")
        self.env.invalidate_all()
        self.assertEqual((self.setup.move_id, self.setup.trial_state), (move, "draft"))

    def test_a_second_invoice_made_from_there_goes_as_the_connection_says(self):
        context = self.setup.action_new_invoice()["context"]
        self.assertEqual(self.statuses(self.new_in(context) | self.new_in(context)), ["DRAFT", "AUTHORISED"])

    def test_several_invoices_confirmed_at_once_go_as_the_connection_says(self):
        context = self.setup.action_new_invoice()["context"]
        self.assertEqual(self.statuses(self.new_in(context, count=2)), ["AUTHORISED", "AUTHORISED"])

    def test_a_new_invoice_that_is_confirmed_after_the_set_up_is_gone_goes_as_the_connection_says(self):
        context = self.setup.action_new_invoice()["context"]
        self.setup.unlink()
        self.assertEqual(self.statuses(self.new_in(context)), ["AUTHORISED"])

    def test_a_new_invoice_goes_as_the_connection_says_once_another_one_was_tried(self):
        context = self.setup.action_new_invoice()["context"]
        self.send()
        self.assertEqual(self.statuses(self.new_in(context)), ["AUTHORISED"])

    def test_whoever_has_no_rights_in_xero_confirms_the_new_invoice(self):
        context = self.setup.action_new_invoice()["context"]
        move = self.invoice(post=False)
        move.with_env(self.as_user(INVOICING)).with_context(**context).action_post()
        self.run_sync()
        self.assertEqual(self.statuses(move), ["DRAFT"])

    def test_a_draft_that_was_cancelled_and_confirmed_again_goes_as_the_connection_says(self):
        self.organisation.voided_numbers_are_free = True
        self.send()
        self.move.button_draft()
        self.move.button_cancel()
        self.run_sync()
        self.assertEqual(self.statuses(self.move), ["DELETED"])
        self.move.button_draft()
        self.move.action_post()
        self.run_sync()
        self.assertEqual(self.statuses(self.move), ["AUTHORISED"])

    def test_other_invoices_go_as_the_connection_says(self):
        self.send()
        other = self.invoice()
        self.run_sync()
        self.assertEqual(self.in_xero(other)["Status"], "AUTHORISED")

    def test_a_draft_that_is_changed_in_odoo_stays_a_draft(self):
        self.send()
        self.move.ref = "PO 7"
        self.run_sync()
        self.assertEqual(self.in_xero(self.move)["Reference"], "PO 7")
        self.assertEqual(self.in_xero(self.move)["Status"], "DRAFT")

    def test_a_paused_connection_says_so(self):
        self.connection.action_pause()
        with self.assertRaisesRegex(UserError, "Paused"):
            self.setup.action_send_draft()

    # -- Approving ---------------------------------------------------------------------------------------------------

    def test_approving_gives_it_the_connections_status_in_one_call(self):
        self.send()
        self.simulator.calls.clear()
        self.setup.action_approve()
        self.assertEqual(self.in_xero(self.move)["Status"], "AUTHORISED")
        self.assertEqual(self.sent(self.move)["Status"], "AUTHORISED")
        self.assertEqual(len(self.calls("POST", "/Invoices")), 1)
        self.assertEqual(self.look(), "in_xero")

    def test_once_approved_an_update_says_nothing_of_the_status(self):
        self.send()
        self.setup.action_approve()
        self.move.ref = "PO 7"
        self.run_sync()
        self.assertNotIn("Status", self.sent(self.move))
        self.assertEqual(self.in_xero(self.move)["Reference"], "PO 7")

    def test_approving_twice_calls_once(self):
        self.send()
        self.setup.action_approve()
        self.simulator.calls.clear()
        self.setup.action_approve()
        self.assertFalse(self.calls("POST"))

    def test_where_invoices_wait_for_approval_it_is_submitted(self):
        self.connection.invoice_status = "SUBMITTED"
        self.send()
        self.setup.action_approve()
        self.assertEqual(self.in_xero(self.move)["Status"], "SUBMITTED")
        self.env.invalidate_all()
        self.assertFalse(self.setup.approvable)

    def test_where_invoices_are_made_as_drafts_there_is_nothing_to_approve(self):
        self.connection.invoice_status = "DRAFT"
        self.send()
        self.env.invalidate_all()
        self.assertFalse(self.setup.approvable)
        self.assertIn("Create Invoices As", self.setup.trial_text)

    def test_an_approval_that_xero_did_not_take_is_carried_out_by_the_next_run(self):
        self.send()
        self.simulator.fault("status", status=503, times=None)
        self.assertEqual(self.setup.action_approve()["params"]["type"], "warning")
        self.simulator.faults.clear()
        self.connection.next_try = False
        self.run_sync(times=3)
        self.assertEqual(self.in_xero(self.move)["Status"], "AUTHORISED")

    def test_a_refused_approval_says_why(self):
        self.send()
        self.organisation.set_lock_dates(period="2026-12-31")
        self.assertEqual(self.setup.action_approve()["params"]["type"], "danger")
        self.assertIn("lock", self.setup.trial_message)

    def test_a_refused_approval_leaves_a_draft_that_can_be_approved_or_taken_back(self):
        self.send()
        self.organisation.lock_dates_cover_drafts = False
        self.organisation.set_lock_dates(period="2026-12-31")
        self.setup.action_approve()
        self.assertEqual((self.look(), self.setup.approvable), ("draft", True))
        self.assertIn("is a draft in Xero", self.setup.trial_text)
        self.assertNotEqual(self.step(self.setup, "trial").state, "done")
        self.assertEqual(self.open().move_id, self.move, "a reopened assistant finds it too")
        self.setup.action_take_back()
        self.assertEqual(self.statuses(self.move), ["DELETED"])

    def test_what_is_a_draft_in_xero_can_be_chosen(self):
        self.send()
        field = self.env["xero.setup"]._fields["move_id"]
        names = {"company_id": self.company.id, "connection_id": self.connection.id}
        self.assertIn(self.move, self.env["account.move"].search(safe_eval(field.domain, names)))
        self.setup.action_approve()
        self.env.invalidate_all()
        self.assertNotIn(self.move, self.env["account.move"].search(safe_eval(field.domain, names)))

    # -- Taking back -------------------------------------------------------------------------------------------------

    def test_taking_back_deletes_the_draft_in_xero_and_leaves_the_invoice(self):
        self.send()
        self.setup.action_take_back()
        self.assertEqual(self.in_xero(self.move)["Status"], "DELETED")
        self.assertEqual(self.move.state, "posted")
        self.assertEqual(self.look(), "ready")
        self.assertFalse(self.move.xero_sync_state, "as if it had never been sent")

    def test_an_edit_alone_does_not_send_again_what_was_taken_back(self):
        self.send()
        self.setup.action_take_back()
        self.move.ref = "PO 7"
        self.run_sync()
        self.assertEqual(len(self.organisation.invoices), 1)

    def test_what_was_taken_back_can_be_pushed_again(self):
        self.organisation.voided_numbers_are_free = True
        self.send()
        self.setup.action_take_back()
        self.env.flush_all()
        self.move.action_push_to_xero()
        self.run_sync()
        self.assertEqual(self.in_xero(self.move)["Status"], "AUTHORISED")
        self.assertEqual(self.in_xero(self.move)["InvoiceNumber"], self.move.name)

    def test_where_xero_keeps_the_number_of_a_deleted_draft_the_next_one_is_taken(self):
        self.send()
        self.setup.action_take_back()
        self.setup.action_send_draft()
        self.run_sync()
        self.assertEqual(self.in_xero(self.move)["Status"], "DRAFT")
        self.assertEqual(self.in_xero(self.move)["InvoiceNumber"], f"{self.move.name}-2")

    def test_taking_back_twice_calls_once(self):
        self.send()
        self.setup.action_take_back()
        self.simulator.calls.clear()
        self.setup.action_take_back()
        self.assertFalse(self.calls("POST") + self.calls("PUT"))

    def test_what_somebody_approved_in_xero_is_not_taken_back(self):
        record = self.send()
        self.organisation.invoices.put({**record, "Status": "AUTHORISED"})
        self.setup.action_take_back()
        self.run_sync()
        self.assertEqual(self.in_xero(self.move)["Status"], "AUTHORISED")
        self.assertEqual(self.look(), "in_xero")

    def test_a_take_back_whose_answer_was_lost_is_done_once(self):
        self.send()
        self.simulator.fault("drop_after", match="POST /Invoices", times=2)
        self.setup.action_take_back()
        self.simulator.faults.clear()
        self.connection.next_try = False
        self.run_sync(times=2)
        self.assertEqual(self.in_xero(self.move)["Status"], "DELETED")
        self.assertEqual(len(self.organisation.invoices), 1)

    def test_an_edit_while_a_take_back_is_uncertain_sends_nothing_again(self):
        self.send()
        self.simulator.fault("drop_after", match="POST /Invoices", times=2)
        self.setup.action_take_back()
        self.simulator.faults.clear()
        self.connection.next_try = False
        self.move.ref = "PO 7"
        self.run_sync(times=2)
        self.assertEqual(self.statuses(self.move), ["DELETED"])
        self.assertEqual(len(self.organisation.invoices), 1)

    def test_a_take_back_while_xero_is_down_is_done_by_the_next_run(self):
        self.send()
        notice = self.xero_is_down(self.setup.action_take_back)
        self.assertIn("The next run takes it back", notice["message"])
        self.assertEqual(self.look(), "waiting")
        self.assertIn("being taken back", self.setup.trial_text)
        self.run_sync()
        self.assertEqual((self.statuses(self.move), self.look()), (["DELETED"], "ready"))

    def test_a_push_ends_a_take_back_that_waits(self):
        self.send()
        self.xero_is_down(self.setup.action_take_back)
        self.env.flush_all()
        self.move.action_push_to_xero()
        self.run_sync()
        self.assertEqual((self.statuses(self.move), self.look()), (["DRAFT"], "draft"))

    def test_a_push_while_xero_is_down_ends_a_take_back_too(self):
        self.send()
        self.xero_is_down(self.setup.action_take_back)
        self.env.flush_all()
        self.xero_is_down(self.move.action_push_to_xero)
        self.run_sync(times=2)
        self.assertEqual(self.statuses(self.move), ["DRAFT"])

    def test_what_xero_refused_to_take_back_stays_a_draft_whatever_is_edited_later(self):
        self.send()
        self.refuse_changes()
        self.setup.action_take_back()
        self.assertEqual(self.look(), "draft")
        self.assertIn("Not on a Sunday", self.setup.trial_message)
        self.move.ref = "PO 7"
        self.run_sync()
        self.assertEqual(self.statuses(self.move), ["DRAFT"])
        self.setup.action_take_back()
        self.assertEqual(self.statuses(self.move), ["DELETED"])

    def test_what_was_approved_in_xero_before_it_was_taken_back_is_voided_like_any_other(self):
        record = self.send()
        self.organisation.invoices.put({**record, "Status": "AUTHORISED"})
        self.setup.action_take_back()
        self.run_sync()
        self.move.button_draft()
        self.move.button_cancel()
        self.run_sync()
        self.assertEqual((self.statuses(self.move), self.move.xero_sync_state), (["VOIDED"], "ended"))

    def test_what_was_taken_back_and_is_held_when_it_is_pushed_says_so(self):
        self.send()
        self.setup.action_take_back()
        self.tax.xero_tax_rate_id = False
        self.env.flush_all()
        self.move.action_push_to_xero()
        self.env.invalidate_all()
        self.assertEqual(self.move.xero_sync_state, "blocked")
