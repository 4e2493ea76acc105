"""Payments of invoices and bills, refunds of credit notes, and their deletion."""

from decimal import Decimal

import pytest

from .client import Client, bill, credit_note, invoice, line, parsed, payment

NOBODY = "b2c885a9-4bb9-4a00-9b6e-6c2bf60b1a2b"
APPROVED_ONLY = "Payments can only be made against Authorised documents"
TOO_MUCH = "Payment amount exceeds the amount outstanding on this document"
NO_UPDATE = "Payments cannot be updated. Delete the payment and create it again."
LOCKED = "Organisation accounts are locked on the specified payment date"


@pytest.fixture
def sale(api, contact):
    """An invoice over 120."""
    return api.put("Invoices", invoice(contact))[0]


@pytest.fixture
def euros(api, contact):
    """An invoice over 120 euros."""
    return api.put("Invoices", invoice(contact, "EUR/1", CurrencyCode="EUR", CurrencyRate="1.25"))[0]


def refusal(api, *elements):
    """The messages of refused payments."""
    return api.refused("PUT", "Payments", *elements)


def delete(api, made):
    """Delete a payment; the answer."""
    return api.call("POST", f"Payments/{made['PaymentID']}", {"Status": "DELETED"})


def state(org, record):
    """Status and open amount of a document."""
    if "CreditNoteID" in record:
        now = org.credit_notes[record["CreditNoteID"]]
        return now["Status"], now["RemainingCredit"]
    now = org.invoices[record["InvoiceID"]]
    return now["Status"], now["AmountDue"]


# -- creating ---------------------------------------------------------------------------------------------------------


def test_part_of_an_invoice(org, api, contact, sale):
    (made,) = api.put("Payments", payment(sale, "50", Reference="BACS"))
    assert (made["Amount"], made["BankAmount"], made["CurrencyRate"]) == (50, 50, 1)
    assert (made["Status"], made["PaymentType"], made["Reference"]) == ("AUTHORISED", "ACCRECPAYMENT", "BACS")
    assert (made["IsReconciled"], made["Account"]["Code"]) == (False, "090")
    assert made["Invoice"]["InvoiceID"] == sale["InvoiceID"]
    assert made["Invoice"]["Contact"]["ContactID"] == contact
    (shown,) = api.get(f"Invoices/{sale['InvoiceID']}")["Invoices"]
    assert (shown["AmountPaid"], shown["AmountDue"], shown["Status"]) == (50, 70, "AUTHORISED")
    assert [entry["PaymentID"] for entry in shown["Payments"]] == [made["PaymentID"]]
    assert api.get("Invoices", page=1)["Invoices"][0]["Payments"] == shown["Payments"]


def test_the_whole_invoice(org, api, sale):
    api.put("Payments", payment(sale))
    record = org.invoices[sale["InvoiceID"]]
    assert (record["Status"], str(record["FullyPaidOnDate"])) == ("PAID", "2026-03-10")


def test_post_creates_too(org, api, sale):
    api.post("Payments", payment(sale, 20))
    answer = parsed(api.call("POST", "Payments", payment(sale, 20)))
    assert len(answer["Payments"]) == 1
    assert state(org, sale) == ("AUTHORISED", 80)


@pytest.mark.parametrize(("kind", "document_type", "payment_type"), [
    ("Invoices", "ACCREC", "ACCRECPAYMENT"), ("Invoices", "ACCPAY", "ACCPAYPAYMENT"),
    ("CreditNotes", "ACCRECCREDIT", "ARCREDITPAYMENT"), ("CreditNotes", "ACCPAYCREDIT", "APCREDITPAYMENT"),
])  # fmt: skip
def test_payment_types(api, contact, kind, document_type, payment_type):
    make = invoice if kind == "Invoices" else credit_note
    lines = [line(code="400" if "PAY" in document_type else "200")]
    (document,) = api.put(kind, make(contact, "1", lines, Type=document_type))
    assert api.put("Payments", payment(document))[0]["PaymentType"] == payment_type


def test_a_refund_of_a_credit_note(org, api, contact):
    (note,) = api.put("CreditNotes", credit_note(contact))
    (made,) = api.put("Payments", payment(note, 20))
    assert state(org, note) == ("AUTHORISED", 100)
    # As in Xero's examples the credit note is shown as an invoice.
    assert made["Invoice"]["InvoiceID"] == note["CreditNoteID"]
    assert (made["Invoice"]["Type"], made["Invoice"]["InvoiceNumber"]) == ("ACCRECCREDIT", "CN/1")
    assert "CreditNote" not in made
    org.payments_name_credit_notes = True
    (shown,) = api.get(f"Payments/{made['PaymentID']}")["Payments"]
    assert shown["CreditNote"] == {"CreditNoteID": note["CreditNoteID"], "CreditNoteNumber": "CN/1"}
    assert api.refused("POST", "CreditNotes", {"CreditNoteID": note["CreditNoteID"], "Reference": "x"}) == [
        "This document cannot be edited as it has a payment or credit note allocated to it."
    ]
    api.put("Payments", payment(note, 100))
    assert state(org, note) == ("PAID", 0)


