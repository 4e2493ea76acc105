from odoo import fields, models

from ..xero_api.kinds import OF_MOVE

# The switches, and which kinds of records each of them sends when it is turned on.
SWITCHES = frozenset(("sync_credit_notes", "sync_bills", "sync_payments"))


class XeroConnection(models.Model):
    """What is sent at all (C11), and when: sales invoices with their customers always are."""

    _inherit = "xero.connection"

    sync_credit_notes = fields.Boolean(
        "Credit Notes",
        default=True,
        help="Send credit notes to customers, and what of them is set off against invoices.",
    )
    sync_bills = fields.Boolean("Bills", default=True, help="Send vendor bills, purchase receipts and vendor refunds.")
    sync_payments = fields.Boolean(
        "Payments to Xero",
        default=True,
        help="Send payments, refunds and write-offs of the documents that are in Xero.",
    )
    dates_when_sent = fields.Boolean(
        "Dates Only When Sent",
        help="Sales documents are dated 1 January 3000 in Xero until they are sent to the customer (or paid); then "
        "they get their true dates.",
    )

    def _sends(self, kind):
        """Whether documents of a ``Kind`` are sent."""
        self.ensure_one()
        return (kind.sales or self.sync_bills) and (not kind.sales or not kind.credit or self.sync_credit_notes)

    def _sent_move_types(self):
        """Return the types of moves that are sent, receipts among them."""
        self.ensure_one()
        return tuple(move_type for move_type, kind in OF_MOVE.items() if self._sends(kind))

    def write(self, vals):
        changing = self._changing(vals, SWITCHES | {"dates_when_sent"})
        result = super().write(vals)
        turned_on = {name for name in changing & SWITCHES if vals[name]}
        if turned_on - {"sync_payments"}:
            self.filtered("tenant_id")._mark_backlog()
        if "sync_payments" in turned_on or "dates_when_sent" in changing:
            self._mark_documents()
        return result

    def _mark_documents(self):
        """Have all documents that are in Xero looked at again."""
        bindings = self.env["xero.binding"].sudo()
        known = [("connection_id", "in", self.ids), ("res_model", "=", "account.move"), ("role", "=", "main")]
        bindings.search([*known, ("xero_id", "!=", False)])._mark()

    def _keep_to_invoices(self):
        """Turn the switches off where there was no choice before, and say in the chatter where they are."""
        self.write(dict.fromkeys(SWITCHES, False))
        for connection in self:
            connection = connection.with_context(lang=connection.responsible_id.lang)
            connection.message_post(
                body=connection.env._(
                    "Credit notes, bills and payments can be sent to Xero now. They are not sent until you turn them "
                    "on: on the page Synchronisation of this connection."
                )
            )
