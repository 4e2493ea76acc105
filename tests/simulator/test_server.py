"""The server itself: keep-alive, gzip, threads, speed, the record of calls."""

import logging
import socket
import threading
import time

import pytest
import requests

from xero_simulator import XeroSimulator

from .client import Client, invoice, line


def test_it_listens_on_loopback_only():
    simulator = XeroSimulator()
    for host in ("0.0.0.0", "192.168.0.1", "example.com", "::"):
        with pytest.raises(ValueError, match="loopback"):
            simulator.start(host=host)
    with pytest.raises(RuntimeError, match="not running"):
        assert simulator.url


def test_it_starts_stops_and_starts_again():
    simulator = XeroSimulator()
    with simulator.start():
        first = simulator.url
        assert requests.get(f"{first}/", timeout=5).status_code == 200
        with pytest.raises(RuntimeError, match="already"):
            simulator.start()
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"{first}/", timeout=5)
    with simulator:
        assert requests.get(f"{simulator.url}/", timeout=5).status_code == 200


def test_connections_are_kept_alive(sim, api):
    for _ in range(3):
        assert api.call("GET", "Contacts").status_code == 200
    assert api.call("PUT", "Contacts", {"Name": ""}).status_code == 400
    pool = next(iter(api.session.adapters["http://"].poolmanager.pools._container.values()))
    assert (pool.num_connections, pool.num_requests) == (1, 4)


def test_a_client_may_ask_before_it_sends_its_body(sim, api):
    host, port = sim.url.removeprefix("http://").split(":")
    body = b"grant_type=refresh_token"
    head = (
        f"POST /connect/token HTTP/1.1\r\nHost: {host}\r\nExpect: 100-continue\r\nConnection: close\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(head.encode())
        assert connection.recv(1_000).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(body)
        assert connection.recv(1_000).startswith(b"HTTP/1.1 401 ")


def test_answers_are_compressed_on_request(api):
    plain = api.call("GET", "Accounts", headers={"Accept-Encoding": "identity"})
    packed = api.call("GET", "Accounts", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.json()["Accounts"] == plain.json()["Accounts"]
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 3


def test_a_thousand_invoices_in_twenty_calls_take_little_time(org, api, contact):
    started = time.monotonic()
    for batch in range(20):
        sent = [invoice(contact, f"B/{batch}/{index}", [line(), line("7.25")]) for index in range(50)]
        answers = api.put("Invoices", *sent, summarizeErrors="false", unitdp=4)
        assert all(answer["StatusAttributeString"] == "OK" for answer in answers)
    assert len(org.invoices) == 1_000
    assert time.monotonic() - started < 2


def test_ten_thousand_contacts_are_listed_in_pages_quickly(org, api):
    for index in range(10_000):
        org.add_contact(f"Contact {index}")
    started = time.monotonic()
    seen = set()
    for page in range(1, 11):
        seen |= {record["ContactID"] for record in api.get("Contacts", page=page, pageSize=1000)["Contacts"]}
    assert len(seen) == 10_000
    assert time.monotonic() - started < 4


def test_threads_do_not_disturb_each_other(sim, org, api, contact):
    failures = []

    def work(name):
        own = Client(sim, org, api.token)
        for index in range(10):
            answer = own.call("POST", "Invoices", {"Invoices": [invoice(contact, f"{name}/{index}")]})
            if answer.status_code != 200:
                failures.append(answer.text)
            own.get("Invoices", page=1)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ABCD"]
    for thread in threads:
        thread.start()
    for index in range(20):
        org.add_contact(f"By a person {index}")
    for thread in threads:
        thread.join()
    assert not failures
    assert len(org.invoices) == 40


def test_calls_are_recorded(sim, org, api, contact):
    api.call("POST", "Invoices", {"Invoices": [invoice(contact)]}, headers={"Idempotency-Key": "k"}, unitdp=4)
    (call,) = sim.calls
    assert (call.method, call.path, call.query) == ("POST", "/api.xro/2.0/Invoices", "unitdp=4")
    assert (call.status, call.tenant, call.token, call.idempotency_key) == (200, org.id, api.token, "k")
    assert call.body_json["Invoices"][0]["InvoiceNumber"] == "INV/1"
    assert call.headers["Accept"] == "application/json"
    assert call.started <= call.ended
    assert not call.replayed


def test_reset_is_as_new(sim, org, api):
    sim.clock.advance(1_000)
    sim.reset()
    assert (sim.organisations, sim.oauth.apps, sim.calls, sim.clock.offset) == ({}, {}, [], 0)
    assert api.call("GET", "Contacts").status_code == 401


def test_ids_are_the_same_in_every_run():
    first, second = (XeroSimulator().add_organisation("x") for _ in range(2))
    assert first.id == second.id
    assert list(first.accounts) == list(second.accounts)


def test_the_clock_cannot_be_turned_back(sim):
    with pytest.raises(ValueError, match="turned back"):
        sim.clock.advance(-1)


def test_a_bug_of_the_simulator_says_so(sim, org, api, monkeypatch):
    logged = []
    monkeypatch.setattr(logging.getLogger("xero_simulator.app"), "exception", logged.append)
    monkeypatch.setattr(org, "contacts", None)
    answer = api.call("GET", "Contacts")
    assert (answer.status_code, answer.json()["Title"]) == (500, "SimulatorError")
    assert logged == ["The simulator failed"]
