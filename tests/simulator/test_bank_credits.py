"""Overpayments and prepayments: made as bank transactions, allocated like credit notes."""

import pytest

from .client import Client, bill, invoice, line, payment

KINDS = ["Overpayment", "Prepayment"]


def transaction(contact, kind="RECEIVE-OVERPAYMENT", amount="60", **fields):
    """A bank transaction with one line; a prepayment's includes tax."""
    part = {"Description": "Paid twice", "LineAmount": amount}
    if kind.endswith("PREPAYMENT"):
        part["AccountCode"] = "200" if kind.startswith("RECEIVE") else "400"
    return {
        "Type": kind,
        "Contact": {"ContactID": contact},
        "BankAccount": {"Code": "090"},
        "Date": "2026-03-04",
        "LineAmountTypes": "NoTax" if kind.endswith("OVERPAYMENT") else "Inclusive",
        "LineItems": [part],
        **fields,
    }


def refusal(api, sent):
    """The messages of a refused bank transaction."""
    return api.refused("PUT", "BankTransactions", sent)


def test_an_overpayment(org, bank_api, contact):
    (made,) = bank_api.put("BankTransactions", transaction(contact, Reference="r"))
    assert made["BankTransactionID"] == made["OverpaymentID"]
    assert (made["Status"], made["Total"], made["BankAccount"]["Code"]) == ("AUTHORISED", 60, "090")
    (shown,) = bank_api.get(f"Overpayments/{made['OverpaymentID']}")["Overpayments"]
    assert (shown["Type"], shown["Status"], shown["RemainingCredit"]) == ("RECEIVE-OVERPAYMENT", "AUTHORISED", 60)
    assert (shown["TotalTax"], shown["LineItems"][0]["AccountCode"], shown["Reference"]) == (0, "610", "r")
    assert not org.invoices


def test_a_prepayment_has_tax(bank_api, contact):
    (made,) = bank_api.put("BankTransactions", transaction(contact, "RECEIVE-PREPAYMENT", Reference="INV-9"))
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (50, 10, 60)
    (shown,) = bank_api.get(f"Prepayments/{made['PrepaymentID']}")["Prepayments"]
    assert (shown["RemainingCredit"], shown["InvoiceNumber"], shown["Reference"]) == (60, "INV-9", "INV-9")


def test_suppliers_sides(bank_api, contact):
    spent = (transaction(contact, "SPEND-OVERPAYMENT"), transaction(contact, "SPEND-PREPAYMENT"))
    over, pre = bank_api.put("BankTransactions", *spent)
    assert over["LineItems"][0]["AccountCode"] == "800"
    assert "PrepaymentID" in pre


@pytest.mark.parametrize(("fields", "message"), [
    ({"BankAccount": {"Code": "880"}}, "BankAccount must be a bank account."),
    ({"BankAccount": None}, "You must specify an Account code or Account ID for the payment"),
    ({"LineAmountTypes": "Exclusive"}, "LineAmountTypes of an overpayment must be NoTax."),
    ({"LineItems": []}, "One or more line items must be specified"),
    ({"LineItems": [{"Description": "x", "LineAmount": 0}]}, "The Total for this document must be greater than zero."),
    ({"LineItems": [line()]},
     "The lines of an overpayment have no account: Xero books it on accounts receivable or payable."),
    ({"CurrencyCode": "EUR"}, "The currency of a bank transaction must be the currency of its bank account."),
    ({"Contact": None}, "A Contact must be specified for this type of transaction"),
    ({"Status": "DELETED"}, "Overpayments and prepayments cannot be changed by a bank transaction."),
    ({"Type": "RECEIVE"}, "The simulator takes bank transactions of the types RECEIVE-OVERPAYMENT, SPEND-OVERPAYMENT, "
     "RECEIVE-PREPAYMENT, SPEND-PREPAYMENT only."),
])  # fmt: skip
def test_what_is_refused(org, bank_api, contact, fields, message):
    assert refusal(bank_api, transaction(contact, **fields)) == [message]
    assert not org.overpayments


def test_locked_days_and_archived_contacts(org, bank_api, contact):
    org.set_lock_dates(period="2026-03-31")
    assert "period lock date" in refusal(bank_api, transaction(contact))[0]
    org.set_lock_dates()
    org.archive_contact(contact)
    assert "has been archived" in refusal(bank_api, transaction(contact))[0]


def test_the_currency_is_that_of_the_bank_account(org, bank_api, contact):
    org.add_bank_account("Euros", "EUR", code="091")
    sent = transaction(contact, BankAccount={"Code": "091"}, CurrencyRate="1.25")
    assert bank_api.put("BankTransactions", sent)[0]["CurrencyCode"] == "EUR"


def add(org, kind, contact, amount=60, **options):
    """Let a person add one; its record and id."""
    record = getattr(org, f"add_{kind.lower()}")(contact, amount, **options)
    return record[f"{kind}ID"]


