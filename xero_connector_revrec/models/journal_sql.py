"""Journals in SQL: the lines of schedules, put together as an export wants them, with their texts and signs.

Every journal has two lines, one on the deferred and one on the recognised account, and so balances by itself::

                       deferred account (liability)    recognised account (income)
    recognition        debit                           credit
    deferral           credit                          debit

A credit note's amounts are negative, which turns both around.
"""

import re

from odoo.exceptions import UserError
from odoo.tools import SQL

from .journal_choices import PLACEHOLDERS
from .recognition_sql import MONTH_END, lines

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
# Between the two lines of a journal; no text holds a control character.
SEPARATOR = "\x1e"
# What changes from journal to journal of a charge; the rest of a narration is made once for all of them.
_MOVING = ("period", "reference")
_DATES = {"dd/mm/yyyy": "DD/MM/YYYY", "dd mmm yyyy": "DD Mon YYYY"}
_TRACKING_NAMES = ("category_1", "option_1", "category_2", "option_2")
_TRACKING = """
    ARRAY(SELECT {} FROM xero_recognition_charge_xero_tracking_option_rel tracking
            JOIN xero_tracking_option option ON option.id = tracking.xero_tracking_option_id
            JOIN xero_tracking_category category ON category.id = option.category_id
           WHERE tracking.xero_recognition_charge_id = charge.id AND option.active AND category.active
           ORDER BY category.name, option.id)
"""


def narration_problem(env, template):
    """Return why ``template`` is no narration, in words, or an empty text."""
    if not (template or "").strip():
        return env._("Enter a narration: Xero wants one of every journal.")
    unknown = [name for name in _PLACEHOLDER.findall(template) if name not in PLACEHOLDERS]
    if not unknown:
        return ""
    return env._(
        "The narration holds %(unknown)s, which is not known. There are: %(known)s.",
        unknown=", ".join(f"{{{name}}}" for name in unknown),
        known=", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
    )


def _runs(template):
    """Return a narration's parts in turn: a list of (text, placeholder) that stand still, a moving placeholder, …

    Xero makes one journal of the lines of a file that share narration and date, so the reference, which tells journals
    apart, is added where the template does not hold it (V4).
    """
    if "{reference}" not in template:
        template = f"{template} {{reference}}"
    runs, end = [[]], 0
    for match in _PLACEHOLDER.finditer(template):
        runs[-1].append((template[end : match.start()], ""))
        if match[1] in _MOVING:
            runs += [match[1], []]
        else:
            runs[-1].append(("", match[1]))
        end = match.end()
    runs[-1].append((template[end:], ""))
    return runs


def _one_line(text):
    """Return SQL of a text without control characters and double spaces: a line of a file is a line of a journal."""
    return SQL("regexp_replace(%s, '[[:cntrl:][:space:]]+', ' ', 'g')", text)


def _guarded(text):
    """Return SQL of a text that no spreadsheet takes for a formula (CSV injection): an apostrophe makes it a text."""
    text = SQL("ltrim(%s)", text)
    return SQL("CASE WHEN %(text)s ~ '^[=+@-]' THEN '''' || %(text)s ELSE %(text)s END", text=text)


def _quoted(text):
    """Return SQL of a text as CSV has it."""
    quoted = SQL("'\"' || replace(%s, '\"', '\"\"') || '\"'", text)
    return SQL("CASE WHEN %s ~ '[\",]' THEN %s ELSE COALESCE(%s, '') END", text, quoted, text)


def _joined(pieces):
    return SQL(" || ").join(pieces) if pieces else SQL("''")


