"""Batch payments: many documents in one sum, made and deleted as a whole."""

import pytest

from .client import bill, credit_note, invoice, parsed, payment

NOBODY = "b2c885a9-4bb9-4a00-9b6e-6c2bf60b1a2b"


@pytest.fixture
def sales(api, contact):
    """Two invoices over 120 each."""
    return api.put("Invoices", invoice(contact, "1"), invoice(contact, "2"))


def batch(*documents, amount="120", account="090", **fields):
    """A batch payment of invoices."""
    parts = [{"Invoice": {"InvoiceID": document["InvoiceID"]}, "Amount": amount} for document in documents]
    return {"Account": {"Code": account}, "Date": "2026-03-10", "Payments": parts, **fields}


def refusal(api, sent):
    """The messages of a refused batch payment."""
    return api.refused("PUT", "BatchPayments", sent)


def test_a_batch_pays_all_its_invoices(org, api, sales):
    (made,) = api.put("BatchPayments", batch(*sales, Reference="Run 7"))
    assert (made["Type"], made["Status"], made["TotalAmount"]) == ("RECBATCH", "AUTHORISED", 240)
    assert (made["Reference"], made["DateString"], made["IsReconciled"]) == ("Run 7", "2026-03-10T00:00:00", False)
    assert [part["Invoice"]["InvoiceID"] for part in made["Payments"]] == [sale["InvoiceID"] for sale in sales]
    for sale in sales:
        (shown,) = api.get(f"Invoices/{sale['InvoiceID']}")["Invoices"]
        assert shown["Status"] == "PAID"
        assert shown["Payments"][0]["BatchPaymentID"] == made["BatchPaymentID"]
    for shown in api.get("Payments")["Payments"]:
        assert shown["BatchPaymentID"] == shown["BatchPayment"]["BatchPaymentID"] == made["BatchPaymentID"]
    assert api.get(f"BatchPayments/{made['BatchPaymentID']}")["BatchPayments"][0]["Payments"] == made["Payments"]


def test_bills_make_a_batch_of_payments_out(api, contact):
    (purchase,) = api.put("Invoices", bill(contact))
    assert api.put("BatchPayments", batch(purchase))[0]["Type"] == "PAYBATCH"


def test_one_wrong_payment_refuses_the_whole_batch(org, api, sales):
    too_much = batch(*sales)
    too_much["Payments"][1]["Amount"] = "120.01"
    assert refusal(api, too_much) == ["Payment amount exceeds the amount outstanding on this document"]
    (answer,) = api.put("BatchPayments", too_much, summarizeErrors="false")
    assert answer["BatchPaymentID"] == "00000000-0000-0000-0000-000000000000"
    assert not org.payments
    assert not org.batch_payments
    assert {record["AmountDue"] for record in org.invoices.values()} == {120}


def test_the_account_and_date_of_the_batch_hold_for_all(org, api, sales):
    sent = batch(sales[0])
    sent["Payments"][0] |= {"Account": {"Code": "880"}, "Date": "2020-01-01"}
    api.put("BatchPayments", sent)
    (made,) = org.payments_of(sales[0]["InvoiceID"])
    assert (made["AccountID"], str(made["Date"])) == (org.account_by_code("090")["AccountID"], "2026-03-10")


def test_what_is_refused(org, api, contact, sales):
    (purchase,) = api.put("Invoices", bill(contact))
    (euros,) = api.put("Invoices", invoice(contact, "3", CurrencyCode="EUR"))
    (note,) = api.put("CreditNotes", credit_note(contact))
    refund = {**batch(), "Payments": [{"CreditNote": {"CreditNoteID": note["CreditNoteID"]}, "Amount": 1}]}
    cases = (
        (batch(), "A batch payment needs at least one payment."),
        (batch(sales[0], purchase), "A batch payment cannot contain both invoices and bills."),
        (batch(euros), "All documents of a batch payment must be in the currency of the bank account."),
        (refund, "A batch payment can contain payments of invoices or bills only."),
        (batch(sales[0], account="880"), "Batch payments can only be made from or to bank accounts."),
        (batch(sales[0], Account=None, Code="090"), "You must specify an Account code or Account ID for the payment"),
        (batch(sales[0], Narrative="x" * 19), "The Narrative field has a maximum length of 18 characters."),
    )
    for sent, message in cases:
        assert refusal(api, sent) == [message]
    org.set_lock_dates(period="2026-03-31")
    assert refusal(api, batch(sales[0])) == ["Organisation accounts are locked on the specified payment date"]
    assert not org.payments


