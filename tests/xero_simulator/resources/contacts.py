"""Contacts: list, read, create, update."""

from ..batch import elements_of, save_all
from ..contact_rules import KNOWN, find_by_path, save_contact
from ..contact_view import balances, show, show_light, show_refused
from ..listing import filtered, flag, guids, paged, plain
from ..problems import not_found

FIELDS = plain(
    "ContactID", "Name", "EmailAddress", "ContactNumber", "AccountNumber", "ContactStatus", "FirstName", "LastName",
    "TaxNumber", "IsCustomer", "IsSupplier", "UpdatedDateUTC",
)  # fmt: skip
SEARCHED = ("Name", "FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress")


def listed(context):
    """GET: active contacts, archived ones too when asked for; whole contacts unless ``summaryOnly``."""
    org = context.organisation
    wanted = guids(context, "IDs")
    records = org.contacts.values() if wanted is None else [org.contacts[i] for i in wanted if i in org.contacts]
    if not flag(context, "includeArchived"):
        records = [record for record in records if record["ContactStatus"] == "ACTIVE"]
    if term := context.args.get("searchTerm", "").casefold():
        records = [record for record in records if any(term in record[name].casefold() for name in SEARCHED)]
    records, pagination = paged(context, filtered(context, records, FIELDS))
    view = show_light if flag(context, "summaryOnly") else show
    answer = {"pagination": pagination} if pagination else {}
    return {**answer, "Contacts": [view(org, record) for record in records]}


def read(context, key):
    """GET of one contact by ContactID or ContactNumber, archived ones included."""
    record = find_by_path(context.organisation, key)
    if record is None:
        raise not_found()
    answer = {**show(context.organisation, record), "HasAttachments": False}
    answer["Balances"] = balances(context.organisation, record)
    return {"Contacts": [answer]}


def put(context):
    """PUT creates; a taken name or number is refused."""
    return _save(context, "create")


def post(context):
    """POST creates or updates."""
    return _save(context, "upsert")


def post_one(context, key):
    """POST of one existing contact."""
    record = find_by_path(context.organisation, key)
    if record is None:
        raise not_found()
    return _save(context, "upsert", record["ContactID"])


def _save(context, mode, contact_id=None):
    org = context.organisation
    elements = elements_of(context.body, "Contacts", KNOWN, 1 if contact_id else org.max_elements)

    def save(element):
        return save_contact(org, element, mode, contact_id), ()

    return save_all(
        context,
        "Contacts",
        elements,
        save,
        lambda record: show(org, record),
        lambda e: show_refused(org, e, contact_id),
    )


ROUTES = {
    ("GET",): listed,
    ("GET", "*"): read,
    ("PUT",): put,
    ("POST",): post,
    ("POST", "*"): post_one,
}
