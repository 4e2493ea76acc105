from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sync.runner import Runner
from ..xero_api.kinds import SALES_TYPES


class XeroSetup(models.TransientModel):
    """The assistant that leads from a sign-in to the first invoice in Xero, on one screen.

    It keeps nothing of its own: what it shows is read from the connection and the mappings whenever it is opened, and
    what is chosen is written to the very fields that the other screens show. ``xero_setup_step`` tells what is done,
    ``xero_setup_line`` holds the choices, ``xero_setup_trial`` tries the connection with one invoice.
    """

    _name = "xero.setup"
    _description = "Xero Set-Up"
    # Whoever is called away finds the screen as it was.
    _transient_max_hours = 24.0

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one(related="connection_id.company_id")
    problem = fields.Char(readonly=True, help="Why Xero's lists could not be read.")
    listed = fields.Json(
        readonly=True, help="Ids of the taxes, those in use, accounts and journals, as of the latest listing."
    )
    step_ids = fields.One2many("xero.setup.step", "setup_id", readonly=True)
    line_ids = fields.One2many("xero.setup.line", "setup_id")

    @api.depends("connection_id")
    def _compute_display_name(self):
        for setup in self:
            setup.display_name = self.env._("Set-Up: %s", setup.connection_id.name)

    @api.model
    def _open(self, connection):
        """Return the action that shows the present state of ``connection``; Xero's lists are read if they never were.

        :raises AccessError: the user does not administer this connection
        """
        connection.check_access("write")
        if connection.references_refreshed_at:
            setup = self._create_for(connection, "")
        else:
            problem = self._read_lists(connection)
            # This transaction began before the lists were read, and does not see them.
            with connection._own_cursor(self.env.uid) as env:
                setup = env[self._name]._create_for(connection.with_env(env), problem)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Set-Up: %s", connection.name),
            "res_model": self._name,
            "res_id": setup.id,
            "views": [(False, "form")],
            "target": "current",
        }

    @api.model
    def _create_for(self, connection, problem):
        setup = self.create({"connection_id": connection.id, "problem": problem})
        steps = self.env["xero.setup.step"]
        steps.create([{"setup_id": setup.id, "key": key} for key, _label in steps._fields["key"].selection])
        setup._propose()
        # Kept, so that its buttons act on the invoice that is shown.
        setup.chosen_move_id = setup._suggested_move()
        return setup

    @api.model
    def _read_lists(self, connection):
        """Read accounts and tax rates while the user waits; return why it did not work, or an empty text."""
        if connection.state != "connected":
            return ""
        result = Runner(connection).run(only="references", for_person=True)
        if result.busy:
            connection._wake()
            return self.env._("Another run is reading from Xero: press Read Now in a few seconds.")
        return result.problem

    def _propose(self):
        """List anew what can be chosen, with what fits already filled in."""
        self.ensure_one()
        self.listed = self._find()
        self.line_ids.unlink()
        lines = self.env["xero.setup.line"]
        lines.create([{"setup_id": self.id, **values} for values in lines._values_for(self)])

    # -- What there is to map ----------------------------------------------------------------------------------------

    def _in_company(self, model):
        """Return a model of the connection's company, whose mappings an administrator of Xero may see and write."""
        company = self.connection_id.company_id
        branches = self.env["res.company"].sudo().search([("id", "child_of", company.id)])
        return self.env[model].sudo().with_company(company).with_context(allowed_company_ids=(company | branches).ids)

    def _invoice_lines(self):
        """Return a domain of the lines of sales documents that were confirmed."""
        return [
            ("company_id", "child_of", self.connection_id.company_id.id),
            ("parent_state", "=", "posted"),
            ("move_id.move_type", "in", SALES_TYPES),
            ("display_type", "=", "product"),
        ]

    def _find(self):
        """Return ids of what there is to map. All confirmed invoices are looked through: only when it is listed."""
        taxes, used = self._find_taxes()
        return {
            "taxes": taxes.ids,
            "used": used.ids,
            "accounts": self._find_accounts().ids,
            "journals": self._find_journals().ids,
        }

    def _listed(self, model, key):
        listed = self.listed or self._find()
        return self._in_company(model).browse(listed[key]).exists()

    def _taxes(self):
        """Return ``(taxes, used)``: the active taxes on sales, used ones first, and those that are used."""
        return self._listed("account.tax", "taxes"), self._listed("account.tax", "used")

    def _accounts(self):
        """Return the accounts for income."""
        return self._listed("account.account", "accounts")

    def _journals(self):
        """Return the journals through which money comes in and goes out."""
        return self._listed("account.journal", "journals")

    def _find_taxes(self):
        company = self.connection_id.company_id
        taxes = self._in_company("account.tax").search(
            [("company_id", "child_of", company.id), ("type_tax_use", "=", "sale")]
        )
        booked = self._in_company("account.move.line")._read_group(
            [*self._invoice_lines(), ("tax_ids", "in", taxes.ids)], ["tax_ids"]
        )
        sold = self._in_company("product.template")._read_group([("taxes_id", "in", taxes.ids)], ["taxes_id"])
        used = company.sudo().account_sale_tax_id.union(*(tax for (tax,) in [*booked, *sold]))
        used = taxes.filtered(lambda tax: tax in used)
        return used | taxes, used

    def _find_accounts(self):
        """Return the accounts for income: of the company, its journals, its products, and of what was booked."""
        company = self.connection_id.company_id
        accounts = company.sudo().income_account_id
        journals = [("company_id", "child_of", company.id), ("type", "=", "sale")]
        accounts |= self._in_company("account.journal").search(journals).default_account_id
        for model, name in (
            ("product.template", "property_account_income_id"),
            ("product.category", "property_account_income_categ_id"),
        ):
            accounts |= self._in_company(model).search([(name, "!=", False)])[name]
        booked = self._in_company("account.move.line")._read_group(self._invoice_lines(), ["account_id"])
        accounts = accounts.union(*(account for (account,) in booked))
        accounts = self._in_company("account.account").browse(accounts.ids)
        return accounts.filtered(lambda account: account.internal_group == "income").sorted("code")

    def _find_journals(self):
        journals = self._in_company("account.journal")
        return journals.search([*journals._xero_payment_domain(), ("company_id", "child_of", self.company_id.id)])

    def _mapped(self, records):
        """Return those of ``records`` that are mapped to this connection; a former one's mapping counts as missing."""
        return records.filtered(lambda record: record[record._xero_setup_field()].connection_id == self.connection_id)

    # -- Buttons -----------------------------------------------------------------------------------------------------

    def action_apply(self):
        """Write what was chosen to the mappings; a choice that is refused says why and hinders no other."""
        self.ensure_one()
        self.connection_id.check_access("write")
        done = self.line_ids._apply()
        refused = self.line_ids.filtered("problem")
        if refused:
            text = self.env._(
                "%(done)s mapped, %(refused)s refused: the reason is in its row.", done=done, refused=len(refused)
            )
            return self.connection_id._notice(text, "warning", reload=True)
        text = self.env._("%s mapped.", done) if done else self.env._("Nothing to change: choose something first.")
        return self.connection_id._notice(text, "success" if done else "info", reload=True)

    def action_read_lists(self):
        """Read accounts and tax rates from Xero now, and propose anew.

        :raises UserError: the connection is not in use
        """
        self.ensure_one()
        self.connection_id._check_connected()
        problem = self._read_lists(self.connection_id)
        # This transaction began before the lists were read, and does not see them.
        with self.connection_id._own_cursor(self.env.uid) as env:
            setup = self.with_env(env)
            setup.problem = problem
            setup._propose()
        self.invalidate_recordset()

    def action_open_connection(self):
        """Open the connection."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "xero.connection",
            "res_id": self.connection_id.id,
            "views": [(False, "form")],
        }

    def _check_in_use(self):
        """Raise ``UserError`` with the next step unless the connection is in use."""
        if self.connection_id.state == "draft":
            raise UserError(self.env._("%s is not connected: open it and press Connect.", self.connection_id.name))
        self.connection_id._check_connected()
