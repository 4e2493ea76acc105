"""Invoices and bills: headers, numbers, contacts, dates, currencies."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from .client import bill, invoice, line

GONE = "b2c885a9-4bb9-4a00-9b6e-6c2bf60b1a2b"


def test_an_invoice_is_saved_and_returned_whole(org, api, contact):
    (answer,) = api.put("Invoices", invoice(contact, Reference="SO7", Url="https://shop.example/odoo/1"))
    assert (answer["Type"], answer["Status"], answer["InvoiceNumber"]) == ("ACCREC", "AUTHORISED", "INV/1")
    assert (answer["SubTotal"], answer["TotalTax"], answer["Total"]) == (100, 20, 120)
    assert (answer["AmountDue"], answer["AmountPaid"], answer["AmountCredited"]) == (120, 0, 0)
    assert (answer["Reference"], answer["Url"]) == ("SO7", "https://shop.example/odoo/1")
    assert answer["Contact"]["Name"] == "Bayside Club"
    assert answer["Date"] == "/Date(1772409600000+0000)/"
    assert (answer["DateString"], answer["DueDateString"]) == ("2026-03-02T00:00:00", "2026-04-01T00:00:00")
    assert answer["LineItems"][0]["LineItemID"]
    assert org.invoices[answer["InvoiceID"]]["Total"] == Decimal("120.00")


def test_a_customer_and_a_supplier_are_made_by_approved_documents(org, api, contact):
    api.put("Invoices", invoice(contact, Status="DRAFT"))
    assert not org.contacts[contact]["IsCustomer"]
    api.put("Invoices", invoice(contact, "INV/2"), bill(contact))
    shown = api.get(f"Contacts/{contact}")["Contacts"][0]
    assert (shown["IsCustomer"], shown["IsSupplier"]) == (True, True)


@pytest.mark.parametrize(("change", "message"), [
    ({"Type": None}, "The Type field is mandatory"),
    ({"Type": "ACCRECCREDIT"}, "Type 'ACCRECCREDIT' is not valid."),
    ({"Contact": None}, "A Contact must be specified for this type of transaction"),
    ({"Contact": {}}, "A Contact must be specified for this type of transaction"),
    ({"Contact": {"ContactID": GONE}}, f"The contact with ContactID {GONE} could not be found."),
    ({"Contact": "x"}, "Contact is not valid."),
    ({"DueDate": None}, "The document DueDate field must be specified."),
    ({"LineItems": []}, "One or more line items must be specified"),
    ({"LineItems": None}, "One or more line items must be specified"),
    ({"Date": "31/12/2026"}, "Date is not a valid date."),
    ({"Date": "2026-02-30"}, "Date is not a valid date."),
    ({"Status": "PAID"}, "Invoice not of valid status for creation"),
    ({"Status": "VOIDED"}, "Invoice not of valid status for creation"),
    ({"Status": "DELETED"}, "Invoice not of valid status for creation"),
    ({"LineAmountTypes": "Gross"}, "LineAmountTypes 'Gross' is not valid."),
    ({"CurrencyCode": "JPY"}, "Organisation is not subscribed to currency JPY"),
    ({"InvoiceNumber": "x" * 256}, "The InvoiceNumber field has a maximum length of 255 characters."),
    ({"Reference": "x" * 256}, "The Reference field has a maximum length of 255 characters."),
    ({"Url": "https://my-Xero-shop.example/"}, "Url must not contain the word 'Xero'."),
    ({"Url": "https://shop.example/odoo/xero_badge"}, "Url must not contain the word 'Xero'."),
    ({"Url": "shop.example/1"}, "Url must be a valid http or https address."),
    ({"Url": "ftp://shop.example/1"}, "Url must be a valid http or https address."),
    ({"SubTotal": "99"}, "The document total does not equal the sum of the lines."),
    ({"TotalTax": "19.99"}, "The document total does not equal the sum of the lines."),
    ({"Total": "120.01"}, "The document total does not equal the sum of the lines."),
    ({"Total": "much"}, "Total is not a valid number."),
    ({"SentToContact": "maybe"}, "SentToContact is not a valid boolean."),
    ({"LineItems": [line("-1")]}, "The Total for this document must be greater than or equal to zero."),
])  # fmt: skip
def test_an_invoice_is_refused(org, api, contact, change, message):
    assert message in api.refused("PUT", "Invoices", invoice(contact) | change)
    assert not org.invoices


def test_matching_totals_are_taken(api, contact):
    (answer,) = api.put("Invoices", invoice(contact, SubTotal=100, TotalTax="20.00", Total=120.0))
    assert answer["Total"] == 120


def test_a_draft_needs_neither_lines_nor_due_date(api, contact):
    (answer,) = api.put("Invoices", {"Type": "ACCREC", "Contact": {"ContactID": contact}})
    assert (answer["Status"], answer["Total"], answer["LineAmountTypes"]) == ("DRAFT", 0, "Exclusive")
    assert "DueDate" not in answer


def test_a_submitted_invoice_needs_lines(api, contact):
    assert api.refused("PUT", "Invoices", invoice(contact, Status="SUBMITTED", LineItems=[])) == [
        "One or more line items must be specified"
    ]


def test_the_date_defaults_to_the_organisations_day(sim, app):
    # 2026-03-02 23:30 in London is 3 March in Sydney.
    sim.clock.advance(datetime(2033, 3, 2, 23, 30, tzinfo=timezone.utc).timestamp() - sim.clock.timestamp())
    days = []
    for country, currency in (("GB", "GBP"), ("AU", "AUD"), ("US", "USD")):
        org = sim.add_organisation(country, country=country, currency=currency)
        days.append(org.add_invoice(Type="ACCREC", Contact={"Name": "x"})["Date"].isoformat())
    assert days == ["2033-03-02", "2033-03-03", "2033-03-02"]


def test_a_due_date_before_the_date_is_taken(api, contact):
    # Xero's own example of PUT /Invoices has one.
    assert api.put("Invoices", invoice(contact, Date="2019-03-11", DueDate="2018-12-10"))


@pytest.mark.parametrize(
    "value", ["2026-03-02", "2026-03-02T00:00:00", "2026-03-02T00:00:00Z", "/Date(1772409600000+0000)/"]
)
def test_dates_come_in_several_forms(api, contact, value):
    assert api.put("Invoices", invoice(contact, Date=value))[0]["DateString"] == "2026-03-02T00:00:00"


# -- numbers ----------------------------------------------------------------------------------------------------------


def test_put_refuses_a_taken_number(api, contact):
    api.put("Invoices", invoice(contact))
    assert api.refused("PUT", "Invoices", invoice(contact)) == ["Invoice # must be unique."]
    assert api.refused("PUT", "Invoices", invoice(contact, "inv/1")) == ["Invoice # must be unique."]


def test_post_updates_the_sales_invoice_of_the_same_number(org, api, contact):
    (first,) = api.put("Invoices", invoice(contact))
    (second,) = api.post("Invoices", invoice(contact, LineItems=[line("7")]))
    assert second["InvoiceID"] == first["InvoiceID"]
    assert second["SubTotal"] == 7
    assert len(org.invoices) == 1


def test_post_creates_when_the_number_is_new(org, api, contact):
    api.post("Invoices", invoice(contact), invoice(contact, "INV/2"))
    assert len(org.invoices) == 2


def test_a_number_cannot_be_changed_to_a_taken_one(api, contact):
    api.put("Invoices", invoice(contact))
    (other,) = api.put("Invoices", invoice(contact, "INV/2"))
    change = {"InvoiceID": other["InvoiceID"], "InvoiceNumber": "INV/1"}
    assert api.refused("POST", "Invoices", change) == ["Invoice # must be unique."]


@pytest.mark.parametrize("status", ["DRAFT", "AUTHORISED"])
def test_voided_and_deleted_numbers_stay_taken(org, api, contact, status):
    (first,) = api.put("Invoices", invoice(contact, Status=status))
    org.void_invoice(first["InvoiceID"])
    assert api.refused("PUT", "Invoices", invoice(contact)) == ["Invoice # must be unique."]
    assert api.refused("POST", "Invoices", invoice(contact)) == ["Invoice not of valid status for modification"]


def test_voided_numbers_can_be_made_free(org, api, contact):
    (first,) = api.put("Invoices", invoice(contact))
    org.void_invoice(first["InvoiceID"])
    org.voided_numbers_are_free = True
    (second,) = api.put("Invoices", invoice(contact))
    assert second["InvoiceID"] != first["InvoiceID"]
    assert org.invoice_by_number("INV/1")["InvoiceID"] == second["InvoiceID"]


def test_a_missing_number_is_generated(api, contact):
    numbers = [api.put("Invoices", invoice(contact, None))[0]["InvoiceNumber"] for _ in range(2)]
    assert numbers == ["INV-0001", "INV-0002"]
    api.put("Invoices", invoice(contact, "INV-0003"))
    assert api.put("Invoices", invoice(contact, ""))[0]["InvoiceNumber"] == "INV-0004"


def test_numbers_of_bills_are_not_unique(org, api, contact):
    api.put("Invoices", bill(contact), bill(contact), bill(contact, None), invoice(contact, "B-77"))
    assert sorted(record["InvoiceNumber"] for record in org.invoices.values()) == ["", "B-77", "B-77", "B-77"]


def test_post_updates_the_same_contacts_bill_of_that_number(org, api, contact):
    other = org.add_contact("Other")["ContactID"]
    (first,) = api.put("Invoices", bill(contact))
    assert api.post("Invoices", bill(other))[0]["InvoiceID"] != first["InvoiceID"]
    assert api.post("Invoices", bill(contact))[0]["InvoiceID"] == first["InvoiceID"]
    org.bills_match_by_number = False
    assert api.post("Invoices", bill(contact))[0]["InvoiceID"] != first["InvoiceID"]


# -- ids --------------------------------------------------------------------------------------------------------------


def test_put_never_updates(api, contact):
    (saved,) = api.put("Invoices", invoice(contact))
    assert "cannot be created" in api.refused("PUT", "Invoices", invoice(contact, InvoiceID=saved["InvoiceID"]))[0]


def test_an_unknown_invoice_id_is_refused(org, api, contact):
    assert "could not be found" in api.refused("POST", "Invoices", invoice(contact, InvoiceID=GONE))[0]
    assert api.call("POST", f"Invoices/{GONE}", {"Status": "VOIDED"}).status_code == 404
    assert not org.invoices


def test_one_invoice_is_updated_by_its_url(api, contact):
    (saved,) = api.put("Invoices", invoice(contact))
    (other,) = api.put("Invoices", invoice(contact, "INV/2"))
    path = f"Invoices/{saved['InvoiceID']}"
    assert api.post("Invoices", {"Reference": "new"}, path=path)[0]["Reference"] == "new"
    wrong = {"InvoiceID": other["InvoiceID"], "Reference": "x"}
    assert "not the one of the URL" in api.refused("POST", "Invoices", wrong, path=path)[0]


def test_the_type_cannot_be_changed(api, contact):
    (saved,) = api.put("Invoices", invoice(contact))
    assert api.refused("POST", "Invoices", {"InvoiceID": saved["InvoiceID"], "Type": "ACCPAY"}) == [
        "The Type of an invoice cannot be changed."
    ]


# -- contacts ---------------------------------------------------------------------------------------------------------


def test_an_archived_contact_gets_no_invoice(org, api, contact):
    org.archive_contact(contact)
    assert api.refused("PUT", "Invoices", invoice(contact)) == [
        "The contact with the specified contact details has been archived. "
        "The contact must be un-archived before creating new invoices or credit notes."
    ]


def test_a_name_alone_finds_or_makes_a_contact(org, api, contact):
    api.put("Invoices", invoice(None, "INV/1", Contact={"Name": "bayside CLUB"}))
    assert org.invoice_by_number("INV/1")["ContactID"] == contact
    assert org.contacts[contact]["Name"] == "Bayside Club"
    api.put("Invoices", invoice(None, "INV/2", Contact={"Name": "Somebody new"}))
    assert org.invoice_by_number("INV/2")["ContactID"] == org.contact_by_name("Somebody new")["ContactID"]


def test_a_contact_number_finds_a_contact(org, api):
    identifier = org.add_contact("x", ContactNumber="42")["ContactID"]
    api.put("Invoices", invoice(None, Contact={"ContactNumber": "42"}))
    assert org.invoice_by_number("INV/1")["ContactID"] == identifier


def test_other_fields_beside_the_contact_id_edit_the_contact(sim, org, api, contact):
    before = org.contacts[contact]["UpdatedDateUTC"]
    sim.clock.advance(5)
    api.put("Invoices", invoice(contact))
    assert org.contacts[contact]["UpdatedDateUTC"] == before
    api.put("Invoices", invoice(contact, "INV/2", Contact={"ContactID": contact, "Name": "Renamed by an invoice"}))
    assert org.contacts[contact]["Name"] == "Renamed by an invoice"
    assert org.contacts[contact]["UpdatedDateUTC"] > before


def test_a_bad_contact_field_refuses_the_invoice(org, api, contact):
    sent = {"ContactID": contact, "EmailAddress": "nonsense"}
    assert api.refused("PUT", "Invoices", invoice(contact, Contact=sent)) == ["Email address must be valid."]
    assert not org.invoices


# -- currencies -------------------------------------------------------------------------------------------------------


def test_the_currency_defaults_to_the_base_currency_at_rate_one(api, contact):
    (answer,) = api.put("Invoices", invoice(contact, CurrencyRate="1.7"))
    assert (answer["CurrencyCode"], answer["CurrencyRate"]) == ("GBP", 1)


def test_without_a_rate_the_day_rate_is_used(org, api, contact):
    org.currency_rates["EUR"] = Decimal("1.171500")
    (answer,) = api.put("Invoices", invoice(contact, CurrencyCode="EUR"))
    assert answer["CurrencyRate"] == Decimal("1.1715")


def test_a_rate_has_six_decimals(org, api, contact):
    org.currency_rates["EUR"] = Decimal("1.17")
    (answer,) = api.put("Invoices", invoice(contact, CurrencyCode="EUR", CurrencyRate="1.17654325"))
    assert answer["CurrencyRate"] == Decimal("1.176543")
    assert answer["StatusAttributeString"] == "OK"


@pytest.mark.parametrize("rate", ["0", "-1"])
def test_a_rate_is_positive(api, contact, rate):
    assert api.refused("PUT", "Invoices", invoice(contact, CurrencyCode="EUR", CurrencyRate=rate)) == [
        "CurrencyRate must be greater than zero."
    ]


def test_a_rate_far_from_the_day_rate_gives_a_warning(org, api, contact):
    org.currency_rates["EUR"] = Decimal("1.17")
    (answer,) = api.put("Invoices", invoice(contact, CurrencyCode="EUR", CurrencyRate="0.85"))
    assert answer["StatusAttributeString"] == "OK"
    (answer,) = api.put("Invoices", invoice(contact, "INV/2", CurrencyCode="EUR", CurrencyRate="0.5"))
    assert answer["StatusAttributeString"] == "WARNING"
    assert answer["InvoiceID"] in org.invoices


# -- reference --------------------------------------------------------------------------------------------------------


def test_a_bills_reference_is_ignored_with_a_warning(org, api, contact):
    (answer,) = api.put("Invoices", bill(contact, Reference="x"))
    assert (answer["StatusAttributeString"], answer["Reference"]) == ("WARNING", "")
