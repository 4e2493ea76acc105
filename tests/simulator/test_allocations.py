"""Allocating credit notes to invoices, and taking that back."""

import pytest

from .client import bill, credit_note, invoice, line

NOBODY = "b2c885a9-4bb9-4a00-9b6e-6c2bf60b1a2b"
EDITED = "This document cannot be edited as it has a payment or credit note allocated to it."


@pytest.fixture
def note(api, contact):
    """A credit note over 120."""
    return api.put("CreditNotes", credit_note(contact))[0]


@pytest.fixture
def sale(api, contact):
    """An invoice over 240."""
    return api.put("Invoices", invoice(contact, lines=[line("200")]))[0]


def path(note):
    """Where a credit note's allocations are."""
    return f"CreditNotes/{note['CreditNoteID']}/Allocations"


def element(invoice, amount, **fields):
    """An allocation to an invoice."""
    return {"Amount": amount, "Date": "2026-03-05", "Invoice": {"InvoiceID": invoice["InvoiceID"]}, **fields}


def allocate(api, note, *elements, **params):
    """Allocate; the answer's elements."""
    return api.put("Allocations", *elements, path=path(note), **params)


def refusal(api, note, *elements):
    """The messages of a refused allocation."""
    return api.refused("PUT", "Allocations", *elements, path=path(note))


def test_part_of_a_credit_note(org, api, note, sale):
    (answer,) = allocate(api, note, element(sale, "50.00"))
    assert answer["AllocationID"] in org.allocations
    assert (answer["Amount"], answer["StatusAttributeString"]) == (50, "OK")
    assert (answer["Invoice"]["InvoiceID"], answer["Invoice"]["InvoiceNumber"]) == (sale["InvoiceID"], "INV/1")
    (shown,) = api.get(f"Invoices/{sale['InvoiceID']}")["Invoices"]
    assert (shown["AmountCredited"], shown["AmountPaid"], shown["AmountDue"]) == (50, 0, 190)
    assert shown["Status"] == "AUTHORISED"
    (credit,) = shown["CreditNotes"]
    assert (credit["CreditNoteID"], credit["CreditNoteNumber"]) == (note["CreditNoteID"], "CN/1")
    assert (credit["AppliedAmount"], credit["Total"], credit["Date"]) == (50, 120, note["Date"])
    assert api.get("Invoices", page=1)["Invoices"][0]["CreditNotes"] == [credit]
    (shown,) = api.get(f"CreditNotes/{note['CreditNoteID']}")["CreditNotes"]
    assert (shown["RemainingCredit"], shown["Status"]) == (70, "AUTHORISED")
    assert [entry["AllocationID"] for entry in shown["Allocations"]] == [answer["AllocationID"]]


def test_a_used_up_credit_note_and_a_settled_invoice_are_paid(org, api, contact, note):
    (small,) = api.put("Invoices", invoice(contact))
    allocate(api, note, element(small, 120))
    for record in (org.invoices[small["InvoiceID"]], org.credit_notes[note["CreditNoteID"]]):
        assert (record["Status"], str(record["FullyPaidOnDate"])) == ("PAID", "2026-03-05")


def test_one_bare_element_and_several_at_once(org, api, note, sale):
    answer = api.call("PUT", path(note), element(sale, 20))
    assert answer.status_code == 200
    assert len(allocate(api, note, element(sale, 30), element(sale, 70))) == 2
    assert org.credit_notes[note["CreditNoteID"]]["Status"] == "PAID"
    assert len(org.allocations_of(sale["InvoiceID"])) == 3


def test_without_a_date_it_is_todays(org, api, note, sale):
    sent = element(sale, 1)
    del sent["Date"]
    allocate(api, note, sent)
    assert org.allocations_of(note["CreditNoteID"])[0]["Date"] == org.today()


def test_each_element_is_answered_for_itself(org, api, note, sale):
    answers = allocate(api, note, element(sale, 100), element(sale, 100), element(sale, 20), summarizeErrors="false")
    assert [answer["StatusAttributeString"] for answer in answers] == ["OK", "ERROR", "OK"]
    assert "AllocationID" not in answers[1]
    assert org.credit_notes[note["CreditNoteID"]]["RemainingCredit"] == 0


def test_a_refused_request_allocates_nothing(org, api, note, sale):
    refusal(api, note, element(sale, 100), element(sale, 100))
    assert org.credit_notes[note["CreditNoteID"]]["RemainingCredit"] == 120
    assert org.invoices[sale["InvoiceID"]]["AmountDue"] == 240
    assert not org.allocations


def test_more_than_the_credit_or_than_is_due_is_refused(org, api, contact, note, sale):
    too_much = ["Credit Note cannot be allocated as amount is greater than amount outstanding"]
    assert refusal(api, note, element(sale, "120.01")) == too_much
    (small,) = api.put("Invoices", invoice(contact, "INV/2", [line("10")]))
    assert refusal(api, note, element(small, "12.01")) == too_much


@pytest.mark.parametrize(("amount", "message"), [
    (0, "The allocation amount must be greater than zero."), (-1, "The allocation amount must be greater than zero."),
    ("1.234", "The allocation amount can have at most 2 decimals."), (None, "The Amount field is mandatory"),
    ("x", "Amount is not a valid number."),
])  # fmt: skip
def test_amounts(api, note, sale, amount, message):
    assert refusal(api, note, element(sale, amount)) == [message]


