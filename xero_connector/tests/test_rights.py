from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from .common import XeroCase

OWN_MODELS = (
    "xero.connection", "xero.account", "xero.tax.rate", "xero.tax.component", "xero.currency", "xero.contact",
    "xero.mark", "xero.binding", "xero.request", "xero.push",
)  # fmt: skip
INVOICING = "base.group_user,base.group_partner_manager,account.group_account_invoice"


class TestRights(XeroCase):
    """Who may do what: invoicing goes on without any Xero right, users see and push, administrators configure."""

    def setUp(self):
        super().setUp()
        self.tax_id = self.tax.id
        self.env.flush_all()

    def _user(self, login, groups, company=None, **values):
        company = company or self.company
        return new_test_user(self.env, login, groups, company_id=company.id, company_ids=company.ids, **values)

    def _env(self, user, company=None):
        return self.env(user=user, context={"allowed_company_ids": (company or self.company).ids})

    def _denied(self, attempt, error=AccessError):
        with (
            mute_logger("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model"),
            self.assertRaises(error),
            self.env.cr.savepoint(),
        ):
            attempt()
        self.env.invalidate_all()

    def _open_screens(self, env, model, domain=(), record=None):
        """Load list, form and search views as the web client does, and read what they show; return all arches."""
        views = env[model].get_views([(False, "list"), (False, "form"), (False, "search")])["views"]
        arches = {kind: etree.fromstring(view["arch"]) for kind, view in views.items()}

        def shown(arch):
            fields = [node.get("name") for node in arch.iter("field")
                      if not any(parent.tag == "field" for parent in node.iterancestors())]  # fmt: skip
            return {name: {} for name in fields if name in env[model]._fields}

        found = env[model].web_search_read(list(domain), shown(arches["list"]), limit=80)
        self.assertTrue(found["length"])
        (record or env[model].search(list(domain), limit=1)).web_read(shown(arches["form"]))
        return "".join(view["arch"] for view in views.values())

    # -- Without any Xero right -------------------------------------------------------------------------------------

    def test_an_invoicing_user_without_xero_rights_works_as_before_and_the_invoices_still_sync(self):
        env = self._env(self._user("invoicing", INVOICING))
        partner = env["res.partner"].create({"name": "Ridgeway University", "is_company": True})
        with Form(env["account.move"].with_context(default_move_type="out_invoice")) as form:
            form.partner_id = partner
            form.invoice_date = "2026-03-10"
            with form.invoice_line_ids.new() as line:
                line.name, line.quantity, line.price_unit = "Consulting", 2, 50.0
                line.tax_ids.clear()
                line.tax_ids.add(env["account.tax"].browse(self.tax_id))
        invoice = form.save()
        invoice.action_post()
        self.run_sync()
        in_xero = self.organisation.invoice_by_number(invoice.sudo().name)
        self.assertEqual(str(in_xero["Total"]), "120.00")

        invoice.ref = "PO 7"
        partner.email = "office@ridgeway.example"
        self.run_sync()
        number = invoice.sudo().name
        self.assertEqual(self.organisation.invoice_by_number(number)["Reference"], "PO 7")
        self.assertEqual(self.organisation.contact_by_name("Ridgeway University")["EmailAddress"],
                         "office@ridgeway.example")  # fmt: skip
        invoice.button_draft()
        invoice.invoice_line_ids.price_unit = 60.0
        invoice.action_post()
        self.run_sync()
        self.assertEqual(str(self.organisation.invoice_by_number(number)["Total"]), "144.00")
        copy = invoice.copy({"invoice_date": "2026-03-11"})
        copy.action_post()
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync()
        self.assertEqual(self.organisation.invoice_by_number(number)["Status"], "VOIDED")
        self.assertEqual(len(self.organisation.invoices), 2)

    def test_whoever_has_no_rights_in_xero_duplicates_records_as_before(self):
        groups = "account.group_account_manager,base.group_partner_manager,product.group_product_manager"
        user = self._user("duplicator", groups)
        self.assertFalse(user.has_group("xero_connector.group_xero_user"))
        records = (
            self.new_partner("Copied"),
            self.env["product.template"].create({"name": "Copied", "xero_line_kind": "discount"}),
            self.env["product.category"].create({"name": "Copied"}),
            self.env["account.fiscal.position"].create(
                {"name": "Copied", "company_id": self.company.id, "xero_exempt": True}
            ),
            self.tax,
        )
        for record in records:
            self.assertTrue(record.with_user(user).copy(), record._name)

    def test_screens_of_a_user_without_xero_rights_open_and_show_nothing_of_xero(self):
        invoice = self.new_invoice()
        self.run_sync()
        user = self._user("invoicing", INVOICING)
        env = self._env(user)
        for model, domain, record in (
            ("account.move", [("move_type", "=", "out_invoice")], invoice),
            ("res.partner", [], invoice.partner_id),
            ("product.template", [], self.product_a.product_tmpl_id),
            ("account.tax", [], self.tax),
            ("account.journal", [], invoice.journal_id),
        ):
            arch = self._open_screens(env, model, domain, record.with_env(env))
            self.assertNotIn("xero", arch.lower(), model)

    def test_a_user_without_xero_rights_reads_nothing_of_xero(self):
        invoice = self.new_invoice()
        self.run_sync()
        env = self._env(self._user("invoicing", f"{INVOICING},base.group_allow_export"))
        for model in OWN_MODELS:
            self._denied(lambda model=model: env[model].search([]))
        mine = invoice.with_env(env)
        attempts = {
            "read": lambda: mine.read(["xero_sync_state"]),
            "web": lambda: mine.web_read({"xero_binding_ids": {"fields": {"xero_id": {}}}}),
            "path": lambda: env["res.partner"].search([("xero_binding_ids.xero_id", "!=", False)]),
            "company": lambda: env["res.company"].search([("xero_connection_ids.name", "!=", False)]),
            "export": lambda: mine.export_data(["xero_binding_ids/xero_id"]),
        }
        for name, attempt in attempts.items():
            with self.subTest(way=name):
                self._denied(attempt)
        self._denied(mine.action_push_to_xero, UserError)
        self.assertNotIn("xero_sync_state", mine.fields_get())

    # -- Xero / User ------------------------------------------------------------------------------------------------

    def test_a_xero_user_sees_and_pushes(self):
        env = self._env(self._user("clerk", f"{INVOICING},xero_connector.group_xero_user"))
        invoice = self.new_invoice().with_env(env)
        self.env.flush_all()
        invoice.action_push_to_xero()
        self.run_sync()
        self.assertEqual(invoice.xero_sync_state, "synced")
        self.assertTrue(self.organisation.invoice_by_number(invoice.name))
        self.assertEqual(invoice.action_open_in_xero()["type"], "ir.actions.act_url")
        self.assertEqual(env["account.move"].search([("xero_sync_state", "=", "synced")]), invoice)
        self.assertTrue(env["xero.request"].search(invoice.action_xero_history()["domain"]))
        for model, domain in (("account.move", [("move_type", "=", "out_invoice")]), ("res.partner", []),
                              ("xero.connection", []), ("xero.binding", []), ("xero.request", []),
                              ("xero.account", []), ("xero.tax.rate", []), ("xero.contact", [])):  # fmt: skip
            self._open_screens(env, model, domain)
        connection = self.connection.with_env(env)
        self.assertEqual(connection.action_sync_now()["tag"], "display_notification")
        self.assertEqual(connection.action_test_connection()["params"]["type"], "success")

    def test_a_xero_user_configures_nothing(self):
        env = self._env(self._user("clerk", f"{INVOICING},xero_connector.group_xero_user"))
        connection = self.connection.with_env(env)
        account = self.xero_account(self.connection, "205").with_env(env)
        self.new_invoice()
        self.run_sync()
        binding = env["xero.binding"].search([], limit=1)
        for attempt in (
            lambda: connection.write({"default_account_id": account.id}),
            lambda: connection.write({"new_client_secret": "mine"}),
            lambda: connection.write({"state": "draft"}),
            lambda: env["xero.connection"].create({"name": "Mine", "code": "mine"}),
            connection.action_connect,
            connection.action_disconnect,
            connection.action_pause,
            connection.unlink,
            lambda: account.write({"code": "1"}),
            lambda: env["xero.tax.rate"].search([], limit=1).unlink(),
            lambda: binding.write({"xero_id": "other"}),
            lambda: env["xero.request"].search([], limit=1).unlink(),
            lambda: env["xero.mark"].create({"res_model": "res.partner", "res_id": 1, "company_id": 1}),
        ):
            self._denied(attempt)
        self.connection.action_pause()
        self.env.flush_all()
        self._denied(connection.action_resume)
        self.assertEqual(self.connection.state, "paused")

    # -- Xero / Administrator ---------------------------------------------------------------------------------------

    def test_a_xero_administrator_connects_and_configures_without_being_system_administrator(self):
        self.connection.action_disconnect()
        self.connection.unlink()
        user = self._user("xero_admin", f"{INVOICING},xero_connector.group_xero_manager")
        env = self._env(user)
        self.assertFalse(user.has_group("base.group_system"))
        with Form(env["xero.connection"]) as form:
            form.name = "Mine"
            form.code = "mine"
            form.client_id = self.app.client_id
            form.new_client_secret = self.app.client_secret
        connection = form.save()
        self.assertTrue(connection.has_client_secret)
        self.assertEqual(connection.company_id, self.company)
        self.assertEqual(connection.action_connect()["type"], "ir.actions.act_url")
        connection._keep_grant(self.simulator.grant(self.app, [self.organisation]))
        connection._choose_organisation(connection._granted_organisations()[0])
        self.env.flush_all()
        self.assertEqual(connection.action_refresh_references()["params"]["type"], "success")
        with Form(connection) as form:
            form.default_account_id = self.xero_account(connection, "200").with_env(env)
            form.sync_interval = 5
            form.export_from = "2026-01-01"
        self.assertEqual(connection.sudo().cron_id.interval_number, 5)
        connection.action_pause()
        connection.action_resume()
        self.assertEqual(connection.action_disconnect()["params"]["type"], "success")
        connection.unlink()

    # -- Other companies --------------------------------------------------------------------------------------------

    def test_a_user_of_another_company_sees_nothing(self):
        other = self.env["res.company"].create({"name": "Harbour", "currency_id": self.company.currency_id.id})
        partner = self.new_partner(name="Shared", company_id=False)
        invoice = self.new_invoice(partner)
        self.run_sync()
        push = self.env["xero.push"].sudo().create({"connection_id": self.connection.id, "user_id": self.env.uid})
        partner.email = "new@example.com"
        self.assertTrue(self.waiting_marks() and push)
        self.env.flush_all()
        env = self._env(self._user("stranger", f"{INVOICING},xero_connector.group_xero_manager", other), other)
        for model in OWN_MODELS:
            mine = self.env[model].sudo().with_context(active_test=False).search([])
            self.assertTrue(mine, f"{model}: nothing to hide proves nothing")
            self.assertFalse(env[model].with_context(active_test=False).search([]), model)
            self.assertFalse(env[model].search_count([]), model)
            self._denied(lambda mine=mine: mine[:1].with_user(env.user).with_env(env).read(["display_name"]))
        shared = partner.with_env(env)
        self.assertFalse(shared.xero_sync_state, "another company's waiting change is none of theirs")
        self.assertFalse(shared.xero_url or shared.xero_number or shared.xero_message)
        self.assertFalse(shared.xero_binding_ids)
        for state in ("synced", "to_sync"):
            self.assertNotIn(shared, env["res.partner"].search([("xero_sync_state", "=", state)]))
        self._denied(shared.action_push_to_xero, UserError)
        self._denied(invoice.with_env(env).action_push_to_xero)
        connection = self.connection.with_env(env)
        for attempt in (connection.action_connect, connection.action_sync_now, connection.action_disconnect,
                        connection.action_pause, connection.unlink,
                        connection.action_refresh_references, connection.action_test_connection):  # fmt: skip
            self._denied(attempt)
        self._denied(lambda: env["xero.connection"].create({"name": "X", "code": "x", "company_id": self.company.id}))
        self._denied(lambda: env["xero.contact.link"].create({"partner_id": partner.id,
                                                               "connection_id": connection.id}))  # fmt: skip
        self.assertEqual(self.connection.state, "connected")

    def test_a_user_of_a_branch_works_with_the_roots_connection(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id, "country_id": self.company.country_id.id,
             "currency_id": self.company.currency_id.id}
        )  # fmt: skip
        self.env.flush_all()
        self.env.cr.precommit.run()
        env = self._env(self._user("branch", f"{INVOICING},xero_connector.group_xero_user", branch), branch)
        self.assertEqual(env["xero.connection"].search([]), self.connection.with_env(env))
        invoice = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": env["res.partner"].create({"name": "Branch Customer"}).id,
                "invoice_date": "2026-03-10",
                "company_id": branch.id,
                "invoice_line_ids": [
                    Command.create({"name": "Seat", "price_unit": 10.0, "tax_ids": [Command.set([self.tax_id])]})
                ],
            }
        )
        invoice.action_post()
        self.assertEqual(invoice.xero_sync_state, "to_sync")
        invoice.action_push_to_xero()
        self.run_sync()
        self.assertEqual(invoice.xero_sync_state, "synced")
        self.assertEqual(str(self.organisation.invoice_by_number(invoice.name)["Total"]), "12.00")
