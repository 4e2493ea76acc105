import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .xero_proposed import XeroChart

# Journals through which money comes in and goes out.
PAYMENT_TYPES = ("bank", "cash", "credit")
# Fewer digits of a bank account's number could be those of another one by chance.
_ENOUGH_DIGITS = 6


def _plain_number(text):
    return re.sub(r"[^0-9A-Za-z]", "", text or "").upper()


class AccountJournal(models.Model):
    _name = "account.journal"
    _inherit = ["account.journal", "xero.proposed"]

    xero_account_id = fields.Many2one(
        "xero.account",
        "Xero Payment Account",
        domain="[('company_id', 'parent_of', company_id), ('usable_for_payments', '=', True)]",
        groups="xero_connector.group_xero_user",
        copy=False,
        ondelete="set null",
        help="Where payments of this journal are in Xero. Only bank accounts and accounts that allow payments are "
        "offered. To allow payments to another one: in Xero open Accounting → Chart of accounts, edit the account, "
        "tick Enable payments to this account, then press Refresh from Xero on the connection. Left empty, the default "
        "payment account of the connection is used.",
    )
    xero_proposed_account_id = fields.Many2one(
        "xero.account",
        "Proposal",
        compute="_compute_xero_proposal",
        compute_sudo=True,
        groups="xero_connector.group_xero_user",
        help="The account in Xero with the same bank account number, code or name, or the only bank account in the "
        "journal's currency.",
    )

    @api.constrains("xero_account_id")
    def _check_xero_account(self):
        """Xero takes payments on bank accounts and on accounts that allow them, each in its own organisation."""
        for journal in self.sudo().filtered("xero_account_id"):
            connection = self.env["xero.connection"]._for_company(journal.company_id)
            problem = journal.xero_account_id._payment_problem(connection)
            if problem:
                raise ValidationError(
                    self.env._("%(journal)s cannot have this account: %(why)s.", journal=journal.name, why=problem)
                )

    @api.constrains("xero_account_id", "currency_id")
    def _check_xero_currency(self):
        """A bank account in Xero has one currency, in which its payments are.

        Whoever may not see the mapping may change the currency all the same; its payments are held then.
        """
        user = self.env.user
        if not user._is_superuser() and not user.has_group("xero_connector.group_xero_user"):
            return
        for journal in self.sudo().filtered("xero_account_id"):
            if not journal._xero_same_currency(journal.xero_account_id):
                raise ValidationError(
                    self.env._(
                        "%(journal)s is in %(ours)s, but %(account)s in Xero is in %(theirs)s. Choose an account in "
                        "%(ours)s.",
                        journal=journal.name,
                        ours=journal._xero_currency().name,
                        account=journal.xero_account_id.display_name,
                        theirs=journal.xero_account_id.currency_code,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if self and "xero_account_id" in vals:
            self.env["xero.binding"]._retry_blocked(self.company_id, ["payment_account"])
        return result

    def _xero_currency(self):
        return self.currency_id or self.company_id.currency_id

    def _xero_same_currency(self, account):
        return not account.currency_code or account.currency_code == self._xero_currency().name

    def _xero_payment_account(self, connection):
        """Return the account for this journal's payments: its own, else the connection's default; may be empty.

        One that Xero no longer takes payments on counts as missing, as does another connection's. Where its currency
        is no longer the journal's there is none: the default would be no better.
        """
        self.ensure_one()
        own = self.sudo().xero_account_id
        if own._payment_problem(connection):
            return connection.default_payment_account_id
        return own if self._xero_same_currency(own) else own.browse()

    # -- Proposals ---------------------------------------------------------------------------------------------------

    @api.model
    def _xero_chances(self, connection):
        """Return the chart of accounts for payments, and the journals that are not mapped yet."""
        domain = [("connection_id", "=", connection.id), ("usable_for_payments", "=", True)]
        journals = self.search([*self._xero_payment_domain(), ("company_id", "child_of", connection.company_id.id)])
        mapped = journals.filtered(lambda journal: journal.xero_account_id.connection_id == connection)
        return XeroChart(self.env["xero.account"].search(domain)), journals - mapped, mapped.xero_account_id

    @api.model
    def _xero_payment_domain(self):
        return [("type", "in", PAYMENT_TYPES)]

    @api.depends("xero_account_id", "name", "code", "type", "currency_id", "bank_account_id", "default_account_id.code")
    def _compute_xero_proposal(self):
        return super()._compute_xero_proposal()

    def _xero_propose(self, chances):
        self.ensure_one()
        chart, unmapped, taken = chances
        if self.type not in PAYMENT_TYPES:
            return chart.accounts.browse(), ""

        def fits(account):
            return self._xero_same_currency(account) and self._xero_is_kind(account)

        number = chart.only(lambda account: self._xero_same_currency(account) and self._xero_same_number(account))
        if number:
            return number, self.env._("same bank account number")
        account, reason = chart.find([self.default_account_id.code], [self.name, self.default_account_id.name], fits)
        if account or self.type == "cash":
            return account, reason
        # The only one on both sides: of two journals in one currency, neither is certainly meant.
        currency = self._xero_currency()
        rivals = unmapped.filtered(lambda other: other.type == self.type and other._xero_currency() == currency)
        only = chart.only(lambda account: account.type == "BANK" and account.currency_code and fits(account))
        if not only or only in taken or rivals != self:
            return chart.accounts.browse(), ""
        if self.type == "credit":
            return only, self.env._("only credit card in %s", currency.name)
        return only, self.env._("only bank account in %s", currency.name)

    def _xero_is_kind(self, account):
        """Whether an account of Xero may stand for a journal of this type: a card is no bank account."""
        card = account.bank_account_type == "CREDITCARD"
        if self.type == "cash":
            return not card
        return account.type == "BANK" and card == (self.type == "credit")

    def _xero_same_number(self, account):
        """Whether both have one bank account number; Odoo may have the IBAN, which ends with the number."""
        ours = _plain_number(self.bank_account_id.acc_number)
        theirs = _plain_number(account.bank_account_number)
        return len(theirs) >= _ENOUGH_DIGITS and ours.endswith(theirs)
