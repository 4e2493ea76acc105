"""The kinds of documents that are paid, refunded and allocated, and what differs between them."""

from dataclasses import dataclass

ENDED = ("DELETED", "VOIDED")


@dataclass(frozen=True)
class Kind:
    """One kind of document.

    ``name`` is the API's word for one, ``table`` where the organisation keeps them, ``words`` what messages call it.
    ``sales`` and ``purchase`` are its two types, ``open_field`` holds what is neither paid nor allocated.
    ``sales_payment`` and ``purchase_payment`` are the types of payments on it.
    """

    name: str
    words: str
    table: str
    sales: str
    purchase: str
    open_field: str
    sales_payment: str
    purchase_payment: str
    number: str = ""
    dates: tuple = ("Date", "DueDate")

    @property
    def key(self):
        """The name of its identifier."""
        return f"{self.name}ID"

    @property
    def one(self):
        """``an invoice``, ``a credit note``: for messages."""
        return f"{'an' if self.words[0] in 'aeiou' else 'a'} {self.words}"

    def records(self, org):
        """The organisation's documents of this kind."""
        return getattr(org, self.table)

    def is_sales(self, record):
        """Whether the document is with a customer."""
        return record["Type"] == self.sales

    def payment_type(self, record):
        """The type of a payment on the document."""
        return self.sales_payment if self.is_sales(record) else self.purchase_payment


INVOICE = Kind(
    "Invoice", "invoice", "invoices", "ACCREC", "ACCPAY", "AmountDue", "ACCRECPAYMENT", "ACCPAYPAYMENT",
    "InvoiceNumber", ("Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate"),
)  # fmt: skip
CREDIT_NOTE = Kind(
    "CreditNote", "credit note", "credit_notes", "ACCRECCREDIT", "ACCPAYCREDIT", "RemainingCredit", "ARCREDITPAYMENT",
    "APCREDITPAYMENT", "CreditNoteNumber",
)  # fmt: skip
OVERPAYMENT = Kind(
    "Overpayment", "overpayment", "overpayments", "RECEIVE-OVERPAYMENT", "SPEND-OVERPAYMENT", "RemainingCredit",
    "AROVERPAYMENTPAYMENT", "APOVERPAYMENTPAYMENT",
)  # fmt: skip
PREPAYMENT = Kind(
    "Prepayment", "prepayment", "prepayments", "RECEIVE-PREPAYMENT", "SPEND-PREPAYMENT", "RemainingCredit",
    "ARPREPAYMENTPAYMENT", "APPREPAYMENTPAYMENT",
)  # fmt: skip
KINDS = {kind.name: kind for kind in (INVOICE, CREDIT_NOTE, OVERPAYMENT, PREPAYMENT)}