@pytest.mark.parametrize("kind", KINDS)
def test_allocating_and_removing(org, bank_api, contact, kind):
    (sale,) = bank_api.put("Invoices", invoice(contact))
    identifier = add(org, kind, contact)
    path = f"{kind}s/{identifier}/Allocations"
    sent = {"Amount": 60, "Date": "2026-03-05", "Invoice": {"InvoiceID": sale["InvoiceID"]}}
    (made,) = bank_api.put("Allocations", sent, path=path)
    assert made[kind][f"{kind}ID"] == identifier
    (shown,) = bank_api.get(f"Invoices/{sale['InvoiceID']}")["Invoices"]
    assert (shown["AmountCredited"], shown["AmountDue"]) == (60, 60)
    assert [(part[f"{kind}ID"], part["AppliedAmount"]) for part in shown[f"{kind}s"]] == [(identifier, 60)]
    (used,) = bank_api.get(f"{kind}s/{identifier}")[f"{kind}s"]
    assert (used["Status"], used["RemainingCredit"], len(used["Allocations"])) == ("PAID", 0, 1)
    assert f"{kind} cannot be allocated as amount is greater than amount outstanding" in bank_api.refused(
        "PUT", "Allocations", {**sent, "Amount": 1}, path=path
    )
    assert bank_api.call("DELETE", f"{path}/{made['AllocationID']}").json()["IsDeleted"]
    assert org.invoices[sale["InvoiceID"]]["AmountDue"] == 120
    assert getattr(org, f"{kind.lower()}s")[identifier]["RemainingCredit"] == 60


@pytest.mark.parametrize("kind", KINDS)
def test_a_customers_money_pays_no_bill(org, bank_api, contact, kind):
    (purchase,) = bank_api.put("Invoices", bill(contact))
    sent = {"Amount": 1, "Invoice": {"InvoiceID": purchase["InvoiceID"]}}
    wrong = [f"{kind} cannot be allocated to an incorrect invoice type"]
    path = f"{kind}s/{add(org, kind, contact)}/Allocations"
    assert bank_api.refused("PUT", "Allocations", sent, path=path) == wrong
    path = f"{kind}s/{add(org, kind, contact, sales=False)}/Allocations"
    assert bank_api.put("Allocations", sent, path=path)


@pytest.mark.parametrize(("kind", "sales", "expected"), [
    ("Overpayment", True, "AROVERPAYMENTPAYMENT"), ("Overpayment", False, "APOVERPAYMENTPAYMENT"),
    ("Prepayment", True, "ARPREPAYMENTPAYMENT"), ("Prepayment", False, "APPREPAYMENTPAYMENT"),
])  # fmt: skip
def test_refunds_are_payments(org, bank_api, contact, kind, sales, expected):
    identifier = add(org, kind, contact, sales=sales)
    sent = {kind: {f"{kind}ID": identifier}, "Account": {"Code": "090"}, "Amount": 60, "Date": "2026-03-05"}
    (made,) = bank_api.put("Payments", sent)
    assert (made["PaymentType"], made["Invoice"]["InvoiceID"]) == (expected, identifier)
    assert made["Invoice"]["Type"] == expected.removesuffix("PAYMENT")
    record = getattr(org, f"{kind.lower()}s")[identifier]
    assert (record["Status"], record["RemainingCredit"]) == ("PAID", 0)
    assert bank_api.refused("PUT", "Payments", sent)[0] == "Payments can only be made against Authorised documents"
    org.delete_payment(made["PaymentID"])
    assert getattr(org, f"{kind.lower()}s")[identifier]["Status"] == "AUTHORISED"


@pytest.mark.parametrize("kind", KINDS)
def test_people_void_what_is_not_used(org, contact, kind):
    identifier = add(org, kind, contact)
    sale = org.add_invoice(**invoice(contact))
    void = getattr(org, f"void_{kind.lower()}")
    made = getattr(org, f"allocate_{kind.lower()}")(identifier, sale["InvoiceID"], 10)
    with pytest.raises(ValueError, match="cannot be edited"):
        void(identifier)
    org.remove_allocation(made["AllocationID"])
    refund = getattr(org, f"refund_{kind.lower()}")(identifier, 5)
    org.delete_payment(refund["PaymentID"])
    assert void(identifier)["Status"] == "VOIDED"
    with pytest.raises(ValueError, match="not of valid status"):
        void(identifier)
    with pytest.raises(ValueError, match="status is VOIDED"):
        getattr(org, f"allocate_{kind.lower()}")(identifier, sale["InvoiceID"], 0.01)


def test_lists(sim, org, bank_api, contact):
    over, pre = add(org, "Overpayment", contact, reference="A"), add(org, "Prepayment", contact, reference="INV-1")
    add(org, "Overpayment", contact, reference="B", date="2026-01-01")
    assert len(bank_api.get("Overpayments")["Overpayments"]) == 2
    for params in (
        {"References": '"A"'},
        {"where": 'Reference=="a"'},
        {"order": "Date DESC", "page": 1, "pageSize": 1},
    ):
        assert [record["OverpaymentID"] for record in bank_api.get("Overpayments", **params)["Overpayments"]] == [over]
    assert [r["PrepaymentID"] for r in bank_api.get("Prepayments", InvoiceNumbers="INV-1")["Prepayments"]] == [pre]
    found = bank_api.get("BankTransactions", where='Type=="RECEIVE-PREPAYMENT"')["BankTransactions"]
    assert [record["BankTransactionID"] for record in found] == [pre]
    for path in (f"Overpayments/{pre}", f"Prepayments/{over}", f"BankTransactions/{contact}"):
        assert bank_api.call("GET", path).status_code == 404


def test_scopes(sim, org, app):
    api = Client(sim, org, sim.grant(app, [org], scopes=["accounting.payments"])["access_token"])
    names = ("Overpayments", "Prepayments", "BatchPayments", "BankTransactions")
    assert [api.call("GET", name).status_code for name in names] == [200, 200, 200, 401]


def test_an_ordinary_payment_needs_no_bank_transaction(bank_api, contact):
    (sale,) = bank_api.put("Invoices", invoice(contact))
    bank_api.put("Payments", payment(sale))
    assert bank_api.get("BankTransactions")["BankTransactions"] == []
