from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from odoo.tools import SQL

from ..models.recognition_sql import amount_between, lines
from .revrec_case import RevrecCase

_DAYS = st.dates(date(2019, 12, 1), date(2028, 3, 31))
_CENTS = st.integers(-(10**11), 10**11).filter(bool)
_SPANS = st.tuples(
    st.sampled_from(["daily", "monthly", "once"]), _CENTS, _DAYS, st.integers(0, 1500), st.sampled_from([0, 2])
)


class TestRandomSchedules(RevrecCase):
    """Whatever the amount, currency and period: lines add up to the amount, and no line is off by more than a cent."""

    def setUp(self):
        super().setUp()
        self.random_charge = self.charge(1.0)

    def _span(self, method, cents, first, days, decimals):
        """Make the schedule that of a random span; returns its exact amount."""
        amount = Decimal(cents).scaleb(-2) if decimals else Decimal(cents)
        last = first + timedelta(days=days)
        self.env.cr.execute(
            """
            UPDATE xero_recognition_span SET method = %s, amount = %s, decimals = %s, date_from = %s, date_to = %s,
                   clip_from = %s, clip_to = %s WHERE charge_id = %s
            """,
            [method, amount, decimals, first, last, first, last, self.random_charge.id],
        )
        return amount, last

    def _exact(self, query):
        return self.env.execute_query(SQL("SELECT day, line_amount::text FROM (%s) line", query))

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_SPANS)
    @example(("daily", 1, date(2024, 2, 29), 0, 2))
    @example(("daily", 36600, date(2024, 1, 1), 365, 2))
    @example(("monthly", -100, date(2023, 12, 31), 366, 2))
    def test_lines_add_up_and_never_drift(self, span):
        method, _cents, first, days, decimals = span
        amount, last = self._span(*span)
        chosen = SQL("span.charge_id = %s", self.random_charge.id)
        found = self._exact(lines(True, chosen, SQL("span.id AS span_id")))
        by_day = [(day, Decimal(value)) for day, value in found]
        self.assertEqual(sum((value for _day, value in by_day), Decimal(0)), amount)
        self.assertTrue(all(first <= day <= last for day, _value in by_day))
        self.assertEqual([day for day, _value in by_day], sorted({day for day, _value in by_day}))
        self.assertTrue(all((value > 0) == (amount > 0) for _day, value in by_day), "no line goes backwards")
        if method == "daily":
            unit, so_far = Decimal(1).scaleb(-decimals), Decimal(0)
            for day, value in by_day:
                so_far += value
                exact = amount * ((day - first).days + 1) / (days + 1)
                self.assertLessEqual(abs(so_far - exact), unit / 2, "the sum so far is the exact one, rounded")
        months = self._exact(lines(False, chosen, SQL("span.id AS span_id")))
        self.assertEqual(sum((Decimal(value) for _day, value in months), Decimal(0)), amount)

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_SPANS, st.integers(0, 1500))
    def test_two_parts_are_the_whole(self, span, cut):
        _method, _cents, first, days, _decimals = span
        amount, last = self._span(*span)
        day = first + timedelta(days=min(cut, days))
        head, tail = map(
            Decimal,
            self.env.execute_query(
                SQL(
                    f"""
                SELECT {amount_between("span.date_from", "span.cut")}::text,
                       {amount_between("(span.cut + 1)", "span.date_to")}::text
                  FROM (SELECT *, %s::date AS cut FROM xero_recognition_span) span WHERE charge_id = %s
                """,
                    day,
                    self.random_charge.id,
                )
            )[0],
        )
        self.assertEqual(head + tail if day < last else head, amount)
