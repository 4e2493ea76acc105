"""Choosing how to send lines so that Xero's total and tax equal ours: a ladder of ways, tried in order.

Each rung is predicted with :mod:`amounts` and taken only if the prediction equals the document's own figures to the
cent. The first rung is the most natural to read in Xero; later ones trade readability for exactness.
"""

from collections import namedtuple
from decimal import Decimal

from .amounts import CENT, Line, line_amount, line_tax, totals

# What Odoo says of one line: ``base`` and ``tax`` are its exact shares of the document, in the document's currency.
Wanted = namedtuple("Wanted", "quantity unit_price discount tax_rate base tax price_includes_tax")
Rung = namedtuple("Rung", "name inclusive lines totals")

# Xero's own tolerance for TaxAmount is undocumented: a cent a line is what accountants accept as rounding.
TAX_TOLERANCE = CENT


def climb(wanted, untaxed, tax, tax_tolerance=TAX_TOLERANCE):
    """Return ``(rung, None)`` for the first rung that fits, or ``(None, nearest totals)``.

    :param wanted: list of :class:`Wanted`
    :param untaxed: the document's untaxed total
    :param tax: the document's tax
    :param tax_tolerance: how far a line's tax may be moved from what Xero computes, per line
    """
    nearest = None
    for name, inclusive, lines in _rungs(wanted, tax_tolerance):
        predicted = totals(lines, inclusive)
        if predicted.total == untaxed + tax and predicted.tax == tax:
            return Rung(name, inclusive, lines, predicted), None
        nearest = predicted
    return None, nearest


def _rungs(wanted, tax_tolerance):
    taxed = [line for line in wanted if line.tax_rate]
    if taxed and all(line.price_includes_tax for line in taxed):
        yield "native", True, [_native(line) or _flat(line, line.base + line.tax) for line in wanted]
    else:
        yield "native", False, [_native(line) or _flat(line, line.base) for line in wanted]
    exact = [_exact(line) for line in wanted]
    yield "flattened", False, exact
    overridden = [_overridden(line, sent, tax_tolerance) for line, sent in zip(wanted, exact, strict=True)]
    if None not in overridden:
        yield "tax_amount", False, overridden


def _native(line):
    """Quantity, price and discount as they are, unless Xero would round one of them before it multiplies.

    Unit prices of more than two decimals are sent as quantity 1 with the line's amount: an invoice of 500 at 0.001
    shows as 1 at 0.50.
    """
    fits = _decimals(line.unit_price) <= 2 and _decimals(line.quantity) <= 4 and _decimals(line.discount) <= 2
    # Xero takes a discount of 0 to 100 % and no other.
    if not fits or not 0 <= line.discount <= 100:
        return None
    return Line(line.quantity, line.unit_price, line.discount, line.tax_rate)


def _flat(line, amount):
    return Line(Decimal(1), amount, Decimal(0), line.tax_rate)


def _exact(line):
    """The line as it is if that gives the exact base, else quantity 1 with the base."""
    native = None if line.price_includes_tax else _native(line)
    if native and line_amount(native) == line.base:
        return native
    return _flat(line, line.base)


def _overridden(line, sent, tolerance):
    if line.tax_rate is None:
        return None
    computed = line_tax(sent, line_amount(sent))
    return sent._replace(tax_amount=line.tax) if abs(computed - line.tax) <= tolerance else None


def _decimals(value):
    return max(0, -value.normalize().as_tuple().exponent)
