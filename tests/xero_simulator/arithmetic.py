"""Xero's arithmetic for documents, in ``Decimal``, written from Xero's rules alone.

Sources: Xero's guide *Rounding in Xero* (tax is computed per line, rounded to 2 decimals, then summed), the
Invoices reference (``unitdp``, ``LineAmount``, ``DiscountRate``), and the TaxRates reference (compound components).
Halves are rounded away from zero.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
HUNDRED = Decimal(100)
EXCLUSIVE, INCLUSIVE, NO_TAX = "Exclusive", "Inclusive", "NoTax"
LINE_AMOUNT_TYPES = (EXCLUSIVE, INCLUSIVE, NO_TAX)


def round_half_up(amount, places=2):
    """``amount`` with ``places`` decimals."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def round_unit_amount(amount, unitdp):
    """The unit amount that Xero keeps: 2 decimals, or 4 with ``unitdp=4``. It is rounded *before* it is multiplied."""
    return round_half_up(amount, unitdp)


def line_amount(quantity, unit_amount, discount_rate=ZERO, discount_amount=ZERO):
    """A line's amount with 2 decimals, after its discount. ``discount_rate`` is in percent."""
    gross = quantity * unit_amount
    return round_half_up(gross * (HUNDRED - discount_rate) / HUNDRED) - discount_amount


def effective_rate(components):
    """Percent with 4 decimals that tax components make together.

    A compound component is charged on the amount including the other components.
    """
    simple = sum((part["Rate"] for part in components if not part.get("IsCompound")), ZERO)
    factor = 1 + simple / HUNDRED
    for part in components:
        if part.get("IsCompound"):
            factor *= 1 + part["Rate"] / HUNDRED
    return round_half_up((factor - 1) * HUNDRED, 4)


def display_rate(components):
    """Percent with 4 decimals: the plain sum of the components."""
    return round_half_up(sum((part["Rate"] for part in components), ZERO), 4)


def line_tax(amount, rate, line_amount_types):
    """Tax of a line with 2 decimals: on top of an exclusive amount, inside an inclusive one."""
    if line_amount_types == NO_TAX:
        return round_half_up(ZERO)
    if line_amount_types == INCLUSIVE:
        return round_half_up(amount * rate / (HUNDRED + rate))
    return round_half_up(amount * rate / HUNDRED)


@dataclass(frozen=True)
class Totals:
    """A document's sums, 2 decimals each; ``total`` is what the customer pays."""

    sub_total: Decimal
    total_tax: Decimal
    total: Decimal


def document_totals(lines, line_amount_types):
    """Totals of ``(line amount, tax)`` pairs."""
    amounts = sum((amount for amount, _tax in lines), Decimal("0.00"))
    tax = sum((tax for _amount, tax in lines), Decimal("0.00"))
    if line_amount_types == INCLUSIVE:
        return Totals(amounts - tax, tax, amounts)
    return Totals(amounts, tax, amounts + tax)
