"""``/_simulator/…`` and the command line, for tests in other processes."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from xero_simulator import XeroSimulator, demo
from xero_simulator.control import ACTIONS, SETTINGS
from xero_simulator.problems import Invalid

from .client import Client, journal, line, parsed


@pytest.fixture
def control(sim):
    """A function that calls a control path."""

    def call(method, path, body=None, status=200):
        return parsed(requests.request(method, f"{sim.url}/_simulator/{path}", json=body, timeout=20), status)

    return call


def test_everything_can_be_set_up_from_outside(sim, control):
    made = control(
        "POST", "organisations", {"name": "Remote", "country": "GB", "currency": "GBP", "currencies": ["EUR"]}
    )
    app = control(
        "POST", "apps", {"client_id": "C", "client_secret": "S", "redirect_uris": ["https://shop.example/cb"]}
    )
    tokens = control("POST", "grant", {"client_id": app["client_id"], "organisations": [made["tenantId"]]})
    api = Client(sim, sim.organisations[made["tenantId"]], tokens["access_token"])
    assert api.get("Organisation")["Organisations"][0]["Name"] == "Remote"
    narrow = {"client_id": "C", "organisations": [made["tenantId"]], "scopes": ["accounting.contacts"]}
    api.token = control("POST", "grant", narrow)["access_token"]
    assert api.call("GET", "Organisation").status_code == 401


def test_state_shows_the_books(org, api, contact, control):
    shown = control("GET", "state")["organisations"][0]
    assert shown["tenantId"] == org.id
    assert shown["counts"]["contacts"] == 1
    assert shown["contacts"][0]["Name"] == "Bayside Club"
    assert not [name for record in shown["accounts"] + shown["tax_rates"] for name in record if name.startswith("_")]


def test_calls_are_shown_and_cleared(api, control):
    api.call("PUT", "Contacts", {"Name": "x"})
    (call,) = control("GET", "calls")
    assert (call["method"], call["status"], call["body_json"]) == ("PUT", 200, {"Name": "x"})
    assert control("DELETE", "calls") == {"calls": 0}
    assert control("GET", "calls") == []


def test_clock_faults_and_reset(sim, org, api, control):
    control("POST", "faults", {"kind": "status", "match": "GET /Contacts", "status": 503, "times": None})
    assert api.call("GET", "Contacts").status_code == 503
    control("DELETE", "faults")
    assert api.call("GET", "Contacts").status_code == 200
    control("POST", "clock", {"advance": 1801})
    assert api.call("GET", "Contacts").status_code == 401
    control("POST", "reset")
    assert control("GET", "state")["organisations"] == []


def test_a_person_acts_from_outside(org, contact, control):
    path = f"organisations/{org.id}/act"
    made = control("POST", path, {
        "action": "add_invoice", "Type": "ACCREC", "Status": "AUTHORISED", "Contact": {"ContactID": contact},
        "DueDate": "2026-04-01", "LineItems": [{"Description": "x", "UnitAmount": 10, "AccountCode": "200"}],
    })["record"]  # fmt: skip
    identifier = {"invoice_id": made["InvoiceID"]}
    control("POST", path, {"action": "edit_invoice", **identifier, "Reference": "typed"})
    control("POST", path, {"action": "mark_sent", **identifier})
    control("POST", path, {"action": "pay_invoice", **identifier, "amount": 2})
    assert org.invoices[made["InvoiceID"]]["AmountDue"] == 10
    control("POST", path, {"action": "remove_payments", **identifier})
    assert control("POST", path, {"action": "void_invoice", **identifier})["record"]["Status"] == "VOIDED"
    control("POST", path, {"action": "set_lock_dates", "period": "2026-01-31", "end_of_year": "2025-12-31"})
    assert control("GET", "state")["organisations"][0]["period_lock_date"] == "2026-01-31"
    control("POST", path, {"action": "rename_contact", "contact_id": contact, "name": "New name"})
    control("POST", path, {"action": "archive_contact", "contact_id": contact})
    control("POST", path, {"action": "restore_contact", "contact_id": contact})
    control("POST", path, {"action": "archive_account", "account": "200"})
    assert org.account_by_code("200")["Status"] == "ARCHIVED"
    control("POST", path, {"action": "disconnect"})
    assert not org.simulator.oauth.connections


def test_a_person_credits_pays_and_undoes_from_outside(org, contact, control):
    def act(name, **options):
        return control("POST", f"organisations/{org.id}/act", {"action": name, **options}).get("record")

    fields = {"Contact": {"ContactID": contact}, "LineItems": [line(10)]}
    sale = act("add_invoice", Type="ACCREC", DueDate="2026-04-01", **fields)["InvoiceID"]
    assert act("approve_invoice", invoice_id=sale)["Status"] == "AUTHORISED"
    note = act("add_credit_note", Type="ACCRECCREDIT", **fields)["CreditNoteID"]
    assert act("approve_credit_note", credit_note_id=note)["Status"] == "AUTHORISED"
    allocation = act("allocate_credit", credit_note_id=note, invoice_id=sale, amount=4.5)["AllocationID"]
    refund = act("refund_credit_note", credit_note_id=note, amount=1)["PaymentID"]
    paid = act("pay_invoice", invoice_id=sale, amount=1, account="880")["PaymentID"]
    state = control("GET", "state")["organisations"][0]
    assert [state["counts"][name] for name in ("credit_notes", "payments", "allocations")] == [1, 2, 1]
    assert state["payments"][1]["DocumentID"] == sale
    for payment in (refund, paid):
        assert act("delete_payment", payment_id=payment)["Status"] == "DELETED"
    assert act("remove_allocation", allocation_id=allocation)["IsDeleted"]
    batch = act("batch_pay", invoice_ids=[sale])["BatchPaymentID"]
    act("delete_batch_payment", batch_payment_id=batch)
    assert act("void_credit_note", credit_note_id=note)["Status"] == "VOIDED"
    assert org.invoices[sale]["AmountDue"] == 12


def test_a_person_keeps_manual_journals_from_outside(org, api, control):
    def act(name, **options):
        return control("POST", f"organisations/{org.id}/act", {"action": name, **options})

    (posted,) = api.put("ManualJournals", journal())
    text = (
        "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,"
        "TrackingName1,TrackingOption1,TrackingName2,TrackingOption2\n"
        "Typed,31/03/2026,,810,No VAT,7,,,,\nTyped,31/03/2026,,200,No VAT,-7,,,,\n"
    )
    (imported,) = act("import_manual_journals", data=text)["records"]
    assert act("list_manual_journals", status="DRAFT")["records"] == [imported]
    act("post_manual_journal", manual_journal_id=imported["ManualJournalID"])
    identifier = {"manual_journal_id": posted["ManualJournalID"]}
    edited = act("edit_manual_journal", **identifier, Narration="Other")["record"]
    assert (edited["Narration"], edited["Status"]) == ("Other", "POSTED")
    assert act("trial_balance", until="2026-03-31")["record"] == {"810": 107, "200": -107}
    assert act("void_manual_journal", **identifier)["record"]["Status"] == "VOIDED"
    made = act("add_manual_journal", **journal(Narration="By hand", Status="DRAFT"))["record"]
    state = control("GET", "state")["organisations"][0]
    assert state["counts"]["manual_journals"] == 3
    assert state["manual_journals"][2] == made
    bad = {"action": "import_manual_journals", "data": "nonsense"}
    assert control("POST", f"organisations/{org.id}/act", bad, status=400)["messages"]


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_exists(org, name):
    assert callable(getattr(org, name))


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_exists(org, name):
    assert hasattr(org, name)


def test_a_refused_action_leaves_nothing_behind(org):
    with pytest.raises(Invalid, match="DueDate"):
        org.add_invoice(Type="ACCREC", Status="AUTHORISED", Contact={"Name": "New"}, LineItems=[{"Description": "x"}])
    assert not org.contacts
    assert not org.invoices


def test_settings_are_changed_from_outside(org, control):
    path = f"organisations/{org.id}/settings"
    control("POST", path, {"limits": {"minute": 3}, "tax_override_tolerance": 0.05, "voided_numbers_are_free": True})
    assert (org.limits.minute, str(org.tax_override_tolerance), org.voided_numbers_are_free) == (3, "0.05", True)


@pytest.mark.parametrize(("method", "path", "body", "status"), [
    ("POST", "faults", {"kind": "nonsense"}, 400), ("POST", "clock", {"advance": -1}, 400), ("POST", "clock", {}, 400),
    ("POST", "organisations", {"name": "x", "country": "ZZ"}, 400), ("POST", "grant", {"client_id": "?"}, 400),
    ("POST", "organisations/nobody/act", {"action": "disconnect"}, 400), ("GET", "nothing", None, 404),
    ("DELETE", "state", None, 404), ("POST", "apps", {"redirect_uris": ["http://shop.example"]}, 400),
])  # fmt: skip
def test_mistakes_are_answered_with_a_reason(control, method, path, body, status):
    assert control(method, path, body, status=status)


def test_mistakes_in_actions_are_answered_with_a_reason(org, control):
    path = f"organisations/{org.id}/act"
    assert "unknown action" in control("POST", path, {"action": "reset"}, status=400)["error"]
    assert control("POST", path, {"action": "add_contact", "name": ""}, status=400)["messages"] == [
        "Contact Name cannot be empty."
    ]
    assert control("POST", f"organisations/{org.id}/settings", {"name": "x"}, status=400)
    assert control("POST", f"organisations/{org.id}/settings", {"limits": {"hour": 1}}, status=400)


def test_the_demo_has_an_app_and_four_organisations():
    simulator = XeroSimulator()
    app = demo.fill(simulator)
    assert app.allows_redirect("http://localhost:8069/xero/oauth/callback")
    assert app.allows_redirect("http://localhost:18069/xero/oauth/callback")
    organisations = list(simulator.organisations.values())
    assert [(org.name, org.currency, org.is_demo, org.multicurrency) for org in organisations] == [
        ("Demo Company (UK)", "GBP", True, True), ("Demo Company (US)", "USD", True, True),
        ("Harbour Trading Ltd", "GBP", False, False), ("Demo Company (AU)", "AUD", True, True),
    ]  # fmt: skip
    assert organisations[2].limits.day == 1_000
    for org in organisations:
        emails = [contact["EmailAddress"] for contact in org.contacts.values() if contact["EmailAddress"]]
        assert len(org.contacts) == 8
        assert len(emails) - len(set(emails)) == 1
        assert [contact["ContactStatus"] for contact in org.contacts.values()].count("ARCHIVED") == 1


def start(*arguments):
    """Run the command line in a process of its own."""
    tests = str(Path(__file__).resolve().parents[1])
    return subprocess.Popen(
        [sys.executable, "-m", "xero_simulator", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": tests},
    )  # fmt: skip


def test_the_command_line_serves_the_demo_until_it_is_told_to_stop():
    process = start("--port", "0", "--demo")
    try:
        url = re.search(r"http://\S+", process.stdout.readline()).group()
        assert requests.get(f"{url}/", timeout=20).text.count("<section") == 4
        printed = [process.stdout.readline() for _ in range(2)]
        assert demo.DEMO_CLIENT_ID in printed[0]
        assert demo.DEMO_CLIENT_SECRET in printed[1]
    finally:
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=20)
    assert (process.returncode, output[1]) == (0, "")


def test_the_command_line_refuses_other_hosts():
    process = start("--host", "0.0.0.0", "--port", "0")
    _out, error = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "loopback" in error
