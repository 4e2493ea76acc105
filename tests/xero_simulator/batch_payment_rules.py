"""Batch payments: many invoices, or many bills, in one sum on the bank statement.

Sources: Xero's BatchPayments reference and OpenAPI description. The messages are the simulator's own.
"""

from decimal import Decimal

from .documents import INVOICE
from .payment_rules import account_currency, delete_payment, find_account, save_payment
from .problems import Invalid
from .reader import Reader

TEXT_LIMITS = {"Reference": 255, "Particulars": 12, "Code": 12, "Details": 255, "Narrative": 18}
KNOWN = {"BatchPaymentID", "Account", "Date", "Payments", "Status", *TEXT_LIMITS}

BANK_ONLY = "Batch payments can only be made from or to bank accounts."
NO_PAYMENTS = "A batch payment needs at least one payment."
INVOICES_ONLY = "A batch payment can contain payments of invoices or bills only."
MIXED = "A batch payment cannot contain both invoices and bills."
BAD_CURRENCY = "All documents of a batch payment must be in the currency of the bank account."
NO_UPDATE = "Batch payments cannot be updated. Only the Status DELETED can be set."
DELETED_BEFORE = "Batch payment not of valid status for modification"
NOT_FOUND = "The batch payment could not be found."


def save_batch(org, element):
    """Create a batch payment with all its payments, or nothing of it; returns its record."""
    errors = []
    reader = Reader(element, errors)
    if reader.has("BatchPaymentID") or reader.text("Status") not in (None, "AUTHORISED"):
        raise Invalid(NO_UPDATE)
    # ``Code`` of the batch itself is a bank reference; the account is never named by it.
    account = find_account(org, Reader({"Account": element.get("Account")}, errors))
    day = reader.date("Date") or org.today()
    texts = {name: reader.text(name, limit) or "" for name, limit in TEXT_LIMITS.items()}
    parts = reader.objects("Payments") or []
    if not parts:
        reader.fail(NO_PAYMENTS)
    if any("Invoice" not in part for part in parts):
        reader.fail(INVOICES_ONLY)
    if account is not None and account["Type"] != "BANK":
        reader.fail(BANK_ONLY)
    if errors:
        raise Invalid(*errors)
    record = {
        "BatchPaymentID": org.ids.guid(), "AccountID": account["AccountID"], "Date": day, **texts,
        "Status": "AUTHORISED",
    }  # fmt: skip
    payments = pay_parts(org, record, parts)
    documents = [org.invoices[payment["DocumentID"]] for payment in payments]
    if len({document["Type"] for document in documents}) > 1:
        raise Invalid(MIXED)
    if {document["CurrencyCode"] for document in documents} != {account_currency(org, account)}:
        raise Invalid(BAD_CURRENCY)
    record["Type"] = "RECBATCH" if INVOICE.is_sales(documents[0]) else "PAYBATCH"
    record["TotalAmount"] = sum((payment["Amount"] for payment in payments), Decimal("0.00"))
    return org.batch_payments.put({**record, "UpdatedDateUTC": org.clock.now()})


def pay_parts(org, batch, parts):
    """The payments of a batch; account and date of the batch hold for all of them."""
    errors, payments = [], []
    for part in parts:
        own = {name: value for name, value in part.items() if name not in ("Code", "Account", "Date")}
        try:
            sent = {**own, "Account": {"AccountID": batch["AccountID"]}, "Date": batch["Date"]}
            payments.append(save_payment(org, sent, batch["BatchPaymentID"]))
        except Invalid as invalid:
            errors.extend(invalid.messages)
    if errors:
        raise Invalid(*errors)
    return payments


def delete_batch(org, batch):
    """Delete a batch payment with all its payments; what they paid is open again."""
    if batch["Status"] == "DELETED":
        raise Invalid(DELETED_BEFORE)
    for payment in org.payments.find("batch", batch["BatchPaymentID"]):
        delete_payment(org, payment, whole_batch=True)
    return org.batch_payments.put({**batch, "Status": "DELETED", "UpdatedDateUTC": org.clock.now()})


def delete_from_api(org, element, batch_id=None):
    """POST: the only change is ``Status`` to DELETED; ``batch_id`` comes from the path."""
    reader = Reader(element, [])
    identifier = batch_id or reader.guid("BatchPaymentID")
    if set(element) - {"BatchPaymentID", "Status"} or element.get("Status") != "DELETED":
        raise Invalid(NO_UPDATE)
    if identifier not in org.batch_payments:
        raise Invalid(NOT_FOUND)
    return delete_batch(org, org.batch_payments[identifier])
