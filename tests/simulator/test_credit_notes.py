"""Credit notes: what is accepted, shown and listed."""

from decimal import Decimal

import pytest

from .client import credit_note, invoice, line

LIST = {"pageSize": 1000, "page": 1}


def numbers(body):
    """The numbers of listed credit notes."""
    return [record["CreditNoteNumber"] for record in body["CreditNotes"]]


def supplier_note(contact, number="S-1", **fields):
    """A supplier's credit note."""
    return credit_note(contact, number, [line(code="400")], Type="ACCPAYCREDIT", **fields)


def test_an_approved_credit_note(org, api, contact):
    (answer,) = api.put("CreditNotes", credit_note(contact, Reference="RMA 7", SentToContact=True))
    assert (answer["Type"], answer["Status"], answer["CreditNoteNumber"]) == ("ACCRECCREDIT", "AUTHORISED", "CN/1")
    assert (answer["SubTotal"], answer["TotalTax"], answer["Total"], answer["RemainingCredit"]) == (100, 20, 120, 120)
    assert (answer["Reference"], answer["SentToContact"], answer["HasErrors"]) == ("RMA 7", True, False)
    assert (answer["DateString"], answer["StatusAttributeString"]) == ("2026-03-03T00:00:00", "OK")
    assert answer["Allocations"] == answer["Payments"] == []
    assert "DueDate" not in answer
    assert "AmountDue" not in answer
    assert org.contacts[contact]["IsCustomer"]


def test_a_credit_note_without_a_number_gets_xeros_own(api, contact):
    saved = api.put("CreditNotes", *(credit_note(contact, None) for _ in range(2)))
    assert [record["CreditNoteNumber"] for record in saved] == ["CN-0001", "CN-0002"]
    assert api.put("Invoices", invoice(contact, None))[0]["InvoiceNumber"] == "INV-0001"


def test_numbers_are_unique_among_customers_credit_notes_even_voided_ones(org, api, contact):
    (saved,) = api.put("CreditNotes", credit_note(contact, "cn/1"))
    org.void_credit_note(saved["CreditNoteID"])
    assert api.refused("PUT", "CreditNotes", credit_note(contact, "CN/1")) == ["Credit note # must be unique."]
    api.put("Invoices", invoice(contact, "CN/1"))
    org.voided_numbers_are_free = True
    assert api.put("CreditNotes", credit_note(contact, "CN/1"))


def test_suppliers_numbers_need_not_be_unique(api, contact):
    assert len(api.put("CreditNotes", supplier_note(contact), supplier_note(contact))) == 2


def test_suppliers_credit_notes_have_no_reference(api, contact):
    (answer,) = api.put("CreditNotes", supplier_note(contact, Reference="x"))
    assert (answer["Reference"], answer["StatusAttributeString"]) == ("", "WARNING")
    assert answer["Warnings"] == [{"Message": "Reference is for ACCRECCREDIT credit notes only and was ignored."}]


@pytest.mark.parametrize("discount", [{"DiscountRate": 10}, {"DiscountAmount": 1}])
def test_lines_take_no_discount(api, contact, discount):
    sent = credit_note(contact, lines=[line(**discount)])
    assert "DiscountRate and DiscountAmount are supported on ACCREC invoices only." in api.refused(
        "PUT", "CreditNotes", sent
    )


@pytest.mark.parametrize(("fields", "message"), [
    ({"Type": "ACCREC"}, "Type 'ACCREC' is not valid."),
    ({"Status": "PAID"}, "Credit note not of valid status for creation"),
    ({"Status": "DRAFT", "SentToContact": True},
     "SentToContact can be set only on credit notes that have been approved."),
    ({"Contact": None}, "A Contact must be specified for this type of transaction"),
    ({"LineItems": []}, "One or more line items must be specified"),
    ({"CurrencyCode": "USD"}, "Organisation is not subscribed to currency USD"),
    ({"LineItems": [line(code="090")]}, "Account code '090' is not a valid code for this document."),
    ({"LineItems": [line(TaxType="INPUT2")]}, "The TaxType code 'INPUT2' cannot be used with account code '200'."),
    ({"LineItems": [line("-1")]}, "The Total for this document must be greater than or equal to zero."),
])  # fmt: skip
def test_what_is_refused(org, api, contact, fields, message):
    assert api.refused("PUT", "CreditNotes", credit_note(contact, **fields)) == [message]
    assert not org.credit_notes


