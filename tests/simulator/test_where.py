"""The ``where`` language."""

import pytest

from .client import invoice, line


@pytest.fixture
def people(org):
    """Four contacts."""
    org.add_contact('Joe "Fix" O\'Neil', EmailAddress="joe@example.com", ContactNumber="1")
    org.add_contact("Back\\slash", EmailAddress="joe@example.com")
    org.add_contact("Ann AND Bob", ContactNumber="3")
    org.archive_contact(org.add_contact("Gone")["ContactID"])


@pytest.mark.parametrize(("where", "found"), [
    ('Name=="ann and bob"', ["Ann AND Bob"]),
    ('Name="Ann AND Bob"', ["Ann AND Bob"]),
    ('Name=="Joe \\"Fix\\" O\'Neil"', ['Joe "Fix" O\'Neil']),
    ('Name=="Back\\\\slash"', ["Back\\slash"]),
    ('EmailAddress=="joe@example.com" AND ContactNumber=="1"', ['Joe "Fix" O\'Neil']),
    ('ContactNumber=="1" OR ContactNumber=="3"', ['Joe "Fix" O\'Neil', "Ann AND Bob"]),
    ('ContactNumber=="1"||ContactNumber=="3"', ['Joe "Fix" O\'Neil', "Ann AND Bob"]),
    ('EmailAddress!=null&&ContactNumber==null', ["Back\\slash"]),
    ("EmailAddress==null", ["Ann AND Bob", "Gone"]),
    ('ContactStatus=="ARCHIVED"', ["Gone"]),
    ('(ContactNumber=="1" OR ContactNumber=="3") AND EmailAddress!=null', ['Joe "Fix" O\'Neil']),
    ('ContactNumber=="1" OR ContactNumber=="3" AND EmailAddress==null', ['Joe "Fix" O\'Neil', "Ann AND Bob"]),
    ('Name=="nobody"', []),
    ("IsCustomer==true", []),
])  # fmt: skip
def test_contacts_by_where(api, people, where, found):
    body = api.get("Contacts", where=where, includeArchived="true")
    assert [record["Name"] for record in body["Contacts"]] == found


@pytest.mark.parametrize("where", [
    'Name=="unfinished', "Name==", "Name", '=="x"', 'Name=="x" AND', 'Name=="x" Name=="y"', '(Name=="x"', 'Name=="x")',
    'Nothing=="x"', 'Name.Contains("x")', 'Name~"x"', "Name=='x'", 'Name=="O"Neil"', 'ContactID==guid("7")',
    "UpdatedDateUTC>=DateTime(2026,13,1)", 'UpdatedDateUTC>=DateTime("2026")', "Name==DateTime", "1==1", "Name>5",
    'Name=="x" AND OR Name=="y"', "ContactID==guid(7)",
])  # fmt: skip
def test_everything_else_is_a_query_parse_exception(api, people, where):
    answer = api.call("GET", "Contacts", where=where)
    assert answer.status_code == 400, answer.text
    assert (answer.json()["ErrorNumber"], answer.json()["Type"]) == (16, "QueryParseException")


@pytest.mark.parametrize(("where", "found"), [
    ('InvoiceNumber=="inv/2"', ["INV/2"]),
    ('Type=="ACCREC" AND Status=="DRAFT"', ["INV/2"]),
    ("Date>=DateTime(2026,3,2)", ["INV/1", "INV/2"]),
    ("Date>DateTime(2026, 03, 02)", ["INV/2"]),
    ("Date<DateTime(2026,3,3)", ["INV/1"]),
    ("DueDate>DateTime(2020,1,1)", ["INV/1"]),
    ("Total>=12", ["INV/1", "INV/2"]),
    ("Total<120.00", ["INV/2"]),
    ("AmountDue==12", ["INV/2"]),
    ("UpdatedDateUTC>=DateTime(2020,1,1,0,0,0)", ["INV/1", "INV/2"]),
])  # fmt: skip
def test_invoices_by_where(api, contact, where, found):
    draft = invoice(contact, "INV/2", [line("10")], Status="DRAFT", Date="2026-03-03", DueDate=None)
    api.put("Invoices", invoice(contact), draft)
    assert [record["InvoiceNumber"] for record in api.get("Invoices", where=where)["Invoices"]] == found


def test_by_guid(org, api, contact):
    (saved,) = api.put("Invoices", invoice(contact))
    for where in (f'InvoiceID==guid("{saved["InvoiceID"]}")', f'Contact.ContactID==Guid("{contact.upper()}")'):
        assert len(api.get("Invoices", where=where)["Invoices"]) == 1
    assert api.get("Invoices", where=f'Contact.ContactID!=guid("{contact}")')["Invoices"] == []


def test_accounts_by_where(api):
    body = api.get("Accounts", where='Status=="ACTIVE" AND Type=="BANK"')
    assert [account.get("Code") for account in body["Accounts"]] == ["090", None, None]
    body = api.get("Accounts", where="EnablePaymentsToAccount==true")
    assert [account["Code"] for account in body["Accounts"]] == ["835", "880"]


@pytest.mark.parametrize(("resource", "where", "count"), [
    ("TaxRates", 'TaxType=="OUTPUT2"', 1), ("Currencies", 'Code=="EUR"', 1),
    ("TrackingCategories", 'Name=="Region"', 1),
    ("Items", 'Code=="BALL"', 1), ("TaxRates", 'Status=="DELETED"', 1),
])  # fmt: skip
def test_other_resources_by_where(api, resource, where, count):
    assert len(api.get(resource, where=where)[resource]) == count
    assert len(api.get(resource, order="Name" if resource != "Currencies" else "Code DESC")[resource]) >= count
