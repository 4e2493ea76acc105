"""Which invoice an element of a request means.

POST without InvoiceID updates the invoice of the same number: Xero matches sales invoices by number (Invoices
reference), and bills by number and contact (public reports). PUT never updates.
"""

from .ids import ZERO_GUID, known_id

SALES, BILL = "ACCREC", "ACCPAY"
ENDED = ("DELETED", "VOIDED")


def find_invoice(org, reader, mode, invoice_id=None):
    """The invoice that the element means, or nothing for a new one; ``invoice_id`` comes from the path."""
    sent = reader.guid("InvoiceID")
    if invoice_id is not None and sent not in (None, ZERO_GUID, invoice_id):
        reader.fail("The InvoiceID of the body is not the one of the URL.")
    identifier = invoice_id or (sent if sent != ZERO_GUID else None)
    if identifier is not None:
        if mode == "create":
            reader.fail("An invoice with this InvoiceID cannot be created: use POST to update it.")
        elif identifier not in org.invoices:
            reader.fail(f"The invoice with InvoiceID {identifier} could not be found.")
        return org.invoices.get(identifier)
    number, kind = reader.text("InvoiceNumber", 255), reader.element.get("Type")
    if mode == "create" or not number or kind not in (SALES, BILL):
        return None
    for found in number_holders(org, kind, number):
        if kind == SALES or (org.bills_match_by_number and _same_contact(org, reader, found)):
            return found
    return None


def number_holders(org, kind, number):
    """The invoices that hold a number; by default a voided or deleted one holds it for ever."""
    found = org.invoices.find("number", (kind, number.casefold()))
    alive = [record for record in found if record["Status"] not in ENDED]
    return alive if org.voided_numbers_are_free else alive or found


def _same_contact(org, reader, found):
    contact = reader.element.get("Contact")
    sent = contact.get("ContactID") if isinstance(contact, dict) else None
    return known_id(sent, org.contacts) == found["ContactID"]
