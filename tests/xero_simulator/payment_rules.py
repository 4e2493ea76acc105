"""Payments of invoices and bills, refunds of credit notes, and their removal.

Sources: Xero's Payments reference and OpenAPI examples (``TOO_MUCH``); refusals as help pages of connected apps quote
them (Workato, KennelBooker: documents that are not approved; Garage Hive: several documents, unknown accounts;
Bill.com: no account; Wise-Sync: locked dates, of which it may leave out the last word; Bookeo: batches, at second
hand). Messages for which no source was found are the simulator's own: they are marked.
"""

from decimal import Decimal

from .arithmetic import round_half_up
from .document_parts import read_amount
from .documents import CREDIT_NOTE, INVOICE, KINDS
from .ids import is_guid, normal_guid
from .problems import Invalid
from .reader import Reader
from .settlement import settle

KNOWN = {
    "PaymentID", "Invoice", "CreditNote", "Prepayment", "Overpayment", "InvoiceNumber", "CreditNoteNumber", "Account",
    "Code", "Date", "CurrencyRate", "Amount", "Reference", "IsReconciled", "Status", "Particulars", "Details",
}  # fmt: skip

NOT_APPROVED = "Payments can only be made against Authorised documents"
TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"
SEVERAL = "Payment is applied to more than one document"
NO_ACCOUNT = "You must specify an Account code or Account ID for the payment"
UNKNOWN_ACCOUNT = "Account could not be found"
LOCKED = "Organisation accounts are locked on the specified payment date"
IN_A_BATCH = "Payments within a batch cannot be deleted."
# The simulator's own words from here on.
NO_DOCUMENT = "The payment must be applied to an invoice, credit note, prepayment or overpayment."
NOT_FOUND = "The document that the payment is for could not be found."
BAD_ACCOUNT = "Account is not valid for payments"
ARCHIVED_ACCOUNT = "The account has been archived and cannot be used for payments."
BAD_CURRENCY = "The currency of the account cannot be used for payments of this document."
NO_UPDATE = "Payments cannot be updated. Delete the payment and create it again."
BAD_STATUS = "Payment not of valid status for creation"
DELETED_BEFORE = "Payment not of valid status for modification"
RECONCILED = "This payment has been reconciled and cannot be deleted."
TOO_EARLY = "The payment date cannot be before the date of the document."


def save_payment(org, element, batch_id=None):
    """Create a payment and return its record. ``batch_id``: of the batch payment that it is part of."""
    errors = []
    reader = Reader(element, errors)
    if reader.has("PaymentID"):
        raise Invalid(NO_UPDATE)
    if reader.text("Status") not in (None, "AUTHORISED"):
        reader.fail(BAD_STATUS)
    kind, document = find_document(org, reader)
    account = find_account(org, reader)
    amount, day = read_amount(reader, "payment"), reader.date("Date") or org.today()
    rate, reference = reader.number("CurrencyRate"), reader.text("Reference", 255) or ""
    reconciled = bool(reader.boolean("IsReconciled"))
    if rate is not None and rate <= 0:
        reader.fail("CurrencyRate must be greater than zero.")
    if errors:
        raise Invalid(*errors)
    check_payment(org, reader, kind, document, account, amount, day)
    if errors:
        raise Invalid(*errors)
    foreign = document["CurrencyCode"] != org.currency
    rate = round_half_up(rate if rate is not None else org.day_rate(document["CurrencyCode"]), 6) if foreign else 1
    record = org.payments.put(
        {
            "PaymentID": org.ids.guid(), "BatchPaymentID": batch_id, "DocumentKind": kind.name,
            "DocumentID": document[kind.key], "AccountID": account["AccountID"], "Date": day,
            "Amount": amount, "CurrencyRate": Decimal(rate),
            "BankAmount": bank_amount(org, document, account, amount, rate), "Reference": reference,
            "IsReconciled": reconciled, "Status": "AUTHORISED", "PaymentType": kind.payment_type(document),
            "UpdatedDateUTC": org.clock.now(),
        }
    )  # fmt: skip
    settle(org, kind, document[kind.key])
    return record


