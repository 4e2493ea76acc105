"""Overpayments and prepayments: money that came or went before there was an invoice for it.

They are made as bank transactions; plain money in and out is not part of the simulator. Sources: Xero's
BankTransactions reference, public report calcinai/xero-php#120 (an overpayment's fields). The messages are the
simulator's own.
"""

from .arithmetic import EXCLUSIVE, LINE_AMOUNT_TYPES, NO_TAX, document_totals
from .document_parts import mark_contact, read_contact, read_currency
from .document_rules import HAS_PAYMENTS
from .documents import ENDED, OVERPAYMENT, PREPAYMENT
from .line_rules import read_lines
from .payment_rules import account_currency, find_account
from .problems import Invalid
from .reader import Reader
from .settlement import is_applied

KNOWN = {
    "BankTransactionID", "Type", "Contact", "LineItems", "BankAccount", "Date", "Reference", "CurrencyCode",
    "CurrencyRate", "Status", "LineAmountTypes", "IsReconciled",
}  # fmt: skip
KIND_OF_TYPE = {name: kind for kind in (OVERPAYMENT, PREPAYMENT) for name in (kind.sales, kind.purchase)}

ONLY_NEW = "Overpayments and prepayments cannot be changed by a bank transaction."
NOT_SIMULATED = "The simulator takes bank transactions of the types " + ", ".join(KIND_OF_TYPE) + " only."
BANK_ONLY = "BankAccount must be a bank account."
BAD_CURRENCY = "The currency of a bank transaction must be the currency of its bank account."
TAXED = "LineAmountTypes of an overpayment must be NoTax."
OWN_ACCOUNT = "The lines of an overpayment have no account: Xero books it on accounts receivable or payable."
NO_LINES = "One or more line items must be specified"
NOT_POSITIVE = "The Total for this document must be greater than zero."
BAD_STATUS = "{} not of valid status for modification"


def save_bank_transaction(org, element, unitdp=2):
    """Create an overpayment or a prepayment; returns its record and warnings."""
    errors, warnings = [], []
    reader = Reader(element, errors)
    kind = KIND_OF_TYPE.get(reader.text("Type"))
    if kind is None:
        raise Invalid(NOT_SIMULATED)
    if reader.has("BankTransactionID") or reader.text("Status") not in (None, "AUTHORISED"):
        raise Invalid(ONLY_NEW)
    account = find_account(org, Reader({"Account": element.get("BankAccount")}, errors))
    if account is not None and account["Type"] != "BANK":
        reader.fail(BANK_ONLY)
    if errors:
        raise Invalid(*errors)
    record = {
        kind.key: org.ids.guid(), "Type": element["Type"], "Status": "AUTHORISED", "ContactID": None,
        "AccountID": account["AccountID"], "Date": reader.date("Date") or org.today(),
        "Reference": reader.text("Reference", 255) or "", "CurrencyCode": account_currency(org, account),
        "CurrencyRate": None, "FullyPaidOnDate": None, "IsReconciled": bool(reader.boolean("IsReconciled")),
    }  # fmt: skip
    read_contact(org, reader, record)
    if reader.has("CurrencyCode") and element["CurrencyCode"] != record["CurrencyCode"]:
        reader.fail(BAD_CURRENCY)
    read_currency(org, reader, record, warnings)
    if message := org.lock_message(record["Date"]):
        reader.fail(message)
    record |= read_amounts(org, reader, kind, record, unitdp)
    if errors:
        raise Invalid(*errors)
    mark_contact(org, record, kind.is_sales(record))
    return kind.records(org).put({**record, "UpdatedDateUTC": org.clock.now()}), warnings


def read_amounts(org, reader, kind, record, unitdp):
    """Lines and totals. An overpayment has neither tax nor an account of its own."""
    free = kind is OVERPAYMENT
    types = reader.one_of("LineAmountTypes", LINE_AMOUNT_TYPES) or (NO_TAX if free else EXCLUSIVE)
    sent = reader.objects("LineItems") or []
    if not sent:
        reader.fail(NO_LINES)
    if free and types != NO_TAX:
        reader.fail(TAXED)
    if free and any(part.get(name) for part in sent for name in ("AccountCode", "AccountID", "TaxType", "ItemCode")):
        reader.fail(OWN_ACCOUNT)
    if reader.errors:
        return {}
    lines = read_lines(
        org, sent, reader.errors, sales=kind.is_sales(record), discounts=False, approved=not free,
        line_amount_types=types, unitdp=unitdp,
    )  # fmt: skip
    if free:
        role = "DEBTORS" if kind.is_sales(record) else "CREDITORS"
        control = next(account for account in org.accounts.values() if account["SystemAccount"] == role)
        lines = [{**line, "AccountID": control["AccountID"]} for line in lines]
    pairs = [(line["LineAmount"], line["TaxAmount"]) for line in lines if line["LineAmount"] is not None]
    totals = document_totals(pairs, types)
    if totals.total <= 0:
        reader.fail(NOT_POSITIVE)
    return {
        "LineAmountTypes": types, "LineItems": lines, "SubTotal": totals.sub_total, "TotalTax": totals.total_tax,
        "Total": totals.total, "RemainingCredit": totals.total,
    }  # fmt: skip


def void(org, kind, record):
    """What people do: remove an overpayment or prepayment of which nothing is used."""
    if record["Status"] in (*ENDED, "PAID"):
        raise Invalid(BAD_STATUS.format(kind.words.capitalize()))
    if is_applied(org, record[kind.key]):
        raise Invalid(HAS_PAYMENTS)
    if message := org.lock_message(record["Date"]):
        raise Invalid(message)
    changes = {"Status": "VOIDED", "RemainingCredit": record["RemainingCredit"] * 0, "UpdatedDateUTC": org.clock.now()}
    return kind.records(org).put({**record, **changes})
