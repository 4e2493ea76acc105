from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .xero_account import ROUNDING

# Accounts for kinds of lines (M11), and what may be chosen for them.
KIND_ACCOUNTS = (
    "discount_account_id",
    "shipping_account_id",
    "adjustment_account_id",
    "rounding_account_id",
    "bank_charge_account_id",
    "write_off_account_id",
)
_ON_LINES = "[('connection_id', '=', id), ('usable_on_lines', '=', True), ('code', '!=', False)]"
# Whoever changes one of these may have mended what a document was held for.
_RELEASING = frozenset(
    (
        "default_account_id",
        "default_expense_account_id",
        "default_payment_account_id",
        "exempt_tax_rate_id",
        "unmapped_tax_policy",
        *KIND_ACCOUNTS,
        "discount_as",
        "unit_decimals",
        "tax_tolerance",
        "round_off_units",
        "currency_rates",
        "add_currencies",
    )
)


class XeroConnection(models.Model):
    """How documents are sent: their accounts, taxes, roundings and currencies."""

    _inherit = "xero.connection"

    # Accounts
    default_account_id = fields.Many2one(
        "xero.account",
        "Default Ledger Account",
        domain=_ON_LINES,
        copy=False,
        help="Used for every line whose product, category and Odoo account have no Xero account of their own.",
    )
    default_expense_account_id = fields.Many2one(
        "xero.account",
        "Default Account for Bills",
        domain=_ON_LINES,
        copy=False,
        help="The same for lines of bills and vendor refunds. Left empty, the default ledger account is used for them "
        "too.",
    )
    discount_account_id = fields.Many2one(
        "xero.account",
        "Discounts",
        domain=_ON_LINES,
        copy=False,
        help="Early payment discounts, and products of the kind Discount. Left empty, they go where other lines go.",
    )
    shipping_account_id = fields.Many2one(
        "xero.account",
        "Shipping",
        domain=_ON_LINES,
        copy=False,
        help="Products of the kind Shipping. Left empty, they go where other lines go.",
    )
    adjustment_account_id = fields.Many2one(
        "xero.account",
        "Adjustments",
        domain=_ON_LINES,
        copy=False,
        help="Products of the kind Adjustment. Left empty, they go where other lines go.",
    )
    rounding_account_id = fields.Many2one(
        "xero.account",
        "Round-Off",
        domain="[('connection_id', '=', id), ('code', '!=', False), "
        "'|', ('usable_on_lines', '=', True), ('system_account', '=', 'ROUNDING')]",
        copy=False,
        help="Cash rounding, and the cents that make totals equal. Left empty, Xero's own rounding account is used.",
    )
    bank_charge_account_id = fields.Many2one(
        "xero.account",
        "Bank Charges",
        domain=_ON_LINES,
        copy=False,
        help="What a bank or provider kept of a payment, where it is on an Odoo account that is marked as Bank Charges "
        "and has no Xero account of its own.",
    )
    write_off_account_id = fields.Many2one(
        "xero.account",
        "Write-Offs",
        domain=_ON_LINES,
        copy=False,
        help="What is written off an invoice or bill, where the Odoo account has no Xero account of its own. In Xero "
        "it becomes a credit note on this account, allocated to the document.",
    )
    default_payment_account_id = fields.Many2one(
        "xero.account",
        domain="[('connection_id', '=', id), ('usable_for_payments', '=', True)]",
        copy=False,
        help="Only bank accounts and accounts that allow payments are offered. To allow payments to another one: in "
        "Xero open Accounting → Chart of accounts, edit the account, tick Enable payments to this account, then "
        "press Refresh from Xero here.",
    )

    # Taxes
    exempt_tax_rate_id = fields.Many2one(
        "xero.tax.rate",
        "Rate for Exempt and Untaxed",
        domain="[('connection_id', '=', id), ('effective_rate', '=', 0)]",
        copy=False,
        help="Left empty, Xero's own rate NONE is used. Customers and fiscal positions are marked as exempt or "
        "reverse-charged on their own forms.",
    )
    unmapped_tax_policy = fields.Selection(
        [
            ("block", "Hold the invoice until the tax is mapped"),
            ("account_default", "Let Xero use the ledger account's default tax"),
            ("create", "Create the rate in Xero"),
        ],
        string="Unmapped Taxes",
        default="block",
        required=True,
        help="Before a rate is created, one that Xero has already is used, if it is the only one that fits.",
    )

    # Lines
    invoice_status = fields.Selection(
        [("DRAFT", "Draft"), ("SUBMITTED", "Awaiting approval"), ("AUTHORISED", "Authorised")],
        string="Create Invoices As",
        default="AUTHORISED",
        required=True,
    )
    discount_as = fields.Selection(
        [("rate", "The discount of the line"), ("line", "A line of its own")],
        string="Discounts Become",
        default="rate",
        required=True,
        help="As a line of its own, the item shows at its full price; the discount goes to the account for discounts.",
    )
    unit_decimals = fields.Selection(
        [("2", "2 decimals"), ("4", "4 decimals")],
        string="Unit Prices With",
        default="2",
        required=True,
        help="A price with more decimals is sent as quantity 1 with the amount of the line, so that totals agree: "
        "500 at 0.001 becomes 1 at 0.50, and the description says so.",
    )
    tax_tolerance = fields.Float(
        "Tax of a Line May Differ By",
        digits=(6, 2),
        default=0.01,
        help="How far the tax of a line may be from what Xero computes, where Odoo rounded the document as a whole; in "
        "the document's currency. Xero is then told the tax. 0 never tells Xero a tax.",
    )
    round_off_units = fields.Float(
        "Round-Off per Line Up To",
        digits=(6, 2),
        default=1.0,
        help="Where nothing else makes totals equal, a line “Rounding” does. It may be this many of the currency's "
        "smallest units (cents, whole yen) for each line of the document. 0 holds such documents instead.",
    )

    # Currencies
    currency_rates = fields.Selection(
        [("xero", "Xero's rate of the day"), ("odoo", "Odoo's rate of the document")],
        string="Exchange Rates",
        default="xero",
        required=True,
    )
    add_currencies = fields.Boolean(
        "Add Missing Currencies",
        default=True,
        help="Switch a currency on in Xero when a document needs it, if the Xero plan allows several currencies.",
    )

    @api.constrains("tax_tolerance", "round_off_units")
    def _check_tolerances(self):
        if self.filtered(lambda connection: connection.tax_tolerance < 0 or connection.round_off_units < 0):
            raise ValidationError(self.env._("A tolerance cannot be negative: 0 allows no difference at all."))

    @api.constrains(
        "default_account_id",
        "default_expense_account_id",
        "default_payment_account_id",
        "exempt_tax_rate_id",
        *KIND_ACCOUNTS,
    )
    def _check_defaults(self):
        for connection in self:
            for account in (connection.default_account_id, connection.default_expense_account_id):
                problem = account and account._line_problem(connection)
                if problem:
                    raise ValidationError(self.env._("The default ledger account cannot be used: %s.", problem))
            for name in KIND_ACCOUNTS:
                connection._check_kind_account(name)
            payment = connection.default_payment_account_id
            if payment and (payment.connection_id != connection or not payment.usable_for_payments):
                raise ValidationError(
                    self.env._("%s does not take payments in this organisation.", payment.display_name)
                )
            rate = connection.exempt_tax_rate_id
            if rate and (rate.connection_id != connection or rate.effective_rate):
                raise ValidationError(self.env._("%s is not a zero rate of this organisation.", rate.display_name))

    def _check_kind_account(self, name):
        account = self[name]
        problem = account and account._line_problem(self, rounding=name == "rounding_account_id")
        if problem:
            label = self._fields[name]._description_string(self.env)
            raise ValidationError(
                self.env._("The account for %(what)s cannot be used: %(why)s.", what=label, why=problem)
            )

    def write(self, vals):
        changing = self._changing(vals, _RELEASING | {"invoice_status"})
        result = super().write(vals)
        if changing & _RELEASING:
            self.env["xero.binding"]._retry_blocked(self.company_id)
        if "invoice_status" in changing:
            # Xero plans limit how many invoices are approved; drafts are not counted.
            self.env["xero.binding"]._retry_blocked(self.company_id, ["plan"])
        return result

    def _default_account(self, kind):
        """Return the account for lines of documents of a ``Kind`` that nothing else gives an account; may be empty."""
        self.ensure_one()
        own = self.env["xero.account"] if kind.sales else self.default_expense_account_id
        return own or self.default_account_id

    def _rounding_account(self):
        """Return the account for roundings: the chosen one, else Xero's own; empty where it has none."""
        self.ensure_one()
        return self.rounding_account_id or self.env["xero.account"].search(
            [("connection_id", "=", self.id), ("system_account", "=", ROUNDING)], limit=1
        )

    def _lacks_currency(self, currency):
        """Whether the organisation does not use a currency; not known before its currencies were listed."""
        self.ensure_one()
        known = self.env["xero.currency"].search([("connection_id", "=", self.id)]).mapped("code")
        return bool(known) and currency.name not in known
