"""How Xero shows credit notes, and what is allocated from them."""

from .dates import iso, microsoft
from .document_view import show_applied_payment, show_common, show_document
from .documents import CREDIT_NOTE, KINDS, PREPAYMENT
from .settlement import allocations_of, payments_of


def show_credit_note(org, record, unitdp=2, lines=True, whole_contact=False):
    """A credit note with its refunds and allocations."""
    return {
        **credit_fields(org, CREDIT_NOTE, record),
        "CreditNoteNumber": record["CreditNoteNumber"],
        **show_document(org, record, unitdp, lines, whole_contact),
    }


def show_bank_credit(org, kind, record, unitdp=2, lines=True, whole_contact=False):
    """An overpayment or a prepayment with its refunds and allocations."""
    answer = {**credit_fields(org, kind, record), **show_common(org, record, unitdp, lines, whole_contact)}
    if kind is PREPAYMENT and kind.is_sales(record):
        answer["InvoiceNumber"] = record["Reference"]
    return answer


def show_bank_transaction(org, kind, record, unitdp=2, lines=True, whole_contact=False):
    """The bank transaction of an overpayment or a prepayment. Its id is the same (calcinai/xero-php#889)."""
    account = org.accounts[record["AccountID"]]
    shown = show_common(org, record, unitdp, lines, whole_contact)
    del shown["UpdatedDateUTCString"]
    answer = {
        "BankTransactionID": record[kind.key],
        kind.key: record[kind.key],
        **shown,
        "Status": "AUTHORISED" if record["Status"] == "PAID" else record["Status"],
        "BankAccount": {"AccountID": account["AccountID"], "Name": account["Name"]},
        "IsReconciled": record["IsReconciled"],
    }
    if account["Code"]:
        answer["BankAccount"]["Code"] = account["Code"]
    return answer


def credit_fields(org, kind, record):
    """What everything has from which credit can be allocated."""
    identifier = record[kind.key]
    return {
        kind.key: identifier,
        "ID": identifier,
        "RemainingCredit": record["RemainingCredit"],
        "Allocations": [show_allocation(org, allocation) for allocation in allocations_of(org, identifier)],
        "Payments": [show_applied_payment(payment) for payment in payments_of(org, identifier)],
    }


def show_allocation(org, allocation):
    """One allocation: how much to which invoice."""
    invoice = org.invoices[allocation["InvoiceID"]]
    return {
        "AllocationID": allocation["AllocationID"],
        "Amount": allocation["Amount"],
        "DateString": iso(allocation["Date"]),
        "Date": microsoft(allocation["Date"]),
        "Invoice": {
            "InvoiceID": invoice["InvoiceID"],
            "InvoiceNumber": invoice["InvoiceNumber"],
            "Payments": [],
            "CreditNotes": [],
            "Prepayments": [],
            "Overpayments": [],
            "HasErrors": False,
            "IsDiscounted": False,
            "LineItems": [],
            "ValidationErrors": [],
        },
    }


def show_saved_allocation(org, allocation):
    """The answer to an allocation, with the document that it came from."""
    kind = KINDS[allocation["SourceKind"]]
    source = {kind.key: allocation["SourceID"], "ID": allocation["SourceID"], "LineItems": []}
    return {**show_allocation(org, allocation), kind.name: source, "ValidationErrors": []}


def show_removed_allocation(allocation):
    """The answer to the removal of an allocation. Xero's example has no Amount, which its own SDK then refuses."""
    return {
        "AllocationID": allocation["AllocationID"],
        "Amount": allocation["Amount"],
        "Date": microsoft(allocation["Date"]),
        "Invoice": {"InvoiceID": allocation["InvoiceID"]},
        "IsDeleted": True,
    }


def show_refused_allocation(element):
    """A refused allocation, as far as it can be shown."""
    invoice = element.get("Invoice")
    identifier = invoice.get("InvoiceID") if isinstance(invoice, dict) else None
    return {"Invoice": {"InvoiceID": identifier}} if isinstance(identifier, str) else {}
