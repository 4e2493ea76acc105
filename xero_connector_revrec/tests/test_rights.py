from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from .revrec_case import RevrecCase


class TestRights(RevrecCase):
    """Who sees and does what; and people without Xero rights work as before."""

    def _user(self, login, groups, company=None):
        company = company or self.company
        return new_test_user(self.env, login, groups, company_id=company.id, company_ids=[Command.set(company.ids)])

    def test_an_accountant_without_xero_rights_confirms_resets_and_deletes(self):
        user = self._user("plain-accountant", "account.group_account_manager")
        invoice = self.sold(post=False).with_user(user)
        invoice.action_post()
        charge = self.env["xero.recognition.charge"].search([("move_id", "=", invoice.id)])
        self.assertEqual(len(charge), 1)
        invoice.invoice_line_ids.write({"end_date": "2026-06-30"})
        self.assertEqual(str(charge.end_date), "2026-06-30")
        invoice.button_draft()
        invoice.unlink()
        self.assertFalse(charge.exists())

    def test_without_xero_rights_nothing_of_it_is_seen(self):
        user = self._user("plain-user", "account.group_account_invoice")
        invoice = self.sold()
        with self.assertRaises(AccessError):
            self.env["xero.recognition.charge"].with_user(user).search([])
        with self.assertRaises(AccessError):
            self.env["xero.journal.export.wizard"].with_user(user).create({})
        self.assertNotIn("xero_charge_ids", invoice.with_user(user).fields_get())

    def test_a_xero_user_exports_downloads_and_undoes(self):
        user = self._user("xero-user", "xero_connector.group_xero_user,account.group_account_invoice")
        self.charge(365.0)
        wizard = (
            self.env["xero.journal.export.wizard"]
            .with_user(user)
            .create({"date_from": "2026-01-01", "date_to": "2026-01-31"})
        )
        self.assertEqual(wizard.journal_count, 31)
        action = wizard.action_export()
        export = self.env["xero.journal.export"].with_user(user).search([])
        self.assertIn(str(export.attachment_id.id), action["params"]["url"])
        self.assertTrue(export.attachment_id.raw)
        self.assertEqual(export.user_id, user)
        export.action_undo()
        self.assertEqual(export.state, "undone")

    def test_a_xero_user_changes_no_charge(self):
        user = self._user("xero-user", "xero_connector.group_xero_user,account.group_account_invoice")
        charge = self.charge().with_user(user).sudo(False)
        with self.assertRaises(AccessError):
            charge.write({"deferred_account_id": self.recognised.id})

    def test_what_failed_is_tried_again_by_those_who_see_it(self):
        self.charge()
        export = self.export()
        export.sudo().state = "failed"
        user = self._user("plain-user", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            export.with_user(user).sudo(False).action_retry()
        user = self._user("xero-user", "xero_connector.group_xero_user")
        export.with_user(user).sudo(False).action_retry()
        self.assertEqual(export.state, "waiting")

    def test_another_companys_charges_and_exports_are_out_of_sight(self):
        self.charge()
        export = self.export()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        user = self._user("elsewhere", "xero_connector.group_xero_manager,account.group_account_manager", company=other)
        self.charge(100.0, product=self.new_product(method="manual")).share_ids = [
            Command.create({"date": "2026-02-01", "percentage": 60})
        ]
        for model in ("charge", "span", "month", "share"):
            self.assertFalse(self.env[f"xero.recognition.{model}"].with_user(user).search([]), model)
        self.assertFalse(self.env["xero.deferred.balance"].with_user(user).search([]))
        self.assertFalse(self.env["xero.journal.export"].with_user(user).search([]))
        with self.assertRaises(AccessError):
            export.with_user(user).action_undo()
        wizard = self.env["xero.journal.export.wizard"].with_user(user)
        with self.assertRaises(AccessError):
            wizard.create(
                {"connection_id": self.connection.id, "date_from": "2026-02-01", "date_to": "2026-02-28"}
            ).action_export()

    def test_the_attachment_is_for_those_who_see_the_export(self):
        self.charge()
        export = self.export()
        user = self._user("plain-user", "account.group_account_invoice")
        with self.assertRaises(AccessError):
            export.attachment_id.with_user(user).read(["raw"])

    def test_an_export_is_seen_by_those_who_see_all_companies_in_it(self):
        branch, sister = self.branches("Harbour branch", "Harbour sister")
        self.connection.journal_destination = "api"
        self.connection._keep_grant(self.simulator.grant(self.app, [self.organisation]))
        with self.within(allowed_company_ids=(self.company | branch | sister).ids):
            for company in (branch, sister):
                self.sold(self.line(365.0), company_id=company.id)
            mine = self.export(branch_ids=[Command.set(branch.ids)])
            together = self.export("2026-02-01", "2026-02-28")
        self.assertEqual((mine.covered_company_ids, together.covered_company_ids), (branch, branch | sister))
        user = self._user("branch-user", "xero_connector.group_xero_user,account.group_account_invoice", company=branch)
        self.assertEqual(self.env["xero.journal.export"].with_user(user).search([]), mine)
        self.assertEqual(self.env["xero.manual.journal"].with_user(user).search([]).export_id, mine)
        with self.assertRaises(AccessError):
            together.with_user(user).sudo(False).action_undo()
        with self.assertRaises(AccessError):
            self.env["xero.recognition.share"].with_user(user).create({})
