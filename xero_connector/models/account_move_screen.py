from odoo import api, fields, models


class AccountMove(models.Model):
    """What the form of a document shows of Xero beside its own state."""

    _inherit = "account.move"

    xero_sendable = fields.Boolean(
        compute="_compute_xero_sendable",
        groups="xero_connector.group_xero_user",
        help="Whether documents of this kind are sent to Xero at all.",
    )
    xero_settlement_count = fields.Integer(
        "Payments in Xero", compute="_compute_xero_settlement_count", groups="xero_connector.group_xero_user"
    )
    xero_unsettled = fields.Text(
        "Payments Not in Xero",
        compute="_compute_xero_unsettled",
        groups="xero_connector.group_xero_user",
        help="Why payments and credits of the document are not in Xero as they stand.",
    )

    @api.depends("move_type", "company_id")
    def _compute_xero_sendable(self):
        connections = {
            company: self.env["xero.connection"]._for_company(company) for company in self.company_id.root_id
        }
        for move in self:
            connection = connections.get(move.company_id.root_id)
            is_document = move.move_type in self._xero_move_types()
            # Without a connection the button says where to make one.
            move.xero_sendable = is_document and (not connection or connection._sends(move._xero_document_kind()))

    def _compute_xero_settlement_count(self):
        settlements, counts = self.env["xero.settlement"], {}
        for id_name, model_name in (("document_id", "document_model"), ("counterpart_id", "counterpart_model")):
            mine = [(model_name, "=", self._name), (id_name, "in", self._ids_in_database()), ("amount", "!=", 0)]
            for move_id, count in settlements._read_group(mine, [id_name], ["__count"]):
                counts[move_id] = counts.get(move_id, 0) + count
        for move in self:
            move.xero_settlement_count = counts.get(move._origin.id, 0)

    @api.depends_context("allowed_company_ids")
    def _compute_xero_unsettled(self):
        """Without what waits for the document itself: that is told already."""
        settlements = self.env["xero.settlement"]
        settlements = settlements.search(settlements._around(self._origin))
        held = settlements.sudo().xero_binding_ids.filtered(
            lambda link: link.state in ("failed", "blocked") and link.reason != "document" and link.message
        )
        told = {row.id: held.filtered(lambda link, row=row: link.res_id == row.id) for row in settlements}
        for move in self:
            around = settlements.filtered(
                lambda row, move=move: (
                    row.document_id == move._origin.id
                    or (row.counterpart_model == self._name and row.counterpart_id == move._origin.id)
                )
            )
            messages = [message for row in around for message in told[row.id].mapped("message")]
            move.xero_unsettled = "\n".join(dict.fromkeys(messages)) or False

    def action_xero_settlements(self):
        """List what settles this document in Xero, and what it settles there itself."""
        return self.env["xero.settlement"]._action_for(self)
