from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .document_case import DocumentCase

USER = "base.group_user,account.group_account_invoice,xero_connector.group_xero_user"


class TestScreenRights(DocumentCase):
    """Who sees and does what on the preview, in To Fix and on the progress of pushes."""

    def as_user(self, record, login="bookkeeper", groups=USER, company=None):
        company = company or self.company
        user = self.env["res.users"].search([("login", "=", login)]) or new_test_user(
            self.env, login, groups, company_id=company.id, company_ids=company.ids
        )
        return record.with_user(user).with_context(allowed_company_ids=company.ids)

    def stranger(self, record):
        other = self.env["res.company"].search([("id", "!=", self.company.id)], limit=1)
        return self.as_user(record, "stranger", company=other)

    def denied(self, attempt, error=AccessError):
        with (
            mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"),
            self.assertRaises(error),
            self.env.cr.savepoint(),
        ):
            attempt()
        self.env.invalidate_all()

    def preview_of(self, move):
        action = move.action_preview_for_xero()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_a_bookkeeper_previews_and_pushes(self):
        move = self.as_user(self.invoice())
        self.env.flush_all()
        shown = self.as_user(self.preview_of(move))
        fields = ["action", "contact", "line_ids", "difference_ids", "problem_ids", "total"]
        self.assertEqual(shown.web_read({name: {} for name in fields})[0]["action"], "create")
        self.assertEqual(shown.line_ids.rule, "default")

    def test_who_has_no_right_in_xero_has_no_preview(self):
        move = self.as_user(self.invoice(), "invoicing", "base.group_user,account.group_account_invoice")
        self.denied(move.action_preview_for_xero, UserError)

    def test_documents_of_another_company_are_not_previewed(self):
        self.denied(self.stranger(self.invoice()).action_preview_for_xero)

    def test_a_preview_is_its_readers_own(self):
        move = self.as_user(self.invoice())
        self.env.flush_all()
        shown = self.preview_of(move)
        self.denied(lambda: self.as_user(shown, "colleague").read(["total"]))
        self.denied(lambda: self.as_user(shown.line_ids, "colleague").read(["description"]))
        self.denied(lambda: self.as_user(shown.preview_id, "colleague").read(["additions"]))

    def test_another_company_sees_nothing_to_fix_and_no_pushes(self):
        held = self.invoice(taxes=self.percent_tax(7))
        self.run_sync()
        self.assert_held(held, "tax")
        reason = self.env.ref("xero_connector.reason_tax")
        reason.action_retry_all()
        push = self.env["xero.push"]._start(self.connection, "Push", {"account.move": held.ids})
        self.assertFalse(self.stranger(self.env["xero.binding"]).search([]))
        self.assertFalse(self.stranger(self.env["xero.push"]).search([]))
        self.denied(self.stranger(reason).action_retry_all, UserError)
        self.denied(self.stranger(push).action_stop)

    def test_a_bookkeeper_fixes_and_retries_a_whole_reason(self):
        held = self.invoice(taxes=self.percent_tax(7)) | self.invoice(taxes=self.percent_tax(7, name="Other"))
        self.run_sync()
        reason = self.as_user(self.env.ref("xero_connector.reason_tax"))
        self.assertEqual(reason.action_fix_all()["res_model"], "account.tax")
        reason.action_retry_all()
        self.assertEqual(self.env["xero.push"].search([]).total, len(held))

    def test_a_bookkeeper_does_not_change_the_connection(self):
        connection = self.as_user(self.connection)
        for attempt in (connection.action_pause, connection.action_disconnect, connection.action_delete):
            self.denied(attempt)
        self.assertEqual(self.connection.state, "connected")

    def test_reasons_cannot_be_changed_by_users(self):
        reason = self.env.ref("xero_connector.reason_tax")
        self.denied(lambda: self.as_user(reason).write({"name": "x"}))

    def test_an_accountant_without_rights_in_xero_changes_a_mapped_tax_and_its_invoices_are_held(self):
        tax = self.as_user(self.tax, "accountant", "base.group_user,account.group_account_manager")
        tax.amount = 21
        invoice = self.invoice()
        self.run_sync()
        self.assert_held(invoice, "tax", "is 21 %", "Map another rate")
