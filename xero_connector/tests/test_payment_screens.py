from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from .settlement_case import SettlementCase

INVOICING = "base.group_user,account.group_account_invoice"


class TestPaymentScreens(SettlementCase):
    """A payment shows what became of its shares in Xero: the state that most needs a person, and why."""

    def as_user(self, groups=f"{INVOICING},xero_connector.group_xero_user", company=None):
        company = company or self.company
        user = new_test_user(self.env, "clerk", groups, company_id=company.id, company_ids=company.ids)
        self.env.flush_all()
        return self.env(user=user, context={"allowed_company_ids": company.ids})

    def shared(self, *states):
        """One payment that settles an invoice for each of these states; ``None`` is not known to Xero."""
        payment = self.pay(self.invoice())
        for state in states:
            settlement = self.settlement(self.invoice(), payment)
            if state:
                self.link(settlement, state, message=f"{state} for a reason.")
        self.env["xero.mark"].sudo().search([]).unlink()
        self.env.invalidate_all()
        return payment

    def found(self, state):
        return self.env["account.payment"].search([("xero_sync_state", "=", state)])

    # -- State -------------------------------------------------------------------------------------------------------

    def test_a_payment_is_in_xero_when_its_share_is(self):
        payment = self.shared("synced")
        self.assertEqual((payment.xero_sync_state, payment.xero_message), ("synced", False))

    def test_the_worst_state_of_its_shares_counts(self):
        for states, worst in (
            (("synced", "failed", "blocked"), "failed"),
            (("blocked", "synced", "new"), "blocked"),
            (("synced", "new"), "to_sync"),
            (("excluded", "synced"), "excluded"),
            ((None, "synced"), "synced"),
            ((None,), False),
            ((), False),
        ):
            with self.subTest(states=states):
                payment = self.shared(*states)
                self.assertEqual(payment.xero_sync_state, worst)
                self.assertIn(payment, self.found(worst))
                self.assertEqual(payment.xero_settlement_count, len(states))

    def test_the_reason_of_the_worst_is_told(self):
        payment = self.shared("synced", "blocked", "failed")
        self.assertEqual(payment.xero_message, "failed for a reason.")

    def test_a_payment_without_entry_counts_by_its_own_number(self):
        payment = self.shared("synced")
        settlement = self.env["xero.settlement"].search([])
        settlement.sudo().write({"counterpart_model": "account.payment", "counterpart_id": payment.id})
        self.env.invalidate_all()
        self.assertEqual(payment.xero_sync_state, "synced")

    def test_a_document_with_the_number_of_a_payment_is_not_that_payment(self):
        payment = self.shared("failed")
        settlement = self.env["xero.settlement"].search([])
        settlement.sudo().write({"counterpart_model": "account.payment", "counterpart_id": payment.move_id.id})
        self.env.invalidate_all()
        self.assertFalse(payment.xero_sync_state)

    def test_payments_are_filtered_by_their_state(self):
        first, second, none = self.shared("synced"), self.shared("failed"), self.shared()
        payments = self.env["account.payment"]
        domain = [("id", "in", (first | second | none).ids)]
        self.assertEqual(payments.search([*domain, ("xero_sync_state", "in", ["failed", "blocked"])]), second)
        self.assertEqual(payments.search([*domain, ("xero_sync_state", "=", "synced")]), first)
        self.assertEqual(payments.search([*domain, ("xero_sync_state", "=", False)]), none)
        self.assertEqual(payments.search([*domain, ("xero_sync_state", "!=", False)]), first | second)

    # -- Buttons -----------------------------------------------------------------------------------------------------

    def test_a_payment_of_one_document_is_opened_in_xero(self):
        payment = self.shared("synced")
        self.assertIn("bankTransactionID", payment.action_open_in_xero()["url"])

    def test_of_several_pages_none_is_opened_but_all_are_listed(self):
        payment = self.shared("synced", "synced")
        self.assertFalse(payment.xero_url)
        with self.assertRaisesRegex(UserError, "no page of its own"):
            payment.action_open_in_xero()
        shown = self.env["xero.settlement"].search(payment.action_xero_settlements()["domain"])
        self.assertEqual(len(shown), 2)

    def test_push_pushes_the_document_that_it_settles(self):
        invoice = self.pushed()
        payment = self.pay(invoice)
        self.env["xero.mark"].sudo().search([]).unlink()
        self.env.flush_all()
        notice = payment.action_push_to_xero()
        self.assertIn(invoice.name, notice["params"]["message"])

    def test_push_of_several_payments_is_one_push_of_their_documents(self):
        invoices = self.invoice() | self.invoice()
        payments = self.pay(invoices[0]) | self.pay(invoices[1])
        payments.action_push_to_xero()
        push = self.env["xero.push"].search([])
        self.assertEqual(push.record_ids, {"account.move": invoices.ids})

    def test_push_of_a_payment_that_settles_nothing_says_so(self):
        payment = self.env["account.payment"].create(
            {"partner_id": self.partner.id, "amount": 10, "journal_id": self.journal.id, "payment_type": "inbound"}
        )
        with self.assertRaisesRegex(UserError, "settles none yet"):
            payment.action_push_to_xero()

    # -- Rights ------------------------------------------------------------------------------------------------------

    def test_who_has_no_rights_in_xero_registers_payments_as_before(self):
        invoice = self.invoice()
        env = self.as_user(INVOICING)
        payment = self.pay(invoice.with_env(env))
        self.assertIn(invoice.with_env(env).payment_state, ("paid", "in_payment"))
        with Form(payment) as form:
            form.memo = "Thank you"
        self.assertNotIn("xero", env["account.payment"].get_view(view_type="form")["arch"].lower())
        self.assertNotIn("xero_sync_state", env["account.payment"].fields_get())
        with self.assertRaises(UserError):
            payment.action_push_to_xero()

    def test_a_user_of_xero_sees_state_and_reason(self):
        payment = self.shared("blocked")
        env = self.as_user()
        with Form(payment.with_env(env)) as form:
            self.assertEqual((form.xero_sync_state, form.xero_message), ("blocked", "blocked for a reason."))
        for kind in ("list", "kanban", "search"):
            arch = etree.fromstring(env["account.payment"].get_view(view_type=kind)["arch"])
            self.assertTrue(arch.xpath("//*[@name='xero_sync_state' or @name='xero_to_fix']"), kind)

    def test_another_company_is_told_nothing(self):
        payment = self.shared("failed")
        other = self.env["res.company"].create({"name": "Harbour", "currency_id": self.company.currency_id.id})
        env = self.as_user(f"{INVOICING},xero_connector.group_xero_user", other)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models.ir_rule"):
            payment.with_env(env).read(["xero_sync_state"])
        self.assertFalse(env["account.payment"].search([("xero_sync_state", "=", "failed")]))
