from odoo import api, fields, models

from .xero_account import LINE_ACCOUNTS
from .xero_proposed import XeroChart

# Odoo's groups of accounts → Xero's classes (REVENUE has the types REVENUE, SALES and OTHERINCOME; EXPENSE has
# EXPENSE, DIRECTCOSTS, OVERHEADS and DEPRECIATN).
CLASS_OF_GROUP = {
    "income": "REVENUE",
    "expense": "EXPENSE",
    "asset": "ASSET",
    "liability": "LIABILITY",
    "equity": "EQUITY",
}
_RESULT = ("income", "expense")


class AccountAccount(models.Model):
    _name = "account.account"
    _inherit = ["account.account", "xero.proposed"]

    xero_account_id = fields.Many2one(
        "xero.account",
        company_dependent=True,
        domain=LINE_ACCOUNTS,
        groups="xero_connector.group_xero_user",
    )
    xero_bank_charges = fields.Boolean(
        "Bank Charges",
        groups="xero_connector.group_xero_user",
        copy=False,
        help="What is booked here with a payment is what a bank or provider kept of it. Without a Xero account of its "
        "own it goes to the account for bank charges of the connection, not to that for write-offs.",
    )
    xero_proposed_account_id = fields.Many2one(
        "xero.account",
        "Proposal",
        compute="_compute_xero_proposal",
        compute_sudo=True,
        groups="xero_connector.group_xero_user",
        help="The account in Xero of the same class with the same code, else the same name, or the only one.",
    )

    def _xero_root(self):
        # Accounts are shared between companies; their mapping is each company's own.
        return self.env.company.root_id

    def _xero_mapped_to(self):
        return self.env.company._xero_value(self, self._xero_twin)

    @api.model
    def _xero_chances(self, connection):
        domain = [("connection_id", "=", connection.id), ("usable_on_lines", "=", True), ("code", "!=", False)]
        return XeroChart(self.env["xero.account"].search(domain))

    @api.depends("xero_account_id", "name", "code", "account_type")
    @api.depends_context("company")
    def _compute_xero_proposal(self):
        return super()._compute_xero_proposal()

    def _xero_propose(self, chances):
        self.ensure_one()
        wanted = CLASS_OF_GROUP.get(self.internal_group)
        account, reason = chances.find([self.code], [self.name], lambda account: account.account_class == wanted)
        if not account and self.internal_group in _RESULT:
            account, reason = chances.only_of_class(wanted), self._xero_only_text()
        return account, reason

    def _xero_only_text(self):
        if self.internal_group == "income":
            return self.env._("only account for income in Xero")
        return self.env._("only account for expenses in Xero")

    def _xero_full_name(self, company):
        """Return the code, in a company, and the name of an account: Odoo itself shows codes to accountants only."""
        account = self.with_company(company)
        return " ".join(filter(None, [account.code, account.name]))

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"xero_account_id", "xero_bank_charges"}:
            reasons = ["account", "tax", "payment_account", "settlement"]
            self.env["xero.binding"]._retry_blocked(self.env.company, reasons)
        return result
