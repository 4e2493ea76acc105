"""What all GET lists share: filters, order, pages, ``If-Modified-Since``."""

from .dates import parse_moment
from .ids import is_guid, normal_guid
from .problems import bad_query, bad_request
from .query import Where, sort

DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE = 100, 1_000
MAX_URL = 8_192


def filtered(context, records, fields):
    """Records that pass ``If-Modified-Since`` and ``where``, in the asked order. Nothing new is an empty list."""
    since = context.request.headers.get("If-Modified-Since")
    if since:
        try:
            moment = parse_moment(since).replace(microsecond=0)
        except (ValueError, TypeError) as error:
            raise bad_request(14, "PostDataInvalidException", f"If-Modified-Since is not a date: {since}") from error
        records = (record for record in records if record["UpdatedDateUTC"] >= moment)
    if where := context.args.get("where"):
        records = filter(Where(where, fields), records)
    if order := context.args.get("order"):
        records = sort(records, order, fields)
    return list(records)


def paged(context, records):
    """The asked page and its ``pagination`` element; all records and nothing when no page was asked for."""
    if not {"page", "pageSize"} & set(context.args) and not flag(context, "summaryOnly"):
        return records, None
    page, size = whole(context, "page", 1), whole(context, "pageSize", DEFAULT_PAGE_SIZE)
    if size > MAX_PAGE_SIZE:
        raise bad_query(f"pageSize must be at most {MAX_PAGE_SIZE}")
    count = len(records)
    pagination = {"page": page, "pageSize": size, "pageCount": -(-count // size), "itemCount": count}
    return records[(page - 1) * size : page * size], pagination


def whole(context, name, default):
    """A whole number of at least 1."""
    text = context.args.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise bad_query(f"{name} must be a whole number of at least 1")
    return int(text)


def flag(context, name):
    """A boolean parameter; the SDK writes ``True``."""
    text = context.args.get(name, "false").lower()
    if text not in ("true", "false"):
        raise bad_query(f"{name} must be true or false")
    return text == "true"


def guids(context, name):
    """A comma-separated list of GUIDs, or nothing when it was not sent."""
    values = texts(context, name)
    if values is None:
        return None
    wrong = [value for value in values if not is_guid(value)]
    if wrong:
        raise bad_query(f"{name}: {wrong[0]} is not a guid")
    return [normal_guid(value) for value in values]


def texts(context, name):
    """A comma-separated list, or nothing when it was not sent."""
    text = context.args.get(name)
    return None if text is None else [part.strip() for part in text.split(",") if part.strip()]


def unit_places(context):
    """``unitdp``: 2 decimals of unit amounts, or 4."""
    text = context.args.get("unitdp", "2")
    if text not in ("2", "4"):
        raise bad_query("unitdp must be 2 or 4")
    return int(text)


def plain(*names):
    """Filterable fields that are columns of the record."""
    return {name: lambda record, name=name: record.get(name) for name in names}
