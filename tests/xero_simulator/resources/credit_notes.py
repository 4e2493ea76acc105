"""Credit notes: list, read, create, update, allocate. There are no filters by ids or numbers: Xero has none."""

from ..batch import elements_of, save_all
from ..credit_view import show_credit_note
from ..document_rules import KNOWN, save_from_api
from ..document_view import show_refused
from ..documents import CREDIT_NOTE
from ..ids import is_guid, normal_guid
from ..listing import filtered, paged, plain, unit_places
from ..problems import not_found
from . import allocations

FIELDS = plain(
    "CreditNoteID", "CreditNoteNumber", "Type", "Status", "Reference", "Date", "DueDate", "Total", "RemainingCredit",
    "CurrencyCode", "UpdatedDateUTC",
) | {"Contact.ContactID": lambda record: record["ContactID"]}  # fmt: skip


def listed(context):
    """GET: with ``page`` whole credit notes, without it all of them but no lines."""
    org, places = context.organisation, unit_places(context)
    records, pagination = paged(context, filtered(context, org.credit_notes.values(), FIELDS))
    shown = [show_credit_note(org, record, places, lines=pagination is not None) for record in records]
    return {**({"pagination": pagination} if pagination else {}), "CreditNotes": shown}


def find(org, key):
    """The credit note of ``/CreditNotes/{CreditNoteID or CreditNoteNumber}``."""
    record = org.credit_notes.get(normal_guid(key)) if is_guid(key) else org.credit_note_by_number(key)
    if record is None:
        raise not_found()
    return record


def read(context, key):
    """GET of one credit note with everything."""
    org = context.organisation
    return {"CreditNotes": [show_credit_note(org, find(org, key), unit_places(context), whole_contact=True)]}


def put(context):
    """PUT creates; a taken number is refused."""
    return _save(context, "create")


def post(context):
    """POST creates or updates."""
    return _save(context, "upsert")


def post_one(context, key):
    """POST of one existing credit note."""
    return _save(context, "upsert", find(context.organisation, key)["CreditNoteID"])


def _save(context, mode, identifier=None):
    org, places = context.organisation, unit_places(context)
    elements = elements_of(context.body, "CreditNotes", KNOWN, 1 if identifier else org.max_elements)
    return save_all(
        context,
        "CreditNotes",
        elements,
        lambda element: save_from_api(context, CREDIT_NOTE, element, mode, identifier),
        lambda record: show_credit_note(org, record, places, whole_contact=True),
        lambda element: show_refused(org, CREDIT_NOTE, element, identifier),
    )


ROUTES = {
    ("GET",): listed,
    ("GET", "*"): read,
    ("PUT",): put,
    ("POST",): post,
    ("POST", "*"): post_one,
    **allocations.routes_of(CREDIT_NOTE, find),
}
