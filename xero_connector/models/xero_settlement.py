from odoo import fields, models


class XeroSettlement(models.Model):
    """What settles a document: how much of it, by which payment, credit note or entry.

    One row per (document, counterpart), rebuilt by the engine from Odoo's reconciliations whenever the document is
    marked (see ``sync/settlements.py``); a row of nothing is what was undone and still has to leave Xero. Its twins in
    Xero are a Payment or an Allocation (role ``main``), and for what was written off a credit note (``write_off``) with
    its allocation (``write_off_allocation``).

    Documents and counterparts are kept by their ids, not as Many2one: the row outlives them, so that what it has in
    Xero can be removed, and so that no transaction of a user ever waits for the engine.
    """

    _name = "xero.settlement"
    _inherit = ["xero.bindable"]
    _description = "Xero Settlement"
    _order = "date desc, id desc"

    name = fields.Char("What", readonly=True, help="The document and what settles it.")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade", help="Root company."
    )
    document_model = fields.Char(required=True, readonly=True, default="account.move")
    document_id = fields.Many2oneReference(
        "Document ID", model_field="document_model", required=True, readonly=True, index=True
    )
    document_name = fields.Char("Document", readonly=True)
    counterpart_model = fields.Char(required=True, readonly=True)
    counterpart_id = fields.Many2oneReference(
        "Counterpart ID", model_field="counterpart_model", required=True, readonly=True, index=True
    )
    counterpart_name = fields.Char("Settled By", readonly=True)
    kind = fields.Selection(
        [("payment", "Payment"), ("allocation", "Credit note"), ("write_off", "Write-off")],
        required=True,
        readonly=True,
    )
    date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True, ondelete="restrict")
    amount = fields.Monetary(readonly=True, help="What it settles of the document; 0 when it was undone.")
    cash_amount = fields.Monetary("Paid", readonly=True)
    other_amount = fields.Monetary(
        "Written Off", readonly=True, help="Write-offs, bank charges and early payment discounts."
    )
    excess_amount = fields.Monetary(
        "Not in Xero", readonly=True, help="What was paid beyond the document and booked elsewhere: Xero is not told."
    )
    facts = fields.Json(readonly=True, help="Accounts, taxes and rates that its twins in Xero are made of.")

    _pair_unique = models.Constraint(
        "UNIQUE (company_id, document_id, counterpart_model, counterpart_id)", "These two are known already."
    )

    def _xero_company_ids(self):
        return {company.id: settlements.ids for company, settlements in self.grouped("company_id").items()}

    def _xero_document(self):
        """Return the document; empty when it was deleted."""
        return self.env["account.move"].browse(self.document_id).exists()

    def _xero_credit_note(self):
        """Return the credit note that an allocation takes from; empty for payments, and when it was deleted."""
        moves = self.env["account.move"]
        return moves.browse(self.counterpart_id).exists() if self.kind == "allocation" else moves

    def _xero_left_to_provider(self):
        """Whether it was paid through a provider whose payments are not sent (P3)."""
        self.ensure_one()
        counterpart = self.env[self.counterpart_model].browse(self.counterpart_id).exists()
        payment = counterpart.origin_payment_id if counterpart._name == "account.move" else counterpart
        return payment.payment_transaction_id.provider_id.xero_payments == "ignore"
