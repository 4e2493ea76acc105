"""Injected faults, as a client sees them."""

import socket
import time

import pytest
import requests

from .client import Client, invoice, parsed


def test_a_status_fault_answers_without_processing(sim, org, api):
    sim.fault("status", match="PUT /Contacts", status=503, body="<h1>Unavailable</h1>", headers={"Retry-After": "7"})
    answer = api.call("PUT", "Contacts", {"Name": "x"})
    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (503, "<h1>Unavailable</h1>", "7")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert not org.contacts
    assert api.put("Contacts", {"Name": "x"})


def test_a_status_fault_may_answer_json(sim, api):
    sim.fault(
        "status", status=429, body={"Status": 429}, headers={"X-Rate-Limit-Problem": "day", "Retry-After": "70000"}
    )
    answer = api.call("GET", "Contacts")
    assert (answer.status_code, answer.json()) == (429, {"Status": 429})
    assert answer.headers["X-Rate-Limit-Problem"] == "day"


def test_drop_before_closes_the_connection_and_saves_nothing(sim, org, api):
    fault = sim.fault("drop_before", match="PUT /Contacts")
    with pytest.raises(requests.exceptions.ConnectionError):
        api.call("PUT", "Contacts", {"Name": "x"})
    assert not org.contacts
    assert fault.hits == 1
    assert sim.calls[-1].status is None


def test_a_dropped_connection_is_reset(sim):
    sim.fault("drop_before", match="GET /connections")
    host, port = sim.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /connections HTTP/1.1\r\nHost: x\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            connection.recv(1)


def test_drop_after_closes_the_connection_and_saves(sim, org, api, contact):
    sim.fault("drop_after", match="PUT /Invoices")
    with pytest.raises(requests.exceptions.ConnectionError):
        api.call("PUT", "Invoices", {"Invoices": [invoice(contact)]})
    assert org.invoice_by_number("INV/1")["Total"] == 120


@pytest.mark.parametrize(("kind", "saved"), [("garbage", 1), ("garbage_before", 0)])
def test_garbage_is_not_json(sim, org, api, kind, saved):
    sim.fault(kind, match="PUT /Contacts")
    answer = api.call("PUT", "Contacts", {"Name": "x"})
    assert answer.status_code == 200
    with pytest.raises(ValueError, match="Expecting|Unterminated|delimiter"):
        answer.json()
    assert len(org.contacts) == saved


