"""``where`` and ``order``: the part of Xero's filter language that connectors use.

Comparisons ``==``, ``!=``, ``>``, ``>=``, ``<``, ``<=`` of a field with a text in double quotes (``\\"`` inside), a
number, ``true``/``false``/``null``, ``guid("…")`` or ``DateTime(y, m, d)``, joined by ``AND``/``&&`` and ``OR``/``||``
with parentheses. Everything else is a ``QueryParseException``, as it is in Xero.
"""

import operator
import re
from datetime import date, datetime, time, timezone
from decimal import Decimal
from functools import partial

from .ids import is_guid, normal_guid
from .problems import bad_query

TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][A-Za-z0-9_.]*)'
    r"|(?P<sign>==|!=|>=|<=|=|>|<|&&|\|\||\(|\)|,))"
)
COMPARE = {
    "==": operator.eq, "=": operator.eq, "!=": operator.ne, ">=": operator.ge, "<=": operator.le, ">": operator.gt,
    "<": operator.lt,
}  # fmt: skip
LITERALS = {"true": True, "false": False, "null": None}


def tokens_of(text):
    """Split a filter into ``(kind, text)`` pairs."""
    position, found = 0, []
    while position < len(text.rstrip()):
        match = TOKEN.match(text, position)
        if match is None:
            raise bad_query(f"Syntax error at position {position} of the where clause")
        found.append((match.lastgroup, match.group(match.lastgroup)))
        position = match.end()
    return found


class Where:
    """A parsed filter. ``fields`` maps the names that may be used to functions of a record."""

    def __init__(self, text, fields):
        self._tokens, self._position, self._fields = tokens_of(text), 0, fields
        self._test = self._either()
        if self._position != len(self._tokens):
            raise bad_query("Syntax error: unexpected text at the end of the where clause")

    def __call__(self, record):
        """Whether ``record`` passes."""
        return self._test(record)

    def _peek(self):
        return self._tokens[self._position] if self._position < len(self._tokens) else (None, "")

    def _next(self, expected=None):
        kind, text = self._peek()
        if kind is None or (expected is not None and text != expected):
            raise bad_query(f"Syntax error: {expected or 'a value'} expected, {text or 'end of text'} found")
        self._position += 1
        return kind, text

    def _joined(self, words, part, combine):
        tests = [part()]
        while self._peek()[1].upper() in words and self._peek()[0] != "text":
            self._position += 1
            tests.append(part())
        return tests[0] if len(tests) == 1 else lambda record: combine(test(record) for test in tests)

    def _either(self):
        return self._joined(("OR", "||"), self._both, any)

    def _both(self):
        return self._joined(("AND", "&&"), self._single, all)

    def _single(self):
        if self._peek() == ("sign", "("):
            self._next("(")
            test = self._either()
            self._next(")")
            return test
        kind, name = self._next()
        if kind != "word" or name not in self._fields:
            raise bad_query(f"No property or field '{name}' exists in this type")
        _kind, sign = self._next()
        if sign not in COMPARE:
            raise bad_query(f"Operator expected, {sign} found")
        return comparison(self._fields[name], COMPARE[sign], self._value(), sign)

    def _value(self):
        kind, text = self._next()
        if kind == "text":
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "number":
            return Decimal(text)
        if kind == "word" and text.lower() in LITERALS:
            return LITERALS[text.lower()]
        if kind == "word" and text.lower() == "guid":
            return self._guid()
        if kind == "word" and text == "DateTime":
            return self._moment()
        raise bad_query(f"Value expected, {text} found")

    def _guid(self):
        self._next("(")
        kind, text = self._next()
        self._next(")")
        if kind != "text" or not is_guid(text[1:-1]):
            raise bad_query(f"{text} is not a guid")
        return normal_guid(text[1:-1])

    def _moment(self):
        self._next("(")
        numbers = []
        while True:
            kind, text = self._next()
            if kind != "number":
                raise bad_query("DateTime takes numbers")
            numbers.append(int(Decimal(text)))
            if self._next()[1] == ")":
                break
        try:
            return datetime(*numbers, tzinfo=timezone.utc)
        except (TypeError, ValueError) as error:
            raise bad_query(f"DateTime: {error}") from error


def comparison(field, compare, expected, sign):
    """A test of one field; an ordering of unequal kinds is a parse error, as in a typed language."""

    def test(record):
        found = field(record)
        if found == "" and expected is None:
            found = None
        if isinstance(expected, datetime) and isinstance(found, date) and not isinstance(found, datetime):
            found = datetime.combine(found, time(), timezone.utc)
        if sign in ("==", "=", "!="):
            return compare(_folded(found), _folded(expected))
        if found is None:
            return False
        try:
            return compare(found, expected)
        except TypeError as error:
            raise bad_query(f"Operator '{sign}' incompatible with operand types") from error

    return test


def _folded(value):
    """Texts compare as Xero's database does: without regard to case."""
    return value.casefold() if isinstance(value, str) else value


def sort(records, text, fields):
    """``order``: field names with ``ASC`` or ``DESC``, separated by commas. Empty values come first."""
    ordered = list(records)
    for part in reversed(text.split(",")):
        words = part.split()
        direction = words[1].upper() if len(words) == 2 else "ASC"
        if not 1 <= len(words) <= 2 or words[0] not in fields or direction not in ("ASC", "DESC"):
            raise bad_query(f"Cannot order by '{part.strip()}'")
        ordered.sort(key=partial(_sort_key, fields[words[0]]), reverse=direction == "DESC")
    return ordered


def _sort_key(field, record):
    value = _folded(field(record))
    return (value is not None, value) if value is not None else (False,)
