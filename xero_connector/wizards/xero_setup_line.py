from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..models.account_account import CLASS_OF_GROUP


class XeroSetupLine(models.TransientModel):
    """One choice of the assistant: a record of Odoo's and the account or tax rate in Xero that it is mapped to."""

    _name = "xero.setup.line"
    _description = "Xero Set-Up Choice"
    _transient_max_hours = 24.0
    _order = "id"

    setup_id = fields.Many2one("xero.setup", required=True, readonly=True, ondelete="cascade")
    connection_id = fields.Many2one(related="setup_id.connection_id")
    kind = fields.Selection(
        [
            ("default", "Sales"),
            ("expense", "Bills"),
            ("tax", "Tax"),
            ("account", "Ledger account"),
            ("journal", "Payments"),
        ],
        "For",
        required=True,
        readonly=True,
    )
    res_model = fields.Char(readonly=True, required=True)
    res_id = fields.Integer(readonly=True, required=True)
    field_name = fields.Char(readonly=True, required=True)
    name = fields.Char("In Odoo", readonly=True)
    takes_rate = fields.Boolean(compute="_compute_takes_rate")
    account_id = fields.Many2one("xero.account", "Account in Xero")
    rate_id = fields.Many2one("xero.tax.rate", "Rate in Xero")
    reason = fields.Char("Why Proposed", readonly=True)
    problem = fields.Char("Why Refused", readonly=True)
    note = fields.Char("Why", compute="_compute_state")
    known_id = fields.Integer(readonly=True, help="What it was mapped to when this was listed.")
    state = fields.Selection(
        [
            ("open", "Choose"),
            ("optional", "Optional"),
            ("ready", "Press Apply"),
            ("done", "Done"),
            ("refused", "Refused"),
        ],
        "Status",
        compute="_compute_state",
    )

    @api.depends("field_name")
    def _compute_takes_rate(self):
        for line in self:
            line.takes_rate = line.field_name == "xero_tax_rate_id"

    @api.depends("account_id", "rate_id", "known_id", "problem", "reason")
    def _compute_state(self):
        for line in self:
            line.note = line.problem or line.reason
            line.state = line._current_state(line._twin())

    def _current_state(self, twin):
        if self.problem:
            return "refused"
        if twin:
            return "done" if twin.id == self.known_id else "ready"
        # Bills, accounts and journals have a default; a tax has none.
        return "optional" if self.kind in ("expense", "account", "journal") else "open"

    def _twin(self):
        return self.rate_id if self.takes_rate else self.account_id

    # -- Listing -----------------------------------------------------------------------------------------------------

    @api.model
    def _values_for(self, setup):
        """Yield the values of the lines of a set-up: the default account, and what is not mapped yet."""
        connection = setup.connection_id
        if connection._for_company(connection.company_id) != connection:
            # Prepared only: another connection is in use, and the mappings are for that one.
            return
        account = connection.default_account_id
        reason = ""
        if not account:
            account, reason = self._default_account(setup)
        yield {
            **self._values("default", connection, "default_account_id", account, reason),
            "name": self.env._("Default account for all sales"),
        }
        if connection.sync_bills:
            account, reason = connection.default_expense_account_id, ""
            if not account:
                account, reason = self._default_expense_account(setup)
            yield {
                **self._values("expense", connection, "default_expense_account_id", account, reason),
                "name": self.env._("Default account for all bills"),
            }
        taxes, _used = setup._taxes()
        rates = taxes._xero_chances(connection)
        for tax in taxes - setup._mapped(taxes):
            is_rate = tax.xero_form == "rate"
            # What is merely likely is told, but not filled in: a wrong rate would be a wrong tax return.
            rate = tax._xero_certain_rate(rates) if is_rate else self.env["xero.account"]
            yield self._values("tax", tax, tax._xero_setup_field(), rate, is_rate and self._tax_reason(tax, rate))
        accounts = setup._accounts()
        for account in accounts - setup._mapped(accounts):
            values = self._values(
                "account", account, "xero_account_id", account.xero_proposed_account_id, account.xero_proposal_reason
            )
            yield {**values, "name": f"{account.code} {account.name}"}
        journals = setup._journals()
        for journal in journals - setup._mapped(journals):
            yield self._values(
                "journal", journal, "xero_account_id", journal.xero_proposed_account_id, journal.xero_proposal_reason
            )

    @api.model
    def _values(self, kind, record, field_name, twin, reason):
        return {
            "kind": kind,
            "res_model": record._name,
            "res_id": record.id,
            "field_name": field_name,
            "name": record.display_name,
            "rate_id" if field_name == "xero_tax_rate_id" else "account_id": twin.id,
            "reason": reason,
            "known_id": record[field_name].id,
        }

    @api.model
    def _tax_reason(self, tax, rate):
        proposed = tax.xero_proposed_rate_id
        if rate or not proposed:
            return tax.xero_proposal_reason
        return self.env._("perhaps %(rate)s: %(why)s", rate=proposed.name, why=tax.xero_proposal_reason)

    @api.model
    def _default_account(self, setup):
        """Return ``(account, reason)`` for all sales: what fits the company's own account, else Xero's usual one."""
        own = setup.connection_id.company_id.sudo().income_account_id
        return self._usual_account(setup, own, "200", "Sales", self.env._("Xero's usual account for sales"))

    @api.model
    def _default_expense_account(self, setup):
        """Return the same for all bills: what fits the company's own account, else Xero's most general one."""
        own = setup.connection_id.company_id.sudo().expense_account_id
        why = self.env._("Xero's usual account for other expenses")
        return self._usual_account(setup, own, "429", "General Expenses", why, "expense")

    @api.model
    def _usual_account(self, setup, own, code, name, why, group="income"):
        own = setup._in_company("account.account").browse(own.id)
        if own.xero_proposed_account_id:
            return own.xero_proposed_account_id, self.env._(
                "%(why)s as %(account)s", why=own.xero_proposal_reason, account=own.display_name
            )
        chart = own._xero_chances(setup.connection_id)
        account, reason = chart.find([code], [name], lambda account: account.account_class == CLASS_OF_GROUP[group])
        return account, reason and why

    # -- Applying ----------------------------------------------------------------------------------------------------

    def _apply(self):
        """Write each choice to its record's own field, whose rules decide; return how many were written."""
        return sum(line._apply_one() for line in self)

    def _apply_one(self):
        self.ensure_one()
        twin = self._twin()
        # Nothing chosen leaves the record as it is: somebody may have mapped it on another screen.
        if not twin or twin.id == self.known_id:
            self.problem = False
            return 0
        try:
            with self.env.cr.savepoint():
                self._write_choice(twin)
        except (AccessError, UserError, ValidationError) as problem:
            self.problem = str(problem)
            return 0
        self.write({"problem": False, "known_id": twin.id})
        return 1

    def _write_choice(self, twin):
        if self.res_model == self.connection_id._name:
            self.connection_id[self.field_name] = twin
        else:
            company = self.connection_id.company_id
            record = self.env[self.res_model].with_company(company).browse(self.res_id)
            now = record.sudo()[self.field_name]
            if now.id != self.known_id and now.connection_id == self.connection_id:
                raise UserError(
                    self.env._(
                        "Meanwhile it was mapped to %s on another screen. Open the set-up again.", now.display_name
                    )
                )
            record._xero_map(twin, self.field_name)
        self.env.flush_all()
