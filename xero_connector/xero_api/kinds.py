"""The kinds of documents in Xero, and what their resources call things."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One of Xero's four kinds of documents between an organisation and its contacts.

    :param type: Xero's ``Type``
    :param resource: the resource of the API, also the name of the list in its answers
    :param sales: whether it is between the organisation and a customer, not a supplier
    :param credit: whether it is a credit note
    """

    type: str
    resource: str
    sales: bool
    credit: bool

    @property
    def xero_type(self):
        """The type of record, as links name it."""
        return self.resource[:-1]

    @property
    def id_name(self):
        return f"{self.xero_type}ID"

    @property
    def number_name(self):
        return f"{self.xero_type}Number"

    @property
    def unique_numbers(self):
        """Whether Xero refuses a second document of the same number: a supplier's numbers are not ours to choose."""
        return self.sales

    @property
    def discounts(self):
        """Whether lines may carry a discount (Xero's Invoices reference: *only supported on ACCREC invoices*)."""
        return self.sales and not self.credit

    @property
    def opposite(self):
        """The kind that settles documents of this one: a credit note for an invoice, an invoice for a credit note."""
        return next(kind for kind in KINDS.values() if kind.sales == self.sales and kind.credit != self.credit)


KINDS = {
    kind.type: kind
    for kind in (
        Kind("ACCREC", "Invoices", sales=True, credit=False),
        Kind("ACCPAY", "Invoices", sales=False, credit=False),
        Kind("ACCRECCREDIT", "CreditNotes", sales=True, credit=True),
        Kind("ACCPAYCREDIT", "CreditNotes", sales=False, credit=True),
    )
}
# Odoo's types of moves; receipts are documents too.
OF_MOVE = {
    "out_invoice": KINDS["ACCREC"],
    "out_receipt": KINDS["ACCREC"],
    "out_refund": KINDS["ACCRECCREDIT"],
    "in_invoice": KINDS["ACCPAY"],
    "in_receipt": KINDS["ACCPAY"],
    "in_refund": KINDS["ACCPAYCREDIT"],
}
# What the connection is tried with, and what the proposals are made for.
SALES_TYPES = tuple(move_type for move_type, kind in OF_MOVE.items() if kind.type == "ACCREC")