def test_html_is_a_maintenance_page(sim, org, api):
    sim.fault("html")
    answer = api.call("PUT", "Contacts", {"Name": "x"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "be back soon" in answer.text
    assert not org.contacts


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_truncate_breaks_off_in_the_middle(sim, org, api, encoding):
    sim.fault("truncate", match="PUT /Contacts")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match=r"IncompleteRead\([1-9]\d* bytes read"):
        api.call("PUT", "Contacts", {"Name": "x"}, headers={"Accept-Encoding": encoding})
    assert len(org.contacts) == 1


def test_expire_token_really_expires_the_token(sim, org, app, api):
    sim.fault("expire_token", match="PUT /Contacts")
    answer = api.call("PUT", "Contacts", {"Name": "x"})
    assert answer.status_code == 401
    assert answer.json()["Detail"].startswith("TokenExpired")
    assert api.call("GET", "Contacts").status_code == 401
    assert Client(sim, org, sim.grant(app, [org])["access_token"]).call("GET", "Contacts").status_code == 200
    assert not org.contacts


def test_missing_id_leaves_out_the_elements_id(sim, org, api):
    sim.fault("missing_id", match="PUT /Contacts")
    (answer,) = api.put("Contacts", {"Name": "x"})
    assert "ContactID" not in answer
    assert answer["Name"] == "x"
    assert len(org.contacts) == 1


def test_status_after_saves_and_answers_as_a_gateway_would(sim, org, api):
    sim.fault("status_after", match="PUT /Contacts", status=504, body="<h1>Gateway timeout</h1>")
    answer = api.call("PUT", "Contacts", {"Name": "x"})
    assert (answer.status_code, answer.text) == (504, "<h1>Gateway timeout</h1>")
    assert len(org.contacts) == 1


@pytest.mark.parametrize(("kind", "answered"), [("reorder", ["y", "x"]), ("omit", ["x"])])
def test_an_answer_may_have_its_elements_in_another_order_or_too_few(sim, org, api, kind, answered):
    sim.fault(kind, match="PUT /Contacts")
    assert [contact["Name"] for contact in api.put("Contacts", {"Name": "x"}, {"Name": "y"})] == answered
    assert len(org.contacts) == 2


@pytest.mark.parametrize("point", ["before", "after"])
def test_delay_takes_real_time(sim, api, point):
    sim.fault("delay", seconds=0.2, point=point)
    started = time.monotonic()
    assert api.call("GET", "Contacts").status_code == 200
    assert time.monotonic() - started >= 0.2


def test_a_client_that_gives_up_during_a_delay_has_its_call_processed(sim, org, api):
    sim.fault("delay", seconds=0.5, match="PUT /Contacts")
    url = f"{sim.url}/api.xro/2.0/Contacts"
    headers = {"Authorization": f"Bearer {api.token}", "xero-tenant-id": org.id, "Accept": "application/json"}
    with pytest.raises(requests.exceptions.ReadTimeout):
        requests.put(url, json={"Name": "x"}, headers=headers, timeout=0.1)
    deadline = time.monotonic() + 5
    while not org.contacts and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(org.contacts) == 1


def test_times_after_and_removal(sim, api):
    fault = sim.fault("status", status=500, times=2, after=1)
    assert [api.call("GET", "Contacts").status_code for _ in range(5)] == [200, 500, 500, 200, 200]
    for_ever = sim.fault("status", status=502, times=None)
    assert {api.call("GET", "Contacts").status_code for _ in range(5)} == {502}
    for_ever.remove()
    for_ever.remove()
    assert api.call("GET", "Contacts").status_code == 200
    assert (fault.hits, for_ever.hits) == (2, 5)


def test_faults_match_method_path_query_and_predicate(sim, api):
    sim.fault("status", status=501, method="GET", path=r"/Invoices\?.*page=2", times=None)
    sim.fault("status", status=502, match=lambda call: call.idempotency_key == "k", times=None)
    assert api.call("GET", "Invoices", page=1).status_code == 200
    assert api.call("GET", "Invoices", page=2).status_code == 501
    assert api.call("GET", "Contacts").status_code == 200
    assert api.call("GET", "Contacts", headers={"Idempotency-Key": "k"}).status_code == 502


def test_a_predicate_sees_the_body(sim, api):
    sim.fault("status", status=500, predicate=lambda call: call.body_json["Contacts"][0]["Name"] == "bad", match="PUT ")
    assert api.call("PUT", "Contacts", {"Contacts": [{"Name": "good"}]}).status_code == 200
    assert api.call("PUT", "Contacts", {"Contacts": [{"Name": "bad"}]}).status_code == 500


def test_delays_combine_with_another_fault(sim, api):
    sim.fault("delay", seconds=0.1)
    sim.fault("status", status=503)
    started = time.monotonic()
    assert api.call("GET", "Contacts").status_code == 503
    assert time.monotonic() - started >= 0.1


def test_faults_strike_identity_too(sim, org, app):
    tokens = sim.grant(app, [org])
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    url = f"{sim.url}/connect/token"
    sim.fault("drop_after", match="POST /connect/token")
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.post(url, data=form, auth=("CLIENT", "SECRET"), timeout=20)
    # The answer with the new token is lost; the old one still works.
    assert parsed(requests.post(url, data=form, auth=("CLIENT", "SECRET"), timeout=20))["refresh_token"]
    sim.fault("status", match="GET /connections", status=500)
    assert requests.get(f"{sim.url}/connections", timeout=20).status_code == 500


@pytest.mark.parametrize("options", [{"kind": "nonsense"}, {"kind": "delay", "point": "during"}])
def test_nonsense_faults_are_refused(sim, options):
    with pytest.raises(ValueError, match="unknown kind|point is"):
        sim.fault(**options)
