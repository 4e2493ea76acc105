"""How people pay, refund and allocate in Xero's own screens."""

from decimal import Decimal

from .allocation_rules import remove_allocation, save_allocation
from .documents import CREDIT_NOTE, INVOICE, KINDS
from .payment_rules import account_currency, delete_payment, save_payment
from .person import action, touch


class PaymentActions:
    """Actions with money. Amounts may be texts or numbers, dates ISO texts; nothing means all that is open, today."""

    @action
    def pay_invoice(self, invoice_id, amount=None, date=None, reference="", account=None, rate=None):
        """Record a payment and return it. It goes to ``account`` (id or code), else to a bank account.

        ``rate`` is its ``CurrencyRate``; it pays the invoice when nothing is left.
        """
        return self._pay(INVOICE, invoice_id, amount, date, reference, account, rate)

    @action
    def refund_credit_note(self, credit_note_id, amount=None, date=None, reference="", account=None, rate=None):
        """Record a refund and return the payment."""
        return self._pay(CREDIT_NOTE, credit_note_id, amount, date, reference, account, rate)

    @action
    def delete_payment(self, payment_id):
        """Delete a payment: the screen's *Remove & Redo*."""
        return delete_payment(self, self.payments[payment_id])

    @action
    def remove_payments(self, invoice_id):
        """Delete all payments of an invoice, or all refunds of a credit note, and return the document."""
        for payment in self.payments_of(invoice_id):
            self.delete_payment(payment["PaymentID"])
        return next(kind.records(self)[invoice_id] for kind in KINDS.values() if invoice_id in kind.records(self))

    @action
    def reconcile_payment(self, payment_id, reconciled=True):
        """Match a payment with a bank statement line, or undo that."""
        return touch(self, self.payments, payment_id, IsReconciled=reconciled)

    @action
    def allocate_credit(self, credit_note_id, invoice_id, amount=None, date=None):
        """Allocate a credit note to an invoice, as much as both allow when no amount is given."""
        return self._allocate(CREDIT_NOTE, credit_note_id, invoice_id, amount, date)

    @action
    def remove_allocation(self, allocation_id):
        """Take one allocation back."""
        allocation = self.allocations[allocation_id]
        return remove_allocation(self, KINDS[allocation["SourceKind"]], allocation)

    @action
    def remove_allocations(self, document_id):
        """Take back everything that is allocated from or to a document; returns how many."""
        found = self.allocations_of(document_id)
        for allocation in found:
            self.remove_allocation(allocation["AllocationID"])
        return len(found)

    def _pay(self, kind, identifier, amount, date, reference, account, rate=None):
        document = kind.records(self)[identifier]
        amount = document[kind.open_field] if amount is None else Decimal(str(amount))
        element = {
            kind.name: {kind.key: identifier},
            "Account": {"AccountID": self._account_id(account) if account else self._bank_account(document)},
            "Amount": amount,
            "Date": date,
            "Reference": reference,
            "CurrencyRate": None if rate is None else Decimal(str(rate)),
        }
        return save_payment(self, element)

    def _allocate(self, kind, identifier, invoice_id, amount, date):
        if amount is None:
            amount = min(kind.records(self)[identifier][kind.open_field], self.invoices[invoice_id]["AmountDue"])
        element = {"Amount": Decimal(str(amount)), "Date": date, "Invoice": {"InvoiceID": invoice_id}}
        return save_allocation(self, kind, identifier, element)

    def _bank_account(self, document):
        """The oldest active bank account in the document's currency, else in the base currency."""
        banks = [
            record for record in self.accounts.values() if (record["Type"], record["Status"]) == ("BANK", "ACTIVE")
        ]
        for currency in (document["CurrencyCode"], self.currency):
            for account in banks:
                if account_currency(self, account) == currency:
                    return account["AccountID"]
        raise ValueError("there is no active bank account")

    def _account_id(self, account):
        """The id of an account given by id or code."""
        return account if account in self.accounts else self.account_by_code(account)["AccountID"]
