"""Answers held against Xero's OpenAPI description, fields it does not know included."""

import json

import pytest
import yaml
from jsonschema import Draft4Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

from .client import bill, credit_note, invoice, journal, journal_line, line, payment
from .conftest import OPENAPI_DIR

# Real answers have these, Xero's description leaves them out; its examples show them.
UNDOCUMENTED = {
    "Invoice": {"DateString", "DueDateString"},
    "LineItem": {"ValidationErrors"},
    "ContactGroup": {"HasValidationErrors"},
    "Payment": {"HasAccount", "HasValidationErrors", "ValidationErrors"},
    "CreditNote": {"ID", "DateString", "DueDateString"},
    **dict.fromkeys(("Overpayment", "Prepayment"), {"ID", "DateString"}),
    "BankTransaction": {"DateString"},
    "BatchPayment": {"StatusAttributeString"},
    # The answer to a removal is one bare allocation, with the envelope around it.
    "Allocation": {"DateString", "Id", "Status", "ProviderName", "DateTimeUTC"},
}
ENVELOPE = {"Id", "Status", "ProviderName", "DateTimeUTC"}


@pytest.fixture(scope="module")
def description():
    """The accounting description, closed: an object with an unknown field is an error."""
    document = yaml.load((OPENAPI_DIR / "xero_accounting.yaml").read_text(), Loader=yaml.CSafeLoader)
    for name, schema in document["components"]["schemas"].items():
        if "properties" in schema:
            known = UNDOCUMENTED.get(name, set()) | (ENVELOPE if name.endswith("s") else set())
            schema["properties"] |= {field: {} for field in known}
            schema["additionalProperties"] = False
    # A refused allocation need not have any of them.
    del document["components"]["schemas"]["Allocation"]["required"]
    return Registry().with_resource("urn:xero", Resource(document, specification=DRAFT4))


@pytest.fixture
def check(description):
    """A function that fails when a body is not of a schema."""

    def check(body, schema):
        validator = Draft4Validator(
            {"$ref": f"urn:xero#/components/schemas/{schema}"}, registry=description, format_checker=FormatChecker()
        )
        errors = [f"{error.json_path}: {error.message[:300]}" for error in validator.iter_errors(body)]
        assert not errors, "\n".join(errors)

    return check


def body_of(answer, status=200):
    """The plain JSON of an answer."""
    assert answer.status_code == status, answer.text
    return json.loads(answer.text)


@pytest.mark.parametrize(("country", "currency"), [("GB", "GBP"), ("US", "USD"), ("AU", "AUD")])
@pytest.mark.parametrize(("path", "schema"), [
    ("Organisation", "Organisations"), ("Organisation/Actions", "Actions"), ("Accounts", "Accounts"),
    ("TaxRates", "TaxRates"), ("Currencies", "Currencies"), ("TrackingCategories", "TrackingCategories"),
    ("Items", "Items"),
])  # fmt: skip
def test_settings(sim, app, api, check, country, currency, path, schema):
    item = {"code": "I", "name": "I", "sales": {"UnitPrice": "1", "AccountCode": "200"}}
    other = sim.add_organisation("x", country=country, currency=currency, tracking={"A": ("B",)}, items=[item])
    sim.grant(app, [other])
    other.set_lock_dates(period="2026-01-31", end_of_year="2025-12-31")
    body = body_of(api.call("GET", path, headers={"xero-tenant-id": other.id}))
    assert body[schema]
    check(body, schema)


@pytest.mark.parametrize("params", [{}, {"page": 1}, {"summaryOnly": "true"}, {"includeArchived": "true"}])
def test_contacts(org, api, check, params):
    org.add_contact("Plain")
    full = org.add_contact(
        "Full", EmailAddress="a@example.com", ContactNumber="1", AccountNumber="2", FirstName="A", LastName="B",
        TaxNumber="GB1", CompanyNumber="3", DefaultCurrency="EUR", AccountsReceivableTaxType="OUTPUT2",
        SalesDefaultAccountCode="200", PaymentTerms={"Sales": {"Day": 30, "Type": "DAYSAFTERBILLDATE"}},
        Addresses=[{"AddressType": "STREET", "AddressLine1": "x", "AttentionTo": "y"}],
        Phones=[{"PhoneType": "MOBILE", "PhoneNumber": "1"}], ContactPersons=[{"FirstName": "C"}],
    )  # fmt: skip
    gone = org.add_contact("Gone")
    org.merge_contact(gone["ContactID"], full["ContactID"])
    check(body_of(api.call("GET", "Contacts", **params)), "Contacts")
    for record in (full, gone):
        check(body_of(api.call("GET", f"Contacts/{record['ContactID']}")), "Contacts")


