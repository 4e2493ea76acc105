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

from collections import defaultdict, namedtuple
from decimal import Decimal

from .amounts import CENT, EXCLUSIVE, INCLUSIVE, Line, gross_amount, half_up, line_amount, line_tax, totals

# What Odoo says of one line: ``base`` and ``tax`` are its exact shares of the document, in the document's currency.
# ``tax_rate`` is Xero's percentage, ``None`` where it is not known. ``slack`` is what the digits that Xero cuts off it,
# after the fourth decimal, may make of the tax: 5 cents of 100,000 for some compound taxes. ``account`` and
# ``tax_type`` tell which figures of Xero's books and tax return the line goes into: these must agree one by one, since
# a cent too much on one rate and a cent too little on another would hide in the totals.
Wanted = namedtuple(
    "Wanted",
    "quantity unit_price discount tax_rate base tax price_includes_tax slack account tax_type",
    defaults=(Decimal(0), None, None),
)
# ``round_off`` is the amount of a line to be added (``None`` for none); it is part of ``totals`` already. ``off`` is a
# list of (tax type or ``None`` for the whole document, Odoo's tax, Xero's tax) where these differ.
Rung = namedtuple("Rung", "name types lines totals round_off off", defaults=(None, ()))

ZERO = Decimal("0.00")


class Limits(namedtuple("Limits", "unit_decimals tax_tolerance round_off discounts", defaults=(2, CENT, ZERO, True))):
    """How far the ladder may go.

    :param unit_decimals: decimals of a unit price that Xero shows (2 or 4); a price with more is flattened
    :param tax_tolerance: how far a line's ``TaxAmount`` may be from what Xero computes; 0 never sends one. Xero's own
        tolerance is undocumented: a cent is what accountants accept as rounding
    :param round_off: the largest amount of a round-off line; 0 for none
    :param discounts: whether lines may carry a discount; else those that have one are flattened
    """


DEFAULTS = Limits()


def climb(wanted, total, tax, limits=DEFAULTS):
    """Return ``(rung, None)`` for the first rung that fits, or ``(None, totals)`` with what Xero would have made of it.

    :param wanted: list of :class:`Wanted`
    :param total: the document's total
    :param tax: the document's tax
    """
    exact = [_natural(line, False, limits, off_by=ZERO) for line in wanted]
    told = _overridden(wanted, exact, limits)
    for name, types, lines in _rungs(wanted, exact, told, limits):
        predicted = totals(lines, types)
        if predicted.total == total and predicted.tax == tax and _agree(wanted, lines, types):
            return Rung(name, types, lines, predicted), None
    if any(figure != half_up(figure) for line in wanted for figure in (line.base, line.tax)):
        # Amounts of three decimals are nothing that Xero could hold: rounding them off would hide it.
        return None, totals(exact)
    # Lines whose tax may be told are told, so that as little as possible is left to round off.
    nearest = [line or plain for line, plain in zip(told, exact, strict=True)]
    rest = total - totals(nearest).total
    allowed = limits.round_off and limits.round_off + sum(line.slack for line in wanted)
    if abs(rest) > allowed:
        return None, totals(exact)
    off = _taxes_off(wanted, nearest) or _whole_tax_off(tax, totals(nearest).tax)
    if rest:
        return Rung("round_off", EXCLUSIVE, nearest, totals([*nearest, Line(Decimal(1), rest)]), rest, off), None
    return Rung(_shape(wanted, nearest), EXCLUSIVE, nearest, totals(nearest), None, off), None


def _rungs(wanted, exact, told, limits):
    taxed = [line for line in wanted if line.tax_rate]
    included = bool(taxed) and all(line.price_includes_tax for line in taxed)
    # Odoo may have rounded the document as a whole: a cent on one line is then made good on another.
    native = [_natural(line, included, limits, off_by=CENT) for line in wanted]
    yield _shape(wanted, native), INCLUSIVE if included else EXCLUSIVE, native
    yield "flattened", EXCLUSIVE, exact
    if None not in told:
        yield "tax_amount", EXCLUSIVE, told


def _shape(wanted, lines):
    as_they_are = all(
        (sent.quantity, sent.unit_amount) == (line.quantity, line.unit_price)
        for line, sent in zip(wanted, lines, strict=True)
    )
    return "native" if as_they_are else "flattened"


def _agree(wanted, lines, types):
    """Whether amounts without tax agree for each account, and taxes for each tax type."""
    rest = defaultdict(Decimal)
    for line, sent in zip(wanted, lines, strict=True):
        amount = line_amount(sent)
        tax = line_tax(sent, amount, types)
        rest["tax", line.tax_type] += tax - line.tax
        rest["net", line.account] += amount - line.base - (tax if types == INCLUSIVE else 0)
    return not any(rest.values())


def _taxes_off(wanted, lines):
    ours, theirs = defaultdict(Decimal), defaultdict(Decimal)
    for line, sent in zip(wanted, lines, strict=True):
        ours[line.tax_type] += line.tax
        theirs[line.tax_type] += line_tax(sent, line_amount(sent))
    return [(kind, ours[kind], theirs[kind]) for kind in ours if ours[kind] != theirs[kind]]


def _whole_tax_off(ours, theirs):
    """Odoo's tax may be more than its lines': a tax of nothing, for instance, that was changed by hand."""
    return [(None, ours, theirs)] if ours != theirs else []


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
    if line.discount and not limits.discounts:
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
        if line.tax_rate is None or not limits.tax_tolerance:
            return None
        near = abs(line_tax(sent, line_amount(sent)) - line.tax) <= limits.tax_tolerance
        return sent._replace(tax_amount=line.tax) if near else None

    return [told(line, sent) for line, sent in zip(wanted, exact, strict=True)]


def _decimals(value):
    return max(0, -value.normalize().as_tuple().exponent)
