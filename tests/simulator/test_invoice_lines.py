"""Lines of invoices: accounts, taxes, amounts, descriptions, discounts."""

from decimal import Decimal

import pytest

from .client import Client, bill, invoice, line, one, wrong

# -- accounts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["999", "610", "800", "820", "840", "877", "960", "497", "090", "630"])
def test_unknown_bank_and_system_accounts_are_refused(api, contact, code):
    assert wrong(api, contact, line(code=code)) == [f"Account code '{code}' is not a valid code for this document."]


def test_the_rounding_account_is_allowed(api, contact):
    assert one(api, contact, line(code="860", TaxType="NONE"))["AccountCode"] == "860"


def test_an_archived_account_is_refused(org, api, contact):
    message = "Account code '{}' has been archived, or has been deleted. Each line item must reference a valid account."
    assert wrong(api, contact, line(code="499A")) == [message.format("499A")]
    org.archive_account("200")
    assert wrong(api, contact, line(code="200")) == [message.format("200")]


def test_an_account_can_be_named_by_id_when_it_has_no_code(org, api, contact):
    account = org.account_by_name("Sundry Income")
    assert account["Code"] == ""
    shown = one(api, contact, line(code=None, AccountID=account["AccountID"]))
    assert shown["AccountID"] == account["AccountID"]
    assert "AccountCode" not in shown


@pytest.mark.parametrize("identifier", ["nonsense", "b2c885a9-4bb9-4a00-9b6e-6c2bf60b1a2b"])
def test_an_unknown_account_id_is_refused(api, contact, identifier):
    assert wrong(api, contact, line(code=None, AccountID=identifier))[0] == "Account must be valid."


def test_an_approved_line_needs_an_account_and_a_draft_does_not(api, contact):
    assert wrong(api, contact, line(code=None)) == ["Account code must be specified"]
    assert "AccountCode" not in one(api, contact, line(code=None), Status="DRAFT")


# -- taxes ------------------------------------------------------------------------------------------------------------


def test_the_tax_type_defaults_to_the_accounts(api, contact):
    assert one(api, contact, line(code="200"))["TaxType"] == "OUTPUT2"
    assert one(api, contact, line(code="270"))["TaxType"] == "NONE"


@pytest.mark.parametrize("tax", ["NOPE", "GST on Income", "OUTPUT", "TAX009"])
def test_unknown_archived_and_deleted_tax_types_are_refused(api, contact, tax):
    assert wrong(api, contact, line(TaxType=tax)) == [
        f"The TaxType code '{tax}' does not exist or cannot be used for this type of transaction."
    ]


@pytest.mark.parametrize(
    ("tax", "code"), [("INPUT2", "200"), ("OUTPUT2", "400"), ("GSTONIMPORTS", "200"), ("CAPEXINPUT2", "400")]
)
def test_a_tax_type_must_fit_the_account(api, contact, tax, code):
    assert wrong(api, contact, line(code=code, TaxType=tax)) == [
        f"The TaxType code '{tax}' cannot be used with account code '{code}'."
    ]


def test_a_tax_type_may_fit_several_classes(api, contact):
    for code in ("710", "850", "970", "200"):
        assert one(api, contact, line(code=code, TaxType="OUTPUT2"))["TaxAmount"] == 20


def test_tax_amount_may_differ_within_the_tolerance(org, api, contact):
    assert one(api, contact, line("0.53", TaxAmount="0.10"))["TaxAmount"] == Decimal("0.10")
    assert wrong(api, contact, line("100", TaxAmount="20.02")) == [
        "The tax amount 20.02 does not match the expected tax amount 20.00"
    ]
    org.tax_override_tolerance = Decimal("0.05")
    assert one(api, contact, line("100", TaxAmount="20.05"))["TaxAmount"] == Decimal("20.05")


def test_tax_amount_cannot_exceed_the_line(api, contact):
    assert wrong(api, contact, line("100", TaxAmount="101"))[0] == "Tax amount cannot be greater than the line amount"


def test_without_tax_no_tax_amount_is_taken(api, contact):
    shown = one(api, contact, line(), LineAmountTypes="NoTax")
    assert (shown["TaxType"], shown["TaxAmount"]) == ("NONE", 0)
    assert wrong(api, contact, line(TaxAmount="20"), LineAmountTypes="NoTax")


