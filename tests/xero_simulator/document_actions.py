"""What people do with invoices, bills and credit notes in Xero's own screens."""

from . import person
from .document_rules import save_document
from .documents import CREDIT_NOTE, INVOICE
from .person import action


class DocumentActions:
    """Actions on documents. Nobody can take an approval back: Xero has no such button."""

    @action
    def add_invoice(self, **fields):
        """Type in an invoice or bill; fields are those of the API."""
        return save_document(self, INVOICE, fields, "create", unitdp=4)[0]

    @action
    def edit_invoice(self, invoice_id, **fields):
        """Change an invoice under the rules that apply to everybody."""
        return save_document(self, INVOICE, fields, "upsert", identifier=invoice_id, unitdp=4)[0]

    @action
    def approve_invoice(self, invoice_id):
        """Approve a draft or submitted invoice."""
        return self.edit_invoice(invoice_id, Status="AUTHORISED")

    @action
    def void_invoice(self, invoice_id):
        """Void an approved invoice, delete a draft."""
        approved = self.invoices[invoice_id]["Status"] == "AUTHORISED"
        return self.edit_invoice(invoice_id, Status="VOIDED" if approved else "DELETED")

    @action
    def add_credit_note(self, **fields):
        """Type in a credit note; fields are those of the API."""
        return save_document(self, CREDIT_NOTE, fields, "create", unitdp=4)[0]

    @action
    def edit_credit_note(self, credit_note_id, **fields):
        """Change a credit note under the rules that apply to everybody."""
        return save_document(self, CREDIT_NOTE, fields, "upsert", identifier=credit_note_id, unitdp=4)[0]

    @action
    def approve_credit_note(self, credit_note_id):
        """Approve a draft or submitted credit note."""
        return self.edit_credit_note(credit_note_id, Status="AUTHORISED")

    @action
    def void_credit_note(self, credit_note_id):
        """Void an approved credit note, delete a draft."""
        approved = self.credit_notes[credit_note_id]["Status"] == "AUTHORISED"
        return self.edit_credit_note(credit_note_id, Status="VOIDED" if approved else "DELETED")

    @action
    def mark_sent(self, invoice_id, touch=False):
        """Mark an invoice or a credit note, by its id, as sent.

        As in Xero this does not always move ``UpdatedDateUTC``: only with ``touch``.
        """
        table = self.invoices if invoice_id in self.invoices else self.credit_notes
        if touch:
            return person.touch(self, table, invoice_id, SentToContact=True)
        return table.put({**table[invoice_id], "SentToContact": True})

    def next_number(self, kind):
        """Xero's own next number: ``INV-0001`` and ``CN-0001`` and so on, past those in use."""
        prefix, number = "INV" if kind is INVOICE else "CN", self.last_numbers.get(kind.name, 0)
        while True:
            number += 1
            text = f"{prefix}-{number:04d}"
            if not kind.records(self).find("number", (kind.sales, text.casefold())):
                self.last_numbers[kind.name] = number
                return text
