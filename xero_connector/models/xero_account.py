from odoo import api, fields, models

# Accounts that Xero posts to by itself: it refuses them on document lines.
_SYSTEM_TYPES = {"BANK"}
# The one system account that a document may use, for rounding (Xero's guide "Rounding in Xero").
ROUNDING = "ROUNDING"
# What may be chosen for lines, wherever a mapping is chosen.
LINE_ACCOUNTS = (
    "[('company_id', 'parent_of', allowed_company_ids), ('usable_on_lines', '=', True), ('code', '!=', False)]"
)


class XeroAccount(models.Model):
    """An account of Xero's chart. Which of them may be chosen where follows Xero's own rules."""

    _name = "xero.account"
    _inherit = ["xero.mirror"]
    _description = "Xero Account"

    type = fields.Char(readonly=True, help="Xero's account type, for example REVENUE, EXPENSE or BANK.")
    account_class = fields.Selection(
        [
            ("ASSET", "Asset"),
            ("EQUITY", "Equity"),
            ("EXPENSE", "Expense"),
            ("LIABILITY", "Liability"),
            ("REVENUE", "Revenue"),
        ],
        string="Class",
        readonly=True,
    )
    tax_type = fields.Char("Default Tax Type", readonly=True)
    system_account = fields.Char(readonly=True, help="Set by Xero on accounts that it posts to by itself.")
    payments_enabled = fields.Boolean(readonly=True)
    currency_code = fields.Char("Currency", readonly=True)
    bank_account_number = fields.Char(readonly=True)
    bank_account_type = fields.Char(readonly=True, help="Of bank accounts: BANK, CREDITCARD or PAYPAL.")
    usable_on_lines = fields.Boolean(compute="_compute_usable_on_lines", store=True)
    usable_for_payments = fields.Boolean(compute="_compute_usable_for_payments", store=True)

    _xero_id_unique = models.Constraint(
        "UNIQUE (connection_id, xero_id)", "This Xero account is already copied for this connection."
    )

    @api.depends("type", "system_account")
    def _compute_usable_on_lines(self):
        """Xero refuses bank and system accounts on lines of invoices and credit notes."""
        for account in self:
            account.usable_on_lines = account.type not in _SYSTEM_TYPES and not account.system_account

    @api.depends("type", "payments_enabled")
    def _compute_usable_for_payments(self):
        """Xero takes payments on bank accounts and where *Enable payments to this account* is ticked."""
        for account in self:
            account.usable_for_payments = account.type == "BANK" or account.payments_enabled

    @api.model
    def _values_from_xero(self, element):
        classes = dict(self._fields["account_class"].selection)
        return {
            "xero_id": element.get("AccountID"),
            "code": element.get("Code") or False,
            "name": element.get("Name") or element.get("AccountID") or "?",
            "active": element.get("Status", "ACTIVE") == "ACTIVE",
            "type": element.get("Type") or False,
            "account_class": element.get("Class") if element.get("Class") in classes else False,
            "tax_type": element.get("TaxType") or False,
            "system_account": element.get("SystemAccount") or False,
            "payments_enabled": bool(element.get("EnablePaymentsToAccount")),
            "currency_code": element.get("CurrencyCode") or False,
            "bank_account_number": element.get("BankAccountNumber") or False,
            "bank_account_type": element.get("BankAccountType") or False,
        }

    def _line_problem(self, connection, rounding=False):
        """Return why this account cannot be used on a document line of ``connection``, or an empty text.

        :param rounding: the line is a rounding, for which Xero has a system account
        """
        if not self:
            return self.env._("no Xero account is mapped")
        if self.connection_id != connection:
            return self.env._("%s belongs to another Xero connection", self.display_name)
        if not self.active:
            return self.env._("%s is archived in Xero", self.display_name)
        if not self.usable_on_lines and not (rounding and self.system_account == ROUNDING):
            return self.env._("%s is a bank or system account, which Xero does not take on lines", self.display_name)
        if not self.code:
            return self.env._(
                "%s has no code in Xero: open Accounting → Chart of accounts there, give it a code, "
                "then press Refresh from Xero here",
                self.display_name,
            )
        return ""

    def _payment_problem(self, connection):
        """Return why payments cannot be booked on this account by ``connection``, or an empty text."""
        if not self:
            return self.env._("no Xero account is mapped")
        if self.connection_id != connection:
            return self.env._("%s belongs to another Xero connection", self.display_name)
        if not self.active:
            return self.env._("%s is archived in Xero", self.display_name)
        if not self.usable_for_payments:
            return self.env._(
                "%s does not take payments: in Xero open Accounting → Chart of accounts, edit the account, tick Enable "
                "payments to this account, then press Refresh from Xero here",
                self.display_name,
            )
        return ""
