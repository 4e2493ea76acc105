from odoo import Command
from odoo.exceptions import ValidationError

from .tax_case import TaxCase


class TestKindsOfLines(TaxCase):
    """Discounts, shipping, adjustments and roundings go to accounts of their own (M11)."""

    def thing(self, kind=False, **values):
        return self.env["product.product"].create({"name": kind or "Thing", "xero_line_kind": kind, **values})

    def accounts(self, invoice):
        return [line["AccountCode"] for line in self.sent_lines(invoice)]

    def test_lines_of_a_kind_go_to_its_account_and_the_product_s_own_comes_first(self):
        self.connection.write(
            {
                "discount_account_id": self.account("260").id,
                "shipping_account_id": self.account("425").id,
                "adjustment_account_id": self.account("850").id,
            }
        )
        self.tax.xero_tax_rate_id = False
        self.connection.unmapped_tax_policy = "account_default"
        zero = self.percent_tax(0)
        zero.xero_tax_rate_id = self.rate("NONE")
        own = self.thing("discount", xero_account_id=self.account("270").id)
        products = [self.thing(kind) for kind in (False, "discount", "shipping", "adjustment")] + [own]
        invoice = self.push(*(self.taxed(zero, product_id=product.id) for product in products))
        self.assertEqual(self.accounts(invoice), ["200", "260", "425", "850", "270"])

    def test_without_an_account_of_its_kind_a_line_goes_where_any_other_goes(self):
        category = self.env["product.category"].create({"name": "Freight", "xero_account_id": self.account("260").id})
        product = self.thing("shipping", categ_id=category.id)
        self.assertEqual(self.accounts(self.push(self.taxed(self.tax, product_id=product.id))), ["260"])
        self.connection.shipping_account_id = self.account("810")
        self.assertEqual(self.accounts(self.push(self.taxed(self.tax, product_id=product.id))), ["810"])

    def test_only_accounts_that_xero_takes_on_lines_can_be_chosen_but_for_rounding(self):
        for name, code in (("discount", "090"), ("shipping", "860"), ("adjustment", "610"), ("rounding", "610")):
            with self.assertRaisesRegex(ValidationError, "account for .* cannot be used: .* bank or system account"):
                self.connection[f"{name}_account_id"] = self.account(code)
            self.connection[f"{name}_account_id"] = False
        self.connection.rounding_account_id = self.account("860")

    def test_an_early_payment_discount_reduces_the_tax_on_the_discount_account(self):
        self.connection.discount_account_id = self.account("260")
        invoice = self.push(self.taxed(self.tax), invoice_payment_term_id=self.early_payment_term().id)
        # 20 % of 98.00 = 19.60; the discount's two lines are nothing together
        self.assert_synced(invoice, "100.00", "19.60", "119.60")
        self.assertEqual(
            sorted((line["AccountCode"], line["UnitAmount"], line["TaxType"]) for line in self.sent_lines(invoice)),
            [("200", 100, "OUTPUT2"), ("260", -2, "OUTPUT2"), ("260", 2, "NONE")],
        )

    # -- Discounts ---------------------------------------------------------------------------------------------------

    def test_a_discount_of_more_decimals_than_xero_has_goes_as_an_amount(self):
        self.env["decimal.precision"].search([("name", "=", "Discount")]).digits = 3
        invoice = self.push(self.taxed(self.tax, price=10, quantity=3, discount=12.345))
        # 30.00 − 12.345 % = 26.2965 → 26.30; 20 % = 5.26
        self.assert_synced(invoice, "26.30", "5.26", "31.56")
        self.assertEqual(
            (self.sent_lines(invoice)[0]["Quantity"], self.sent_lines(invoice)[0]["DiscountAmount"]), (3, 3.7)
        )

    def test_discounts_become_lines_of_their_own_by_setting(self):
        self.connection.write({"discount_as": "line", "discount_account_id": self.account("260").id})
        invoice = self.push(self.taxed(self.tax, price=33.33, quantity=3, discount=15), self.taxed(self.tax, price=5))
        # 99.99 − 15 % = 84.9915 → 84.99, so 15.00 off; 20 %: 20.00 − 3.00 + 1.00 = 18.00 (17.00 + 1.00 in Odoo)
        self.assert_synced(invoice, "89.99", "18.00", "107.99")
        lines = [(line["Description"], line["AccountCode"], line["UnitAmount"]) for line in self.sent_lines(invoice)]
        self.assertEqual(lines, [("Goods", "200", 33.33), ("Discount: Goods", "260", -15), ("Goods", "200", 5)])
        self.assertFalse(any("DiscountRate" in line for line in self.sent_lines(invoice)))

    def test_a_discount_of_a_price_with_its_tax_is_a_line_with_its_tax(self):
        self.connection.discount_as = "line"
        included = self.percent_tax(20, name="Incl", price_include_override="tax_included")
        included.xero_tax_rate_id = self.rate("OUTPUT2")
        invoice = self.push(self.taxed(included, price=60, quantity=2, discount=10))
        # 120.00 − 12.00 = 108.00, which holds 18.00
        self.assert_synced(invoice, "90.00", "18.00", "108.00")
        self.assertEqual([line["UnitAmount"] for line in self.sent_lines(invoice)], [60, -12])

    def test_a_gift_stays_visible_with_its_discount_beside_it(self):
        self.connection.discount_as = "line"
        invoice = self.push(self.taxed(self.tax), self.taxed(self.tax, price=15, discount=100))
        self.assert_synced(invoice, "100.00", "20.00", "120.00")
        self.assertEqual([line["UnitAmount"] for line in self.sent_lines(invoice)], [100, 15, -15])

    def test_a_discount_of_a_price_with_a_fee_in_it_stays_with_its_line(self):
        self.connection.write({"discount_as": "line", "discount_account_id": self.account("260").id})
        vat = self.percent_tax(20, name="Incl", price_include_override="tax_included", sequence=2)
        vat.xero_tax_rate_id = self.rate("OUTPUT2")
        fee = self.percent_tax(
            1,
            name="Fee",
            amount_type="fixed",
            price_include_override="tax_included",
            include_base_amount=True,
            sequence=1,
        )
        fee.xero_account_id = self.account("850")
        invoice = self.push(self.taxed(fee, vat, price=120, discount=10))
        # 108.00 = 90.00 + 18.00, of which 1.00 is the fee and 89.00 the goods
        self.assert_synced(invoice, "90.00", "18.00", "108.00", rung="flattened")
        self.assertEqual(
            [(line["AccountCode"], line["UnitAmount"]) for line in self.sent_lines(invoice)], [("200", 89), ("850", 1)]
        )

    def test_the_account_of_a_discount_must_go_with_the_rate_as_well(self):
        self.connection.write({"discount_as": "line", "discount_account_id": self.account("310").id})
        invoice = self.push(self.taxed(self.tax, discount=10))
        self.assert_held(invoice, "tax", "Discount: Goods", "does not allow the rate", "310")

    def test_a_discount_that_is_left_to_the_account_has_the_rate_of_the_goods(self):
        self.tax.xero_tax_rate_id = False
        self.connection.write(
            {
                "unmapped_tax_policy": "account_default",
                "discount_as": "line",
                "discount_account_id": self.account("850").id,
            }
        )
        # Account 850 is without tax by default: the discount's rate is named.
        self.assert_synced(self.push(self.taxed(self.tax, discount=10)), "90.00", "18.00", "108.00")

    def test_odoos_discount_on_a_whole_order_is_a_discount(self):
        self.connection.discount_account_id = self.account("260")
        off = self.taxed(self.tax, price=-10, name="Discount", extra_tax_data={"computation_key": "global_discount,1"})
        self.assertEqual(self.accounts(self.push(self.taxed(self.tax), off)), ["200", "260"])

    # -- Prices and quantities ---------------------------------------------------------------------------------------

    def fine_prices(self):
        self.env["decimal.precision"].search([("name", "=", "Product Price")]).digits = 6

    def test_what_flattening_hides_is_told_in_the_description(self):
        self.fine_prices()
        invoice = self.push(self.taxed(self.tax, price=0.001, quantity=500, discount=10))
        # 0.50 − 10 % = 0.45; 20 % = 0.09
        self.assert_synced(invoice, "0.45", "0.09", "0.54", rung="flattened")
        [line] = self.sent_lines(invoice)
        self.assertEqual(
            (line["Description"], line["Quantity"], line["UnitAmount"]), ("Goods (500 × 0.001 − 10 %)", 1, 0.45)
        )
        long = self.push(self.taxed(self.tax, price=0.001, quantity=500, name="x" * 4000))
        [line] = self.sent_lines(long)
        self.assertTrue(line["Description"].endswith("… (500 × 0.001)"))
        self.assertEqual(len(line["Description"]), 4000)

    def test_four_decimals_are_kept_by_setting(self):
        self.fine_prices()
        self.connection.unit_decimals = "4"
        invoice = self.push(self.taxed(self.tax, price=0.1234, quantity=1000))
        self.assert_synced(invoice, "123.40", "24.68", "148.08")
        self.assertEqual(self.sent_lines(invoice)[0]["UnitAmount"], 0.1234)
        finer = self.push(self.taxed(self.tax, price=0.12345, quantity=1000))
        self.assert_synced(finer, "123.45", "24.69", "148.14", rung="flattened")

    def test_a_price_that_is_changed_on_a_confirmed_invoice_changes_nothing_that_was_booked(self):
        invoice = self.push(self.taxed(self.tax))
        line = invoice.invoice_line_ids
        self.env.cr.execute("UPDATE account_move_line SET price_unit = 150 WHERE id = %s", [line.id])
        line.invalidate_recordset()
        invoice.ref = "PO 1"
        self.run_sync()
        self.assertEqual(self.in_xero(invoice)["Reference"], "PO 1")
        self.assert_synced(invoice, "100.00", "20.00", "120.00", rung="flattened")

    def test_an_emoji_counts_twice_in_xeros_length_of_a_text(self):
        invoice = self.push(self.taxed(self.tax, name="🙂" * 3000))
        text = self.sent_lines(invoice)[0]["Description"]
        self.assertEqual(text, "🙂" * 1999 + "…")

    def test_an_archived_product_is_a_product_like_any_other(self):
        product = self.thing(xero_account_id=self.account("260").id)
        invoice = self.invoice(lines=[self.taxed(self.tax, product_id=product.id)])
        product.active = False
        self.run_sync()
        self.assertEqual(self.accounts(invoice), ["260"])

    def test_a_quantity_in_dozens_is_the_quantity_of_the_line(self):
        dozen = self.env.ref("uom.product_uom_dozen").id
        invoice = self.push(self.taxed(self.tax, quantity=2, price=24, product_uom_id=dozen))
        self.assert_synced(invoice, "48.00", "9.60", "57.60")
        self.assertEqual(self.sent_lines(invoice)[0]["Quantity"], 2)


