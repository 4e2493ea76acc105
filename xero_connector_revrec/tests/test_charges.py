from decimal import Decimal

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools.safe_eval import safe_eval

from .revrec_case import RevrecCase


class TestCharges(RevrecCase):
    """What confirming a document makes, and what is frozen then."""

    def test_a_line_with_a_mapping_makes_a_charge_with_all_it_needs(self):
        invoice = self.sold()
        charge = invoice.xero_charge_ids
        self.assertRecordValues(
            charge,
            [
                {
                    "state": "running",
                    "company_amount": 1200.0,
                    "amount": 1200.0,
                    "partner_id": self.partner.id,
                    "product_id": self.product.id,
                    "method": "daily",
                    "start_date": self.day("2026-01-01"),
                    "end_date": self.day("2026-12-31"),
                    "charge_date": self.day("2026-01-01"),
                    "deferred_account_id": self.deferred.id,
                    "recognised_account_id": self.recognised.id,
                    "connection_id": self.connection.id,
                    "move_name": invoice.name,
                }
            ],
        )

    def test_each_line_makes_its_own_and_others_make_none(self):
        plain = self.env["product.product"].create({"name": "Book"})
        invoice = self.sold(self.line(), self.line(300.0), self.line(product=plain), self.line(0.0))
        self.assertEqual(sorted(invoice.xero_charge_ids.mapped("company_amount")), [300.0, 1200.0])

    def test_a_draft_makes_none(self):
        self.assertFalse(self.sold(post=False).xero_charge_ids)

    def test_a_credit_note_makes_a_negative_one(self):
        charge = self.credited().xero_charge_ids
        self.assertEqual((charge.company_amount, charge.amount), (-1200.0, -1200.0))
        self.assertEqual(self.total(charge), Decimal("-1200.00"))

    def test_bills_make_none(self):
        bill = self.invoice(lines=(self.line(),), move_type="in_invoice", invoice_date="2026-01-01")
        self.assertFalse(bill.xero_charge_ids)

    def test_tax_is_not_revenue(self):
        charge = self.sold(self.line(tax_ids=[Command.set(self.tax.ids)])).xero_charge_ids
        self.assertEqual(charge.company_amount, 1200.0)

    def test_a_discount_is_not_revenue(self):
        self.assertEqual(self.sold(self.line(discount=25.0)).xero_charge_ids.company_amount, 900.0)

    def test_a_foreign_invoice_is_recognised_in_the_companys_currency(self):
        euro = self.foreign("EUR" if self.company.currency_id.name != "EUR" else "CHF", rate=3.0)
        charge = self.sold(self.line(100.0), currency_id=euro.id).xero_charge_ids
        # 100.00 at 3 for 1: 33.33.
        self.assertEqual((charge.amount, charge.company_amount), (100.0, 33.33))
        self.assertEqual(self.total(charge), Decimal("33.33"))

    def test_a_changed_mapping_counts_for_new_charges_only(self):
        before = self.charge()
        other = self.xero_account(self.connection, "850")
        self.connection.deferred_account_ids |= other
        self.product.xero_deferred_account_id = other
        after = self.charge()
        self.assertEqual((before.deferred_account_id, after.deferred_account_id), (self.deferred, other))

    def test_the_category_and_those_above_stand_in_for_the_product(self):
        parent = self.env["product.category"].create(
            {"name": "Services", "xero_recognised_account_id": self.recognised.id}
        )
        category = self.env["product.category"].create(
            {
                "name": "Support",
                "parent_id": parent.id,
                "xero_deferred_account_id": self.deferred.id,
                "xero_recognition_method": "monthly",
            }
        )
        product = self.env["product.product"].create({"name": "Hotline", "categ_id": category.id})
        charge = self.charge(product=product)
        self.assertEqual(
            (charge.deferred_account_id, charge.recognised_account_id, charge.method),
            (self.deferred, self.recognised, "monthly"),
        )

    def test_the_products_own_account_comes_before_that_of_its_category(self):
        other = self.xero_account(self.connection, "260")
        self.product.categ_id = self.env["product.category"].create(
            {"name": "Services", "xero_recognised_account_id": other.id}
        )
        self.assertEqual(self.charge().recognised_account_id, self.recognised)

    def test_a_missing_account_makes_an_incomplete_charge_that_can_be_completed(self):
        product = self.new_product()
        product.xero_deferred_account_id = False
        charge = self.charge(product=product)
        self.assertTrue(charge.incomplete)
        self.assertIn("1", str(self.wizard().warnings))
        with self.assertRaisesRegex(UserError, "nothing to export"):
            self.export()
        charge.deferred_account_id = self.deferred
        self.assertFalse(charge.incomplete)
        self.assertEqual(self.export().journal_count, 31)

    def test_a_deferred_account_chosen_on_the_line_counts(self):
        other = self.xero_account(self.connection, "850")
        self.connection.deferred_account_ids |= other
        charge = self.sold(self.line(xero_account_id=other.id)).xero_charge_ids
        self.assertEqual(charge.deferred_account_id, other)

    def test_products_offer_only_the_accounts_of_the_two_sections(self):
        def offered(name):
            field = self.env["product.template"]._fields[name]
            return self.env["xero.account"].search(safe_eval(field.domain, {"allowed_company_ids": self.company.ids}))

        self.assertEqual(offered("xero_deferred_account_id"), self.deferred)
        self.assertEqual(offered("xero_recognised_account_id"), self.recognised)

    # -- Dates -------------------------------------------------------------------------------------------------

    def test_a_credit_note_is_deferred_on_its_accounting_date_an_invoice_on_its_own(self):
        invoice = self.sold(invoice_date="2026-01-05", date="2026-02-01")
        note = self.credited(invoice_date="2026-01-05", date="2026-02-01")
        self.assertEqual(str(invoice.xero_charge_ids.charge_date), "2026-01-05")
        self.assertEqual(str(note.xero_charge_ids.charge_date), str(note.date))

    def test_a_credit_note_without_accounting_date_falls_back_to_its_issue_date(self):
        # Odoo always has one; a record that was imported from elsewhere may not, as it is read here.
        note = self.env["account.move"].new({"move_type": "out_refund", "invoice_date": "2026-01-05", "date": False})
        note.date = False
        self.assertEqual(str(self.env["xero.recognition.charge"]._charge_date(note)), "2026-01-05")

    def test_time_zones_move_no_days_but_today_is_that_of_the_user(self):
        # At 23:30 in London it is the next day in Auckland.
        for zone, today in (("Pacific/Auckland", "2026-04-01"), ("America/Los_Angeles", "2026-03-31")):
            self.env.user.tz = zone
            with freeze_time("2026-03-31 23:30:00"):
                with self.within(tz=zone):
                    invoice = self.sold(self.line(31.0, "2026-03-01", "2026-03-31"))
                charge = invoice.xero_charge_ids.sudo()
                lines = self.lines(charge)
                self.assertEqual((min(lines), max(lines), len(lines)), ("2026-03-01", "2026-03-31", 31), zone)
                self.export("2026-03-01", "2026-03-31")
                invoice.button_draft()
            self.assertEqual(self.lines(charge)[today], "-31.00" if today > "2026-03-31" else "-30.00", zone)

    # -- Recognised so far -------------------------------------------------------------------------------------

    def test_what_is_recognised_counts_today_in(self):
        charge = self.charge(365.0)
        for moment, recognised in (("2025-12-31", 0), ("2026-01-31", 31), ("2026-02-28", 59), ("2027-01-01", 365)):
            with freeze_time(f"{moment} 12:00:00"):
                charge.invalidate_recordset()
                self.assertEqual((charge.recognised_amount, charge.deferred_amount), (recognised, 365 - recognised))

    # -- Period ------------------------------------------------------------------------------------------------

    def test_the_dialog_changes_the_period_and_says_so_on_the_charge(self):
        charge = self.charge(365.0)
        wizard = self.env["xero.charge.period"].create(
            {"charge_id": charge.id, "end_date": "2026-02-28", "since": "2026-02-01"}
        )
        self.assertEqual(str(wizard.start_date), "2026-01-01")
        wizard.action_apply()
        self.assertEqual((str(charge.end_date), self.total(charge)), ("2026-02-28", Decimal("365.00")))
        self.assertIn("02/28/2026", charge.message_ids[0].body)

    def test_the_dialog_spreads_what_had_no_period_from_the_beginning(self):
        charge = self.charge(365.0, False, False)
        wizard = self.env["xero.charge.period"].create(
            {"charge_id": charge.id, "start_date": "2026-01-01", "end_date": "2026-12-31"}
        )
        self.assertEqual(str(wizard.since), "2026-01-01")
        wizard.action_apply()
        self.assertEqual(self.lines(charge)["2026-01-01"], "1.00")

    def test_the_dialog_refuses_where_nothing_is_left_to_spread(self):
        charge = self.charge(365.0, False, False)
        self.export()
        wizard = self.env["xero.charge.period"].create({"charge_id": charge.id, "end_date": "2026-12-31"})
        with self.assertRaisesRegex(UserError, "Nothing is left to spread"):
            wizard.action_apply()
        self.assertEqual((charge.end_date, self.total(charge)), (False, Decimal("365.00")))

    def test_dates_of_a_line_of_which_nothing_is_left_change_nothing(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        self.export("2026-01-01", "2026-12-31")
        invoice.invoice_line_ids.write({"end_date": "2026-06-30"})
        self.assertEqual((str(charge.end_date), str(charge.line_end_date)), ("2026-12-31", "2026-06-30"))
        self.assertEqual(self.total(charge), Decimal("365.00"))

    def test_dates_of_a_confirmed_line_change_its_charge_from_today_on(self):
        invoice = self.sold(self.line(365.0))
        with freeze_time("2026-02-01 12:00:00"):
            invoice.invoice_line_ids.write({"start_date": "2026-01-01", "end_date": "2026-02-28"})
        lines = self.lines(invoice.xero_charge_ids)
        self.assertEqual((lines["2026-01-31"], lines["2026-02-01"]), ("1.00", "11.93"))

    def test_a_user_cannot_change_a_period(self):
        charge = self.charge()
        user = new_test_user(
            self.env, "period-user", "xero_connector.group_xero_user,account.group_account_invoice",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )  # fmt: skip
        with self.assertRaises(AccessError):
            self.env["xero.charge.period"].with_user(user).create({"charge_id": charge.id})

    def test_a_charge_that_was_withdrawn_meanwhile_is_not_spread_anew(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        wizard = self.env["xero.charge.period"].create({"charge_id": charge.id, "end_date": "2026-02-28"})
        self.export()
        invoice.button_draft()
        with self.assertRaisesRegex(UserError, "was withdrawn"):
            wizard.action_apply()
        self.assertEqual(self.total(charge), 0)

    def test_a_missing_account_is_one_of_its_own_section(self):
        product = self.new_product()
        product.xero_deferred_account_id = False
        charge = self.charge(365.0, product=product)
        for account in (self.recognised, self.xero_account(self.connection, "850")):
            with self.assertRaisesRegex(UserError, "is not among the Deferred Revenue Accounts"):
                charge.deferred_account_id = account
        charge.deferred_account_id = self.deferred
        self.assertFalse(charge.incomplete)

    def test_a_missing_account_is_none_of_another_companys(self):
        product = self.new_product()
        product.xero_deferred_account_id = False
        charge = self.charge(365.0, product=product)
        company = self.env["res.company"].create({"name": "Elsewhere", "currency_id": self.company.currency_id.id})
        self.env.user.company_ids |= company
        organisation = self.simulator.add_organisation("Elsewhere", currency=self.company.currency_id.name)
        other = self._connect(organisation, name="Other", code="other", company_id=company.id)
        account = self.xero_account(other, "810")
        other.deferred_account_ids = account
        with self.assertRaisesRegex(UserError, "is not among the Deferred Revenue Accounts"):
            charge.deferred_account_id = account

    def test_what_is_frozen_is_frozen_for_administrators_too(self):
        user = new_test_user(
            self.env, "admin-user", "xero_connector.group_xero_manager,account.group_account_manager",
            company_id=self.company.id, company_ids=[Command.set(self.company.ids)],
        )  # fmt: skip
        charge = self.charge().with_user(user).sudo(False)
        for values in ({"company_amount": 1.0}, {"state": "withdrawn"}, {"deferral": True}, {"shelf": []}):
            with self.assertRaisesRegex(AccessError, "cannot be changed"):
                charge.write(values)

    def test_a_mapping_to_another_chart_counts_as_missing(self):
        self.connection.action_disconnect()
        organisation = self.simulator.add_organisation("New books", currency=self.company.currency_id.name)
        self.connection = self._connect(organisation, name="Second", code="second")
        self.connection.default_account_id = self.xero_account(self.connection, "200")
        self.assertFalse(self.sold().xero_charge_ids)
        recognised = self.xero_account(self.connection, "200")
        self.connection.recognised_account_ids = recognised
        self.product.xero_recognised_account_id = recognised
        charge = self.sold().xero_charge_ids
        self.assertEqual((charge.recognised_account_id, charge.deferred_account_id.ids), (recognised, []))

    def test_a_receipt_needs_no_customer(self):
        receipt = self.env["account.move"].create(
            {
                "move_type": "out_receipt",
                "invoice_date": "2026-01-01",
                "invoice_line_ids": [Command.create(self.line(365.0))],
            }
        )
        receipt.action_post()
        self.assertEqual(self.total(receipt.xero_charge_ids.sudo()), Decimal("365.00"))
        self.assertEqual(self.export(aggregation="monthly_detail").debit_total, 31.0)

    def test_accounts_of_a_charge_are_frozen(self):
        charge = self.charge()
        with self.assertRaisesRegex(UserError, "keeps the accounts"):
            charge.recognised_account_id = self.xero_account(self.connection, "260")

    # -- Percentages -------------------------------------------------------------------------------------------

    def test_percentages_of_more_than_a_hundred_are_refused(self):
        charge = self.charge(product=self.new_product(method="manual"))
        with self.assertRaisesRegex(UserError, "add up to"):
            charge.share_ids = [
                Command.create({"date": "2026-02-01", "percentage": 60}),
                Command.create({"date": "2026-03-01", "percentage": 60}),
            ]

    def test_percentages_changed_together_are_looked_at_together(self):
        charge = self.charge(1000.0, product=self.new_product(method="manual"))
        charge.share_ids = [
            Command.create({"date": "2026-02-01", "percentage": 60}),
            Command.create({"date": "2026-03-01", "percentage": 40}),
        ]
        first, second = charge.share_ids
        charge.share_ids = [
            Command.update(first.id, {"percentage": 80}),
            Command.update(second.id, {"percentage": 20}),
        ]
        self.assertEqual(self.lines(charge), {"2026-02-01": "800.00", "2026-03-01": "200.00"})
        charge.share_ids = [Command.update(first.id, {"percentage": 100}), Command.delete(second.id)]
        self.assertEqual(self.lines(charge), {"2026-02-01": "1000.00"})

    def test_a_percentage_of_its_own_day_is_taken_away_or_added_only_while_that_is_not_exported(self):
        charge = self.charge(1000.0, product=self.new_product(method="manual"))
        charge.share_ids = [Command.create({"date": "2026-01-15", "percentage": 25})]
        self.export("2026-01-01", "2026-01-31")
        with self.assertRaisesRegex(UserError, "was exported"):
            charge.share_ids.unlink()
        with self.assertRaisesRegex(UserError, "was exported"):
            charge.share_ids = [Command.create({"date": "2026-01-10", "percentage": 5})]

    def test_what_percentages_leave_falls_on_no_day_that_is_exported(self):
        invoice = self.sold(self.line(1000.0, product=self.new_product(method="manual")))
        charge = invoice.xero_charge_ids.sudo()
        charge.share_ids = [Command.create({"date": "2026-03-15", "percentage": 25})]
        self.export("2026-03-01", "2026-03-31")
        with freeze_time("2026-02-10 12:00:00"):
            invoice.invoice_line_ids.write({"end_date": "2026-02-28"})
        self.assertEqual(self.lines(charge), {"2026-03-15": "250.00", "2026-03-16": "750.00"})

    def test_percentages_are_for_charges_of_that_method(self):
        with self.assertRaisesRegex(UserError, "not recognised by percentages"):
            self.charge().share_ids = [Command.create({"date": "2026-02-01", "percentage": 60})]

    def test_exported_percentages_stay(self):
        charge = self.charge(1000.0, product=self.new_product(method="manual"))
        charge.share_ids = [Command.create({"date": "2026-01-15", "percentage": 25})]
        self.export("2026-01-01", "2026-01-31")
        with self.assertRaisesRegex(UserError, "was exported"):
            charge.share_ids.write({"percentage": 30})
        charge.share_ids = [Command.create({"date": "2026-06-30", "percentage": 25})]
        self.assertEqual(self.lines(charge), {"2026-01-15": "250.00", "2026-06-30": "250.00", "2026-12-31": "500.00"})
