import threading
from contextlib import contextmanager
from datetime import timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import file_open, mute_logger

from xero_simulator import XeroSimulator

from .common import SIMULATED_HOSTS, XeroCase


class TestTokens(XeroCase):
    """Tokens are renewed without ever losing one, used for their own organisation alone, and seen by nobody."""

    def _token_calls(self):
        return [call for call in self.simulator.calls if call.path == "/connect/token"]

    def _accounting_calls(self):
        return [call for call in self.simulator.calls if call.tenant]

    # -- Renewing ---------------------------------------------------------------------------------------------------

    def test_a_token_about_to_end_is_renewed_before_the_call_and_the_new_one_kept(self):
        before = self.connection._token_row().refresh_token
        invoice = self.new_invoice()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=29)):
            self.run_sync()
        row = self.connection._token_row()
        self.assertEqual(len(self._token_calls()), 1)
        self.assertEqual(self._token_calls()[0].body_json["refresh_token"], before)
        self.assertNotEqual(row.refresh_token, before)
        living = self.simulator.oauth.refresh_tokens
        self.assertIsNone(living[row.refresh_token].replaced, "ours is the newest")
        self.assertIsNotNone(living[before].replaced)
        self.assertEqual({call.token for call in self._accounting_calls()}, {row.access_token})
        self.assertNotIn(401, [call.status for call in self.simulator.calls])
        self.assertTrue(self.organisation.invoice_by_number(invoice.name))

    def test_a_living_token_is_not_renewed(self):
        self.new_invoice()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=27)):
            self.run_sync()
        self.assertFalse(self._token_calls())

    def test_a_token_that_xero_ended_early_is_renewed_once_and_the_call_repeated(self):
        self.simulator.fault("expire_token", match="PUT /Invoices")
        invoice = self.new_invoice()
        self.run_sync()
        self.assertEqual(len(self._token_calls()), 1)
        self.assertEqual(len(self.organisation.invoices), 1)
        self.assertEqual(invoice.xero_sync_state, "synced")

    def test_a_lost_answer_of_a_renewal_loses_nothing(self):
        """Xero has made new tokens that we never saw; the old one still works for half an hour."""
        invoice = self.new_invoice()
        before = self.connection._token_row().refresh_token
        for minutes, fault in ((31, "drop_after"), (34, "truncate"), (37, "garbage")):
            fault = self.simulator.fault(fault, match="POST /connect/token")
            with freeze_time(fields.Datetime.now() + timedelta(minutes=minutes)):
                self.run_sync()
                self.assertEqual((fault.hits, self.connection.state), (1, "connected"))
                self.assertTrue(self.connection.next_try)
                self.assertEqual(self.connection._token_row().refresh_token, before)
        with freeze_time(fields.Datetime.now() + timedelta(minutes=40)):
            self.run_sync()
            self.assertEqual(invoice.xero_sync_state, "synced")
            self.assertNotEqual(self.connection._token_row().refresh_token, before)

    def test_an_outage_of_the_sign_in_service_is_no_end_of_the_access(self):
        self.new_invoice()
        for options in ({"status": 503}, {"status": 429, "headers": {"Retry-After": "30"}}):
            self.simulator.fault("status", match="POST /connect/token", **options)
            self.connection.action_sync_now()
            with freeze_time(fields.Datetime.now() + timedelta(minutes=31)):
                self.run_sync()
            self.assertEqual(self.connection.state, "connected")
            self.assertTrue(self.connection.next_try)

    # -- Whose token ------------------------------------------------------------------------------------------------

    def test_two_connections_by_turns_never_send_each_others_token(self):
        company = self.env["res.company"].create({"name": "Harbour", "currency_id": self.company.currency_id.id})
        self.env.user.company_ids |= company
        other_org = self.simulator.add_organisation("Harbour & Sons", currency=self.company.currency_id.name)
        other = self._connect(other_org, app=self.simulator.add_app(), name="Other", code="other",
                              company_id=company.id)  # fmt: skip
        self.simulator.calls.clear()
        for turn in range(4):
            for connection in (self.connection, other):
                if turn == 2:
                    connection._access_token(renew=True, failed=connection._token_row().access_token)
                connection.action_refresh_references()
        pairs = {(call.tenant, call.token) for call in self._accounting_calls()}
        self.assertEqual(len(self._accounting_calls()), 40)
        self.assertEqual(len(pairs), 4, "two organisations, each with its token before and after renewing")
        owners = {call.token: call.tenant for call in self._accounting_calls()}
        self.assertEqual(len(owners), 4, "no token served two organisations")
        self.assertEqual({call.status for call in self._accounting_calls()}, {200})

    # -- Copies of the database -------------------------------------------------------------------------------------

    def _assert_never_calls(self):
        self.simulator.calls.clear()
        with freeze_time(fields.Datetime.now() + timedelta(minutes=31)):
            self.run_sync(times=2)
            for method in ("action_test_connection", "action_refresh_references", "_granted_organisations"):
                try:
                    getattr(self.connection, method)()
                except UserError as error:
                    self.assertRegex(str(error), "copy|not connected|Not connected")
        self.assertFalse(self.simulator.calls)

    def test_a_copy_of_the_database_never_uses_the_originals_access(self):
        invoice = self.new_invoice()
        parameters = self.env["ir.config_parameter"].sudo()
        original = parameters.get_param("database.uuid")
        before = self.connection._token_row().refresh_token
        parameters.set_param("database.uuid", "a-copy")
        self._assert_never_calls()
        self.assertIn("copy", self.connection.last_error)
        self.assertEqual(invoice.xero_sync_state, "to_sync")
        kind = self.connection.action_disconnect()["params"]["type"]
        self.assertEqual(kind, "warning")
        self.assertFalse(self.simulator.calls, "disconnecting the copy must not cut off the original")
        self.assertIsNone(self.simulator.oauth.refresh_tokens[before].replaced)
        # A sign-in of its own makes the copy independent.
        self.connection._keep_grant(self.simulator.grant(self.app, [self.organisation]))
        self.connection._choose_organisation(self.connection._granted_organisations()[0])
        self.run_sync()
        self.assertTrue(self.organisation.invoice_by_number(invoice.name))
        parameters.set_param("database.uuid", original)

    def test_neutralising_wipes_every_access_and_stops_every_call(self):
        self.new_invoice()
        self.connection._new_oauth_state()
        self.env.flush_all()
        with file_open("xero_connector/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", True)
        self.env.invalidate_all()
        self.env.cr.execute("SELECT * FROM xero_token")
        for row in self.env.cr.dictfetchall():
            kept = {name for name, value in row.items() if value}
            self.assertFalse(kept - {"id", "connection_id", "scope", "create_uid", "create_date", "write_uid",
                                     "write_date"})  # fmt: skip
        self.env.cr.execute("SELECT DISTINCT client_secret, state FROM xero_connection")
        self.assertEqual(self.env.cr.fetchall(), [(None, "draft")])
        self.assertFalse(self.waiting_marks())
        self._assert_never_calls()
        # Not even what is put back by hand makes a neutralised copy talk.
        self.connection.new_client_secret = self.app.client_secret
        with self.assertRaisesRegex(UserError, "neutralised copy"):
            self.connection.action_connect()
        self.connection._keep_grant(self.simulator.grant(self.app, [self.organisation]))
        self.connection.state = "connected"
        self.new_invoice(self.new_partner("Later"))
        self._assert_never_calls()
        self.connection.action_disconnect()
        self.assertFalse(self.simulator.calls)

    # -- Who sees secrets -------------------------------------------------------------------------------------------

    def test_no_user_but_the_system_administrator_reads_a_secret_by_any_way(self):
        self.env.flush_all()
        row = self.connection._token_row()
        secrets = (self.app.client_secret, row.access_token, row.refresh_token)
        for login, groups in (
            ("invoicing", "account.group_account_invoice"),
            ("xero_user", "xero_connector.group_xero_user"),
            ("xero_admin", "xero_connector.group_xero_manager,account.group_account_manager"),
        ):
            user = new_test_user(
                self.env,
                login,
                f"base.group_user,base.group_allow_export,{groups}",
                company_id=self.company.id,
                company_ids=self.company.ids,
            )
            env = self.env(user=user)
            token, connection = env["xero.token"].browse(row.id), env["xero.connection"].browse(self.connection.id)
            attempts = {
                "token read": lambda token=token: token.read(),
                "token field": lambda token=token: token.access_token,
                "token search": lambda env=env: env["xero.token"].search([("refresh_token", "!=", False)]),
                "token list": lambda env=env: env["xero.token"].search_read([]),
                "token group": lambda env=env: env["xero.token"]._read_group([], ["refresh_token"]),
                "token export": lambda token=token: token.export_data(["access_token"]),
                "token web": lambda token=token: token.web_read({"refresh_token": {}}),
                "token write": lambda token=token: token.write({"access_token": "mine"}),
                "read": lambda connection=connection: connection.read(["client_secret"]),
                "field": lambda connection=connection: connection.client_secret,
                "search": lambda env=env: env["xero.connection"].search([("client_secret", "=like", "%")]),
                "count": lambda env=env: env["xero.connection"].search_count([("client_secret", "!=", False)]),
                "order": lambda env=env: env["xero.connection"].search([], order="client_secret").ids,
                "group": lambda env=env: env["xero.connection"]._read_group([], ["client_secret"]),
                "formatted group": lambda env=env: env["xero.connection"].formatted_read_group(
                    [], ["client_secret"], ["__count"]
                ),
                "export": lambda connection=connection: connection.export_data(["client_secret"]),
                "web": lambda connection=connection: connection.web_read({"client_secret": {}}),
                "write": lambda connection=connection: connection.write({"client_secret": "mine"}),
                "path": lambda env=env: env["xero.account"].search([("connection_id.client_secret", "!=", False)]),
                "path export": lambda env=env: (
                    env["xero.account"].search([], limit=1).export_data(["connection_id/client_secret"])
                ),
                "company": lambda env=env: env["res.company"].search(
                    [("xero_connection_ids.client_secret", "!=", False)]
                ),
            }
            for name, attempt in attempts.items():
                with (
                    self.subTest(user=login, way=name),
                    mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    attempt()
            self.env.invalidate_all()
            if login != "invoicing":
                everything = repr(connection.read()) + repr(connection.fields_get())
                self.assertNotIn("'client_secret'", everything)
                for secret in secrets:
                    self.assertNotIn(secret, everything)
                self.assertTrue(connection.has_client_secret)
                self.assertFalse(connection.new_client_secret)

    def test_secrets_are_in_no_message_request_or_chatter(self):
        self.new_invoice()
        self.simulator.fault("status", status=400, match="PUT /Invoices", body={"Message": "no"})
        self.run_sync()
        self.connection.new_client_secret = "another-secret"
        self.connection.action_disconnect()
        row = self.connection._token_row()
        told = repr(self.env["xero.request"].search([]).read()) + repr(self.connection.message_ids.read())
        told += repr(self.connection.read(["last_error", "state_message"]))
        for secret in (self.app.client_secret, "another-secret", *self.simulator.oauth.access_tokens,
                       *self.simulator.oauth.refresh_tokens):  # fmt: skip
            self.assertNotIn(secret, told)
        self.assertFalse(row.access_token)


@tagged("post_install", "-at_install")
class TestRenewedAtOnce(BaseCase):
    """Two renewals at once would end the access at Xero. Real transactions, since only those wait for a row."""

    def setUp(self):
        super().setUp()
        self.simulator = XeroSimulator().start()
        self.addCleanup(self.simulator.stop)
        organisation = self.simulator.add_organisation("Demo Company (UK)")
        app = self.simulator.add_app()
        self.registry = Registry(get_db_name())
        with self._env() as env:
            parameters = env["ir.config_parameter"]
            names = [f"xero_connector.{host}" for host in SIMULATED_HOSTS]
            before = {name: parameters.get_param(name) for name in names}
            for name in names:
                parameters.set_param(name, self.simulator.url)
            connection = env["xero.connection"].create(
                {"name": "At once", "code": "at_once", "client_id": app.client_id, "client_secret": app.client_secret}
            )
            connection._token_row().write(
                {**connection._token_values(self.simulator.grant(app, [organisation])), "scope": "x"}
            )
            self.connection_id = connection.id
        self.addCleanup(self._remove, before)

    @contextmanager
    def _env(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def _remove(self, parameters):
        with self._env() as env:
            env["xero.connection"].browse(self.connection_id).unlink()
            for name, value in parameters.items():
                env["ir.config_parameter"].set_param(name, value)

    def _row(self):
        with self._env() as env:
            return env["xero.connection"].browse(self.connection_id)._token_row().read()[0]

    def test_of_many_threads_one_renews_and_all_get_its_token(self):
        old = self._row()
        got, barrier = [], threading.Barrier(6)

        def renew():
            with self._env() as env:
                connection = env["xero.connection"].browse(self.connection_id)
                connection.read(["name"])  # A snapshot from before the renewal.
                barrier.wait(10)
                got.append(connection._access_token(renew=True, failed=old["access_token"]))

        self.simulator.fault("delay", seconds=0.3, match="POST /connect/token")
        threads = [threading.Thread(target=renew) for _thread in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self.assertEqual(len(self.simulator.calls), 1)
        new = self._row()
        self.assertEqual(got, [new["access_token"]] * 6)
        self.assertIsNone(self.simulator.oauth.refresh_tokens[new["refresh_token"]].replaced)

    def test_a_renewed_token_is_kept_whatever_becomes_of_the_callers_transaction(self):
        old = self._row()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            connection = env["xero.connection"].browse(self.connection_id)
            new = connection._access_token(renew=True, failed=old["access_token"])
            cr.rollback()
        self.assertEqual(self._row()["access_token"], new)
        self.assertNotEqual(self._row()["refresh_token"], old["refresh_token"])
