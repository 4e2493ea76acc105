"""How people pay, refund and allocate in Xero's own screens."""

from decimal import Decimal

from .allocation_rules import remove_allocation, save_allocation
from .bank_transaction_rules import save_bank_transaction, void
from .batch_payment_rules import delete_batch, save_batch
from .documents import CREDIT_NOTE, INVOICE, KINDS, OVERPAYMENT, PREPAYMENT
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
    def batch_pay(self, invoice_ids, account=None, date=None, reference="", amounts=None):
        """Pay invoices, or bills, in one batch payment and return it; all that is due when no ``amounts`` are given."""
        amounts = amounts or [self.invoices[identifier]["AmountDue"] for identifier in invoice_ids]
        account = self._account_id(account) if account else self._bank_account(self.invoices[invoice_ids[0]])
        payments = [
            {"Invoice": {"InvoiceID": identifier}, "Amount": Decimal(str(amount))}
            for identifier, amount in zip(invoice_ids, amounts, strict=True)
        ]
        sent = {"Account": {"AccountID": account}, "Date": date, "Reference": reference, "Payments": payments}
        return save_batch(self, sent)

    @action
    def delete_batch_payment(self, batch_payment_id):
        """Delete a batch payment with all its payments."""
        return delete_batch(self, self.batch_payments[batch_payment_id])

    @action
    def add_overpayment(self, contact_id, amount, sales=True, account=None, date=None, reference=""):
        """Money from a customer, or to a supplier, that is more than was due."""
        return self._bank_credit(OVERPAYMENT, contact_id, amount, sales, account, date, reference, {})

    @action
    def add_prepayment(self, contact_id, amount, sales=True, account=None, date=None, reference="", code=None):
        """Money from a customer, or to a supplier, before there is an invoice; ``amount`` includes tax.

        ``code`` is the account of its line: 200 or 400 when none is given.
        """
        line = {"AccountCode": code or ("200" if sales else "400")}
        return self._bank_credit(PREPAYMENT, contact_id, amount, sales, account, date, reference, line)

    @action
    def void_overpayment(self, overpayment_id):
        """Remove an overpayment of which nothing is used."""
        return void(self, OVERPAYMENT, self.overpayments[overpayment_id])

    @action
    def void_prepayment(self, prepayment_id):
        """Remove a prepayment of which nothing is used."""
        return void(self, PREPAYMENT, self.prepayments[prepayment_id])

    @action
    def refund_overpayment(self, overpayment_id, amount=None, date=None, reference="", account=None):
        """Pay an overpayment back and return the payment."""
        return self._pay(OVERPAYMENT, overpayment_id, amount, date, reference, account)

    @action
    def refund_prepayment(self, prepayment_id, amount=None, date=None, reference="", account=None):
        """Pay a prepayment back and return the payment."""
        return self._pay(PREPAYMENT, prepayment_id, amount, date, reference, account)

    @action
    def allocate_overpayment(self, overpayment_id, invoice_id, amount=None, date=None):
        """Allocate an overpayment to an invoice, as much as both allow when no amount is given."""
        return self._allocate(OVERPAYMENT, overpayment_id, invoice_id, amount, date)

    @action
    def allocate_prepayment(self, prepayment_id, invoice_id, amount=None, date=None):
        """Allocate a prepayment to an invoice, as much as both allow when no amount is given."""
        return self._allocate(PREPAYMENT, prepayment_id, invoice_id, amount, date)

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

    def _bank_credit(self, kind, contact_id, amount, sales, account, date, reference, line):
        base = {"CurrencyCode": self.currency}
        sent = {
            "Type": kind.sales if sales else kind.purchase,
            "Contact": {"ContactID": contact_id},
            "BankAccount": {"AccountID": self._account_id(account) if account else self._bank_account(base)},
            "Date": date,
            "Reference": reference,
            "LineAmountTypes": "NoTax" if kind is OVERPAYMENT else "Inclusive",
            "LineItems": [{"Description": kind.words.capitalize(), "LineAmount": Decimal(str(amount)), **line}],
        }
        return save_bank_transaction(self, sent)[0]

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
