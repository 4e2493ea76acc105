from odoo import models

# Written on a payment without an entry, these change what it settles; with an entry, the entry tells.
WATCHED = frozenset(("state", "date", "journal_id", "amount", "currency_id", "invoice_ids", "name"))


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def write(self, vals):
        result = super().write(vals)
        if self and not WATCHED.isdisjoint(vals):
            self._xero_mark_invoices()
        return result

    def unlink(self):
        documents = self.sudo().invoice_ids
        result = super().unlink()
        documents._xero_documents()._xero_mark(known=True)
        return result

    def _xero_mark_invoices(self):
        """Mark the documents of payments whose method books nothing until the bank statement does."""
        payments = self.sudo().filtered(lambda payment: not payment.move_id)
        payments.invoice_ids._xero_documents()._xero_mark(known=True)

    def _xero_is_on_statement(self, documents, on_statements):
        """Whether a bank statement settles documents of this payment since it was made; that is used up then.

        :param on_statements: what ``account.move._xero_on_statements`` returns; what this payment is, is taken from it
        """
        self.ensure_one()
        rest = self.amount
        for document in documents:
            for matched in on_statements.get(document, ()):
                moment, amount = matched
                if moment < self.create_date or amount <= 0 or rest <= 0:
                    continue
                used = document.currency_id._convert(amount, self.currency_id, self.company_id, self.date)
                taken = min(used, rest)
                rest = self.currency_id.round(rest - taken)
                # What is left of it is another payment's.
                matched[1] = 0 if taken == used else amount * (1 - taken / used)
        return rest < self.amount