def test_documents_by_number(org, api, sale, contact):
    api.put("CreditNotes", credit_note(contact))
    rest = {"Account": {"Code": "090"}, "Amount": 1}
    api.put("Payments", {"Invoice": {"InvoiceNumber": "inv/1"}, **rest}, {"InvoiceNumber": "INV/1", **rest})
    api.put("Payments", {"CreditNote": {"CreditNoteNumber": "CN/1"}, **rest}, {"CreditNoteNumber": "CN/1", **rest})
    assert state(org, sale) == ("AUTHORISED", 118)
    assert org.credit_note_by_number("CN/1")["RemainingCredit"] == 118


def test_exactly_one_document(api, contact, sale):
    (note,) = api.put("CreditNotes", credit_note(contact))
    both = {**payment(sale, 1), "CreditNote": {"CreditNoteID": note["CreditNoteID"]}}
    assert refusal(api, both) == ["Payment is applied to more than one document"]
    rest = {"Account": {"Code": "090"}, "Amount": 1}
    assert refusal(api, rest) == ["The payment must be applied to an invoice, credit note, prepayment or overpayment."]
    for sent in ({"Invoice": {"InvoiceID": NOBODY}}, {"InvoiceNumber": "none"}, {"Invoice": {}}):
        assert refusal(api, {**sent, **rest}) == ["The document that the payment is for could not be found."]
    # A credit note's id is no invoice's, although answers show it there.
    assert refusal(api, {"Invoice": {"InvoiceID": note["CreditNoteID"]}, **rest})


@pytest.mark.parametrize(("amount", "message"), [
    ("120.01", TOO_MUCH), (0, "The payment amount must be greater than zero."),
    (-1, "The payment amount must be greater than zero."),
    ("1.001", "The payment amount can have at most 2 decimals."), ("x", "Amount is not a valid number."),
])  # fmt: skip
def test_amounts(api, sale, amount, message):
    assert refusal(api, payment(sale, amount)) == [message]


def test_two_payments_cannot_exceed_what_is_due_together(org, api, sale):
    assert refusal(api, payment(sale, 70), payment(sale, 70)) == [TOO_MUCH]
    assert state(org, sale) == ("AUTHORISED", 120)
    answers = api.put("Payments", payment(sale, 70), payment(sale, 70), payment(sale, 50), summarizeErrors="false")
    assert [answer["StatusAttributeString"] for answer in answers] == ["OK", "ERROR", "OK"]
    assert answers[1]["PaymentID"] == "00000000-0000-0000-0000-000000000000"
    assert state(org, sale) == ("PAID", 0)


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED", "VOIDED", "PAID"])
def test_only_approved_documents_are_paid(org, api, contact, status):
    start = status if status in ("DRAFT", "SUBMITTED") else "AUTHORISED"
    (document,) = api.put("Invoices", invoice(contact, Status=start))
    if status == "VOIDED":
        org.void_invoice(document["InvoiceID"])
    if status == "PAID":
        org.pay_invoice(document["InvoiceID"])
    assert refusal(api, payment(document, 1)) == [APPROVED_ONLY, TOO_MUCH]


@pytest.mark.parametrize(("account", "message"), [
    ({}, "You must specify an Account code or Account ID for the payment"),
    ({"Code": "nothing"}, "Account could not be found"), ({"AccountID": NOBODY}, "Account could not be found"),
    ({"AccountID": "x"}, "Account could not be found"), ({"Code": "200"}, "Account is not valid for payments"),
    ({"Code": "610"}, "Account is not valid for payments"),
])  # fmt: skip
def test_accounts_that_take_no_payments(api, sale, account, message):
    assert refusal(api, {**payment(sale, 1), "Account": account}) == [message]


def test_accounts_that_take_payments(org, api, sale):
    for name in ("Savings Account", "Undeposited Funds", "Directors' Loan Account"):
        identifier = org.account_by_name(name)["AccountID"]
        (made,) = api.put("Payments", {**payment(sale, 1), "Account": {"AccountID": identifier}})
        assert made["Account"]["AccountID"] == identifier
    org.archive_account("090")
    assert refusal(api, payment(sale, 1)) == ["The account has been archived and cannot be used for payments."]


