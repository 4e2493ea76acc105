"""Batch payments: list, read, create, delete. There are no pages: Xero has none."""

from ..batch import elements_of, save_all
from ..batch_payment_rules import KNOWN, delete_from_api, save_batch
from ..ids import is_guid, normal_guid
from ..listing import filtered, plain
from ..payment_view import show_batch, show_refused_batch
from ..problems import not_found

FIELDS = plain("BatchPaymentID", "Date", "Type", "Status", "Reference", "TotalAmount", "UpdatedDateUTC")


def listed(context):
    """GET: all batch payments, deleted ones too."""
    org = context.organisation
    return {
        "BatchPayments": [show_batch(org, record) for record in filtered(context, org.batch_payments.values(), FIELDS)]
    }


def find(org, key):
    """The batch payment of ``/BatchPayments/{BatchPaymentID}``."""
    record = org.batch_payments.get(normal_guid(key)) if is_guid(key) else None
    if record is None:
        raise not_found()
    return record


def read(context, key):
    """GET of one batch payment."""
    org = context.organisation
    return {"BatchPayments": [show_batch(org, find(org, key))]}


def put(context):
    """PUT creates."""
    return _save(context, lambda element: save_batch(context.organisation, element))


def post(context):
    """POST deletes the batch payments that the body names."""
    return _save(context, lambda element: delete_from_api(context.organisation, element))


def post_one(context, key):
    """POST of one existing batch payment deletes it."""
    org = context.organisation
    batch_id = find(org, key)["BatchPaymentID"]
    return _save(context, lambda element: delete_from_api(org, element, batch_id), batch_id)


def _save(context, save, batch_id=None):
    org = context.organisation
    elements = elements_of(context.body, "BatchPayments", KNOWN, 1 if batch_id else org.max_elements)
    return save_all(
        context,
        "BatchPayments",
        elements,
        lambda element: (save(element), ()),
        lambda record: show_batch(org, record),
        lambda element: show_refused_batch(element, batch_id),
    )


ROUTES = {("GET",): listed, ("GET", "*"): read, ("PUT",): put, ("POST",): post, ("POST", "*"): post_one}
