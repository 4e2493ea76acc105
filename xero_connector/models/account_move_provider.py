from odoo import models

_PAYING = ("pending", "authorized", "done")


class AccountMove(models.Model):
    """Documents that are paid through a payment provider (P3)."""

    _inherit = "account.move"

    def _xero_paid_by_provider(self):
        """Return those of these documents whose payments come from a provider that Xero has no say in."""
        transactions = (
            self.env["payment.transaction"]
            .sudo()
            .search(
                [
                    ("provider_id.xero_payments", "=", "ignore"),
                    ("invoice_ids", "in", self.ids),
                    ("state", "in", _PAYING),
                ]
            )
        )
        return self & self.browse(transactions.invoice_ids.ids)
