"""The smallest plan approves 20 invoices and 5 bills for the dates of a month."""

import pytest

from xero_simulator.problems import Invalid

from .client import bill, invoice

REACHED = "You have reached the limit of invoices you can approve."


@pytest.fixture
def org(sim):
    """A British organisation on the smallest plan, without limits of calls."""
    organisation = sim.add_organisation("Harbour Trading Ltd", edition_class="STARTER")
    organisation.limits.off()
    return organisation


@pytest.fixture
def full(org, api, contact):
    """The organisation with 20 approved invoices in March; returns the numbers' prefix."""
    api.put("Invoices", *[invoice(contact, f"M/{number}") for number in range(20)])
    return org


def test_the_twenty_first_approved_invoice_of_a_month_is_refused(full, api, contact):
    assert api.refused("PUT", "Invoices", invoice(contact, "M/21")) == [REACHED]


def test_within_one_request_what_fits_is_taken_and_the_rest_refused(api, contact):
    answers = api.put("Invoices", *[invoice(contact, f"M/{n}") for n in range(22)], summarizeErrors="false")
    assert [answer["StatusAttributeString"] for answer in answers] == ["OK"] * 20 + ["ERROR"] * 2


def test_the_month_is_that_of_the_documents_date(full, api, contact):
    assert api.put("Invoices", invoice(contact, "A/1", Date="2026-04-01"))


@pytest.mark.parametrize("status", ["DRAFT", "SUBMITTED"])
def test_what_is_not_approved_is_not_counted(full, api, contact, status):
    (draft,) = api.put("Invoices", invoice(contact, "M/21", Status=status))
    approve = {"InvoiceID": draft["InvoiceID"], "Status": "AUTHORISED"}
    assert api.refused("POST", "Invoices", approve) == [REACHED]


def test_what_is_approved_can_still_be_edited(full, api):
    first = full.invoice_by_number("M/0")["InvoiceID"]
    assert api.post("Invoices", {"InvoiceID": first, "Reference": "x"})[0]["Reference"] == "x"


def test_a_paid_or_voided_invoice_still_counts(full, api, contact):
    full.pay_invoice(full.invoice_by_number("M/0")["InvoiceID"])
    full.void_invoice(full.invoice_by_number("M/1")["InvoiceID"])
    assert api.refused("PUT", "Invoices", invoice(contact, "M/21")) == [REACHED]


def test_bills_have_a_limit_of_their_own(full, api, contact):
    api.put("Invoices", *[bill(contact, f"B/{number}") for number in range(5)])
    assert api.refused("PUT", "Invoices", bill(contact, "B/5")) == [REACHED]


def test_people_in_xero_meet_the_same_limit(full, contact):
    with pytest.raises(Invalid, match="reached the limit"):
        full.add_invoice(**invoice(contact, "M/21"))


@pytest.mark.parametrize("options", [{"edition_class": "PREMIUM"}, {"edition_class": "STARTER", "demo": True}])
def test_other_plans_and_demo_companies_have_no_such_limit(sim, options):
    assert sim.add_organisation("Other", **options).approvals_a_month == {}
