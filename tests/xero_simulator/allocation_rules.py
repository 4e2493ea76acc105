"""Applying credit to invoices and bills, and taking it back.

Sources: Xero's CreditNotes reference and the refusals of public report waynerobinson/xeroizer#320. Messages for which
no source was found are the simulator's own: they are marked.
"""

from .document_parts import read_amount
from .documents import INVOICE
from .problems import Invalid
from .reader import Reader
from .settlement import settle

KNOWN = {"AllocationID", "Amount", "Date", "Invoice"}

TOO_MUCH = "{} cannot be allocated as amount is greater than amount outstanding"
WRONG_TYPE = "{} cannot be allocated to an incorrect invoice type"
PAID_OFF = "The invoice you are trying to allocate to has already been paid off"
# The simulator's own words from here on.
NO_INVOICE = "An existing Invoice with the specified InvoiceID could not be found"
SOURCE_STATUS = "{} cannot be allocated as its status is {}"
INVOICE_STATUS = "{} cannot be allocated to an invoice of status {}"
OTHER_CONTACT = "{} cannot be allocated to an invoice of another contact"
OTHER_CURRENCY = "{} cannot be allocated to an invoice in another currency"


def save_allocation(org, kind, source_id, element):
    """Allocate part of a credit note, overpayment or prepayment to one invoice; returns the allocation's record.

    Without ``Date`` it is today's. Lock dates look at the allocation's own date.
    """
    errors = []
    reader, source = Reader(element, errors), kind.records(org)[source_id]
    if reader.has("AllocationID"):
        reader.fail("Allocations cannot be updated: remove it and allocate again.")
    amount, day = read_amount(reader, "allocation"), reader.date("Date") or org.today()
    invoice = find_invoice(org, reader)
    if errors:
        raise Invalid(*errors)
    check_allocation(org, reader, kind, source, invoice, amount, day)
    if errors:
        raise Invalid(*errors)
    record = org.allocations.put(
        {
            "AllocationID": org.ids.guid(), "SourceKind": kind.name, "SourceID": source_id,
            "InvoiceID": invoice["InvoiceID"], "Amount": amount, "Date": day, "IsDeleted": False,
            "UpdatedDateUTC": org.clock.now(),
        }
    )  # fmt: skip
    settle(org, kind, source_id)
    settle(org, INVOICE, invoice["InvoiceID"])
    return record


def check_allocation(org, reader, kind, source, invoice, amount, day):
    """Note everything that stops this allocation."""
    title = kind.words.title()
    if source["Status"] not in ("AUTHORISED", "PAID"):
        reader.fail(SOURCE_STATUS.format(title, source["Status"]))
    if invoice["Status"] == "PAID":
        reader.fail(PAID_OFF)
    elif invoice["Status"] != "AUTHORISED":
        reader.fail(INVOICE_STATUS.format(title, invoice["Status"]))
    if amount > source[kind.open_field] or amount > invoice["AmountDue"]:
        reader.fail(TOO_MUCH.format(title))
    if kind.is_sales(source) != INVOICE.is_sales(invoice):
        reader.fail(WRONG_TYPE.format(title))
    if source["ContactID"] != invoice["ContactID"]:
        reader.fail(OTHER_CONTACT.format(title))
    if source["CurrencyCode"] != invoice["CurrencyCode"]:
        reader.fail(OTHER_CURRENCY.format(title))
    if message := org.lock_message(day):
        reader.fail(message)


def find_invoice(org, reader):
    """The invoice that ``Invoice`` names by ``InvoiceID`` or, when there is one only, by ``InvoiceNumber``."""
    sent = reader.object("Invoice")
    inner = Reader(sent or {}, reader.errors)
    identifier, number = inner.guid("InvoiceID"), inner.text("InvoiceNumber")
    found = org.invoices.get(identifier) if identifier else None
    if not identifier and number:
        found = org.invoice_by_number(number)
    if found is None and not reader.errors:
        reader.fail(NO_INVOICE)
    return found


def remove_allocation(org, kind, allocation):
    """Take an allocation back; what it paid is open again. A locked date keeps it."""
    if message := org.lock_message(allocation["Date"]):
        raise Invalid(message)
    record = org.allocations.put({**allocation, "IsDeleted": True, "UpdatedDateUTC": org.clock.now()})
    settle(org, kind, allocation["SourceID"])
    settle(org, INVOICE, allocation["InvoiceID"])
    return record
