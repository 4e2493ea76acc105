"""How Xero shows a payment."""

from .dates import iso_moment, microsoft
from .document_view import RATE_PLACES, brief
from .documents import INVOICE, KINDS
from .ids import ZERO_GUID


def show_payment(org, record):
    """A payment.

    Xero's own examples show a refunded credit note under ``Invoice`` too, with the credit note's id, number and type.
    ``payments_name_credit_notes`` adds it under its own name, for which no source was found.
    """
    kind = KINDS[record["DocumentKind"]]
    document, account = kind.records(org)[record["DocumentID"]], org.accounts[record["AccountID"]]
    answer = {
        "PaymentID": record["PaymentID"],
        "Date": microsoft(record["Date"]),
        "BankAmount": record["BankAmount"],
        "Amount": record["Amount"],
        "Reference": record["Reference"],
        "CurrencyRate": record["CurrencyRate"].quantize(RATE_PLACES),
        "PaymentType": record["PaymentType"],
        "Status": record["Status"],
        "UpdatedDateUTC": microsoft(record["UpdatedDateUTC"]),
        "UpdatedDateUTCString": iso_moment(record["UpdatedDateUTC"]),
        "HasAccount": True,
        "IsReconciled": record["IsReconciled"],
        "Account": {"AccountID": account["AccountID"], "Name": account["Name"]},
        "Invoice": {
            "Type": invoice_type(document),
            "InvoiceID": record["DocumentID"],
            "InvoiceNumber": document.get(kind.number) or "",
            "Payments": [],
            "CreditNotes": [],
            "Prepayments": [],
            "Overpayments": [],
            "IsDiscounted": False,
            "HasErrors": False,
            "Contact": brief(org, document),
            "LineItems": [],
            "CurrencyCode": document["CurrencyCode"],
        },
        "HasValidationErrors": False,
    }
    if account["Code"]:
        answer["Account"]["Code"] = account["Code"]
    if record["BatchPaymentID"]:
        answer["BatchPaymentID"] = record["BatchPaymentID"]
    if kind is not INVOICE and org.payments_name_credit_notes:
        answer[kind.name] = {kind.key: record["DocumentID"]}
        if kind.number:
            answer[kind.name][kind.number] = document[kind.number]
    return answer


def invoice_type(document):
    """The type of a document where Xero shows it as an invoice."""
    return document["Type"].replace("RECEIVE-", "AR").replace("SPEND-", "AP")


def show_refused_payment(org, element, payment_id=None):
    """A refused payment, as far as it can be shown."""
    answer = {"PaymentID": payment_id or ZERO_GUID, "HasAccount": False, "HasValidationErrors": True}
    invoice = element.get("Invoice")
    identifier = invoice.get("InvoiceID") if isinstance(invoice, dict) else None
    if isinstance(identifier, str) and identifier in org.invoices:
        answer["Invoice"] = {"InvoiceID": identifier, "LineItems": []}
    return answer