def test_a_paid_invoice_is_refused_in_xeros_words(org, api, note, sale):
    org.pay_invoice(sale["InvoiceID"])
    assert refusal(api, note, element(sale, 1)) == [
        "The invoice you are trying to allocate to has already been paid off",
        "Credit Note cannot be allocated as amount is greater than amount outstanding",
    ]


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_both_must_be_approved(api, contact, note, status):
    (draft,) = api.put("Invoices", invoice(contact, "INV/2", Status=status))
    assert f"Credit Note cannot be allocated to an invoice of status {status}" in refusal(api, note, element(draft, 1))
    (sale,) = api.put("Invoices", invoice(contact, "INV/3"))
    (unready,) = api.put("CreditNotes", credit_note(contact, "CN/2", Status=status))
    assert f"Credit Note cannot be allocated as its status is {status}" in refusal(api, unready, element(sale, 1))


def test_a_customers_credit_note_pays_no_bill(api, contact, note):
    (purchase,) = api.put("Invoices", bill(contact))
    wrong = ["Credit Note cannot be allocated to an incorrect invoice type"]
    assert refusal(api, note, element(purchase, 1)) == wrong
    (theirs,) = api.put("CreditNotes", credit_note(contact, "S", [line(code="400")], Type="ACCPAYCREDIT"))
    (sale,) = api.put("Invoices", invoice(contact))
    assert refusal(api, theirs, element(sale, 1)) == wrong
    assert allocate(api, theirs, element(purchase, 1))


def test_contact_and_currency_must_be_the_same(org, api, contact, note):
    other = org.add_contact("Other")["ContactID"]
    (theirs,) = api.put("Invoices", invoice(other, "INV/8"))
    assert refusal(api, note, element(theirs, 1)) == [
        "Credit Note cannot be allocated to an invoice of another contact"
    ]
    (euros,) = api.put("Invoices", invoice(contact, "INV/9", CurrencyCode="EUR"))
    assert refusal(api, note, element(euros, 1)) == [
        "Credit Note cannot be allocated to an invoice in another currency"
    ]


def test_unknown_invoices_and_credit_notes(api, note, sale):
    assert refusal(api, note, element({"InvoiceID": NOBODY}, 1)) == [
        "An existing Invoice with the specified InvoiceID could not be found"
    ]
    assert api.call("PUT", f"CreditNotes/{NOBODY}/Allocations", element(sale, 1)).status_code == 404


def test_lock_dates_look_at_the_allocations_date(org, api, note, sale):
    org.set_lock_dates(period="2026-03-05")
    assert "period lock date" in refusal(api, note, element(sale, 1))[0]
    (made,) = allocate(api, note, element(sale, 1, Date="2026-03-06"))
    org.set_lock_dates(period="2026-03-06")
    answer = api.call("DELETE", f"{path(note)}/{made['AllocationID']}")
    assert "period lock date" in answer.json()["Elements"][0]["ValidationErrors"][0]["Message"]
    assert org.allocations_of(sale["InvoiceID"])


def test_with_an_allocation_neither_can_be_edited_or_voided(org, api, note, sale):
    allocate(api, note, element(sale, 1))
    for plural, record in (("CreditNotes", note), ("Invoices", sale)):
        key = plural[:-1] + "ID"
        assert api.refused("POST", plural, {key: record[key], "Reference": "x"}) == [EDITED]
        assert EDITED in api.refused("POST", plural, {key: record[key], "Status": "VOIDED"})


def test_removing_restores_both(sim, org, api, contact, note):
    (sale,) = api.put("Invoices", invoice(contact, "INV/2"))
    (made,) = allocate(api, note, element(sale, 120))
    sim.clock.advance(10)
    moment = sim.clock.now().isoformat()
    answer = api.call("DELETE", f"{path(note)}/{made['AllocationID']}").json()
    assert (answer["AllocationID"], answer["IsDeleted"]) == (made["AllocationID"], True)
    assert answer["Invoice"] == {"InvoiceID": sale["InvoiceID"]}
    for plural, field in (("CreditNotes", "RemainingCredit"), ("Invoices", "AmountDue")):
        (shown,) = api.get(plural, headers={"If-Modified-Since": moment}, page=1)[plural]
        assert (shown["Status"], shown[field], "FullyPaidOnDate" in shown) == ("AUTHORISED", 120, False)
    assert api.call("DELETE", f"{path(note)}/{made['AllocationID']}").status_code == 404
    assert org.void_credit_note(note["CreditNoteID"])["Status"] == "VOIDED"


def test_what_people_do(org, note, sale):
    made = org.allocate_credit(note["CreditNoteID"], sale["InvoiceID"])
    assert made["Amount"] == 120
    org.remove_allocation(made["AllocationID"])
    org.allocate_credit(note["CreditNoteID"], sale["InvoiceID"], "0.10")
    org.allocate_credit(note["CreditNoteID"], sale["InvoiceID"], 5)
    assert org.invoices[sale["InvoiceID"]]["AmountCredited"] == org.allocations_of(sale["InvoiceID"])[0]["Amount"] + 5
    assert org.remove_allocations(sale["InvoiceID"]) == 2
    assert org.invoices[sale["InvoiceID"]]["AmountDue"] == 240
