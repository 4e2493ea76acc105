import logging
import time
from contextlib import contextmanager
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ..sync.fault_words import fault_words
from ..sync.runner import Runner
from ..xero_api import oauth
from ..xero_api.errors import XeroError, XeroForbidden, XeroGrantLost, XeroUnauthorised
from .xero_reason import TO_FIX

_logger = logging.getLogger(__name__)


class XeroConnection(models.Model):
    """The work: what the cron calls, what the buttons do, and when Xero may be called again."""

    _inherit = "xero.connection"

    @contextmanager
    def _own_cursor(self, uid=SUPERUSER_ID):
        """Give an environment whose transaction is independent of ours and committed when the block ends well."""
        with self.env.registry.cursor() as cr:
            yield api.Environment(cr, uid, dict(self.env.context))

    # -- Running -----------------------------------------------------------------------------------------------

    def _run_sync(self):
        """Work for one slice (8 seconds at most); called by this connection's cron. Never raises for Xero's faults.

        Odoo calls a cron's method up to ten times in a row whatever the time left, hence the first check.
        """
        self.ensure_one()
        in_cron = bool(self.env.context.get("ir_cron_progress_id"))
        if in_cron and self.env.context.get("cron_end_time", float("inf")) < time.monotonic():
            self._wake()
            return
        result = Runner(self).run()
        if in_cron:
            self.env["ir.cron"]._commit_progress(result.done, remaining=result.remaining)

    def _more_engines(self, work, outbox):
        """Return what other addons bring to Xero, after invoices and payments.

        Each has ``models`` (whose marked records it takes), ``resources`` (of Xero, whose open calls it settles),
        ``sync(ids, marks)``, ``adopt(request, elements)``, which looks up what a lost call did and returns the elements
        of which Xero has nothing, ``resolve(unresolved)``, and ``finish()`` for the end of a run, marks or not.
        """
        return []

    def _more_pulled(self):
        """Return what other addons read back from Xero: a dict of resource → ``Pulled`` (see ``sync/pull.py``)."""
        return {}

    def _trigger_at(self, moment):
        """Have the cron run at ``moment`` (naive UTC)."""
        self.sudo().cron_id._trigger(at=moment)

    def _wake(self):
        """Have the cron run as soon as this transaction is committed; asked once per transaction."""
        for connection in self.sudo().filtered(lambda c: c.state == "connected" and c.cron_id):
            woken = self.env.cr.precommit.data.setdefault("xero_connector.woken", set())
            if connection.id not in woken:
                woken.add(connection.id)
                connection.cron_id._trigger()

    def _mark_backlog(self):
        """Mark what was confirmed since *Export Documents From* and was never sent (see the field)."""
        for connection in self.filtered("export_from"):
            moves = (
                self.env["account.move"]
                .sudo()
                .search(
                    [
                        ("company_id", "child_of", connection.company_id.id),
                        ("state", "=", "posted"),
                        ("move_type", "in", connection._sent_move_types()),
                        ("invoice_date", ">=", connection.export_from),
                    ]
                )
            )
            sent = (
                self.env["xero.binding"]
                .sudo()
                .search(
                    [
                        ("connection_id", "=", connection.id),
                        ("res_model", "=", "account.move"),
                        ("res_id", "in", moves.ids),
                    ]
                )
            )
            unsent = moves - moves.browse(sent.mapped("res_id"))
            push = None
            if len(unsent) > 1:
                name = self.env._("Everything since %s", connection.export_from)
                push = self.env["xero.push"]._start(connection, name, {unsent._name: unsent.ids})
            unsent._xero_mark(push=push)

    # -- Buttons -----------------------------------------------------------------------------------------------

    def action_sync_now(self):
        """Start a run in the background at once and say so."""
        self.ensure_one()
        self._check_connected()
        self._write_run_facts({"next_try": False, "documents_read_at": False})
        self._wake()
        return self._notice(self.env._("Synchronisation with %s is starting.", self.organisation_name), "info")

    def action_test_connection(self):
        """Ask Xero for the organisation, read-only, and tell in words what is wrong if anything is."""
        self.ensure_one()
        if not self.tenant_id:
            raise UserError(self.env._("Not connected yet: press Connect first."))
        problem = False
        missing = ", ".join(self._missing_scopes())
        scope_problem = missing and self.env._(
            "The sign-in lacks a permission (scope): %s. Press Connect and allow access again.", missing
        )
        try:
            organisation = self._client().organisation()
        except XeroGrantLost:
            problem = self.env._(
                "Xero ended the access, or the client secret is wrong. Press Connect to sign in again."
            )
        except XeroUnauthorised:
            problem = scope_problem or self.env._(
                "Xero does not accept the sign-in (credentials). Press Connect to sign in again."
            )
        except XeroForbidden as error:
            problem = self.env._(
                "The organisation is no longer connected to this app, or the sign-in lacks a permission (scope): "
                "%s. Press Connect and allow access again.",
                error,
            )
        except XeroError as error:
            problem = self.env._(
                "Xero could not be asked: %s. Try again in a few minutes.", fault_words(self.env, error)
            )
        problem = problem or scope_problem
        if problem:
            return self._notice(problem, "danger")
        return self._notice(
            self.env._(
                "Connected to %(name)s (%(currency)s).",
                name=organisation["Name"],
                currency=organisation["BaseCurrency"],
            ),
            "success",
        )

    def action_refresh_references(self):
        """Read accounts, tax rates, currencies and the organisation from Xero now."""
        self.ensure_one()
        self._check_connected()
        result = Runner(self).run(only="references")
        if result.busy:
            self._wake()
            return self._notice(self.env._("A run is under way; it will refresh the lists too."), "info")
        if result.problem:
            return self._notice(result.problem, "danger")
        return self._notice(self.env._("Accounts, tax rates and currencies are up to date."), "success", reload=True)

    def action_pause(self):
        """Put the connection on hold; what changes meanwhile is kept and sent on resume."""
        for connection in self:
            if connection.state != "connected":
                raise UserError(self.env._("Only a connected organisation can be paused."))
            connection.state = "paused"

    def action_resume(self):
        """Go on after a pause and send what changed meanwhile."""
        for connection in self:
            if connection.state != "paused":
                raise UserError(self.env._("This connection is not paused."))
            connection.state = "connected"
        self._wake()
        waiting = sum(self.mapped("pending_count"))
        if not waiting:
            return self._notice(self.env._("Resumed. Nothing has to be sent."), "success", reload=True)
        return self._notice(self.env._("Resumed: %s records are sent now.", waiting), "success", reload=True)

    def action_open_bindings(self):
        """Open the synced records of this connection, filtered by the state in the context."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector.xero_binding_action")
        state = self.env.context.get("xero_state")
        action["domain"] = [("connection_id", "=", self.id), ("reason", "not in", ["date"])]
        action["context"] = {f"search_default_{state}": 1} if state else {}
        return action

    def action_open_to_fix(self):
        """Open what of this connection is refused or held."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector.xero_binding_to_fix_action")
        context = {"search_default_group_reason": 1, "xero_connection_id": self.id}
        return {**action, "domain": [("connection_id", "=", self.id), *TO_FIX], "context": context}

    def _check_connected(self):
        self.check_access("read")
        if self.state != "connected":
            states = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(name)s: %(state)s. Open the connection to go on.", name=self.name, state=states[self.state]
                )
            )

    def _notice(self, message, notice_type, reload=False):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": notice_type,
                "sticky": notice_type in ("danger", "warning"),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"} if reload else False,
            },
        }

    # -- Facts that the runner keeps ---------------------------------------------------------------------------

    def _write_run_facts(self, values):
        """Keep what a run learned, in a transaction of its own.

        By SQL and without a lock held over anything else, so that an administrator who edits the connection at
        the same time neither waits nor loses: these columns belong to the runner.
        """
        if not values:
            return
        self.ensure_one()
        allowed = {
            "next_try",
            "failures",
            "last_sync",
            "last_error",
            "day_calls_remaining",
            "day_calls_at",
            "contacts_refreshed_at",
            "contacts_modified_since",
            "references_refreshed_at",
            "documents_read_at",
            "pull_progress",
        }
        if not values.keys() <= allowed:
            raise ValueError(f"not a fact of a run: {values.keys() - allowed}")
        columns = ", ".join(f'"{name}" = %s' for name in values)
        row = [value if value is not False else None for value in values.values()]
        for last_try in (False, False, False, False, True):
            try:
                with self._own_cursor() as env:
                    env.cr.execute(
                        f"UPDATE xero_connection SET {columns} WHERE id = %s", [*row, self.id], log_exceptions=last_try
                    )
                break
            except SerializationFailure:
                # An administrator saved the connection while we waited for its row: once more, on what they saved.
                if last_try:
                    raise
        self.invalidate_recordset(list(values))

    def _postpone(self, seconds, reason):
        """Do not call Xero for ``seconds``; the cron goes on by itself afterwards."""
        moment = fields.Datetime.now() + timedelta(seconds=max(int(seconds), 1))
        self._write_run_facts({"next_try": moment, "last_error": reason})
        with self._own_cursor() as env:
            env["xero.connection"].browse(self.id)._trigger_at(moment)

    def _still_granted(self):
        """Whether Xero still lists our organisation for this sign-in; ``None`` if that could not be asked."""
        try:
            granted = oauth.connections(self._host("api_url"), self._access_token())
        except XeroGrantLost:
            return False
        except XeroError as error:
            _logger.info("Xero connections of %s could not be listed: %s", self.code, error)
            return None
        return self.tenant_id in {item["tenantId"] for item in granted}

    def _trigger_later(self, seconds):
        """Have the cron run in ``seconds``, whatever becomes of the transaction under way."""
        with self._own_cursor() as env:
            connection = env["xero.connection"].browse(self.id)
            if seconds:
                connection._trigger_at(fields.Datetime.now() + timedelta(seconds=seconds))
            else:
                connection._wake()