def test_an_unknown_id_is_refused_in_xeros_words(api):
    sent = {"CreditNoteID": "7be578f5-63af-45c8-9b00-dcc4732baf0b", "Reference": "x"}
    assert api.refused("POST", "CreditNotes", sent) == [
        "An existing Credit Note with the specified CreditNoteID could not be found"
    ]


def test_lock_dates_and_archived_contacts_stop_credit_notes(org, api, contact):
    org.set_lock_dates(period="2026-03-31")
    assert api.refused("PUT", "CreditNotes", credit_note(contact)) == [
        "The document date cannot be before the period lock date, currently set at 31-Mar-2026"
    ]
    org.set_lock_dates()
    org.archive_contact(contact)
    assert "has been archived" in api.refused("PUT", "CreditNotes", credit_note(contact))[0]


def test_over_nothing_it_is_paid_at_once(api, contact):
    (answer,) = api.put("CreditNotes", credit_note(contact, lines=[line("5"), line("-5")]))
    assert (answer["Status"], answer["RemainingCredit"]) == ("PAID", 0)


def test_put_never_updates_and_post_updates_by_id_or_number(org, api, contact):
    (saved,) = api.put("CreditNotes", credit_note(contact, Status="DRAFT"))
    assert api.refused("PUT", "CreditNotes", credit_note(contact)) == ["Credit note # must be unique."]
    (by_number,) = api.post("CreditNotes", credit_note(contact, Status="DRAFT", Reference="a"))
    (by_id,) = api.post("CreditNotes", {"Reference": "b"}, path=f"CreditNotes/{saved['CreditNoteID']}")
    assert by_number["CreditNoteID"] == by_id["CreditNoteID"] == saved["CreditNoteID"]
    assert (by_number["Reference"], by_id["Reference"], len(org.credit_notes)) == ("a", "b", 1)


@pytest.mark.parametrize(("old", "new", "allowed"), [
    ("DRAFT", "SUBMITTED", True), ("DRAFT", "AUTHORISED", True), ("DRAFT", "DELETED", True), ("DRAFT", "VOIDED", False),
    ("SUBMITTED", "DRAFT", True), ("SUBMITTED", "DELETED", True), ("AUTHORISED", "VOIDED", True),
    ("AUTHORISED", "DRAFT", False), ("AUTHORISED", "DELETED", False), ("AUTHORISED", "PAID", False),
])  # fmt: skip
def test_statuses(org, api, contact, old, new, allowed):
    (saved,) = api.put("CreditNotes", credit_note(contact, Status=old))
    change = {"CreditNoteID": saved["CreditNoteID"], "Status": new}
    if allowed:
        assert api.post("CreditNotes", change)[0]["Status"] == new
    else:
        assert api.refused("POST", "CreditNotes", change) == ["Credit note not of valid status for modification"]


def test_one_refused_element_does_not_stop_the_others(org, api, contact):
    sent = (credit_note(contact, "A"), credit_note(contact, "B", CurrencyCode="USD"), credit_note(contact, "C"))
    answers = api.put("CreditNotes", *sent, summarizeErrors="false")
    assert [answer["StatusAttributeString"] for answer in answers] == ["OK", "ERROR", "OK"]
    assert (answers[1]["CreditNoteNumber"], answers[1]["HasErrors"]) == ("B", True)
    assert [record["CreditNoteNumber"] for record in org.credit_notes.values()] == ["A", "C"]


