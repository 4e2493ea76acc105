from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .journal_choices import AGGREGATIONS, DATE_FORMATS, DESTINATIONS, NARRATION, SIGNS
from .journal_sql import narration_problem
from .recognition_sql import lines

# What the queries of an export read.
_SOURCES = (
    "xero.recognition.charge",
    "xero.recognition.span",
    "xero.account",
    "xero.tracking.category",
    "xero.tracking.option",
    "xero.binding",
    "xero.connection",
)


class XeroJournalOptions(models.AbstractModel):
    """What is exported, and how: what the dialog asks and an export keeps."""

    _name = "xero.journal.options"
    _description = "Options of a Journal Export"

    connection_id = fields.Many2one("xero.connection", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", compute="_compute_company_id", store=True, precompute=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    date_from = fields.Date("From", required=True)
    date_to = fields.Date("To", required=True)
    include_older = fields.Boolean(
        "Include Earlier Days Not Exported", help="Lines before the period that no export has yet, on their own dates."
    )
    kinds = fields.Selection(
        [("all", "All"), ("recognition", "Recognition"), ("deferral", "Deferral")],
        "Journal Type",
        default="all",
        required=True,
    )
    branch_ids = fields.Many2many(
        "res.company", string="Companies", domain="[('id', 'child_of', company_id), ('id', 'in', allowed_company_ids)]"
    )
    partner_ids = fields.Many2many("res.partner", string="Customers", domain="[('parent_id', '=', False)]")
    product_ids = fields.Many2many("product.product", string="Products")
    account_ids = fields.Many2many(
        "xero.account",
        string="Accounts",
        domain="[('connection_id', '=', connection_id), '|', ('deferred_connection_ids', '!=', False), "
        "('recognised_connection_ids', '!=', False)]",
    )
    currency_ids = fields.Many2many("res.currency", string="Invoice Currencies")
    aggregation = fields.Selection(AGGREGATIONS, default="daily", required=True)
    sign = fields.Selection(SIGNS, "Sign of Amounts", default="debit", required=True)
    date_format = fields.Selection(DATE_FORMATS, default="dd/mm/yyyy", required=True)
    narration = fields.Char(
        default=NARRATION,
        required=True,
        help="May hold {type}, {period}, {invoice}, {customer}, {product}, {batch} and {reference}. The reference "
        "makes each journal's narration unique; it is added at the end where the text does not hold it.",
    )
    split = fields.Boolean("Files of at Most 300 Lines", default=True, help="Xero's import takes no more a file.")
    destination = fields.Selection(DESTINATIONS, "Export To", default="csv", required=True)

    @api.depends("connection_id")
    def _compute_company_id(self):
        for options in self:
            # An export outlives its connection.
            options.company_id = options.connection_id.company_id or options.company_id

    @api.constrains("date_from", "date_to", "narration")
    def _check_entries(self):
        for options in self:
            problem = options._entry_problem()
            if problem:
                raise ValidationError(problem)

    def _entry_problem(self):
        """Return what is wrong with the entries themselves, in words, or an empty text."""
        self.ensure_one()
        if self.date_from > self.date_to:
            return self.env._("The period ends before it begins.")
        return narration_problem(self.env, self.narration)

    @api.model
    def _of_connection(self, connection):
        """Return the values that ``connection`` remembers from the last export."""
        return {
            "connection_id": connection.id,
            "aggregation": connection.journal_aggregation,
            "sign": connection.journal_sign,
            "date_format": connection.journal_date_format,
            "narration": connection.journal_narration,
            "split": connection.journal_split,
            "destination": connection.journal_destination,
        }

    def _remember(self):
        """Have the connection propose these options the next time."""
        self.ensure_one()
        values = {
            "journal_aggregation": self.aggregation,
            "journal_sign": self.sign,
            "journal_date_format": self.date_format,
            "journal_narration": self.narration,
            "journal_split": self.split,
            "journal_destination": self.destination,
        }
        connection = self.connection_id.sudo()
        if any(connection[name] != value for name, value in values.items()):
            connection.write(values)

    # -- What is exported --------------------------------------------------------------------------------------

    def _charges(self):
        """Return the SQL condition of the charges that fit, whether they can be exported or not."""
        self.ensure_one()
        conditions = [
            # Charges whose connection was deleted go with the one that follows, once they have accounts of it.
            SQL("(charge.connection_id = %s OR charge.connection_id IS NULL)", self.connection_id.id),
            SQL("charge.company_id IN %s", tuple(self._companies().ids) or (0,)),
        ]
        if self.partner_ids:
            conditions.append(SQL("charge.partner_id IN %s", tuple(self.partner_ids.commercial_partner_id.ids)))
        if self.product_ids:
            conditions.append(SQL("charge.product_id IN %s", tuple(self.product_ids.ids)))
        if self.currency_ids:
            conditions.append(SQL("charge.currency_id IN %s", tuple(self.currency_ids.ids)))
        if self.account_ids:
            ids = tuple(self.account_ids.ids)
            conditions.append(SQL("(charge.deferred_account_id IN %s OR charge.recognised_account_id IN %s)", ids, ids))
        return SQL(" AND ").join(conditions)

    def _companies(self):
        """Return those of the companies sharing the organisation that the user has switched on and chosen."""
        companies = self.env.companies.filtered(lambda company: company.root_id == self.company_id)
        return companies & self.branch_ids if self.branch_ids else companies

    def _open(self):
        """Return the SQL condition of the spans whose days no export has, up to the end of the period."""
        conditions = [
            self._charges(),
            SQL("charge.deferred_account_id IS NOT NULL AND charge.recognised_account_id IS NOT NULL"),
            SQL("span.export_id IS NULL AND span.clip_from <= %s", self.date_to),
        ]
        if self.kinds != "all":
            conditions.append(SQL("span.kind = %s", self.kinds))
        return SQL(" AND ").join(conditions)

    def _chosen(self):
        """Return the SQL condition of the spans that an export with these options takes, or the ends of them."""
        if self.include_older:
            return self._open()
        return SQL("%s AND span.clip_to >= %s", self._open(), self.date_from)

    def _rows_at_most(self, chosen, first=None, last=None):
        """Return how many rows the chosen days make at most, without making them: days of nothing are among them."""
        query = SQL(
            """
            SELECT COALESCE(SUM(2 * CASE span.method WHEN 'daily' THEN days + 1 ELSE days / 28 + 2 END), 0)
              FROM (SELECT span.method, LEAST(span.clip_to, %s::date) - GREATEST(span.clip_from, %s::date) AS days
                      FROM xero_recognition_span span
                      JOIN xero_recognition_charge charge ON charge.id = span.charge_id
                     WHERE %s) span
            """,
            last,
            first,
            chosen,
        )
        return self.env.execute_query(query)[0][0]

    def _older(self):
        """Return (number of charges, exact amount) of days before the period that no export has."""
        before = self.date_from - timedelta(days=1)
        chosen = SQL("%s AND span.clip_from <= %s", self._open(), before)
        query = lines(False, chosen, SQL("charge.id AS charge_id"), last=before)
        return self.env.execute_query(
            SQL("SELECT count(DISTINCT charge_id), COALESCE(SUM(line_amount), 0) FROM (%s) line", query)
        )[0]

    def _problems(self):
        """Return what stands in the way of an export, in words: nothing is exported while there is something."""
        self.ensure_one()
        if not self.connection_id._journal_tax_rate():
            return [
                self.env._(
                    "Choose the Tax Rate of Journals in the connection: the organisation has no rate for no tax."
                )
            ]
        query = SQL(
            """
            SELECT DISTINCT unnest(ARRAY[charge.deferred_account_id, charge.recognised_account_id])
              FROM xero_recognition_span span JOIN xero_recognition_charge charge ON charge.id = span.charge_id
             WHERE %s
            """,
            self._chosen(),
        )
        accounts = self.env["xero.account"].browse(row[0] for row in self.env.execute_query(query))
        problems = [f"{problem}." for account in accounts if (problem := account._line_problem(self.connection_id))]
        odd = accounts.filtered(lambda account: account.account_class not in ("LIABILITY", "REVENUE"))
        for account in odd if self.sign == "normal" else []:
            problems.append(
                self.env._(
                    "%s is neither a liability nor an income account in Xero: by normal balance its journals would not "
                    "add up to 0. Choose the other sign convention.",
                    account.display_name,
                )
            )
        return problems

    def _left_out(self):
        """Return how many charges cannot be exported because an account is missing."""
        chosen = SQL(
            "%s AND span.export_id IS NULL AND span.clip_from <= %s"
            " AND (charge.deferred_account_id IS NULL OR charge.recognised_account_id IS NULL)",
            self._charges(),
            self.date_to,
        )
        return self.env.execute_query(
            SQL(
                """
                SELECT count(DISTINCT charge.id)
                  FROM xero_recognition_span span JOIN xero_recognition_charge charge ON charge.id = span.charge_id
                 WHERE %s
                """,
                chosen,
            )
        )[0][0]

    def _flush_sources(self):
        """Have the database know what the queries read."""
        for model in _SOURCES:
            self.env[model].flush_model()
