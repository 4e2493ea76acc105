from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError

from .tax_case import TaxCase


class TestSeveralTaxes(TaxCase):
    """Several taxes on a line are one rate in Xero, where an organisation in the United States has such rates."""

    simulator_options = {"country": "US", "chart": "us"}

    def _map(self, connection):
        connection.default_account_id = self.xero_account(connection, "200")
        self.tax = self.percent_tax(8.75, name="Sales tax")
        self.tax.xero_tax_rate_id = self.xero_rate(connection, "OUTPUT")

    def setUp(self):
        super().setUp()
        self.state, self.city = self.percent_tax(4, name="State"), self.percent_tax(4.5, name="City")
        self.district = self.percent_tax(0.375, name="District")

    def test_taxes_that_are_used_together_are_held_in_words_until_they_are_mapped_together(self):
        invoice = self.push(self.taxed(self.state, self.city, self.district))
        self.assert_held(invoice, "tax", "several taxes", "State + City + District", "Tax Combinations")
        combination = self.combination(self.state, self.city, self.district)
        self.assertEqual(combination.display_name, "State + City + District")
        self.assertEqual(round(combination.xero_percent, 4), 8.875)
        self.assertEqual(self.binding(invoice).action_fix()["res_model"], "xero.tax.combination")
        combination.xero_tax_rate_id = self.rate("TAX001")
        self.run_sync()
        # 4.00 + 4.50 + 0.38 (0.375); Xero: 8.875 % of 100 = 8.875 → 8.88
        self.assert_synced(invoice, "100.00", "8.88", "108.88")
        self.assertEqual(self.sent_lines(invoice)[0]["TaxType"], "TAX001")

    def test_an_archived_tax_counts_in_a_combination(self):
        invoice = self.push(self.taxed(self.state, self.city, self.district))
        self.district.active = False
        self.env.flush_all()
        self.env.invalidate_all()
        combination = self.combination(self.state, self.city, self.district)
        self.assertEqual(combination.xero_percent, 8.875)
        combination.xero_tax_rate_id = self.rate("TAX001")
        self.run_sync()
        self.assert_synced(invoice, "100.00", "8.88", "108.88")

    def test_a_combination_goes_with_its_taxes(self):
        invoice = self.push(self.taxed(self.state, self.city))
        invoice.button_draft()
        invoice.unlink()
        self.city.unlink()
        self.assertFalse(self.env["xero.tax.combination"].search([]))

    def test_the_order_of_taxes_on_a_line_is_of_no_account(self):
        self.push(self.taxed(self.city, self.state))
        self.push(self.taxed(self.state, self.city))
        self.assertEqual(len(self.env["xero.tax.combination"].search([])), 1)

    def test_a_combination_of_another_percentage_cannot_be_mapped(self):
        self.push(self.taxed(self.state, self.city))
        with self.assertRaisesRegex(ValidationError, r"8\.5 %.*8\.875 %"):
            self.combination(self.state, self.city).xero_tax_rate_id = self.rate("TAX001")

    def test_compound_taxes_are_a_compound_rate(self):
        first = self.percent_tax(5, name="First", include_base_amount=True, sequence=1)
        on_top = self.percent_tax(9.975, name="On top", sequence=2)
        invoice = self.push(self.taxed(first, on_top, price=200))
        combination = self.combination(first, on_top)
        self.assertEqual(combination.xero_proposed_rate_id, self.rate("TAX003"))
        combination.action_accept_xero_proposal()
        self.run_sync()
        # 5 % of 200 = 10.00; 9.975 % of 210 = 20.9475 → 20.95. Xero: 15.4738 % of 200 = 30.9476 → 30.95
        self.assert_synced(invoice, "200.00", "30.95", "230.95")

    def test_a_group_is_mapped_like_a_single_tax(self):
        group = self.group("New York", self.state, self.city, self.district)
        invoice = self.push(self.taxed(group, price=50, quantity=2))
        self.assert_held(invoice, "tax", "New York", "Mapping → Taxes")
        self.assertEqual(self.binding(invoice).action_fix()["res_model"], "account.tax")
        with self.assertRaisesRegex(ValidationError, r"8\.875 %.*8\.75 %"):
            group.xero_tax_rate_id = self.rate("OUTPUT")
        group.xero_tax_rate_id = self.rate("TAX001")
        self.run_sync()
        self.assert_synced(invoice, "100.00", "8.88", "108.88")

    def test_a_group_that_is_changed_afterwards_is_held_rather_than_sent_with_the_old_rate(self):
        group = self.group("New York", self.state, self.city, self.district)
        group.xero_tax_rate_id = self.rate("TAX001")
        self.city.amount = 5.5
        invoice = self.push(self.taxed(group))
        self.assert_held(invoice, "tax", "“New York” is 9.875 %", "8.875 %")

    def test_a_combination_of_no_use_leaves_single_taxes_alone(self):
        invoice = self.push(self.taxed(self.tax))
        self.assert_synced(invoice, "100.00", "8.75", "108.75")
        self.assertFalse(self.env["xero.tax.combination"].search([]))

    # -- Created in Xero (M10) ---------------------------------------------------------------------------------------

    def test_a_missing_rate_is_created_with_its_components_once(self):
        self.connection.unmapped_tax_policy = "create"
        group = self.group("Springfield", self.percent_tax(2.5, name="Part A"), self.percent_tax(3.25, name="Part B"))
        invoices = [self.push(self.taxed(group)), self.push(self.taxed(group, price=40))]
        [rate] = self.put_rates()
        self.assertEqual(
            rate,
            {
                "Name": "Springfield",
                "TaxComponents": [
                    {"Name": "Part A", "Rate": 2.5, "IsCompound": False},
                    {"Name": "Part B", "Rate": 3.25, "IsCompound": False},
                ],
            },
        )
        # 5.75 % of 100 and of 40
        self.assert_synced(invoices[0], "100.00", "5.75", "105.75")
        self.assert_synced(invoices[1], "40.00", "2.30", "42.30")
        self.assertEqual(group.xero_tax_rate_id.name, "Springfield")
        self.assertFalse(self.binding(group).warning, "there is no tax return of Xero's own in the United States")

    def test_a_combination_is_created_with_its_compound_component(self):
        self.connection.unmapped_tax_policy = "create"
        first = self.percent_tax(3, name="Base", include_base_amount=True, sequence=1)
        on_top = self.percent_tax(7, name="Upon it", sequence=2)
        invoice = self.push(self.taxed(first, on_top))
        [rate] = self.put_rates()
        self.assertEqual([part["IsCompound"] for part in rate["TaxComponents"]], [False, True])
        # 3.00 + 7 % of 103 = 7.21; Xero: 1.03 × 1.07 = 1.1021
        self.assert_synced(invoice, "100.00", "10.21", "110.21")
        self.assertEqual(self.combination(first, on_top).xero_percent, 10.21)

    def test_what_xero_cannot_compound_becomes_one_component_of_the_same_percentage(self):
        self.connection.unmapped_tax_policy = "create"
        steps = [
            self.percent_tax(percent, name=f"Step {percent}", include_base_amount=True, sequence=percent)
            for percent in (10, 20, 30)
        ]
        invoice = self.push(self.taxed(*steps))
        # 1.1 × 1.2 × 1.3 = 1.716
        self.assertEqual(self.put_rates()[0]["TaxComponents"], [{"Name": "Tax", "Rate": 71.6, "IsCompound": False}])
        self.assert_synced(invoice, "100.00", "71.60", "171.60")

    def test_a_rate_that_xero_has_is_used_and_none_created(self):
        self.connection.unmapped_tax_policy = "create"
        only = self.percent_tax(15, name="Any name")
        by_name = self.group("new york city", self.state, self.city, self.district)
        invoice = self.push(self.taxed(only), self.taxed(by_name))
        self.assertFalse(self.put_rates())
        self.assertEqual((only.xero_tax_rate_id.code, by_name.xero_tax_rate_id.code), ("TAX005", "TAX001"))
        self.assert_synced(invoice, "200.00", "23.88", "223.88")


