from decimal import Decimal

from odoo import api, models

from ..xero_api.amounts import CENT, currency_rate
from ..xero_api.kinds import KINDS
from ..xero_api.ladder import Limits, Wanted, climb
from .xero_mapper import Mapped
from .xero_mapper_document import NUMBER, REFERENCE
from .xero_mapper_line import DESCRIPTION


class XeroMapperSettlement(models.AbstractModel):
    """What settles a document → a payment, an allocation, or a credit note of what is written off.

    Amounts are of the document's currency, as Xero's payments and allocations are.
    """

    _name = "xero.mapper.settlement"
    _inherit = ["xero.mapper"]
    _description = "Settlement to Xero Payment or Allocation"

    @api.model
    def _payment(self, connection, settlement, move, document):
        """Return the ``Mapped`` payment (a refund, where the document is a credit note) of a settlement's cash share.

        What was paid beyond the document is told in ``expected['warning']``: no payment in Xero can hold it.

        :param move: the document; empty when it was deleted
        :param document: its binding
        """
        kind = KINDS[document.xero_subtype]
        problems = self._common_problems(connection, settlement)
        account, problem = self._payment_account(connection, settlement, move)
        problems += [("payment_account", problem)] if problem else []
        payload = {
            kind.xero_type: {kind.id_name: document.xero_id},
            "Account": {"AccountID": account.xero_id},
            "Date": settlement.date,
            "Amount": self._money(settlement.cash_amount, settlement.currency_id),
            "Reference": self._text(settlement.counterpart_name, REFERENCE),
            **self._currency_rate(connection, settlement, account),
        }
        return Mapped(payload=payload, problems=problems, expected=self._excess(settlement))

    @api.model
    def _excess(self, settlement):
        if not settlement.excess_amount:
            return {}
        text = self.env._(
            "%(amount)s %(currency)s more was paid than was due, and booked elsewhere in Odoo. Xero's payment is "
            "without it: enter it there when you reconcile the bank.",
            amount=self._money(settlement.excess_amount, settlement.currency_id),
            currency=settlement.currency_id.name,
        )
        return {"warning": text}

    @api.model
    def _allocation(self, settlement, amount, invoice_id, connection):
        """Return the ``Mapped`` allocation of ``amount`` to an invoice in Xero."""
        payload = {
            "Amount": self._money(amount, settlement.currency_id),
            "Date": settlement.date,
            "Invoice": {"InvoiceID": invoice_id},
        }
        return Mapped(payload=payload, problems=self._common_problems(connection, settlement))

    @api.model
    def _written_off(self, connection, settlement, move, document, contact_id, reissue=0):
        """Return the ``Mapped`` document of what is written off: a credit note, or an invoice against a credit note.

        Its tax is that of the entry's lines, by the same ladder as that of other documents.
        """
        kind = KINDS[document.xero_subtype].opposite
        problems = self._common_problems(connection, settlement)
        total = self._money(settlement.other_amount, settlement.currency_id)
        lines, wanted = [], []
        for line in settlement.write_off_lines or []:
            item, money = self._line(connection, settlement, move, line, problems)
            lines.append(item)
            wanted.append(money)
        tax = sum((money.tax for money in wanted), Decimal(0))
        limits = Limits(tax_tolerance=self._decimal(connection.tax_tolerance), round_off=CENT * len(lines))
        rung, theirs = climb(wanted, total, tax, limits) if wanted else (None, None)
        if not rung or rung.round_off:
            if not problems:
                problems.append(("totals", self._totals_problem(settlement, total, theirs)))
            return Mapped(problems=problems)
        items = [
            {
                **line,
                "Quantity": sent.quantity,
                "UnitAmount": sent.unit_amount,
                **({"TaxAmount": sent.tax_amount} if sent.tax_amount is not None else {}),
            }
            for line, sent in zip(lines, rung.lines, strict=True)
        ]
        number = f"{settlement.document_name} – {settlement.counterpart_name}"
        payload = {
            "Type": kind.type,
            "Contact": {"ContactID": contact_id},
            kind.number_name: self._text(number, NUMBER - 4) + (f"-{reissue + 1}" if reissue else ""),
            **({"Reference": self._text(settlement.document_name, REFERENCE)} if kind.sales else {}),
            "Date": settlement.date,
            "DueDate": settlement.date,
            "CurrencyCode": settlement.currency_id.name,
            "LineAmountTypes": rung.types,
            "LineItems": items,
            "Status": "AUTHORISED",
        }
        return Mapped(payload, problems, {"total": total, "tax": rung.totals.tax}, rung.name)

    # -- Parts ---------------------------------------------------------------------------------------------------------

    @api.model
    def _common_problems(self, connection, settlement):
        return ([("settlement", settlement.problem)] if settlement.problem else []) + self.env[
            "xero.mapper.document"
        ]._lock_problem(connection, settlement.date)

    @api.model
    def _payment_account(self, connection, settlement, move):
        """Return the account of Xero that the money is on, and why there is none (or an empty text).

        Xero takes a payment on a bank account in the document's or the organisation's own currency only.
        """
        journal, ours = settlement.journal_id, settlement.account_id
        if journal:
            account = journal._xero_payment_account(connection)
        else:
            account = self._company(settlement, move)._xero_value(ours, "xero_account_id")
            account = account or self._account_of_liquidity(connection, ours)
        name = journal.name or ours._xero_full_name(settlement.company_id)
        problem = account._payment_problem(connection)
        if problem:
            return account, self.env._(
                "%(name)s has no payment account in Xero (%(why)s). Choose one under Xero → Mapping → Payment "
                "Accounts, or a default in the connection.",
                name=name or self.env._("The counterpart"),
                why=problem,
            )
        allowed = (settlement.currency_id.name, connection.organisation_currency)
        if account.currency_code and account.currency_code not in allowed:
            return account, self.env._(
                "%(account)s is in %(theirs)s, and Xero pays a document in %(ours)s only from an account in %(ours)s "
                "or %(base)s. Choose another payment account under Xero → Mapping → Payment Accounts.",
                account=account.display_name,
                theirs=account.currency_code,
                ours=settlement.currency_id.name,
                base=connection.organisation_currency,
            )
        return account, ""

    @api.model
    def _account_of_liquidity(self, connection, account):
        """Return the payment account of the journal whose bank account an Odoo account is; empty for others."""
        journal = self.env["account.journal"].search([("default_account_id", "in", account.ids)], limit=1)
        return journal._xero_payment_account(connection) if journal else self.env["xero.account"]

    @api.model
    def _currency_rate(self, connection, settlement, account):
        """Return the rate at which a payment in a foreign currency is on the bank.

        Where the bank account is in the organisation's currency, what the bank paid is a fact: Xero is told the rate
        that gives it. Else Odoo's rate is sent where the connection sends Odoo's rates.
        """
        bank_amount = self._decimal(settlement.bank_amount)
        if not bank_amount or settlement.currency_id.name == connection.organisation_currency:
            return {}
        at_home = account.currency_code in (False, connection.organisation_currency)
        if connection.currency_rates != "odoo" and not at_home:
            return {}
        return {"CurrencyRate": currency_rate(self._decimal(settlement.cash_amount) / bank_amount)}

    @api.model
    def _line(self, connection, settlement, move, line, problems):
        """Return a line of what is written off, without amounts, and the ``Wanted`` amounts."""
        label = self._text(line["name"] or settlement.name, DESCRIPTION)
        company = self._company(settlement, move)
        account = self._difference_account(connection, company, line)
        ours = self.env["account.account"].browse(line["account"]).exists()._xero_full_name(company)
        base = self._money(line["base"], settlement.currency_id)
        problem = account._line_problem(connection)
        if problem:
            text = self.env._(
                "%(amount)s %(currency)s are on %(account)s in Odoo, for which %(why)s. Map it under Xero → Mapping → "
                "Accounts, or choose accounts for write-offs and bank charges in the connection.",
                amount=base,
                currency=settlement.currency_id.name,
                account=ours,
                why=problem,
            )
            problems.append(("account", text))
        taxes = self.env["account.tax"].browse(line["taxes"]).exists()
        rates, _own = taxes._xero_split() if taxes else (taxes, taxes)
        mapper = self.env["xero.mapper.tax"]
        tax = self._decimal(line["tax"])
        applied = (
            mapper._rate(connection, move, rates, account, tax)
            if tax
            else mapper._untaxed(mapper._no_tax_rate(connection), account)
        )
        if applied.rate and account and not applied.rate._fits_account(account):
            text = self.env._(
                "%(amount)s %(currency)s are on %(ours)s in Odoo and would go to %(theirs)s, for which Xero does not "
                "allow the rate %(rate)s. Map %(ours)s to another account under Xero → Mapping → Accounts.",
                amount=base,
                currency=settlement.currency_id.name,
                ours=ours,
                theirs=account.display_name,
                rate=applied.rate.display_name,
            )
            problems.append(("account", text))
        elif applied.problem:
            problems.append(applied.problem)
        wanted = Wanted(
            quantity=Decimal(1),
            unit_price=base,
            discount=Decimal(0),
            tax_rate=applied.rate._percent() if applied.rate else None,
            base=base,
            tax=tax,
            price_includes_tax=False,
            account=account.code,
            tax_type=applied.rate.code,
        )
        return self.env["xero.mapper.line"]._line(label, account, applied), wanted

    @api.model
    def _difference_account(self, connection, company, line):
        """Return the account of Xero for what is written off: that of its Odoo account, else that of its kind (M11)."""
        ours = self.env["account.account"].browse(line["account"]).exists()
        own = company._xero_value(ours, "xero_account_id")
        if own.connection_id == connection and own.usable_on_lines:
            return own
        early = company.account_journal_early_pay_discount_gain_account_id
        early |= company.account_journal_early_pay_discount_loss_account_id
        if ours in early and connection.discount_account_id:
            return connection.discount_account_id
        return connection.bank_charge_account_id if ours.xero_bank_charges else connection.write_off_account_id

    @api.model
    def _company(self, settlement, move):
        """Return the company whose mappings count: that of the document, which may be a branch."""
        return move.company_id or settlement.company_id

    @api.model
    def _totals_problem(self, settlement, total, theirs):
        return self.env._(
            "What is written off (%(ours)s) cannot be made in Xero to the cent: it would be %(theirs)s.",
            ours=total,
            theirs=theirs.total if theirs else Decimal("0.00"),
        )
