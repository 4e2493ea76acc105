from datetime import timedelta

from odoo import api, models

from .bulk import insert_rows

# What is sold to customers; a receipt is an invoice that is paid at once.
SALES = ("out_invoice", "out_refund", "out_receipt")
_TEXTS = ("name", "move_name", "partner_name", "product_name")


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
            key = (line.product_id, line.company_id)
            if key not in mappings:
                mappings[key] = line.product_id._xero_recognition(line.company_id)
            deferred, recognised, _method = mappings[key]
            if (deferred or recognised) and line.balance:
                values.append(self._values_of(line, mappings[key], tracking))
        kept = self._take_up(values)
        charges = self._insert([vals for vals in values if vals["move_line_id"] not in kept.move_line_id.ids])
        charges._plan()
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
        # What somebody chose for this line counts, if it is an account that holds deferred revenue.
        chosen = line.xero_account_id
        connection = (deferred | recognised).connection_id
        if chosen in connection.deferred_account_ids:
            deferred = chosen
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
    def _take_up(self, values):
        """Take withdrawn charges up again whose lines were confirmed as they had been; return these charges.

        Nothing is corrected then in Xero: a reset to draft that changed nothing leaves no trace in the journals.
        """
        lines = [vals["move_line_id"] for vals in values]
        withdrawn = self.search([("move_line_id", "in", lines), ("state", "=", "withdrawn")])
        by_line = {vals["move_line_id"]: vals for vals in values}
        again = withdrawn.filtered(lambda charge: charge._is_as(by_line[charge.move_line_id.id]))
        for charge in again:
            charge._restore()
            # Number and texts may have changed; days to come bear the new ones.
            texts = {name: by_line[charge.move_line_id.id][name] for name in _TEXTS}
            charge.write({"state": "running", **texts})
        return again

    def _is_as(self, vals):
        """Whether this charge is what ``vals`` would make, and its schedule was neither changed nor taken back."""
        same = ("method", "charge_date", "accounting_date", "start_date", "end_date", "company_id", "product_id")
        accounts = ("deferral", "deferred_account_id", "recognised_account_id", "partner_id", "move_type")
        for name in (*same, *accounts):
            field = self._fields[name]
            if field.convert_to_write(self[name], self) != vals[name]:
                return False
        if self.company_currency_id.compare_amounts(self.company_amount, vals["company_amount"]):
            return False
        if self.tracking_option_ids != vals["tracking"]:
            return False
        exported = self.span_ids.filtered("export_id")
        whole = [(s.amount, s.date_from, s.date_to) for s in exported if s.kind == "recognition"]
        return not any(exported.mapped("correction")) and len(set(whole)) <= 1 and self.method != "manual"

    def _restore(self):
        """Drop the correcting entries of a withdrawn charge and plan again the days that were not exported."""
        self.ensure_one()
        exported = self.span_ids.filtered("export_id")
        (self.span_ids - exported).unlink()
        self.invalidate_recordset(["span_ids"])
        values = self._plan_rest(self._whole())
        if self.deferral:
            values.append(self._span("deferral", "once", self._whole(), self.charge_date, self.charge_date))
        gaps = []
        for vals in values:
            day = vals["date_from"]
            for span in exported.filtered(lambda s, kind=vals["kind"]: s.kind == kind).sorted("clip_from"):
                if day < span.clip_from:
                    gaps.append({**vals, "clip_from": day, "clip_to": span.clip_from - timedelta(days=1)})
                day = span.clip_to + timedelta(days=1)
            if day <= vals["date_to"]:
                gaps.append({**vals, "clip_from": day})
        self.env["xero.recognition.span"].create(gaps)