class TestCreatedRates(TaxCase):
    """Rates that are made in Xero: refusals, lost answers, warnings."""

    def setUp(self):
        super().setUp()
        self.connection.unmapped_tax_policy = "create"
        self.odd = self.percent_tax(13.5, name="Odd 13.5")

    def test_where_xero_has_a_tax_return_the_link_warns_that_such_rates_are_not_in_it(self):
        invoice = self.push(self.taxed(self.odd))
        self.assert_synced(invoice, "100.00", "13.50", "113.50")
        [rate] = self.put_rates()
        self.assertEqual((rate["Name"], rate["ReportTaxType"]), ("Odd 13.5", "OUTPUT"))
        self.assertIn("tax return", self.binding(self.odd).warning)
        self.assertEqual(self.binding(self.odd).xero_number, self.odd.xero_tax_rate_id.code)

    def refuse(self):
        """Xero has an archived rate of the name that ours would get."""
        self.organisation.tax_rates.put(
            {**self.organisation.tax_rates["RROUTPUT"], "TaxType": "TAX077", "Name": "Odd 13.5"}
        )

    def test_a_refused_rate_says_why_on_the_invoice_and_is_not_asked_for_with_every_invoice(self):
        self.refuse()
        first, second = self.push(self.taxed(self.odd)), self.push(self.taxed(self.odd))
        for invoice in (first, second):
            self.assert_held(invoice, "tax", "“Odd 13.5” has no Xero tax rate", "rate of this name already", "Rename")
        self.assertEqual(len(self.put_rates()), 1)
        self.assertEqual(self.binding(self.odd).state, "failed")
        self.odd.name = "Odd rate"
        self.binding(first).action_retry()
        self.run_sync(times=2)
        self.assertEqual(len(self.put_rates()), 2)
        self.assert_synced(first, "100.00", "13.50", "113.50")
        self.assert_synced(second, "100.00", "13.50", "113.50")

    def test_a_refused_rate_is_asked_for_once_a_run_whatever_else_is_mapped_in_it(self):
        self.refuse()
        others = [self.percent_tax(percent, name=f"Other {percent}") for percent in (6.5, 7.5, 8.5)]
        self.push(*(self.taxed(tax) for tax in (self.odd, *others)))
        names = [rate["Name"] for rate in self.put_rates()]
        self.assertEqual(sorted(names), ["Odd 13.5", "Other 6.5", "Other 7.5", "Other 8.5"])

    def test_a_person_s_push_asks_xero_again(self):
        self.refuse()
        invoice = self.push(self.taxed(self.odd))
        self.organisation.tax_rates.put({**self.organisation.tax_rates["TAX077"], "Name": "Renamed"})
        self.env.flush_all()
        invoice.action_push_to_xero()
        self.env.invalidate_all()
        self.run_sync()
        self.assert_synced(invoice, "100.00", "13.50", "113.50")

    def test_mapping_by_hand_ends_it_for_the_invoice_and_for_the_tax(self):
        self.refuse()
        invoice = self.push(self.taxed(self.odd))
        self.assertEqual(self.binding(self.odd).state, "failed")
        rate = {**self.organisation.tax_rates["RROUTPUT"], "TaxType": "TAX078", "Name": "Other"}
        self.organisation.tax_rates.put({**rate, "EffectiveRate": Decimal("13.5")})
        self.connection.unmapped_tax_policy = "block"
        self.connection.action_refresh_references()
        self.odd.xero_tax_rate_id = self.rate("TAX078")
        self.run_sync()
        self.assert_synced(invoice, "100.00", "13.50", "113.50")
        self.assertFalse(self.binding(self.odd), "there is nothing left to fix about the tax")

    def test_a_tax_that_is_deleted_leaves_nothing_to_fix(self):
        self.refuse()
        invoice = self.push(self.taxed(self.odd))
        binding = self.binding(self.odd)
        invoice.button_draft()
        invoice.unlink()
        self.odd.unlink()
        self.run_sync()
        self.assertFalse(binding.exists())

    def test_an_excluded_tax_is_left_alone(self):
        self.refuse()
        self.push(self.taxed(self.odd))
        self.binding(self.odd).action_exclude()
        invoice = self.push(self.taxed(self.odd))
        self.env.flush_all()
        invoice.action_push_to_xero()
        self.env.invalidate_all()
        self.assertEqual(len(self.put_rates()), 1)
        self.assertEqual(self.binding(self.odd).state, "excluded")

    def test_two_taxes_of_one_name_and_percentage_share_the_rate_that_is_made(self):
        twin = self.percent_tax(13.5, name="Odd 13.5", tax_scope="service")
        invoice = self.push(self.taxed(self.odd), self.taxed(twin))
        self.assert_synced(invoice, "200.00", "27.00", "227.00")
        self.assertEqual(len(self.put_rates()), 1)
        self.assertEqual(twin.xero_tax_rate_id, self.odd.xero_tax_rate_id)

    def test_a_lost_answer_adopts_no_rate_of_the_same_name_that_is_another(self):
        self.push(self.taxed(self.odd))
        other = self.percent_tax(14, name="Odd 13.5", tax_scope="service")
        lost = self.simulator.fault("drop_before", match="PUT /TaxRates", times=2)
        invoice, good = self.invoice(lines=[self.taxed(other)]), self.invoice()
        self.run_sync()
        self.assertEqual(lost.hits, 2)
        self.env["xero.request"].sudo().search([("path", "=", "/TaxRates")])[:1].sent_at = "2026-01-01 00:00:00"
        self.connection._write_run_facts({"next_try": False})
        self.run_sync(times=2)
        self.assert_held(invoice, "tax", "of this name already")
        self.assert_synced(good, "100.00", "20.00", "120.00")

    def test_a_zero_rate_is_never_taken_for_certain_by_its_percentage(self):
        for code in ("EXEMPTOUTPUT", "ECZROUTPUT", "ECZROUTPUTSERVICES", "NONE", "DRCHARGESUPPLY20"):
            self.organisation.tax_rates.put({**self.organisation.tax_rates[code], "Status": "DELETED"})
        self.connection.action_refresh_references()
        exports = self.percent_tax(0, name="Exports")
        self.push(self.taxed(exports))
        self.assertEqual([rate["Name"] for rate in self.put_rates()], ["Exports"])

    def test_what_xero_made_must_be_of_the_percentage_that_was_asked_for(self):
        # A Xero that reckons otherwise than its documentation says.
        with patch("xero_simulator.charts.effective_rate", return_value=Decimal("13.6")):
            invoice, good = self.push(self.taxed(self.odd)), self.push(self.taxed(self.tax))
        self.assert_held(invoice, "tax", "a rate of 13.6 % of it instead of 13.5 %")
        self.assertFalse(self.odd.xero_tax_rate_id)
        self.assert_synced(good, "100.00", "20.00", "120.00")
        self.assertEqual(len(self.put_rates()), 1)

    def test_a_lost_answer_adopts_no_rate_of_another_percentage(self):
        self.simulator.fault("drop_after", match="PUT /TaxRates", times=2)
        invoice = self.push(self.taxed(self.odd))
        [made] = [rate for rate in self.organisation.tax_rates.values() if rate["Name"] == "Odd 13.5"]
        self.organisation.tax_rates.put({**made, "EffectiveRate": Decimal("13.6")})
        self.env["xero.request"].sudo().search([("path", "=", "/TaxRates")])[:1].sent_at = "2026-01-01 00:00:00"
        self.connection._write_run_facts({"next_try": False})
        self.run_sync(times=2)
        self.assert_held(invoice, "tax", "of this name already")

    def test_nothing_is_created_for_a_document_that_is_held_or_exempt(self):
        self.connection.period_lock_date = "2026-12-31"
        self.push(self.taxed(self.odd), currency_id=self.foreign("SEK").id)
        self.assertFalse(self.put_rates())
        self.assertFalse(self.calls("PUT", "/Currencies"))
        self.connection.period_lock_date = False
        exempt = self.new_partner("Exempt", xero_exempt=True)
        self.push(self.taxed(self.reverse_charge(19)), partner=exempt)
        self.assertFalse(self.put_rates())

    def test_a_lost_answer_makes_no_second_rate(self):
        lost = self.simulator.fault("drop_after", match="PUT /TaxRates", times=1)
        invoice = self.push(self.taxed(self.odd))
        self.run_sync(times=2)
        self.assertEqual(lost.hits, 1)
        named = [rate for rate in self.organisation.tax_rates.values() if rate["Name"] == "Odd 13.5"]
        self.assertEqual(len(named), 1)
        self.assert_synced(invoice, "100.00", "13.50", "113.50")

    def test_an_answer_lost_for_longer_than_the_key_lives_is_looked_up_by_name(self):
        self.simulator.fault("drop_after", match="PUT /TaxRates", times=2)
        invoice = self.push(self.taxed(self.odd))
        request = self.env["xero.request"].sudo().search([("path", "=", "/TaxRates")])
        self.assertEqual(request.state, "prepared")
        request.sent_at = "2026-01-01 00:00:00"
        self.connection._write_run_facts({"next_try": False})
        self.run_sync(times=2)
        self.assertEqual(request.state, "unknown")
        named = [rate for rate in self.organisation.tax_rates.values() if rate["Name"] == "Odd 13.5"]
        self.assertEqual(len(named), 1)
        self.assert_synced(invoice, "100.00", "13.50", "113.50")

    def test_a_tax_inside_the_price_is_created_by_what_it_adds(self):
        inside = self.percent_tax(10, name="Inside", amount_type="division", price_include_override="tax_included")
        invoice = self.push(self.taxed(inside))
        # 10 of 100 are tax: 10 / 90 = 11.1111 %; Xero: 100 × 11.1111 / 111.1111 = 10.00
        self.assertEqual(self.put_rates()[0]["TaxComponents"][0]["Rate"], 11.1111)
        self.assert_synced(invoice, "90.00", "10.00", "100.00")


