from odoo import api, models
from odoo.tools import format_date

from .bulk import insert_rows
from .xero_recognition_charge import ACCOUNTS

# What is sold to customers; a receipt is an invoice that is paid at once.
SALES = ("out_invoice", "out_refund", "out_receipt")
# What may change without anything being booked otherwise.
_TEXTS = ("name", "move_name", "partner_name", "product_name", "amount", "currency_id")


class XeroRecognitionCharge(models.Model):
    """When charges are made, taken back and taken up again: with the invoices and credit notes they belong to."""

    _inherit = "xero.recognition.charge"

    @api.model
    def _charge(self, moves):
        """Make the charges of confirmed documents: one for each line whose product has a recognition mapping (V3)."""
        # Whoever confirms it need not see how Xero is mapped.
        moves = moves.sudo().filtered(lambda move: move.move_type in SALES)
        found = moves.invoice_line_ids.filtered(lambda line: line.display_type == "product" and line.product_id)
        if not found or not self._in_use():
            return self.browse()
        mappings, tracking, values = {}, {}, []
        for line in found:
            deferred, recognised, method = line._xero_recognition(mappings)
            if (deferred or recognised) and line.balance:
                values.append(self._values_of(line, (deferred, recognised, method), tracking))
        withdrawn = self._withdrawn_of(values)
        kept = self._take_up(values, withdrawn)
        taken = set(kept.move_line_id.ids)
        values = [vals for vals in values if vals["move_line_id"] not in taken]
        former = {charge.move_line_id.id: charge for charge in withdrawn - kept if charge.by_hand}
        for vals in values:
            if vals["move_line_id"] in former:
                self._carry_accounts(vals, former[vals["move_line_id"]])
        charges = self._insert(values)
        charges._plan()
        for charge, vals in zip(charges, values, strict=True):
            if vals["move_line_id"] in former:
                charge._carry_over(former[vals["move_line_id"]])
        self._tidy(moves)
        return charges | kept

    @api.model
    def _insert(self, values):
        """Create charges without the ORM: there is nothing to compute, to follow or to log yet, and it is faster."""
        charges = self.browse(insert_rows(self, values))
        for charge, vals in zip(charges, values, strict=True):
            if vals["tracking"]:
                charge.tracking_option_ids = vals["tracking"]
        self.env["account.move"].invalidate_model(["xero_charge_ids", "xero_charge_count"])
        self.env["account.move.line"].invalidate_model(["xero_charge_ids"])
        return charges

    @api.model
    def _in_use(self):
        """Whether there is a chart of Xero to map to: where there is none, confirming costs nothing more."""
        return bool(self.env["xero.connection"].search_count([("tenant_id", "!=", False)], limit=1))

    @api.model
    def _values_of(self, line, mapping, tracking):
        """Return the values of a line's charge; ``tracking`` keeps the options of what lines were seen before."""
        move = line.move_id
        deferred, recognised, method = mapping
        connection = (deferred | recognised).connection_id
        partner = move.commercial_partner_id
        return {
            "name": line.name or line.product_id.display_name,
            "state": "running",
            "connection_id": connection.id,
            "company_id": move.company_id.id,
            "move_id": move.id,
            "move_line_id": line.id,
            "move_type": move.move_type,
            "move_name": move.name,
            "partner_id": partner.id,
            "partner_name": partner.name or partner.display_name,
            "product_id": line.product_id.id,
            "product_name": line.product_id.with_context(display_default_code=False).display_name,
            "currency_id": line.currency_id.id,
            "company_currency_id": line.company_currency_id.id,
            # Income is on the credit side, which Odoo's balances have negative.
            "amount": -line.amount_currency,
            "company_amount": -line.balance,
            "method": method,
            "charge_date": self._charge_date(move),
            "accounting_date": move.date or move.invoice_date,
            "start_date": line.start_date,
            "end_date": line.end_date,
            "line_start_date": line.start_date,
            "line_end_date": line.end_date,
            "by_hand": False,
            "deferral": connection.journal_legs == "both",
            "deferred_account_id": deferred.id,
            "recognised_account_id": recognised.id,
            "tracking": self._tracking(line, connection, tracking),
        }

    @api.model
    def _charge_date(self, move):
        """Return the date of the deferral (V8): of a credit note its accounting date, else its issue date."""
        if move.move_type == "out_refund":
            return move.date or move.invoice_date
        return move.invoice_date or move.date

    @api.model
    def _tracking(self, line, connection, known):
        distribution = line.analytic_distribution or {}
        key = (line.company_id, connection, tuple(sorted(distribution.items())))
        if key not in known:
            options = self.env["xero.tracking.option"]
            known[key] = options._of_distribution(distribution, line.company_id, connection)
        return known[key]

    # -- Taken back, and up again ------------------------------------------------------------------------------

    @api.model
    def _of_moves(self, moves):
        """Return the running charges of documents."""
        return self.search([("move_id", "in", moves.ids), ("state", "=", "running")])

    @api.model
    def _withdrawn_of(self, values):
        """Return the withdrawn charges of lines, of each line the newest alone."""
        lines = [vals["move_line_id"] for vals in values]
        withdrawn = self.search([("move_line_id", "in", lines), ("state", "=", "withdrawn")], order="id")
        return self.browse({charge.move_line_id.id: charge.id for charge in withdrawn}.values())

    @api.model
    def _take_up(self, values, withdrawn):
        """Take withdrawn charges up again whose lines were confirmed as they had been; return these charges.

        Nothing is corrected then in Xero: a reset to draft that changed nothing leaves no trace in the journals.
        """
        by_line = {vals["move_line_id"]: vals for vals in values}
        again = withdrawn.filtered(lambda charge: charge._is_as(by_line[charge.move_line_id.id]))
        for charge in again:
            texts = {name: by_line[charge.move_line_id.id][name] for name in _TEXTS}
            # Days to come bear the new texts.
            charge.write({"state": "running", **texts})
        again._restore()
        return again

    def _is_as(self, vals):
        """Whether this charge is what ``vals`` would make, and Xero has got nothing that takes it back."""
        same = ("method", "charge_date", "accounting_date", "company_id", "product_id", "deferral", "partner_id")
        for name in (*same, "move_type"):
            field = self._fields[name]
            if field.convert_to_write(self[name], self) != vals[name]:
                return False
        # An account that the mapping lacks may have been entered by hand.
        if any(vals[name] and self[name].id != vals[name] for name in ACCOUNTS):
            return False
        if (self.line_start_date, self.line_end_date) != (vals["start_date"], vals["end_date"]):
            return False
        if self.company_currency_id.compare_amounts(self.company_amount, vals["company_amount"]):
            return False
        if self.tracking_option_ids != vals["tracking"]:
            return False
        return not any(span.correction and span.export_id for span in self.span_ids)

    def _restore(self):
        """Drop the correcting entries of withdrawn charges and give them back what was not exported of them."""
        if not self:
            return
        self.span_ids.filtered(lambda span: not span.export_id).unlink()
        spans = [{**vals, "charge_id": charge.id} for charge in self for vals in charge.shelf or []]
        self.env["xero.recognition.span"].create(spans)
        self.shelf = False
        self._join_spans()

    @api.model
    def _carry_accounts(self, vals, former):
        """Have a new charge bear the accounts that somebody entered for the ``former`` one of its line."""
        for name in ACCOUNTS:
            if not vals[name] and former[name].connection_id.id == vals["connection_id"]:
                vals[name] = former[name].id

    def _carry_over(self, former):
        """Give this new charge the percentages that somebody entered for the ``former`` one of its line.

        Another period is not carried over, since it counted from its own day on: that is said.
        """
        if self.method == "manual":
            shares = [{"date": share.date, "percentage": share.percentage} for share in former.share_ids]
            self.env["xero.recognition.share"].create([{**share, "charge_id": self.id} for share in shares])
        self.by_hand = True
        period = (former.start_date, former.end_date)
        if period != (former.line_start_date, former.line_end_date):
            self.message_post(
                body=self.env._(
                    "Made anew, since the invoice was changed: the period that had been entered by hand, %s, does not "
                    "count any more.",
                    self._period_text(*period),
                )
            )

    @api.model
    def _period_text(self, start, end):
        return " – ".join(format_date(self.env, day) if day else "?" for day in (start, end))

    @api.model
    def _tidy(self, moves):
        """Delete the withdrawn charges of which nothing is left, unless their document may be confirmed again."""
        self.search([("move_id", "in", moves.ids), ("state", "=", "withdrawn")])._tidy_away()

    def _tidy_away(self):
        self.filtered(lambda charge: not charge.span_ids and charge.move_id.state != "draft").unlink()
