"""Invoices and bills: list, read, create, update."""

from ..batch import elements_of, save_all
from ..document_rules import KNOWN, save_from_api
from ..document_view import show_refused
from ..documents import INVOICE
from ..ids import is_guid, normal_guid
from ..invoice_view import show, show_light
from ..listing import filtered, flag, guids, paged, plain, texts, unit_places
from ..problems import bad_query, not_found

STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED")
FIELDS = plain(
    "InvoiceID", "InvoiceNumber", "Type", "Status", "Reference", "Date", "DueDate", "Total", "AmountDue", "AmountPaid",
    "CurrencyCode", "UpdatedDateUTC",
) | {"Contact.ContactID": lambda record: record["ContactID"]}  # fmt: skip


def listed(context):
    """GET: with ``page`` whole invoices, without it all invoices but no lines."""
    org = context.organisation
    records = filtered(context, selected(context), FIELDS)
    records, pagination = paged(context, records)
    if flag(context, "summaryOnly"):
        shown = [show_light(org, record) for record in records]
    else:
        places = unit_places(context)
        shown = [show(org, record, places, lines=pagination is not None) for record in records]
    return {**({"pagination": pagination} if pagination else {}), "Invoices": shown}


def selected(context):
    """The invoices that the explicit parameters choose, oldest first."""
    org, records = context.organisation, context.organisation.invoices.values()
    ids, numbers = guids(context, "IDs"), texts(context, "InvoiceNumbers")
    contacts, statuses = guids(context, "ContactIDs"), texts(context, "Statuses")
    if ids is not None:
        records = [org.invoices[identifier] for identifier in ids if identifier in org.invoices]
    if numbers is not None:
        wanted = {number.casefold() for number in numbers}
        records = [record for record in records if record["InvoiceNumber"].casefold() in wanted]
    if contacts is not None:
        records = [record for record in records if record["ContactID"] in contacts]
    if statuses is not None:
        if wrong := set(statuses) - set(STATUSES):
            raise bad_query(f"Statuses: {sorted(wrong)[0]} is not a status")
        records = [record for record in records if record["Status"] in statuses]
    if flag(context, "createdByMyApp"):
        records = [record for record in records if record["_creator"] == context.app.client_id]
    if term := context.args.get("searchTerm", "").casefold():
        records = [r for r in records if term in r["InvoiceNumber"].casefold() or term in r["Reference"].casefold()]
    return records


def find(org, key):
    """The invoice of ``/Invoices/{InvoiceID or InvoiceNumber}``."""
    record = org.invoices.get(normal_guid(key)) if is_guid(key) else org.invoice_by_number(key)
    if record is None:
        raise not_found()
    return record


def read(context, key):
    """GET of one invoice with everything."""
    org = context.organisation
    record = find(org, key)
    return {"Invoices": [show(org, record, unit_places(context), whole_contact=True)]}


def put(context):
    """PUT creates; a taken number is refused."""
    return _save(context, "create")


def post(context):
    """POST creates or updates."""
    return _save(context, "upsert")


def post_one(context, key):
    """POST of one existing invoice."""
    return _save(context, "upsert", find(context.organisation, key)["InvoiceID"])


def _save(context, mode, invoice_id=None):
    org, places = context.organisation, unit_places(context)
    elements = elements_of(context.body, "Invoices", KNOWN, 1 if invoice_id else org.max_elements)
    return save_all(
        context,
        "Invoices",
        elements,
        lambda element: save_from_api(context, INVOICE, element, mode, invoice_id),
        lambda record: show(org, record, places, whole_contact=True),
        lambda element: show_refused(org, INVOICE, element, invoice_id),
    )


ROUTES = {
    ("GET",): listed,
    ("GET", "*"): read,
    ("PUT",): put,
    ("POST",): post,
    ("POST", "*"): post_one,
}
