from decimal import Decimal

from odoo import fields

from .revrec_case import RevrecCase


class TestSchedule(RevrecCase):
    """Which amount falls on which day; all figures are worked out by hand."""

    def test_a_day_gets_its_part_of_the_amount_and_the_rounded_days_add_up(self):
        # 10.00 over 3 days: by the end of each 3.33, 6.67 (6.666…), 10.00.
        charge = self.charge(10.0, "2026-01-01", "2026-01-03")
        self.assertEqual(self.lines(charge), {"2026-01-01": "3.33", "2026-01-02": "3.34", "2026-01-03": "3.33"})

    def test_half_a_cent_is_rounded_away_from_zero_on_both_sides(self):
        # 0.05 over 2 days: 0.025 is 0.03; of a credit note -0.025 is -0.03.
        self.assertEqual(
            self.lines(self.charge(0.05, "2026-01-01", "2026-01-02")), {"2026-01-01": "0.03", "2026-01-02": "0.02"}
        )
        note = self.credited(self.line(0.05, "2026-01-01", "2026-01-02"))
        self.assertEqual(self.lines(note.xero_charge_ids), {"2026-01-01": "-0.03", "2026-01-02": "-0.02"})

    def test_days_of_nothing_have_no_line(self):
        # 0.02 over 5 days: by the end of each 0.004, 0.008, 0.012, 0.016, 0.02 → 0, 0.01, 0.01, 0.02, 0.02.
        charge = self.charge(0.02, "2026-01-01", "2026-01-05")
        self.assertEqual(self.lines(charge), {"2026-01-02": "0.01", "2026-01-04": "0.01"})

    def test_one_day_gets_all(self):
        self.assertEqual(self.lines(self.charge(99.99, "2026-02-28", "2026-02-28")), {"2026-02-28": "99.99"})

    def test_a_leap_year_has_366_days(self):
        charge = self.charge(366.0, "2028-01-01", "2028-12-31")
        lines = self.lines(charge)
        self.assertEqual((len(lines), lines["2028-02-29"], set(lines.values())), (366, "1.00", {"1.00"}))

    def test_without_a_period_all_is_recognised_on_the_accounting_date(self):
        invoice = self.sold(self.line(500.0, False, False), date="2026-01-01")
        self.assertEqual(self.lines(invoice.xero_charge_ids), {str(invoice.date): "500.00"})

    def test_at_once_is_on_the_accounting_date_whatever_the_period(self):
        product = self.new_product(method="once")
        charge = self.charge(500.0, product=product)
        self.assertEqual(self.lines(charge), {"2026-01-01": "500.00"})

    def test_by_month_whole_months_are_equal_and_booked_on_their_last_day(self):
        product = self.new_product(method="monthly")
        charge = self.charge(1000.0, "2026-01-01", "2026-03-31", product=product)
        self.assertEqual(self.lines(charge), {"2026-01-31": "333.33", "2026-02-28": "333.34", "2026-03-31": "333.33"})

    def test_by_month_the_first_and_the_last_count_for_the_part_they_have(self):
        # 17 January to 14 March: 15/31 + 1 + 14/31 = 60/31 months. 600 × 31/60 = 310 a month:
        # January 600 × 15/60 = 150, February 310, March 140, on the last day of service.
        product = self.new_product(method="monthly")
        charge = self.charge(600.0, "2026-01-17", "2026-03-14", product=product)
        self.assertEqual(self.lines(charge), {"2026-01-31": "150.00", "2026-02-28": "310.00", "2026-03-14": "140.00"})

    def test_by_month_within_one_month_is_on_the_last_day(self):
        product = self.new_product(method="monthly")
        charge = self.charge(70.0, "2026-01-10", "2026-01-16", product=product)
        self.assertEqual(self.lines(charge), {"2026-01-16": "70.00"})

    def test_months_add_up_what_their_days_have(self):
        charge = self.charge(1200.0)
        # 1200 × 31/365 = 101.917…, × 59/365 = 193.972…
        self.assertEqual([self.by_month(charge)[month] for month in ("2026-01", "2026-02")], ["101.92", "92.05"])
        self.assertEqual(self.total(charge), Decimal("1200.00"))

    def test_percentages_entered_by_hand_leave_the_rest_to_the_last_day(self):
        charge = self.charge(1000.0, product=self.new_product(method="manual"))
        self.assertEqual(self.lines(charge), {"2026-12-31": "1000.00"})
        charge.share_ids = [
            fields.Command.create({"date": "2026-02-15", "percentage": 33.3333}),
            fields.Command.create({"date": "2026-06-30", "percentage": 33.3333}),
        ]
        # By then 333.333 and 666.666.
        self.assertEqual(self.lines(charge), {"2026-02-15": "333.33", "2026-06-30": "333.34", "2026-12-31": "333.33"})

    def _other_decimals(self, rounding):
        currency = self.company.currency_id
        self.env.cr.execute("UPDATE res_currency SET rounding = %s WHERE id = %s", [rounding, currency.id])
        self.env.invalidate_all()
        currency._compute_decimal_places()
        self.env.registry.clear_cache()

    def test_yen_have_no_decimals(self):
        self._other_decimals(1)
        charge = self.charge(1000.0)
        self.assertEqual((self.total(charge), charge.span_ids.decimals), (1000, 0))
        self.assertEqual(set(map(Decimal, self.lines(charge).values())), {Decimal(2), Decimal(3)})
        # By 31 January 1000 × 31/365 = 84.93.
        self.assertEqual(Decimal(self.by_month(charge)["2026-01"]), 85)

    def test_of_three_decimals_xero_has_two(self):
        # 10.005 dinars are 10.01 in Xero's books, of which a day has 5.01 (5.005) or the rest.
        self._other_decimals(0.001)
        self.connection.journal_legs = "both"
        charge = self.charge(10.005, "2026-01-01", "2026-01-02")
        self.assertEqual(charge.company_amount, 10.005)
        found = {day: Decimal(amount) for day, amount in self.lines(charge).items()}
        self.assertEqual(found, {"2026-01-01": Decimal("5.01"), "2026-01-02": Decimal("5.00")})
        self.assertEqual(self.total(charge, "deferral"), Decimal("10.01"))
        rows = self.rows(self.export())
        self.assertEqual({row[5] for row in rows if not row[5].startswith("-")}, {"10.01", "5.01", "5"})

    def test_cutting_a_schedule_changes_no_line(self):
        charge = self.charge(100.0, "2026-01-01", "2026-03-31")
        before = self.lines(charge)
        self.export("2026-01-10", "2026-01-31")
        self.export("2026-02-05", "2026-02-05")
        self.assertGreater(len(charge.span_ids), 3)
        self.assertEqual(self.lines(charge), before)

    # -- Another period ----------------------------------------------------------------------------------------

    def test_a_new_period_spreads_what_is_left_and_keeps_what_was_recognised(self):
        # 365.00 for the year: 1.00 a day. From 1 February on 334.00 over 28 + 306 days to the end of 2026, that is
        # 334 days; shortened to the end of February 28 days: 11.93 (11.928…) on the first of them.
        charge = self.charge(365.0)
        charge._respread(self.day("2026-01-01"), self.day("2026-02-28"), self.day("2026-02-01"))
        lines = self.lines(charge)
        self.assertEqual((lines["2026-01-31"], lines["2026-02-01"], max(lines)), ("1.00", "11.93", "2026-02-28"))
        self.assertEqual(self.total(charge), Decimal("365.00"))

    def test_a_new_period_leaves_exported_days_alone_however_early_it_counts(self):
        charge = self.charge(365.0)
        self.export("2026-01-01", "2026-03-31")
        before = {day: amount for day, amount in self.lines(charge).items() if day <= "2026-03-31"}
        charge._respread(self.day("2026-01-01"), self.day("2027-12-31"), self.day("2026-01-01"))
        after = self.lines(charge)
        self.assertEqual({day: amount for day, amount in after.items() if day <= "2026-03-31"}, before)
        # 365 - 90 = 275.00 over the 275 days left of 2026 and the 365 of 2027: 0.43 (0.4296…) on the first.
        self.assertEqual((after["2026-04-01"], max(after)), ("0.43", "2027-12-31"))
        self.assertEqual(self.total(charge), Decimal("365.00"))

    def test_what_is_left_after_the_new_end_is_recognised_at_once(self):
        charge = self.charge(365.0)
        charge._respread(self.day("2026-01-01"), self.day("2026-01-20"), self.day("2026-02-01"))
        self.assertEqual(self.lines(charge)["2026-02-01"], "334.00")
        self.assertEqual(self.total(charge), Decimal("365.00"))

    def test_a_period_that_was_entered_late_counts_from_the_beginning(self):
        invoice = self.sold(self.line(365.0, False, False))
        invoice.invoice_line_ids.write({"start_date": "2026-01-01", "end_date": "2026-12-31"})
        self.assertEqual(self.lines(invoice.xero_charge_ids)["2026-01-01"], "1.00")

    def test_a_period_that_was_entered_late_may_begin_before_the_invoice(self):
        invoice = self.sold(self.line(396.0, False, False))
        invoice.invoice_line_ids.write({"start_date": "2025-12-01", "end_date": "2026-12-31"})
        lines = self.lines(invoice.xero_charge_ids)
        self.assertEqual((min(lines), lines["2025-12-01"], len(lines)), ("2025-12-01", "1.00", 396))
