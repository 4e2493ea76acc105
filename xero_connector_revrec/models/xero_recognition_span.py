from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL

from .journal_choices import KINDS
from .recognition_sql import amount_between


class XeroRecognitionSpan(models.Model):
    """A run of days of a charge's schedule that all are in the same export, or in none.

    ``amount`` is that of the whole from ``date_from`` to ``date_to``; the row holds the days from ``clip_from`` to
    ``clip_to`` of it. An export that takes some of these days cuts the row in two or three: because lines come from
    cumulative rounding of the whole, no cut changes a line.
    """

    _name = "xero.recognition.span"
    _description = "Xero Recognition Schedule"
    _order = "charge_id, clip_from, id"

    charge_id = fields.Many2one("xero.recognition.charge", required=True, index=True, ondelete="cascade", readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    method = fields.Selection(
        [("daily", "By day"), ("monthly", "By month"), ("once", "At once")], required=True, readonly=True
    )
    amount = fields.Monetary("Whole Amount", currency_field="company_currency_id", readonly=True, required=True)
    decimals = fields.Integer(readonly=True, required=True, help="To which the company's currency is rounded.")
    company_currency_id = fields.Many2one(related="charge_id.company_currency_id")
    date_from = fields.Date("Whole From", required=True, readonly=True)
    date_to = fields.Date("Whole To", required=True, readonly=True)
    clip_from = fields.Date("From", required=True, readonly=True)
    clip_to = fields.Date("To", required=True, readonly=True)
    correction = fields.Boolean(readonly=True, help="Takes back what was exported before the invoice was changed.")
    export_id = fields.Many2one(
        "xero.journal.export", index="btree_not_null", ondelete="restrict", readonly=True, help="Empty: not exported."
    )
    held_amount = fields.Monetary("Amount", compute="_compute_held_amount", currency_field="company_currency_id")

    _in_order = models.Constraint(
        "CHECK (date_from <= clip_from AND clip_from <= clip_to AND clip_to <= date_to)",
        "The days of a schedule are in order.",
    )
    _open_index = models.Index("(clip_from, clip_to) WHERE export_id IS NULL")

    def _compute_held_amount(self):
        held = self._held()
        for span in self:
            span.held_amount = float(held.get(span.id, 0))

    def _held(self, until=None):
        """Return dict of span id → exact ``Decimal`` of the days that it holds, those after ``until`` left out."""
        self.flush_model()
        if not self.ids:
            return {}
        last = "span.clip_to"
        if until:
            last = "LEAST(span.clip_to, span.until)"
        query = SQL(
            f"""
            SELECT span.id, {amount_between("span.clip_from", last)}::text
              FROM (SELECT *, %s::date AS until FROM xero_recognition_span) span
             WHERE span.id IN %s AND span.clip_from <= COALESCE(span.until, span.clip_from)
            """,
            until,
            tuple(self.ids),
        )
        # Odoo reads numbers as floats; texts are exact.
        return {span_id: Decimal(amount) for span_id, amount in self.env.execute_query(query)}

    def _values(self):
        """Return what makes this span again, for another time."""
        self.ensure_one()
        names = ("kind", "method", "amount", "decimals", "correction")
        days = ("date_from", "date_to", "clip_from", "clip_to")
        return {name: self[name] for name in names} | {name: str(self[name]) for name in days}

    def _drop_from(self, day):
        """Take the days from ``day`` on out of these spans."""
        self.filtered(lambda span: span.clip_from >= day).unlink()
        self.exists().filtered(lambda span: span.clip_to >= day).write({"clip_to": day - timedelta(days=1)})

    def _take(self, export, chosen, first, last, older):
        """Mark the days from ``first`` to ``last`` of all chosen spans as part of ``export``; cut spans where needed.

        :param SQL chosen: a condition on ``span`` and ``charge``
        :param older: earlier days that were never exported too
        :return: how many spans were taken
        """
        self.flush_model()
        self.env["xero.recognition.charge"].flush_model()
        self._cut(chosen, last)
        if not older:
            self._cut(chosen, first - timedelta(days=1))
        query = SQL(
            """
            UPDATE xero_recognition_span taken
               SET export_id = %s
              FROM xero_recognition_span span JOIN xero_recognition_charge charge ON charge.id = span.charge_id
             WHERE span.id = taken.id AND %s AND span.clip_to <= %s AND (%s OR span.clip_from >= %s)
            """,
            export.id,
            chosen,
            last,
            older,
            first,
        )
        self.env.cr.execute(query)
        self.invalidate_model()
        return self.env.cr.rowcount

    def _cut(self, chosen, day):
        """Cut the chosen spans after ``day``: the row itself keeps the head, a new one gets the tail."""
        self.env.cr.execute(
            SQL(
                """
                WITH tails AS (
                    INSERT INTO xero_recognition_span (
                        charge_id, kind, method, amount, decimals, date_from, date_to, clip_from, clip_to, correction,
                        create_uid, create_date, write_uid, write_date)
                    SELECT span.charge_id, span.kind, span.method, span.amount, span.decimals, span.date_from,
                           span.date_to, %(next)s, span.clip_to, span.correction, span.create_uid, span.create_date,
                           span.write_uid, span.write_date
                      FROM xero_recognition_span span
                      JOIN xero_recognition_charge charge ON charge.id = span.charge_id
                     WHERE %(chosen)s AND span.clip_from <= %(day)s AND span.clip_to > %(day)s)
                UPDATE xero_recognition_span heads
                   SET clip_to = %(day)s
                  FROM xero_recognition_span span JOIN xero_recognition_charge charge ON charge.id = span.charge_id
                 WHERE span.id = heads.id AND %(chosen)s AND span.clip_from <= %(day)s AND span.clip_to > %(day)s
                """,
                next=day + timedelta(days=1),
                chosen=chosen,
                day=day,
            )
        )
