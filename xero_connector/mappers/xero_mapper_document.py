from decimal import Decimal
from urllib.parse import urlsplit

from odoo import api, models

from ..models.xero_tax_rate import NO_TAX
from ..xero_api.ladder import Wanted, climb
from .xero_mapper import Mapped

DESCRIPTION, NUMBER, REFERENCE = 4000, 255, 255


class XeroMapperDocument(models.AbstractModel):
    _name = "xero.mapper.document"
    _inherit = ["xero.mapper"]
    _description = "Invoice to Xero Invoice"

    @api.model
    def _to_xero(self, connection, move, contact_id, reissue=0):
        """Return the ``Mapped`` invoice of a posted move: payload, every problem at once, and expected totals.

        The payload may be there in spite of problems, so that a document that is in Xero already, unchanged, is
        known as such: a period that was locked since is no reason to hold it.

        :param contact_id: Xero's id of the customer; only the id is sent, since other fields would edit the contact
        :param reissue: how many voided invoices in Xero have used up this number
        """
        problems = self._header_problems(connection, move)
        lines, wanted = self._lines(connection, move, problems)
        untaxed = self._money(move.amount_untaxed, move.currency_id)
        tax = self._money(move.amount_tax, move.currency_id)
        rung, nearest = climb([line for line in wanted if line], untaxed, tax)
        if not rung:
            if not problems:
                problems.append(("totals", self._totals_problem(move, untaxed, tax, nearest)))
            return Mapped(problems=problems)
        sent = iter(rung.lines)
        payload = {
            "Type": "ACCREC",
            "Contact": {"ContactID": contact_id},
            "InvoiceNumber": self._number(move, reissue),
            "Reference": self._reference(move),
            "Date": move.invoice_date or move.date,
            "DueDate": move.invoice_date_due or move.invoice_date or move.date,
            "CurrencyCode": move.currency_id.name,
            "LineAmountTypes": "Inclusive" if rung.inclusive else "Exclusive",
            "LineItems": [
                self._line_amounts(line, next(sent)) if amounts else line
                for line, amounts in zip(lines, wanted, strict=True)
            ],
        }
        url = self._source_url(move)
        if url:
            payload["Url"] = url
        return Mapped(payload, problems, {"total": untaxed + tax, "tax": tax}, rung.name)

    # -- Header ------------------------------------------------------------------------------------------------

    @api.model
    def _number(self, move, reissue=0):
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
    def _header_problems(self, connection, move):
        date = move.invoice_date or move.date
        problems = []
        for lock_date in (connection.period_lock_date, connection.end_of_year_lock_date):
            if lock_date and date <= lock_date:
                problems.append(
                    (
                        "lock_date",
                        self.env._(
                            "Xero is locked up to %(lock)s and the document is dated %(date)s. Change the lock date in "
                            "Xero under Accounting → Advanced → Lock dates, then press Refresh from Xero; or "
                            "change the document's date.",
                            lock=lock_date,
                            date=date,
                        ),
                    )
                )
                break
        currencies = self.env["xero.currency"].search([("connection_id", "=", connection.id)]).mapped("code")
        if currencies and move.currency_id.name not in currencies:
            problems.append(
                (
                    "currency",
                    self.env._(
                        "Xero is not subscribed to %s. In Xero open Settings → Currencies and add it (needs a plan "
                        "with several currencies), then press Refresh from Xero.",
                        move.currency_id.name,
                    ),
                )
            )
        return problems

    @api.model
    def _totals_problem(self, move, untaxed, tax, nearest):
        return self.env._(
            "Xero would compute %(their_total)s with tax %(their_tax)s, but Odoo has %(our_total)s with tax "
            "%(our_tax)s (%(currency)s). Nothing was sent, so that the books do not differ.",
            their_total=nearest.total if nearest else "—",
            their_tax=nearest.tax if nearest else "—",
            our_total=untaxed + tax,
            our_tax=tax,
            currency=move.currency_id.name,
        )

    # -- Lines -------------------------------------------------------------------------------------------------

    @api.model
    def _lines(self, connection, move, problems):
        """Return the lines without amounts, and what is wanted of each (``None`` for a text line)."""
        base_lines, _tax_lines = move._get_rounded_base_and_tax_lines()
        by_record = {base_line["record"].id: base_line for base_line in base_lines if base_line["record"]}
        records = move.invoice_line_ids.sorted(lambda line: (line.sequence, line.id))
        records |= self.env["account.move.line"].browse(by_record)
        lines, wanted = [], []
        for record in records:
            base_line = by_record.get(record.id)
            if not base_line:
                text = self._text(record.name, DESCRIPTION)
                if record.display_type in ("line_section", "line_subsection", "line_note") and text:
                    lines.append({"Description": text})
                    wanted.append(None)
                continue
            line, amounts = self._money_line(connection, move, base_line, problems)
            lines.append(line)
            wanted.append(amounts)
        return lines, wanted

    @api.model
    def _money_line(self, connection, move, base_line, problems):
        record = base_line["record"]
        label = self._text(record.name or record.product_id.display_name, DESCRIPTION) or self.env._("(no description)")
        title = label.splitlines()[0][:60]
        account, _rule = self._account(connection, move, record)
        problem = account._line_problem(connection)
        if problem:
            problems.append(("account", self.env._("Line “%(line)s”: %(problem)s.", line=title, problem=problem)))
        rate, problem = self._tax_rate(connection, base_line["tax_ids"], account)
        if problem:
            problems.append(("tax", self.env._("Line “%(line)s”: %(problem)s", line=title, problem=problem)))
        details = base_line["tax_details"]
        currency = move.currency_id
        return {
            "Description": label,
            "AccountCode": account.code or "",
            **({"TaxType": rate.code} if rate and not self._leaves_tax_to_account(connection, base_line) else {}),
        }, Wanted(
            quantity=self._decimal(base_line["quantity"]),
            unit_price=self._decimal(base_line["price_unit"]),
            discount=self._decimal(base_line["discount"]),
            tax_rate=self._decimal(rate.effective_rate, 4) if rate else Decimal(0),
            base=self._money(details["total_excluded_currency"] + details["delta_total_excluded_currency"], currency),
            tax=self._money(sum(data["tax_amount_currency"] for data in details["taxes_data"]), currency),
            price_includes_tax=any(data["price_include"] for data in details["taxes_data"]),
        )

    @api.model
    def _line_amounts(self, line, sent):
        amounts = {"Quantity": sent.quantity, "UnitAmount": sent.unit_amount}
        if sent.discount_rate:
            amounts["DiscountRate"] = sent.discount_rate
        if sent.tax_amount is not None:
            amounts["TaxAmount"] = sent.tax_amount
        return {**line, **amounts}

    @api.model
    def _account(self, connection, move, record):
        """Return the Xero account of a line and which rule gave it: line, product, category, account or default."""
        company = move.company_id
        product = record.product_id
        candidates = [("line", record.xero_account_id)]
        if product:
            candidates.append(("product", company._xero_value(product.product_tmpl_id, "xero_account_id")))
            category = product.categ_id
            while category:
                candidates.append(("category", company._xero_value(category, "xero_account_id")))
                category = category.parent_id
        candidates.append(("account", company._xero_value(record.account_id, "xero_account_id")))
        for rule, account in candidates:
            # A mapping to another connection's chart counts as missing.
            if account and account.connection_id == connection:
                return account, rule
        return connection.default_account_id, "default"

    @api.model
    def _leaves_tax_to_account(self, connection, base_line):
        taxes = base_line["tax_ids"].flatten_taxes_hierarchy()
        return (
            len(taxes) == 1
            and taxes.xero_tax_rate_id.connection_id != connection
            and connection.unmapped_tax_policy == "account_default"
        )

    @api.model
    def _tax_rate(self, connection, taxes, account):
        """Return the rate that Xero will apply to a line, and the problem if there is one."""
        taxes = taxes.flatten_taxes_hierarchy()
        rates = self.env["xero.tax.rate"]
        if len(taxes) > 1:
            return rates, self.env._(
                "it carries several taxes (%s), which this version cannot send.", ", ".join(taxes.mapped("name"))
            )
        if not taxes:
            rate = connection.exempt_tax_rate_id or rates.search(
                [("connection_id", "=", connection.id), ("code", "=", NO_TAX)], limit=1
            )
            if not rate:
                return rate, self.env._(
                    "it has no tax and the organisation has no rate NONE: choose a “Rate for Lines Without Tax”."
                )
        else:
            rate = taxes.xero_tax_rate_id.filtered(lambda mapped: mapped.connection_id == connection)
            if not rate and connection.unmapped_tax_policy == "account_default":
                return rates.search(
                    [("connection_id", "=", connection.id), ("code", "=", account.tax_type)], limit=1
                ), ""
            if not rate and taxes.amount_type != "percent":
                return rate, self.env._(
                    "the tax “%s” is not a percentage of the price, which this version cannot send.", taxes.name
                )
            if not rate:
                return rate, self.env._(
                    "the tax “%s” has no Xero tax rate. Choose one under Xero → Mapping → Taxes.", taxes.name
                )
        if not rate.active:
            return rate, self.env._("the rate %s is no longer active in Xero.", rate.display_name)
        if account and not rate._fits_account(account):
            return rate, self.env._(
                "Xero does not allow the rate %(rate)s with account %(account)s. Choose another rate or account.",
                rate=rate.display_name,
                account=account.display_name,
            )
        return rate, ""
