"""Xero's arithmetic, in exact decimals, without Odoo.

Rules, from Xero's developer documentation (*Rounding in Xero*, *Invoices*, *Tax Rates*) and, for the decimals of a
discount rate, from a report in Xero's developer community:

* the unit amount is rounded to 2 decimals, or to 4 with ``unitdp=4``, **before** it is multiplied;
* the discount rate is rounded to 2 decimals; a discount amount is taken off the multiplied amount;
* a line is quantity × unit amount × (1 − discount rate), rounded half up to 2 decimals;
* tax is computed per line, rounded half up to 2 decimals, then summed; a ``TaxAmount`` that is sent stands instead;
* totals always have 2 decimals, whatever the currency.

Every function takes and returns ``Decimal``.
"""

from collections import namedtuple
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)
EXCLUSIVE, INCLUSIVE, NO_TAX = "Exclusive", "Inclusive", "NoTax"

# A line as Xero is told of it. ``discount_rate`` and ``tax_rate`` are in percent, the rest in the document's currency.
Line = namedtuple(
    "Line",
    "quantity unit_amount discount_rate tax_rate tax_amount discount_amount",
    defaults=(Decimal(0), None, None, Decimal(0)),
)
Totals = namedtuple("Totals", "subtotal tax total")


def half_up(value, unit=CENT):
    """Round half away from zero, as Xero does for negative lines too."""
    return value.quantize(unit, rounding=ROUND_HALF_UP)


def gross_amount(line, unitdp=4):
    """Return quantity × unit amount as Xero multiplies them, not yet rounded to cents."""
    return line.quantity * half_up(line.unit_amount, Decimal(1).scaleb(-unitdp))


def line_amount(line, unitdp=4):
    """Return what Xero makes of quantity, unit amount and discount: 2 decimals."""
    rate = half_up(line.discount_rate or Decimal(0))
    return half_up(gross_amount(line, unitdp) * (HUNDRED - rate) / HUNDRED) - half_up(line.discount_amount)


def line_tax(line, amount, types=EXCLUSIVE):
    """Return the tax of a line: its override when given, else its rate on or in ``amount``.

    :param types: Xero's ``LineAmountTypes``; with ``NoTax`` there is none, whatever the rate
    """
    if types == NO_TAX:
        return Decimal("0.00")
    if line.tax_amount is not None:
        # Xero keeps two decimals of an override as of everything else.
        return half_up(line.tax_amount)
    rate = line.tax_rate or Decimal(0)
    return half_up(amount * rate / (HUNDRED + rate) if types == INCLUSIVE else amount * rate / HUNDRED)


def totals(lines, types=EXCLUSIVE, unitdp=4):
    """Return the document's ``Totals`` as Xero will show them."""
    amounts = [line_amount(line, unitdp) for line in lines]
    gross = sum(amounts, Decimal("0.00"))
    tax = sum((line_tax(line, amount, types) for line, amount in zip(lines, amounts, strict=True)), Decimal("0.00"))
    return Totals(gross - tax, tax, gross) if types == INCLUSIVE else Totals(gross, tax, gross + tax)


def effective_rate(components):
    """Return the percentage, with 4 decimals, that the components of a tax rate make together.

    A compound component is charged on the amount with the others.

    :param components: list of (rate in percent, whether it is compound)
    """
    factor = 1 + sum((rate for rate, compound in components if not compound), Decimal(0)) / HUNDRED
    for rate, compound in components:
        if compound:
            factor *= 1 + rate / HUNDRED
    return half_up((factor - 1) * HUNDRED, Decimal("0.0001"))


def same_rate(ours, theirs):
    """Whether two percentages are the same tax: equal but for what is lost in Xero's four decimals."""
    return abs(ours - theirs) < Decimal("0.0001")


def currency_rate(units_per_base):
    """Return Xero's ``CurrencyRate`` of a document, with 6 decimals.

    Xero calls it “the currency rate for a multicurrency invoice”; by its help pages and the examples in its reference
    it is units of the document's currency per one unit of the organisation's base currency. No primary source says so
    in these words, so this is the one place where the direction is decided. Xero warns of a rate far from its own.

    :param units_per_base: units of the document's currency per unit of the company's, as Odoo keeps it
    """
    return half_up(units_per_base, Decimal("0.000001"))


def differences(expected, answer):
    """Return list of (key, ours, theirs) where Xero's figures are not the expected ones, to the cent.

    :param expected: dict with any of ``total``, ``tax`` and ``due``
    :param answer: an invoice or credit note as Xero shows it
    """
    found = []
    for key, name in (("total", "Total"), ("tax", "TotalTax"), ("due", "AmountDue")):
        if key in expected and answer.get(name) is not None:
            ours, theirs = Decimal(str(expected[key])), Decimal(str(answer[name]))
            if ours != theirs:
                found.append((key, ours, theirs))
    return found
