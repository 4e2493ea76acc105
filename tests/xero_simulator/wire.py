"""JSON in and out, with money as ``Decimal`` from end to end."""

import json
from datetime import date, datetime
from decimal import Decimal
from json.encoder import encode_basestring_ascii

from .dates import iso_moment


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def loads(data):
    """Parse a body: numbers become ``Decimal`` or ``int``; ``NaN`` and ``Infinity`` are refused."""
    return json.loads(data, parse_float=Decimal, parse_constant=_refuse_constant)


def dumps(value):
    """Compact JSON text. ``Decimal`` keeps its places (``40.00``), as Xero's answers do."""
    parts = []
    _write(value, parts.append)
    return "".join(parts)


def _write(value, out):
    if isinstance(value, str):
        out(encode_basestring_ascii(value))
    elif value is None:
        out("null")
    elif value is True:
        out("true")
    elif value is False:
        out("false")
    elif isinstance(value, Decimal):
        out(format(value, "f"))
    elif isinstance(value, int):
        out(str(value))
    elif isinstance(value, float):
        out(repr(value))
    elif isinstance(value, dict):
        _write_dict(value, out)
    elif isinstance(value, (list, tuple)):
        _write_list(value, out)
    elif isinstance(value, datetime):
        out(encode_basestring_ascii(iso_moment(value)))
    elif isinstance(value, date):
        out(encode_basestring_ascii(value.isoformat()))
    else:
        raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def _write_dict(value, out):
    separator = "{"
    for key, item in value.items():
        out(f"{separator}{encode_basestring_ascii(key)}:")
        _write(item, out)
        separator = ","
    out("{}" if separator == "{" else "}")


def _write_list(value, out):
    separator = "["
    for item in value:
        out(separator)
        _write(item, out)
        separator = ","
    out("[]" if separator == "[" else "]")
