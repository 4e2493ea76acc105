"""Bank transactions, as far as they are overpayments and prepayments: list, read, create."""

from ..bank_transaction_rules import KIND_OF_TYPE, KNOWN, save_bank_transaction
from ..batch import elements_of, save_all
from ..credit_view import show_bank_transaction
from ..documents import OVERPAYMENT, PREPAYMENT
from ..ids import ZERO_GUID, is_guid, normal_guid
from ..listing import filtered, paged, plain, unit_places
from ..problems import not_found

FIELDS = plain("Type", "Status", "Date", "Reference", "Total", "IsReconciled", "UpdatedDateUTC") | {
    "BankTransactionID": lambda record: record[KIND_OF_TYPE[record["Type"]].key],
    "Contact.ContactID": lambda record: record["ContactID"],
}


def show(org, record, places, **options):
    """A bank transaction of either kind."""
    return show_bank_transaction(org, KIND_OF_TYPE[record["Type"]], record, places, **options)


def listed(context):
    """GET: with ``page`` whole transactions, without it no lines."""
    org, places = context.organisation, unit_places(context)
    records = [*org.overpayments.values(), *org.prepayments.values()]
    records, pagination = paged(context, filtered(context, records, FIELDS))
    shown = [show(org, record, places, lines=pagination is not None) for record in records]
    return {**({"pagination": pagination} if pagination else {}), "BankTransactions": shown}


def read(context, key):
    """GET of one transaction by its id."""
    org, identifier = context.organisation, normal_guid(key) if is_guid(key) else None
    for kind in (OVERPAYMENT, PREPAYMENT):
        if identifier in kind.records(org):
            record = kind.records(org)[identifier]
            return {"BankTransactions": [show(org, record, unit_places(context), whole_contact=True)]}
    raise not_found()


def create(context):
    """PUT and POST create."""
    org, places = context.organisation, unit_places(context)
    return save_all(
        context,
        "BankTransactions",
        elements_of(context.body, "BankTransactions", KNOWN, org.max_elements),
        lambda element: save_bank_transaction(org, element, places),
        lambda record: show(org, record, places, whole_contact=True),
        lambda _element: {"BankTransactionID": ZERO_GUID, "LineItems": []},
    )


ROUTES = {("GET",): listed, ("GET", "*"): read, ("PUT",): create, ("POST",): create}
