"""Xero's arithmetic, in exact decimals.

Rules, from Xero's developer documentation on rounding:

* the unit amount is rounded to 2 decimals, or to 4 with ``unitdp=4``, **before** it is multiplied;
* a line is quantity × unit amount × (1 − discount rate), rounded half up to 2 decimals;
* tax is computed per line, rounded half up to 2 decimals, then summed;
* totals always have 2 decimals, whatever the currency.
"""

from collections import namedtuple
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
HUNDRED = Decimal(100)

Line = namedtuple("Line", "quantity unit_amount discount_rate tax_rate tax_amount", defaults=(Decimal(0), None, None))
Totals = namedtuple("Totals", "subtotal tax total")


def half_up(value, unit=CENT):
    """Round half away from zero, as Xero does for negative lines too."""
    return value.quantize(unit, rounding=ROUND_HALF_UP)


def line_amount(line, unitdp=4):
    """Return what Xero makes of quantity, unit amount and discount rate (in percent)."""
    unit = half_up(line.unit_amount, Decimal(1).scaleb(-unitdp))
    return half_up(line.quantity * unit * (HUNDRED - (line.discount_rate or 0)) / HUNDRED)


def line_tax(line, amount, inclusive=False):
    """Return the tax of a line: its override when given, else the rate (in percent) on or in ``amount``."""
    if line.tax_amount is not None:
        # Xero keeps two decimals of an override as of everything else.
        return half_up(line.tax_amount)
    rate = line.tax_rate or Decimal(0)
    return half_up(amount * rate / (HUNDRED + rate) if inclusive else amount * rate / HUNDRED)


def totals(lines, inclusive=False, unitdp=4):
    """Return the document's ``Totals`` as Xero will show them."""
    amounts = [line_amount(line, unitdp) for line in lines]
    gross = sum(amounts, Decimal("0.00"))
    tax = sum((line_tax(line, amount, inclusive) for line, amount in zip(lines, amounts, strict=True)), Decimal("0.00"))
    return Totals(gross - tax, tax, gross) if inclusive else Totals(gross, tax, gross + tax)
