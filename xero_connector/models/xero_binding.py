from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..xero_api.links import deep_link
from ..xero_api.payload import ENDED

# What Xero lacked and got from us: these have no page in Xero and are no records of a bookkeeper's.
ADDED = ("TaxRate", "Currency")
# Of several links of one record, the one that most needs a person tells its state.
WORST_FIRST = ("failed", "blocked", "in_flight", "new", "excluded", "synced")


class XeroBinding(models.Model):
    """The link between one Odoo record and one Xero record, and what Xero was last seen to hold.

    Written by the engine alone. The Odoo record may be gone: then the binding is its tombstone, from which the
    Xero document is voided.
    """

    _name = "xero.binding"
    _description = "Xero Link"
    _order = "write_date desc, id desc"
    _rec_name = "res_name"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", required=True, readonly=True)
    res_name = fields.Char("Record", readonly=True)
    role = fields.Char(default="main", required=True, readonly=True)
    xero_type = fields.Char(required=True, readonly=True)
    xero_subtype = fields.Char(readonly=True)
    xero_kind = fields.Char("Kind", compute="_compute_xero_kind")
    xero_id = fields.Char("Xero ID", readonly=True)
    xero_number = fields.Char("Number in Xero", readonly=True)
    xero_status = fields.Char("Status in Xero", readonly=True)
    xero_parent_id = fields.Char(readonly=True, help="Allocations: Xero's id of the credit note that they belong to.")
    xero_url = fields.Char("Open in Xero", compute="_compute_xero_url")
    # new ──► in_flight ──► synced ──(mark)──► in_flight …
    #  │          ├───────► failed    Xero refused it; a person must act      ──(mark)──► in_flight
    #  └──────────┴───────► blocked   preflight found something missing       ──(mark)──► in_flight
    # excluded: set and lifted by a user; marks are read and dropped.
    # A passing fault is no state: the binding goes back to what it was and ``next_try`` says when.
    state = fields.Selection(
        [
            ("new", "To send"),
            ("in_flight", "Being sent"),
            ("synced", "In Xero"),
            ("failed", "Refused by Xero"),
            ("blocked", "Held"),
            ("excluded", "Excluded"),
        ],
        default="new",
        required=True,
        readonly=True,
        index=True,
    )
    reason = fields.Char("Reason Code", readonly=True, help="The code of a ``xero.reason``, as the engine names it.")
    reason_id = fields.Many2one(
        "xero.reason", compute="_compute_reason_id", store=True, index="btree_not_null", ondelete="set null"
    )
    reasons = fields.Char(readonly=True, help="All that preflight found; ``reason`` is the first.")
    problems = fields.Json(readonly=True, help="Those as a list of (code of the reason, text).")
    message = fields.Text(readonly=True, help="All texts of the problems.")
    warning = fields.Text(readonly=True, help="It is in Xero, but something there is not as expected.")
    synced_hash = fields.Char(readonly=True)
    synced_money = fields.Char(
        readonly=True, help="A fingerprint of contact, currency and total alone: only with these payments must yield."
    )
    synced_values = fields.Json(
        readonly=True, help="Contacts: our values as Xero last got them, so that only what changed here is sent."
    )
    synced_at = fields.Datetime("Sent", readonly=True)
    remote_updated_at = fields.Datetime("Changed in Xero", readonly=True)
    rung = fields.Selection(
        [
            ("native", "Lines as they are"),
            ("flattened", "Lines flattened to quantity 1"),
            ("tax_amount", "Flattened, with each line's tax amount"),
            ("round_off", "With a round-off line"),
        ],
        "Totals By",
        readonly=True,
        help="How Xero was brought to Odoo's total; the first way that fits is taken.",
    )
    tax_amounts_refused = fields.Boolean(
        readonly=True, help="Xero did not take the tax of a line from us: it is not told any more for this document."
    )
    applied = fields.Json(
        readonly=True, help="Payments and allocations: (binding of a document, ``paid`` or ``credited``) they apply to."
    )
    # What Xero was last seen to hold, in the document's currency.
    xero_total = fields.Float("Total in Xero", digits=(16, 2), readonly=True)
    amount_due = fields.Float(digits=(16, 2), readonly=True, help="Credit notes: what remains of the credit.")
    amount_paid = fields.Float(digits=(16, 2), readonly=True, help="Credit notes: what was refunded.")
    amount_credited = fields.Float(digits=(16, 2), readonly=True, help="Credit notes: what was allocated.")
    dates_wait = fields.Boolean(readonly=True, help="In Xero it has placeholder dates until it is sent.")
    sent_in_xero = fields.Boolean(readonly=True)
    remote_hash = fields.Char(readonly=True, help="A fingerprint of what Xero holds, amounts applied to it left out.")
    remote_change = fields.Text(
        readonly=True, help="What somebody changed in Xero since; nothing is sent over it unless a person pushes it."
    )
    difference = fields.Text(readonly=True, help="What was paid, credited or removed in Xero and not in Odoo.")
    # draft ──► approve ──► (none)        A person tries the connection with one document, from the assistant.
    #   │ ▲
    #   ▼ └──── refused by Xero, or pushed by a person before it was done: it stays a draft
    # take_back ──► taken_back            Deleted in Xero. Sent again when somebody pushes or confirms it; an edit does
    #                                     not send it.
    # A wish to take back is done at once or, where Xero cannot be reached, by the next run: it never lies in wait.
    trial = fields.Selection(
        [("draft", "Made as a draft"), ("approve", "To be approved"), ("take_back", "Taken back")], readonly=True
    )
    taken_back = fields.Boolean(compute="_compute_taken_back", store=True)
    reissue = fields.Integer(readonly=True, help="How often this number was used up by voided invoices in Xero.")
    attempts = fields.Integer(readonly=True)
    next_try = fields.Datetime(readonly=True)
    depends_on_id = fields.Many2one("xero.binding", readonly=True, index="btree_not_null", ondelete="set null")
    candidate_ids = fields.Many2many("xero.contact", readonly=True, string="Possible Contacts")

    _record_unique = models.Constraint(
        "UNIQUE (connection_id, res_model, res_id, role)", "This record is already linked to Xero."
    )
    _xero_unique = models.UniqueIndex(
        "(connection_id, xero_type, xero_id) WHERE xero_id IS NOT NULL",
        "This Xero record is already linked to another Odoo record.",
    )
    _record_index = models.Index("(res_model, res_id)")

    @api.depends("xero_type", "xero_subtype", "role")
    @api.depends_context("lang")
    def _compute_xero_kind(self):
        """What a bookkeeper calls such a record; Xero's API has one name for invoices and bills."""
        names = {
            "Contact": self.env._("Contact"),
            "Invoice": self.env._("Invoice"),
            "CreditNote": self.env._("Credit note"),
            "Payment": self.env._("Payment"),
            "Allocation": self.env._("Allocation"),
            "ManualJournal": self.env._("Manual journal"),
            "TaxRate": self.env._("Tax rate"),
            "Currency": self.env._("Currency"),
        }
        for binding in self:
            name = names.get(binding.xero_type, binding.xero_type)
            if binding.xero_type == "Invoice" and binding.xero_subtype == "ACCPAY":
                name = self.env._("Bill")
            if binding.role.startswith("write_off"):
                name = self.env._("%s for a write-off", name)
            binding.xero_kind = name

    @api.depends("trial", "xero_status")
    def _compute_taken_back(self):
        for binding in self:
            binding.taken_back = binding.trial == "take_back" and binding.xero_status in ENDED

    @api.depends("xero_id", "xero_type", "xero_subtype", "connection_id.short_code")
    def _compute_xero_url(self):
        host = self.env["xero.connection"]._host("web_url")
        for binding in self:
            binding.xero_url = binding.xero_id and deep_link(
                host,
                binding.connection_id.short_code,
                binding.xero_type,
                binding.xero_id,
                binding.xero_subtype or None,
            )

    @api.depends("reason")
    def _compute_reason_id(self):
        for binding in self:
            binding.reason_id = self.env["xero.reason"]._of(binding.reason)

    @api.model
    def _retry_blocked(self, companies, reasons=None):
        """Mark the records that were held for one of ``reasons`` (all held ones, when none are given).

        With reasons given, those that Xero refused for them are marked too: a mapping was changed.

        Only marks are written: business transactions never touch a binding.
        """
        bindings = self.sudo().search(
            [
                ("company_id", "in", companies.root_id.ids),
                ("state", "in", ("blocked", "failed") if reasons else ("blocked",)),
                *(Domain.OR([("reasons", "like", reason)] for reason in reasons) if reasons else []),
            ]
        )
        bindings._mark()

    def _mark(self, push=None):
        """Mark the records of these bindings, so that the engine looks at them again."""
        by_model = {}
        for binding in self:
            ids = by_model.setdefault(binding.res_model, {}).setdefault(binding.company_id.id, [])
            ids.append(binding.res_id)
        for res_model, ids_by_company in by_model.items():
            self.env["xero.mark"]._put(res_model, ids_by_company, push=push)

    def action_retry(self):
        """Have the engine look at these records again, and at what they wait for."""
        self.check_access("read")
        if not self:
            raise UserError(self.env._("There is nothing to retry here."))
        for connection in self.connection_id:
            if not connection.active or connection.state == "draft":
                raise UserError(
                    self.env._("%s is not connected to Xero: open the connection and press Connect.", connection.name)
                )
        lacking = self.sudo().search(
            [
                ("connection_id", "in", self.connection_id.ids),
                ("res_model", "in", ("account.tax", "xero.tax.combination", "res.currency")),
                ("state", "in", ("failed", "blocked")),
            ]
        )
        records = self.sudo() | lacking
        if len({(binding.res_model, binding.res_id) for binding in self}) == 1:
            records._mark()
            self.connection_id._wake()
            return self.connection_id[:1]._notice(
                self.env._("%s will be sent again within seconds.", self[0].res_name), "info"
            )
        pushes = self.env["xero.push"]
        for connection, bindings in records.grouped("connection_id").items():
            # A settlement may have several links: it is one record all the same.
            ids = {
                model: list(dict.fromkeys(found.mapped("res_id")))
                for model, found in bindings.grouped("res_model").items()
            }
            count = sum(map(len, ids.values()))
            push = pushes._start(connection, self.env._("Retry of %s records", count), ids)
            bindings._mark(push=push)
            pushes |= push
        return pushes._notice()

    def action_exclude(self):
        """Leave these records alone from now on; what is in Xero stays there."""
        self.check_access("read")
        bindings = self.sudo().filtered(lambda binding: binding.state != "in_flight")
        bindings.write({"state": "excluded", "message": False, "reason": False})
        # What waited for these waits for nothing now, or for somebody who includes them.
        self.sudo().search([("depends_on_id", "in", bindings.ids), ("state", "=", "blocked")])._mark()

    def action_include(self):
        """Take excluded records up again."""
        self.check_access("read")
        bindings = self.sudo().filtered(lambda binding: binding.state == "excluded")
        for binding in bindings:
            binding.state = "synced" if binding.xero_id else "new"
        (bindings | self.sudo().search([("depends_on_id", "in", bindings.ids)]))._mark()

    def action_open_record(self):
        """Open the Odoo record of this link."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_open_in_xero(self):
        """Open the Xero record in Xero."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.xero_url, "target": "new"}

    def action_fix(self):
        """Open the screen where what this record is held for can be mended."""
        self.ensure_one()
        return self.reason_id._fix_action(self.connection_id, self.res_model, self.res_id) or self._elsewhere_action()

    def _elsewhere_action(self):
        """Open what has no screen of ours to mend it: what it waits for, in Xero where Xero has it, else the record."""
        if self.reason == "document" and self.depends_on_id:
            return self.depends_on_id.action_open_record()
        is_settlement = self.res_model == "xero.settlement"
        settlement = self.env["xero.settlement"].browse(is_settlement and self.res_id).exists()
        in_xero = next((record for record in (self, settlement) if record.xero_url), None)
        if self.reason_id.fix == "xero" and in_xero:
            return in_xero.action_open_in_xero()
        return settlement.action_open_document() if settlement._documents() else self.action_open_record()

    @api.model
    def _states_of(self, res_model, ids):
        """Return dict of record id → (state, binding id) for a whole list in one query."""
        if not ids:
            return {}
        self.flush_model()
        shown = self._shown_states(res_model, tuple(ids))
        return {res_id: (state, binding_id) for res_id, state, binding_id in self.env.execute_query(shown)}

    @api.model
    def _shown_states(self, res_model, ids=None):
        """Return the query of (record id, state, binding id) of what users of the current companies see.

        :param ids: tuple of record ids, or the query of them; all when none is given

        The newest connection's link counts; of several, the one that most needs a person. ``to_sync`` wins where a mark
        waits, unless the record is excluded.
        """
        companies = tuple(self.env.companies.root_id.ids) or (0,)
        among = SQL("AND res_id IN %s", ids) if ids else SQL()
        return SQL(
            """
            SELECT COALESCE(binding.res_id, mark.res_id) AS res_id,
                   CASE WHEN binding.state = 'excluded' THEN 'excluded'
                        WHEN mark.res_id IS NOT NULL OR binding.next_try IS NOT NULL
                             OR binding.state IN ('new', 'in_flight') THEN 'to_sync'
                        WHEN binding.state = 'synced' AND binding.xero_status IN ('VOIDED', 'DELETED') THEN 'ended'
                        ELSE binding.state END AS state,
                   binding.id AS binding_id
              FROM (SELECT DISTINCT ON (res_id) id, res_id, state, next_try, xero_status
                      FROM xero_binding
                     WHERE res_model = %(model)s AND role IN %(roles)s AND company_id IN %(companies)s
                       AND taken_back IS NOT TRUE
                       AND connection_id IN (SELECT id FROM xero_connection WHERE active) %(among)s
                     ORDER BY res_id, connection_id DESC, array_position(%(worst_first)s, state::text),
                              COALESCE(xero_status IN ('VOIDED', 'DELETED'), FALSE), id DESC) binding
              FULL JOIN (SELECT DISTINCT res_id
                           FROM xero_mark
                          WHERE res_model = %(model)s AND company_id IN %(companies)s %(among)s) mark
                ON mark.res_id = binding.res_id
            """,
            model=res_model,
            roles=self.env[res_model]._xero_roles,
            worst_first=list(WORST_FIRST),
            companies=companies,
            among=among,
        )
