from odoo import fields, models
from odoo.tools import SQL

from .recognition_sql import MONTH_END, lines
from .xero_recognition_charge_schedule import XERO_DECIMALS

# More months than any schedule has: keeps the ids of what reports list apart, and the same in every query.
_MONTHS = 10000


class XeroRecognitionReport(models.AbstractModel):
    """What the reports of charges by month share."""

    _name = "xero.recognition.report"
    _description = "Report of Recognition Charges"
    _rec_name = "charge_id"
    _order = "month, charge_id"
    # What the query reads must be in the database.
    _depends = {
        "xero.recognition.charge": [
            "state",
            "connection_id",
            "company_id",
            "company_currency_id",
            "move_id",
            "partner_id",
            "product_id",
            "company_amount",
            "charge_date",
            "deferred_account_id",
            "recognised_account_id",
        ],
        "xero.recognition.span": [
            "charge_id",
            "kind",
            "method",
            "amount",
            "decimals",
            "date_from",
            "date_to",
            "clip_from",
            "clip_to",
            "correction",
            "export_id",
        ],
    }

    charge_id = fields.Many2one("xero.recognition.charge", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", "Currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    deferred_account_id = fields.Many2one("xero.account", readonly=True)

    def _of_charge(self):
        """Return the SQL of the fields above, of ``charge``."""
        return SQL(
            """
            charge.id AS charge_id, charge.company_id, charge.company_currency_id, charge.partner_id,
            charge.product_id, charge.deferred_account_id
            """
        )


class XeroRecognitionMonth(models.Model):
    """What a charge recognises in a month: the waterfall (B12) is created in × recognised in."""

    _name = "xero.recognition.month"
    _inherit = ["xero.recognition.report"]
    _description = "Recognised Revenue by Month"
    _auto = False

    connection_id = fields.Many2one("xero.connection", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    recognised_account_id = fields.Many2one("xero.account", readonly=True)
    created_in = fields.Date(readonly=True, help="The month of the invoice.")
    month = fields.Date("Recognised In", readonly=True, help="The last day that the line is for.")
    exported = fields.Boolean(readonly=True)
    correction = fields.Boolean(readonly=True)
    amount = fields.Monetary("Revenue", currency_field="company_currency_id", readonly=True)

    @property
    def _table_query(self):
        columns = SQL(
            """
            span.id AS span_id, %s, charge.connection_id, charge.move_id, charge.recognised_account_id,
            charge.charge_date AS created_in, span.export_id IS NOT NULL AS exported, span.correction
            """,
            self._of_charge(),
        )
        return SQL(
            """
            SELECT span_id * %s::bigint + (EXTRACT(YEAR FROM day) - EXTRACT(YEAR FROM date_from))::int * 12
                       + (EXTRACT(MONTH FROM day) - EXTRACT(MONTH FROM date_from))::int AS id,
                   charge_id, company_id, company_currency_id, partner_id, product_id, deferred_account_id,
                   connection_id, move_id, recognised_account_id, created_in, exported, correction, day AS month,
                   line_amount AS amount
              FROM (%s) line
            """,
            _MONTHS,
            lines(False, SQL("span.kind = 'recognition'"), columns),
        )


class XeroDeferredBalance(models.Model):
    """What of a charge is deferred at the end of a month: its amount from the invoice on, less what is recognised."""

    _name = "xero.deferred.balance"
    _inherit = ["xero.recognition.report"]
    _description = "Deferred Revenue Balance"
    _auto = False

    month = fields.Date("At the End Of", readonly=True)
    balance = fields.Monetary("Deferred Revenue", currency_field="company_currency_id", readonly=True)

    @property
    def _table_query(self):
        # Each charge comes in with its whole amount in the month of its invoice, and goes out as it is recognised.
        # What moves between two months stays at what it was: each month from the first to the last has a row.
        query = lines(False, SQL("span.kind = 'recognition'"), SQL("span.charge_id"))
        return SQL(
            f"""
            WITH moves AS (
                SELECT charge_id, {MONTH_END.format("day")} AS month, -SUM(line_amount) AS amount
                  FROM (%s) line GROUP BY 1, 2
                 UNION ALL
                SELECT id, {MONTH_END.format("charge_date")}, round(company_amount, {XERO_DECIMALS})
                  FROM xero_recognition_charge WHERE state = 'running'
            ), ends AS (
                SELECT charge_id,
                       generate_series(date_trunc('month', MIN(month)), MAX(month), '1 month')::date AS begins
                  FROM moves GROUP BY charge_id
            ), months AS (
                SELECT *, row_number() OVER (PARTITION BY charge_id ORDER BY begins) AS number FROM ends
            )
            SELECT charge.id * %s::bigint + months.number AS id, %s, {MONTH_END.format("months.begins")} AS month,
                   SUM(SUM(COALESCE(moves.amount, 0)))
                       OVER (PARTITION BY charge.id ORDER BY months.begins) AS balance
              FROM months
              JOIN xero_recognition_charge charge ON charge.id = months.charge_id
              LEFT JOIN moves
                ON moves.charge_id = charge.id AND moves.month = {MONTH_END.format("months.begins")}
             GROUP BY charge.id, months.begins, months.number
            """,
            query,
            _MONTHS,
            self._of_charge(),
        )
