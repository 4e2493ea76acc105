"""Several elements in one request."""

import pytest

from .client import invoice

GOOD, BAD = {"Name": "Ann"}, {"Name": ""}


def test_by_default_one_bad_element_refuses_all(org, api):
    assert api.refused("PUT", "Contacts", GOOD, BAD, {"Name": "Bob"}) == ["Contact Name cannot be empty."]
    assert not org.contacts


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_refused_request_undoes_what_its_first_elements_did(org, api, contact, method):
    before = {identifier: dict(record) for identifier, record in org.contacts.items()}
    good = invoice(contact, "INV/1", Contact={"ContactID": contact, "EmailAddress": "new@example.com"})
    made = invoice(contact, "INV/2", Contact={"Name": "Somebody new"})
    api.refused(method, "Invoices", good, made, invoice(contact, "INV/3", DueDate=None))
    assert not org.invoices
    assert org.contacts == before
    assert org.contact_by_name("Somebody new") is None
    assert org.invoice_by_number("INV/1") is None


def test_summarize_errors_false_saves_the_good_ones_in_the_order_sent(org, api):
    answers = api.put("Contacts", GOOD, BAD, {"Name": "Bob"}, summarizeErrors="false")
    assert [answer["StatusAttributeString"] for answer in answers] == ["OK", "ERROR", "OK"]
    assert [answer.get("Name") for answer in answers] == ["Ann", "", "Bob"]
    assert answers[1]["ContactID"] == "00000000-0000-0000-0000-000000000000"
    assert answers[1]["HasValidationErrors"] is True
    assert answers[1]["ValidationErrors"] == [{"Message": "Contact Name cannot be empty."}]
    assert sorted(record["Name"] for record in org.contacts.values()) == ["Ann", "Bob"]


def test_a_refused_new_invoice_has_the_zero_id_and_an_old_one_its_own(org, api, contact):
    (saved,) = api.put("Invoices", invoice(contact))
    upper = saved["InvoiceID"].upper()
    answers = api.post(
        "Invoices", {"InvoiceID": upper, "DueDate": "nonsense"}, invoice(contact, "INV/2", Type="OTHER"),
        summarizeErrors="false",
    )  # fmt: skip
    assert [answer["InvoiceID"] for answer in answers] == [saved["InvoiceID"], "00000000-0000-0000-0000-000000000000"]
    assert all(answer["HasErrors"] for answer in answers)


def test_an_element_refused_in_a_batch_leaves_nothing_behind(org, api, contact):
    bad = invoice(contact, "INV/2", Contact={"Name": "Somebody new"}, DueDate=None)
    api.put("Invoices", invoice(contact), bad, summarizeErrors="false")
    assert len(org.invoices) == 1
    assert org.contact_by_name("Somebody new") is None


def test_two_elements_with_one_number_are_not_both_saved(org, api, contact):
    answers = api.put("Invoices", invoice(contact), invoice(contact), summarizeErrors="false")
    assert [answer["StatusAttributeString"] for answer in answers] == ["OK", "ERROR"]
    assert answers[1]["ValidationErrors"] == [{"Message": "Invoice # must be unique."}]


def test_a_warning_is_not_an_error(org, api, contact):
    (answer,) = api.put("Invoices", invoice(contact, Type="ACCPAY", Reference="x", LineItems=[]) | {"Status": "DRAFT"})
    assert answer["StatusAttributeString"] == "WARNING"
    assert "Reference" in answer["Warnings"][0]["Message"]
    assert answer["InvoiceID"] in org.invoices


def test_all_messages_of_an_element_come_at_once(api, contact):
    lines = [
        {"Description": "x", "UnitAmount": 1, "AccountCode": "999"},
        {"Description": "y", "UnitAmount": 1, "AccountCode": "610"},
    ]
    assert api.refused("PUT", "Invoices", invoice(contact, LineItems=lines, DueDate=None)) == [
        "Account code '999' is not a valid code for this document.",
        "Account code '610' is not a valid code for this document.",
        "The document DueDate field must be specified.",
    ]