class TestTaxesOfTheirOwn(TaxCase):
    """Taxes that are no rate in Xero become lines of their own."""

    def setUp(self):
        super().setUp()
        self.eco = self.percent_tax(0.35, name="Eco fee", amount_type="fixed", sequence=9)

    def test_a_fixed_tax_is_held_until_its_account_is_known(self):
        invoice = self.push(self.taxed(self.tax, self.eco))
        self.assert_held(invoice, "tax", "“Eco fee”", "a line of its own", "Mapping → Taxes")
        self.eco.xero_account_id = self.account("850")
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced")

    def test_the_account_of_its_odoo_account_releases_what_a_fixed_tax_held(self):
        account = self.company_data["default_account_tax_sale"]
        self.eco.invoice_repartition_line_ids.filtered(lambda line: line.repartition_type == "tax").account_id = account
        invoice = self.push(self.taxed(self.tax, self.eco))
        self.assert_held(invoice, "tax", "“Eco fee”")
        account.xero_account_id = self.account("835")
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced")

    def test_what_is_to_be_mapped_is_just_what_fix_opens(self):
        hidden = self.percent_tax(0.5, name="Cess", amount_type="fixed", type_tax_use="none")
        part = self.percent_tax(20, name="Part", type_tax_use="none")
        invoice = self.push(self.taxed(self.group("Both", part, hidden)))
        self.assert_held(invoice, "tax", "“Part”", "“Cess”")
        action = self.binding(invoice).action_fix()
        found = self.env["account.tax"].with_context(**action["context"]).search(action["domain"])
        self.assertEqual(found, part | hidden)

    def test_a_fixed_tax_is_one_line_for_the_document(self):
        self.eco.xero_account_id = self.account("850")
        invoice = self.push(
            self.taxed(self.tax, self.eco, price=10, quantity=3), self.taxed(self.tax, self.eco, price=5, quantity=2)
        )
        # 30 + 10 = 40 with 8.00 of tax; 5 × 0.35 = 1.75
        self.assert_synced(invoice, "41.75", "8.00", "49.75")
        self.assertEqual(
            self.sent_lines(invoice)[-1],
            {"Description": "Eco fee", "AccountCode": "850", "TaxType": "NONE", "Quantity": 5, "UnitAmount": 0.35},
        )

    def test_the_xero_account_of_its_odoo_account_serves(self):
        account = self.company_data["default_account_tax_sale"]
        self.eco.invoice_repartition_line_ids.filtered(lambda line: line.repartition_type == "tax").account_id = account
        account.xero_account_id = self.account("835")
        invoice = self.push(self.taxed(self.tax, self.eco))
        self.assertEqual(self.sent_lines(invoice)[-1]["AccountCode"], "835")

    def test_a_fixed_tax_in_the_base_of_another_bears_it(self):
        levy = self.percent_tax(0.10, name="Levy", amount_type="fixed", sequence=0, include_base_amount=True)
        levy.xero_account_id = self.account("850")
        invoice = self.push(self.taxed(levy, self.tax, price=10, quantity=3))
        # 20 % of 30.00 + 0.30 = 6.06: 6.00 on the goods and 0.06 on the levy
        self.assert_synced(invoice, "30.30", "6.06", "36.36")
        self.assertEqual([line["TaxType"] for line in self.sent_lines(invoice)], ["OUTPUT2", "OUTPUT2"])

    def test_the_tax_on_a_fixed_tax_is_told_on_its_own_line(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        levy = self.percent_tax(0.10, name="Levy", amount_type="fixed", sequence=0, include_base_amount=True)
        levy.xero_account_id = self.account("850")
        invoice = self.push(*[self.taxed(levy, self.tax, price=1.03)] * 3)
        # Odoo: 20 % of 3 × 1.13 = 0.678 → 0.68; Xero by itself: 3 × 0.21 on the goods, 0.06 on 0.30 of levy
        self.assert_synced(invoice, "3.39", "0.68", "4.07", rung="tax_amount")
        told = [line["TaxAmount"] for line in self.sent_lines(invoice)]
        self.assertEqual((sorted(told[:3]), told[3]), ([0.2, 0.21, 0.21], 0.06))

    def test_a_withheld_tax_is_a_negative_line(self):
        withheld = self.percent_tax(-15, name="Withheld")
        withheld.xero_account_id = self.account("620")
        invoice = self.push(self.taxed(self.tax, withheld))
        # 100 + 20 − 15
        self.assert_synced(invoice, "85.00", "20.00", "105.00")
        self.assertEqual((self.sent_lines(invoice)[-1]["UnitAmount"], withheld.xero_form), (-15, "line"))
        with self.assertRaisesRegex(ValidationError, "not a percentage of the price"):
            withheld.xero_tax_rate_id = self.rate("OUTPUT2")

    def test_a_group_that_is_no_rate_is_taken_apart(self):
        self.eco.xero_account_id = self.account("850")
        group = self.group("All in", self.tax, self.eco)
        invoice = self.push(self.taxed(group))
        self.assert_synced(invoice, "100.35", "20.00", "120.35")

    def test_a_free_item_has_no_line_of_nothing_for_its_fee(self):
        self.eco.xero_account_id = self.account("850")
        invoice = self.push(self.taxed(self.tax, self.eco, quantity=0), self.taxed(self.tax))
        self.assert_synced(invoice, "100.00", "20.00", "120.00")


class TestNoTax(TaxCase):
    """Reverse charge, zero rates and customers that are exempt."""

    def test_reverse_charge_is_a_rate_of_nothing(self):
        reverse = self.reverse_charge(20)
        self.assertEqual(reverse.xero_percent, 0)
        with self.assertRaisesRegex(ValidationError, "is 0 %"):
            reverse.xero_tax_rate_id = self.rate("OUTPUT2")
        reverse.xero_tax_rate_id = self.rate("DRCHARGESUPPLY20")
        invoice = self.push(self.taxed(reverse))
        self.assert_synced(invoice, "100.00", "0.00", "100.00")
        self.assertEqual(self.sent_lines(invoice)[0]["TaxType"], "DRCHARGESUPPLY20")

    def test_a_group_of_plus_and_minus_is_reverse_charge_too(self):
        group = self.group("RC", self.percent_tax(20, name="Plus"), self.percent_tax(-20, name="Minus"))
        group.xero_tax_rate_id = self.rate("ZERORATEDOUTPUT")
        self.assert_synced(self.push(self.taxed(group)), "100.00", "0.00", "100.00")

    def zero(self):
        zero = self.percent_tax(0, name="Zero")
        zero.xero_tax_rate_id = self.rate("ZERORATEDOUTPUT")
        return zero

    def sent_type(self, invoice):
        return self.sent_lines(invoice)[0]["TaxType"]

    def test_an_exempt_customer_gets_none_or_the_rate_that_was_chosen(self):
        zero = self.zero()
        self.assertEqual(self.sent_type(self.push(self.taxed(zero))), "ZERORATEDOUTPUT")
        self.partner.xero_exempt = True
        self.assertEqual(self.sent_type(self.push(self.taxed(zero))), "NONE")
        self.assertEqual(self.sent_type(self.push(self.taxed())), "NONE")
        self.connection.exempt_tax_rate_id = self.rate("EXEMPTOUTPUT")
        self.assertEqual(self.sent_type(self.push(self.taxed(zero))), "EXEMPTOUTPUT")
        unmapped = self.percent_tax(0, name="Unmapped")
        self.assertEqual(self.sent_type(self.push(self.taxed(unmapped))), "EXEMPTOUTPUT")

    def test_an_address_of_an_exempt_company_is_exempt_as_well(self):
        self.partner.xero_exempt = True
        address = self.new_partner("Warehouse", parent_id=self.partner.id, is_company=False, type="invoice")
        self.assertEqual(self.sent_type(self.push(self.taxed(self.zero()), partner=address)), "NONE")

    def test_a_fiscal_position_has_a_rate_of_its_own_for_reverse_charge(self):
        position = self.env["account.fiscal.position"].create(
            {"name": "EC services", "company_id": self.company.id, "xero_exempt": True}
        )
        line, values = self.taxed(self.zero()), {"fiscal_position_id": position.id}
        self.assertEqual(self.sent_type(self.push(line, **values)), "NONE")
        position.xero_exempt_rate_id = self.rate("ECZROUTPUTSERVICES")
        self.assertEqual(self.sent_type(self.push(line, **values)), "ECZROUTPUTSERVICES")

    def test_an_exempt_customer_with_tax_is_held_because_totals_would_differ(self):
        self.partner.xero_exempt = True
        invoice = self.push(self.taxed(self.tax))
        self.assert_held(invoice, "tax", "exempt or reverse-charged", "20.00 of tax", self.tax.name)
        self.partner.xero_exempt = False
        self.run_sync()
        self.assert_synced(invoice, "100.00", "20.00", "120.00")

    def test_a_rate_that_changed_in_xero_holds_the_invoice(self):
        record = self.organisation.tax_rates["OUTPUT2"]
        self.organisation.tax_rates.put({**record, "EffectiveRate": record["EffectiveRate"] + 1})
        self.connection.action_refresh_references()
        invoice = self.push(self.taxed(self.tax))
        self.assert_held(invoice, "tax", "is 20 %", "is 21 % in Xero")

    def test_a_tax_that_is_mended_in_odoo_has_what_it_held_looked_at_again(self):
        group = self.group("All", self.percent_tax(15), self.percent_tax(5))
        group.xero_tax_rate_id = self.rate("OUTPUT2")
        group.children_tax_ids[1].amount = 4
        invoice = self.push(self.taxed(group))
        self.assert_held(invoice, "tax", "is 19 %")
        group.children_tax_ids[1].amount = 5
        self.run_sync()
        # The tax is right again; what was booked meanwhile is not.
        self.assert_held(invoice, "totals", "119.00 with tax 19.00", "120.00 with tax 20.00")

    def test_a_rate_that_does_not_go_with_the_account_is_mended_by_another_account(self):
        product = self.env["product.product"].create({"name": "p", "xero_account_id": self.account("310").id})
        invoice = self.push(self.taxed(self.tax, product_id=product.id))
        self.assert_held(invoice, "tax", "does not allow the rate", "310")
        product.xero_account_id = self.account("200")
        self.run_sync()
        self.assert_synced(invoice, "100.00", "20.00", "120.00")

    def test_cash_basis_taxes_are_taxes_like_any_other(self):
        self.company.tax_exigibility = True
        transition = self.company_data["default_account_tax_sale"].copy({"reconcile": True})
        tax = self.percent_tax(
            20, name="On payment", tax_exigibility="on_payment", cash_basis_transition_account_id=transition.id
        )
        tax.xero_tax_rate_id = self.rate("OUTPUT2")
        invoice = self.push(self.taxed(tax))
        self.assert_synced(invoice, "100.00", "20.00", "120.00")
        payment = self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids)
        payment.create({})._create_payments()
        self.run_sync()
        self.assertEqual(len(self.organisation.invoices), 1, "the entry that moves the tax is no document")


