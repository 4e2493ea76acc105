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
