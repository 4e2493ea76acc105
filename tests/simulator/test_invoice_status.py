"""Statuses of invoices: which may follow which, and what stops an edit."""

import pytest

from .client import bill, invoice, line

BAD = "Invoice not of valid status for modification"
PAYMENTS = "This document cannot be edited as it has a payment or credit note allocated to it."


@pytest.fixture
def save(api, contact):
    """A function that saves an invoice with a status and returns its id."""

    def save(status, number="INV/1", **fields):
        return api.put("Invoices", invoice(contact, number, Status=status, **fields))[0]["InvoiceID"]

    return save


@pytest.mark.parametrize(("old", "new"), [
    ("DRAFT", "DRAFT"), ("DRAFT", "SUBMITTED"), ("DRAFT", "AUTHORISED"), ("DRAFT", "DELETED"),
    ("SUBMITTED", "SUBMITTED"), ("SUBMITTED", "DRAFT"), ("SUBMITTED", "AUTHORISED"), ("SUBMITTED", "DELETED"),
    ("AUTHORISED", "AUTHORISED"), ("AUTHORISED", "VOIDED"),
])  # fmt: skip
def test_allowed_transitions(org, api, save, old, new):
    identifier = save(old)
    (answer,) = api.post("Invoices", {"InvoiceID": identifier, "Status": new})
    assert answer["Status"] == new
    assert org.invoices[identifier]["Status"] == new


@pytest.mark.parametrize(("old", "new"), [
    ("DRAFT", "VOIDED"), ("DRAFT", "PAID"), ("SUBMITTED", "VOIDED"), ("AUTHORISED", "DRAFT"),
    ("AUTHORISED", "SUBMITTED"), ("AUTHORISED", "DELETED"), ("AUTHORISED", "PAID"), ("AUTHORISED", "NONSENSE"),
])  # fmt: skip
def test_refused_transitions(org, api, save, old, new):
    identifier = save(old)
    assert api.refused("POST", "Invoices", {"InvoiceID": identifier, "Status": new}) == [BAD]
    assert org.invoices[identifier]["Status"] == old


@pytest.mark.parametrize(("old", "end"), [("DRAFT", "DELETED"), ("AUTHORISED", "VOIDED")])
def test_deleted_and_voided_invoices_are_final(org, api, save, old, end):
    identifier = save(old)
    org.void_invoice(identifier)
    assert org.invoices[identifier]["Status"] == end
    for change in ({"Status": "DRAFT"}, {"Status": end}, {"Reference": "x"}, {"Status": "AUTHORISED"}):
        assert api.refused("POST", "Invoices", {"InvoiceID": identifier, **change}) == [BAD]


def test_a_voided_invoice_owes_nothing_and_keeps_its_total(api, save):
    (answer,) = api.post("Invoices", {"InvoiceID": save("AUTHORISED"), "Status": "VOIDED"})
    assert (answer["Total"], answer["AmountDue"]) == (120, 0)


def test_an_approved_invoice_without_payments_can_be_edited(api, save):
    (answer,) = api.post("Invoices", {"InvoiceID": save("AUTHORISED"), "LineItems": [line("50")], "Reference": "x"})
    assert (answer["Total"], answer["AmountDue"], answer["Reference"], answer["Status"]) == (60, 60, "x", "AUTHORISED")


def test_an_invoice_with_a_payment_cannot_be_edited(org, api, save):
    identifier = save("AUTHORISED")
    org.pay_invoice(identifier, "20.00")
    assert api.refused("POST", "Invoices", {"InvoiceID": identifier, "Reference": "x"}) == [PAYMENTS]
    org.remove_payments(identifier)
    assert api.post("Invoices", {"InvoiceID": identifier, "Reference": "x"})


def test_an_invoice_with_a_payment_cannot_be_voided(org, api, save):
    identifier = save("AUTHORISED")
    org.pay_invoice(identifier, "20.00")
    assert api.refused("POST", "Invoices", {"InvoiceID": identifier, "Status": "VOIDED"}) == [
        PAYMENTS,
        "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it.",
    ]


def test_a_paid_invoice_cannot_be_edited(org, api, save):
    identifier = save("AUTHORISED")
    org.pay_invoice(identifier)
    assert org.invoices[identifier]["Status"] == "PAID"
    shown = api.get(f"Invoices/{identifier}")["Invoices"][0]
    assert (shown["AmountDue"], shown["AmountPaid"], len(shown["Payments"])) == (0, 120, 1)
    assert shown["FullyPaidOnDate"]
    assert api.refused("POST", "Invoices", {"InvoiceID": identifier, "Reference": "x"}) == [BAD, PAYMENTS]


def test_a_person_cannot_pay_more_than_is_due(org, save):
    identifier = save("AUTHORISED")
    with pytest.raises(ValueError, match="exceeds the amount outstanding"):
        org.pay_invoice(identifier, "120.01")
    with pytest.raises(ValueError, match="exceeds the amount outstanding"):
        org.pay_invoice(save("DRAFT", "INV/2"), "1")


