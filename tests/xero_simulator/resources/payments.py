"""Payments: list, read, create, delete."""

from ..batch import elements_of, save_all
from ..ids import is_guid, normal_guid
from ..listing import filtered, paged, plain
from ..payment_rules import KNOWN, delete_from_api, save_payment
from ..payment_view import show_payment, show_refused_payment
from ..problems import not_found

FIELDS = plain(
    "PaymentID", "Date", "Amount", "Reference", "Status", "PaymentType", "IsReconciled", "BatchPaymentID",
    "UpdatedDateUTC",
) | {
    # Xero shows what a payment is for under Invoice, whatever it is.
    "Invoice.InvoiceID": lambda record: record["DocumentID"],
    "CreditNote.CreditNoteID": lambda record: record["DocumentID"] if record["DocumentKind"] == "CreditNote" else None,
    "Account.AccountID": lambda record: record["AccountID"],
}  # fmt: skip


def listed(context):
    """GET: all payments, deleted ones too."""
    org = context.organisation
    records, pagination = paged(context, filtered(context, org.payments.values(), FIELDS))
    answer = {"pagination": pagination} if pagination else {}
    return {**answer, "Payments": [show_payment(org, record) for record in records]}


def find(org, key):
    """The payment of ``/Payments/{PaymentID}``."""
    record = org.payments.get(normal_guid(key)) if is_guid(key) else None
    if record is None:
        raise not_found()
    return record


def read(context, key):
    """GET of one payment, deleted ones included."""
    org = context.organisation
    return {"Payments": [show_payment(org, find(org, key))]}


def create(context):
    """PUT and POST create."""
    return _save(context, lambda element: save_payment(context.organisation, element))


def post_one(context, key):
    """POST of one existing payment deletes it; nothing else can be changed."""
    org = context.organisation
    record = find(org, key)
    return _save(context, lambda element: delete_from_api(org, record, element), record["PaymentID"])


def _save(context, save, payment_id=None):
    org = context.organisation
    elements = elements_of(context.body, "Payments", KNOWN, 1 if payment_id else org.max_elements)
    return save_all(
        context,
        "Payments",
        elements,
        lambda element: (save(element), ()),
        lambda record: show_payment(org, record),
        lambda element: show_refused_payment(org, element, payment_id),
    )


ROUTES = {
    ("GET",): listed,
    ("GET", "*"): read,
    ("PUT",): create,
    ("POST",): create,
    ("POST", "*"): post_one,
}
