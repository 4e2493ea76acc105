from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .bulk import insert_rows

# Xero's books have two decimals (XERO.md: totals always have 2), whatever the currency has in Odoo.
XERO_DECIMALS = 2


class XeroRecognitionCharge(models.Model):
    """How a charge's schedule is made and changed. Its exported days never change; everything else is made anew."""

    _inherit = "xero.recognition.charge"

    @api.model
    def _decimals(self, currency):
        return min(currency.decimal_places, XERO_DECIMALS)

    @api.model
    def _exact(self, amount, currency):
        """Return an amount as an exact decimal of the currency's digits."""
        return Decimal(f"{amount:.{currency.decimal_places}f}")

    def _whole(self):
        """Return the amount of this charge in the company's currency, exactly, rounded half up to Xero's decimals."""
        unit = Decimal(1).scaleb(-self._decimals(self.company_currency_id))
        return _half_up(self._exact(self.company_amount, self.company_currency_id), unit)

    def _span(self, kind, method, amount, first, last, **values):
        """Return the values of a span over its whole length."""
        self.ensure_one()
        return {
            "charge_id": self.id,
            "kind": kind,
            "method": method,
            "amount": float(amount),
            "decimals": self._decimals(self.company_currency_id),
            "date_from": first,
            "date_to": last,
            "clip_from": first,
            "clip_to": last,
            **values,
        }

    # -- A new schedule ----------------------------------------------------------------------------------------

    def _plan(self):
        """Make the schedules of new charges."""
        values = []
        for charge in self:
            if charge.deferral:
                day = charge.charge_date
                values.append(charge._span("deferral", "once", charge._whole(), day, day))
            values += charge._plan_rest(charge._whole())
        insert_rows(self.env["xero.recognition.span"], [{"correction": False, **vals} for vals in values])
        self.invalidate_recordset(["span_ids"])

    def _plan_rest(self, rest, since=None, done=Decimal(0)):
        """Return the values of the spans that recognise ``rest`` of this charge's amount.

        :param since: not before this day
        :param Decimal done: what is recognised of it already, for percentages entered by hand
        """
        self.ensure_one()
        if self.method == "manual":
            return self._plan_shares(done, since)
        if not rest:
            return []
        if self.method == "once" or not self.start_date:
            day = max(self.accounting_date, since or self.accounting_date)
            return [self._span("recognition", "once", rest, day, day)]
        first = max(self.start_date, since or self.start_date)
        # Of a period that has ended before, what is left is earned at once.
        return [self._span("recognition", self.method, rest, first, max(first, self.end_date))]

    def _plan_shares(self, done, since=None):
        """Return a span for each percentage entered by hand; what they leave is recognised on the last day.

        A share's amount comes from cumulative rounding; what was exported is taken off the earliest shares.

        :param since: what they leave is not recognised before this day
        """
        whole = self._whole()
        unit = Decimal(1).scaleb(-self._decimals(self.company_currency_id))
        targets, percent, before = [], Decimal(0), Decimal(0)
        for share in self.share_ids.sorted("date"):
            percent += Decimal(str(round(share.percentage, 6)))
            until = _half_up(whole * percent / 100, unit)
            targets.append((share.date, until))
        last = max([self.end_date or self.accounting_date, *self.share_ids.mapped("date")])
        targets.append((max(last, since or last), whole))
        values, before = [], done
        for day, until in targets:
            # An amount further from 0 than what is recognised already, on the same side of it.
            if abs(until) > abs(before):
                values.append(self._span("recognition", "once", until - before, day, day))
                before = until
        if before != whole:
            values.append(self._span("recognition", "once", whole - before, targets[-1][0], targets[-1][0]))
        return values

    # -- A changed one -----------------------------------------------------------------------------------------

    def _exported(self, kind="recognition"):
        return self.span_ids.filtered(lambda span: span.export_id and span.kind == kind)

    def _first_free_day(self):
        """Return the first day that no export has: from it on the schedule may change. Empty if there is no export."""
        self.ensure_one()
        days = self._exported().mapped("clip_to")
        return max(days) + timedelta(days=1) if days else False

    def _left(self, since):
        """Return (first day that may change, exact amount recognised before it) where a change counts from ``since``.

        What is exported stays, and what was recognised before that day.
        """
        self.ensure_one()
        free = self._first_free_day()
        since = max(since, free) if free else since
        before = self._open_spans()._held(until=since - timedelta(days=1))
        return since, sum(self._exported()._held().values(), Decimal(0)) + sum(before.values(), Decimal(0))

    def _open_spans(self):
        return self.span_ids.filtered(lambda span: not span.export_id and span.kind == "recognition")

    def _respread(self, start, end, since):
        """Give this charge another service period; what is left of the amount is spread over the rest of it.

        (A changed estimate counts from the change on: IAS 8.36. To correct an error from the beginning, reset the
        invoice to draft and confirm it again.)

        :param since: the day from which on the new period counts; never before the end of what was exported
        :return: whether anything was left to spread; if not, nothing is changed
        """
        since, done = self._left(since)
        if done == self._whole():
            return False
        self._open_spans()._drop_from(since)
        self.write({"start_date": start, "end_date": end})
        self.env["xero.recognition.span"].create(self._plan_rest(self._whole() - done, since, done))
        self.invalidate_recordset(["span_ids"])
        return True

    def _share_out(self):
        """Make the schedules of these charges anew after percentages were entered; what is exported stays."""
        self._check_running()
        for charge in self:
            if charge.method != "manual":
                raise UserError(
                    self.env._(
                        "%s is not recognised by percentages: choose that method on the product before the invoice is "
                        "confirmed.",
                        charge.display_name,
                    )
                )
            total = sum(charge.share_ids.mapped("percentage"))
            if total > 100.000001:
                raise UserError(
                    self.env._(
                        "%(charge)s: percentages add up to %(total)s %%.", charge=charge.display_name, total=total
                    )
                )
            charge._open_spans().unlink()
            done = sum(charge._exported()._held().values(), Decimal(0))
            self.env["xero.recognition.span"].create(charge._plan_shares(done))
            charge.by_hand = True
        self.invalidate_recordset(["span_ids"])

    def _join_spans(self):
        """Put together again what exports that were undone had cut."""
        spans = self.env["xero.recognition.span"]
        spans.flush_model()
        same = "charge_id, kind, method, amount, decimals, date_from, date_to, correction"
        self.env.cr.execute(
            SQL(
                f"""
                WITH marked AS (
                    -- A span that does not follow the one before it begins a run of its own.
                    SELECT id, clip_from, clip_to, {same},
                           clip_from - 1 IS DISTINCT FROM lag(clip_to) OVER run AS first
                      FROM xero_recognition_span WHERE export_id IS NULL AND charge_id IN %(charges)s
                    WINDOW run AS (PARTITION BY {same} ORDER BY clip_from)
                ), runs AS (
                    SELECT *, count(*) FILTER (WHERE first) OVER (PARTITION BY {same} ORDER BY clip_from) AS number
                      FROM marked
                ), whole AS (
                    SELECT MIN(id) AS id, MIN(clip_from) AS begins, MAX(clip_to) AS ends, array_agg(id) AS ids
                      FROM runs GROUP BY {same}, number HAVING count(*) > 1
                ), gone AS (
                    DELETE FROM xero_recognition_span span USING whole
                     WHERE span.id = ANY (whole.ids) AND span.id <> whole.id
                )
                UPDATE xero_recognition_span span SET clip_from = whole.begins, clip_to = whole.ends
                  FROM whole WHERE span.id = whole.id
                """,
                charges=tuple(self.ids) or (0,),
            )
        )
        spans.invalidate_model(flush=False)
        self.invalidate_recordset(["span_ids"])

    # -- Taken back --------------------------------------------------------------------------------------------

    def _withdraw(self):
        """Take these charges back: drop what was not exported, and write correcting entries for what was.

        What was exported up to today is taken back today, later days on their own day. Charges of which nothing was
        exported are deleted, unless somebody entered something that their document needs when it is confirmed again.
        """
        kept = self.filtered(
            lambda charge: (
                any(span.export_id for span in charge.span_ids) or (charge.by_hand and charge.move_id.state == "draft")
            )
        )
        (self - kept).unlink()
        kept._shelve()
        spans = self.env["xero.recognition.span"]
        corrections = []
        today = fields.Date.context_today(self)
        past = kept.span_ids._held(until=today)
        for charge in kept:
            for kind in dict(spans._fields["kind"].selection):
                corrections += charge._corrections(charge._exported(kind), kind, today, past)
        spans.create(corrections)
        kept.write({"state": "withdrawn"})

    def _shelve(self):
        """Take what was not exported off these schedules, and keep it for when the charges are taken up again."""
        unexported = self.span_ids.filtered(lambda span: not span.export_id)
        for charge in self:
            spans = charge.span_ids.filtered(lambda span: not span.export_id and not span.correction)
            if spans:
                charge.shelf = [*(charge.shelf or []), *(span._values() for span in spans)]
        unexported.unlink()
        self.invalidate_recordset(["span_ids"])

    def _corrections(self, exported, kind, today, past):
        """Return the values of the spans that take exported ones back.

        :param dict past: id of a span → exact amount of its days up to ``today``
        """
        values = []
        until_today = sum((past.get(span.id, Decimal(0)) for span in exported), Decimal(0))
        if until_today:
            values.append(self._span(kind, "once", -until_today, today, today, correction=True))
        for span in exported.filtered(lambda span: span.clip_to > today):
            whole = self._exact(span.amount, self.company_currency_id)
            mirrored = self._span(kind, span.method, -whole, span.date_from, span.date_to, correction=True)
            first = max(span.clip_from, today + timedelta(days=1))
            values.append({**mirrored, "clip_from": first, "clip_to": span.clip_to})
        return values


def _half_up(amount, unit):
    return amount.quantize(unit, rounding=ROUND_HALF_UP)
