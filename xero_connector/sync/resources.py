"""What the engine must know of each kind of Xero record that it writes."""

import json
from dataclasses import dataclass, field

from ..xero_api.payload import to_text

# Xero takes about 50 documents a call.
BATCH_SIZE = 50


@dataclass(frozen=True)
class Resource:
    """One resource of Xero's accounting API.

    :param id_name: the field that holds Xero's own id
    :param keys: fields that tell elements of an answer apart, the surest first; a dot leads into an inner record
    :param figures: fields that must agree too where both have them: one document may have several payments
    :param batch: elements in a call
    :param bare: the body is the one element itself, not a list of them
    :param ends: the call removes what its path names: there is nothing to create twice
    """

    name: str
    id_name: str
    keys: tuple
    figures: tuple = ()
    batch: int = BATCH_SIZE
    bare: bool = False
    query: dict = field(default_factory=dict)
    ends: bool = False

    @property
    def path(self):
        """Where records of the resource are made; some are made at another record's own path (see ``Element``)."""
        return f"/{self.name}"

    def body(self, payloads):
        """Return the text of a call's body; a call that deletes by its path alone has none."""
        if self.bare:
            return to_text(payloads[0]) if payloads[0] else ""
        return to_text({self.name: payloads})

    def payloads(self, body):
        """Return the elements of a stored body."""
        if not body:
            return [{}]
        data = json.loads(body)
        return [data] if self.bare else data[self.name]

    def answers(self, data):
        """Return the elements of an answer; a bare record may be answered bare."""
        found = data.get(self.name, [data] if self.bare else None)
        return [answer for answer in found if isinstance(answer, dict)] if isinstance(found, list) else []


def value_at(record, name):
    """Return a field of a record, by a name that may lead into inner records: ``Invoice.InvoiceID``."""
    for part in name.split("."):
        record = record.get(part) if isinstance(record, dict) else None
    return record


# Elements are answered one by one with ``summarizeErrors=false``; unit amounts keep four decimals with ``unitdp``.
_EACH = {"summarizeErrors": "false"}
_DOCUMENTS = {**_EACH, "unitdp": "4"}
_RESOURCES = {
    resource.path: resource
    for resource in (
        Resource("Contacts", "ContactID", ("ContactID", "ContactNumber", "Name"), query=_EACH),
        Resource("Invoices", "InvoiceID", ("InvoiceID", "InvoiceNumber"), query=_DOCUMENTS),
        Resource("CreditNotes", "CreditNoteID", ("CreditNoteID", "CreditNoteNumber"), query=_DOCUMENTS),
        Resource(
            "Payments",
            "PaymentID",
            ("Invoice.InvoiceID", "CreditNote.CreditNoteID"),
            figures=("Amount", "Reference"),
            query=_EACH,
        ),
        Resource("ManualJournals", "ManualJournalID", ("ManualJournalID", "Narration"), query=_EACH),
        # These two go one a call (Xero's API reference); a tax type is all the id that a tax rate has.
        Resource("TaxRates", "TaxType", ("Name",), batch=1),
        Resource("Currencies", "Code", ("Code",), batch=1, bare=True),
    )
}
# Made and removed at the path of a credit note; a payment is removed at its own.
_ALLOCATIONS = Resource("Allocations", "AllocationID", ("Invoice.InvoiceID",), figures=("Amount",), query=_EACH)
_ALLOCATION = Resource("Allocations", "AllocationID", (), batch=1, bare=True, ends=True)
_PAYMENT = Resource("Payments", "PaymentID", (), batch=1, bare=True, ends=True)


def resource_of(path):
    """Return the ``Resource`` of a call's path.

    ``/CreditNotes/{id}/Allocations`` makes allocations, the same with an id removes one, ``/Payments/{id}`` removes a
    payment (Xero's API reference of credit notes and payments).
    """
    parts = path.strip("/").split("/")
    if len(parts) > 2 and parts[2] == "Allocations":
        return _ALLOCATIONS if len(parts) == 3 else _ALLOCATION
    return _PAYMENT if parts[0] == "Payments" and len(parts) == 2 else _RESOURCES[f"/{parts[0]}"]
