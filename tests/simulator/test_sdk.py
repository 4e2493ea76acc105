"""Xero's official Python SDK reads and writes the simulator with its typed models."""

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest
import urllib3
from xero_python.accounting import (
    Account,
    AccountingApi,
    Allocation,
    Allocations,
    BatchPayment,
    BatchPayments,
    Contact,
    CreditNote,
    CreditNotes,
    CurrencyCode,
    Invoice,
    Invoices,
    LineItem,
    ManualJournal,
    ManualJournalLine,
    ManualJournals,
    Payment,
    PaymentDelete,
    Payments,
)
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token
from xero_python.exceptions import AccountingBadRequestException, HTTPStatusException
from xero_python.identity import IdentityApi


@pytest.fixture
def client(sim, org, app):
    """The SDK's transport with a token."""
    tokens = sim.grant(app, [org])
    configuration = Configuration()
    configuration.oauth2_token = OAuth2Token(client_id="CLIENT", client_secret="SECRET")
    client = ApiClient(configuration, pool_threads=1)
    client.rest_client.pool_manager.connection_pool_kw["retries"] = urllib3.Retry(0, redirect=0)
    held = {}
    client.oauth2_token_getter(lambda: held)
    client.oauth2_token_saver(held.update)
    client.set_oauth2_token({**tokens, "expires_at": sim.clock.timestamp() + 1800, "scope": tokens["scope"].split()})
    return client


@pytest.fixture
def accounting(sim, client):
    """The accounting API at the simulator."""
    return AccountingApi(client, base_url=f"{sim.url}/api.xro/2.0")


def test_connections(sim, client, org):
    (connection,) = IdentityApi(client, base_url=sim.url).get_connections()
    assert (connection.tenant_id, connection.tenant_name) == (org.id, org.name)


def test_organisation(accounting, org):
    org.set_lock_dates(period="2026-01-31")
    (shown,) = accounting.get_organisations(org.id).organisations
    assert (shown.name, shown.base_currency.value, shown.period_lock_date) == (org.name, "GBP", date(2026, 1, 31))


def test_reading_everything_with_typed_models(accounting, org, contact):
    org.add_invoice(Type="ACCREC", Contact={"ContactID": contact}, LineItems=[{"Description": "x", "UnitAmount": 1}])
    assert len(accounting.get_accounts(org.id).accounts) == len(org.accounts)
    assert len(accounting.get_tax_rates(org.id).tax_rates) == len(org.tax_rates)
    assert accounting.get_contacts(org.id, page=1).contacts[0].contact_id == contact
    assert accounting.get_invoices(org.id, page=1).invoices[0].line_items[0].description == "x"
    assert accounting.get_currencies(org.id).currencies[0].code.value == "GBP"
    assert accounting.get_items(org.id).items[0].code == "BALL"
    assert accounting.get_tracking_categories(org.id).tracking_categories[0].name == "Region"
    assert accounting.get_organisation_actions(org.id).actions


@pytest.mark.parametrize(("country", "currency"), [("US", "USD"), ("AU", "AUD")])
def test_other_charts_parse_too(sim, app, accounting, country, currency):
    other = sim.add_organisation(country, country=country, currency=currency)
    sim.grant(app, [other])
    assert len(accounting.get_accounts(other.id).accounts) == len(other.accounts)
    assert len(accounting.get_tax_rates(other.id).tax_rates) == len(other.tax_rates)
    assert accounting.get_organisations(other.id).organisations[0].country_code.value == country


def test_filters_of_the_sdk(accounting, org, contact):
    since = datetime(2099, 1, 1, tzinfo=timezone.utc)
    assert accounting.get_contacts(org.id, if_modified_since=since).contacts == []
    assert len(accounting.get_contacts(org.id, where='Name=="Bayside Club"').contacts) == 1
    assert len(accounting.get_contacts(org.id, i_ds=[contact]).contacts) == 1
    assert accounting.get_contacts(org.id, include_archived=True, summary_only=True, page=1, page_size=5).contacts


def typed_invoice(contact, number="INV/1", **fields):
    """An invoice in the SDK's own classes."""
    lines = [LineItem(description="x", quantity=2.0, unit_amount=9.99, account_code="200")]
    return Invoice(
        type="ACCREC", contact=Contact(contact_id=contact), invoice_number=number, date=date(2026, 3, 2),
        due_date=date(2026, 4, 1), line_items=lines, status="AUTHORISED", **fields,
    )  # fmt: skip


def test_creating_invoices_with_typed_models(accounting, org, contact):
    sent = Invoices(invoices=[typed_invoice(contact)])
    (saved,) = accounting.create_invoices(org.id, sent, summarize_errors=False, unitdp=4, idempotency_key="k").invoices
    assert (saved.total, saved.status_attribute_string, saved.date) == (Decimal("23.98"), "OK", date(2026, 3, 2))
    assert org.invoices[saved.invoice_id]["InvoiceNumber"] == "INV/1"


