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
    :param keys: fields that tell elements of an answer apart, the surest first
    :param batch: elements in a call
    :param bare: the body is the one element itself, not a list of them
    """

    name: str
    id_name: str
    keys: tuple
    batch: int = BATCH_SIZE
    bare: bool = False
    query: dict = field(default_factory=dict)

    @property
    def path(self):
        return f"/{self.name}"

    def body(self, payloads):
        """Return the text of a call's body."""
        return to_text(payloads[0] if self.bare else {self.name: payloads})

    def payloads(self, body):
        """Return the elements of a stored body."""
        data = json.loads(body)
        return [data] if self.bare else data[self.name]


# Elements are answered one by one with ``summarizeErrors=false``; unit amounts keep four decimals with ``unitdp``.
_EACH = {"summarizeErrors": "false"}
RESOURCES = {
    resource.path: resource
    for resource in (
        Resource("Contacts", "ContactID", ("ContactID", "ContactNumber", "Name"), query=_EACH),
        Resource("Invoices", "InvoiceID", ("InvoiceID", "InvoiceNumber"), query={**_EACH, "unitdp": "4"}),
        # These two go one a call (Xero's API reference); a tax type is all the id that a tax rate has.
        Resource("TaxRates", "TaxType", ("Name",), batch=1),
        Resource("Currencies", "Code", ("Code",), batch=1, bare=True),
    )
}