class TestAustralia(TaxCase):
    """A chart that has no rate NONE: what has no tax must be told apart by a person."""

    simulator_options = {"country": "AU", "chart": "au"}

    def _map(self, connection):
        connection.default_account_id = self.xero_account(connection, "200")
        self.tax = self.percent_tax(10, name="GST")
        self.tax.xero_tax_rate_id = self.xero_rate(connection, "OUTPUT")

    def test_lines_without_tax_need_a_choice(self):
        invoice = self.push(self.taxed())
        self.assert_held(invoice, "tax", "no rate NONE", "Rate for Exempt and Untaxed")
        self.connection.exempt_tax_rate_id = self.rate("EXEMPTOUTPUT")
        self.run_sync()
        self.assert_synced(invoice, "100.00", "0.00", "100.00")

    def test_cash_rounding_is_no_supply_whatever_was_chosen_for_exempt_customers(self):
        self.connection.exempt_tax_rate_id = self.rate("EXEMPTOUTPUT")
        rounding = self.cash_rounding("add_invoice_line")
        invoice = self.push(self.taxed(self.tax, price=10.01), invoice_cash_rounding_id=rounding.id)
        # 10.01 + 1.00 = 11.01 → 11.00
        self.assert_synced(invoice, "10.00", "1.00", "11.00")
        self.assertEqual(self.sent_lines(invoice)[-1]["TaxType"], "BASEXCLUDED")

    def test_a_round_off_line_takes_the_rounding_account_s_own_rate(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self.connection.tax_tolerance = 0
        invoice = self.push(*[self.taxed(self.tax, price=0.25)] * 3)
        # Odoo: 10 % of 0.75 = 0.075 → 0.08; Xero: 3 × 0.03 (0.025)
        self.assert_synced(invoice, "0.74", "0.09", "0.83", rung="round_off", warning=True)
        self.assertEqual(self.sent_lines(invoice)[-1]["TaxType"], "BASEXCLUDED")


class TestTaxMapping(TaxCase):
    """The mapping screen: what is proposed, and what is refused."""

    def test_proposals_fit_by_percentage_and_by_sale_or_purchase(self):
        sale, purchase = self.percent_tax(20, name="20% S"), self.percent_tax(20, name="20% P", type_tax_use="purchase")
        reduced, odd = self.percent_tax(5, name="5% S"), self.percent_tax(13.5, name="Odd")
        fixed = self.percent_tax(20, name="Twenty", amount_type="fixed")
        self.assertEqual(sale.xero_proposed_rate_id, self.rate("OUTPUT2"))
        self.assertEqual(purchase.xero_proposed_rate_id, self.rate("INPUT2"))
        self.assertEqual(reduced.xero_proposed_rate_id, self.rate("RROUTPUT"))
        self.assertFalse(odd.xero_proposed_rate_id)
        self.assertFalse(fixed.xero_proposed_rate_id)
        self.assertFalse(self.tax.xero_proposed_rate_id, "it is mapped")

    def test_among_rates_of_one_percentage_the_name_tells(self):
        for name, code in (
            ("Zero Rated", "ZERORATEDOUTPUT"),
            ("Exempt", "EXEMPTOUTPUT"),
            ("Zero Rated EC Services", "ECZROUTPUTSERVICES"),
        ):
            self.assertEqual(self.percent_tax(0, name=name).xero_proposed_rate_id.code, code)

    def test_accepting_maps_what_has_a_proposal_and_says_so_if_nothing_has(self):
        sale, odd = self.percent_tax(5, name="5% S"), self.percent_tax(13.5, name="Odd")
        (sale | odd).action_accept_xero_proposal()
        self.assertEqual(sale.xero_tax_rate_id, self.rate("RROUTPUT"))
        self.assertFalse(odd.xero_tax_rate_id)
        with self.assertRaisesRegex(UserError, "no proposal"):
            (sale | odd).action_accept_xero_proposal()

    def test_a_hundred_taxes_are_proposed_for_without_a_query_for_each(self):
        taxes = self.env["account.tax"].union(*(self.percent_tax(5, name=f"Tax {n}") for n in range(100)))
        self.env.flush_all()
        self.env.invalidate_all()
        taxes[:1].mapped("xero_proposed_rate_id")  # what is read once for all
        with self.assertQueryCount(12):
            self.assertEqual(set(taxes.mapped("xero_proposed_rate_id")), {self.rate("RROUTPUT")})

    def test_after_another_organisation_was_connected_its_rates_are_proposed(self):
        self.connection.action_disconnect()
        organisation = self.simulator.add_organisation(
            "Second", currency=self.company.currency_id.name, country="GB", chart="uk"
        )
        second = self._connect(organisation, name="Second", code="second")
        self.env.invalidate_all()
        self.assertEqual(self.tax.xero_proposed_rate_id.connection_id, second)
        self.tax.action_accept_xero_proposal()
        self.assertEqual(self.tax.xero_tax_rate_id, self.xero_rate(second, "OUTPUT2"))

    def test_without_a_connection_nothing_is_proposed(self):
        self.assertFalse(self.setup_other_company()["default_tax_sale"].xero_proposed_rate_id)

    def test_an_administrator_of_xero_maps_combinations_and_a_user_does_not(self):
        self.push(self.taxed(self.tax, self.percent_tax(5, name="Five")))
        combination = self.env["xero.tax.combination"].search([])
        groups = {name: self.env.ref(f"xero_connector.group_xero_{name}").id for name in ("user", "manager")}
        users = {
            name: self.env["res.users"].create(
                {
                    "name": name,
                    "login": f"xero-{name}",
                    "group_ids": [Command.set([group, self.env.ref("account.group_account_invoice").id])],
                    "company_id": self.company.id,
                    "company_ids": [Command.set(self.company.ids)],
                }
            )
            for name, group in groups.items()
        }
        self.assertEqual(combination.with_user(users["user"]).xero_percent, 25)
        with self.assertRaises(UserError):
            combination.with_user(users["user"]).xero_tax_rate_id = False
        combination.with_user(users["manager"]).xero_tax_rate_id = False
        stranger = self.env["res.company"].create({"name": "Elsewhere"})
        users["manager"].write({"company_ids": [Command.set(stranger.ids)], "company_id": stranger.id})
        self.assertFalse(self.env["xero.tax.combination"].with_user(users["manager"]).search([]))