def test_the_date_is_today_when_left_out(org, api, sale):
    sent = payment(sale, 1)
    del sent["Date"]
    api.put("Payments", sent)
    assert org.payments_of(sale["InvoiceID"])[0]["Date"] == org.today()


def test_lock_dates_look_at_the_payments_date(org, api, sale):
    org.set_lock_dates(end_of_year="2026-03-10")
    assert refusal(api, payment(sale, 1)) == [LOCKED]
    assert api.put("Payments", payment(sale, 1, Date="2026-03-11"))


@pytest.mark.parametrize(("fields", "message"), [
    ({"Reference": "x" * 256}, "The Reference field has a maximum length of 255 characters."),
    ({"Date": "nonsense"}, "Date is not a valid date."),
    ({"Status": "DELETED"}, "Payment not of valid status for creation"),
    ({"PaymentID": NOBODY}, NO_UPDATE), ({"CurrencyRate": 0}, "CurrencyRate must be greater than zero."),
])  # fmt: skip
def test_other_refusals(api, sale, fields, message):
    assert refusal(api, payment(sale, 1, **fields)) == [message]


def test_an_archived_contact_can_still_pay(org, api, contact, sale):
    org.archive_contact(contact)
    assert api.put("Payments", payment(sale))


def test_payments_older_than_the_document(org, api, sale):
    early = payment(sale, 1, Date="2026-03-01")
    assert api.put("Payments", early)
    org.payments_before_document_date = False
    assert refusal(api, early) == ["The payment date cannot be before the date of the document."]


# -- currencies -------------------------------------------------------------------------------------------------------


def test_a_foreign_invoice_paid_from_the_base_currency(api, euros):
    (made,) = api.put("Payments", payment(euros, 50, CurrencyRate="1.2"))
    assert (made["Amount"], made["BankAmount"], made["CurrencyRate"]) == (50, Decimal("41.67"), Decimal("1.2"))


def test_the_day_rate_is_taken_when_none_is_sent(org, api, euros):
    (made,) = api.put("Payments", payment(euros, 50))
    assert made["CurrencyRate"] == org.day_rate("EUR")


def test_a_foreign_invoice_paid_from_an_account_in_its_currency(org, api, euros):
    account = org.add_bank_account("Euros", "EUR", code="091")
    (made,) = api.put("Payments", payment(euros, 50, account="091"))
    assert (made["BankAmount"], made["Account"]["AccountID"]) == (50, account["AccountID"])


def test_the_rate_of_a_payment_in_base_currency_is_one(api, sale):
    assert api.put("Payments", payment(sale, 1, CurrencyRate="1.5"))[0]["CurrencyRate"] == 1


def test_other_currencies_are_refused(org, api, sale, euros):
    org.add_currency("USD")
    org.add_bank_account("Dollars", "USD", code="092")
    message = ["The currency of the account cannot be used for payments of this document."]
    assert refusal(api, payment(sale, 1, account="092")) == message
    assert refusal(api, payment(euros, 1, account="092")) == message


# -- deleting ---------------------------------------------------------------------------------------------------------


def test_deleting_opens_the_invoice_again(sim, org, api, sale):
    (made,) = api.put("Payments", payment(sale))
    sim.clock.advance(10)
    moment = sim.clock.now().isoformat()
    (answer,) = parsed(delete(api, made))["Payments"]
    assert (answer["PaymentID"], answer["Status"]) == (made["PaymentID"], "DELETED")
    (shown,) = api.get("Invoices", headers={"If-Modified-Since": moment}, page=1)["Invoices"]
    assert (shown["Status"], shown["AmountDue"], shown["AmountPaid"]) == ("AUTHORISED", 120, 0)
    assert shown["Payments"] == []
    assert "FullyPaidOnDate" not in shown
    assert [entry["Status"] for entry in api.get("Payments", headers={"If-Modified-Since": moment})["Payments"]] == [
        "DELETED"
    ]
    assert api.post("Invoices", {"InvoiceID": sale["InvoiceID"], "Status": "VOIDED"})


def test_deleting_a_refund_opens_the_credit_note_again(org, api, contact):
    (note,) = api.put("CreditNotes", credit_note(contact))
    (made,) = api.put("Payments", payment(note))
    assert state(org, note) == ("PAID", 0)
    delete(api, made)
    assert state(org, note) == ("AUTHORISED", 120)


def test_a_payment_is_deleted_once(api, sale):
    (made,) = api.put("Payments", payment(sale))
    delete(api, made)
    assert api.refused("POST", "Payments", {"Status": "DELETED"}, path=f"Payments/{made['PaymentID']}") == [
        "Payment not of valid status for modification"
    ]


