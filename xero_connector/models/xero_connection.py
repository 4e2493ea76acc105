from itertools import count

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .write_only import write_only
from .xero_binding import ADDED

# The states in which a connection owns its company: a second one may be prepared, not used.
IN_USE = ("connected", "paused", "expired")


class XeroConnection(models.Model):
    """One Xero organisation for one root company; branches use their root's connection.

    States::

        draft ──sign-in──► connected ◄──resume── paused
          ▲                 │  ▲  └────pause──────►│
          │                 │  └──sign-in──┐
          └──disconnect─────┴─────────► expired   (Xero ended the access)

    Marks are kept in every state once an organisation was chosen, so that what changed meanwhile is sent when the
    connection is back. This file holds the connection itself; ``xero_connection_documents`` how documents are sent,
    ``xero_connection_oauth`` the access, ``xero_connection_sync`` the work and ``xero_connection_alerts`` who else is
    told of errors.
    """

    _name = "xero.connection"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Xero Connection"
    _order = "company_id, name"
    _check_company_auto = True

    name = fields.Char(required=True, default="Xero", copy=False)
    code = fields.Char(
        required=True, copy=False, default=lambda self: self._default_code(), help="A short unique key for scripts."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company.root_id, tracking=True
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    responsible_id = fields.Many2one(
        "res.users",
        default=lambda self: self.env.user,
        help="Who is asked to sign in again when Xero ends the access.",
    )
    client_id = fields.Char("Client ID", copy=False)
    client_secret = fields.Char("Stored Client Secret", copy=False, groups="base.group_system")
    new_client_secret = write_only("client_secret", "Client Secret")
    has_client_secret = fields.Boolean(compute="_compute_has_client_secret", compute_sudo=True)
    redirect_uri = fields.Char("Redirect URI", compute="_compute_redirect_uri")
    state = fields.Selection(
        [("draft", "Not connected"), ("connected", "Connected"), ("paused", "Paused"), ("expired", "Sign in again")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    state_message = fields.Char("Attention", readonly=True, copy=False)

    # What Xero says of the organisation
    tenant_id = fields.Char("Organisation ID", readonly=True, copy=False)
    tenant_connection_id = fields.Char(readonly=True, copy=False)
    organisation_name = fields.Char("Organisation", readonly=True, copy=False)
    organisation_currency = fields.Char("Base Currency", readonly=True, copy=False)
    organisation_country = fields.Char("Country", readonly=True, copy=False)
    organisation_class = fields.Char("Plan", readonly=True, copy=False)
    short_code = fields.Char(readonly=True, copy=False)
    is_demo = fields.Boolean("Demo Company", readonly=True, copy=False)
    period_lock_date = fields.Date(readonly=True, copy=False)
    end_of_year_lock_date = fields.Date(readonly=True, copy=False)

    export_from = fields.Date(
        "Export Documents From",
        help="Documents dated before this day are left alone. With a date, what is already confirmed since then is "
        "sent too; left empty, only what is confirmed or pushed from now on.",
    )
    realtime = fields.Boolean(
        "Send at Once", default=True, help="Send within seconds of a change, in addition to the regular run."
    )
    contact_updates = fields.Boolean("Update Contacts", default=True, help="Send changes of linked partners to Xero.")

    # Work
    cron_id = fields.Many2one("ir.cron", readonly=True, copy=False, groups="base.group_system")
    sync_interval = fields.Integer("Regular Run Every", default=15, required=True)
    next_sync = fields.Datetime(compute="_compute_next_sync", compute_sudo=True)
    last_sync = fields.Datetime(readonly=True, copy=False)
    last_error = fields.Char(readonly=True, copy=False)
    references_refreshed_at = fields.Datetime("Refreshed", readonly=True, copy=False)
    contacts_refreshed_at = fields.Datetime(readonly=True, copy=False)
    contacts_modified_since = fields.Datetime(readonly=True, copy=False)
    documents_read_at = fields.Datetime(readonly=True, copy=False)
    pull_progress = fields.Json(readonly=True, copy=False, help="How far changes were read; see ``sync/pull.py``.")
    next_try = fields.Datetime(readonly=True, copy=False, help="Xero is not called before this moment.")
    failures = fields.Integer(readonly=True, copy=False, help="Passing faults in a row.")
    day_calls_remaining = fields.Integer("Calls Left as Xero Said", default=-1, readonly=True, copy=False)
    day_calls_at = fields.Datetime(readonly=True, copy=False)
    day_reserve = fields.Integer(
        "Calls Kept for People",
        default=100,
        help="Background work stops when only this many of today's calls are left; buttons go on working.",
    )
    pending_count = fields.Integer("Waiting", compute="_compute_counts")
    failed_count = fields.Integer("Refused", compute="_compute_counts")
    blocked_count = fields.Integer("Held", compute="_compute_counts")
    synced_count = fields.Integer("In Xero", compute="_compute_counts")

    _code_unique = models.Constraint("UNIQUE (code)", "Another Xero connection has this code.")
    _name_unique = models.Constraint("UNIQUE (name)", "Another Xero connection has this name.")
    _tenant_unique = models.UniqueIndex(
        "(tenant_id) WHERE tenant_id IS NOT NULL AND active",
        "This Xero organisation is already used by another connection.",
    )
    _one_in_use = models.UniqueIndex(
        "(company_id) WHERE active AND state IN ('connected', 'paused', 'expired')",
        "This company already has a Xero connection in use. Disconnect that one first.",
    )
    _interval_positive = models.Constraint("CHECK (sync_interval > 0)", "The frequency must be a minute or more.")

    @api.model
    def _default_code(self):
        taken = set(self.with_context(active_test=False).sudo().search([]).mapped("code"))
        return next(code for code in map("xero{}".format, count(1)) if code not in taken)

    @api.depends("client_id")
    def _compute_has_client_secret(self):
        for connection in self:
            connection.has_client_secret = bool(connection.client_secret)

    def _compute_redirect_uri(self):
        self.redirect_uri = f"{self.get_base_url()}/xero/oauth/callback"

    @api.depends("cron_id.nextcall", "next_try")
    def _compute_next_sync(self):
        for connection in self:
            moments = [connection.cron_id.nextcall, connection.next_try]
            connection.next_sync = max(filter(None, moments), default=False)

    @api.depends_context("uid")
    def _compute_counts(self):
        bindings = {
            (connection.id, state): count
            for connection, state, count in self.env["xero.binding"]._read_group(
                [
                    ("connection_id", "in", self.ids),
                    # Documents from before the export date are left alone: there is nothing to fix about them.
                    ("reason", "!=", "date"),
                    # Rates and currencies that were added count while there is something to fix about them.
                    "|",
                    ("state", "!=", "synced"),
                    ("xero_type", "not in", ADDED),
                ],
                ["connection_id", "state"],
                ["__count"],
            )
        }
        waiting = self.env["xero.mark"].sudo()._waiting(self.company_id)
        later = dict(
            self.env["xero.binding"]._read_group(
                [("connection_id", "in", self.ids), ("next_try", "!=", False)], ["connection_id"], ["__count"]
            )
        )
        for connection in self:
            marked = waiting.get(connection.company_id.id, 0) if connection.tenant_id else 0
            connection.pending_count = marked + later.get(connection, 0)
            connection.failed_count = bindings.get((connection.id, "failed"), 0)
            connection.blocked_count = bindings.get((connection.id, "blocked"), 0)
            connection.synced_count = bindings.get((connection.id, "synced"), 0)

    @api.constrains("company_id")
    def _check_root_company(self):
        for connection in self:
            if connection.company_id.parent_id:
                raise ValidationError(
                    self.env._(
                        "%(branch)s is a branch. Connect its main company %(root)s: branches use that connection.",
                        branch=connection.company_id.name,
                        root=connection.company_id.root_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        connections = super().create(vals_list)
        for connection in connections.sudo():
            self.env["xero.token"].sudo().create({"connection_id": connection.id})
            self.env["xero.connection.lock"].sudo().create({"connection_id": connection.id})
            connection.cron_id = connection._create_cron()
        return connections

    def _changing(self, vals, names):
        """Return those of ``names`` that ``vals`` gives another value: forms, and the settings above all, write all."""
        return {
            name
            for name in names & vals.keys()
            for connection in self
            if self._fields[name].convert_to_cache(vals[name], connection)
            != self._fields[name].convert_to_cache(connection[name], connection)
        }

    def write(self, vals):
        changing = self._changing(vals, {"sync_interval", "export_from"})
        if "company_id" in vals and self.filtered(lambda c: c.tenant_id and c.company_id.id != vals["company_id"]):
            raise UserError(
                self.env._("A connection that was used keeps its company. Create another connection instead.")
            )
        if "active" in vals and not vals["active"] and self.filtered(lambda c: c.state in IN_USE):
            raise UserError(self.env._("Disconnect from Xero before archiving the connection."))
        result = super().write(vals)
        if "sync_interval" in changing:
            for connection in self.sudo():
                if not connection.cron_id.try_lock_for_update(allow_referencing=True):
                    raise UserError(
                        self.env._("A run is under way: change the frequency when it has ended, in a few seconds.")
                    )
                connection.cron_id.interval_number = connection.sync_interval
        if "export_from" in changing:
            self.env["xero.binding"]._retry_blocked(self.company_id)
            self.filtered("tenant_id")._mark_backlog()
        return result

    def action_delete(self):
        """Delete this connection: its links, copies and history go, records on both sides stay.

        :return: the action of the overview
        :raises UserError: it is in use
        """
        self.ensure_one()
        self.unlink()
        return self.env["ir.actions.act_window"]._for_xml_id("xero_connector.xero_connection_action")

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_in_use(self):
        if self.filtered(lambda connection: connection.state in IN_USE):
            raise UserError(self.env._("Disconnect from Xero before deleting the connection."))

    def unlink(self):
        """Delete connections with their links, copies and history; records on both sides stay."""
        crons = self.sudo().cron_id
        companies = self.company_id
        # By the ORM, which also takes them out of the company-dependent mappings that the database cannot see into.
        for model in ("xero.account", "xero.tracking.option"):
            copies = self.env[model].sudo().with_context(active_test=False)
            copies.search([("connection_id", "in", self.ids)]).unlink()
        result = super().unlink()
        crons.unlink()
        orphans = companies.filtered(lambda company: not self._for_company(company))
        self.env["xero.mark"].sudo().search([("company_id", "in", orphans.ids)]).unlink()
        return result

    def action_set_up(self):
        """Open the assistant that leads from the sign-in to the first invoice in Xero.

        :return: an action
        :raises AccessError: the user does not administer this connection
        """
        self.ensure_one()
        return self.env["xero.setup"]._open(self)

    def _locked_up_to(self):
        """Return the last day that is locked in Xero, by either of its lock dates; nothing where none is."""
        self.ensure_one()
        return max(filter(None, (self.period_lock_date, self.end_of_year_lock_date)), default=False)

    def _create_cron(self):
        """Make the job of this connection; jobs of their own let connections run side by side."""
        self.ensure_one()
        return (
            self.env["ir.cron"]
            .sudo()
            .create(
                {
                    "name": f"Xero: {self.name}",
                    "user_id": self.env.ref("base.user_root").id,
                    "model_id": self.env["ir.model"]._get_id("xero.connection"),
                    "state": "code",
                    "code": f"model.browse({self.id})._run_sync()",
                    "interval_number": self.sync_interval,
                    "interval_type": "minutes",
                }
            )
        )

    @api.model
    def _for_company(self, company):
        """Return the connection that ``company`` (or its root) uses or last used; empty if it never had one."""
        found = self.sudo().search(
            [("company_id", "=", company.root_id.id), ("tenant_id", "!=", False)], order="id desc"
        )
        return found.filtered(lambda connection: connection.state in IN_USE)[:1] or found[:1]
