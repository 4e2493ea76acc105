from lxml import etree

from odoo.tests import Form, new_test_user

from .settlement_case import SettlementCase

INVOICING = "base.group_user,account.group_account_invoice"


class TestStatusScreens(SettlementCase):
    """What a document is in Xero now is on its page and in the lists; a provider's policy is on its page."""

    def as_user(self, groups):
        user = new_test_user(self.env, "clerk", groups, company_id=self.company.id, company_ids=self.company.ids)
        return self.env(user=user, context={"allowed_company_ids": self.company.ids})

    def test_a_document_shows_what_differs_in_xero(self):
        invoice = self.pushed()
        self.binding(invoice).sudo().difference = "In Xero 60.00 is paid."
        self.env.flush_all()
        env = self.as_user(f"{INVOICING},xero_connector.group_xero_user")
        with Form(invoice.with_env(env)) as form:
            self.assertEqual((form.xero_difference, form.xero_status), ("In Xero 60.00 is paid.", "AUTHORISED"))

    def test_the_lists_have_the_columns_and_the_filter(self):
        views = self.env["account.move"]
        lists = etree.fromstring(views.get_view(self.env.ref("account.view_in_invoice_bill_tree").id, "list")["arch"])
        for name in ("status", "sent", "amount_due", "amount_paid", "amount_credited", "difference"):
            self.assertTrue(lists.xpath(f"//field[@name='xero_{name}']"), name)
        search = views.get_view(self.env.ref("account.view_account_bill_filter").id, "search")["arch"]
        self.assertIn('name="xero_differs"', search)

    def test_who_has_no_rights_in_xero_is_shown_nothing_of_it(self):
        env = self.as_user(INVOICING)
        for kind in ("list", "form", "search"):
            self.assertNotIn("xero", env["account.move"].get_view(view_type=kind)["arch"].lower())

    def test_the_policy_of_a_provider_is_on_its_page(self):
        arch = self.env["payment.provider"].get_view(view_type="form")["arch"]
        self.assertIn('name="xero_payments"', arch)