def test_a_tax_of_several_components(sim, app):
    org = sim.add_organisation("US", country="US", currency="USD")
    api = Client(sim, org, sim.grant(app, [org])["access_token"])
    contact = org.add_contact("x")["ContactID"]
    assert one(api, contact, line("99.99", TaxType="TAX001"))["TaxAmount"] == Decimal("8.87")
    # 5 % and 9.975 % on top of both: 15.4738 %.
    assert one(api, contact, line("1000", TaxType="TAX003"))["TaxAmount"] == Decimal("154.74")


# -- amounts ----------------------------------------------------------------------------------------------------------


def test_the_unit_amount_is_rounded_before_it_is_multiplied(api, contact):
    sent = line(None, Quantity=1000, UnitAmount="0.1249")
    shown = one(api, contact, sent)
    assert (shown["UnitAmount"], shown["LineAmount"]) == (Decimal("0.12"), 120)
    shown = one(api, contact, sent, unitdp=4)
    assert (shown["UnitAmount"], shown["LineAmount"]) == (Decimal("0.1249"), Decimal("124.90"))
    assert one(api, contact, line("0.12345"), unitdp=4)["UnitAmount"] == Decimal("0.1235")


def test_reading_without_unitdp_shows_two_decimals(api, contact):
    (saved,) = api.put("Invoices", invoice(contact, LineItems=[line("0.1249", Quantity=1000)]), unitdp=4)
    shown = [api.get(f"Invoices/{saved['InvoiceID']}", **params)["Invoices"][0] for params in ({}, {"unitdp": 4})]
    assert [answer["LineItems"][0]["UnitAmount"] for answer in shown] == [Decimal("0.12"), Decimal("0.1249")]
    assert shown[0]["Total"] == shown[1]["Total"]


def test_unitdp_is_2_or_4(api, contact):
    assert api.call("PUT", "Invoices", {"Invoices": [invoice(contact)]}, unitdp=3).status_code == 400


def test_quantity_keeps_four_decimals(api, contact):
    shown = one(api, contact, line("1000", Quantity="1.23456"))
    assert (shown["Quantity"], shown["LineAmount"]) == (Decimal("1.2346"), Decimal("1234.60"))


def test_quantity_defaults_to_one(api, contact):
    shown = one(api, contact, {"Description": "x", "UnitAmount": 5, "AccountCode": "200"})
    assert (shown["Quantity"], shown["LineAmount"]) == (1, 5)


def test_a_line_amount_that_does_not_match_is_refused(api, contact):
    assert wrong(api, contact, line("20", Quantity=2, LineAmount="40.01")) == [
        "The line total 40.01 does not match the expected line total 40.00"
    ]
    assert one(api, contact, line("20", Quantity=2, LineAmount="40.00"))["LineAmount"] == 40


def test_xero_computes_the_missing_one_of_quantity_and_unit_amount(api, contact):
    base = {"Description": "x", "AccountCode": "200", "LineAmount": "30"}
    assert one(api, contact, {**base, "Quantity": 4})["UnitAmount"] == Decimal("7.5")
    assert one(api, contact, {**base, "UnitAmount": "7.5"})["Quantity"] == 4
    shown = one(api, contact, base)
    assert (shown["Quantity"], shown["UnitAmount"], shown["LineAmount"]) == (1, 30, 30)
    assert one(api, contact, {**base, "Quantity": 7})["LineAmount"] == 30


@pytest.mark.parametrize("zero", ["Quantity", "UnitAmount"])
def test_a_line_amount_over_zero_cannot_be_explained(api, contact, zero):
    sent = {"Description": "x", "AccountCode": "200", "LineAmount": "30", zero: 0}
    assert wrong(api, contact, sent) == ["The line total 30.00 does not match the expected line total 0.00"]


@pytest.mark.parametrize(("types", "sub_total", "tax", "total"), [
    ("Exclusive", "19.98", "4.00", "23.98"), ("Inclusive", "16.64", "3.34", "19.98"), ("NoTax", "19.98", "0", "19.98"),
])  # fmt: skip
def test_totals_by_line_amount_types(api, contact, types, sub_total, tax, total):
    (answer,) = api.put("Invoices", invoice(contact, LineAmountTypes=types, LineItems=[line("9.99"), line("9.99")]))
    assert (answer["SubTotal"], answer["TotalTax"], answer["Total"]) == tuple(map(Decimal, (sub_total, tax, total)))


