from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form

from odoo.addons.xero_connector.sync.marks import Marks
from odoo.addons.xero_connector.sync.workspace import Workspace

from .common import XeroCase


class TestMarks(XeroCase):
    """Business transactions leave marks and nothing else; the engine takes exactly those that it read."""

    def setUp(self):
        super().setUp()
        self.partner = self.new_partner()

    def links_on_disk(self):
        """Every link row with its version: changes when a row is written or even locked."""
        self.env.flush_all()
        self.env.cr.execute("SELECT id, ctid::text, xmin::text, xmax::text FROM xero_binding ORDER BY id")
        return self.env.cr.fetchall()

    def mark_statements(self):
        """The number of INSERT statements that wrote the waiting marks, by their command ids."""
        self.env.cr.execute("SELECT count(DISTINCT (xmin::text, cmin::text)) FROM xero_mark")
        return self.env.cr.fetchone()[0]

    def drafts(self, count, company=None):
        return self.env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": self.partner.id,
                    "invoice_date": "2026-03-10",
                    "company_id": (company or self.company).id,
                    "invoice_line_ids": [
                        Command.create({"name": "Seat", "price_unit": 10 + index, "tax_ids": [Command.clear()]})
                    ],
                }
                for index in range(count)
            ]
        )

    def bound(self, states):
        """One record for each state, made as the engine would; returns dict of state → invoice."""
        invoices = dict(zip(states, self.drafts(len(states)), strict=True))
        for state, invoice in invoices.items():
            self.env["xero.binding"].sudo().create(
                {
                    "connection_id": self.connection.id,
                    "res_model": "account.move",
                    "res_id": invoice.id,
                    "xero_type": "Invoice",
                    "xero_subtype": "ACCREC",
                    "state": state,
                }
            )
        return invoices

    # -- Rule 1: no HTTP, no link touched -----------------------------------------------------------------------------

    def test_a_business_transaction_never_calls_xero_and_never_touches_a_link(self):
        invoice, other, deleted = (self.new_invoice(self.partner) for _index in range(3))
        bystander = self.new_partner("Bystander", xero_create=True)
        self.run_sync()
        self.simulator.calls.clear()
        before = self.links_on_disk()
        self.assertEqual(len(before), 5)
        steps = {
            "confirm": lambda: self.new_invoice(self.partner),
            "write": lambda: invoice.write({"ref": "PO 1", "invoice_date_due": "2026-06-01"}),
            "write a line": lambda: invoice.invoice_line_ids.write({"name": "Other text"}),
            "back to draft": lambda: (invoice.button_draft(), deleted.button_draft()),
            "confirm again": invoice.action_post,
            "cancel": lambda: (other.button_draft(), other.button_cancel()),
            "delete": deleted.unlink,
            "partner": lambda: self.partner.write({"name": "Renamed", "email": "new@example.com"}),
            "delete a partner": bystander.unlink,
            "mapping": lambda: self.tax.write({"xero_tax_rate_id": False}),
            "default account": lambda: self.connection.write({"export_from": "2026-01-01"}),
        }
        for name, step in steps.items():
            step()
            self.assertEqual(self.links_on_disk(), before, name)
        self.assertFalse(self.simulator.calls, "not even one")

    def test_each_of_these_changes_leaves_a_mark(self):
        invoice = self.new_invoice(self.partner)
        self.run_sync()
        steps = {
            "ref": lambda: invoice.write({"ref": "PO 1"}),
            "due date": lambda: invoice.write({"invoice_date_due": "2026-06-01"}),
            "line text": lambda: invoice.invoice_line_ids.write({"name": "Other text"}),
            "back to draft": invoice.button_draft,
            "confirm again": invoice.action_post,
            "button": lambda: invoice._xero_mark(),
            "cancel": lambda: (invoice.button_draft(), invoice.button_cancel()),
        }
        for name, step in steps.items():
            self.env["xero.mark"].sudo().search([]).unlink()
            step()
            self.assertIn(("account.move", invoice.id), self.waiting_marks().mapped(lambda m: (m.res_model, m.res_id)),
                          name)  # fmt: skip

    def test_a_change_in_the_form_leaves_a_mark(self):
        invoice = self.new_invoice(self.partner)
        self.run_sync()
        with Form(invoice) as form:
            form.ref = "PO 2"
        self.assertTrue(self.waiting_marks())

    def test_noise_on_a_confirmed_invoice_leaves_no_mark(self):
        invoice = self.new_invoice(self.partner)
        self.run_sync()
        invoice.write({"invoice_user_id": self.env.uid})
        invoice.message_post(body="Called the customer")
        invoice.invoice_line_ids.write({"date_maturity": "2026-06-01"})
        self.env["account.move"].browse().write({"ref": "nothing"})
        self.assertFalse(self.waiting_marks())

    def test_drafts_leave_no_mark_whatever_is_written(self):
        draft = self.new_invoice(self.partner, post=False)
        draft.write({"ref": "PO 1", "partner_id": self.new_partner("Other").id})
        draft.invoice_line_ids.price_unit = 5
        self.assertFalse(self.waiting_marks())

    def test_a_company_that_never_had_a_connection_gets_no_marks(self):
        company = self.env["res.company"].create({"name": "Unconnected", "currency_id": self.company.currency_id.id})
        self.assertFalse(self.env["xero.mark"].sudo()._put("res.partner", {company.id: [self.partner.id]}))
        self.env["xero.connection"].create({"name": "Prepared", "code": "prepared", "company_id": company.id})
        self.assertFalse(self.env["xero.mark"].sudo()._put("res.partner", {company.id: [self.partner.id]}))
        self.assertFalse(self.env["xero.mark"].search([]))

    def test_marks_wait_in_every_state_once_an_organisation_was_chosen(self):
        for state in ("paused", "expired", "draft"):
            self.connection.sudo().state = state
            invoice = self.new_invoice(self.partner)
            self.run_sync()
            self.assertIn(invoice.id, self.waiting_marks().mapped("res_id"), state)
            self.assertFalse(self.calls())

    def test_an_invoicing_user_without_xero_rights_works_as_before_and_marks(self):
        user = self.env["res.users"].create(
            {
                "name": "Invoicing",
                "login": "invoicing-only",
                "group_ids": [
                    Command.link(self.env.ref("account.group_account_manager").id),
                    Command.link(self.env.ref("base.group_partner_manager").id),
                ],
                "company_id": self.company.id,
                "company_ids": [Command.link(self.company.id)],
            }
        )
        draft = self.new_invoice(self.partner, post=False).with_user(user)
        draft.action_post()
        draft.ref = "PO 1"
        self.assertIn(draft.id, self.waiting_marks().mapped("res_id"))
        draft.button_draft()
        draft.button_cancel()
        draft.unlink()
        self.partner.with_user(user).phone = "1"
        with self.assertRaises(UserError):
            self.partner.with_user(user).action_push_to_xero()

    # -- Cost ----------------------------------------------------------------------------------------------------------

    def test_a_batch_of_records_is_marked_by_one_statement(self):
        moves = self.drafts(30)
        self.mark_statements()
        moves._xero_mark()
        self.assertEqual(len(self.waiting_marks()), 30)
        self.assertEqual(self.mark_statements(), 1)

    def queries_of(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_confirming_50_invoices_costs_a_few_queries_more_than_without_a_connection(self):
        few, many, plain = self.drafts(5), self.drafts(50), self.drafts(50)
        # Warm up what is cached once per registry.
        self.drafts(1).action_post()
        self.env["xero.mark"].sudo().search([]).unlink()
        with_five = self.queries_of(few.action_post)
        with_fifty = self.queries_of(many.action_post)
        marks = len(self.waiting_marks())
        self.assertGreaterEqual(marks, 55)
        self.assertLessEqual(self.mark_statements(), 4, "one statement per hook and batch, not one per invoice")
        # Without a connection nothing is marked: what is left is what Odoo itself costs.
        self.env["xero.binding"].sudo().search([]).unlink()
        self.connection.sudo().tenant_id = False
        without = self.queries_of(plain.action_post)
        self.assertLess(with_fifty - without, 25, f"5: {with_five}, 50: {with_fifty}, 50 unconnected: {without}")

    def test_the_state_of_1000_records_costs_a_constant_number_of_queries(self):
        partners = self.env["res.partner"].create([{"name": f"P {index}", "is_company": True} for index in range(1000)])
        self.env["xero.binding"].sudo().create(
            [
                {
                    "connection_id": self.connection.id,
                    "res_model": "res.partner",
                    "res_id": partner.id,
                    "xero_type": "Contact",
                    "state": ("synced", "failed", "blocked", "new")[index % 4],
                    "xero_id": f"id-{index}",
                }
                for index, partner in enumerate(partners)
            ]
        )
        partners[:100]._xero_mark()
        self.env.flush_all()
        costs = []
        for records in (partners[:10], partners):
            self.env.invalidate_all()
            records.mapped("name")
            before = self.env.cr.sql_log_count
            states = records.mapped("xero_sync_state")
            costs.append(self.env.cr.sql_log_count - before)
        self.assertEqual(costs[0], costs[1])
        self.assertLessEqual(costs[1], 2)
        # Marked: 100. Of the other 900 every fourth each is synced, failed, blocked, new (= waiting).
        self.assertEqual({state: states.count(state) for state in set(states)},
                         {"to_sync": 100 + 225, "synced": 225, "failed": 225, "blocked": 225})  # fmt: skip

    # -- Searching the state -------------------------------------------------------------------------------------------

    def test_searching_the_state_finds_what_the_list_shows(self):
        states = ("new", "in_flight", "synced", "failed", "blocked", "excluded")
        invoices = self.bound(states)
        marked = self.bound(("synced", "failed", "excluded"))
        for invoice in marked.values():
            self.env["xero.mark"].sudo()._put("account.move", {self.company.id: [invoice.id]})
        untouched = self.drafts(2)
        everything = self.env["account.move"].union(*invoices.values(), *marked.values(), untouched)
        shown = {move.id: move.xero_sync_state for move in everything}
        self.assertEqual(
            [shown[invoices[state].id] for state in states],
            ["to_sync", "to_sync", "synced", "failed", "blocked", "excluded"],
        )
        self.assertEqual([shown[move.id] for move in marked.values()], ["to_sync", "to_sync", "excluded"])
        self.assertEqual([shown[move.id] for move in untouched], [False, False])

        def found(operator, value):
            domain = [("xero_sync_state", operator, value), ("id", "in", everything.ids)]
            return set(self.env["account.move"].search(domain).ids)

        def expected(wanted):
            return {move_id for move_id, state in shown.items() if wanted(state)}

        for state in ("to_sync", "synced", "failed", "blocked", "excluded", False):
            self.assertEqual(found("=", state), expected(lambda s, state=state: s == state), f"= {state}")
            self.assertEqual(found("!=", state), expected(lambda s, state=state: s != state), f"!= {state}")
        for values in (["failed", "blocked"], ["to_sync", False], ["synced", "excluded", False], []):
            self.assertEqual(found("in", values), expected(lambda s, v=values: s in v), f"in {values}")
            self.assertEqual(found("not in", values), expected(lambda s, v=values: s not in v), f"not in {values}")

    def test_the_search_sees_the_user_s_companies_only(self):
        company = self.env["res.company"].create({"name": "Sister", "currency_id": self.company.currency_id.id})
        self.partner._xero_mark()
        self.run_sync()
        partners = self.env["res.partner"].with_context(allowed_company_ids=[company.id])
        self.assertNotIn(self.partner.id, partners.search([("xero_sync_state", "=", "synced")]).ids)
        self.assertFalse(partners.browse(self.partner.id).xero_sync_state)
        self.partner.phone = "1"
        self.env.invalidate_all()
        self.assertEqual(self.partner.xero_sync_state, "to_sync")
        self.assertNotIn(self.partner.id, partners.search([("xero_sync_state", "=", "to_sync")]).ids)
        self.assertFalse(partners.browse(self.partner.id).xero_sync_state, "the mark is another company's affair")

    # -- Pushing -------------------------------------------------------------------------------------------------------

    def test_pushing_many_goes_in_the_background_and_ends_with_counts(self):
        good = self.drafts(4)
        good.action_post()
        unmapped = self.new_invoice(self.partner, taxes=self.percent_tax(7))
        locked = self.new_invoice(self.partner, invoice_date="2026-01-05")
        draft = self.new_invoice(self.partner, post=False)
        self.organisation.set_lock_dates(period="2026-01-31")
        self.env["xero.mark"].sudo().search([]).unlink()
        notice = (good | unmapped | locked | draft).action_push_to_xero()["params"]
        self.assertIn("6 records", notice["message"])
        self.assertIn("1 were left out", notice["message"])
        self.assertFalse(self.calls(), "nothing is sent while the user waits")
        push = self.env["xero.push"].search([])
        self.assertEqual((push.total, push.done, push.user_id), (6, 0, self.env.user))
        self.run_sync()
        self.assertEqual((push.synced, push.blocked, push.failed), (4, 1, 1))
        self.assertEqual(push.progress, 100)
        self.assertTrue(push.finished_at)
        self.env.cr.precommit.run()
        notices = self.env["bus.bus"].sudo().search([("message", "like", "Push to Xero finished")])
        self.assertEqual(len(notices), 1)
        for text in ("4 in Xero", "1 held", "1 refused"):
            self.assertIn(text, notices.message)

    def test_pushing_many_that_cannot_be_sent_says_why(self):
        drafts = self.drafts(3)
        with self.assertRaisesRegex(UserError, "not confirmed"):
            drafts.action_push_to_xero()
        with self.assertRaisesRegex(UserError, "at least one"):
            drafts.browse().action_push_to_xero()

    def test_pushing_many_looks_at_the_selection_with_a_bounded_number_of_queries(self):
        moves = self.drafts(40)
        moves.action_post()
        self.run_sync(times=2)
        few = self.queries_of(moves[:10].action_push_to_xero)
        many = self.queries_of(moves.action_push_to_xero)
        self.assertLessEqual(many - few, 10, f"10 records: {few}, 40 records: {many}")

    def test_the_button_is_refused_in_words_when_the_connection_cannot_be_used(self):
        invoice = self.new_invoice(self.partner)
        for state, words in (("paused", "is paused"), ("expired", "press Connect"), ("draft", "not connected to Xero")):
            self.connection.sudo().state = state
            with self.assertRaisesRegex(UserError, words):
                invoice.action_push_to_xero()

    def test_pushing_one_in_a_transaction_that_changed_something_sends_what_was_changed(self):
        invoice = self.new_invoice(self.partner)
        invoice.ref = "Written in this very transaction"
        notice = invoice.action_push_to_xero()["params"]
        self.env.invalidate_all()
        self.assertEqual(notice["type"], "success")
        self.assertEqual(
            self.organisation.invoice_by_number(invoice.name)["Reference"], "Written in this very transaction"
        )

    # -- Exactly what was read -----------------------------------------------------------------------------------------

    def test_the_engine_deletes_only_the_marks_that_it_read(self):
        invoice = self.new_invoice(self.partner)
        self.env["xero.mark"].sudo().search([]).unlink()
        first = invoice._xero_mark()
        with self.registry.cursor() as cr:
            work = Workspace(cr, self.connection.id, 8, False)
            marks = Marks(work).take()
            self.assertEqual(marks.of("account.move", invoice.id), first)
            # Another transaction began earlier and commits later: its mark may even have a smaller id.
            cr.execute(
                "INSERT INTO xero_mark (id, res_model, res_id, company_id, marked_at) "
                "VALUES (-1, 'account.move', %s, %s, now() AT TIME ZONE 'UTC')",
                [invoice.id, self.company.id],
            )
            second = invoice._xero_mark()
            marks.delete(dict.fromkeys(first, "synced"))
            work.commit()
        self.env.invalidate_all()
        self.assertEqual(sorted(self.waiting_marks().ids), [-1, *second])

    def test_marks_of_unknown_records_and_of_gone_records_are_cleared(self):
        gone = self.new_partner("Gone")
        gone_id = gone.id
        gone.unlink()
        self.env["xero.mark"].sudo()._put("res.partner", {self.company.id: [gone_id]})
        self.env["xero.mark"].sudo()._put("account.move", {self.company.id: [2**30]})
        self.run_sync()
        self.assertFalse(self.waiting_marks())
        self.assertFalse(self.calls())

    def test_excluded_records_are_left_alone_until_they_are_included(self):
        invoice = self.new_invoice(self.partner)
        self.run_sync()
        self.simulator.calls.clear()
        self.binding(invoice).action_exclude()
        invoice.ref = "PO 1"
        self.run_sync()
        self.assertFalse(self.calls())
        self.assertFalse(self.waiting_marks())
        notice = invoice.action_push_to_xero()["params"]
        self.assertIn("excluded", notice["message"])
        self.env.invalidate_all()
        self.binding(invoice).action_include()
        self.run_sync()
        self.assertEqual(self.organisation.invoice_by_number(invoice.name)["Reference"], "PO 1")
