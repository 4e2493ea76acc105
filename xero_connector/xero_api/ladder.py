"""Choosing how to send lines so that Xero's total and tax equal ours: a ladder of ways, tried in order.

Each rung is predicted with :mod:`amounts` and taken only if the prediction equals the document's own figures to the
cent. The first rung is the most natural to read in Xero; later ones trade readability for exactness.

=============  ======================================================================================================
rung           what is sent
=============  ======================================================================================================
``native``     quantity, unit price and discount as they are, prices with or without tax
``flattened``  a line as quantity 1 with its amount, where Xero would make another amount of quantity × price
``tax_amount`` the same, with each line's own tax in place of what Xero would compute, within a tolerance
``round_off``  the exact amounts with Xero's tax, and one line without tax that makes the total exact
=============  ======================================================================================================
"""

from collections import namedtuple
from decimal import Decimal

from .amounts import CENT, EXCLUSIVE, INCLUSIVE, Line, gross_amount, half_up, line_amount, line_tax, totals

# What Odoo says of one line: ``base`` and ``tax`` are its exact shares of the document, in the document's currency.
# ``tax_rate`` is Xero's percentage, ``None`` where it is not known. ``slack`` is what the digits that Xero cuts off it,
# after the fourth decimal, may make of the tax: 5 cents of 100,000 for some compound taxes.
Wanted = namedtuple(
    "Wanted", "quantity unit_price discount tax_rate base tax price_includes_tax slack", defaults=(Decimal(0),)
)
# ``round_off`` is the amount of a line to be added (``None`` for none); it is part of ``totals`` already.
Rung = namedtuple("Rung", "name types lines totals round_off", defaults=(None,))

ZERO = Decimal("0.00")


class Limits(namedtuple("Limits", "unit_decimals tax_tolerance round_off", defaults=(2, CENT, ZERO))):
    """How far the ladder may go.

    :param unit_decimals: decimals of a unit price that Xero shows (2 or 4); a price with more is flattened
    :param tax_tolerance: how far a line's ``TaxAmount`` may be from what Xero computes; 0 never sends one. Xero's own
        tolerance is undocumented: a cent is what accountants accept as rounding
    :param round_off: the largest amount of a round-off line; 0 for none
    """


DEFAULTS = Limits()


def climb(wanted, total, tax, limits=DEFAULTS):
    """Return ``(rung, None)`` for the first rung that fits, or ``(None, totals)`` with what Xero would have made of it.

    :param wanted: list of :class:`Wanted`
    :param total: the document's total
    :param tax: the document's tax
    """
    exact = [_natural(line, False, limits, off_by=ZERO) for line in wanted]
    for name, types, lines in _rungs(wanted, exact, limits):
        predicted = totals(lines, types)
        if predicted.total == total and predicted.tax == tax:
            return Rung(name, types, lines, predicted), None
    # Lines whose tax may be told are told, so that as little as possible is left to round off.
    nearest = [told or plain for told, plain in zip(_overridden(wanted, exact, limits), exact, strict=True)]
    rest = total - totals(nearest).total
    allowed = limits.round_off and limits.round_off + sum(line.slack for line in wanted)
    # A rest of less than a cent (currencies of three decimals) is beyond Xero.
    if rest and rest == half_up(rest) and abs(rest) <= allowed:
        return Rung("round_off", EXCLUSIVE, nearest, totals([*nearest, Line(Decimal(1), rest)]), rest), None
    return None, totals(exact)


def _rungs(wanted, exact, limits):
    taxed = [line for line in wanted if line.tax_rate]
    included = bool(taxed) and all(line.price_includes_tax for line in taxed)
    # Odoo may have rounded the document as a whole: a cent on one line is then made good on another.
    native = [_natural(line, included, limits, off_by=CENT) for line in wanted]
    as_they_are = all(
        (sent.quantity, sent.unit_amount) == (line.quantity, line.unit_price)
        for line, sent in zip(wanted, native, strict=True)
    )
    yield "native" if as_they_are else "flattened", INCLUSIVE if included else EXCLUSIVE, native
    yield "flattened", EXCLUSIVE, exact
    overridden = _overridden(wanted, exact, limits)
    if None not in overridden:
        yield "tax_amount", EXCLUSIVE, overridden


def _natural(line, included, limits, off_by):
    """Return the line as it is where that gives its amount, else quantity 1 with its amount.

    Unit prices of more decimals than Xero shows are flattened: an invoice of 500 at 0.001 shows as 1 at 0.50.

    :param included: whether amounts are sent with their tax
    :param off_by: how far Xero's amount of the line may be from its amount
    """
    amount = half_up(line.base + line.tax if included else line.base)
    flat = Line(Decimal(1), amount, Decimal(0), line.tax_rate)
    if line.tax_rate and line.price_includes_tax != included:
        return flat
    if _decimals(line.unit_price) > limits.unit_decimals or _decimals(line.quantity) > 4:
        return flat
    native = _discounted(line, amount)
    return native if native and abs(line_amount(native) - amount) <= off_by else flat


def _discounted(line, amount):
    """Return the line with its discount in a form that Xero takes, or ``None``.

    Xero takes rates of 0 to 100 % with two decimals, and amounts up to the line's own where that is positive
    (public report: a discount amount on a negative line is refused).
    """
    plain = Line(line.quantity, line.unit_price, Decimal(0), line.tax_rate)
    if 0 <= line.discount <= 100 and _decimals(line.discount) <= 2:
        return plain._replace(discount_rate=line.discount)
    gross = half_up(gross_amount(plain))
    off = gross - amount
    return plain._replace(discount_amount=off) if 0 < off <= gross and off == half_up(off) else None


def _overridden(wanted, exact, limits):
    """Return the exact lines with their own tax as ``TaxAmount``; ``None`` for one whose tax may not be told."""

    def told(line, sent):
        if line.tax_rate is None or not limits.tax_tolerance or line.tax != half_up(line.tax):
            return None
        near = abs(line_tax(sent, line_amount(sent)) - line.tax) <= limits.tax_tolerance
        return sent._replace(tax_amount=line.tax) if near else None

    return [told(line, sent) for line, sent in zip(wanted, exact, strict=True)]


def _decimals(value):
    return max(0, -value.normalize().as_tuple().exponent)