def test_an_approved_invoice_over_nothing_is_paid_at_once(api, contact):
    (answer,) = api.put("Invoices", invoice(contact, LineItems=[line("5"), line("-5")]))
    assert (answer["Status"], answer["Total"], answer["FullyPaidOnDate"]) == ("PAID", 0, answer["Date"])


def test_approving_checks_what_the_draft_left_out(api, contact):
    (draft,) = api.put("Invoices", {"Type": "ACCREC", "Contact": {"ContactID": contact}, "LineItems": [
        {"Description": "No account yet", "UnitAmount": 5}]})  # fmt: skip
    assert api.refused("POST", "Invoices", {"InvoiceID": draft["InvoiceID"], "Status": "AUTHORISED"}) == [
        "The document DueDate field must be specified.",
        "Account code must be specified",
    ]


def test_sent_to_contact_is_for_approved_invoices(org, api, contact, save):
    message = ["SentToContact can be set only on invoices that have been approved."]
    assert api.refused("PUT", "Invoices", invoice(contact, Status="DRAFT", SentToContact=True)) == message
    assert api.put("Invoices", invoice(contact, Status="DRAFT", SentToContact=False))
    identifier = save("AUTHORISED", "INV/2", SentToContact=True)
    assert org.invoices[identifier]["SentToContact"] is True


def test_marking_as_sent_in_xero_need_not_move_the_timestamp(sim, org, save):
    identifier = save("AUTHORISED")
    before = org.invoices[identifier]["UpdatedDateUTC"]
    sim.clock.advance(60)
    org.mark_sent(identifier)
    assert org.invoices[identifier]["SentToContact"] is True
    assert org.invoices[identifier]["UpdatedDateUTC"] == before
    org.mark_sent(identifier, touch=True)
    assert org.invoices[identifier]["UpdatedDateUTC"] > before


# -- lock dates -------------------------------------------------------------------------------------------------------

EOY = "The document date cannot be before the end of year lock date, currently set at 31-Dec-2025"
PERIOD = "The document date cannot be before the period lock date, currently set at 28-Feb-2026"


@pytest.mark.parametrize("date", ["2025-06-30", "2025-12-31"])
def test_the_end_of_year_lock_date_stops_documents(org, api, contact, date):
    org.set_lock_dates(period="2026-02-28", end_of_year="2025-12-31")
    assert api.refused("PUT", "Invoices", invoice(contact, Date=date)) == [EOY]
    assert api.refused("PUT", "Invoices", bill(contact, Date=date)) == [EOY]


@pytest.mark.parametrize("date", ["2026-01-01", "2026-02-28"])
def test_the_period_lock_date_stops_documents(org, api, contact, date):
    org.set_lock_dates(period="2026-02-28", end_of_year="2025-12-31")
    assert api.refused("PUT", "Invoices", invoice(contact, Date=date)) == [PERIOD]
    assert api.put("Invoices", invoice(contact, Date="2026-03-01"))


def test_locked_documents_can_neither_be_edited_nor_moved_nor_voided(org, api, save):
    identifier = save("AUTHORISED")
    org.set_lock_dates(period="2026-03-31")
    for change in ({"Reference": "x"}, {"Date": "2026-04-01"}, {"Status": "VOIDED"}):
        assert "period lock date" in api.refused("POST", "Invoices", {"InvoiceID": identifier, **change})[0]
    org.set_lock_dates()
    assert api.post("Invoices", {"InvoiceID": identifier, "Reference": "x"})


def test_documents_cannot_be_moved_into_a_locked_period(org, api, save):
    identifier = save("AUTHORISED")
    org.set_lock_dates(period="2026-02-28")
    assert api.refused("POST", "Invoices", {"InvoiceID": identifier, "Date": "2026-02-01"}) == [PERIOD]


def test_lock_dates_cover_drafts_unless_told_otherwise(org, api, contact):
    org.set_lock_dates(period="2026-12-31")
    assert api.refused("PUT", "Invoices", invoice(contact, Status="DRAFT"))
    org.lock_dates_cover_drafts = False
    assert api.put("Invoices", invoice(contact, Status="DRAFT"))
    assert api.refused("PUT", "Invoices", invoice(contact, "INV/2", Status="AUTHORISED"))


def test_the_organisation_shows_its_lock_dates(org, api):
    assert "PeriodLockDate" not in api.get("Organisation")["Organisations"][0]
    org.set_lock_dates(period="2026-02-28", end_of_year="2025-12-31")
    shown = api.get("Organisation")["Organisations"][0]
    assert (shown["PeriodLockDate"], shown["EndOfYearLockDate"]) == (
        "/Date(1772236800000+0000)/", "/Date(1767139200000+0000)/",
    )  # fmt: skip
