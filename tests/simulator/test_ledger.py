"""The trial balance that tests compare with other books."""

from datetime import date
from decimal import Decimal

import pytest

from .client import bill, credit_note, invoice, journal, journal_line, line, payment


def test_only_posted_journals_count(org):
    org.add_manual_journal(**journal(Status="DRAFT"))
    assert org.trial_balance() == {}
    posted = org.add_manual_journal(**journal())["ManualJournalID"]
    assert org.trial_balance() == {"810": 100, "200": -100}
    org.void_manual_journal(posted)
    assert org.trial_balance() == {}


def test_balances_are_exact_sums_by_account(org):
    for _ in range(3):
        org.add_manual_journal(**journal([journal_line("0.10", "810"), journal_line("-0.10", "200")]))
    assert org.trial_balance() == {"810": Decimal("0.30"), "200": Decimal("-0.30")}
    org.add_manual_journal(**journal([journal_line("-0.30", "810"), journal_line("0.30", "850")]))
    assert org.trial_balance()["810"] == 0


@pytest.mark.parametrize("until", ["2026-03-31", date(2026, 3, 31)])
def test_until_includes_the_day_itself(org, until):
    org.add_manual_journal(**journal())
    org.add_manual_journal(**journal(Date="2026-04-01"))
    assert org.trial_balance(until) == {"810": 100, "200": -100}
    assert org.trial_balance("2026-03-30") == {}
    assert org.trial_balance()["810"] == 200


@pytest.mark.parametrize(("types", "amounts"), [("Exclusive", ("120", "-100")), ("Inclusive", ("120", "-120"))])
def test_tax_of_journals_goes_to_the_tax_account(org, types, amounts):
    lines = [journal_line(amounts[0], "850"), {"IsBlank": True}, journal_line(amounts[1], "200")]
    org.add_manual_journal(**journal(lines, LineAmountTypes=types))
    balance = org.trial_balance()
    assert balance == {"850": 120, "200": -100, "820": -20}
    assert sum(balance.values()) == 0


def test_an_account_without_code_goes_by_its_name(org):
    account = org.account_by_name("Sundry Income")["AccountID"]
    org.add_manual_journal(**journal([journal_line("1", "810"), {"LineAmount": "-1", "AccountID": account}]))
    assert org.trial_balance() == {"810": 1, "Sundry Income": -1}


def test_documents_count_when_asked_for(org, api, contact):
    (sale,) = api.put("Invoices", invoice(contact, lines=[line("100", "810"), {"Description": "note"}]))
    api.put("Invoices", bill(contact, lines=[line("30", "400")]))
    api.put("CreditNotes", credit_note(contact, lines=[line("10", "810")]))
    api.put("CreditNotes", credit_note(contact, "C2", [line("4", "400")], Type="ACCPAYCREDIT"))
    api.put("Invoices", invoice(contact, "DRAFT", lines=[line("999", "810")], Status="DRAFT"))
    void = api.put("Invoices", invoice(contact, "VOID", lines=[line("999", "810")]))[0]
    org.void_invoice(void["InvoiceID"])
    assert org.trial_balance() == {}
    assert org.trial_balance(documents=True) == {"810": -90, "400": 26}
    api.put("Payments", payment(sale))
    assert org.invoices[sale["InvoiceID"]]["Status"] == "PAID"
    assert org.trial_balance(documents=True) == {"810": -90, "400": 26}
    org.add_manual_journal(**journal())
    assert org.trial_balance(documents=True) == {"810": 10, "400": 26, "200": -100}
    assert org.trial_balance("2026-03-02", documents=True) == {"810": -100, "400": 30}


def test_documents_count_net_and_in_the_base_currency(org, api, contact):
    euros = {"CurrencyCode": "EUR", "CurrencyRate": "1.1"}
    lines = [line("120", "810", TaxType="OUTPUT2")]
    api.put("Invoices", invoice(contact, lines=lines, LineAmountTypes="Inclusive", **euros))
    assert org.trial_balance(documents=True) == {"810": Decimal("-90.91")}
