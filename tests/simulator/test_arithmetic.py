"""Xero's arithmetic, checked by hand and by properties."""

from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xero_simulator import arithmetic

AMOUNTS = st.decimals(min_value=-99999, max_value=99999, places=2)
RATES = st.decimals(min_value=0, max_value=100, places=4)


@pytest.mark.parametrize(("amount", "places", "rounded"), [
    ("0.005", 2, "0.01"), ("-0.005", 2, "-0.01"), ("0.004999", 2, "0.00"), ("2.675", 2, "2.68"),
    ("1.00005", 4, "1.0001"),
])  # fmt: skip
def test_halves_are_rounded_away_from_zero(amount, places, rounded):
    assert arithmetic.round_half_up(D(amount), places) == D(rounded)


@pytest.mark.parametrize(("quantity", "unit", "rate", "discount", "expected"), [
    ("3", "9.99", "0", "0", "29.97"), ("3", "9.99", "10", "0", "26.97"), ("1", "10", "0", "2.50", "7.50"),
    ("2", "10", "50", "1", "9.00"), ("1", "10", "100", "0", "0.00"), ("0.3333", "0.1", "0", "0", "0.03"),
    ("1.5", "0.33", "0", "0", "0.50"), ("-1", "0.335", "0", "0", "-0.34"),
])  # fmt: skip
def test_line_amounts(quantity, unit, rate, discount, expected):
    assert arithmetic.line_amount(D(quantity), D(unit), D(rate), D(discount)) == D(expected)


@pytest.mark.parametrize(("amount", "rate", "types", "tax"), [
    ("100", "20", "Exclusive", "20.00"), ("120", "20", "Inclusive", "20.00"), ("100", "20", "NoTax", "0.00"),
    ("0.13", "17.5", "Exclusive", "0.02"), ("0.025", "20", "Exclusive", "0.01"), ("9.99", "20", "Inclusive", "1.67"),
    ("-9.99", "20", "Inclusive", "-1.67"),
])  # fmt: skip
def test_line_taxes(amount, rate, types, tax):
    assert arithmetic.line_tax(D(amount), D(rate), types) == D(tax)


def test_compound_components_are_charged_on_top():
    parts = [{"Rate": D("5"), "IsCompound": False}, {"Rate": D("9.975"), "IsCompound": True}]
    assert arithmetic.effective_rate(parts) == D("15.4738")
    assert arithmetic.display_rate(parts) == D("14.975")
    assert arithmetic.effective_rate([]) == 0


@given(AMOUNTS, RATES)
def test_tax_is_the_exact_tax_within_half_a_cent(amount, rate):
    for types, exact in (
        ("Exclusive", Fraction(amount) * Fraction(rate) / 100),
        ("Inclusive", Fraction(amount) * Fraction(rate) / (100 + Fraction(rate))),
    ):
        assert abs(Fraction(arithmetic.line_tax(amount, rate, types)) - exact) <= Fraction(5, 1000)


@given(AMOUNTS, RATES)
def test_credit_mirrors_debit(amount, rate):
    for types in arithmetic.LINE_AMOUNT_TYPES:
        assert arithmetic.line_tax(-amount, rate, types) == -arithmetic.line_tax(amount, rate, types)


@given(st.lists(st.tuples(AMOUNTS, RATES), max_size=8), st.sampled_from(arithmetic.LINE_AMOUNT_TYPES))
def test_totals_add_up(pairs, types):
    lines = [(amount, arithmetic.line_tax(amount, rate, types)) for amount, rate in pairs]
    totals = arithmetic.document_totals(lines, types)
    assert totals.total == totals.sub_total + totals.total_tax
    assert totals.total_tax == sum((tax for _amount, tax in lines), D(0))
    whole = totals.total if types == "Inclusive" else totals.sub_total
    assert whole == sum((amount for amount, _tax in lines), D(0))
