from odoo import fields, models
from odoo.tools import SQL

from .recognition_sql import MONTH_END, lines


class XeroRecognitionMonth(models.Model):
    """What a charge recognises in a month: the waterfall (B12) is created in × recognised in."""

    _name = "xero.recognition.month"
    _description = "Recognised Revenue by Month"
    _auto = False
    _order = "month, charge_id"
    _rec_name = "charge_id"

    charge_id = fields.Many2one("xero.recognition.charge", readonly=True)
    connection_id = fields.Many2one("xero.connection", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", "Currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True)
    deferred_account_id = fields.Many2one("xero.account", readonly=True)
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
            span.id AS span_id, span.charge_id, charge.connection_id, charge.company_id, charge.company_currency_id,
            charge.partner_id, charge.product_id, charge.move_id, charge.deferred_account_id,
            charge.recognised_account_id, charge.charge_date, span.export_id IS NOT NULL AS exported, span.correction
            """
        )
        query = lines(False, SQL("span.kind = 'recognition'"), columns)
        return SQL(
            """
            SELECT row_number() OVER () AS id, charge_id, connection_id, company_id, company_currency_id, partner_id,
                   product_id, move_id, deferred_account_id, recognised_account_id, charge_date AS created_in,
                   day AS month, exported, correction, line_amount AS amount
              FROM (%s) line
            """,
            query,
        )


class XeroDeferredBalance(models.Model):
    """What of a charge is deferred at the end of a month: its amount from the invoice on, less what is recognised."""

    _name = "xero.deferred.balance"
    _description = "Deferred Revenue Balance"
    _auto = False
    _order = "month, charge_id"
    _rec_name = "charge_id"

    charge_id = fields.Many2one("xero.recognition.charge", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", "Currency", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    deferred_account_id = fields.Many2one("xero.account", readonly=True)
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
                SELECT id, {MONTH_END.format("charge_date")}, company_amount
                  FROM xero_recognition_charge WHERE state = 'running'
            ), ends AS (
                SELECT charge_id,
                       generate_series(date_trunc('month', MIN(month)), MAX(month), '1 month')::date AS begins
                  FROM moves GROUP BY charge_id
            )
            SELECT row_number() OVER () AS id, ends.charge_id, charge.company_id, charge.company_currency_id,
                   charge.partner_id, charge.product_id, charge.deferred_account_id,
                   {MONTH_END.format("ends.begins")} AS month,
                   SUM(SUM(COALESCE(moves.amount, 0)))
                       OVER (PARTITION BY ends.charge_id ORDER BY ends.begins) AS balance
              FROM ends
              JOIN xero_recognition_charge charge ON charge.id = ends.charge_id
              LEFT JOIN moves ON moves.charge_id = ends.charge_id AND moves.month = {MONTH_END.format("ends.begins")}
             GROUP BY ends.charge_id, ends.begins, charge.id
            """,
            query,
        )
