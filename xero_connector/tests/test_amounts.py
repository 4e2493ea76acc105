from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from xero_simulator import arithmetic

from ..xero_api.amounts import (
    EXCLUSIVE,
    INCLUSIVE,
    NO_TAX,
    Line,
    currency_rate,
    differences,
    effective_rate,
    half_up,
    line_amount,
    line_tax,
    same_rate,
    totals,
)


def D(text):
    return Decimal(text)


def decimals(most, places):
    """Decimals of up to ``most``, with up to ``places`` digits after the point."""
    return st.builds(
        lambda number, digits: Decimal(number).scaleb(-digits), st.integers(-most, most), st.integers(0, places)
    )


LINES = st.builds(
    Line,
    quantity=decimals(99_999, 4),
    unit_amount=decimals(999_999, 6),
    discount_rate=st.integers(0, 10_000).map(lambda number: Decimal(number).scaleb(-2)),
    tax_rate=st.integers(0, 300_000).map(lambda number: Decimal(number).scaleb(-4)),
    tax_amount=st.one_of(st.none(), decimals(99_999, 2)),
    discount_amount=st.one_of(st.just(Decimal(0)), st.integers(0, 999).map(lambda number: Decimal(number).scaleb(-2))),
)


def at_xero(lines, types, unitdp):
    """The same document by the simulator's arithmetic, which was written separately."""
    pairs = []
    for line in lines:
        unit = arithmetic.round_unit_amount(line.unit_amount, unitdp)
        amount = arithmetic.line_amount(line.quantity, unit, line.discount_rate, line.discount_amount)
        told = line.tax_amount is not None and types != NO_TAX
        pairs.append((amount, line.tax_amount if told else arithmetic.line_tax(amount, line.tax_rate, types)))
    return arithmetic.document_totals(pairs, types)


