"""JSON for and from Xero: money stays decimal, bytes stay the same on a retry."""

import hashlib
import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

_MICROSOFT_DATE = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
_EPOCH = datetime(1970, 1, 1)

# How documents end in Xero.
ENDED = ("VOIDED", "DELETED")
# What nobody approved yet there.
UNAPPROVED = ("DRAFT", "SUBMITTED")

# Both dates of a document that was not sent to the customer yet, where the connection wants it so (I3).
PLACEHOLDER = date(3000, 1, 1)

NO_ID = "00000000-0000-0000-0000-000000000000"


def plain(value):
    """Return ``value`` with decimals as JSON numbers and dates as ``YYYY-MM-DD``.

    A decimal becomes the binary float whose shortest form reads exactly the same, so that the
    text on the wire is the decimal's own text. Raises ``ValueError`` for one that has no such
    float (more than 15 significant digits), rather than sending a near miss.
    """
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        number = int(value) if value == value.to_integral_value() else float(value)
        if Decimal(repr(number)) != value:
            raise ValueError(f"{value} has too many digits to be sent exactly")
        return number
    if isinstance(value, date):
        return value.strftime("%Y-%m-%d")
    return value


def to_text(payload):
    """Serialise a payload; the same payload always gives the same text."""
    return json.dumps(plain(payload), ensure_ascii=False)


def from_text(text):
    """Parse an answer of Xero with every number as ``Decimal``. Raises ``ValueError`` on bad JSON."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def digest(payload):
    """A short fingerprint of a payload, independent of the order of its keys."""
    canonical = json.dumps(plain(payload), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def to_datetime(value):
    """Read Xero's ``/Date(1518685950940+0000)/`` or an ISO date as naive UTC; ``None`` if empty."""
    if not value:
        return None
    match = _MICROSOFT_DATE.match(value)
    if match:
        return (_EPOCH + timedelta(milliseconds=int(match[1]))).replace(microsecond=0)
    return datetime.fromisoformat(value[:19])


def has_id(value):
    """Whether Xero gave a real id: it answers an all-zero one for an element it refused."""
    return isinstance(value, str) and bool(value) and value != NO_ID