class TestRounding(TaxCase):
    """Cash rounding, and what is left when Xero computes other cents."""

    def test_cash_rounding_goes_to_xeros_rounding_account_or_the_chosen_one(self):
        rounding = self.cash_rounding("add_invoice_line")
        invoice = self.push(self.taxed(self.tax, price=10.01), invoice_cash_rounding_id=rounding.id)
        # 10.01 + 2.00 = 12.01 → 12.00
        self.assert_synced(invoice, "10.00", "2.00", "12.00")
        self.assertEqual(self.sent_lines(invoice)[-1]["AccountCode"], "860")
        self.connection.rounding_account_id = self.account("850")
        invoice = self.push(self.taxed(self.tax, price=10.01), invoice_cash_rounding_id=rounding.id)
        self.assertEqual(self.sent_lines(invoice)[-1]["AccountCode"], "850")

    def test_the_account_that_is_mapped_to_the_rounding_s_own_account_comes_before_xeros(self):
        self.company_data["default_account_expense"].xero_account_id = self.account("260")
        self.company_data["default_account_revenue"].xero_account_id = self.account("260")
        rounding = self.cash_rounding("add_invoice_line")
        invoice = self.push(self.taxed(self.tax, price=10.01), invoice_cash_rounding_id=rounding.id)
        self.assertEqual(self.sent_lines(invoice)[-1]["AccountCode"], "260")

    def test_cash_rounding_that_odoo_adds_to_a_tax_is_a_line_in_xero_and_no_tax(self):
        rounding = self.cash_rounding("biggest_tax")
        invoice = self.push(self.taxed(self.tax, price=10.02), invoice_cash_rounding_id=rounding.id)
        # 10.02 + 2.00 (2.004) = 12.02 → 12.00: Odoo has 1.98 of tax, Xero 2.00 and a line of −0.02
        self.assertEqual(f"{invoice.amount_tax:.2f}", "1.98")
        self.assert_synced(invoice, "10.00", "2.00", "12.00")
        self.assertEqual(self.sent_lines(invoice)[-1]["UnitAmount"], -0.02)

    # -- The last rung -----------------------------------------------------------------------------------------------

    def three_stamps(self):
        """Odoo: 20 % of 3.09 = 0.618 → 0.62; Xero by itself: 3 × 0.21 = 0.63."""
        self.company.tax_calculation_rounding_method = "round_globally"
        return self.push(*[self.taxed(self.tax, price=1.03)] * 3)

    def test_a_xero_that_takes_no_tax_from_us_gets_a_round_off_line(self):
        self.organisation.tax_override_tolerance = 0
        invoice = self.three_stamps()
        self.assert_synced(invoice, "3.08", "0.63", "3.71", rung="round_off", warning=True)
        self.assertEqual(
            self.sent_lines(invoice)[-1],
            {"Description": "Rounding", "AccountCode": "860", "TaxType": "NONE", "Quantity": 1, "UnitAmount": -0.01},
        )
        self.assertIn("[OUTPUT2]: Odoo 0.62, Xero 0.63", invoice.xero_warning)
        self.assertIn("“Rounding” of -0.01", invoice.xero_warning)
        self.assertEqual(len(self.calls("PUT", "/Invoices")), 2)
        invoice.ref = "PO 2"
        self.run_sync()
        self.assertEqual(len(self.calls("POST", "/Invoices")), 1, "it is not tried again with every change")

    def test_an_update_that_xero_refuses_for_its_tax_goes_on_too(self):
        invoice = self.three_stamps()
        self.assert_synced(invoice, "3.09", "0.62", "3.71", rung="tax_amount")
        self.organisation.tax_override_tolerance = 0
        invoice.ref = "PO 2"
        self.run_sync(times=2)
        self.assert_synced(invoice, "3.08", "0.63", "3.71", rung="round_off", warning=True)
        self.assertEqual(self.in_xero(invoice)["Reference"], "PO 2")

    def test_a_refusal_of_a_tax_that_was_not_told_is_shown_in_xeros_words(self):
        message = "The tax amount is incorrect for this tax type"
        self.simulator.fault("status", match="PUT /Invoices", status=400, times=None, body={"Message": message})
        invoice = self.push(self.taxed(self.tax))
        self.assert_refused(invoice, "refused", message)
        self.assertEqual(len(self.calls("PUT", "/Invoices")), 1)

    def test_the_tax_of_each_rate_is_odoos(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        five = self.percent_tax(5)
        five.xero_tax_rate_id = self.rate("RROUTPUT")
        lines = [self.taxed(tax, price=price) for tax, price in ((self.tax, 1.03), (five, 0.09)) for _index in "abc"]
        # Odoo: 0.62 (0.618) and 0.01 (0.0135); Xero by itself 3 × 0.21 = 0.63 and 3 × 0.00: the sums would agree
        told = self.push(*lines)
        self.assert_synced(told, "3.36", "0.63", "3.99", rung="tax_amount")
        by_rate = {}
        for line in self.in_xero(told)["LineItems"]:
            by_rate[line["TaxType"]] = by_rate.get(line["TaxType"], 0) + line["TaxAmount"]
        self.assertEqual({code: str(tax) for code, tax in by_rate.items()}, {"OUTPUT2": "0.62", "RROUTPUT": "0.01"})
        self.connection.tax_tolerance = 0
        untold = self.push(*lines)
        self.assert_synced(untold, "3.36", "0.63", "3.99", warning=True)
        for words in ("[OUTPUT2]: Odoo 0.62, Xero 0.63", "[RROUTPUT]: Odoo 0.01, Xero 0.00"):
            self.assertIn(words, untold.xero_warning)

    def test_a_refused_discount_is_explained_with_the_way_out(self):
        message = "The discount rate '5.00' is invalid. Discount must not be greater than the line total."
        self.simulator.fault("status", match="PUT /Invoices", status=400, times=1, body={"Message": message})
        invoice = self.push(self.taxed(self.tax, discount=5))
        self.assert_refused(invoice, "totals", "Discounts Become", message)

    def test_one_that_is_refused_holds_up_no_other(self):
        self.organisation.tax_override_tolerance = 0
        self.company.tax_calculation_rounding_method = "round_globally"
        moves = [self.invoice(lines=[self.taxed(self.tax, price=1.03)] * 3) for _index in range(3)]
        moves += [self.invoice() for _index in range(3)]
        self.run_sync(times=2)
        self.assertEqual({self.binding(move).state for move in moves}, {"synced"})
        self.assertEqual(len(self.organisation.invoices), 6)

    def test_without_a_round_off_the_invoice_is_held_with_both_figures(self):
        self.connection.write({"tax_tolerance": 0, "round_off_units": 0})
        invoice = self.three_stamps()
        self.assert_held(invoice, "totals", "3.72 with tax 0.63", "3.71 with tax 0.62")
        self.assertEqual(self.binding(invoice).action_fix()["res_model"], "xero.connection")
        self.connection.round_off_units = 1
        self.run_sync()
        self.assert_synced(invoice, "3.08", "0.63", "3.71", rung="round_off", warning=True)

    def test_without_any_rounding_account_the_invoice_says_so(self):
        self.connection.tax_tolerance = 0
        rounding = self.account("860")
        self.organisation.accounts.put({**self.organisation.accounts[rounding.xero_id], "Status": "ARCHIVED"})
        self.connection.action_refresh_references()
        invoice = self.three_stamps()
        self.assert_held(invoice, "account", "Rounding", "no Xero account is mapped")

    def test_tolerances_cannot_be_negative(self):
        for name in ("tax_tolerance", "round_off_units"):
            with self.assertRaisesRegex(ValidationError, "cannot be negative"):
                self.connection[name] = -1

    def edited(self, tax):
        """An invoice of 100.00 whose 20.00 of tax was changed by hand in Odoo."""
        invoice = self.invoice(lines=[self.taxed(self.tax)], post=False)
        line = invoice.line_ids.filtered("tax_line_id")
        due = invoice.line_ids.filtered(lambda line: line.display_type == "payment_term")
        invoice.write(
            {
                "line_ids": [
                    Command.update(line.id, {"amount_currency": -tax, "balance": -tax}),
                    Command.update(due.id, {"amount_currency": 100 + tax, "balance": 100 + tax}),
                ]
            }
        )
        invoice.action_post()
        self.run_sync()
        return invoice

    def test_a_tax_that_was_changed_by_hand_is_told_rounded_off_or_held(self):
        self.assert_synced(self.edited(20.01), "100.00", "20.01", "120.01", rung="tax_amount")
        self.connection.round_off_units = 5
        self.assert_synced(self.edited(20.04), "100.04", "20.00", "120.04", rung="round_off", warning=True)
        self.assert_held(self.edited(21), "totals", "120.00 with tax 20.00", "121.00 with tax 21.00")


class TestCurrencies(TaxCase):
    """Currencies that Xero lacks (M14), exchange rates, and currencies without cents (I13)."""

    def put_currencies(self):
        return [call.body_json["Code"] for call in self.calls("PUT", "/Currencies")]

    def test_a_missing_currency_is_added_once(self):
        sek = self.foreign("SEK")
        invoices = [self.push(self.taxed(self.tax), currency_id=sek.id) for _index in range(2)]
        self.assertEqual(self.put_currencies(), ["SEK"])
        self.assert_synced(invoices[0], "100.00", "20.00", "120.00")
        self.assert_synced(invoices[1], "100.00", "20.00", "120.00")
        self.assertEqual(self.binding(sek).xero_number, "SEK")
        self.assertIn("SEK", self.env["xero.currency"].search([]).mapped("code"))

    def test_a_plan_of_one_currency_is_explained_and_looked_at_again_after_a_refresh(self):
        self.organisation.multicurrency = False
        invoice = self.push(self.taxed(self.tax), currency_id=self.foreign("SEK").id)
        other = self.push(self.taxed(self.tax), currency_id=self.foreign("SEK").id)
        self.assert_held(invoice, "currency", "not subscribed to SEK", "one currency only", "press Refresh from Xero")
        self.assertFalse(self.put_currencies())
        self.assertEqual(len(self.calls("GET", "/Organisation/Actions")), 1, "not asked for every invoice")
        self.organisation.multicurrency = True
        self.connection.action_refresh_references()
        self.run_sync(times=2)
        self.assertEqual(self.put_currencies(), ["SEK"])
        self.assert_synced(invoice, "100.00", "20.00", "120.00")
        self.assert_synced(other, "100.00", "20.00", "120.00")

    def test_the_list_of_links_shows_currencies_and_rates_too(self):
        self.connection.unmapped_tax_policy = "create"
        self.push(self.taxed(self.percent_tax(13.5)), currency_id=self.foreign("SEK").id)
        links = self.env["xero.binding"].search([])
        self.assertEqual(set(links.mapped("xero_type")), {"Contact", "Invoice", "Currency", "TaxRate"})
        without = links.filtered(lambda link: not link.xero_url)
        self.assertEqual(set(without.mapped("xero_type")), {"Currency", "TaxRate"}, "Xero has no page for one of these")

    def test_a_currency_that_is_added_by_hand_leaves_nothing_to_fix(self):
        self.organisation.multicurrency = False
        sek = self.foreign("SEK")
        invoice = self.push(self.taxed(self.tax), currency_id=sek.id)
        self.assertEqual(self.binding(sek).state, "blocked")
        self.organisation.add_currency("SEK")
        self.connection.action_refresh_references()
        self.run_sync(times=2)
        self.assert_synced(invoice, "100.00", "20.00", "120.00")
        self.assertFalse(self.binding(sek))

    def test_whoever_pushes_asks_xero_once_for_a_currency_that_it_refuses(self):
        for text in ("No more.", "Organisation is not subscribed to currency SEK"):
            body = {"Type": "ValidationException", "Message": text}
            fault = self.simulator.fault("status", match="PUT /Currencies", status=400, times=None, body=body)
            invoice = self.push(self.taxed(self.tax), currency_id=self.foreign("SEK").id)
            self.env.flush_all()
            invoice.action_push_to_xero()
            self.env.invalidate_all()
            self.run_sync(times=3)
            self.assert_held(invoice, "currency", "not subscribed to SEK")
            self.assertLessEqual(fault.hits, 3, text)
            fault.remove()

    def test_a_currency_that_xero_forbids_to_add_holds_up_no_other_invoice(self):
        for status, code in ((403, "SEK"), (404, "CHF")):
            body = {"Title": "Forbidden", "Detail": "Your role does not allow it"}
            fault = self.simulator.fault("status", match="PUT /Currencies", status=status, times=None, body=body)
            foreign = self.push(self.taxed(self.tax), currency_id=self.foreign(code).id)
            other = self.push(self.taxed(self.tax))
            self.assertEqual(self.connection.state, "connected")
            self.assert_held(foreign, "currency", "Your role does not allow it")
            self.assert_synced(other, "100.00", "20.00", "120.00")
            fault.remove()

    def test_a_refused_currency_says_why_in_xeros_words(self):
        self.simulator.fault(
            "status", match="PUT /Currencies", status=400, body={"Type": "ValidationException", "Message": "No more."}
        )
        invoice = self.push(self.taxed(self.tax), currency_id=self.foreign("SEK").id)
        self.assert_held(invoice, "currency", "not subscribed to SEK", "“No more.”")
        self.assertEqual(self.binding(self.foreign("SEK")).state, "failed")
        self.binding(invoice).action_retry()
        self.run_sync(times=2)
        self.assert_synced(invoice, "100.00", "20.00", "120.00")

    def test_a_lost_answer_adds_a_currency_once(self):
        for kind in ("drop_after", "garbage", "missing_id"):
            lost = self.simulator.fault(kind, match="PUT /Currencies", times=1)
            code = {"drop_after": "SEK", "garbage": "CHF", "missing_id": "NZD"}[kind]
            invoice = self.push(self.taxed(self.tax), currency_id=self.foreign(code).id)
            self.connection._write_run_facts({"next_try": False})
            self.run_sync(times=2)
            self.assertEqual(lost.hits, 1)
            self.assertEqual(self.binding(invoice).state, "synced", (kind, self.binding(invoice).message))
            self.assertEqual(list(self.organisation.currencies).count(code), 1)
            self.assertEqual(len(self.binding(self.foreign(code))), 1)

    def test_xero_uses_its_own_rate_unless_odoos_is_to_be_sent(self):
        self.organisation.add_currency("EUR")
        self.connection.action_refresh_references()
        euro = self.foreign("EUR", rate=0.95)
        self.assertNotIn("CurrencyRate", self.sent(self.push(self.taxed(self.tax), currency_id=euro.id)))
        self.connection.currency_rates = "odoo"
        invoice = self.push(self.taxed(self.tax), currency_id=euro.id)
        # 0.95 euro for a dollar, the currency of both books
        self.assertEqual(self.sent(invoice)["CurrencyRate"], 0.95)
        self.assertEqual(str(self.in_xero(invoice)["CurrencyRate"]), "0.950000")
        self.assertNotIn("CurrencyRate", self.sent(self.push(self.taxed(self.tax))))

    def test_a_rate_far_from_xeros_own_is_shown_with_xeros_warning(self):
        self.organisation.add_currency("EUR")
        self.connection.write({"currency_rates": "odoo"})
        self.connection.action_refresh_references()
        invoice = self.push(self.taxed(self.tax), currency_id=self.foreign("EUR", rate=1.9).id)
        self.assertIn("far from the day rate", invoice.xero_warning)

    def test_yen_have_no_cents_in_odoo_and_two_decimals_in_xero(self):
        ten = self.percent_tax(10, name="Ten")
        self.connection.unmapped_tax_policy = "create"
        yen = self.foreign("JPY", rate=150)
        even = self.push(self.taxed(ten, price=1200), currency_id=yen.id)
        self.assert_synced(even, "1200.00", "120.00", "1320.00")
        odd = self.push(self.taxed(ten, price=105), currency_id=yen.id)
        # 10.50 of tax is 11 in Odoo; 0.50 is rounded off
        self.assert_synced(odd, "105.50", "10.50", "116.00", rung="round_off", warning=True)
