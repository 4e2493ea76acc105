from collections import defaultdict, namedtuple
from decimal import Decimal

from ..xero_api.amounts import half_up

RECONCILED = ("asset_receivable", "liability_payable")
MONEY_JOURNALS = ("bank", "cash", "credit")
_LIQUID = ("asset_cash", "liability_credit_card")
_RESULT = ("income", "expense")

# An entry that settles documents. ``total`` is what it settles altogether and ``cash`` what of it is money, both
# positive, in ``currency``; ``matched`` is the total in the currency that it was reconciled in; ``rate`` is units of
# the company's currency per unit of ``currency``, of the money. ``others`` are the lines that are written off. The
# money is on the bank of ``journal``, or else on ``account``. ``problem`` is what Xero cannot express.
Split = namedtuple("Split", "currency total matched cash rate others journal account problem")


def number(value):
    """Return the decimal that a float of Odoo's stands for."""
    return Decimal(repr(value))


class Shares:
    """Shares the money and the write-offs of entries out to the documents that they settle.

    Of a payment of several documents with one write-off, each document gets its part of both: what was settled before
    it, rounded, is taken from what is settled with it, so that nothing is lost in roundings.
    """

    def __init__(self, env, partials):
        self.env = env
        self._splits = {}
        self._accounts = defaultdict(env["account.account"].browse)
        entries = env["account.move"].union(
            *(other for found in partials.values() for other in found if other.move_type == "entry")
        )
        self._spans = self._span_by_document(entries)

    def _span_by_document(self, entries):
        """Return dict of (entry, document id) → (settled before it, settled with it), in the currency of the matching.

        Notes on which accounts an entry settles documents, too.
        """
        lines = entries.line_ids.filtered(lambda line: line.account_id.account_type in RECONCILED)
        before = defaultdict(Decimal)
        spans, matches = {}, []
        for partial in (lines.matched_debit_ids | lines.matched_credit_ids).sorted("id"):
            matches += [
                (own, other.move_id, number(partial[f"{side}_amount_currency"]))
                for own, other, side in (
                    (partial.debit_move_id, partial.credit_move_id, "debit"),
                    (partial.credit_move_id, partial.debit_move_id, "credit"),
                )
                if own in lines
            ]
        for own, other, _amount in matches:
            if other.move_type != "entry":
                self._accounts[own.move_id] |= own.account_id
        for own, other, amount in matches:
            if own.account_id in self._accounts[own.move_id]:
                key = (own.move_id, other.id)
                start = spans.get(key, (before[own.move_id], None))[0]
                before[own.move_id] += amount
                spans[key] = (start, before[own.move_id])
        return spans

    def _span(self, document, entry):
        """Return what an entry settles before a document and with it, in the currency of its ``Split``."""
        split = self.split(entry)
        start, end = self._spans[entry, document.id]
        if split.total == split.matched or not split.matched:
            return start, end
        return start * split.total / split.matched, end * split.total / split.matched

    def split(self, entry):
        """Return the ``Split`` of an entry."""
        if entry not in self._splits:
            self._splits[entry] = self._split(entry)
        return self._splits[entry]

    def _split(self, entry):
        # What else is owed or due on it, on other accounts, is where it comes from: of a point of sale, for instance.
        settling = entry.line_ids.filtered(
            lambda line: line.account_id in self._accounts[entry] and line.account_id.account_type in RECONCILED
        )
        own_currency = len(entry.line_ids.currency_id) == 1
        amount_of = "amount_currency" if own_currency else "balance"
        rest = (entry.line_ids - settling).filtered(
            lambda line: line.account_id not in self._ignored(entry) and (line.balance or line.amount_currency)
        )
        liquid = rest.filtered(lambda line: self._is_money(entry, line))
        others = rest - liquid
        total = -number(sum(settling.mapped(amount_of)))
        sign = 1 if total >= 0 else -1
        written_off = sign * number(sum(others.mapped(amount_of)))
        at_bank = entry.journal_id.type in MONEY_JOURNALS
        cash = sign * total - max(written_off, Decimal(0)) if liquid or at_bank else Decimal(0)
        money = number(sum(liquid.mapped(amount_of)))
        return Split(
            currency=settling.currency_id[:1] if own_currency else entry.company_id.currency_id,
            total=sign * total,
            matched=abs(number(sum(settling.mapped("amount_currency")))),
            cash=cash,
            rate=abs(number(sum(liquid.mapped("balance"))) / money) if money else Decimal(1),
            others=others if written_off > 0 else others.browse(),
            journal=entry.journal_id if at_bank else entry.journal_id.browse(),
            account=liquid.account_id[:1] if not at_bank else liquid.account_id.browse(),
            problem=self._problem(entry, total, liquid, others if written_off > 0 else others.browse()),
        )

    def _ignored(self, entry):
        """Return accounts whose lines settle nothing: not yet known what, or differences of exchange rates."""
        company = entry.company_id
        exchange = company.income_currency_exchange_account_id | company.expense_currency_exchange_account_id
        return exchange | entry.journal_id.suspense_account_id

    def _is_money(self, entry, line):
        """Whether a line of an entry is money: on a bank or outstanding account, or one that takes payments in Xero."""
        account = line.account_id
        if entry.journal_id.type in MONEY_JOURNALS:
            payment = entry.origin_payment_id
            return (
                account.account_type in _LIQUID
                or account == entry.journal_id.default_account_id
                or account in entry.journal_id._get_journal_inbound_outstanding_payment_accounts()
                or account in entry.journal_id._get_journal_outbound_outstanding_payment_accounts()
                or bool(payment and account in payment._get_valid_liquidity_accounts())
            )
        mapped = entry.company_id._xero_value(account, "xero_account_id")
        return account.account_type in _LIQUID or mapped.usable_for_payments

    def _problem(self, entry, total, liquid, others):
        at_bank = entry.journal_id.type in MONEY_JOURNALS
        if not total and not at_bank:
            return self.env._(
                "%s moves it to another partner or document on the same account, which Xero cannot express. Settle "
                "both through a payment each, on a clearing account that allows payments in Xero.",
                entry.display_name,
            )
        if not at_bank and len(liquid.account_id) > 1:
            return self.env._(
                "%s takes the money from several accounts: make an entry for each of them.", entry.display_name
            )
        strange = others.filtered(
            lambda line: line.account_id.internal_group not in _RESULT and not line.tax_repartition_line_id
        )
        if at_bank:
            # Written off to an account of the balance sheet, as withheld tax is: where it goes must be said.
            strange = strange.filtered(
                lambda line: not entry.company_id._xero_value(line.account_id, "xero_account_id").usable_on_lines
            )
        if not strange:
            return ""
        account = strange[:1].account_id._xero_full_name(entry.company_id)
        names = {"entry": entry.display_name, "account": account}
        if at_bank:
            return self.env._(
                "%(entry)s settles part of it with %(account)s, which is neither money nor an income or expense. Map "
                "that account under Xero → Mapping → Accounts to where it belongs in Xero.",
                **names,
            )
        return self.env._(
            "%(entry)s settles it with %(account)s, which is neither a bank account nor an income or expense. Map that "
            "account under Xero → Mapping → Accounts to an account of Xero that allows payments.",
            **names,
        )

    def of(self, document, entry, amount):
        """Return ``(cash, other)`` of what an entry settles of a document: together exactly ``amount``."""
        split = self.split(entry)
        if not split.others or not split.total:
            return amount, Decimal(0)
        ratio = split.cash / split.total
        if split.currency == document.currency_id:
            start, end = self._span(document, entry)
            cash = document._xero_round(end * ratio) - document._xero_round(start * ratio)
        else:
            cash = document._xero_round(amount * ratio)
        cash = min(max(cash, Decimal(0)), amount)
        return cash, amount - cash

    def bank_amount(self, document, entry, part):
        """Return what a part of an entry's settlement of a document is on the bank, in the company's currency."""
        start, end = self._span(document, entry)
        amount = (end - start) * part * self.split(entry).rate
        return half_up(amount, Decimal(1).scaleb(-entry.company_id.currency_id.decimal_places))

    def excess(self, document, entry):
        """Return what was paid beyond an entry's documents and booked elsewhere; it is told with the first of them."""
        split = self.split(entry)
        if split.others or not split.journal or self._spans[entry, document.id][0]:
            return Decimal(0)
        more = entry.line_ids.filtered(
            lambda line: line.account_id.internal_group in _RESULT and line.account_id not in self._ignored(entry)
        )
        return document._xero_round(abs(number(sum(more.mapped("amount_currency")))))

    def written_off(self, document, split, other):
        """Return the lines of a credit note over ``other``, as JSON: account, taxes, base, tax and name of each.

        Amounts are parts of the entry's lines; the last line takes what roundings leave.
        """
        whole = number(sum(split.others.mapped("balance")))
        groups = self._groups(split)
        if not groups or not whole:
            return []
        rest, lines = other, []
        for (account_id, tax_ids), group in groups.items():
            tax = document._xero_round(other * group["tax"] / whole)
            base = document._xero_round(other * (group["base"] + group["tax"]) / whole) - tax
            rest -= base + tax
            lines.append(
                {"account": account_id, "taxes": list(tax_ids), "base": base, "tax": tax, "name": group["name"]}
            )
        lines[-1]["base"] += rest
        return [{**line, "base": float(line["base"]), "tax": float(line["tax"])} for line in lines]

    def _groups(self, split):
        """Return dict of (account id, tax ids) → base, tax and name of what is written off, as the entry has it."""
        taxes = split.others.filtered("tax_repartition_line_id")
        groups = {}
        for line in split.others - taxes:
            key = (line.account_id.id, tuple(line.tax_ids.ids))
            group = groups.setdefault(key, {"base": Decimal(0), "tax": Decimal(0), "name": line.name or ""})
            group["base"] += number(line.balance)
        for line in taxes:
            charged = [
                group for (_account, tax_ids), group in groups.items() if line.tax_line_id in self._leaves(tax_ids)
            ]
            bases = sum((group["base"] for group in charged), Decimal(0))
            for group in charged:
                group["tax"] += number(line.balance) * group["base"] / bases if bases else Decimal(0)
        return groups

    def _leaves(self, tax_ids):
        taxes = self.env["account.tax"].browse(tax_ids)
        return taxes | taxes.children_tax_ids
