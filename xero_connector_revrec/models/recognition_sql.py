"""The arithmetic of schedules, in SQL: what of a span is recognised by the end of a day, and by which lines.

A span's amount is spread by **cumulative rounding**: a line is what is recognised by its day less what was recognised
by the day before, both rounded half away from zero to the currency's decimals. So lines never drift, and their sum is
the amount to the cent, however a span is cut. Everything is PostgreSQL's ``numeric``: exact, no binary floats.

Lines are not stored: a schedule of a year is one row, and a million lines are computed while they are exported.
"""

from odoo.tools import SQL

# Months since year 0 of a day, the last day of its month, and the number of days of its month.
_MONTHS = "(EXTRACT(YEAR FROM {0})::int * 12 + EXTRACT(MONTH FROM {0})::int)"
MONTH_END = "(date_trunc('month', {0}) + interval '1 month' - interval '1 day')::date"
_DAYS_OF_MONTH = f"EXTRACT(DAY FROM {MONTH_END})::int"


def _recognised_by(day):
    """Return the SQL of what of ``span`` is recognised by the end of ``day``, in the company's currency.

    * by day: amount × days so far ÷ all days;
    * by month: amount × months so far ÷ all months, at the end of each; the first and the last count for the part of
      their days that the span covers (from 17 January: 15 of 31 days);
    * at once: nothing before the last day.

    :param str day: SQL of a date
    """
    ended = f"({_MONTHS.format(f'({day} + 1)')} - {_MONTHS.format('span.date_from')})"
    months = f"({_MONTHS.format('span.date_to')} - {_MONTHS.format('span.date_from')} + 1)"
    # The parts of the first and of the last month, over a common denominator, so that all are whole numbers.
    days_first, days_last = _DAYS_OF_MONTH.format("span.date_from"), _DAYS_OF_MONTH.format("span.date_to")
    first = f"(({days_first} - EXTRACT(DAY FROM span.date_from)::int + 1) * {days_last})"
    last = f"(EXTRACT(DAY FROM span.date_to)::int * {days_first})"
    whole = f"({days_first} * {days_last})"
    by_month = (
        f"round(span.amount * ({first} + ({ended} - 1) * {whole})"
        f" / ({first} + ({months} - 2) * {whole} + {last}), span.decimals)"
    )
    by_day = f"round(span.amount * ({day} - span.date_from + 1) / (span.date_to - span.date_from + 1), span.decimals)"
    return (
        f"CASE WHEN {day} >= span.date_to THEN span.amount"
        f" WHEN {day} < span.date_from THEN 0"
        f" WHEN span.method = 'daily' THEN {by_day}"
        f" WHEN span.method = 'monthly' AND {ended} > 0 THEN {by_month}"
        " ELSE 0 END"
    )


def amount_between(first, last):
    """Return the SQL of what of ``span`` is recognised from the day ``first`` to the day ``last``, both included."""
    return f"(({_recognised_by(last)}) - ({_recognised_by(f'({first} - 1)')}))"


# What a row of spans holds of its whole.
HELD = amount_between("span.clip_from", "span.clip_to")

# ``units``: the amount in the currency's smallest units, where whole numbers can hold it and what comes of it.
_COLUMNS = """
    span.amount, span.decimals, span.method, span.date_from, span.date_to, sign(span.amount)::int AS side,
    round(power(10::numeric, -span.decimals), span.decimals) AS unit,
    CASE WHEN round(span.amount, span.decimals) = span.amount AND abs(span.amount) < 1e9
         THEN (abs(span.amount) * power(10::numeric, span.decimals))::bigint END AS units
"""


def _of_day():
    """Return the SQL of the line of ``span.day`` of a span by day; the same as ``amount_between``, in whole numbers.

    ``units × days ÷ all``, rounded half up, is the whole part of ``(2 × units × days + all) ÷ (2 × all)``: of a million
    lines it saves a good part of the time.
    """
    whole = "(span.date_to - span.date_from + 1)"
    until = f"(2 * span.units * (span.day - span.date_from + {{}}) + {whole}) / (2 * {whole})"
    fast = f"(({until.format(1)}) - ({until.format(0)})) * span.side * span.unit"
    return f"CASE WHEN span.units IS NULL THEN {amount_between('span.day', 'span.day')} ELSE {fast} END"


_CHARGES = SQL("xero_recognition_charge")


def lines(by_day, chosen, columns, first=None, last=None, charges=_CHARGES, derived=None):
    """Return the query of the lines of spans: ``columns``, ``day`` and ``line_amount``, which is never 0.

    A line is a day (``by_day``) or a month of a span; where a span is booked at month ends or at once, the day that it
    is booked on. ``day`` is the last one of the line's days. The order is that of ``columns``' first one, which must
    tell spans apart or keep those together that belong together, and then of days: what makes lines out of spans is in
    the list of columns, where PostgreSQL keeps the order of the rows it is applied to, so that a million lines need
    no sorting.

    :param bool by_day: a line for each day, else one for each month
    :param SQL chosen: which spans: a condition on ``span`` and ``charge``
    :param SQL columns: what else to return of ``span`` and ``charge``, each with a name
    :param first: leave out earlier days
    :param last: leave out later days
    :param SQL charges: what ``charge`` stands for: the table, or a query of it with more columns
    :param SQL derived: more columns, made of ``columns`` once for each span
    """
    units = [("day", "span.method = 'daily'"), ("month", "span.method <> 'daily'")] if by_day else [("month", "TRUE")]
    window = SQL(
        "GREATEST(span.clip_from, %s::date) AS clip_from, LEAST(span.clip_to, %s::date) AS clip_to", first, last
    )
    return SQL(" UNION ALL ").join(
        _lines(unit, SQL(f"{condition} AND %s", chosen), columns, window, charges, derived) for unit, condition in units
    )


def _lines(unit, chosen, columns, window, charges, derived):
    if unit == "day":
        begins = "span.clip_from + generate_series(0, span.clip_to - span.clip_from)"
        last = "span.begins"
        amount = _of_day()
    else:
        begins = "generate_series(date_trunc('month', span.clip_from), span.clip_to, interval '1 month')::date"
        last = f"LEAST({MONTH_END.format('span.begins')}, span.clip_to)"
        amount = amount_between("span.starts", "span.day")
    spans = SQL(
        f"""
        SELECT %s, {_COLUMNS}, %s
          FROM xero_recognition_span span JOIN %s charge ON charge.id = span.charge_id
         WHERE %s
         ORDER BY 1, span.clip_from
        """,
        columns,
        window,
        charges,
        chosen,
    )
    if derived:
        spans = SQL("SELECT span.*, %s FROM (%s) span OFFSET 0", derived, spans)
    # OFFSET 0: computed once, not once more for each place where it is used.
    return SQL(
        f"""
        SELECT * FROM (
            SELECT span.*, {amount} AS line_amount
              FROM (SELECT span.*, GREATEST(span.begins, span.clip_from) AS starts, {last} AS day
                      FROM (SELECT span.*, {begins} AS begins FROM (%s) span OFFSET 0) span) span OFFSET 0) line
         WHERE line_amount <> 0
        """,
        spans,
    )
