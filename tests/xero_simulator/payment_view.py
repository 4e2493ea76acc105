"""How Xero shows a payment."""

from .batch_payment_rules import TEXT_LIMITS as BATCH_TEXTS
from .dates import iso, iso_moment, microsoft
from .document_view import RATE_PLACES, brief
from .documents import INVOICE, KINDS
from .ids import ZERO_GUID
from .payment_rules import account_currency


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
        batch = org.batch_payments[record["BatchPaymentID"]]
        answer |= {"BatchPaymentID": batch["BatchPaymentID"], "BatchPayment": batch_fields(org, batch)}
    if kind is not INVOICE and org.payments_name_credit_notes:
        answer[kind.name] = {kind.key: record["DocumentID"]}
        if kind.number:
            answer[kind.name][kind.number] = document[kind.number]
    return answer


def batch_fields(org, batch):
    """A batch payment without its payments."""
    return {
        "Account": {"AccountID": batch["AccountID"]},
        "BatchPaymentID": batch["BatchPaymentID"],
        "DateString": iso(batch["Date"]),
        "Date": microsoft(batch["Date"]),
        "Type": batch["Type"],
        "Status": batch["Status"],
        "TotalAmount": batch["TotalAmount"],
        "UpdatedDateUTC": microsoft(batch["UpdatedDateUTC"]),
        "IsReconciled": any(payment["IsReconciled"] for payment in org.payments.find("batch", batch["BatchPaymentID"])),
    }


def show_batch(org, batch):
    """A batch payment; a deleted one shows no payments any more."""
    answer = batch_fields(org, batch)
    answer["Account"]["CurrencyCode"] = account_currency(org, org.accounts[batch["AccountID"]])
    answer |= {name: batch[name] for name in BATCH_TEXTS if batch[name]}
    deleted = batch["Status"] == "DELETED"
    payments = () if deleted else org.payments.find("batch", batch["BatchPaymentID"])
    return answer | {
        "Payments": [
            {
                "Invoice": {
                    "InvoiceID": payment["DocumentID"],
                    "CurrencyCode": org.invoices[payment["DocumentID"]]["CurrencyCode"],
                    "Payments": [],
                    "CreditNotes": [],
                    "Prepayments": [],
                    "Overpayments": [],
                    "HasErrors": False,
                    "IsDiscounted": False,
                    "LineItems": [],
                },
                "PaymentID": payment["PaymentID"],
                "Amount": payment["Amount"],
                "BankAmount": payment["BankAmount"],
            }
            for payment in payments
        ]
    }


def show_refused_batch(element, batch_id=None):
    """A refused batch payment, as far as it can be shown."""
    texts = {name: element[name] for name in BATCH_TEXTS if isinstance(element.get(name), str)}
    return {"BatchPaymentID": batch_id or ZERO_GUID, **texts, "Payments": []}


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
