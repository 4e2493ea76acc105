"""What payments and allocations do to documents.

Nothing is added up step by step: after every change what is open is computed anew from the payments and allocations
that are left, so removing one restores exactly what was before.
"""

from decimal import Decimal

from .documents import INVOICE

NOTHING = Decimal("0.00")


def payments_of(org, identifier):
    """The payments of a document that were not deleted, oldest first."""
    return [payment for payment in org.payments.find("document", identifier) if payment["Status"] != "DELETED"]


def allocations_of(org, identifier):
    """The allocations from or to a document that were not removed, oldest first."""
    found = org.allocations.find("source", identifier) + org.allocations.find("invoice", identifier)
    return [allocation for allocation in found if not allocation["IsDeleted"]]


def is_applied(org, identifier):
    """Whether a payment or an allocation stops the document from being edited."""
    return bool(payments_of(org, identifier) or allocations_of(org, identifier))


def settle(org, kind, identifier):
    """Bring an approved document in line with its payments and allocations; with nothing left it is PAID."""
    record = kind.records(org)[identifier]
    payments, allocations = payments_of(org, identifier), allocations_of(org, identifier)
    paid = sum((payment["Amount"] for payment in payments), NOTHING)
    credited = sum((allocation["Amount"] for allocation in allocations), NOTHING)
    left = record["Total"] - paid - credited
    days = [entry["Date"] for entry in (*payments, *allocations)]
    changes = {
        kind.open_field: left,
        "Status": "AUTHORISED" if left else "PAID",
        "FullyPaidOnDate": None if left else max(days, default=record["Date"]),
    }
    if kind is INVOICE:
        changes |= {"AmountPaid": paid, "AmountCredited": credited}
    return kind.records(org).put({**record, **changes, "UpdatedDateUTC": org.clock.now()})