def many_invoices(org, contact):
    """One invoice of every kind."""
    note = {"Description": "note"}
    tracked = line("9.99", DiscountRate=10, Tracking=[{"Name": "Region", "Option": "North"}], ItemCode="BALL")
    yield invoice(contact, "1", [tracked, note], Url="https://shop.example/1", Reference="r", SentToContact=True)
    yield invoice(contact, "2", Status="DRAFT", DueDate=None, LineItems=[])
    yield invoice(contact, "3", CurrencyCode="EUR", CurrencyRate="1.1", LineAmountTypes="Inclusive")
    yield invoice(contact, "4", CurrencyCode="EUR", CurrencyRate="9", ExpectedPaymentDate="2026-05-01")
    yield bill(contact, Reference="ignored", PlannedPaymentDate="2026-05-01")
    yield invoice(contact, "5", [line("1"), line("-1")])


@pytest.mark.parametrize("params", [{}, {"page": 1}, {"summaryOnly": "true"}, {"page": 1, "unitdp": 4}])
def test_invoices(org, api, check, contact, params):
    saved = body_of(api.call("PUT", "Invoices", {"Invoices": list(many_invoices(org, contact))}))
    check(saved, "Invoices")
    org.pay_invoice(saved["Invoices"][0]["InvoiceID"], "5")
    org.pay_invoice(saved["Invoices"][2]["InvoiceID"])
    org.void_invoice(saved["Invoices"][4]["InvoiceID"])
    body = body_of(api.call("GET", "Invoices", **params))
    assert len(body["Invoices"]) == 6
    check(body, "Invoices")
    for record in body["Invoices"]:
        check(body_of(api.call("GET", f"Invoices/{record['InvoiceID']}")), "Invoices")


@pytest.mark.parametrize("params", [{}, {"page": 1}])
def test_credit_notes_allocations_and_payments(org, api, check, contact, params):
    sent = [
        credit_note(contact, DueDate="2026-04-01", Reference="r"), credit_note(contact, "2", Status="DRAFT"),
        credit_note(contact, "3", [line(code="400")], Type="ACCPAYCREDIT", CurrencyCode="EUR"),
    ]  # fmt: skip
    notes = body_of(api.call("PUT", "CreditNotes", {"CreditNotes": sent}))
    check(notes, "CreditNotes")
    sale = body_of(api.call("PUT", "Invoices", invoice(contact)))["Invoices"][0]
    note = notes["CreditNotes"][0]
    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    allocation = {"Amount": 10, "Date": "2026-03-10", "Invoice": {"InvoiceID": sale["InvoiceID"]}}
    made = body_of(api.call("PUT", path, {"Allocations": [allocation, allocation]}))
    check(made, "Allocations")
    check(body_of(api.call("PUT", path, {**allocation, "Amount": 1_000}, summarizeErrors="false")), "Allocations")
    check(body_of(api.call("DELETE", f"{path}/{made['Allocations'][0]['AllocationID']}")), "Allocation")
    elements = [payment(sale, 50), payment(sale, 500), payment(note, 5), payment(notes["CreditNotes"][2], 5)]
    paid = body_of(api.call("PUT", "Payments", {"Payments": elements}, summarizeErrors="false"))
    assert [element["StatusAttributeString"] for element in paid["Payments"]] == ["OK", "ERROR", "OK", "OK"]
    check(paid, "Payments")
    check(body_of(api.call("POST", f"Payments/{paid['Payments'][0]['PaymentID']}", {"Status": "DELETED"})), "Payments")
    org.payments_name_credit_notes = True
    for plural in ("CreditNotes", "Payments", "Invoices"):
        check(body_of(api.call("GET", plural, **params)), plural)
    check(body_of(api.call("GET", f"CreditNotes/{note['CreditNoteID']}")), "CreditNotes")
    check(body_of(api.call("GET", f"Payments/{paid['Payments'][2]['PaymentID']}")), "Payments")
    bad = credit_note(contact, Date="nonsense", Type="OTHER", Status=7)
    check(body_of(api.call("PUT", "CreditNotes", {"CreditNotes": [bad]}, summarizeErrors="false")), "CreditNotes")