def find_document(org, reader):
    """The kind and record of the one document that a payment is for."""
    sent = {kind.name: reader.object(kind.name) for kind in KINDS.values() if reader.has(kind.name)}
    for kind in (INVOICE, CREDIT_NOTE):
        if reader.has(kind.number):
            sent.setdefault(kind.name, {kind.number: reader.element[kind.number]})
    if len(sent) != 1:
        reader.fail(SEVERAL if sent else NO_DOCUMENT)
        return None, None
    ((name, part),) = sent.items()
    kind, inner = KINDS[name], Reader(part or {}, reader.errors)
    identifier = inner.guid(kind.key)
    found = kind.records(org).get(identifier) if identifier else None
    if not identifier and kind.number and (number := inner.text(kind.number)):
        found = org.document_by_number(kind, number, kind.sales)
    if found is None and not reader.errors:
        reader.fail(NOT_FOUND)
    return kind, found


def find_account(org, reader):
    """The account of ``Account`` (AccountID or Code) or of the ``Code`` beside it; it must take payments."""
    inner = Reader(reader.object("Account") or {}, reader.errors)
    identifier, code = inner.text("AccountID"), inner.text("Code") or reader.text("Code")
    if not identifier and not code:
        reader.fail(NO_ACCOUNT)
        return None
    if identifier:
        account = org.accounts.get(normal_guid(identifier)) if is_guid(identifier) else None
    else:
        account = org.account_by_code(code)
    if account is None:
        reader.fail(UNKNOWN_ACCOUNT)
    elif account["Status"] != "ACTIVE":
        reader.fail(ARCHIVED_ACCOUNT)
    elif account["Type"] != "BANK" and not account["EnablePaymentsToAccount"]:
        reader.fail(BAD_ACCOUNT)
    return account


def account_currency(org, account):
    """A bank account's own currency; other accounts are kept in the base currency."""
    return account.get("CurrencyCode") or org.currency


def check_payment(org, reader, kind, document, account, amount, day):
    """Note everything that stops this payment. An archived contact stops none: no source says that it does."""
    approved = document["Status"] == "AUTHORISED"
    if not approved:
        reader.fail(NOT_APPROVED)
    # Apps report both messages for a draft.
    if not approved or amount > document[kind.open_field]:
        reader.fail(TOO_MUCH)
    if account_currency(org, account) not in (document["CurrencyCode"], org.currency):
        reader.fail(BAD_CURRENCY)
    if org.lock_message(day):
        reader.fail(LOCKED)
    if not org.payments_before_document_date and day < document["Date"]:
        reader.fail(TOO_EARLY)


def bank_amount(org, document, account, amount, rate):
    """The amount in the account's currency: converted when a foreign document meets an account in base currency."""
    same = account_currency(org, account) == document["CurrencyCode"]
    return round_half_up(amount if same else amount / rate)


def delete_payment(org, payment, whole_batch=False):
    """Delete a payment; what it paid is open again. One of a batch goes with the whole batch only."""
    errors = []
    if payment["Status"] == "DELETED":
        errors.append(DELETED_BEFORE)
    if payment["BatchPaymentID"] and not whole_batch:
        errors.append(IN_A_BATCH)
    if payment["IsReconciled"] and not org.reconciled_payments_can_be_deleted:
        errors.append(RECONCILED)
    if org.lock_message(payment["Date"]):
        errors.append(LOCKED)
    if errors:
        raise Invalid(*errors)
    record = org.payments.put({**payment, "Status": "DELETED", "UpdatedDateUTC": org.clock.now()})
    settle(org, KINDS[payment["DocumentKind"]], payment["DocumentID"])
    return record


def delete_from_api(org, payment, element):
    """POST of an existing payment: its only change is ``Status`` to DELETED."""
    other = set(element) - {"PaymentID", "Status"}
    if other or element.get("Status") != "DELETED":
        raise Invalid(NO_UPDATE)
    return delete_payment(org, payment)
