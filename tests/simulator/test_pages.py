"""Pages for people: the index and what *Open in Xero* leads to."""

from urllib.parse import quote

import pytest
import requests

from .client import bill, credit_note, invoice, journal, journal_line, line


def deep(sim, org, path, short_code=None):
    """Follow a deep link in the form that Xero documents."""
    code = quote(short_code or org.short_code, safe="")
    url = f"{sim.url}/organisationlogin/default.aspx?shortcode={code}&redirecturl={quote(path, safe='')}"
    return requests.get(url, timeout=20)


@pytest.fixture
def saved(api, contact):
    """An invoice with a discount and a note."""
    lines = [
        line("10", DiscountRate=10, Description="<b>Bold</b>"),
        {"Description": "A note"},
        line("5", DiscountAmount=1),
    ]
    return api.put("Invoices", invoice(contact, LineItems=lines, Reference="SO7"))[0]["InvoiceID"]


def test_the_index_lists_organisations_contacts_and_invoices(sim, org, saved):
    page = requests.get(f"{sim.url}/", timeout=20)
    assert page.status_code == 200
    for text in ("Demo Company (UK)", "Bayside Club", "INV/1", "Authorised", "15.60 GBP"):
        assert text in page.text


def test_an_empty_table_says_so(sim, org):
    assert requests.get(f"{sim.url}/", timeout=20).text.count("None yet.") == 2


def test_the_index_of_an_empty_simulator_says_so(sim):
    assert "There is no organisation yet" in requests.get(f"{sim.url}/", timeout=20).text


@pytest.mark.parametrize(
    "path", ["/AccountsReceivable/View.aspx?InvoiceID=", "/AccountsReceivable/Edit.aspx?InvoiceID="]
)
def test_a_deep_link_shows_the_invoice(sim, org, saved, path):
    page = deep(sim, org, path + saved)
    assert page.status_code == 200
    for text in ("Invoice INV/1", "Bayside Club", "SO7", "A note", "10%", "15.60 GBP", "200 Sales", "OUTPUT2"):
        assert text in page.text
    assert "&lt;b&gt;Bold" in page.text
    assert "<b>Bold" not in page.text


def test_a_deep_link_shows_the_bill(sim, org, api, contact):
    identifier = api.put("Invoices", bill(contact))[0]["InvoiceID"]
    assert "Bill B-77" in deep(sim, org, f"/AccountsPayable/Edit.aspx?InvoiceID={identifier}").text


@pytest.mark.parametrize(("side", "kind", "code"), [("Receivable", "REC", "200"), ("Payable", "PAY", "400")])
def test_a_deep_link_shows_the_credit_note(sim, org, contact, side, kind, code):
    made = org.add_credit_note(**credit_note(contact, lines=[line(code=code)], Type=f"ACC{kind}CREDIT"))
    page = deep(sim, org, f"/Accounts{side}/ViewCreditNote.aspx?creditNoteID={made['CreditNoteID']}").text
    for text in ("Credit note CN/1", "Remaining credit", "120.00 GBP"):
        assert text in page


def test_a_deep_link_shows_the_contact_with_its_documents(sim, org, contact, saved):
    page = deep(sim, org, f"/Contacts/View/{contact}")
    assert page.status_code == 200
    assert "Bayside Club" in page.text
    assert "INV/1" in page.text


def test_a_deep_link_shows_the_manual_journal(sim, org):
    region = [{"Name": "Region", "Option": "North"}]
    lines = [
        journal_line("100", "810", Description="<b>Bold</b>", Tracking=region), {"IsBlank": True},
        journal_line("-100", "200"),
    ]  # fmt: skip
    made = org.add_manual_journal(**journal(lines))
    page = deep(sim, org, f"/Journal/View.aspx?invoiceID={made['ManualJournalID']}")
    assert page.status_code == 200
    for text in ("March", "Posted", "810 Deferred Revenue", "Region: North", "Debit GBP", "100.00", "&lt;b&gt;Bold"):
        assert text in page.text
    assert "-100.00" not in page.text


def test_links_of_the_pages_lead_somewhere(sim, org, saved):
    page = requests.get(f"{sim.url}/", timeout=20).text
    links = [part.split('"')[0].replace("&amp;", "&") for part in page.split('<a href="')[1:]]
    assert len(links) == 2
    assert {requests.get(sim.url + link, timeout=20).status_code for link in links} == {200}


@pytest.mark.parametrize("path", [
    "/AccountsReceivable/View.aspx?InvoiceID=nonsense", "/AccountsReceivable/View.aspx", "/Contacts/View/x", "/Else",
    "/Journal/View.aspx?invoiceID=nonsense", "",
])  # fmt: skip
def test_other_links_are_404(sim, org, saved, path):
    assert deep(sim, org, path).status_code == 404


def test_a_strange_short_code_is_404(sim, org, saved):
    assert deep(sim, org, f"/AccountsReceivable/View.aspx?InvoiceID={saved}", short_code="!xxxxx").status_code == 404
    assert requests.get(f"{sim.url}/organisationlogin/nothing", timeout=20).status_code == 404
