import json

from odoo import api, fields, models

KEEP_BODIES_DAYS = 90
# Of the records of a call, so many are named in a list.
SHOWN_NAMES = 3
# Who may see invoices in Odoo may see them here; the right to push does not suffice.
_READERS = "account.group_account_invoice,account.group_account_readonly,xero_connector.group_xero_manager"


class XeroRequest(models.Model):
    """One call that changes something in Xero: outbox, history and audit trail in one.

    It is stored and committed *before* the call. ``prepared`` found while holding the runner's lock means that the
    answer was never processed: the runner recovers it (see ``sync/recovery.py``).
    """

    _name = "xero.request"
    _description = "Xero Call"
    _order = "id desc"
    _rec_name = "label"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    label = fields.Char("What", readonly=True)
    idempotency_key = fields.Char(required=True, readonly=True, index=True)
    method = fields.Char(required=True, readonly=True)
    path = fields.Char(required=True, readonly=True)
    query = fields.Char(readonly=True)
    body = fields.Text(readonly=True, groups=_READERS, help="What was sent; a repeat sends the same.")
    # prepared ──► answered   Xero's verdict is known and was applied
    #          └─► unknown    the answer was lost; what Xero did was looked up instead
    state = fields.Selection(
        [("prepared", "Being sent"), ("answered", "Answered"), ("unknown", "Answer lost, looked up")],
        default="prepared",
        required=True,
        readonly=True,
        index=True,
    )
    elements = fields.Json(
        readonly=True, help="In the order of the body: binding, intent, hash and marks of each element."
    )
    element_count = fields.Integer("Records", readonly=True)
    record_names = fields.Char("Which", compute="_compute_record_names", search="_search_record_names")
    binding_ids = fields.Many2many("xero.binding", readonly=True, string="Links")
    sent_at = fields.Datetime("Sent", readonly=True)
    tries = fields.Integer(readonly=True)
    http_status = fields.Integer("HTTP", readonly=True)
    refused_count = fields.Integer("Refused", readonly=True)
    outcome = fields.Char(readonly=True, help="How many records Xero took and how many it refused.")
    answer = fields.Text(readonly=True, groups=_READERS, help="Xero's verdict in short.")
    duration = fields.Float("Seconds", digits=(6, 2), readonly=True)

    @api.depends("elements")
    def _compute_record_names(self):
        for request in self:
            names = [element.get("res_name") or element.get("key") or "" for element in request.elements or []]
            shown = ", ".join(filter(None, names[:SHOWN_NAMES]))
            more = len(names) - SHOWN_NAMES
            request.record_names = (
                self.env._("%(names)s and %(count)s more", names=shown, count=more) if more > 0 else shown
            )

    @api.model
    def _search_record_names(self, operator, value):
        return [("binding_ids.res_name", operator, value)]

    def _element_list(self):
        self.ensure_one()
        return self.elements or []

    def _query_dict(self):
        self.ensure_one()
        return json.loads(self.query) if self.query else {}

    @api.autovacuum
    def _gc_bodies(self):
        """Drop the bodies of old calls; the history itself stays."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_BODIES_DAYS)
        old = self.search([("create_date", "<", limit), ("body", "!=", False), ("state", "!=", "prepared")])
        old.write({"body": False, "answer": False})
