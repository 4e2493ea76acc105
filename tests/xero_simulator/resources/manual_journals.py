"""Manual journals: list, read, create, update."""

from ..batch import elements_of, save_all
from ..ids import is_guid, normal_guid
from ..journal_rules import KNOWN, save_manual_journal
from ..journal_view import show_journal, show_refused_journal
from ..listing import filtered, paged, plain
from ..problems import not_found

FIELDS = plain(
    "ManualJournalID", "Narration", "Date", "Status", "LineAmountTypes", "Url", "ShowOnCashBasisReports",
    "UpdatedDateUTC",
)  # fmt: skip


def listed(context):
    """GET: with ``page`` whole journals, without it no lines; the last changed ones last (Xero's reference)."""
    org = context.organisation
    records = sorted(org.manual_journals.values(), key=lambda record: record["UpdatedDateUTC"])
    records, pagination = paged(context, filtered(context, records, FIELDS))
    shown = [show_journal(org, record, lines=pagination is not None) for record in records]
    return {**({"pagination": pagination} if pagination else {}), "ManualJournals": shown}


def find(org, key):
    """The journal of ``/ManualJournals/{ManualJournalID}``."""
    record = org.manual_journals.get(normal_guid(key)) if is_guid(key) else None
    if record is None:
        raise not_found()
    return record


def read(context, key):
    """GET of one journal with its lines."""
    org = context.organisation
    return {"ManualJournals": [show_journal(org, find(org, key))]}


def put(context):
    """PUT creates."""
    return _save(context, "create")


def post(context):
    """POST creates or updates."""
    return _save(context, "upsert")


def post_one(context, key):
    """POST of one existing journal."""
    return _save(context, "upsert", find(context.organisation, key)["ManualJournalID"])


def _save(context, mode, journal_id=None):
    org = context.organisation
    elements = elements_of(context.body, "ManualJournals", KNOWN, 1 if journal_id else org.max_elements)
    return save_all(
        context,
        "ManualJournals",
        elements,
        lambda element: save_manual_journal(org, element, mode, journal_id),
        lambda record: show_journal(org, record),
        lambda element: show_refused_journal(org, element, journal_id),
    )


ROUTES = {
    ("GET",): listed,
    ("GET", "*"): read,
    ("PUT",): put,
    ("POST",): post,
    ("POST", "*"): post_one,
}
