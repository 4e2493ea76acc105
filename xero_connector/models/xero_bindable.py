from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..sync.runner import Runner

SYNC_STATES = [
    ("to_sync", "Waiting"),
    ("synced", "In Xero"),
    ("ended", "Voided"),
    ("failed", "Refused"),
    ("blocked", "Held"),
    ("excluded", "Excluded"),
]
# Payments and allocations are removed there, not voided.
SETTLEMENT_STATES = [(state, "Removed" if state == "ended" else name) for state, name in SYNC_STATES]


class XeroBindable(models.AbstractModel):
    """What every record that has a twin in Xero shares: its link, its state and its buttons.

    Reading the link is for users with Xero rights only; marking happens for everybody, in plain SQL, so that an
    invoicing user without Xero rights works as before and their invoices still reach Xero.
    """

    _name = "xero.bindable"
    _description = "Record with a Twin in Xero"
    # The roles of the links that tell what a record's state is; see ``role`` of ``xero.binding``.
    _xero_roles = ("main",)

    xero_binding_ids = fields.One2many(
        "xero.binding",
        "res_id",
        domain=lambda self: [("res_model", "=", self._name), ("role", "in", self._xero_roles)],
        string="Xero Links",
        groups="xero_connector.group_xero_user",
    )
    xero_sync_state = fields.Selection(
        SYNC_STATES,
        string="Xero",
        compute="_compute_xero_sync_state",
        search="_search_xero_sync_state",
        groups="xero_connector.group_xero_user",
    )
    xero_message = fields.Text(compute="_compute_xero_details", groups="xero_connector.group_xero_user")
    xero_warning = fields.Text(compute="_compute_xero_details", groups="xero_connector.group_xero_user")
    xero_number = fields.Char(compute="_compute_xero_details", groups="xero_connector.group_xero_user")
    xero_url = fields.Char("Xero Link", compute="_compute_xero_details", groups="xero_connector.group_xero_user")

    # -- What each bound model says ----------------------------------------------------------------------------

    def _xero_company_ids(self):
        """Return dict of root company id → ids of these records, as marks want them."""
        raise NotImplementedError(f"{self._name} must say which company a record belongs to")

    def _xero_push_problem(self):
        """Return why this record cannot be pushed at all, or an empty text."""
        return ""

    # -- State -------------------------------------------------------------------------------------------------

    @api.depends_context("allowed_company_ids")
    def _compute_xero_sync_state(self):
        states = self.env["xero.binding"].sudo()._states_of(self._name, self._ids_in_database())
        for record in self:
            record.xero_sync_state = states.get(record._origin.id, (False, None))[0]

    @api.depends_context("allowed_company_ids")
    def _compute_xero_details(self):
        states = self.env["xero.binding"].sudo()._states_of(self._name, self._ids_in_database())
        bindings = self.env["xero.binding"].sudo().browse(filter(None, (state[1] for state in states.values())))
        by_id = {binding.id: binding for binding in bindings}
        for record in self:
            binding = by_id.get(states.get(record._origin.id, (False, None))[1], bindings.browse())
            held = binding.state in ("failed", "blocked")
            record.xero_message = held and binding.message
            record.xero_warning = binding.state == "synced" and binding.warning
            record.xero_number = binding.xero_number
            record.xero_url = binding.xero_url

    def _ids_in_database(self):
        return [record_id for record_id in self._origin.ids if record_id]

    @api.model
    def _search_xero_sync_state(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        self.env["xero.binding"].flush_model()
        shown = self.env["xero.binding"]._shown_states(self._name)
        states = tuple(state for state in value if state)
        domain = [("id", "in", SQL("SELECT res_id FROM (%s) shown WHERE state IN %s", shown, states or ("",)))]
        if False in value:
            domain = ["|", *domain, ("id", "not in", SQL("SELECT res_id FROM (%s) shown", shown))]
        return ["!", *domain] if operator == "not in" else domain

    # -- Marks -------------------------------------------------------------------------------------------------

    def _xero_mark(self, push=None, known=False, as_draft=False):
        """Mark these records in the transaction under way; no HTTP, and no binding is touched.

        :param known: only those that Xero has or is to get
        :param as_draft: what Xero does not have yet is made as a draft there
        """
        if not self:
            return []
        marks = self.env["xero.mark"].sudo()
        return marks._put(self._name, self._xero_company_ids(), push=push, known=known, as_draft=as_draft)

    # -- Buttons -----------------------------------------------------------------------------------------------

    def action_push_to_xero(self):
        """Send these records to Xero.

        One record is sent while the user waits, if this transaction has changed nothing (no HTTP happens in a
        transaction that holds business changes); several go in the background, with a closing notice.

        :raises UserError: no connection in use, no rights, or a record that cannot be pushed at all
        """
        self.check_access("read")
        self._check_xero_user()
        if not self:
            raise UserError(self.env._("Select at least one record to push."))
        connections = self._xero_push_connections()
        if len(self) == 1:
            problem = self._xero_push_problem()
            if problem:
                raise UserError(problem)
            return self._xero_push_one(connections)
        return self._xero_push_many(connections)

    def _check_xero_user(self):
        if not self.env.user.has_group("xero_connector.group_xero_user"):
            raise UserError(self.env._("Ask an administrator for the right Xero / User to push records."))

    def _xero_push_connections(self):
        """Return the connection of each root company among these records, all in use."""
        connections = self.env["xero.connection"].sudo()
        for company in self.env["res.company"].browse(self._xero_company_ids()):
            connection = connections._for_company(company)
            if not connection or connection.state == "draft":
                raise UserError(
                    self.env._(
                        "%s is not connected to Xero. An administrator can connect it under Settings → Invoicing → "
                        "Xero.",
                        company.name,
                    )
                )
            if connection.state == "expired":
                raise UserError(
                    self.env._("Xero ended the access to %s. Open the connection and press Connect.", connection.name)
                )
            if connection.state == "paused":
                raise UserError(self.env._("The connection %s is paused. Resume it first.", connection.name))
            connections |= connection
        return connections

    def _xero_push_one(self, connection):
        self.env.flush_all()
        self.env.cr.execute("SELECT pg_current_xact_id_if_assigned() IS NULL")
        clean = self.env.cr.fetchone()[0]
        mark_ids = [] if clean else self._xero_mark()
        runner = Runner(connection)
        # The engine works on a cursor of its own: it can act for us only if it sees all that we see, which is so
        # when we wrote nothing, or when our mark is visible to it.
        if not clean and not runner.sees_marks(mark_ids):
            return connection._notice(
                self.env._("%s is queued and will be in Xero within seconds.", self.display_name), "info"
            )
        result = runner.run(records=self, for_person=True)
        if result.busy or result.problem:
            if clean:
                self._xero_mark()
            text = result.problem or self.env._("Another run is under way.")
            return connection._notice(
                self.env._("%(name)s is queued: %(reason)s", name=self.display_name, reason=text), "warning"
            )
        outcome = result.outcomes.get((self._name, self.id))
        return self._xero_outcome_notice(connection, outcome)

    def _xero_outcome_notice(self, connection, outcome):
        state, message = outcome or ("none", "")
        if state == "synced":
            text, kind = self.env._("%s is in Xero.", self.display_name), "success"
            if message:
                text, kind = f"{text} {message}", "warning"
        elif state == "to_sync":
            text, kind = self.env._("%s is queued and will be in Xero within seconds.", self.display_name), "info"
        elif state == "ended":
            text, kind = self.env._("%s is voided in Xero.", self.display_name), "success"
        elif state == "none":
            text, kind = self.env._("%s is not in Xero, and there is nothing to send.", self.display_name), "info"
        elif state == "excluded":
            text, kind = self.env._("%s is excluded from Xero.", self.display_name), "warning"
        else:
            text, kind = (
                self.env._("%(name)s is not in Xero: %(reason)s", name=self.display_name, reason=message),
                "danger",
            )
        return connection._notice(text, kind, reload=True)

    def _xero_push_many(self, connections):
        skipped = self.filtered(lambda record: record._xero_push_problem())
        ready = self - skipped
        if not ready:
            problems = {record._xero_push_problem() for record in skipped}
            raise UserError("\n".join(sorted(problems)[:5]))
        by_company = ready._xero_company_ids()
        pushes = self.env["xero.push"]
        for connection in connections:
            ids = by_company.get(connection.company_id.id)
            if not ids:
                continue
            push = pushes._start(connection, self._xero_push_name(len(ids)), {self._name: ids})
            pushes |= push
            self.browse(ids)._xero_mark(push=push)
        return pushes._notice(len(skipped))

    def _xero_push_name(self, count):
        """Return what a push of so many selected records is called on the screens."""
        return self.env._("%s selected records", count)

    def action_open_in_xero(self):
        """Open the twin of this record in Xero.

        :raises UserError: the record is not in Xero
        """
        self.ensure_one()
        if not self.xero_url:
            raise UserError(self.env._("%s is not in Xero yet.", self.display_name))
        return {"type": "ir.actions.act_url", "url": self.xero_url, "target": "new"}

    def action_xero_history(self):
        """Show every call to Xero that this record was part of."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector.xero_request_action")
        action["domain"] = [("binding_ids", "in", self.xero_binding_ids.ids)]
        action["context"] = {}
        return action
