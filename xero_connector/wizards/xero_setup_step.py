from odoo import api, fields, models


class XeroSetupStep(models.TransientModel):
    """One line of the assistant's checklist: what is done, what is missing, and the button that mends it."""

    _name = "xero.setup.step"
    _description = "Xero Set-Up Step"
    _transient_max_hours = 24.0
    _order = "id"

    setup_id = fields.Many2one("xero.setup", required=True, readonly=True, ondelete="cascade")
    key = fields.Selection(
        [
            ("connection", "Connected"),
            ("lists", "Xero's lists are read"),
            ("default", "Account for sales"),
            ("expenses", "Account for bills"),
            ("taxes", "Taxes on sales"),
            ("accounts", "Ledger accounts"),
            ("journals", "Payment accounts"),
            ("trial", "First invoice"),
        ],
        "Step",
        required=True,
        readonly=True,
    )
    state = fields.Selection([("done", "✔"), ("missing", "!"), ("optional", "–")], "Done", compute="_compute_state")
    text = fields.Char("Status", compute="_compute_state")

    @api.depends("key", "setup_id")
    def _compute_state(self):
        for step in self:
            step.state, step.text = getattr(step, f"_{step.key}_state")(step.setup_id)

    def _connection_state(self, setup):
        connection = setup.connection_id
        parts = [connection.organisation_name, connection.organisation_currency]
        if connection.is_demo:
            parts.append(self.env._("demo company: nothing sent there reaches real books"))
        facts = " · ".join(filter(None, parts))
        if connection.state == "connected":
            return "done", facts
        texts = {
            "draft": self.env._("Not connected: open the connection and press Connect."),
            "paused": self.env._("%s is paused: open the connection and press Resume.", facts),
            "expired": self.env._("Xero ended the access: open the connection and press Connect."),
        }
        return "missing", texts[connection.state]

    def _lists_state(self, setup):
        connection = setup.connection_id
        if setup.problem:
            return "missing", setup.problem
        if not connection.references_refreshed_at:
            return "missing", self.env._("Not read yet: press Read Now.")
        accounts, rates = (
            self.env[model].search_count([("connection_id", "=", connection.id)])
            for model in ("xero.account", "xero.tax.rate")
        )
        if not accounts:
            return "missing", self.env._(
                "The organisation has no accounts: make its chart of accounts in Xero, then press Read Now."
            )
        return "done", self.env._("%(accounts)s accounts, %(rates)s tax rates", accounts=accounts, rates=rates)

    def _default_state(self, setup):
        account = setup.connection_id.default_account_id
        if account:
            return "done", account.display_name
        return "missing", self.env._("Choose it below and press Apply: without it, no invoice can be sent.")

    def _expenses_state(self, setup):
        connection = setup.connection_id
        if not connection.sync_bills:
            return "optional", self.env._("Bills are not sent: they can be turned on in the connection.")
        if connection.default_expense_account_id:
            return "done", connection.default_expense_account_id.display_name
        return "optional", self.env._(
            "Without one, bills go to the account for sales: choose it below and press Apply."
        )

    def _taxes_state(self, setup):
        taxes, used = setup._taxes()
        if not taxes:
            return "optional", self.env._("No taxes on sales in Odoo: invoices go without tax.")
        mapped = setup._mapped(taxes)
        text = self.env._("%(mapped)s of %(all)s mapped", mapped=len(mapped), all=len(taxes))
        waiting = used - mapped
        if not waiting:
            return "done" if mapped else "optional", text
        names = ", ".join(waiting[:3].mapped("name"))
        return "missing", self.env._("%(text)s. In use and missing: %(names)s", text=text, names=names)

    def _accounts_state(self, setup):
        accounts = setup._accounts()
        mapped = setup._mapped(accounts)
        text = self.env._("%(mapped)s of %(all)s have an account of their own", mapped=len(mapped), all=len(accounts))
        if len(mapped) == len(accounts):
            return "done", text
        return "optional", self.env._("%s; the others use the account for sales.", text)

    def _journals_state(self, setup):
        journals = setup._journals()
        default = setup.connection_id.default_payment_account_id
        mapped = setup._mapped(journals)
        text = self.env._("%(mapped)s of %(all)s mapped", mapped=len(mapped), all=len(journals))
        if len(mapped) == len(journals):
            return "done", text
        if default:
            return "done", self.env._("%(text)s; the others use %(account)s.", text=text, account=default.display_name)
        if not setup.connection_id.sync_payments:
            return "optional", self.env._("%s. Payments are not sent: they can be turned on in the connection.", text)
        return "missing", self.env._(
            "%s. Payments through the others wait until each has an account, or the connection a default.", text
        )

    def _trial_state(self, setup):
        return setup._trial_step()

    def action_open(self):
        """Open the screen where this step is looked after in full.

        :return: an action
        """
        self.ensure_one()
        screens = {
            "taxes": "xero_connector.account_tax_xero_action",
            "accounts": "xero_connector.account_account_xero_action",
            "journals": "xero_connector.account_journal_xero_action",
        }
        if self.key in screens:
            return self.env["ir.actions.act_window"]._for_xml_id(screens[self.key])
        return self.setup_id.action_open_connection()

    def action_read_lists(self):
        """Read Xero's lists now (see the set-up)."""
        return self.setup_id.action_read_lists()