@tagged("post_install", "-at_install")
class TestAmounts(BaseCase):
    """Xero's arithmetic, worked out by hand."""

    def test_halves_are_rounded_away_from_zero(self):
        for value, rounded in (("0.005", "0.01"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("2.6749", "2.67")):
            self.assertEqual(half_up(D(value)), D(rounded))

    def test_the_unit_amount_is_rounded_before_it_is_multiplied(self):
        # 4 decimals: 12.345 × 3 = 37.035 → 37.04; 2 decimals: 12.35 × 3 = 37.05
        self.assertEqual(line_amount(Line(D(3), D("12.345"))), D("37.04"))
        self.assertEqual(line_amount(Line(D(3), D("12.345")), unitdp=2), D("37.05"))
        # 0.00004 is nothing with 4 decimals
        self.assertEqual(line_amount(Line(D(10000), D("0.00004"))), D("0.00"))

    def test_the_discount_rate_is_taken_off_before_the_line_is_rounded(self):
        # 3 × 33.33 = 99.99; less 10 % = 89.991 → 89.99
        self.assertEqual(line_amount(Line(D(3), D("33.33"), D(10))), D("89.99"))
        # 1 × 0.05 less 50 % = 0.025 → 0.03
        self.assertEqual(line_amount(Line(D(1), D("0.05"), D(50))), D("0.03"))

    def test_tax_is_on_an_exclusive_amount_and_in_an_inclusive_one(self):
        at_20 = Line(D(1), D(0), tax_rate=D(20))
        self.assertEqual(line_tax(at_20, D("37.04")), D("7.41"))  # 7.408
        self.assertEqual(line_tax(at_20, D("10.00"), INCLUSIVE), D("1.67"))  # 10 × 20 / 120 = 1.666…
        self.assertEqual(line_tax(Line(D(1), D(0)), D("10.00")), D("0.00"))
        self.assertEqual(line_tax(at_20._replace(tax_amount=D("7.40")), D("37.04")), D("7.40"))

    def test_tax_is_rounded_per_line_and_then_summed(self):
        # 0.33 × 20 % = 0.066 → 0.07 a line; three lines 0.21, where 20 % of 0.99 would be 0.20
        thirds = [Line(D(1), D("0.33"), tax_rate=D(20))] * 3
        self.assertEqual(totals(thirds), (D("0.99"), D("0.21"), D("1.20")))
        # inclusive: 0.33 × 20 / 120 = 0.055 → 0.06 a line; 0.18 in 0.99
        self.assertEqual(totals(thirds, INCLUSIVE), (D("0.81"), D("0.18"), D("0.99")))

    def test_a_discount_amount_is_taken_off_the_multiplied_amount(self):
        # 2 × 10.00 = 20.00; less 3.33 = 16.67. With 50 % too: 10.00 less 1.00 = 9.00
        self.assertEqual(line_amount(Line(D(2), D(10), discount_amount=D("3.33"))), D("16.67"))
        self.assertEqual(line_amount(Line(D(2), D(10), D(50), discount_amount=D(1))), D("9.00"))

    def test_a_discount_rate_has_two_decimals(self):
        # 12.345 % becomes 12.35 %: 1,000.00 less 123.50 = 876.50
        self.assertEqual(line_amount(Line(D(1), D(1000), D("12.345"))), D("876.50"))

    def test_there_is_no_tax_in_a_document_without_tax(self):
        line = Line(D(1), D(100), tax_rate=D(20), tax_amount=D(20))
        self.assertEqual(totals([line], NO_TAX), (D("100.00"), D("0.00"), D("100.00")))

    def test_an_override_is_the_tax_of_its_line_on_or_in_the_price(self):
        line = Line(D(1), D(100), tax_rate=D(20), tax_amount=D("19.99"))
        self.assertEqual(totals([line]), (D("100.00"), D("19.99"), D("119.99")))
        self.assertEqual(totals([line], INCLUSIVE), (D("80.01"), D("19.99"), D("100.00")))

    def test_xeros_own_example_of_rounding(self):
        # Xero's guide: 25.06, 25.61 and 25.63 at 15 % have 3.76 + 3.84 + 3.84 = 11.44 of tax, in all 87.74
        lines = [Line(D(1), D(price), tax_rate=D(15)) for price in ("25.06", "25.61", "25.63")]
        self.assertEqual(totals(lines), (D("76.30"), D("11.44"), D("87.74")))

    def test_components_make_a_rate_together(self):
        self.assertEqual(effective_rate([(D("4"), False), (D("4.5"), False), (D("0.375"), False)]), D("8.8750"))
        # 1.05 × 1.09975 = 1.1547375
        self.assertEqual(effective_rate([(D(5), False), (D("9.975"), True)]), D("15.4738"))
        self.assertEqual(effective_rate([]), D("0.0000"))

    def test_rates_are_the_same_but_for_xeros_fifth_decimal(self):
        self.assertTrue(same_rate(D("15.47375"), D("15.4738")))
        self.assertTrue(same_rate(D("20"), D("20.0000")))
        self.assertFalse(same_rate(D("20"), D("20.0001")))
        self.assertFalse(same_rate(D("17.5"), D("20")))

    def test_a_currency_rate_has_six_decimals_and_is_units_per_unit_of_the_base_currency(self):
        # 1 pound = 1.1636 euro: for a document in euro of an organisation in pounds Xero is told 1.1636
        self.assertEqual(currency_rate(D("1.1636")), D("1.163600"))
        self.assertEqual(currency_rate(D("0.12345678")), D("0.123457"))

    def test_differences_are_told_with_both_figures(self):
        expected = {"total": 12.0, "tax": 2.0, "due": 12.0}
        self.assertEqual(differences(expected, {"Total": D("12.00"), "TotalTax": D(2), "AmountDue": D("12")}), [])
        self.assertEqual(
            differences(expected, {"Total": D("12.01"), "TotalTax": D("2.00"), "AmountDue": D("0")}),
            [("total", D("12.0"), D("12.01")), ("due", D("12.0"), D("0"))],
        )
        self.assertEqual(differences(expected, {}), [], "what Xero does not say is no difference")

    @settings(max_examples=400, deadline=None, derandomize=True)
    @given(st.lists(LINES, max_size=8), st.sampled_from((EXCLUSIVE, INCLUSIVE, NO_TAX)), st.sampled_from((2, 4)))
    def test_two_arithmetics_written_apart_agree(self, lines, types, unitdp):
        ours, theirs = totals(lines, types, unitdp), at_xero(lines, types, unitdp)
        self.assertEqual((ours.subtotal, ours.tax, ours.total), (theirs.sub_total, theirs.total_tax, theirs.total))

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(st.lists(LINES, min_size=1, max_size=8), st.sampled_from((EXCLUSIVE, INCLUSIVE, NO_TAX)))
    def test_totals_add_up_to_the_cent_whatever_the_order_of_lines(self, lines, types):
        found = totals(lines, types)
        self.assertEqual(found.subtotal + found.tax, found.total)
        self.assertEqual(found, totals(lines[::-1], types))
        for figure in found:
            self.assertEqual(figure, half_up(figure))

    @settings(max_examples=200, deadline=None, derandomize=True)
    @given(LINES)
    def test_a_line_and_its_return_are_nothing_together(self, line):
        back = line._replace(quantity=-line.quantity, discount_amount=-line.discount_amount)
        self.assertEqual(line_amount(line) + line_amount(back), 0)
