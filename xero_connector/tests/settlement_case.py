from odoo import Command, fields

from .document_case import DocumentCase


class SettlementCase(DocumentCase):
    """Payments and what the engine keeps of them, written here as the engine would: the screens only read it."""

    def setUp(self):
        super().setUp()
        self.journal = self.company_data["default_journal_bank"]

    def bill(self, **values):
        """A confirmed vendor bill of 100, without tax."""
        line = Command.create({"name": "Paper", "quantity": 1, "price_unit": 100.0, "tax_ids": [Command.clear()]})
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.partner.id,
                "invoice_date": "2026-03-10",
                "company_id": self.company.id,
                "invoice_line_ids": [line],
                **values,
            }
        )
        bill.action_post()
        return bill

    def pay(self, move, amount=None):
        """Register a payment of a document; returns the payment."""
        wizard = move.env["account.payment.register"].with_context(active_model="account.move", active_ids=move.ids)
        values = {"journal_id": self.journal.id, "payment_date": "2026-03-20"}
        return wizard.create({**values, **({"amount": amount} if amount else {})})._create_payments()

    def settlement(self, move, counterpart, **values):
        entry = counterpart._name == "account.payment" and counterpart.move_id or counterpart
        settlement = (
            self.env["xero.settlement"]
            .sudo()
            .create(
                {
                    "name": f"{move.name}: {counterpart.display_name}",
                    "company_id": self.company.id,
                    "document_id": move.id,
                    "document_name": move.name,
                    "counterpart_model": entry._name,
                    "counterpart_id": entry.id,
                    "counterpart_name": counterpart.display_name,
                    "kind": "payment",
                    "date": fields.Date.to_date("2026-03-20"),
                    "currency_id": move.currency_id.id,
                    "amount": move.amount_total,
                    "cash_amount": move.amount_total,
                    **values,
                }
            )
        )
        return settlement.with_env(self.env)

    def link(self, record, state="synced", **values):
        """The link of a settlement or document to what it is in Xero."""
        given = values.get("xero_id") or f"{record._name}-{record.id}-{values.get('role', 'main')}"
        link = (
            self.env["xero.binding"]
            .sudo()
            .create(
                {
                    "connection_id": self.connection.id,
                    "res_model": record._name,
                    "res_id": record.id,
                    "res_name": record.display_name,
                    "xero_type": "Payment",
                    "state": state,
                    "xero_status": "AUTHORISED" if state == "synced" else False,
                    **values,
                    "xero_id": given if state == "synced" else False,
                }
            )
        )
        return link.with_env(self.env)

    def held(self, record, reason, **values):
        text = f"Held for {reason}."
        return self.link(
            record, "blocked", reason=reason, reasons=reason, message=text, problems=[(reason, text)], **values
        )

    def paid(self, state="synced", **values):
        """An invoice with its payment and settlement; the settlement's link is in ``state``."""
        invoice = self.invoice()
        payment = self.pay(invoice)
        settlement = self.settlement(invoice, payment)
        link = self.link(settlement, state, **values)
        self.env["xero.mark"].sudo().search([]).unlink()
        self.env.invalidate_all()
        return invoice, payment, settlement, link
