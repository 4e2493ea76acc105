"""Which invoice or credit note an element of a request means.

POST without an ID updates the document of the same number: Xero matches sales invoices by number (Invoices reference),
and bills by number and contact (public reports); credit notes are taken to be the same. PUT never updates.
"""

from .documents import ENDED, INVOICE
from .ids import ZERO_GUID, known_id

# Of credit notes this is the answer of Xero's OpenAPI examples; the other wording is the simulator's own.
NOT_FOUND = "An existing Credit Note with the specified CreditNoteID could not be found"


def find_document(org, kind, reader, mode, identifier=None):
    """The document that the element means, or nothing for a new one; ``identifier`` comes from the path."""
    sent = reader.guid(kind.key)
    if identifier is not None and sent not in (None, ZERO_GUID, identifier):
        reader.fail(f"The {kind.key} of the body is not the one of the URL.")
    identifier = identifier or (sent if sent != ZERO_GUID else None)
    if identifier is not None:
        if mode == "create":
            one = kind.one.capitalize()
            reader.fail(f"{one} with this {kind.key} cannot be created: use POST to update it.")
        elif identifier not in kind.records(org):
            reader.fail(not_found_message(kind, identifier))
        return kind.records(org).get(identifier)
    number, document_type = reader.text(kind.number, 255), reader.element.get("Type")
    if mode == "create" or not number or document_type not in (kind.sales, kind.purchase):
        return None
    for found in number_holders(org, kind, document_type, number):
        if kind.is_sales(found) or (org.bills_match_by_number and _same_contact(org, reader, found)):
            return found
    return None


def not_found_message(kind, identifier):
    """The refusal of an id that no document has."""
    return f"The invoice with InvoiceID {identifier} could not be found." if kind is INVOICE else NOT_FOUND


def number_holders(org, kind, document_type, number):
    """The documents that hold a number; by default a voided or deleted one holds it for ever."""
    found = kind.records(org).find("number", (document_type, number.casefold()))
    alive = [record for record in found if record["Status"] not in ENDED]
    return alive if org.voided_numbers_are_free else alive or found


def _same_contact(org, reader, found):
    contact = reader.element.get("Contact")
    sent = contact.get("ContactID") if isinstance(contact, dict) else None
    return known_id(sent, org.contacts) == found["ContactID"]
