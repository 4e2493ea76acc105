"""Lines of invoices: tracking, items, and what an update does to them."""

from decimal import Decimal

import pytest

from .client import invoice, line, one, wrong

# -- tracking ---------------------------------------------------------------------------------------------------------


def test_tracking_by_names_or_ids(org, api, contact):
    category = next(iter(org.tracking_categories.values()))
    by_id = {
        "TrackingCategoryID": category["TrackingCategoryID"],
        "TrackingOptionID": category["Options"][1]["TrackingOptionID"],
    }
    shown = one(api, contact, line(Tracking=[by_id, {"Name": "Department", "Option": "Sales"}]))["Tracking"]
    assert [(entry["Name"], entry["Option"]) for entry in shown] == [("Region", "South"), ("Department", "Sales")]


@pytest.mark.parametrize(("tracking", "message"), [
    ([{"Name": "Region", "Option": "Nowhere"}], "is not valid"),
    ([{"Name": "Nothing", "Option": "North"}], "is not valid"),
    ([{"Name": "Region"}], "is not valid"),
    ([{"Name": "Region", "Option": "North"}, {"Name": "Region", "Option": "South"}], "once a line only"),
    ([{"Name": "Region", "Option": "North"}] * 3, "at most two"),
    ("Region", "Tracking is not a valid list"),
])  # fmt: skip
def test_tracking_must_exist_and_be_at_most_two(api, contact, tracking, message):
    assert any(message in found for found in wrong(api, contact, line(Tracking=tracking)))


def test_an_organisation_has_two_active_categories(org):
    with pytest.raises(ValueError, match="at most two"):
        org.add_tracking_category("Third")


# -- items ------------------------------------------------------------------------------------------------------------


def test_an_item_fills_what_the_line_leaves_out(api, contact):
    shown = one(api, contact, {"ItemCode": "BALL", "Quantity": 2})
    assert (shown["Description"], shown["UnitAmount"], shown["AccountCode"]) == ("A ball", Decimal("5.6"), "200")
    assert (shown["LineAmount"], shown["ItemCode"]) == (Decimal("11.20"), "BALL")


def test_an_unknown_item_is_refused(api, contact):
    assert wrong(api, contact, line(ItemCode="NOPE")) == ["Item code 'NOPE' is not valid"]


# -- updates ----------------------------------------------------------------------------------------------------------


def test_lines_without_id_replace_all_lines(api, contact):
    (saved,) = api.put("Invoices", invoice(contact, LineItems=[line("1"), line("2")]))
    (changed,) = api.post("Invoices", {"InvoiceID": saved["InvoiceID"], "LineItems": [line("3")]})
    assert [shown["LineAmount"] for shown in changed["LineItems"]] == [3]
    assert changed["LineItems"][0]["LineItemID"] not in {shown["LineItemID"] for shown in saved["LineItems"]}


def test_lines_stay_when_none_are_sent(api, contact):
    (saved,) = api.put("Invoices", invoice(contact))
    (changed,) = api.post("Invoices", {"InvoiceID": saved["InvoiceID"], "Reference": "x"})
    assert changed["LineItems"] == saved["LineItems"]


def test_a_line_with_its_id_is_updated_and_the_others_are_gone(api, contact):
    (saved,) = api.put("Invoices", invoice(contact, LineItems=[line("1", DiscountRate=10), line("2")]))
    first = saved["LineItems"][0]["LineItemID"]
    (changed,) = api.post(
        "Invoices", {"InvoiceID": saved["InvoiceID"], "LineItems": [{"LineItemID": first, "Quantity": 5}]}
    )
    (shown,) = changed["LineItems"]
    assert (shown["LineItemID"], shown["LineAmount"], shown["Description"]) == (first, Decimal("4.50"), "Consulting")


def test_a_strange_line_id_is_refused(api, contact):
    strange = "b2c885a9-4bb9-4a00-9b6e-6c2bf60b1a2b"
    assert wrong(api, contact, line(LineItemID=strange)) == [
        f"The LineItemID {strange} does not belong to this document."
    ]


def test_changing_the_line_amount_types_computes_tax_anew(api, contact):
    (saved,) = api.put("Invoices", invoice(contact, LineItems=[line(), {"Description": "A note"}]))
    (changed,) = api.post("Invoices", {"InvoiceID": saved["InvoiceID"], "LineAmountTypes": "Inclusive"})
    assert [shown["Description"] for shown in changed["LineItems"]] == ["Consulting", "A note"]
    assert (changed["SubTotal"], changed["TotalTax"], changed["Total"]) == (Decimal("83.33"), Decimal("16.67"), 100)