def test_tax_is_rounded_per_line(api, contact):
    # 20 % of 0.33 is 0.066: 0.07 a line, where one rounding of the sum would give 0.20.
    (answer,) = api.put("Invoices", invoice(contact, LineItems=[line("0.33")] * 3))
    assert answer["TotalTax"] == Decimal("0.21")


@pytest.mark.parametrize("value", ["nonsense", True, [], "NaN", "1e400", 10**11])
def test_numbers_must_be_numbers(org, api, contact, value):
    assert any("UnitAmount is not a valid number" in message for message in wrong(api, contact, line(value)))


def test_a_line_amount_has_a_maximum(api, contact):
    assert "at most" in wrong(api, contact, line("99999999", Quantity="99999999"))[0]


# -- descriptions -----------------------------------------------------------------------------------------------------


def test_a_line_may_be_a_description_only(api, contact):
    (answer,) = api.put("Invoices", invoice(contact, LineItems=[line(), {"Description": "A note"}]))
    note = answer["LineItems"][1]
    assert note["Description"] == "A note"
    assert not {"LineAmount", "UnitAmount", "Quantity", "AccountCode", "TaxType"} & set(note)
    assert answer["Total"] == 120


@pytest.mark.parametrize("sent", [{}, {"Description": ""}, {"UnitAmount": 5, "AccountCode": "200"}])
def test_a_line_needs_a_description(api, contact, sent):
    assert wrong(api, contact, sent) == ["The description field is mandatory"]


def test_a_description_has_at_most_4000_characters(api, contact):
    assert one(api, contact, line(Description="x" * 4_000))
    assert "maximum length of 4000" in wrong(api, contact, line(Description="x" * 4_001))[0]


# -- discounts --------------------------------------------------------------------------------------------------------


def test_discounts_reduce_the_line(api, contact):
    shown = one(api, contact, line("9.99", Quantity=3, DiscountRate="12.5"))
    assert (shown["LineAmount"], shown["DiscountRate"]) == (Decimal("26.22"), Decimal("12.5"))
    # A rate has two decimals: 12.345 % of 1,000 is 123.50 off.
    assert one(api, contact, line("1000", DiscountRate="12.345"))["LineAmount"] == Decimal("876.50")
    shown = one(api, contact, line("10", DiscountAmount="2.50"))
    assert (shown["LineAmount"], shown["DiscountAmount"]) == (Decimal("7.50"), Decimal("2.50"))


def test_a_discounted_invoice_says_so(api, contact):
    (answer,) = api.put("Invoices", invoice(contact, LineItems=[line("100", DiscountRate=10), line("50")]))
    assert (answer["IsDiscounted"], answer["TotalDiscount"], answer["SubTotal"]) == (True, 10, 140)


@pytest.mark.parametrize("rate", ["-1", "100.01"])
def test_a_discount_rate_is_between_0_and_100(api, contact, rate):
    assert wrong(api, contact, line(DiscountRate=rate)) == ["DiscountRate must be between 0 and 100."]


def test_a_discount_amount_cannot_exceed_the_line(api, contact):
    message = ["DiscountAmount must be between 0 and the amount of the line."]
    assert wrong(api, contact, line("10", DiscountAmount="10.01")) == message
    assert wrong(api, contact, line("10", DiscountAmount="-1")) == message
    words = "The discount rate '0.00' is invalid. Discount must not be greater than the line total."
    assert wrong(api, contact, line("-10", DiscountAmount=0)) == [words]
    assert one(api, contact, line("10", DiscountAmount="10.00"))["LineAmount"] == 0


def test_a_discount_amount_has_two_decimals(api, contact):
    assert wrong(api, contact, line("10", DiscountAmount="1.005")) == ["DiscountAmount can have at most 2 decimals."]


@pytest.mark.parametrize("field", ["DiscountRate", "DiscountAmount"])
def test_bills_take_no_discount(api, contact, field):
    assert api.refused("PUT", "Invoices", bill(contact, lines=[line(code="400", **{field: 0})])) == [
        "DiscountRate and DiscountAmount are supported on ACCREC invoices only."
    ]
