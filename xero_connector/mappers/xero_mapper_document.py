from decimal import Decimal
from urllib.parse import urlsplit

from odoo import api, models

from ..xero_api.amounts import CENT, currency_rate
from ..xero_api.ladder import Limits, climb
from ..xero_api.payload import PLACEHOLDER
from .xero_mapper import Mapped
from .xero_mapper_line import DESCRIPTION

NUMBER, REFERENCE = 255, 255


class XeroMapperDocument(models.AbstractModel):
    _name = "xero.mapper.document"
    _inherit = ["xero.mapper"]
    _description = "Invoice, Bill or Credit Note to Xero"

    @api.model
    def _to_xero(self, connection, move, contact_id, reissue=0, tax_amounts=True, dates_wait=False):
        """Return the ``Mapped`` document of a posted move: payload, every problem at once, and expected totals.

        The payload may be there in spite of problems, so that a document that is in Xero already, unchanged, is
        known as such: a period that was locked since is no reason to hold it.

        :param contact_id: Xero's id of the partner; only the id is sent, since other fields would edit the contact
        :param reissue: how many voided invoices in Xero have used up this number
        :param tax_amounts: whether Xero may be told the tax of a line; it refused to be told, once
        :param dates_wait: whether both dates are placeholders
        """
        kind = move._xero_document_kind()
        issued = PLACEHOLDER if dates_wait else move.invoice_date or move.date
        due = PLACEHOLDER if dates_wait else move.invoice_date_due or issued
        problems = self._header_problems(connection, move, issued)
        parts = self.env["xero.mapper.line"]._parts(connection, move, problems)
        wanted = [part.wanted for part in parts if part.wanted]
        total = self._money(move.amount_total, move.currency_id)
        # A tax that is a line of its own in Xero is no tax there.
        tax = total - sum((line.base for line in wanted), Decimal(0))
        rung, theirs = climb(wanted, total, tax, self._limits(connection, move, len(wanted), tax_amounts))
        if not rung:
            # A mapping that is wrong anyway explains it; one that leaves the tax to Xero is explained by the figures.
            if all(reason == "totals" for reason, _text in problems):
                problems.append(("totals", self._totals_problem(move, total, tax, theirs)))
            return Mapped(problems=problems, parts=parts)
        sent = iter(rung.lines)
        items = [self._line_item(part, next(sent)) if part.wanted else part.line for part in parts]
        expected = {"total": total, "tax": rung.totals.tax}
        if rung.round_off:
            part = self._round_off_part(connection, move, rung.round_off, problems)
            items.append({**part.line, "Quantity": Decimal(1), "UnitAmount": rung.round_off})
            parts = [*parts, part]
        if rung.off:
            expected["warning"] = self._tax_warning(connection, move, rung)
        payload = {
            "Type": kind.type,
            "Contact": {"ContactID": contact_id},
            kind.number_name: self._number(move, reissue),
            **({"Reference": self._reference(move)} if kind.sales else {}),
            "Date": issued,
            "DueDate": due,
            "CurrencyCode": move.currency_id.name,
            **self._currency_rate(connection, move),
            "LineAmountTypes": rung.types,
            "LineItems": items,
        }
        url = self._source_url(move)
        if url and not kind.credit:
            # Credit notes have no such field.
            payload["Url"] = url
        return Mapped(payload, problems, expected, rung.name, parts)

    # -- Header ------------------------------------------------------------------------------------------------

    @api.model
    def _number(self, move, reissue=0):
        """Return a document's number in Xero: ours, or that of the supplier, by which people look for a bill."""
        if not move._xero_document_kind().sales:
            return self._text(move.ref or move.name, NUMBER)
        return self._text(move.name, NUMBER) + (f"-{reissue + 1}" if reissue else "")

    @api.model
    def _reference(self, move):
        reference = move.ref or (move.payment_reference if move.payment_reference != move.name else "")
        return self._text(reference, REFERENCE)

    @api.model
    def _source_url(self, move):
        """Return the address of the move in Odoo, for Xero's *Go to* link; Xero refuses one with its own name in."""
        url = f"{move.get_base_url()}/odoo/{move._name}/{move.id}"
        parts = urlsplit(url)
        return "" if "xero" in url.lower() or parts.scheme not in ("http", "https") else url

    @api.model
    def _date_problem(self, connection, move):
        """Return the problem of a document that is older than what the connection is to send, or nothing."""
        date = move.invoice_date or move.date
        if not connection.export_from or date >= connection.export_from:
            return []
        text = self.env._(
            "It is dated %(date)s, before “Export Documents From” (%(limit)s) in the connection.",
            date=date,
            limit=connection.export_from,
        )
        return [("date", text)]

    @api.model
    def _header_problems(self, connection, move, issued):
        return self._lock_problem(connection, issued) + self._currency_problem(connection, move.currency_id)

    @api.model
    def _lock_problem(self, connection, date):
        """Return the problem of something dated in a period that is locked in Xero, or nothing."""
        lock = connection._locked_up_to()
        if not lock or date > lock:
            return []
        text = self.env._(
            "Xero is locked up to %(lock)s and this is dated %(date)s. Change the lock date in Xero under Accounting → "
            "Advanced → Financial settings, then press Refresh from Xero; or change the date in Odoo.",
            lock=lock,
            date=date,
        )
        return [("lock_date", text)]

    @api.model
    def _currency_problem(self, connection, currency):
        """Return the problem of a currency that the organisation does not use, and why it was not added (M14)."""
        if not connection._lacks_currency(currency):
            return []
        binding = self.env["xero.binding"].search(
            [
                ("connection_id", "=", connection.id),
                ("res_model", "=", "res.currency"),
                ("res_id", "=", currency.id),
                ("message", "!=", False),
            ],
            limit=1,
        )
        way_out = self.env._(
            "Xero is not subscribed to %s. In Xero open Settings → Currencies and add it (needs a plan with several "
            "currencies), then press Refresh from Xero.",
            currency.name,
        )
        return [("currency", f"{way_out} {binding.message}" if binding else way_out)]

    @api.model
    def _currency_rate(self, connection, move):
        """Return Odoo's rate of the document, where the connection sends it; else Xero uses its own of the day."""
        if connection.currency_rates != "odoo" or move.currency_id == move.company_id.currency_id:
            return {}
        return {"CurrencyRate": currency_rate(self._decimal(move.invoice_currency_rate, 12))}

    # -- Totals ------------------------------------------------------------------------------------------------------

    @api.model
    def _limits(self, connection, move, money_lines, tax_amounts):
        """Return how far the ladder may go for a document; see the fields of the connection."""
        # Where the currency has no cents, its smallest unit is what a line may be off by.
        unit = max(self._decimal(move.currency_id.rounding), CENT)
        return Limits(
            unit_decimals=int(connection.unit_decimals),
            tax_tolerance=self._decimal(connection.tax_tolerance) if tax_amounts else Decimal(0),
            round_off=self._decimal(connection.round_off_units) * unit * money_lines,
            discounts=move._xero_document_kind().discounts,
        )

    @api.model
    def _round_off_part(self, connection, move, amount, problems):
        mapper = self.env["xero.mapper.line"]
        return mapper._rounding_part(connection, amount, mapper._for_customer(move).env._("Rounding"), problems)

    @api.model
    def _tax_warning(self, connection, move, rung):
        """Say where Xero's tax is not Odoo's although the totals agree, with both figures."""
        rates = self.env["xero.tax.rate"].search(
            [("connection_id", "=", connection.id), ("code", "in", [kind for kind, _ours, _theirs in rung.off])]
        )
        names = {rate.code: rate.display_name for rate in rates}
        off = "; ".join(
            self.env._(
                "%(what)s: Odoo %(ours)s, Xero %(theirs)s",
                what=names.get(kind) or self.env._("tax"),
                ours=ours,
                theirs=theirs,
            )
            for kind, ours, theirs in rung.off
        )
        text = self.env._(
            "In Xero the total is the same, but not the tax (%(currency)s). %(off)s.",
            currency=move.currency_id.name,
            off=off,
        )
        if rung.round_off:
            text += " " + self.env._("A line “Rounding” of %s makes the totals equal.", rung.round_off)
        return text

    @api.model
    def _totals_problem(self, move, total, tax, theirs):
        return self.env._(
            "Xero would compute %(their_total)s with tax %(their_tax)s, but Odoo has %(our_total)s with tax "
            "%(our_tax)s (%(currency)s). Nothing was sent, so that the books do not differ.",
            their_total=theirs.total,
            their_tax=theirs.tax,
            our_total=total,
            our_tax=tax,
            currency=move.currency_id.name,
        )

    @api.model
    def _line_item(self, part, sent):
        """Return a line with its amounts. What flattening hides, quantity and price, is told in its description."""
        line, wanted = part.line, part.wanted
        if sent.quantity != wanted.quantity or (wanted.discount and not (sent.discount_rate or sent.discount_amount)):
            detail = f"{wanted.quantity.normalize():f} × {wanted.unit_price.normalize():f}"
            if wanted.discount:
                detail += f" − {wanted.discount.normalize():f} %"
            label = self._text(line["Description"], DESCRIPTION - len(detail) - 3)
            line = {**line, "Description": f"{label} ({detail})"}
        amounts = {"Quantity": sent.quantity, "UnitAmount": sent.unit_amount}
        if sent.discount_rate:
            amounts["DiscountRate"] = sent.discount_rate
        if sent.discount_amount:
            amounts["DiscountAmount"] = sent.discount_amount
        if sent.tax_amount is not None:
            amounts["TaxAmount"] = sent.tax_amount
        return {**line, **amounts}
