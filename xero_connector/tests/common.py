"""What the addon's tests share: an Odoo company connected to a simulated Xero over real HTTP."""

from odoo import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from xero_simulator import XeroSimulator

SIMULATED_HOSTS = ("login_url", "identity_url", "api_url", "web_url")


@tagged("post_install", "-at_install")
class XeroCase(AccountTestInvoicingCommon):
    """A company whose organisation in the simulator has the UK chart; sales go to account 200.

    The engine works and commits on cursors of its own, which see the test's data because every test runs inside
    ``enter_registry_test_mode``.
    """

    simulator_options = {}
    # Tests of the sign-in itself begin without a connection.
    starts_connected = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.env["ir.config_parameter"].sudo().set_param("web.base.url", "http://localhost:8069")
        cls.simulator = XeroSimulator()
        cls.simulator.start()
        cls.addClassCleanup(cls.simulator.stop)
        cls._point_to(cls.simulator.url)

    @classmethod
    def _point_to(cls, url):
        for host in SIMULATED_HOSTS:
            cls.env["ir.config_parameter"].sudo().set_param(f"xero_connector.{host}", url)

    def setUp(self):
        super().setUp()
        self.simulator.reset()
        options = {"country": "GB", "chart": "uk", "multicurrency": True, **self.simulator_options}
        self.organisation = self.simulator.add_organisation(
            "Demo Company (UK)", currency=self.company.currency_id.name, **options
        )
        self.app = self.simulator.add_app(redirect_uris=["http://localhost:8069/xero/oauth/callback"])
        # An HttpCase is in that mode for the whole class.
        if not getattr(self, "registry_test_mode", False):
            test_mode = self.enter_registry_test_mode()
            test_mode.__enter__()
            self.addCleanup(test_mode.__exit__, None, None, None)
        if self.starts_connected:
            self.connection = self._connect(self.organisation, name="Main", code="main")
            self._map(self.connection)
            self.simulator.calls.clear()

    # -- Set-up ------------------------------------------------------------------------------------------------

    def _new_connection(self, app=None, **values):
        app = app or self.app
        return self.env["xero.connection"].create(
            {
                "name": "Connection",
                "code": "connection",
                "company_id": self.company.id,
                "client_id": app.client_id,
                "client_secret": app.client_secret,
                **values,
            }
        )

    def _connect(self, organisation, app=None, **values):
        """Create a connection and give it what the consent page gives, without the pages themselves."""
        connection = self._new_connection(app, **values)
        connection._keep_grant(self.simulator.grant(app or self.app, [organisation]))
        granted = {item["tenantId"]: item for item in connection._granted_organisations()}
        connection._choose_organisation(granted[organisation.id])
        self.run_sync(connection)
        return connection

    def _map(self, connection):
        connection.default_account_id = self.xero_account(connection, "200")
        self.tax = self.percent_tax(20)
        self.tax.xero_tax_rate_id = self.xero_rate(connection, "OUTPUT2")
        self.run_sync(connection)

    def xero_account(self, connection, code):
        return self.env["xero.account"].search([("connection_id", "=", connection.id), ("code", "=", code)])

    def xero_rate(self, connection, tax_type):
        return self.env["xero.tax.rate"].search([("connection_id", "=", connection.id), ("code", "=", tax_type)])

    def percent_tax(self, percent, **values):
        return self.env["account.tax"].create(
            {
                "name": f"VAT {percent} %",
                "amount": percent,
                "amount_type": "percent",
                "type_tax_use": "sale",
                "company_id": self.company.id,
                **values,
            }
        )

    # -- Records -----------------------------------------------------------------------------------------------

    def new_partner(self, name="Ridgeway University", **values):
        return self.env["res.partner"].create({"name": name, "is_company": True, **values})

    def new_invoice(self, partner=None, lines=((1, 100.0),), taxes=None, post=True, **values):
        """Create a customer invoice; ``lines`` are (quantity, unit price) or dicts of line values."""
        taxes = self.tax if taxes is None else taxes
        commands = [
            Command.create(
                line
                if isinstance(line, dict)
                else {
                    "name": "Consulting",
                    "quantity": line[0],
                    "price_unit": line[1],
                    "tax_ids": [Command.set(taxes.ids)],
                }
            )
            for line in lines
        ]
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.new_partner()).id,
                "invoice_date": "2026-03-10",
                "invoice_date_due": "2026-04-09",
                "invoice_payment_term_id": False,
                "company_id": self.company.id,
                "invoice_line_ids": commands,
                **values,
            }
        )
        if post:
            invoice.action_post()
        return invoice

    # -- Engine ------------------------------------------------------------------------------------------------

    def run_sync(self, connection=None, times=1):
        """Run what the connection's cron runs, and let this environment see what it did."""
        for _time in range(times):
            self.env.flush_all()
            (connection or self.connection)._run_sync()
            self.env.invalidate_all()

    def binding(self, record):
        return self.env["xero.binding"].search([("res_model", "=", record._name), ("res_id", "=", record.id)])

    def waiting_marks(self):
        return self.env["xero.mark"].search([("company_id", "=", self.company.id)])

    def calls(self, method=None, path=None):
        """The simulator's log of accounting calls, filtered."""
        return [
            call
            for call in self.simulator.calls
            if (not method or call.method == method) and (not path or call.path.endswith(path))
        ]
