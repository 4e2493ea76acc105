from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..xero_api.amounts import EXCLUSIVE, INCLUSIVE, Line, half_up, line_amount
from ..xero_api.ladder import Limits, Wanted, climb
from . import test_amounts


def D(text):
    return Decimal(text)


def line(quantity="1", unit_price="0", discount="0", rate="20", base="0", tax="0", included=False):
    """What Odoo says of one line, from texts."""
    return Wanted(*map(Decimal, (quantity, unit_price, discount, rate, base, tax)), included)


def at_xero(rung):
    """Totals of a rung by the simulator's arithmetic, which was written separately from ours."""
    extra = [Line(D(1), rung.round_off, tax_rate=D(0))] if rung.round_off else []
    lines = [sent._replace(tax_rate=sent.tax_rate or D(0)) for sent in rung.lines]
    return test_amounts.at_xero([*lines, *extra], rung.types, 4)


@tagged("post_install", "-at_install")
class TestLadder(BaseCase):
    """The first way of sending lines whose totals are the document's own is taken, and no other."""

    def _climb(self, lines, untaxed, tax, **limits):
        total = D(untaxed) + D(tax)
        rung, theirs = climb(lines, total, D(tax), Limits(**limits))
        if rung:
            self.assertIsNone(theirs)
            found = at_xero(rung)
            self.assertEqual((found.total, found.total_tax), (total, rung.totals.tax))
            if not rung.round_off:
                self.assertEqual(rung.totals.tax, D(tax))
        return rung, theirs

    def test_quantity_price_and_discount_are_kept_where_totals_agree(self):
        # 3 × 12.50 = 37.50, tax 7.50; 2 × 10.00 less 15 % = 17.00, tax 3.40
        rung, _ = self._climb(
            [line("3", "12.5", base="37.50", tax="7.50"), line("2", "10", "15", base="17.00", tax="3.40")],
            "54.50", "10.90",
        )  # fmt: skip
        self.assertEqual((rung.name, rung.types), ("native", EXCLUSIVE))
        self.assertEqual(rung.lines[0], Line(D(3), D("12.5"), D(0), D(20)))
        self.assertEqual(rung.lines[1], Line(D(2), D(10), D(15), D(20)))

    def test_a_price_of_more_than_two_decimals_goes_as_quantity_one(self):
        # 500 × 0.001 = 0.50, tax 0.10
        rung, _ = self._climb([line("500", "0.001", base="0.50", tax="0.10")], "0.50", "0.10")
        self.assertEqual(rung.lines, [Line(D(1), D("0.50"), D(0), D(20))])

    def test_prices_that_include_their_tax_are_sent_so(self):
        # 2 × 6.00 with 20 % in it: 12.00 = 10.00 + 2.00
        rung, _ = self._climb([line("2", "6", base="10.00", tax="2.00", included=True)], "10.00", "2.00")
        self.assertEqual((rung.name, rung.types), ("native", INCLUSIVE))
        self.assertEqual(rung.lines, [Line(D(2), D(6), D(0), D(20))])

    def test_a_mix_of_included_and_excluded_prices_is_flattened_to_its_bases(self):
        # 120.00 with tax in it = 100.00 + 20.00; 1 × 50.00 + 10.00
        rung, _ = self._climb(
            [line("1", "120", base="100.00", tax="20.00", included=True), line("1", "50", base="50.00", tax="10.00")],
            "150.00", "30.00",
        )  # fmt: skip
        self.assertEqual((rung.name, rung.types), ("flattened", EXCLUSIVE))
        self.assertEqual([sent.unit_amount for sent in rung.lines], [D("100.00"), D(50)])

    def test_tax_of_a_document_rounded_as_a_whole_is_told_line_by_line(self):
        # Odoo: 20 % of 0.99 = 0.198 → 0.20, shared 0.07 + 0.07 + 0.06; Xero alone would say 3 × 0.07 = 0.21
        wanted = [line("1", "0.33", base="0.33", tax=tax) for tax in ("0.07", "0.07", "0.06")]
        rung, _ = self._climb(wanted, "0.99", "0.20")
        self.assertEqual(rung.name, "tax_amount")
        self.assertEqual([sent.tax_amount for sent in rung.lines], [D("0.07"), D("0.07"), D("0.06")])

    def test_no_tax_is_moved_further_than_the_tolerance(self):
        # 20 % of 10.00 is 2.00; 2.02 is two cents off
        wanted = [line("1", "10", base="10.00", tax="2.02")]
        rung, nearest = self._climb(wanted, "10.00", "2.02")
        self.assertIsNone(rung)
        self.assertEqual((nearest.total, nearest.tax), (D("12.00"), D("2.00")))
        rung, _ = self._climb(wanted, "10.00", "2.02", tax_tolerance=D("0.02"))
        self.assertEqual(rung.name, "tax_amount")

    def test_a_discount_that_xero_does_not_know_is_flattened(self):
        # Odoo allows −10 % (a surcharge): 110.00; and 100 % off: 0.00, which Xero knows
        rung, _ = self._climb([line("1", "100", "-10", base="110.00", tax="22.00")], "110.00", "22.00")
        self.assertEqual(rung.lines[0], Line(D(1), D("110.00"), D(0), D(20)))
        rung, _ = self._climb([line("1", "100", "100", base="0.00", tax="0.00")], "0.00", "0.00")
        self.assertEqual(rung.lines[0].discount_rate, D(100))

    def test_a_total_that_cannot_be_reached_is_not_sent(self):
        rung, nearest = self._climb([line("1", "10", base="10.00", tax="2.00")], "10.05", "2.00")
        self.assertIsNone(rung)
        self.assertEqual(nearest.total, D("12.00"))

    def test_a_discount_of_many_decimals_goes_as_an_amount(self):
        # 3 × 10.00 less 12.345 % = 26.2965 → 26.30, which is 3.70 off; tax 5.26
        rung, _ = self._climb([line("3", "10", "12.345", base="26.30", tax="5.26")], "26.30", "5.26")
        self.assertEqual(rung.name, "native")
        self.assertEqual(rung.lines, [Line(D(3), D(10), D(0), D(20), None, D("3.70"))])
        # On a negative line Xero takes no discount amount.
        rung, _ = self._climb([line("-3", "10", "12.345", base="-26.30", tax="-5.26")], "-26.30", "-5.26")
        self.assertEqual(rung.lines, [Line(D(1), D("-26.30"), D(0), D(20))])

    def test_four_decimals_of_a_price_are_kept_where_that_is_chosen(self):
        wanted = [line("3", "12.345", base="37.04", tax="7.41")]
        rung, _ = self._climb(wanted, "37.04", "7.41")
        self.assertEqual(rung.lines[0].unit_amount, D("37.04"))
        rung, _ = self._climb(wanted, "37.04", "7.41", unit_decimals=4)
        self.assertEqual((rung.lines[0].quantity, rung.lines[0].unit_amount), (D(3), D("12.345")))
        rung, _ = self._climb([line("500", "0.00125", base="0.63", tax="0.13")], "0.63", "0.13", unit_decimals=4)
        self.assertEqual(rung.lines[0], Line(D(1), D("0.63"), D(0), D(20)), "five decimals are too many even so")

    def test_a_line_says_what_it_is_even_if_the_sums_would_agree_otherwise(self):
        # Prices were changed after posting, 10 and 20 for 20 and 10: the sums agree, the lines do not.
        wanted = [line("1", "10", base="20.00", tax="4.00"), line("1", "20", base="10.00", tax="2.00")]
        rung, _ = self._climb(wanted, "30.00", "6.00")
        self.assertEqual([sent.unit_amount for sent in rung.lines], [D("20.00"), D("10.00")])

    def test_a_round_off_line_makes_the_total_exact_where_it_may(self):
        # Yen: 10 % of 105 is 10.50, Odoo has 11; 0.50 is left
        wanted = [line("1", "105", rate="10", base="105", tax="11")]
        self.assertIsNone(self._climb(wanted, "105", "11")[0])
        rung, _ = self._climb(wanted, "105", "11", round_off=D(1))
        self.assertEqual((rung.name, rung.round_off), ("round_off", D("0.50")))
        self.assertEqual(rung.totals, (D("105.50"), D("10.50"), D("116.00")))
        self.assertIsNone(self._climb(wanted, "105", "11", round_off=D("0.49"))[0])

    def test_a_tax_of_the_document_that_no_line_has_is_rounded_off_and_told(self):
        wanted = [line("1", "10", base="10.00", tax="2.00")]
        rung, _ = climb(wanted, D("12.01"), D("2.01"), Limits(round_off=D("0.01")))
        self.assertEqual((rung.name, rung.round_off), ("round_off", D("0.01")))
        self.assertEqual(rung.off, [(None, D("2.01"), D("2.00"))])

    def test_a_rate_of_more_decimals_than_xero_has_may_be_rounded_off_further(self):
        # 15.47375 % of 100,000.00 is 15,473.75; Xero's 15.4738 % makes 15,473.80
        wanted = [line("1", "100000", rate="15.4738", base="100000.00", tax="15473.75")]
        self.assertIsNone(self._climb(wanted, "100000.00", "15473.75", round_off=D("0.01"))[0])
        wanted = [wanted[0]._replace(slack=D("0.05"))]
        rung, _ = self._climb(wanted, "100000.00", "15473.75", round_off=D("0.01"))
        self.assertEqual((rung.name, rung.round_off), ("round_off", D("-0.05")))
        self.assertIsNone(self._climb(wanted, "100000.00", "15473.75")[0], "where none is allowed, none is made")

    def test_as_little_as_possible_is_rounded_off(self):
        # 0.07 of tax on each of two lines may be told as 0.06; the third is three cents off
        wanted = [line("1", "0.33", base="0.33", tax=tax) for tax in ("0.06", "0.06", "0.10")]
        rung, _ = self._climb(wanted, "0.99", "0.22", round_off=D("0.03"))
        self.assertEqual((rung.name, rung.round_off), ("round_off", D("0.03")))
        self.assertEqual([sent.tax_amount for sent in rung.lines], [D("0.06"), D("0.06"), None])

    def test_without_a_tolerance_xero_is_never_told_a_tax(self):
        wanted = [line("1", "0.33", base="0.33", tax=tax) for tax in ("0.07", "0.07", "0.06")]
        self.assertIsNone(self._climb(wanted, "0.99", "0.20", tax_tolerance=D(0))[0])
        rung, _ = self._climb(wanted, "0.99", "0.20", tax_tolerance=D(0), round_off=D("0.01"))
        self.assertEqual((rung.name, rung.round_off, rung.totals.tax), ("round_off", D("-0.01"), D("0.21")))

    def test_a_third_decimal_is_beyond_xero(self):
        wanted = [line("1", "10.005", rate="0", base="10.005", tax="0")]
        self.assertIsNone(self._climb(wanted, "10.005", "0", round_off=D(1))[0])
        # Two halves of a cent make a cent, 2.010 in all; but Xero cannot hold either of them.
        wanted = [line("1", "1.005", rate="0", base="1.005", tax="0")] * 2
        self.assertIsNone(self._climb(wanted, "2.010", "0", round_off=D(1))[0])
        # Where the third decimals are 0 there is nothing to lose.
        wanted = [line("1", "1.010", rate="0", base="1.010", tax="0.000")]
        self.assertEqual(self._climb(wanted, "1.010", "0.000")[0].name, "native")

    def test_a_cent_too_much_on_one_rate_is_not_made_good_by_another(self):
        # Odoo: 20 % of 3.09 = 0.618 → 0.62 and 5 % of 0.27 = 0.0135 → 0.01; Xero: 3 × 0.21 = 0.63 and 3 × 0.00
        twenty = [line("1", "1.03", base="1.03", tax=tax)._replace(tax_type="A") for tax in ("0.21", "0.21", "0.20")]
        five = [line("1", "0.09", rate="5", base="0.09", tax=tax)._replace(tax_type="B") for tax in ("0.01", "0", "0")]
        rung, _ = self._climb(twenty + five, "3.36", "0.63")
        self.assertEqual(rung.name, "tax_amount")
        self.assertFalse(rung.off)
        # Where no tax may be told it goes all the same, since the totals agree; and it is said what does not.
        rung, _ = self._climb(twenty + five, "3.36", "0.63", tax_tolerance=D(0))
        self.assertEqual((rung.name, rung.off), ("native", [("A", D("0.62"), D("0.63")), ("B", D("0.01"), D("0.00"))]))

    def test_a_cent_of_revenue_stays_on_its_account(self):
        # Prices with 20 % in them: 2 × 21.53 is 35.88 without tax in Odoo (17.94 each), 17.94 + 17.94 in Xero; but Odoo
        # may have 17.95 + 17.93, and these are two accounts.
        wanted = [
            line("1", "21.53", base=base, tax=tax, included=True)._replace(account=account)
            for base, tax, account in (("17.95", "3.58", "200"), ("17.93", "3.60", "260"))
        ]
        rung, _ = self._climb(wanted, "35.88", "7.18")
        self.assertNotEqual(rung.types, INCLUSIVE)
        self.assertEqual([line_amount(sent) for sent in rung.lines], [D("17.95"), D("17.93")])

    @settings(max_examples=300, deadline=None, derandomize=True)
    @given(st.data())
    def test_whatever_the_lines_a_rung_taken_gives_odoos_total_and_tax_at_xero(self, data):
        cents = st.integers(-99999, 99999).map(lambda n: D(n).scaleb(-2))
        wanted = []
        for _index in range(data.draw(st.integers(1, 6))):
            price = D(data.draw(st.integers(-999999, 999999))).scaleb(-data.draw(st.integers(0, 5)))
            quantity = D(data.draw(st.integers(0, 99999))).scaleb(-data.draw(st.integers(0, 5)))
            discount = data.draw(st.sampled_from(("0", "0", "10", "33.33", "12.345", "100", "-5", "150")))
            rate = data.draw(st.sampled_from(("0", "5", "12.5", "17.5", "20", "8.25")))
            exact = quantity * price * (100 - D(discount)) / 100
            base = data.draw(st.one_of(st.just(half_up(exact)), cents))
            tax = half_up(base * D(rate) / 100) + data.draw(
                st.sampled_from((0, 0, 0, D("0.01"), D("-0.01"), D("0.05")))
            )
            wanted.append(line(quantity, price, discount, rate, base, tax, included=data.draw(st.booleans())))
        tax = sum((item.tax for item in wanted), D("0.00"))
        total = sum((item.base for item in wanted), D("0.00")) + tax
        round_off = data.draw(st.sampled_from((D(0), D("0.05"))))
        rung, theirs = climb(wanted, total, tax, Limits(round_off=round_off))
        if not rung:
            # Nothing else stops us than taxes that are further from Xero's than a cent a line and the round-off allow.
            off = [half_up(item.base * item.tax_rate / 100) - item.tax for item in wanted]
            self.assertIsNotNone(theirs)
            self.assertTrue(any(abs(part) > D("0.01") for part in off))
            self.assertGreater(abs(sum(part for part in off if abs(part) > D("0.01"))), round_off)
            return
        found = at_xero(rung)
        self.assertEqual(found.total, total)
        self.assertEqual((rung.totals.total, rung.totals.tax), (found.total, found.total_tax))
        if rung.round_off is None:
            self.assertEqual(found.total_tax, tax)
        else:
            self.assertEqual(found.total_tax, tax - rung.round_off)
            self.assertLessEqual(abs(rung.round_off), round_off)
        for item, sent in zip(wanted, rung.lines, strict=True):
            amount = item.base + item.tax if rung.types == INCLUSIVE else item.base
            self.assertLessEqual(abs(line_amount(sent) - amount), D("0.01"), "each line tells its own amount")
