from odoo.exceptions import UserError

from .document_case import DocumentCase


class TestToFix(DocumentCase):
    """What is held or refused is grouped by reason, with the fix and the retry of the whole group at hand."""

    def held(self, percent):
        invoice = self.invoice(taxes=self.percent_tax(percent))
        self.run_sync()
        self.assert_held(invoice, "tax")
        return invoice

    def shown(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector.xero_binding_to_fix_action")
        domain = [("state", "in", ("failed", "blocked")), ("reason", "!=", "date"), ("connection_id.active", "=", True)]
        self.assertEqual(action["domain"], str(domain))
        return self.env["xero.binding"].search(domain)

    def test_records_are_grouped_by_their_reason(self):
        self.held(7)
        self.held(8)
        unplaced = self.unplaced()
        groups = self.env["xero.binding"]._read_group(
            [("id", "in", self.shown().ids)], ["reason_id"], ["__count"], order="reason_id"
        )
        self.assertEqual(
            [(reason.name, count) for reason, count in groups], [("Ledger account missing", 1), ("Tax not mapped", 2)]
        )
        self.assertEqual(self.binding(unplaced).reason_id.code, "account")

    def test_every_problem_of_a_record_is_kept_with_its_reason(self):
        self.connection.default_account_id = False
        invoice = self.held_for("account", taxes=self.percent_tax(7))
        problems = self.binding(invoice).problems
        self.assertEqual(sorted(reason for reason, _text in problems), ["account", "tax"])
        self.assertEqual(self.binding(invoice).message, "\n".join(text for _reason, text in problems))

    def unplaced(self):
        archived = self.xero_account(self.connection, "260")
        archived.sudo().active = False
        line = {"name": "Help", "price_unit": 5.0, "tax_ids": [], "xero_account_id": archived.id}
        return self.held_for("account", lines=[line])

    def held_for(self, reason, **values):
        invoice = self.invoice(**values)
        self.run_sync()
        self.assert_held(invoice, reason)
        return invoice

    def test_retry_all_of_a_reason_takes_up_just_those(self):
        first, second = self.held(7), self.held(8)
        other = self.unplaced()
        self.env["xero.mark"].sudo().search([]).unlink()
        reason = self.env.ref("xero_connector.reason_tax")
        notice = reason.action_retry_all()
        marked = self.env["xero.mark"].search([("res_model", "=", "account.move")]).mapped("res_id")
        self.assertEqual(sorted(marked), sorted((first | second).ids))
        self.assertNotIn(other.id, marked)
        push = self.env["xero.push"].search([])
        self.assertEqual((push.total, push.state), (2, "running"))
        self.assertIn(str(push.id), notice["params"]["links"][0]["url"])
        self.run_sync()
        self.assertEqual((push.blocked, push.state), (2, "done"))

    def test_retry_all_takes_up_no_more_than_the_list_shows(self):
        first = self.held(7)
        self.held(8)
        push = self.env["xero.push"]._start(self.connection, "Push", {"account.move": first.ids})
        shown = push.action_open_to_fix()
        self.assertEqual(self.env["xero.binding"].search(shown["domain"]).mapped("res_id"), first.ids)
        self.env["xero.mark"].sudo().search([]).unlink()
        reason = self.env.ref("xero_connector.reason_tax").with_context(**shown["context"])
        reason.action_retry_all()
        self.assertEqual(self.env["xero.mark"].search([]).mapped("res_id"), first.ids)

    def test_nothing_is_retried_where_no_connection_is_in_use(self):
        held = self.held(7)
        self.connection.action_disconnect()
        with self.assertRaisesRegex(UserError, "not connected"):
            self.binding(held).action_retry()
        self.connection.active = False
        self.assertFalse(self.shown())

    def test_fix_all_of_taxes_opens_all_taxes_that_are_waited_for(self):
        first, second = self.held(7), self.held(8)
        action = self.env.ref("xero_connector.reason_tax").action_fix_all()
        taxes = (first | second).invoice_line_ids.tax_ids
        self.assertEqual(action["res_model"], "account.tax")
        self.assertEqual(self.env["account.tax"].search(action["domain"]), taxes.sorted())

    def test_fix_all_of_what_is_mended_one_by_one_says_so(self):
        invoice = self.pushed()
        self.env["xero.binding"].sudo().search(
            [("res_id", "=", invoice.id), ("res_model", "=", "account.move")]
        ).unlink()
        invoice.ref = "PO 1"
        self.in_xero_again(invoice)
        self.assertEqual(self.binding(invoice).reason, "number")
        with self.assertRaisesRegex(UserError, "one by one"):
            self.env.ref("xero_connector.reason_number").action_fix_all()
        self.assertEqual(self.binding(invoice).action_fix()["res_id"], invoice.id, "Fix opens the document")

    def in_xero_again(self, invoice):
        [record] = self.organisation.invoices.values()
        record["Total"] = record["AmountDue"] = record["Total"] + 1
        record["Url"] = None
        invoice._xero_mark()
        self.run_sync()

    def test_retry_of_nothing_says_so(self):
        with self.assertRaisesRegex(UserError, "nothing to retry"):
            self.env.ref("xero_connector.reason_tax").action_retry_all()

    def test_documents_before_the_export_date_are_not_to_fix(self):
        self.connection.export_from = "2026-12-01"
        invoice = self.held_for("date")
        self.assertNotIn(invoice.id, self.shown().mapped("res_id"))
        self.assertEqual(self.connection.blocked_count, 0)

    def test_every_reason_of_the_engine_is_a_record(self):
        codes = set(self.env["xero.reason"].search([]).mapped("code"))
        self.assertGreaterEqual(
            codes,
            set(
                [
                    "account",
                    "tax",
                    "currency",
                    "lock_date",
                    "totals",
                    "contact",
                    "choice",
                    "number",
                    "date",
                    "applied",
                    "refused",
                    "unsupported",
                ]
            ),
        )

    def test_a_voided_invoice_says_voided(self):
        invoice = self.pushed()
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync()
        self.assertEqual(invoice.xero_sync_state, "ended")
        self.assertEqual(self.env["account.move"].search([("xero_sync_state", "=", "ended")]), invoice)

    def test_what_was_added_to_xero_is_no_record_of_a_bookkeeper(self):
        self.connection.unmapped_tax_policy = "create"
        self.invoice(taxes=self.percent_tax(7))
        self.run_sync()
        kinds = self.env["xero.binding"].search([("state", "=", "synced")]).mapped("xero_type")
        self.assertEqual(sorted(kinds), ["Contact", "Invoice", "TaxRate"])
        self.assertEqual(self.connection.synced_count, 2)

    def test_waiting_counts_records_of_different_kinds_with_one_number(self):
        marks = {"account.move": [7], "res.partner": [7]}
        for model, ids in marks.items():
            self.env["xero.mark"].sudo()._put(model, {self.company.id: ids})
        self.connection.invalidate_recordset()
        self.assertEqual(self.connection.pending_count, 2)
