"""How Xero shows an invoice."""

from .dates import microsoft
from .document_view import show_applied_payment, show_document
from .documents import KINDS
from .settlement import allocations_of, payments_of

LISTS = {"CreditNote": "CreditNotes", "Prepayment": "Prepayments", "Overpayment": "Overpayments"}


def show(org, record, unitdp=2, lines=True, whole_contact=False):
    """An invoice with what was paid and credited."""
    answer = {
        "InvoiceID": record["InvoiceID"],
        "InvoiceNumber": record["InvoiceNumber"],
        "Payments": [show_applied_payment(payment) for payment in payments_of(org, record["InvoiceID"])],
        **{plural: [] for plural in LISTS.values()},
        "AmountDue": record["AmountDue"],
        "AmountPaid": record["AmountPaid"],
        "AmountCredited": record["AmountCredited"],
        "IsDiscounted": bool(record["TotalDiscount"]),
        **show_document(org, record, unitdp, lines, whole_contact),
    }
    for allocation in allocations_of(org, record["InvoiceID"]):
        answer[LISTS[allocation["SourceKind"]]].append(show_credit(org, allocation))
    if record["Url"]:
        answer["Url"] = record["Url"]
    if record["TotalDiscount"]:
        answer["TotalDiscount"] = record["TotalDiscount"]
    return answer


def show_credit(org, allocation):
    """A credit note, overpayment or prepayment as the invoice shows it: how much of it was applied."""
    kind = KINDS[allocation["SourceKind"]]
    source = kind.records(org)[allocation["SourceID"]]
    answer = {
        kind.key: source[kind.key],
        "ID": source[kind.key],
        "AppliedAmount": allocation["Amount"],
        "Date": microsoft(source["Date"]),
        "Total": source["Total"],
        "LineItems": [],
    }
    if kind.number:
        answer[kind.number] = source[kind.number]
    return answer


def show_light(org, record):
    """``summaryOnly``: no lines, payments or contact details."""
    answer = show(org, record, lines=False)
    for name in ("Payments", *LISTS.values()):
        del answer[name]
    answer["Contact"] = {name: answer["Contact"][name] for name in ("ContactID", "Name")}
    return answer