class Journals:
    """The query of an export's journals.

    :param options: a record of ``xero.journal.options``
    :param SQL chosen: which spans, a condition on ``span`` and ``charge``
    :param str batch: the export's number
    :param first: leave out earlier days; ``last``: later ones
    """

    def __init__(self, options, chosen, batch, first=None, last=None):
        self.env = options.env
        self.options = options
        self.by_day = options.aggregation == "daily"
        self.detail = options.aggregation == "monthly_detail"
        self.batch = batch
        self._chosen, self._first, self._last = chosen, first, last
        self._runs = _runs(options.narration)

    # -- Queries -----------------------------------------------------------------------------------------------

    def query(self):
        """Return the SQL of the journals, in order.

        ``narration``, ``day``, ``date`` (as text), ``description``, ``debit_id``, ``credit_id`` and their codes,
        ``tracking`` (ids), ``category_1``, ``option_1``, ``category_2``, ``option_2`` (names), ``booked``, the exact
        amount, which is never negative, and ``debit_sign`` and ``credit_sign``, what stands before it in the file:
        nothing or ``-``.
        """
        return self._daily() if self.by_day else self._monthly()

    def rows(self):
        """Return the SQL of a file's rows: a text each, with both lines of a journal and ``SEPARATOR`` between them.

        Lines are put together here, as CSV: what is the same for all lines of a charge is put together once.
        """
        journals = self._daily_texts() if self.by_day else self._monthly_texts()
        # None of these is NULL; ``concat`` takes twice as long.
        return SQL(
            """
            SELECT head || debit_before || figure || debit_after || head || credit_before || figure || credit_after
              FROM (%s) journal
            """,
            journals,
        )

    def _line_texts(self):
        """Return the SQL of what stands before and after the amounts of a journal's two lines, and between these."""
        rate = self.options.connection_id._journal_tax_rate()
        if not rate:
            raise UserError(self.env._("Choose the Tax Rate of Journals in the connection."))
        rate = _quoted(SQL("%s::text", rate.name))
        tracking = SQL(" || ',' || ").join(_quoted(SQL.identifier(name)) for name in _TRACKING_NAMES)
        columns = []
        for side, end in (("debit", SEPARATOR), ("credit", "")):
            code, sign = _quoted(SQL(f"{side}_code")), SQL(f"{side}_sign")
            before = SQL("concat(',', %s, ',', %s, ',', %s, ',', %s)", _quoted(SQL("description")), code, rate, sign)
            columns.append(SQL(f"%s AS {side}_before, ',' || %s || %s AS {side}_after", before, tracking, end))
        return SQL(", ").join(columns)

    # -- Daily -------------------------------------------------------------------------------------------------

    def _daily(self):
        narration = self._narration(self._moving_daily(), lambda index: SQL.identifier(f"run_{index}"))
        return SQL(
            "SELECT line.*, %s AS narration, abs(line_amount) AS booked FROM (%s) line", narration, self._dated_lines()
        )

    def _daily_texts(self):
        runs = {index: SQL.identifier(f"run_{index}") for index in self._still_indices()}
        # What moves, a day, holds nothing that must be quoted: the other texts of a charge decide for all its lines.
        quoted = SQL("concat(reference, %s) ~ '[\",]'", SQL(", ").join(runs.values()))
        pieces = []
        for index, run in runs.items():
            first = SQL("'\"' || ") if index == 0 else SQL()
            last = SQL(" || '\"'") if index == len(self._runs) - 1 else SQL()
            text = SQL("%sreplace(%s, '\"', '\"\"')%s", first, run, last)
            pieces.append(SQL(f"CASE WHEN %s THEN %s ELSE %s END AS text_{index}", quoted, text, run))
        derived = SQL("%s, %s", SQL(", ").join(pieces), self._line_texts())
        narration = self._narration(self._moving_daily(), lambda index: SQL.identifier(f"text_{index}"))
        return SQL(
            """
            SELECT line.*, %s || ',' || date AS head, trim_scale(abs(line_amount))::text AS figure
              FROM (%s) line OFFSET 0
            """,
            narration,
            self._dated_lines(derived),
        )

    @staticmethod
    def _moving_daily():
        return {"period": SQL("date"), "reference": SQL("reference || to_char(day::timestamp, 'YYMMDD')")}

    def _dated_lines(self, derived=None):
        """Return the SQL of the lines of days, with the texts that all lines of a span share, and their dates."""
        values = {
            "invoice": SQL("charge.move_name"),
            "customer": SQL("charge.partner_name"),
            "product": SQL("charge.product_name"),
            **self._still(SQL("span.kind")),
        }
        runs = SQL(", ").join(
            SQL("%s AS %s", text, SQL.identifier(f"run_{index}")) for index, text in self._still_runs(values).items()
        )
        description = _guarded(_one_line(SQL("concat_ws(' ', charge.move_name, left(charge.name, 200))")))
        columns = SQL(
            "%s, %s || '-' || span.id || '-' AS reference, %s AS description, %s, %s",
            self._columns(),
            self.batch,
            description,
            runs,
            # All lines of a span are on the same side.
            self._sides(SQL("(span.amount > 0) = (span.kind = 'recognition')")),
        )
        found = lines(True, self._chosen, columns, self._first, self._last, self._charges(), derived)
        return SQL("SELECT line.*, %s AS date FROM (%s) line OFFSET 0", self._date(), found)

    # -- Monthly -----------------------------------------------------------------------------------------------

    def _monthly(self):
        accounts = (
            "deferred_id",
            "recognised_id",
            "deferred_code",
            "recognised_code",
            "deferred_debits",
            "recognised_debits",
        )
        group = ["kind", *accounts, "tracking", *_TRACKING_NAMES]
        columns = SQL("%s, span.kind, %s", self._columns(), SQL(", ".join(f"charge.{name}" for name in accounts)))
        texts = {"invoice": SQL("''"), "customer": SQL("''"), "product": SQL("''")}
        description = SQL("charges || ' ' || CASE charges WHEN 1 THEN %s ELSE %s END", *self._charge_words())
        detail = SQL()
        if self.detail:
            names = SQL("charge.partner_name AS customer, COALESCE(charge.product_name, '') AS product")
            columns = SQL("%s, charge.partner_id, charge.product_id, %s", columns, names)
            group += ["partner_id", "product_id"]
            texts |= {"customer": SQL("customer"), "product": SQL("product")}
            description = _guarded(_one_line(SQL("customer || ', ' || product")))
            detail = SQL(", MIN(customer) AS customer, MIN(product) AS product")
        group = SQL(", ").join(map(SQL.identifier, group))
        # Not after the last day of the export: a month may be cut by it.
        month = SQL(f"LEAST({MONTH_END.format('day')}, %s)", self.options.date_to)
        grouped = SQL(
            """
            SELECT %(group)s, %(month)s AS day, SUM(line_amount) AS total,
                   count(DISTINCT charge_id) AS charges%(detail)s
              FROM (%(lines)s) line GROUP BY %(group)s, %(month)s HAVING SUM(line_amount) <> 0
            """,
            group=group,
            month=month,
            detail=detail,
            lines=lines(False, self._chosen, columns, self._first, self._last, self._charges()),
        )
        runs = self._still_runs({**texts, **self._still(SQL("kind"))})
        order = SQL("day, kind, %s", group)
        number = SQL("(row_number() OVER (ORDER BY %s))::text", order)
        moving = {
            "period": SQL("to_char(day::timestamp, 'Mon YYYY')"),
            # lpad cuts what is longer.
            "reference": SQL("%s || '-' || lpad(%s, GREATEST(length(%s), 4), '0')", self.batch, number, number),
        }
        return SQL(
            """
            SELECT journal.*, %s AS date, %s AS narration, %s AS description, abs(total) AS booked, %s
              FROM (%s) journal ORDER BY %s
            """,
            self._date(),
            self._narration(moving, lambda index: runs[index]),
            description,
            self._sides(SQL("(total > 0) = (kind = 'recognition')")),
            grouped,
            order,
        )

    def _monthly_texts(self):
        return SQL(
            """
            SELECT %s || ',' || date AS head, trim_scale(booked)::text AS figure, %s FROM (%s) journal
            """,
            _quoted(SQL("narration")),
            self._line_texts(),
            self._monthly(),
        )

    # -- Parts of both -----------------------------------------------------------------------------------------

    def _date(self):
        # A timestamp without a time zone: formatting a date itself takes three times as long.
        return SQL("to_char(day::timestamp, %s)", _DATES[self.options.date_format])

    def _columns(self):
        """Return the SQL of what both kinds of journals need of a charge."""
        names = [
            SQL(f"({_TRACKING.format(f'{column}.name')})[{number}] AS {column}_{number}")
            for number in (1, 2)
            for column in ("category", "option")
        ]
        return SQL(
            "charge.id AS charge_id, %s AS tracking, %s", SQL(_TRACKING.format("option.id")), SQL(", ").join(names)
        )

    def _charges(self):
        """Return the SQL of charges with their accounts: id, code, and what stands before a debit of it in the file.

        Debits positive: nothing. Normal balance (V6): ``-`` on accounts that a credit makes bigger.
        """
        columns = []
        for name in ("deferred", "recognised"):
            of_account = f"(SELECT {{}} FROM xero_account WHERE id = charge.{name}_account_id)"
            columns += [f"charge.{name}_account_id AS {name}_id", f"{of_account.format('code')} AS {name}_code"]
            sign = "CASE WHEN account_class IN ('ASSET', 'EXPENSE') THEN '' ELSE '-' END"
            debits = "''" if self.options.sign == "debit" else of_account.format(sign)
            columns.append(f"{debits} AS {name}_debits")
        return SQL(f"(SELECT charge.*, {', '.join(columns)} FROM xero_recognition_charge charge)")

    @staticmethod
    def _sides(deferred_debited):
        """Return the SQL of what is debited and what credited: ids, codes, and what stands before the amounts.

        :param SQL deferred_debited: whether it is the deferred account that is debited
        """
        values = {"id": "{}_id", "code": "{}_code", "sign": "{}_debits"}
        columns = []
        for side, debited, other in (("debit", "deferred", "recognised"), ("credit", "recognised", "deferred")):
            for name, value in values.items():
                if (side, name) == ("credit", "sign"):
                    value = "CASE {}_debits WHEN '' THEN '-' ELSE '' END"
                choice = f"CASE WHEN %s THEN {value.format(debited)} ELSE {value.format(other)} END AS {side}_{name}"
                columns.append(SQL(choice, deferred_debited))
        return SQL(", ").join(columns)

    def _still(self, kind):
        """Return the SQL of the placeholders that are the same in both kinds of journals."""
        env = self.env
        recognition, deferral = env._("Revenue recognition"), env._("Revenue deferral")
        return {
            "type": SQL("CASE %s WHEN 'recognition' THEN %s ELSE %s END", kind, recognition, deferral),
            "batch": SQL("%s", self.batch),
        }

    def _charge_words(self):
        return self.env._("charge"), self.env._("charges")

    def _still_indices(self):
        return [index for index, run in enumerate(self._runs) if not isinstance(run, str)]

    def _still_runs(self, values):
        """Return dict of position → SQL of the parts of a narration that do not move."""
        found = {}
        for index, run in enumerate(self._runs):
            if isinstance(run, str):
                continue
            pieces = []
            for text, name in run:
                if text:
                    pieces.append(SQL("%s::text", text))
                if name:
                    pieces.append(SQL("COALESCE(%s, '')", values[name]))
            text = _one_line(_joined(pieces))
            if index == 0:
                text = _guarded(text)
            if index == len(self._runs) - 1:
                text = SQL("rtrim(%s)", text)
            found[index] = text
        return found

    def _narration(self, moving, run_at):
        return _joined([moving[run] if isinstance(run, str) else run_at(index) for index, run in enumerate(self._runs)])
