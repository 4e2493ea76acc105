from datetime import date

from odoo import fields
from odoo.exceptions import UserError

from .document_case import DocumentCase


class TestPreview(DocumentCase):
    """What a push would do is told before it is done, by the engine's own steps, and nothing is written by telling."""

    def preview(self, moves):
        self.simulator.calls.clear()
        self.env.flush_all()
        action = moves.action_preview_for_xero()
        return self.env[action["res_model"]].browse(action["res_id"])

    def assert_nothing_written(self):
        self.assertFalse([call for call in self.simulator.calls if call.method != "GET"])

    def facts(self):
        """All that the engine keeps, as it is in the database."""
        self.env.invalidate_all()
        bindings = self.env["xero.binding"].search([])
        return (
            [(b.res_model, b.res_id, b.state, b.xero_id, b.message, b.synced_hash) for b in bindings],
            self.env["xero.mark"].search_count([]),
            self.env["xero.contact"].search_count([]),
            self.env["xero.tax.rate"].search_count([]),
            self.env["xero.request"].search_count([]),
        )

    def contacts_were_read(self):
        self.connection._write_run_facts({"contacts_refreshed_at": fields.Datetime.now()})

    def test_contacts_that_were_never_read_may_be_there_already(self):
        self.organisation.add_contact(name=self.partner.name)
        shown = self.preview(self.invoice())
        self.assertEqual(shown.contact_state, "either")
        self.assertFalse(shown.contacts_read_at)
        self.assertIn("unless Xero has it", shown.additions)

    def test_an_invoice_that_will_be_created_is_shown_line_by_line(self):
        invoice = self.invoice(lines=[(3, 19.99), (500, 0.001)], ref="PO 7")
        self.contacts_were_read()
        before = self.facts()
        shown = self.preview(invoice)
        self.assertEqual((shown.action, shown.contact, shown.contact_state), ("create", self.partner.name, "new"))
        self.assertEqual((shown.number, shown.reference, shown.status), (invoice.name, "PO 7", "Authorised"))
        # 59.97 + 0.50, and 20 % of each: 11.99 + 0.10
        self.assertEqual((shown.total, shown.tax), (72.56, 12.09))
        self.assertEqual(shown.rung, "flattened")
        first, second = shown.line_ids
        self.assertEqual((first.quantity, first.unit_amount, first.base, first.tax), ("3", "19.99", 59.97, 11.99))
        self.assertEqual((second.quantity, second.unit_amount), ("1", "0.5"))
        self.assertIn("500 × 0.001", second.description)
        self.assertEqual((first.account, first.rule), ("200 Sales", "default"))
        self.assertEqual(first.tax_rate, self.tax.xero_tax_rate_id.display_name)
        self.assertEqual(shown.additions, f"Contact: {self.partner.name}")
        self.assert_nothing_written()
        self.assertEqual(self.facts(), before)

    def test_each_rule_that_chooses_an_account_is_named(self):
        account = self.xero_account(self.connection, "260")
        category = self.env["product.category"].create({"name": "Services"})
        product = self.env["product.product"].create({"name": "Help", "categ_id": category.id})
        move = self.invoice(lines=[{"product_id": product.id, "price_unit": 10.0, "tax_ids": [(6, 0, self.tax.ids)]}])
        line = move.invoice_line_ids
        for rule, record in (
            ("account", line.account_id),
            ("category", category),
            ("product", product.product_tmpl_id),
            ("line", line),
        ):
            record.with_company(self.company).xero_account_id = account
            with self.subTest(rule=rule):
                shown = self.preview(move).line_ids
                self.assertEqual((shown.account, shown.rule), (account.display_name, rule))

    def test_every_problem_is_told_at_once_each_with_its_fix(self):
        self.organisation.period_lock_date = date(2026, 12, 31)
        self.connection.action_refresh_references()
        unmapped = self.percent_tax(7)
        move = self.invoice(taxes=unmapped)
        self.connection.default_account_id = False
        shown = self.preview(move)
        self.assertEqual(shown.action, "held")
        reasons = shown.problem_ids.mapped("reason_id.code")
        self.assertEqual(sorted(reasons), ["account", "lock_date", "tax"])
        by_reason = {problem.reason_id.code: problem.action_fix() for problem in shown.problem_ids}
        self.assertEqual(by_reason["tax"]["domain"], [("id", "in", unmapped.ids)])
        self.assertEqual(by_reason["account"]["res_model"], "xero.connection")
        self.assertTrue(shown.line_ids, "the lines are shown although it is held")
        self.assert_nothing_written()

    def test_looking_again_shows_what_is_mended_in_the_same_place(self):
        unmapped = self.percent_tax(5)
        shown = self.preview(self.invoice(taxes=unmapped))
        self.assertEqual(shown.problem_ids.reason_id.code, "tax")
        unmapped.xero_tax_rate_id = self.xero_rate(self.connection, "RROUTPUT")
        self.env.flush_all()
        shown.action_look_again()
        self.assertEqual((shown.action, shown.problem_ids.ids, len(shown.line_ids)), ("create", [], 1))

    def test_what_will_be_made_on_the_way_is_listed(self):
        self.connection.unmapped_tax_policy = "create"
        euro = self.foreign("EUR")
        move = self.invoice(taxes=self.percent_tax(7, name="City tax"), currency_id=euro.id)
        before = self.facts()
        shown = self.preview(move)
        self.assertEqual(shown.action, "create", shown.problem_ids.mapped("text"))
        self.assertEqual(
            set(shown.additions.splitlines()),
            {
                f"Contact, unless Xero has it: {self.partner.name}",
                "Tax rate: City tax",
                "Currency, if the Xero plan allows it: EUR",
            },
        )
        self.assertEqual(shown.tax, 7.0)
        self.assert_nothing_written()
        self.assertEqual(self.facts(), before)

    def test_an_unchanged_invoice_is_equal_already(self):
        shown = self.preview(self.pushed())
        self.assertEqual((shown.action, shown.compared, shown.difference_ids.ids), ("unchanged", True, []))
        self.assertEqual(shown.xero_status, "AUTHORISED")

    def test_a_change_here_is_shown_against_what_xero_has(self):
        move = self.pushed()
        move.ref = "PO 8"
        shown = self.preview(move)
        self.assertEqual(shown.action, "update")
        self.assertEqual(
            [(row.what, row.ours, row.theirs) for row in shown.difference_ids], [("Reference", "PO 8", "")]
        )
        self.assert_nothing_written()

    def test_a_change_in_xero_is_shown_against_what_odoo_has(self):
        move = self.pushed()
        self.in_xero(move)["Reference"] = "changed there"
        shown = self.preview(move)
        self.assertEqual(shown.action, "unchanged")
        self.assertEqual([(row.what, row.theirs) for row in shown.difference_ids], [("Reference", "changed there")])

    def test_a_draft_is_shown_as_if_it_was_confirmed(self):
        move = self.invoice(post=False)
        shown = self.preview(move)
        self.assertEqual((shown.action, shown.is_draft, shown.number), ("create", True, False))
        self.assertEqual(move.state, "draft")

    def test_a_draft_without_date_or_customer_is_shown_with_the_others(self):
        lines = [(0, 0, {"name": "Help", "price_unit": 10.0, "tax_ids": [(6, 0, self.tax.ids)]})]
        empty = self.env["account.move"].create({"move_type": "out_invoice", "invoice_line_ids": lines})
        undated = self.invoice(post=False, invoice_date=False, date="2026-01-31")
        self.connection.sudo().period_lock_date = "2026-02-28"
        shown = self.preview(empty | undated | self.invoice())
        by_move = {document.move_id: document for document in shown.document_ids}
        self.assertEqual(by_move[empty].action, "held")
        self.assertIn("enter one", by_move[empty].problem_ids.text)
        self.assertEqual(by_move[empty].problem_ids.action_fix()["res_id"], empty.id)
        self.assertEqual((by_move[undated].action, by_move[undated].date), ("create", fields.Date.today()))
        self.assertFalse(undated.invoice_date)
        self.assertEqual((shown.ready_count, shown.held_count, shown.other_count), (1, 1, 1))

    def test_an_excluded_document_that_cannot_be_read_hinders_no_preview(self):
        move = self.pushed()
        self.binding(move).action_exclude()
        shown = self.preview(move)
        self.assertEqual((shown.action, shown.line_ids.ids), ("excluded", []))

    def test_a_cancelled_invoice_will_be_voided(self):
        move = self.pushed()
        move.button_draft()
        move.button_cancel()
        self.assertEqual(self.preview(move).action, "void")
        self.assert_nothing_written()

    def test_a_number_that_xero_has_already_is_found_before_it_is_sent(self):
        first = self.pushed()
        number = first.name
        self.env["xero.binding"].sudo().search([("res_model", "=", "account.move")]).unlink()
        self.assertEqual(self.preview(first).action, "adopt")
        second = self.invoice(lines=[(1, 5.0)])
        second.name = number + "x"
        self.in_xero_by_number(number)["InvoiceNumber"] = second.name
        shown = self.preview(second)
        self.assertEqual((shown.action, shown.problem_ids.reason_id.code), ("held", "number"))
        self.assertIn("Xero already has another invoice", shown.problem_ids.text)

    def in_xero_by_number(self, number):
        return next(item for item in self.organisation.invoices.values() if item["InvoiceNumber"] == number)

    def test_a_selection_shows_what_is_ready_and_what_is_not_and_pushes_the_ready(self):
        done, good, held = self.pushed(), self.invoice(), self.invoice(taxes=self.percent_tax(7))
        shown = self.preview(good | done | held)
        self.assertEqual((shown.ready_count, shown.held_count, shown.other_count), (1, 1, 1))
        self.assertEqual(shown.problem_ids.move_id, held)
        self.env["xero.mark"].sudo().search([]).unlink()
        shown.action_push()
        self.env.invalidate_all()
        self.run_sync()
        self.assertEqual(self.binding(good).state, "synced")
        self.assertFalse(self.binding(held))

    def test_xero_is_asked_once_for_fifty_documents(self):
        moves = self.pushed()
        for _number in range(4):
            moves |= self.invoice()
        self.run_sync()
        moves |= self.invoice() | self.invoice()
        self.preview(moves)
        self.assertEqual(len(self.calls("GET", "/Invoices")), 2, "one for what is linked, one for the new numbers")

    def test_a_xero_that_does_not_answer_leaves_the_rest_to_be_seen(self):
        move = self.pushed()
        move.ref = "PO 9"
        self.simulator.fault("status", match="GET /Invoices", status=503, times=None)
        shown = self.preview(move)
        self.assertEqual(shown.action, "update")
        self.assertTrue(shown.unread)
        self.assertFalse(shown.compared)

    def test_a_connection_that_is_not_in_use_has_no_preview(self):
        move = self.invoice()
        self.connection.action_pause()
        with self.assertRaisesRegex(UserError, "paused"):
            move.action_preview_for_xero()

    def test_nothing_selected_and_too_much_selected_are_said(self):
        with self.assertRaisesRegex(UserError, "at least one"):
            self.env["account.move"].action_preview_for_xero()
        with self.assertRaisesRegex(UserError, "at most 500"):
            self.env["xero.preview"]._action_for(self.env["account.move"].browse(range(1, 502)))
