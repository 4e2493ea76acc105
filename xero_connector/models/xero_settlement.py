from odoo import api, fields, models
from odoo.exceptions import UserError

from .xero_bindable import SETTLEMENT_STATES


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
    _xero_roles = ("main", "write_off", "write_off_allocation")

    xero_sync_state = fields.Selection(SETTLEMENT_STATES)
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
    journal_id = fields.Many2one("account.journal", "Bank", readonly=True, ondelete="set null")
    account_id = fields.Many2one(
        "account.account", readonly=True, ondelete="set null", help="Of money that is on no journal's bank."
    )
    bank_amount = fields.Float(
        digits=(16, 2), readonly=True, help="Of foreign documents: what is on the bank, in the company's currency."
    )
    write_off_lines = fields.Json(
        readonly=True, help="What is written off: account, taxes, base, tax and name of each."
    )
    problem = fields.Text(readonly=True, help="What Xero cannot express of it.")

    _pair_unique = models.Constraint(
        "UNIQUE (company_id, document_id, counterpart_model, counterpart_id)", "These two are known already."
    )

    @api.depends_context("allowed_company_ids")
    def _compute_xero_details(self):
        """An allocation has no page in Xero: then that of another twin is opened, or else the document's."""
        result = super()._compute_xero_details()
        without = self.filtered(lambda settlement: settlement.xero_sync_state and not settlement.xero_url)
        links = self.env["xero.binding"].sudo()
        twins = links.search([("res_model", "=", self._name), ("res_id", "in", without.ids), ("xero_id", "!=", False)])
        moves = [("res_model", "=", "account.move"), ("res_id", "in", without.mapped("document_id"))]
        documents = links.search([*moves, ("role", "=", "main"), ("xero_id", "!=", False)])
        found = (documents + twins.sorted(lambda link: link.role == "main")).filtered("xero_url")
        urls = {(link.res_model, link.res_id): link.xero_url for link in found}
        for settlement in without:
            document = (settlement.document_model, settlement.document_id)
            settlement.xero_url = urls.get((self._name, settlement.id)) or urls.get(document)
        return result

    def _xero_company_ids(self):
        return {company.id: settlements.ids for company, settlements in self.grouped("company_id").items()}

    # -- What belongs to what ----------------------------------------------------------------------------------------

    def _documents(self):
        """Return the documents that these settle; without those that are gone."""
        return self.env["account.move"].browse(dict.fromkeys(self.mapped("document_id"))).exists()

    def _counterpart(self):
        """Return what settles the document, as a bookkeeper knows it: a payment, not its entry. Empty if it is gone."""
        self.ensure_one()
        counterpart = self.env[self.counterpart_model].browse(self.counterpart_id).exists()
        if counterpart._name == "account.move" and counterpart.origin_payment_id:
            return counterpart.origin_payment_id
        return counterpart

    @api.model
    def _around(self, moves, payments=None):
        """Return a domain of the settlements of documents, and of those that these documents or payments make."""
        payments = payments if payments is not None else self.env["account.payment"]
        entries = (moves | payments.move_id).ids
        return [
            "|",
            ("document_id", "in", moves.ids),
            "|",
            "&",
            ("counterpart_model", "=", "account.move"),
            ("counterpart_id", "in", entries),
            "&",
            ("counterpart_model", "=", "account.payment"),
            ("counterpart_id", "in", payments.ids),
        ]

    @api.model
    def _action_for(self, moves, payments=None):
        """Return the action that lists the settlements around documents or payments."""
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector.xero_settlement_action")
        return {**action, "domain": self._around(moves, payments), "context": {}}

    # -- Buttons -----------------------------------------------------------------------------------------------------

    def action_open_document(self):
        """Open the document that is settled.

        :raises UserError: it is gone from Odoo
        """
        self.ensure_one()
        return self._open(self._documents(), self.document_name)

    def action_open_counterpart(self):
        """Open the payment, credit note or entry that settles the document.

        :raises UserError: it is gone from Odoo
        """
        self.ensure_one()
        return self._open(self._counterpart(), self.counterpart_name)

    def _open(self, record, name):
        if not record:
            raise UserError(self.env._("%s is not in Odoo any more.", name or self.env._("This record")))
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
        }

    def action_retry(self):
        """Have the engine look again at what of these is held or refused.

        :raises UserError: nothing of them is
        """
        return self.xero_binding_ids.filtered(lambda link: link.state in ("failed", "blocked")).action_retry()

    def _xero_left_to_provider(self):
        """Return those that were paid through a provider whose payments are not sent (P3)."""
        entries = self.filtered(lambda row: row.counterpart_model == "account.move").mapped("counterpart_id")
        payments = self.filtered(lambda row: row.counterpart_model == "account.payment").mapped("counterpart_id")
        found = self.env["account.payment"].search(
            [
                ("payment_transaction_id.provider_id.xero_payments", "=", "ignore"),
                "|",
                ("move_id", "in", entries),
                ("id", "in", payments),
            ]
        )
        left = {("account.payment", payment.id) for payment in found}
        left |= {("account.move", payment.move_id.id) for payment in found}
        return self.filtered(lambda row: (row.counterpart_model, row.counterpart_id) in left)
