from odoo import api, fields, models
from odoo.tools import SQL

XERO_STATUSES = [
    ("DRAFT", "Draft"),
    ("SUBMITTED", "Awaiting approval"),
    ("AUTHORISED", "Awaiting payment"),
    ("PAID", "Paid"),
    ("VOIDED", "Voided"),
    ("DELETED", "Deleted"),
]


class AccountMove(models.Model):
    """What documents were last seen to be in Xero (I10)."""

    _inherit = "account.move"

    xero_status = fields.Selection(
        XERO_STATUSES,
        "Status in Xero",
        compute="_compute_xero_document",
        groups="xero_connector.group_xero_user",
    )
    xero_sent = fields.Boolean(
        "Sent in Xero", compute="_compute_xero_document", groups="xero_connector.group_xero_user"
    )
    xero_amount_due = fields.Monetary(
        "Due in Xero",
        compute="_compute_xero_document",
        groups="xero_connector.group_xero_user",
        help="Credit notes: what remains of the credit.",
    )
    xero_amount_paid = fields.Monetary(
        "Paid in Xero",
        compute="_compute_xero_document",
        groups="xero_connector.group_xero_user",
        help="Credit notes: what was refunded.",
    )
    xero_amount_credited = fields.Monetary(
        "Credited in Xero",
        compute="_compute_xero_document",
        groups="xero_connector.group_xero_user",
        help="Credit notes: what was set off against invoices.",
    )
    xero_difference = fields.Text(
        "Differs in Xero",
        compute="_compute_xero_document",
        search="_search_xero_difference",
        groups="xero_connector.group_xero_user",
        help="What was changed, paid or credited in Xero and is not so in Odoo.",
    )
    xero_changed = fields.Boolean(
        "Changed in Xero",
        compute="_compute_xero_document",
        groups="xero_connector.group_xero_user",
        help="Edited or voided there: a push makes it what it is in Odoo.",
    )

    @api.depends_context("allowed_company_ids")
    def _compute_xero_document(self):
        bindings = self.env["xero.binding"].sudo()
        states = bindings._states_of(self._name, self._ids_in_database())
        # All at once, so that their fields are read for the whole list.
        bindings = bindings.browse(binding_id for _state, binding_id in states.values() if binding_id)
        by_id = {binding.id: binding for binding in bindings}
        known = dict(XERO_STATUSES)
        for move in self:
            state, binding_id = states.get(move._origin.id, (False, None))
            binding = by_id.get(binding_id, bindings.browse())
            move.xero_status = binding.xero_status in known and binding.xero_status
            move.xero_sent = binding.sent_in_xero
            move.xero_amount_due = binding.amount_due
            move.xero_amount_paid = binding.amount_paid
            move.xero_amount_credited = binding.amount_credited
            move.xero_changed = state != "excluded" and bool(binding.remote_change)
            told = () if state == "excluded" else (binding.remote_change, binding.difference)
            move.xero_difference = "\n".join(filter(None, told)) or False

    @api.model
    def _search_xero_difference(self, operator, value):
        """Find documents that differ in Xero, or that do not: nothing else can be asked."""
        if operator not in ("in", "not in") or set(value) != {False}:
            return NotImplemented
        bindings = self.env["xero.binding"]
        bindings.flush_model()
        differing = SQL(
            """
            SELECT shown.res_id FROM (%s) shown JOIN xero_binding binding ON binding.id = shown.binding_id
             WHERE shown.state <> 'excluded'
               AND (binding.remote_change IS NOT NULL OR binding.difference IS NOT NULL)
            """,
            bindings._shown_states(self._name),
        )
        return [("id", "in" if operator == "not in" else "not in", differing)]