def test_a_payment_of_a_batch_is_not_deleted_alone(org, api, sales):
    api.put("BatchPayments", batch(*sales))
    (made,) = org.payments_of(sales[0]["InvoiceID"])
    assert api.refused("POST", "Payments", {"Status": "DELETED"}, path=f"Payments/{made['PaymentID']}") == [
        "Payments within a batch cannot be deleted."
    ]


@pytest.mark.parametrize("by_path", [True, False])
def test_deleting_a_batch_opens_all_its_invoices(org, api, sales, by_path):
    (made,) = api.put("BatchPayments", batch(*sales))
    identifier = made["BatchPaymentID"]
    path, body = "BatchPayments", {"BatchPaymentID": identifier, "Status": "DELETED"}
    if by_path:
        path, body = f"BatchPayments/{identifier}", {"Status": "DELETED"}
    (answer,) = parsed(api.call("POST", path, body))["BatchPayments"]
    assert (answer["Status"], answer["Payments"], answer["TotalAmount"]) == ("DELETED", [], 240)
    assert {(record["Status"], record["AmountDue"]) for record in org.invoices.values()} == {("AUTHORISED", 120)}
    assert {record["Status"] for record in org.payments.values()} == {"DELETED"}
    assert api.refused("POST", "BatchPayments", {"Status": "DELETED"}, path=f"BatchPayments/{identifier}") == [
        "Batch payment not of valid status for modification"
    ]


def test_reconciled_batches_stay(org, api, sales):
    (made,) = api.put("BatchPayments", batch(*sales))
    org.reconcile_payment(org.payments_of(sales[1]["InvoiceID"])[0]["PaymentID"])
    assert api.get("BatchPayments")["BatchPayments"][0]["IsReconciled"]
    assert api.refused("POST", "BatchPayments", {"Status": "DELETED"}, path=f"BatchPayments/{made['BatchPaymentID']}")
    assert {record["Status"] for record in org.invoices.values()} == {"PAID"}


def test_post_only_deletes(api, sales):
    message = ["Batch payments cannot be updated. Only the Status DELETED can be set."]
    assert api.refused("POST", "BatchPayments", batch(*sales)) == message
    unknown = {"BatchPaymentID": NOBODY, "Status": "DELETED"}
    assert api.refused("POST", "BatchPayments", unknown) == ["The batch payment could not be found."]
    assert api.call("POST", f"BatchPayments/{NOBODY}", {"Status": "DELETED"}).status_code == 404


def test_lists_are_filtered(org, api, sales):
    api.put("BatchPayments", batch(sales[0]), batch(sales[1], Date="2026-03-11"))
    org.delete_batch_payment(next(iter(org.batch_payments)))
    for where, dates in (('Status=="DELETED"', ["2026-03-10"]), ("Date>DateTime(2026,3,10)", ["2026-03-11"])):
        found = api.get("BatchPayments", where=where)["BatchPayments"]
        assert [record["DateString"][:10] for record in found] == dates


def test_what_people_do(org, api, sales):
    made = org.batch_pay([sale["InvoiceID"] for sale in sales], amounts=["20", 30], date="2026-03-09", reference="x")
    assert (made["TotalAmount"], str(made["Date"]), made["Reference"]) == (50, "2026-03-09", "x")
    api.put("Payments", payment(sales[0], 10))
    org.delete_batch_payment(made["BatchPaymentID"])
    assert [org.invoices[sale["InvoiceID"]]["AmountDue"] for sale in sales] == [110, 120]
