from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from .settlement_case import SettlementCase

INVOICING = "base.group_user,account.group_account_invoice"
DOCUMENTS = ("out_invoice", "out_refund", "out_receipt", "in_invoice", "in_refund", "in_receipt")


class TestSettlementScreens(SettlementCase):
    """The list and the page of what settles what in Xero, and the ways to and from them."""

    def as_user(self, groups=f"{INVOICING},xero_connector.group_xero_user", company=None):
        company = company or self.company
        user = new_test_user(self.env, "clerk", groups, company_id=company.id, company_ids=company.ids)
        self.env.flush_all()
        return self.env(user=user, context={"allowed_company_ids": company.ids})

    # -- State -------------------------------------------------------------------------------------------------------

    def test_a_settlement_shows_the_state_of_its_twin(self):
        _invoice, _payment, settlement, link = self.paid()
        self.assertEqual(settlement.xero_sync_state, "synced")
        link.sudo().write({"state": "failed", "message": "No."})
        self.env.invalidate_all()
        self.assertEqual((settlement.xero_sync_state, settlement.xero_message), ("failed", "No."))

    def test_of_several_twins_the_one_that_most_needs_a_person_tells_the_state(self):
        _invoice, _payment, settlement, _link = self.paid()
        held = self.held(settlement, "account", role="write_off", xero_type="CreditNote")
        self.link(settlement, role="write_off_allocation", xero_type="Allocation")
        self.env.invalidate_all()
        self.assertEqual((settlement.xero_sync_state, settlement.xero_message), ("blocked", held.message))
        self.assertEqual(self.env["xero.settlement"].search([("xero_sync_state", "=", "blocked")]), settlement)
        self.assertEqual(len(settlement.xero_binding_ids), 3)

    def test_twins_are_called_what_a_bookkeeper_calls_them(self):
        invoice, bill = self.invoice(), self.bill()
        settlement = self.settlement(invoice, self.pay(invoice))
        kinds = [
            self.link(settlement).xero_kind,
            self.link(settlement, role="write_off", xero_type="CreditNote").xero_kind,
            self.link(invoice, xero_type="Invoice", xero_subtype="ACCREC").xero_kind,
            self.link(bill, xero_type="Invoice", xero_subtype="ACCPAY").xero_kind,
            self.link(self.partner, xero_type="Prepayment").xero_kind,
        ]
        self.assertEqual(kinds, ["Payment", "Credit note for a write-off", "Invoice", "Bill", "Prepayment"])

    def test_a_live_twin_comes_before_one_that_was_removed(self):
        _invoice, _payment, settlement, _link = self.paid()
        self.link(settlement, role="write_off", xero_type="CreditNote", xero_status="VOIDED")
        self.env.invalidate_all()
        self.assertEqual(settlement.xero_sync_state, "synced")

    def test_what_was_removed_in_xero_says_voided(self):
        _invoice, _payment, settlement, _link = self.paid(xero_status="DELETED")
        self.assertEqual(settlement.xero_sync_state, "ended")

    def test_one_that_is_marked_waits(self):
        _invoice, _payment, settlement, _link = self.paid()
        settlement._xero_mark()
        self.env.invalidate_all()
        self.assertEqual(settlement.xero_sync_state, "to_sync")

    # -- Ways to and fro ---------------------------------------------------------------------------------------------

    def test_its_document_and_payment_are_opened(self):
        invoice, payment, settlement, _link = self.paid()
        opened = settlement.action_open_document()
        self.assertEqual((opened["res_model"], opened["res_id"]), ("account.move", invoice.id))
        opened = settlement.action_open_counterpart()
        self.assertEqual((opened["res_model"], opened["res_id"]), ("account.payment", payment.id))

    def test_a_credit_note_that_settles_is_opened_itself(self):
        invoice, credit = self.invoice(), self.invoice(move_type="out_refund")
        opened = self.settlement(invoice, credit, kind="allocation").action_open_counterpart()
        self.assertEqual((opened["res_model"], opened["res_id"]), ("account.move", credit.id))

    def test_what_is_gone_from_odoo_is_said(self):
        _invoice, _payment, settlement, _link = self.paid()
        settlement.sudo().write({"counterpart_model": "account.payment", "counterpart_id": 99_999_999})
        with self.assertRaisesRegex(UserError, "not in Odoo any more"):
            settlement.action_open_counterpart()

    def test_a_payment_has_a_page_in_xero(self):
        _invoice, _payment, settlement, link = self.paid()
        self.assertIn("Bank%2FViewTransaction.aspx%3FbankTransactionID%3D", settlement.action_open_in_xero()["url"])
        self.assertIn(link.xero_id, settlement.xero_url)

    def test_an_allocation_leads_to_its_document_in_xero(self):
        invoice, _payment, settlement, _link = self.paid(xero_type="Allocation")
        self.assertFalse(settlement.xero_url)
        document = self.link(invoice, xero_type="Invoice", xero_subtype="ACCREC")
        self.env.invalidate_all()
        self.assertEqual(settlement.xero_url, document.xero_url)

    def test_the_button_of_a_document_counts_and_opens_its_settlements(self):
        invoice, _payment, settlement, _link = self.paid()
        credit = self.invoice(move_type="out_refund")
        other = self.settlement(invoice, credit, kind="allocation")
        self.env.invalidate_all()
        self.assertEqual((invoice.xero_settlement_count, credit.xero_settlement_count), (2, 1))
        shown = self.env["xero.settlement"].search(invoice.action_xero_settlements()["domain"])
        self.assertEqual(shown, settlement | other)
        self.assertEqual(self.env["xero.settlement"].search(credit.action_xero_settlements()["domain"]), other)

    def test_a_document_without_settlements_has_none(self):
        self.assertEqual(self.invoice().xero_settlement_count, 0)

    def test_a_document_says_why_its_payment_is_held(self):
        invoice = self.paid("blocked", message="Bank has no account.", reason="payment_account")[0]
        self.assertEqual(invoice.xero_unsettled, "Bank has no account.")

    def test_a_document_whose_payment_is_in_xero_says_nothing_of_it(self):
        self.assertFalse(self.paid()[0].xero_unsettled)

    def test_a_document_does_not_say_that_its_payment_waits_for_itself(self):
        invoice = self.paid("blocked", message="It is not in Xero.", reason="document")[0]
        self.assertFalse(invoice.xero_unsettled)

    def test_a_payment_with_the_number_of_a_document_is_not_its_settlement(self):
        invoice, _payment, settlement, _link = self.paid()
        other = self.invoice()
        settlement.sudo().write({"counterpart_model": "account.payment", "counterpart_id": other.id})
        self.env.invalidate_all()
        self.assertEqual(other.xero_settlement_count, 0)
        self.assertEqual(invoice.xero_settlement_count, 1)

    # -- Retry -------------------------------------------------------------------------------------------------------

    def test_retry_marks_what_is_held(self):
        _invoice, _payment, settlement, link = self.paid("blocked", message="Held.", reason="payment_account")
        settlement.action_retry()
        mark = self.env["xero.mark"].search([("res_model", "=", "xero.settlement")])
        self.assertEqual((mark.res_id, link.state), (settlement.id, "blocked"))

    def test_retry_of_one_with_two_held_twins_is_no_push_of_two(self):
        _invoice, _payment, settlement, _link = self.paid("blocked", message="Held.", reason="payment_account")
        self.held(settlement, "account", role="write_off", xero_type="CreditNote")
        settlement.action_retry()
        self.assertFalse(self.env["xero.push"].search([]))

    def test_retry_of_several_counts_each_once(self):
        first = self.paid("blocked", message="Held.", reason="payment_account")[2]
        self.held(first, "account", role="write_off", xero_type="CreditNote")
        second = self.paid("blocked", message="Held.", reason="payment_account")[2]
        (first | second).action_retry()
        self.assertEqual(self.env["xero.push"].search([]).total, 2)

    def test_retry_of_what_is_in_xero_says_that_there_is_nothing(self):
        settlement = self.paid()[2]
        with self.assertRaisesRegex(UserError, "nothing to retry"):
            settlement.action_retry()

    # -- Screens and rights ------------------------------------------------------------------------------------------

    def arch(self, env, model, kind, view=None):
        return etree.fromstring(env[model].get_view(view and self.env.ref(view).id, kind)["arch"])

    def test_a_user_of_xero_reads_list_page_and_history(self):
        settlement = self.paid()[2]
        env = self.as_user()
        for kind in ("list", "form", "kanban", "search"):
            self.assertIsNotNone(self.arch(env, "xero.settlement", kind))
        columns = ["document_name", "amount", "xero_sync_state", "xero_message", "xero_url"]
        rows = env["xero.settlement"].web_search_read([], {name: {} for name in columns})["records"]
        self.assertEqual([row["xero_sync_state"] for row in rows], ["synced"])
        self.assertEqual(settlement.with_env(env).action_xero_history()["res_model"], "xero.request")

    def test_who_has_no_rights_in_xero_reads_no_settlements(self):
        settlement = self.paid()[2]
        env = self.as_user(INVOICING)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            settlement.with_env(env).read(["name"])

    def test_another_company_sees_no_settlements(self):
        invoice, _payment, settlement, _link = self.paid()
        other = self.env["res.company"].create({"name": "Harbour", "currency_id": self.company.currency_id.id})
        env = self.as_user(f"{INVOICING},xero_connector.group_xero_manager", other)
        self.assertFalse(env["xero.settlement"].search([]))
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            settlement.with_env(env).read(["name"])
        self.assertEqual(invoice.xero_settlement_count, 1)

    def test_nobody_writes_settlements(self):
        settlement = self.paid()[2]
        env = self.as_user(f"{INVOICING},xero_connector.group_xero_manager")
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_model"):
            settlement.with_env(env).write({"amount": 1})

    def test_the_menu_opens_the_list(self):
        menu = self.env.ref("xero_connector.menu_xero_settlement")
        self.assertEqual(menu.action.res_model, "xero.settlement")
        self.assertIn(
            "xero_connector.group_xero_user", menu.parent_id.group_ids.mapped(lambda g: g.get_external_id()[g.id])
        )

    # -- Forms of documents ------------------------------------------------------------------------------------------

    def test_buttons_are_there_for_each_kind_of_document_that_is_sent(self):
        sendable = {kind: self.env["account.move"].new({"move_type": kind}).xero_sendable for kind in DOCUMENTS}
        self.assertEqual(sendable, dict.fromkeys(DOCUMENTS, True))
        self.assertFalse(self.env["account.move"].new({"move_type": "entry"}).xero_sendable)

    def test_buttons_are_not_there_for_what_is_switched_off(self):
        self.connection.write({"sync_bills": False, "sync_credit_notes": False})
        sent = [kind for kind in DOCUMENTS if self.env["account.move"].new({"move_type": kind}).xero_sendable]
        self.assertEqual(sent, ["out_invoice", "out_receipt"])

    def test_without_a_connection_the_button_is_there_to_say_how_to_connect(self):
        other = self.env["res.company"].create({"name": "Harbour", "currency_id": self.company.currency_id.id})
        move = self.env["account.move"].with_company(other).new({"move_type": "in_invoice", "company_id": other.id})
        self.assertTrue(move.xero_sendable)

    def test_a_users_form_hides_buttons_by_what_is_sent(self):
        arch = self.arch(self.as_user(), "account.move", "form")
        for name in ("action_push_to_xero", "action_preview_for_xero"):
            [button] = arch.xpath(f"//button[@name='{name}']")
            self.assertIn("xero_sendable", button.get("invisible"))

    def test_lists_of_every_kind_show_the_state_and_can_be_filtered_by_it(self):
        for name in ("out_invoice", "out_credit_note", "in_invoice", "in_invoice_bill", "in_invoice_refund"):
            arch = self.arch(self.env, "account.move", "list", f"account.view_{name}_tree")
            self.assertTrue(arch.xpath("//field[@name='xero_sync_state']"), name)
        for name in ("account_invoice", "account_bill"):
            arch = self.arch(self.env, "account.move", "search", f"account.view_{name}_filter")
            self.assertTrue(arch.xpath("//filter[@name='xero_to_fix']"), name)

    def test_a_line_of_a_bill_has_an_account_of_its_own(self):
        bill = self.bill()
        bill.invoice_line_ids.xero_account_id = self.xero_account(self.connection, "429")
        arch = self.arch(self.as_user(), "account.move", "form")
        self.assertTrue(arch.xpath("//field[@name='invoice_line_ids']/list/field[@name='xero_account_id']"))

    # -- The history -------------------------------------------------------------------------------------------------

    def test_the_history_is_filtered_by_kind(self):
        paths = {
            "documents": ["/Invoices", "/Invoices/1"],
            "credit_notes": ["/CreditNotes", "/CreditNotes/1"],
            "payments": ["/Payments", "/Payments/1"],
            "allocations": ["/CreditNotes/1/Allocations", "/CreditNotes/1/Allocations/2"],
            "contacts": ["/Contacts"],
            "additions": ["/TaxRates", "/Currencies"],
        }
        calls = (
            self.env["xero.request"]
            .sudo()
            .create(
                [
                    {"connection_id": self.connection.id, "idempotency_key": path, "method": "PUT", "path": path}
                    for path in sum(paths.values(), [])
                ]
            )
        )
        arch = self.arch(self.env, "xero.request", "search")
        for name, expected in paths.items():
            [node] = arch.xpath(f"//filter[@name='{name}']")
            domain = [("id", "in", calls.ids), *safe_eval(node.get("domain"))]
            self.assertEqual(sorted(self.env["xero.request"].search(domain).mapped("path")), sorted(expected), name)