@pytest.mark.parametrize("body", [{"Status": "AUTHORISED"}, {"Amount": 5}, {"Status": "DELETED", "Reference": "x"}])
def test_nothing_else_can_be_changed(org, api, sale, body):
    (made,) = api.put("Payments", payment(sale))
    assert api.refused("POST", "Payments", body, path=f"Payments/{made['PaymentID']}") == [NO_UPDATE]
    assert state(org, sale) == ("PAID", 0)


def test_unknown_payments(api):
    assert api.call("POST", f"Payments/{NOBODY}", {"Status": "DELETED"}).status_code == 404
    assert api.call("GET", f"Payments/{NOBODY}").status_code == 404


def test_payments_of_locked_days_stay(org, api, sale):
    (made,) = api.put("Payments", payment(sale))
    org.set_lock_dates(period="2026-03-10")
    assert delete(api, made).json()["Elements"][0]["ValidationErrors"] == [{"Message": LOCKED}]
    assert state(org, sale) == ("PAID", 0)


def test_reconciled_payments_stay(org, api, sale):
    (made,) = api.put("Payments", payment(sale))
    org.reconcile_payment(made["PaymentID"])
    assert delete(api, made).json()["Elements"][0]["ValidationErrors"] == [
        {"Message": "This payment has been reconciled and cannot be deleted."}
    ]
    org.reconciled_payments_can_be_deleted = True
    assert delete(api, made).status_code == 200


# -- lists, scopes, people --------------------------------------------------------------------------------------------


def test_lists_are_filtered(org, api, contact, sale):
    (note,) = api.put("CreditNotes", credit_note(contact))
    (purchase,) = api.put("Invoices", bill(contact))
    made = api.put(
        "Payments", payment(sale, 10, Reference="A"), payment(note, 20), payment(purchase, 30, Reference="C")
    )
    delete(api, made[1])
    ids = [record["PaymentID"] for record in made]
    cases = {
        'Reference=="A"': [0], 'Reference=="A" OR Reference=="C"': [0, 2], 'Status=="DELETED"': [1],
        'Status=="AUTHORISED"': [0, 2], 'PaymentType=="ACCPAYPAYMENT"': [2], "Amount>10 AND Amount<30": [1],
        f'Invoice.InvoiceID==guid("{sale["InvoiceID"]}")': [0],
        f'CreditNote.CreditNoteID==guid("{note["CreditNoteID"]}")': [1],
        "Date==DateTime(2026,3,10)": [0, 1, 2], "Date>DateTime(2026,3,10)": [],
    }  # fmt: skip
    for where, expected in cases.items():
        found = [record["PaymentID"] for record in api.get("Payments", where=where)["Payments"]]
        assert found == [ids[index] for index in expected], where
    assert len(api.get("Payments")["Payments"]) == 3
    body = api.get("Payments", page=1, pageSize=2, order="Amount DESC")
    assert ([record["Amount"] for record in body["Payments"]], body["pagination"]["pageCount"]) == ([30, 20], 2)


def test_payments_need_their_own_scope(sim, org, app):
    for scope, statuses in (("accounting.invoices", (401, 200)), ("accounting.payments.read", (200, 401))):
        api = Client(sim, org, sim.grant(app, [org], scopes=[scope])["access_token"])
        assert tuple(api.call("GET", name).status_code for name in ("Payments", "CreditNotes")) == statuses
        assert api.call("PUT", "Payments", {"Payments": [{}]}).status_code == 401


def test_what_people_do(org, contact, sale, euros):
    account = org.add_bank_account("Euros", "EUR")
    paid = org.pay_invoice(sale["InvoiceID"], "20", reference="cash", account="880", date="2026-03-09")
    assert (paid["AccountID"], str(paid["Date"])) == (org.account_by_code("880")["AccountID"], "2026-03-09")
    assert org.pay_invoice(sale["InvoiceID"], 5)["AccountID"] == org.account_by_code("090")["AccountID"]
    org.delete_payment(paid["PaymentID"])
    assert [entry["Amount"] for entry in org.payments_of(sale["InvoiceID"])] == [5]
    assert org.pay_invoice(euros["InvoiceID"], rate="1.3")["AccountID"] == account["AccountID"]
    note = org.add_credit_note(**credit_note(contact))
    org.refund_credit_note(note["CreditNoteID"], 20)
    org.refund_credit_note(note["CreditNoteID"])
    assert state(org, note) == ("PAID", 0)
    assert org.remove_payments(note["CreditNoteID"])["RemainingCredit"] == 120