def test_credit_note_allocation_payment_and_deletion_with_typed_models(accounting, org, contact):
    (sale,) = accounting.create_invoices(org.id, Invoices(invoices=[typed_invoice(contact)])).invoices
    note = CreditNote(
        type="ACCRECCREDIT", contact=Contact(contact_id=contact), credit_note_number="CN/1", date=date(2026, 3, 3),
        line_items=[LineItem(description="x", quantity=1.0, unit_amount=10.0, account_code="200")], status="AUTHORISED",
    )  # fmt: skip
    (note,) = accounting.create_credit_notes(org.id, CreditNotes(credit_notes=[note])).credit_notes
    assert (note.total, note.remaining_credit) == (12, 12)
    sent = Allocation(amount=5.0, date=date(2026, 3, 4), invoice=Invoice(invoice_id=sale.invoice_id))
    sent = Allocations(allocations=[sent])
    (allocation,) = accounting.create_credit_note_allocation(org.id, note.credit_note_id, sent).allocations
    (shown,) = accounting.get_invoice(org.id, sale.invoice_id).invoices
    assert (shown.amount_credited, shown.credit_notes[0].applied_amount) == (5, 5)
    sent = Payment(
        invoice=Invoice(invoice_id=sale.invoice_id), account=Account(code="090"), date=date(2026, 3, 5), amount=10.0
    )
    (paid,) = accounting.create_payments(org.id, Payments(payments=[sent]), summarize_errors=False).payments
    assert (paid.payment_type, paid.status) == ("ACCRECPAYMENT", "AUTHORISED")
    (gone,) = accounting.delete_payment(org.id, paid.payment_id, PaymentDelete(status="DELETED")).payments
    assert gone.status == "DELETED"
    removed = accounting.delete_credit_note_allocations(org.id, note.credit_note_id, allocation.allocation_id)
    assert removed.is_deleted
    assert org.invoices[sale.invoice_id]["AmountDue"] == sale.total
    assert accounting.get_credit_notes(org.id, page=1).credit_notes[0].remaining_credit == 12
    assert accounting.get_payments(org.id, page=1).payments[0].payment_id == paid.payment_id


def test_batch_payments_with_typed_models(accounting, org, contact):
    (sale,) = accounting.create_invoices(org.id, Invoices(invoices=[typed_invoice(contact)])).invoices
    payment = Payment(invoice=Invoice(invoice_id=sale.invoice_id), amount=10.0)
    account = Account(account_id=org.account_by_code("090")["AccountID"])
    sent = BatchPayment(account=account, date=date(2026, 3, 5), payments=[payment])
    sent = BatchPayments(batch_payments=[sent])
    (batch,) = accounting.create_batch_payment(org.id, sent).batch_payments
    assert (batch.type, org.invoices[sale.invoice_id]["AmountPaid"]) == ("RECBATCH", 10)
    assert accounting.get_batch_payments(org.id).batch_payments[0].batch_payment_id == batch.batch_payment_id
    assert accounting.get_payments(org.id).payments[0].batch_payment_id == batch.batch_payment_id


def test_manual_journals_with_typed_models(accounting, org):
    lines = [
        ManualJournalLine(line_amount=100.0, account_code="810"),
        ManualJournalLine(line_amount=-100.0, account_code="200"),
    ]
    day = date(2026, 3, 31)
    good = ManualJournal(narration="March", date=day, journal_lines=lines, status="POSTED")
    bad = ManualJournal(narration="April", date=day, journal_lines=lines[:1])
    sent = ManualJournals(manual_journals=[good, bad])
    saved, refused = accounting.create_manual_journals(org.id, sent, summarize_errors=False).manual_journals
    assert (saved.status, saved.date, saved.journal_lines[0].line_amount) == ("POSTED", day, 100)
    assert (refused.status_attribute_string, len(refused.validation_errors)) == ("ERROR", 1)
    change = ManualJournals(manual_journals=[ManualJournal(narration="March", status="VOIDED")])
    (gone,) = accounting.update_manual_journal(org.id, saved.manual_journal_id, change).manual_journals
    assert gone.status == "VOIDED"
    (listed,) = accounting.get_manual_journals(org.id, page=1).manual_journals
    assert (listed.manual_journal_id, listed.journal_lines[1].line_amount) == (saved.manual_journal_id, -100)


def test_refused_elements_parse_too(accounting, org, contact):
    sent = Invoices(invoices=[typed_invoice(contact), typed_invoice(contact, "INV/2", currency_code=CurrencyCode.JPY)])
    saved, refused = accounting.create_invoices(org.id, sent, summarize_errors=False).invoices
    assert saved.status_attribute_string == "OK"
    assert refused.invoice_id == "00000000-0000-0000-0000-000000000000"
    assert [error.message for error in refused.validation_errors] == ["Organisation is not subscribed to currency JPY"]


def test_a_refused_request_is_the_sdks_bad_request(accounting, org, contact):
    with pytest.raises(AccountingBadRequestException) as raised:
        accounting.create_invoices(org.id, Invoices(invoices=[typed_invoice(contact, currency_code=CurrencyCode.JPY)]))
    assert raised.value.error_data["ErrorNumber"] == 10


def test_a_lost_connection_is_an_http_status_exception(accounting, org):
    org.disconnect()
    with pytest.raises(HTTPStatusException) as raised:
        accounting.get_contacts(org.id)
    assert raised.value.status == 403
