from collections import defaultdict, namedtuple
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..xero_api.amounts import half_up
from .settlement_shares import RECONCILED, Shares

# Written on a posted entry that settles documents, these change how it does.
WATCHED_COUNTERPART = frozenset(("state", "date", "name", "journal_id", "line_ids"))

# How one counterpart settles one document. Amounts are decimals of the document's currency, rounded to its digits:
# ``cash`` and ``other`` add up to ``amount``, ``excess`` was paid beyond it and booked elsewhere. The money is on the
# bank of ``journal``, or else on ``account``; ``bank_amount`` is what it is in the company's currency, of foreign
# documents. ``lines`` is what is written off, as JSON, and ``problem`` what Xero cannot express.
Settled = namedtuple(
    "Settled",
    "counterpart kind name date amount cash other excess journal account bank_amount lines problem",
    defaults=(Decimal(0), Decimal(0), Decimal(0), None, None, Decimal(0), (), ""),
)


@dataclass
class _Matched:
    """What a line of a bank statement settles of a document, in its currency, and since when."""

    currency: models.BaseModel
    moment: datetime
    amount: float


class AccountMove(models.Model):
    """What settles documents, read from Odoo's reconciliations as they are now.

    Partials alone mislead: a write-off has none of its own, a reset to draft keeps them, instalments give several for
    one pair, exchange differences and cash-basis entries look like payments, and a payment without an entry has none.
    """

    _inherit = "account.move"

    def _xero_settled(self):
        """Return dict of document id → list of ``Settled``, for these confirmed documents.

        What a credit note settles belongs to the invoice; to the credit note belongs what is refunded of it.
        """
        partials = self._xero_partials()
        shares = Shares(self.env, partials)
        settled = defaultdict(list)
        for document in self:
            for counterpart, amount in partials.get(document.id, {}).items():
                found = document._xero_settled_by(counterpart, amount, shares)
                if found:
                    settled[document.id].append(found)
        for document, payment, amount in self._xero_paid_without_entry(partials):
            settled[document.id].append(
                Settled(
                    counterpart=payment,
                    kind="payment",
                    name=payment.name or payment.display_name,
                    date=payment.date,
                    amount=amount,
                    cash=amount,
                    journal=payment.journal_id,
                )
            )
        return settled

    def _xero_partials(self):
        """Return dict of document id → dict of counterpart move → amount in the document's currency."""
        if not self:
            return {}
        self.env["account.partial.reconcile"].flush_model()
        self.env["account.move.line"].flush_model(["move_id", "account_id"])
        self.flush_model(["state"])
        sides = [
            SQL(
                """
                SELECT own.move_id, other.move_id, %s * SUM(partial.%s)
                  FROM account_partial_reconcile partial
                  JOIN account_move_line own ON own.id = partial.%s
                  JOIN account_account account ON account.id = own.account_id
                  JOIN account_move_line other ON other.id = partial.%s
                  JOIN account_move counterpart ON counterpart.id = other.move_id
                 WHERE own.move_id IN %s AND other.move_id != own.move_id AND account.account_type IN %s
                   AND (counterpart.state = 'posted'
                        OR counterpart.state = 'draft' AND counterpart.move_type != 'entry')
                   AND counterpart.tax_cash_basis_rec_id IS NULL
                   AND counterpart.tax_cash_basis_origin_move_id IS NULL
                   AND NOT EXISTS (SELECT 1 FROM account_partial_reconcile real
                                    WHERE real.exchange_move_id = counterpart.id)
                 GROUP BY own.move_id, other.move_id
                """,
                sign,
                SQL.identifier(f"{side}_amount_currency"),
                SQL.identifier(f"{side}_move_id"),
                SQL.identifier(f"{opposite}_move_id"),
                tuple(self.ids),
                RECONCILED,
            )
            for sign, side, opposite in ((1, "debit", "credit"), (-1, "credit", "debit"))
        ]
        signed = defaultdict(lambda: defaultdict(Decimal))
        for side in sides:
            for document_id, counterpart_id, amount in self.env.execute_query(side):
                signed[document_id][counterpart_id] += Decimal(repr(float(amount)))
        # From one recordset, so that all of them are read together.
        counterparts = self.browse(sorted({other for amounts in signed.values() for other in amounts}))
        found = {}
        for document in self.filtered(lambda move: move.id in signed):
            # An invoice to a customer is a debit, a bill a credit.
            natural = 1 if document.is_inbound() else -1
            amounts = {
                other: document._xero_round(natural * signed[document.id][other.id])
                for other in counterparts
                if other.id in signed[document.id]
            }
            found[document.id] = {other: amount for other, amount in amounts.items() if amount > 0}
        return found

    def _xero_round(self, amount):
        """Return a decimal rounded half up to the digits of this move's currency."""
        return half_up(Decimal(amount), Decimal(1).scaleb(-self.currency_id.decimal_places))

    # -- One counterpart -----------------------------------------------------------------------------------------------

    def _xero_settled_by(self, counterpart, amount, shares):
        """Return how ``counterpart`` settles ``amount`` of this document; nothing where that is told elsewhere."""
        self.ensure_one()
        if counterpart.move_type != "entry":
            return self._xero_set_off(counterpart, amount)
        split = shares.split(counterpart)
        cash, other = shares.of(self, counterpart, amount)
        foreign = self.currency_id != self.company_currency_id
        return Settled(
            counterpart,
            "payment" if cash or split.problem else "write_off",
            counterpart.name,
            counterpart.date,
            amount,
            cash=cash,
            other=other,
            excess=shares.excess(self, counterpart),
            journal=split.journal,
            account=split.account,
            bank_amount=shares.bank_amount(self, counterpart, cash / amount) if foreign else Decimal(0),
            lines=shares.written_off(self, split, other) if other else (),
            problem=split.problem,
        )

    def _xero_set_off(self, counterpart, amount):
        """Return an allocation of a credit note to an invoice; two documents of other kinds cannot be set off."""
        ours, theirs = self._xero_document_kind(), counterpart._xero_document_kind()
        if ours.opposite != theirs:
            problem = self.env._(
                "Xero sets off credit notes against invoices of the same side only. Settle %(one)s and %(other)s "
                "through a payment each, on a clearing account that allows payments in Xero.",
                one=self.name,
                other=counterpart.name,
            )
        elif ours.credit:
            return None
        elif self.currency_id != counterpart.currency_id:
            problem = self.env._(
                "Xero does not allocate a credit note in %(theirs)s to a document in %(ours)s. Make the credit note in "
                "%(ours)s, or settle both through payments.",
                ours=self.currency_id.name,
                theirs=counterpart.currency_id.name,
            )
        else:
            problem = ""
        # Xero's allocations have a date of their own: that of the later of the two.
        date = max(self.invoice_date or self.date, counterpart.invoice_date or counterpart.date)
        return Settled(counterpart, "allocation", counterpart.name, date, amount, problem=problem)

    # -- Payments without an entry -------------------------------------------------------------------------------------

    def _xero_paid_without_entry(self, partials):
        """Yield (document, payment, amount) of payments whose method books nothing until the bank statement does.

        They count for what nothing else settles, until a bank statement settles any of their documents: from then on
        that alone does, as in Odoo's own amount due. A payment of several documents pays the earliest due first, as
        Odoo does; money that comes in pays no document on which money goes out.
        """
        payments = self._xero_payments_without_entry()
        if not payments:
            return
        documents = payments.invoice_ids._xero_posted()
        # With all that hangs together: which payment a statement shows must not depend on who asks.
        while more := documents._xero_payments_without_entry() - payments:
            payments |= more
            documents = payments.invoice_ids._xero_posted()
        partials = {**(documents - self)._xero_partials(), **partials}
        left = {}
        for document in documents:
            total = Decimal(f"{document.amount_total:.{document.currency_id.decimal_places}f}")
            left[document] = total - sum(partials.get(document.id, {}).values(), Decimal(0))
        owns = {}
        for payment in payments.sorted("id"):
            inbound = payment.payment_type == "inbound"
            owns[payment] = (payment.invoice_ids & documents).filtered(
                lambda move, inbound=inbound: move.is_inbound(include_receipts=True) == inbound
            )
        for payment in payments.sorted("id") - documents._xero_on_statements(owns):
            rest = payment.amount
            for document in owns[payment].sorted(lambda move: (move.invoice_date_due or move.date, move.id)):
                available = payment.currency_id._convert(rest, document.currency_id, payment.company_id, payment.date)
                amount = min(document._xero_round(Decimal(repr(available))), left[document])
                if amount <= 0:
                    continue
                left[document] -= amount
                rest -= document.currency_id._convert(
                    float(amount), payment.currency_id, payment.company_id, payment.date
                )
                if document in self:
                    yield document, payment, amount

    def _xero_posted(self):
        return self.filtered(lambda move: move.state == "posted")._xero_documents()

    def _xero_payments_without_entry(self):
        return self.matched_payment_ids.filtered(
            lambda payment: not payment.move_id and payment.state in ("in_process", "paid")
        )

    def _xero_on_statements(self, owns):
        """Return those payments without an entry that a bank statement shows by now.

        What a statement settles is the payment of just that amount, as in Odoo too; else the first that it may be.

        :param owns: dict of payment → its documents
        """
        matched = self._xero_matched_by_statements()
        found = self.env["account.payment"]
        for exactly in (True, False):
            for payment, own in owns.items():
                shown = [
                    line
                    for document in own
                    for line in matched.get(document, ())
                    if line.moment >= payment.create_date and not line.currency.is_zero(line.amount)
                ]
                if payment in found or not shown:
                    continue
                worth = [
                    line.currency._convert(line.amount, payment.currency_id, payment.company_id, payment.date)
                    for line in shown
                ]
                differs = payment.currency_id.compare_amounts
                alike = [pair for pair in zip(shown, worth, strict=True) if not differs(pair[1], payment.amount)]
                if exactly and not alike and differs(sum(worth), payment.amount):
                    continue
                found |= payment
                rest = payment.amount
                for line, amount in alike[:1] or zip(shown, worth, strict=True):
                    part = min(rest / amount, 1)
                    rest -= part * amount
                    line.amount *= 1 - part
        return found

    def _xero_matched_by_statements(self):
        """Return dict of document → list of ``_Matched``, of what bank statements settle of these documents."""
        lines = self.line_ids.filtered(lambda line: line.account_id.account_type in RECONCILED)
        found = defaultdict(list)
        for partial in (lines.matched_debit_ids | lines.matched_credit_ids).sorted("id"):
            for own, other, side in (
                (partial.debit_move_id, partial.credit_move_id, "debit"),
                (partial.credit_move_id, partial.debit_move_id, "credit"),
            ):
                if own in lines and other.move_id.statement_line_id:
                    amount = partial[f"{side}_amount_currency"]
                    found[own.move_id].append(_Matched(own.currency_id, partial.create_date, amount))
        return found

    # -- Marks ---------------------------------------------------------------------------------------------------------

    def _xero_mark_settled(self):
        """Mark the documents that these entries settle: a payment, for instance, whose date was changed."""
        # Whoever may change an entry need not see what it settles: that may be of a branch.
        entries = self.sudo().filtered(lambda move: move.move_type == "entry")
        if not entries:
            return
        lines = entries.line_ids.filtered(lambda line: line.account_id.account_type in RECONCILED)
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        partials._xero_mark_documents()

    def write(self, vals):
        result = super().write(vals)
        if self and not WATCHED_COUNTERPART.isdisjoint(vals):
            self._xero_mark_settled()
        return result


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    def _xero_mark_documents(self):
        """Mark the documents on either side, if Xero has them."""
        self._xero_both_sides()._xero_documents()._xero_mark(known=True)

    def _xero_both_sides(self):
        # Those of a branch too, which a user may not see.
        partials = self.sudo()
        return (partials.debit_move_id | partials.credit_move_id).move_id

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._xero_mark_documents()
        return partials

    def unlink(self):
        documents = self._xero_both_sides()._xero_documents()
        result = super().unlink()
        documents.exists()._xero_mark(known=True)
        return result
