"""What the books add up to, for tests that compare them with other books."""

from decimal import Decimal

from .arithmetic import INCLUSIVE, round_half_up
from .dates import parse_date
from .documents import CREDIT_NOTE, INVOICE

NOTHING = Decimal("0.00")
DEBIT_TYPES = (INVOICE.purchase, CREDIT_NOTE.sales)


def trial_balance(org, until=None, documents=False):
    """``Decimal`` balances with 2 decimals in the base currency by account code: debits positive, credits negative.

    Posted manual journals count, their tax on the tax account: their balances add up to zero. With ``documents`` the
    net amounts of the lines of approved and paid invoices, bills and credit notes count too, and nothing else of them:
    neither their tax, nor what is receivable or payable, nor payments. ``until``: a date, or its ISO text; entries of
    that day and before. An account without a code goes by its name; one that nothing was posted to is missing.
    """
    until = parse_date(until) if until is not None else None
    entries = _journal_entries(org)
    if documents:
        entries = [*entries, *_document_entries(org)]
    balances = {}
    for day, account_id, amount in entries:
        if until is None or day <= until:
            account = org.accounts[account_id]
            name = account["Code"] or account["Name"]
            balances[name] = balances.get(name, NOTHING) + amount
    return balances


def _journal_entries(org):
    """``(date, account, amount)`` of all that manual journals have posted."""
    tax_account = next(account for account in org.accounts.values() if account["SystemAccount"] == "GST")
    for record in org.manual_journals.values():
        if record["Status"] != "POSTED":
            continue
        for line in record["JournalLines"]:
            if line["IsBlank"]:
                continue
            yield record["Date"], line["AccountID"], net_amount(line, record["LineAmountTypes"])
            if line["TaxAmount"]:
                yield record["Date"], tax_account["AccountID"], line["TaxAmount"]


def _document_entries(org):
    """The same of the lines of approved and paid documents; each is rounded, since a rate can leave more decimals."""
    for record in (*org.invoices.values(), *org.credit_notes.values()):
        if record["Status"] not in ("AUTHORISED", "PAID"):
            continue
        sign = 1 if record["Type"] in DEBIT_TYPES else -1
        for line in record["LineItems"]:
            if line["LineAmount"] is not None:
                # CurrencyRate: units of the document's currency per unit of the base currency.
                amount = round_half_up(net_amount(line, record["LineAmountTypes"]) / record["CurrencyRate"])
                yield record["Date"], line["AccountID"], sign * amount


def net_amount(line, line_amount_types):
    """A line's amount without tax."""
    return line["LineAmount"] - line["TaxAmount"] if line_amount_types == INCLUSIVE else line["LineAmount"]