@pytest.mark.parametrize("params", [{}, {"page": 1}])
def test_batch_payments_overpayments_and_prepayments(org, bank_api, check, contact, params):
    api = bank_api
    sales = body_of(api.call("PUT", "Invoices", {"Invoices": [invoice(contact, "1"), invoice(contact, "2")]}))
    parts = [{"Invoice": {"InvoiceID": sale["InvoiceID"]}, "Amount": 10} for sale in sales["Invoices"]]
    batch = {"Account": {"Code": "090"}, "Date": "2026-03-10", "Reference": "r", "Payments": parts}
    sent = {"BatchPayments": [batch, {**batch, "Payments": []}, batch]}
    made = body_of(api.call("PUT", "BatchPayments", sent, summarizeErrors="false"))
    assert made["BatchPayments"][1]["ValidationErrors"]
    check(made, "BatchPayments")
    org.add_overpayment(contact, 12)
    org.add_prepayment(contact, 12)
    org.refund_overpayment(next(iter(org.overpayments)), 2)
    org.refund_prepayment(next(iter(org.prepayments)), 2)
    org.allocate_overpayment(next(iter(org.overpayments)), sales["Invoices"][0]["InvoiceID"], 3)
    org.allocate_prepayment(next(iter(org.prepayments)), sales["Invoices"][1]["InvoiceID"], 3)
    org.delete_batch_payment(next(iter(org.batch_payments)))
    org.payments_name_credit_notes = True
    for plural in ("BatchPayments", "Overpayments", "Prepayments", "BankTransactions", "Payments", "Invoices"):
        body = body_of(api.call("GET", plural, **params))
        assert body[plural]
        check(body, plural)
    for plural, table in (("Overpayments", org.overpayments), ("Prepayments", org.prepayments)):
        for path in (plural, "BankTransactions"):
            check(body_of(api.call("GET", f"{path}/{next(iter(table))}")), path)


@pytest.mark.parametrize("params", [{}, {"page": 1}])
def test_manual_journals(org, api, check, params):
    region = [{"Name": "Region", "Option": "North"}]
    account = org.account_by_name("Sundry Income")["AccountID"]
    lines = [
        journal_line("50", "810", Description="x", Tracking=region), {"IsBlank": True, "Description": "a note"},
        {"LineAmount": -50, "AccountID": account, "TaxType": "NONE"},
    ]  # fmt: skip
    sent = [
        journal(), journal(lines, LineAmountTypes="Exclusive", Url="https://shop.example/1", Status="DRAFT"),
        journal(Narration=7, Date="nonsense", Status="ARCHIVED", JournalLines=[{"LineAmount": "x"}]),
        journal([], Narration=None), journal(ShowOnCashBasisReports=False),
    ]  # fmt: skip
    saved = body_of(api.call("PUT", "ManualJournals", {"ManualJournals": sent}, summarizeErrors="false"))
    statuses = [element["StatusAttributeString"] for element in saved["ManualJournals"]]
    assert statuses == ["OK", "OK", "ERROR", "ERROR", "OK"]
    check(saved, "ManualJournals")
    for index in (1, 4):
        org.void_manual_journal(saved["ManualJournals"][index]["ManualJournalID"])
    org.journals_drop_unknown_accounts = True
    unknown = journal([journal_line(1, "4711"), journal_line(-1, "200")], Status="DRAFT")
    warned = body_of(api.call("POST", "ManualJournals", unknown))
    assert warned["ManualJournals"][0]["Warnings"]
    check(warned, "ManualJournals")
    body = body_of(api.call("GET", "ManualJournals", **params))
    assert len(body["ManualJournals"]) == 4
    check(body, "ManualJournals")
    for record in body["ManualJournals"]:
        check(body_of(api.call("GET", f"ManualJournals/{record['ManualJournalID']}")), "ManualJournals")


def test_refused_elements(org, api, check, contact):
    bad = invoice(contact, Date="nonsense", Type="OTHER", Status=7, LineItems=[{"LineItemID": 7}])
    check(body_of(api.call("PUT", "Invoices", {"Invoices": [bad]}, summarizeErrors="false")), "Invoices")
    bad = {"Name": "", "ContactStatus": "X", "Addresses": [{"AddressType": "HOME"}], "Phones": 7}
    check(body_of(api.call("PUT", "Contacts", {"Contacts": [bad]}, summarizeErrors="false")), "Contacts")


def test_new_tax_rates_and_currencies(api, check):
    rate = {"Name": "x", "ReportTaxType": "OUTPUT", "TaxComponents": [{"Name": "x", "Rate": 7}]}
    check(body_of(api.call("PUT", "TaxRates", rate)), "TaxRates")
    check(body_of(api.call("PUT", "Currencies", {"Code": "USD"})), "Currencies")


def test_the_check_itself_finds_unknown_fields_and_wrong_words(check):
    for body in ({"Invoices": [{"Nonsense": 1}]}, {"Invoices": [{"Type": "OTHER"}]}, {"Invoices": [{"InvoiceID": 7}]}):
        with pytest.raises(AssertionError):
            check(body, "Invoices")
