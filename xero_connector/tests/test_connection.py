from datetime import timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tools import mute_logger

from .common import XeroCase


class TestConnection(XeroCase):
    """The life of a connection: used, tested, paused, ended by either side, resumed, deleted, and nothing is lost."""

    def _company(self, name="Harbour & Sons", **values):
        company = self.env["res.company"].create({"name": name, "currency_id": self.company.currency_id.id, **values})
        self.env.user.company_ids |= company
        return company

    def _second_organisation(self, name="Harbour & Sons", **options):
        return self.simulator.add_organisation(name, currency=self.company.currency_id.name, **options)

    def _notice(self, action):
        return action["params"]["type"], action["params"]["message"]

    def _triggers(self):
        return self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", self.connection.sudo().cron_id.id)])

    def _activities(self):
        kind = self.env.ref("xero_connector.mail_activity_type_sign_in")
        return self.connection.activity_ids.filtered(lambda activity: activity.activity_type_id == kind)

    def _new_transaction(self):
        """What a commit does to a cursor: a connection is woken once per transaction."""
        self.env.flush_all()
        self.env.cr.precommit.clear()

    def _remap(self):
        self.connection.default_account_id = self.xero_account(self.connection, "200")
        self.tax.xero_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        self.run_sync()

    def _in_xero(self, invoice):
        return self.organisation.invoice_by_number(invoice.name)

    # -- Names and companies ----------------------------------------------------------------------------------------

    def test_names_and_codes_are_unique(self):
        for values in ({"name": "Main", "code": "other"}, {"name": "Other", "code": "main"}):
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                self._new_connection(**values)

    def test_the_proposed_code_is_free_even_after_one_was_deleted(self):
        first, second = (self._new_connection(name=name, code=f"xero{number}")
                         for number, name in ((1, "First"), (2, "Second")))  # fmt: skip
        first.unlink()
        proposed = [self.env["xero.connection"].create({"name": name, "company_id": self.company.id}).code
                    for name in ("Third", "Fourth")]  # fmt: skip
        self.assertEqual(proposed, ["xero1", "xero3"])
        self.assertEqual(second.code, "xero2")

    def test_a_company_has_one_connection_in_use(self):
        second = self._new_connection(name="Second", code="second")
        with self.assertRaisesRegex(UserError, "already has a Xero connection in use: Main"):
            second.action_connect()
        for state in ("connected", "paused", "expired"):
            self.connection.state = state
            with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
                second.state = "connected"
                second.flush_recordset()

    def test_the_connection_in_use_counts_however_many_were_used_before(self):
        """Two that were used and disconnected, then a third: documents are its affair."""
        self.connection.action_disconnect()
        for name in ("Second", "Third"):
            connection = self._connect(self._second_organisation(name), name=name, code=name)
            if name == "Second":
                connection.action_disconnect()
        self.assertEqual(self.env["xero.connection"]._for_company(self.company), connection)
        connection.action_disconnect()
        self.assertEqual(self.env["xero.connection"]._for_company(self.company), connection, "the last one used")

    def test_a_branch_uses_its_root_companys_connection_and_has_none_of_its_own(self):
        branch = self._company("Branch", parent_id=self.company.id, country_id=self.company.country_id.id)
        self.env.flush_all()
        self.env.cr.precommit.run()  # Odoo gives the branch its root's chart of accounts at commit.
        with self.assertRaisesRegex(ValidationError, "Branch is a branch. Connect its main company"):
            self._new_connection(name="Branch", code="branch", company_id=branch.id)
        self.assertEqual(self.env["xero.connection"]._for_company(branch), self.connection)
        env = self.env(context=dict(self.env.context, allowed_company_ids=(self.company | branch).ids))
        invoice = self.with_env(env).new_invoice(company_id=branch.id)
        self.assertEqual(invoice.company_id, branch)
        self.run_sync()
        self.assertEqual(self._in_xero(invoice)["Status"], "AUTHORISED")
        self.assertEqual(self.binding(invoice).company_id, self.company)

    def with_env(self, env):
        self.env = env
        return self

    def test_a_used_connection_keeps_its_company(self):
        other = self._company()
        with self.assertRaisesRegex(UserError, "keeps its company"):
            self.connection.company_id = other
        self._new_connection(name="Fresh", code="fresh").company_id = other

    # -- Test connection --------------------------------------------------------------------------------------------

    def test_test_connection_is_one_read_and_names_the_organisation(self):
        self.assertEqual(self._notice(self.connection.action_test_connection()),
                         ("success", f"Connected to Demo Company (UK) ({self.company.currency_id.name})."))  # fmt: skip
        self.assertEqual([(call.method, call.path) for call in self.simulator.calls],
                         [("GET", "/api.xro/2.0/Organisation")])  # fmt: skip

    def test_test_connection_names_a_credential_problem(self):
        self.connection.new_client_secret = "wrong"
        self.env.flush_all()
        self.simulator.fault("expire_token")
        kind, text = self._notice(self.connection.action_test_connection())
        self.assertEqual(kind, "danger")
        self.assertIn("client secret is wrong", text)
        self.simulator.fault("status", status=401, match="Organisation", times=None)
        self.connection.new_client_secret = self.app.client_secret
        self.env.flush_all()
        kind, text = self._notice(self.connection.action_test_connection())
        self.assertIn("credentials", text)

    def test_test_connection_names_a_scope_problem_even_where_reading_works(self):
        for scopes, missing in (
            (("offline_access", "openid", "profile", "email", "accounting.settings", "accounting.contacts"),
             "accounting.invoices"),
            (("offline_access", "openid", "profile", "email", "accounting.invoices"), "accounting.settings"),
        ):  # fmt: skip
            self.connection._keep_grant(self.simulator.grant(self.app, [self.organisation], scopes))
            kind, text = self._notice(self.connection.action_test_connection())
            self.assertEqual(kind, "danger")
            self.assertIn("scope", text)
            self.assertIn(missing, text)

    def test_test_connection_names_an_organisation_problem(self):
        self.organisation.disconnect()
        kind, text = self._notice(self.connection.action_test_connection())
        self.assertEqual(kind, "danger")
        self.assertIn("organisation is no longer connected", text)

    def test_test_connection_tells_an_outage_from_a_refusal(self):
        self.simulator.fault("status", status=503)
        kind, text = self._notice(self.connection.action_test_connection())
        self.assertIn("could not be asked", text)
        self.simulator.stop()
        self.addCleanup(self.simulator.start, port=int(self.connection._host("api_url").rpartition(":")[2]))
        kind, text = self._notice(self.connection.action_test_connection())
        self.assertEqual((kind, "could not be reached" in text), ("danger", True))

    # -- On hold ----------------------------------------------------------------------------------------------------

    def test_what_changes_while_paused_is_kept_and_sent_on_resume(self):
        invoice = self.new_invoice()
        self.run_sync()
        self.connection.action_pause()
        self.simulator.calls.clear()
        later = self.new_invoice(partner=invoice.partner_id)
        invoice.button_cancel()
        self.run_sync(times=2)
        self.assertFalse(self.simulator.calls)
        self.assertEqual(later.xero_sync_state, "to_sync")
        with self.assertRaisesRegex(UserError, "paused"):
            later.action_push_to_xero()
        with self.assertRaises(UserError):
            self.connection.action_pause()
        self._new_transaction()
        before = self._triggers()
        self.connection.action_resume()
        self.assertTrue(self._triggers() - before, "the run is woken")
        self.run_sync()
        self.assertEqual((self._in_xero(later)["Status"], self._in_xero(invoice)["Status"]), ("AUTHORISED", "VOIDED"))
        with self.assertRaises(UserError):
            self.connection.action_resume()

    def test_disconnect_gives_the_access_back_and_keeps_the_records_on_both_sides(self):
        invoice = self.new_invoice()
        self.run_sync()
        binding = self.binding(invoice)
        refresh_token = self.connection._token_row().refresh_token
        kind, text = self._notice(self.connection.action_disconnect())
        self.assertEqual((kind, text), ("success", "Disconnected from Demo Company (UK)."))
        self.assertFalse(self.simulator.oauth.connections)
        self.assertNotIn(refresh_token, self.simulator.oauth.refresh_tokens)
        row = self.connection._token_row()
        self.assertFalse(row.access_token or row.refresh_token or row.expires_at)
        self.assertEqual(self.connection.state, "draft")
        self.assertTrue(self._in_xero(invoice))
        self.assertEqual((binding.state, invoice.xero_sync_state), ("synced", "synced"))
        self.assertTrue(invoice.exists())

    def test_what_changes_while_disconnected_is_sent_after_reconnecting(self):
        invoice = self.new_invoice()
        self.run_sync()
        self.connection.action_disconnect()
        self.simulator.calls.clear()
        later = self.new_invoice(partner=invoice.partner_id)
        invoice.button_cancel()
        self.run_sync()
        self.assertFalse(self.simulator.calls)
        with self.assertRaisesRegex(UserError, "not connected"):
            later.action_push_to_xero()
        self._sign_in_again()
        self.run_sync()
        self.assertEqual((self._in_xero(later)["Status"], self._in_xero(invoice)["Status"]), ("AUTHORISED", "VOIDED"))
        self.assertEqual(len(self.organisation.contacts), 1)

    def _sign_in_again(self):
        self.connection._keep_grant(self.simulator.grant(self.app, [self.organisation]))
        self.connection._choose_organisation(self.connection._granted_organisations()[0])

    def test_an_app_that_serves_another_connection_is_not_taken_from_it(self):
        """Xero ends all connections of an app when a token is revoked: only the last one out may do that."""
        other = self._second_organisation()
        second = self._connect(other, name="Second", code="second", company_id=self._company().id)
        self.connection.action_disconnect()
        self.assertEqual([found.tenant_id for found in self.simulator.oauth.connections.values()], [other.id])
        self.assertEqual(self._notice(second.action_test_connection())[0], "success")
        second.action_disconnect()
        self.assertFalse(self.simulator.oauth.connections)

    def test_disconnect_forgets_the_access_even_when_xero_cannot_be_told(self):
        for fault in ("drop_before", "status"):
            self.simulator.fault(fault, match="DELETE /connections", times=None)
            kind, text = self._notice(self.connection.action_disconnect())
            self.simulator.faults.clear()
            self.assertEqual(kind, "warning")
            self.assertIn("Connected apps", text)
            self.assertEqual(self.connection.state, "draft")
            self.assertFalse(self.connection._token_row().refresh_token)
            self._sign_in_again()

    def test_disconnect_after_xero_ended_the_access_is_no_problem(self):
        self.organisation.deauthorise()
        self.simulator.fault("expire_token")
        self.assertEqual(self._notice(self.connection.action_disconnect())[0], "success")
        self.assertEqual(self.connection.state, "draft")

    # -- Deleting ---------------------------------------------------------------------------------------------------

    def test_a_connection_in_use_is_neither_deleted_nor_archived(self):
        for state in ("connected", "paused", "expired"):
            self.connection.state = state
            with self.assertRaisesRegex(UserError, "Disconnect from Xero before deleting"):
                self.connection.unlink()
            with self.assertRaisesRegex(UserError, "Disconnect from Xero before archiving"):
                self.connection.active = False

    def test_deleting_removes_links_and_leaves_the_records_on_both_sides(self):
        account = self.xero_account(self.connection, "200")
        product = self.product_a.product_tmpl_id
        product.xero_account_id = product.categ_id.xero_account_id = account
        self.company_data["default_account_revenue"].xero_account_id = account
        line = {"product_id": self.product_a.id, "price_unit": 10.0, "tax_ids": self.tax.ids, "quantity": 1,
                "xero_account_id": account.id}  # fmt: skip
        invoice = self.new_invoice(lines=[line])
        self.run_sync()
        self.assertEqual(self.binding(invoice).state, "synced")
        cron = self.connection.sudo().cron_id
        self.connection.action_disconnect()
        invoice.ref = "changed meanwhile"
        self.assertTrue(self.waiting_marks())
        self.connection.unlink()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(cron.exists())
        self.assertFalse(self.waiting_marks())
        self.assertFalse(self.env["xero.binding"].search([]) | self.binding(invoice))
        for model in ("xero.account", "xero.tax.rate", "xero.contact", "xero.request", "xero.token",
                      "xero.connection.lock"):  # fmt: skip
            self.assertFalse(self.env[model].sudo().with_context(active_test=False).search([]), model)
        for record in (product, product.categ_id, self.company_data["default_account_revenue"], invoice.line_ids):
            self.assertFalse(record.xero_account_id, record)
        self.env.cr.execute("SELECT xero_account_id FROM product_template WHERE id = %s", [product.id])
        self.assertFalse(any(self.env.cr.fetchone()[0].values()), "no reference to a deleted account stays behind")
        self.assertFalse(self.tax.xero_tax_rate_id)
        self.assertFalse(invoice.xero_sync_state)
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(self._in_xero(invoice)["Status"], "AUTHORISED")
        self.new_invoice()
        self.assertFalse(self.waiting_marks(), "nobody reads marks any more")

    # -- Ended by Xero ----------------------------------------------------------------------------------------------

    def test_a_lost_access_says_so_asks_the_responsible_and_loses_nothing(self):
        invoice = self.new_invoice()
        self.organisation.deauthorise()
        self.simulator.fault("expire_token")
        self.run_sync()
        self.assertEqual(self.connection.state, "expired")
        self.assertIn("sign in again", self.connection.state_message)
        activity = self._activities()
        self.assertEqual((len(activity), activity.user_id), (1, self.connection.responsible_id))
        self.assertIn("Demo Company (UK)", activity.note)
        self.assertEqual(invoice.xero_sync_state, "to_sync")
        with self.assertRaisesRegex(UserError, "press Connect"):
            invoice.action_push_to_xero()
        self.simulator.calls.clear()
        later = self.new_invoice(partner=invoice.partner_id)
        self.run_sync(times=2)
        self.assertFalse(self.simulator.calls, "an expired access is not tried again and again")
        self.assertEqual(len(self._activities()), 1)

        self._sign_in_again()
        self.assertEqual((self.connection.state, self.connection.state_message), ("connected", False))
        self.assertFalse(self._activities())
        self.run_sync()
        self.assertTrue(self._in_xero(invoice) and self._in_xero(later))
        self.assertEqual(len(self.organisation.invoices), 2)
        self.assertFalse(self.waiting_marks())

    def test_a_wrong_secret_ends_in_the_same_request_to_sign_in(self):
        self.connection.new_client_secret = "wrong"
        self.new_invoice()
        self.simulator.fault("expire_token")
        self.run_sync()
        self.assertEqual(self.connection.state, "expired")
        self.assertIn("invalid_client", self.connection.state_message)

    def test_an_organisation_disconnected_in_xero_is_noticed_and_named(self):
        invoice = self.new_invoice()
        self.organisation.disconnect()
        self.run_sync()
        self.assertEqual(self.connection.state, "expired")
        self.assertIn("Demo Company (UK) was disconnected from this app in Xero", self.connection.state_message)
        self.assertEqual(len(self._activities()), 1)
        self._sign_in_again()
        self.run_sync()
        self.assertTrue(self._in_xero(invoice))

    def test_a_missing_permission_is_named_by_the_run_too(self):
        for status in (401, 403):
            self.simulator.missing_scope_status = status
            scopes = ("offline_access", "openid", "profile", "email", "accounting.settings", "accounting.contacts")
            self.connection._keep_grant(self.simulator.grant(self.app, [self.organisation], scopes))
            self.new_invoice(partner=self.env["res.partner"].search([("name", "=", "Ridgeway University")], limit=1)
                             or None)  # fmt: skip
            self.run_sync()
            self.assertEqual(self.connection.state, "expired")
            self.assertIn("lacks a permission", self.connection.state_message)
            self._sign_in_again()

    def test_a_403_while_xero_cannot_tell_whether_we_are_connected_expires_nothing(self):
        self.new_invoice()
        self.simulator.fault("status", status=403, match="Contacts")
        self.simulator.fault("status", status=503, match="/connections$")
        self.run_sync()
        self.assertEqual(self.connection.state, "connected")
        self.assertTrue(self.connection.next_try)

    def test_a_connection_that_was_disconnected_during_a_run_is_not_called_expired(self):
        """The run under way then fails for want of a token, which is what the user wanted."""
        self.connection.action_disconnect()
        self.connection._expire("not signed in")
        self.assertEqual(self.connection.state, "draft")
        self.assertFalse(self._activities())

    def test_disconnecting_an_expired_connection_withdraws_the_request_to_sign_in(self):
        self.connection._expire("Xero said so")
        self.assertTrue(self._activities())
        self.connection.action_disconnect()
        self.assertFalse(self._activities())

    # -- What the organisation is -----------------------------------------------------------------------------------

    def test_a_demo_company_is_marked_and_a_production_one_is_not(self):
        self.assertFalse(self.connection.is_demo)
        self.connection.action_disconnect()
        connection = self._connect(self._second_organisation(demo=True), name="Trial", code="trial")
        self.assertTrue(connection.is_demo)

    def test_documents_since_the_export_date_are_sent_at_connect_and_older_ones_left_alone(self):
        self.connection.action_disconnect()
        self.connection.unlink()
        old = self.new_invoice(self.new_partner("Old Customer"), invoice_date="2026-02-28")
        new = self.new_invoice(self.new_partner("New Customer"), invoice_date="2026-03-01")
        draft = self.new_invoice(post=False, invoice_date="2026-03-02")
        self.connection = self._connect(self.organisation, name="Again", code="again", export_from="2026-03-01")
        self._remap()
        self.run_sync()
        numbers = [record["InvoiceNumber"] for record in self.organisation.invoices.values()]
        self.assertEqual(numbers, [new.name], self.binding(new).message)
        self.assertFalse(old.xero_sync_state or draft.xero_sync_state)
        # Confirmed or touched later, an older one is still left alone, and so is its customer.
        old.ref = "changed"
        late = self.new_invoice(self.new_partner("Late Customer"), invoice_date="2026-01-15")
        self.run_sync()
        self.assertEqual(len(self.organisation.invoices), 1)
        self.assertEqual([record["Name"] for record in self.organisation.contacts.values()], ["New Customer"])
        self.assertEqual((old | late).mapped("xero_sync_state"), [False, "blocked"])
        self.assertIn("Export Documents From", late.xero_message)
        # Another date releases them by itself.
        self.connection.export_from = "2026-01-01"
        self.run_sync()
        self.assertEqual(len(self.organisation.invoices), 3)

    def test_without_an_export_date_only_what_is_confirmed_from_now_on_is_sent(self):
        self.connection.action_disconnect()
        self.connection.unlink()
        old = self.new_invoice()
        self.connection = self._connect(self.organisation, name="Again", code="again")
        self._remap()
        new = self.new_invoice(partner=old.partner_id)
        self.run_sync()
        self.assertEqual([record["InvoiceNumber"] for record in self.organisation.invoices.values()], [new.name])

    # -- When -------------------------------------------------------------------------------------------------------

    def test_each_connection_has_a_job_of_its_own_that_runs_as_the_system(self):
        second = self._connect(self._second_organisation(), name="Second", code="second",
                               company_id=self._company().id)  # fmt: skip
        crons = (self.connection | second).sudo().mapped("cron_id")
        self.assertEqual(len(crons), 2)
        for connection, cron in zip(self.connection | second, crons, strict=True):
            self.assertEqual(cron.user_id, self.env.ref("base.user_root"))
            self.assertEqual((cron.interval_number, cron.interval_type, cron.active), (15, "minutes", True))
            self.assertEqual(connection.next_sync, cron.nextcall)
        self.connection.sync_interval = 5
        self.assertEqual(crons.mapped("interval_number"), [5, 15])
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.connection.sync_interval = 0
            self.connection.flush_recordset()

    def test_what_the_job_calls_brings_the_invoice_to_xero(self):
        invoice = self.new_invoice()
        self.env.flush_all()
        self.connection.sudo().cron_id.ir_actions_server_id.with_user(self.env.ref("base.user_root")).run()
        self.env.invalidate_all()
        self.assertTrue(self._in_xero(invoice))

    def test_a_change_wakes_the_job_at_once_unless_that_is_switched_off(self):
        partner = self.new_partner()
        self._new_transaction()
        before = self._triggers()
        self.new_invoice(partner)
        woken = self._triggers() - before
        self.assertEqual(len(woken), 1, "one wake-up a transaction")
        self.assertLessEqual(woken.call_at, fields.Datetime.now())
        self.run_sync()
        self.connection.realtime = False
        self._new_transaction()
        before = self._triggers()
        invoice = self.new_invoice(partner)
        self.assertFalse(self._triggers() - before)
        self.run_sync()
        self.assertTrue(self._in_xero(invoice), "the regular run sends it all the same")

    def test_sync_now_wakes_the_job_even_during_a_pause_after_a_fault(self):
        self.connection._postpone(900, "test")
        self._new_transaction()
        before = self._triggers()
        self.assertEqual(self._notice(self.connection.action_sync_now())[0], "info")
        self.assertTrue(self._triggers() - before)
        self.assertFalse(self.connection.next_try)
        invoice = self.new_invoice()
        self.run_sync()
        self.assertTrue(self._in_xero(invoice))
        self.connection.action_pause()
        with self.assertRaisesRegex(UserError, "Paused"):
            self.connection.action_sync_now()

    def test_next_sync_shows_when_a_pause_after_a_fault_ends(self):
        self.connection._postpone(7200, "test")
        self.assertEqual(self.connection.next_sync, self.connection.next_try)

    # -- Limits -----------------------------------------------------------------------------------------------------

    def test_each_kind_of_429_is_waited_for_without_sleeping_and_without_calling_again(self):
        partner = self.new_partner()
        for problem, header, seconds in (("minute", "20", 20), ("day", "70000", 70000), ("concurrent", None, 60)):
            with self.subTest(problem=problem):
                invoice = self.new_invoice(partner)
                headers = {"X-Rate-Limit-Problem": problem, **({"Retry-After": header} if header else {})}
                self.simulator.fault("status", status=429, match="PUT /Invoices", headers=headers)
                started = fields.Datetime.now()
                self.run_sync()
                self.assertLess(fields.Datetime.now() - started, timedelta(seconds=9))
                due = self.connection.next_try
                self.assertAlmostEqual((due - started).total_seconds(), seconds, delta=9)
                self.assertIn(problem, self.connection.last_error)
                self.assertIn(due, self._triggers().mapped("call_at"))
                self.assertEqual(self.connection.state, "connected")
                self.assertEqual(invoice.xero_sync_state, "to_sync")
                self.simulator.calls.clear()
                self.run_sync(times=2)
                self.assertFalse(self.simulator.calls, "no call before the time")
                with freeze_time(due + timedelta(seconds=1)):
                    self.run_sync()
                self.assertTrue(self._in_xero(invoice))
                self.assertFalse(self.connection.last_error or self.connection.next_try)

    def test_the_days_reserve_stops_the_background_but_not_a_persons_push(self):
        self.connection.day_reserve = 100
        self.run_sync()
        used = self.organisation.meter_of(self.app).day_used
        self.organisation.limits.day = used + 101
        first, second = self.new_invoice(), self.new_invoice(self.new_partner("Second"))
        self.run_sync()  # One call leaves 100: the look-up of contacts is the last of the background.
        self.assertEqual(len(self.simulator.calls), 1)
        self.assertFalse(self.organisation.invoices)
        self.assertEqual(self.connection.day_calls_remaining, 100)
        self.assertIn("100 of today's calls", self.connection.last_error)
        self.assertGreater(self.connection.next_try, fields.Datetime.now() + timedelta(minutes=50))
        self.run_sync()
        self.assertEqual(len(self.simulator.calls), 1)
        self.assertIn("is in Xero", self._notice(first.action_push_to_xero())[1])
        self.assertTrue(self._in_xero(first))
        self.simulator.calls.clear()
        self.run_sync()
        self.assertFalse(self.simulator.calls, "a person's push does not set the background free")
        self.assertEqual(second.xero_sync_state, "to_sync")

    def test_the_last_call_of_a_minute_is_not_used_by_the_background(self):
        self.run_sync()
        meter = self.organisation.meter_of(self.app)
        meter.forget_old(self.simulator.clock.timestamp())
        self.organisation.limits.minute = meter.used_this_minute() + 2
        invoice = self.new_invoice()
        self.run_sync()
        self.assertNotIn(429, [call.status for call in self.simulator.calls])
        self.assertLessEqual(self.connection.next_try, fields.Datetime.now() + timedelta(seconds=31))
        with freeze_time(fields.Datetime.now() + timedelta(seconds=90)):
            self.run_sync()
        self.assertTrue(self._in_xero(invoice))

    # -- What Xero owns ---------------------------------------------------------------------------------------------

    def test_refreshing_reads_the_chart_and_archives_what_vanished(self):
        old = self.xero_account(self.connection, "485")
        gone = self.xero_account(self.connection, "404")
        self.organisation.archive_account("485")
        self.organisation.accounts.pop(self.organisation.account_by_code("404")["AccountID"])
        kind, _text = self._notice(self.connection.action_refresh_references())
        self.assertEqual(kind, "success")
        self.assertFalse((old | gone).exists().filtered("active"))
        self.assertEqual(len((old | gone).exists()), 2, "archived, never deleted")
        self.assertEqual(len(self.calls()), 5)
        self.assertEqual(
            set(self.env["xero.account"].search([("connection_id", "=", self.connection.id)]).mapped("xero_id")),
            {record["AccountID"] for record in self.organisation.accounts.values() if record["Status"] == "ACTIVE"},
        )

    def test_a_refresh_that_fails_halfway_changes_nothing(self):
        self.organisation.archive_account("485")
        self.simulator.fault("status", status=503, match="TaxRates")
        kind, _text = self._notice(self.connection.action_refresh_references())
        self.assertEqual(kind, "danger")
        self.assertTrue(self.xero_account(self.connection, "485").active)

    def test_tax_rates_come_with_components_and_the_classes_they_apply_to(self):
        rate = self.xero_rate(self.connection, "OUTPUT2")
        self.assertEqual((rate.effective_rate, rate.name), (20.0, "20% (VAT on Income)"))
        self.assertEqual([(part.name, part.rate) for part in rate.component_ids], [("VAT", 20.0)])
        self.assertTrue(rate.can_apply_to_revenue)
        self.assertFalse(rate.can_apply_to_expenses)
        archived = (
            self.env["xero.tax.rate"]
            .with_context(active_test=False)
            .search([("connection_id", "=", self.connection.id), ("code", "=", "OUTPUT")])
        )
        self.assertFalse(archived.active)

    def test_an_account_without_code_is_refused_with_the_way_to_fix_it(self):
        account = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("name", "=", "Sundry Income")]
        )
        with self.assertRaisesRegex(ValidationError, "Sundry Income has no code in Xero.*give it a code"):
            self.connection.default_account_id = account

    def test_bank_and_system_accounts_are_refused_for_lines(self):
        for code in ("090", "610", "820"):
            with self.assertRaisesRegex(ValidationError, "bank or system account"), self.env.cr.savepoint():
                self.connection.default_account_id = self.xero_account(self.connection, code)

    def test_payment_accounts_are_banks_and_those_that_take_payments(self):
        offered = self.env["xero.account"].search(
            [("connection_id", "=", self.connection.id), ("usable_for_payments", "=", True)]
        )
        self.assertEqual(
            set(offered.mapped("name")),
            {"Business Bank Account", "Savings Account", "Company Card", "Directors' Loan Account",
             "Undeposited Funds"},
        )  # fmt: skip
        self.connection.default_payment_account_id = offered.filtered(lambda account: account.name == "Savings Account")
        with self.assertRaisesRegex(ValidationError, "does not take payments"):
            self.connection.default_payment_account_id = self.xero_account(self.connection, "200")

    def test_another_organisations_accounts_and_rates_are_refused_as_defaults(self):
        second = self._connect(self._second_organisation(), name="Second", code="second",
                               company_id=self._company().id)  # fmt: skip
        with self.assertRaisesRegex(ValidationError, "another Xero connection"), self.env.cr.savepoint():
            self.connection.default_account_id = self.xero_account(second, "200")
        with self.assertRaisesRegex(ValidationError, "does not take payments"), self.env.cr.savepoint():
            self.connection.default_payment_account_id = self.xero_account(second, "090")
        with self.assertRaisesRegex(ValidationError, "not a zero rate"), self.env.cr.savepoint():
            self.connection.exempt_tax_rate_id = self.xero_rate(second, "EXEMPTOUTPUT")
        with self.assertRaisesRegex(ValidationError, "not a zero rate"), self.env.cr.savepoint():
            self.connection.exempt_tax_rate_id = self.xero_rate(self.connection, "OUTPUT2")
        self.connection.exempt_tax_rate_id = self.xero_rate(self.connection, "EXEMPTOUTPUT")

    def test_references_are_refreshed_by_themselves_once_a_day(self):
        self.run_sync()
        self.assertFalse(self.calls(path="/Accounts"))
        with freeze_time(fields.Datetime.now() + timedelta(hours=25)):
            self.run_sync()
        self.assertEqual(len(self.calls(path="/Accounts")), 1)

    def test_settings_offer_the_companys_connection(self):
        settings = self.env["res.config.settings"].create({"company_id": self.company.id})
        self.assertEqual(settings.xero_connection_id, self.connection)
        self.assertEqual(settings.xero_organisation_name, "Demo Company (UK)")
        self.connection.action_disconnect()
        self.assertEqual(settings.action_xero_connect()["type"], "ir.actions.act_url")
        self.assertEqual(settings.action_xero_open_connection()["res_id"], self.connection.id)
