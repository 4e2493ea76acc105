import json
from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..sync.verdict import Verdict
from ..sync.workspace import Workspace
from .alert_case import CRON, AlertCase


class TestAlerts(AlertCase):
    """The user's own system is told of every error, once, and of nothing else."""

    # -- What is told ------------------------------------------------------------------------------------------

    def test_a_refused_document_is_told_with_all_that_a_receiver_needs(self):
        move, _fault = self.refused("The number of this invoice is a riddle")
        alert = self.alerts()
        self.deliver()
        [told] = self.told()
        at = told.pop("at")
        self.assertEqual(datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").date(), alert.create_date.date())
        self.assertEqual(
            told,
            {
                "id": alert.number,
                "event": "record.refused",
                "connection": {"code": "main", "name": "Main", "organisation": "Demo Company (UK)"},
                "company": self.company.name,
                "record": {
                    "model": "account.move",
                    "id": move.id,
                    "name": move.name,
                    "type": "Invoice",
                    "xero_id": None,
                    "url": f"http://localhost:8069/odoo/account.move/{move.id}",
                },
                "reason": {"code": "refused", "label": "Refused by Xero"},
                "message": self.binding(move).message,
                "xero_message": "The number of this invoice is a riddle",
            },
        )

    def test_xeros_own_words_are_told_apart_from_what_they_mean(self):
        words = "The document date cannot be before the period lock date, currently set at 31-Jul-2013"
        self.refused(words)
        self.deliver()
        [told] = self.told()
        self.assertEqual((told["xero_message"], told["reason"]["code"]), (words, "lock_date"))
        self.assertIn("Change the lock date", told["message"])

    def test_a_held_document_is_told_with_its_reason(self):
        move = self.held()
        self.deliver()
        [told] = self.told()
        self.assertEqual((told["event"], told["record"]["id"], told["reason"]["code"]), ("record.held", move.id, "tax"))
        self.assertIsNone(told["xero_message"])

    def test_a_refused_contact_is_told_and_so_is_the_invoice_that_waits_for_it(self):
        self.new_invoice(self.new_partner("Arrows <and> more"))
        self.run_sync()
        self.deliver()
        events = [(told["event"], told["record"]["type"]) for told in self.told()]
        self.assertEqual(events, [("record.refused", "Contact"), ("record.held", "Invoice")])

    def test_what_is_older_than_the_export_date_is_no_error(self):
        self.connection.export_from = "2026-06-01"
        move = self.new_invoice(self.known_customer())
        self.run_sync()
        self.assertEqual(self.binding(move).reason, "date")
        self.assertFalse(self.alerts())

    def test_what_is_in_xero_is_no_error(self):
        self.synced_invoices(2)
        self.assertFalse(self.alerts())

    def test_a_lost_connection_is_told_once(self):
        self.organisation.disconnect()
        self.invoices_of_someone()
        self.run_sync(times=2)
        self.assertEqual(self.connection.state, "expired")
        self.deliver()
        [told] = self.told()
        self.assertEqual((told["event"], told["record"], told["reason"]), ("connection.lost", None, None))
        self.assertEqual(told["message"], self.connection.state_message)

    def invoices_of_someone(self):
        return self.new_invoice(self.customer())

    # -- What is news ------------------------------------------------------------------------------------------

    def test_a_retry_that_is_refused_for_the_same_reason_is_no_news(self):
        move, _fault = self.refused()
        self.binding(move).action_retry()
        self.run_sync()
        move.ref = "changed, to no avail"
        self.run_sync()
        self.assertEqual(self.binding(move).state, "failed")
        self.assertEqual(len(self.alerts()), 1)

    def test_another_reason_is_news(self):
        move, fault = self.refused("First")
        fault.remove()
        self.refuse(move, "Second")
        self.binding(move).action_retry()
        self.run_sync()
        self.assertEqual([json.loads(alert.body)["xero_message"] for alert in self.alerts()], ["First", "Second"])

    def test_what_was_mended_and_is_refused_again_is_news(self):
        move, fault = self.refused()
        fault.remove()
        self.binding(move).action_retry()
        self.run_sync()
        self.assertEqual(self.binding(move).state, "synced")
        self.refuse(move)
        move.ref = "changed"
        self.run_sync()
        self.assertEqual(len(self.alerts()), 2)

    def test_without_address_or_secret_nobody_is_told(self):
        self.connection.error_url = False
        self.refused()
        self.connection.error_url = "https://example.com"
        self.connection.sudo().error_secret = False
        self.refused()
        self.assertFalse(self.alerts())

    # -- When --------------------------------------------------------------------------------------------------

    def test_what_is_not_committed_is_told_to_nobody(self):
        move, _fault = self.refused()
        binding_id = self.binding(move).id
        with self.env.registry.cursor() as cr:
            work = Workspace(cr, self.connection.id, 8, False)
            Verdict(work).fail(work.env["xero.binding"].browse(binding_id), "refused", "Another")
            work.rollback()
            work.fresh()
            work.commit()
        self.assertEqual(len(self.alerts()), 1)

    def test_the_run_sends_nothing_itself_and_wakes_the_job_that_does(self):
        triggers = self.env["ir.cron.trigger"].sudo()
        woken = [("cron_id", "=", self.env.ref(CRON).id)]
        before = triggers.search_count(woken)
        self.refused()
        self.assertGreater(triggers.search_count(woken), before)
        self.assertEqual(self.receiver.connections, 0)

    def test_many_errors_of_one_commit_are_noted_together(self):
        self.refused()
        binding = self.env["xero.binding"].search([("state", "=", "failed")])

        def statements(errors):
            before = self.env.cr.sql_log_count
            for number in range(errors):
                self.connection._tell("record.refused", f"Error {number}", binding, "refused")
            self.env.cr.flush()
            return self.env.cr.sql_log_count - before

        statements(1)
        self.assertEqual(statements(50), statements(1))

    def test_a_deleted_connection_leaves_no_message(self):
        self.refused()
        self.connection.action_disconnect()
        self.connection.unlink()
        self.env.flush_all()
        self.env.cr.execute("SELECT count(*) FROM xero_alert")
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    # -- Address and secret ------------------------------------------------------------------------------------

    def test_an_address_that_can_never_work_is_refused_when_it_is_entered(self):
        self.connection.write({"error_url": False, "error_allow_private": False})
        for url in ("http://example.com", "ftp://example.com", "example.com", "https://", "https://a b.example",
                    "https://user:word@example.com", "https://example.com:70000", "https://[::1"):  # fmt: skip
            with self.subTest(url=url), self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.connection.error_url = url
        self.connection.error_url = "https://example.com:8443/hooks?channel=books"

    def test_private_addresses_may_only_be_disallowed_with_an_address_that_works_without(self):
        with self.assertRaisesRegex(ValidationError, "https://"), self.env.cr.savepoint():
            self.connection.error_allow_private = False

    def test_a_made_secret_is_shown_once_and_signs_from_then_on(self):
        notice = self.connection.action_new_error_secret()["params"]["message"]
        secret = self.connection.sudo().error_secret
        self.assertIn(secret, notice)
        self.assertRegex(secret, "^[0-9a-f]{64}$")

    def test_a_copied_connection_tells_nobody(self):
        copy = self.connection.copy({"name": "Copy", "code": "copy"}).sudo()
        self.assertFalse(copy.error_url or copy.error_secret or copy.error_allow_private)

    # -- Test message ------------------------------------------------------------------------------------------

    def test_a_test_message_says_that_it_is_one(self):
        self.connection.action_send_test_message()
        self.env.cr.flush()
        self.deliver()
        [told] = self.told()
        self.assertEqual((told["event"], told["record"], told["xero_message"]), ("test", None, None))

    def test_a_test_message_needs_an_address_and_a_secret(self):
        self.connection.sudo().error_secret = False
        with self.assertRaisesRegex(UserError, "secret"):
            self.connection.action_send_test_message()

    # -- Who may -----------------------------------------------------------------------------------------------

    def _env(self, login, group, company=None):
        company = company or self.company
        user = new_test_user(
            self.env, login, f"base.group_user,{group}", company_id=company.id, company_ids=company.ids
        )
        return self.env(user=user, context={"allowed_company_ids": company.ids})

    def _denied(self, attempt):
        with (
            mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"),
            self.assertRaises(AccessError),
            self.env.cr.savepoint(),
        ):
            attempt()
        self.env.invalidate_all()

    def test_a_xero_user_sees_neither_messages_nor_where_they_go(self):
        self.refused()
        self.env.flush_all()
        env = self._env("clerk", "xero_connector.group_xero_user")
        connection = self.connection.with_env(env)
        self.assertNotIn("error_url", connection.fields_get())
        for attempt in (
            lambda: env["xero.alert"].search([]),
            lambda: connection.read(["error_url"]),
            connection.action_send_test_message,
            connection.action_new_error_secret,
            lambda: connection.write({"new_error_secret": "mine"}),
        ):
            self._denied(attempt)

    def test_a_xero_administrator_configures_it_and_reads_no_secret(self):
        self.refused()
        self.env.flush_all()
        env = self._env("xero_admin", "xero_connector.group_xero_manager")
        connection = self.connection.with_env(env)
        connection.write({"error_url": "https://example.com/in", "new_error_secret": " open "})
        self.assertEqual(self.connection.sudo().error_secret, "open")
        self.assertFalse(connection.new_error_secret)
        self.assertTrue(connection.has_error_secret)
        self.assertTrue(env["xero.alert"].search([]).body)
        self.assertEqual(connection.action_open_alerts()["res_model"], "xero.alert")
        env["xero.alert"].search([]).action_send_again()
        for attempt in (
            lambda: connection.read(["error_secret"]),
            lambda: connection.read(["error_allow_private"]),
            lambda: connection.write({"error_allow_private": True}),
            lambda: env["xero.alert"].search([]).write({"body": "{}"}),
            lambda: env["xero.alert"].search([]).unlink(),
        ):
            self._denied(attempt)

    def test_a_xero_administrator_of_another_company_sees_nothing(self):
        self.refused()
        other = self.env["res.company"].create({"name": "Harbour", "currency_id": self.company.currency_id.id})
        self.env.flush_all()
        env = self._env("stranger", "xero_connector.group_xero_manager", other)
        self.assertFalse(env["xero.alert"].search([]))
        alert = self.alerts().with_env(env)
        self._denied(lambda: alert.read(["body"]))
        self._denied(alert.action_send_again)

    def test_the_screens_open(self):
        self.refused()
        self.env.flush_all()
        env = self._env("xero_admin", "xero_connector.group_xero_manager")
        for model, shown in (("xero.connection", "action_send_test_message"), ("xero.alert", "action_send_again")):
            views = env[model].get_views([(False, "list"), (False, "form"), (False, "search")])["views"]
            self.assertIn(shown, views["form"]["arch"])
            self.assertNotIn('name="error_allow_private"', views["form"]["arch"])
