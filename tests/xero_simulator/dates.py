"""Xero's date formats.

Answers carry ``/Date(1518685950940+0000)/`` (milliseconds since 1970, UTC) and, for document dates, an ISO twin.
Requests may use ``YYYY-MM-DD``, an ISO date and time, or the Microsoft format.
"""

import re
from datetime import date, datetime, time, timezone
from email.utils import parsedate_to_datetime

MICROSOFT = re.compile(r"^/Date\((-?\d+)(?:[+-]\d{4})?\)/$")
ISO = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def parse_date(value):
    """The calendar date that a request means; ``ValueError`` when it means none."""
    if isinstance(value, date):
        return value
    text = value if isinstance(value, str) else ""
    if match := MICROSOFT.match(text):
        return datetime.fromtimestamp(int(match.group(1)) / 1000, timezone.utc).date()
    if match := ISO.match(text):
        return date.fromisoformat(match.group(1))
    raise ValueError(f"{value!r} is not a date")


def parse_moment(value):
    """A moment in UTC from ``If-Modified-Since``: ISO (UTC when it names no zone) or an HTTP date."""
    text = value.strip()
    try:
        moment = datetime.fromisoformat(text.removesuffix("Z") + "+00:00" if text.endswith("Z") else text)
    except ValueError:
        moment = parsedate_to_datetime(text)
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)


def microsoft(value):
    """A date or a moment as Xero writes it."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), timezone.utc)
    milliseconds = round(value.timestamp() * 1000)
    return f"/Date({milliseconds}+0000)/"


def iso(value):
    """``DateString``: a document date at midnight, without zone."""
    return f"{value.isoformat()}T00:00:00"


def iso_moment(value):
    """``UpdatedDateUTCString``: ISO 8601 with milliseconds, UTC."""
    return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{value.microsecond // 1000:03d}Z"


def spoken(value):
    """The form of Xero's lock date messages: ``31-Jul-2013``."""
    return f"{value.day:02d}-{MONTHS[value.month - 1]}-{value.year}"