def test_four_decimals_of_unit_amounts_are_kept_when_asked_for(api, contact):
    sent = credit_note(contact, lines=[line("0.1234", Quantity=100)])
    assert api.put("CreditNotes", sent, unitdp=4)[0]["SubTotal"] == Decimal("12.34")
    assert api.get("CreditNotes", page=1)["CreditNotes"][0]["LineItems"][0]["UnitAmount"] == Decimal("0.12")


def test_it_is_read_by_id_or_number(api, contact):
    (saved,) = api.put("CreditNotes", credit_note(contact, "CN-7"))
    for key in (saved["CreditNoteID"], "cn-7"):
        (shown,) = api.get(f"CreditNotes/{key}")["CreditNotes"]
        assert (shown["CreditNoteID"], len(shown["LineItems"])) == (saved["CreditNoteID"], 1)
        assert shown["Contact"]["Addresses"]
    assert api.call("GET", "CreditNotes/nothing").status_code == 404


def test_lists_have_lines_only_in_pages(api, contact):
    api.put("CreditNotes", credit_note(contact))
    assert api.get("CreditNotes")["CreditNotes"][0]["LineItems"] == []
    body = api.get("CreditNotes", **LIST)
    assert len(body["CreditNotes"][0]["LineItems"]) == 1
    assert body["pagination"] == {"page": 1, "pageSize": 1000, "pageCount": 1, "itemCount": 1}
    assert api.call("GET", "CreditNotes", pageSize=1001).status_code == 400


def test_lists_are_filtered_and_ordered(sim, org, api, contact):
    other = org.add_contact("Other")["ContactID"]
    api.put("CreditNotes", credit_note(contact, "A"), credit_note(other, "B", Date="2026-01-01", Status="DRAFT"))
    api.put("CreditNotes", supplier_note(contact, "C"))
    where = {
        'CreditNoteNumber=="a" OR CreditNoteNumber=="C"': ["A", "C"],
        'Status=="DRAFT"': ["B"],
        'Type=="ACCPAYCREDIT"': ["C"],
        f'Contact.ContactID==guid("{other}")': ["B"],
    }
    for text, found in where.items():
        assert numbers(api.get("CreditNotes", where=text)) == found
    assert numbers(api.get("CreditNotes", order="Date")) == ["B", "A", "C"]
    ids = [record["CreditNoteID"] for record in api.get("CreditNotes", order="CreditNoteID", **LIST)["CreditNotes"]]
    assert ids == sorted(ids)
    # Xero has no such filter: the parameter does nothing.
    assert len(api.get("CreditNotes", IDs=ids[0])["CreditNotes"]) == 3
    sim.clock.advance(10)
    since = sim.clock.now().isoformat()
    api.post("CreditNotes", {"CreditNoteID": ids[0], "LineAmountTypes": "Inclusive"})
    assert len(api.get("CreditNotes", headers={"If-Modified-Since": since})["CreditNotes"]) == 1


def test_what_people_do(sim, org, contact):
    made = org.add_credit_note(**credit_note(contact, Status="DRAFT"))
    identifier = made["CreditNoteID"]
    assert org.edit_credit_note(identifier, Reference="typed")["Reference"] == "typed"
    assert org.approve_credit_note(identifier)["Status"] == "AUTHORISED"
    before = org.credit_notes[identifier]["UpdatedDateUTC"]
    assert org.mark_sent(identifier)["SentToContact"]
    assert org.credit_notes[identifier]["UpdatedDateUTC"] == before
    assert org.mark_sent(identifier, touch=True)["UpdatedDateUTC"] > before
    assert org.credit_note_by_number("cn/1")["CreditNoteID"] == identifier
    assert org.void_credit_note(identifier)["Status"] == "VOIDED"
    draft = org.add_credit_note(**credit_note(contact, "D", Status="DRAFT"))
    assert org.void_credit_note(draft["CreditNoteID"])["Status"] == "DELETED"


def test_merged_contacts_take_their_credit_notes_along(org, contact):
    made = org.add_credit_note(**credit_note(contact))
    other = org.add_contact("Other")["ContactID"]
    org.merge_contact(contact, other)
    assert org.credit_notes[made["CreditNoteID"]]["ContactID"] == other
