import importlib.util

from odoo.tests import Form
from odoo.tools import file_path

from .settlement_case import SettlementCase

SWITCHES = ("sync_credit_notes", "sync_bills", "sync_payments")


class TestSwitches(SettlementCase):
    """What is sent is chosen on the connection and in the settings (C11); an upgrade changes nothing of it."""

    def settings(self):
        return self.env["res.config.settings"].create({"company_id": self.company.id})

    def test_a_new_connection_sends_everything(self):
        self.assertEqual([self.connection[name] for name in SWITCHES], [True] * 3)

    def test_the_connections_page_has_the_switches_and_accounts(self):
        with Form(self.connection) as form:
            form.sync_bills = False
            form.dates_when_sent = True
            form.write_off_account_id = self.xero_account(self.connection, "429")
            form.bank_charge_account_id = self.xero_account(self.connection, "404")
        self.assertFalse(self.connection.sync_bills)
        self.assertTrue(self.connection.dates_when_sent)
        self.assertEqual(self.connection.write_off_account_id.code, "429")

    def test_the_settings_have_the_switches_and_the_account_for_bills(self):
        view = self.env["res.config.settings"].get_view(view_type="form")["arch"]
        for name in (*SWITCHES, "default_expense_account_id"):
            self.assertIn(f'name="xero_{name}"', view)
        settings = self.settings()
        settings.xero_sync_payments = False
        settings.xero_default_expense_account_id = self.xero_account(self.connection, "429")
        settings.execute()
        self.assertEqual([self.connection[name] for name in SWITCHES], [True, True, False])
        self.assertEqual(self.connection.default_expense_account_id.code, "429")

    def test_saving_the_settings_as_they_are_marks_nothing(self):
        self.pushed()
        self.connection.export_from = "2026-01-01"
        self.env["xero.mark"].sudo().search([]).unlink()
        self.settings().execute()
        self.assertFalse(self.env["xero.mark"].search([]))

    # -- Upgrade -----------------------------------------------------------------------------------------------------

    def upgrade(self):
        path = file_path("xero_connector/migrations/19.0.1.3.0/post-migration.py")
        spec = importlib.util.spec_from_file_location("post_migration", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        self.env.flush_all()
        script.migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()

    def notes(self, connection):
        return connection.message_ids.filtered(lambda message: "can be sent to Xero now" in (message.body or ""))

    def test_after_an_upgrade_a_connection_sends_what_it_did_and_says_what_it_could(self):
        self.upgrade()
        self.assertEqual([self.connection[name] for name in SWITCHES], [False] * 3)
        self.assertEqual(len(self.notes(self.connection)), 1)
        self.assertIn("Synchronisation", self.notes(self.connection).body)

    def test_an_upgrade_leaves_a_connection_without_organisation_as_a_new_one(self):
        prepared = self._new_connection(name="Prepared", code="prepared")
        self.upgrade()
        self.assertEqual([prepared[name] for name in SWITCHES], [True] * 3)
        self.assertFalse(self.notes(prepared))

    def test_an_upgrade_marks_nothing(self):
        self.pushed()
        self.upgrade()
        self.assertFalse(self.env["xero.mark"].search([]))
