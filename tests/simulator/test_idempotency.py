"""Idempotency keys."""

import threading

import pytest

from .client import Client, invoice, parsed

KEY = {"Idempotency-Key": "k-1"}


def put(api, name, headers=None, **params):
    """PUT of one contact with the key."""
    return api.call("PUT", "Contacts", {"Contacts": [{"Name": name}]}, headers=headers or KEY, **params)


def test_the_same_request_gets_the_stored_answer(sim, org, api):
    first, second = put(api, "Ann"), put(api, "Ann")
    assert first.content == second.content
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert len(org.contacts) == 1
    assert [call.replayed for call in sim.calls] == [False, True]


def test_without_a_key_the_second_request_is_a_new_one(org, api):
    api.put("Contacts", {"Name": "Ann"})
    assert api.refused("PUT", "Contacts", {"Name": "Ann"})[0].startswith("The contact name Ann is already assigned")


@pytest.mark.parametrize("change", ["body", "query", "method", "path", "tenant"])
def test_the_key_with_another_request_is_refused(sim, org, app, api, change):
    put(api, "Ann")
    if change == "body":
        answer = put(api, "Bob")
    elif change == "query":
        answer = put(api, "Ann", summarizeErrors="false")
    elif change == "method":
        answer = api.call("POST", "Contacts", {"Contacts": [{"Name": "Ann"}]}, headers=KEY)
    elif change == "path":
        answer = api.call("PUT", "Invoices", {"Contacts": [{"Name": "Ann"}]}, headers=KEY)
    else:
        other = sim.add_organisation("Other")
        sim.grant(app, [other])
        answer = put(api, "Ann", headers={**KEY, "xero-tenant-id": other.id})
    assert answer.status_code == 400
    assert answer.json()["Message"] == "Idempotency Key: k-1 is used with a different request."
    assert len(org.contacts) == 1


def test_refused_requests_are_stored_too(org, api):
    contact = {"Name": "Ann", "EmailAddress": "nonsense"}
    first = api.call("PUT", "Contacts", {"Contacts": [contact]}, headers=KEY)
    assert first.status_code == 400
    again = api.call("PUT", "Contacts", {"Contacts": [contact]}, headers=KEY)
    assert (again.status_code, again.content) == (400, first.content)


def test_an_invoice_refused_for_a_lock_date_stays_refused_until_the_window_ends(sim, org, api, contact):
    org.set_lock_dates(period="2026-12-31")
    body = {"Invoices": [invoice(contact)]}
    assert api.call("PUT", "Invoices", body, headers=KEY).status_code == 400
    org.set_lock_dates()
    assert api.call("PUT", "Invoices", body, headers=KEY).status_code == 400
    sim.clock.advance(361)
    assert api.call("PUT", "Invoices", body, headers=KEY).status_code == 200


def test_the_window_is_six_minutes_from_the_first_call(sim, org, api):
    put(api, "Ann")
    sim.clock.advance(200)
    assert put(api, "Ann").status_code == 200
    sim.clock.advance(161)
    late = put(api, "Ann")
    assert late.status_code == 400
    assert "already assigned" in late.text


def test_a_key_has_at_most_128_characters(org, api):
    assert put(api, "Ann", headers={"Idempotency-Key": "x" * 128}).status_code == 200
    assert put(api, "Bob", headers={"Idempotency-Key": "x" * 129}).status_code == 400
    assert len(org.contacts) == 1


def test_keys_belong_to_the_app(sim, org, api):
    put(api, "Ann")
    other = sim.add_app("OTHER", "S", [])
    second = Client(sim, org, sim.grant(other, [org])["access_token"])
    assert put(second, "Bob").status_code == 200


def test_reading_ignores_keys(org, api):
    before = parsed(api.call("GET", "Contacts", headers=KEY))
    org.add_contact("Ann")
    assert len(parsed(api.call("GET", "Contacts", headers=KEY))["Contacts"]) == len(before["Contacts"]) + 1


def test_a_replay_counts_against_the_limits(org, api):
    org.limits.day = 2
    assert [put(api, "Ann").status_code for _ in range(3)] == [200, 200, 429]


def test_a_429_is_not_stored(sim, org, api):
    org.limits.minute = 0
    assert put(api, "Ann").status_code == 429
    org.limits.minute = None
    assert put(api, "Ann").status_code == 200


def test_a_lost_answer_can_be_fetched_again(sim, org, api):
    sim.fault("drop_after", match="PUT /Contacts")
    with pytest.raises(OSError, match="Connection"):
        put(api, "Ann")
    assert len(org.contacts) == 1
    answer = parsed(put(api, "Ann"))
    assert answer["Contacts"][0]["ContactID"] in org.contacts
    assert len(org.contacts) == 1


def test_an_internal_error_can_be_remembered(sim, org, api):
    sim.fault("status", match="PUT /Contacts", status=500, remember=True)
    assert [put(api, "Ann").status_code for _ in range(2)] == [500, 500]
    sim.clock.advance(361)
    assert put(api, "Ann").status_code == 200


def test_a_gateway_error_is_not_remembered(sim, org, api):
    sim.fault("status", match="PUT /Contacts", status=503)
    assert [put(api, "Ann").status_code for _ in range(2)] == [503, 200]


def test_of_two_at_once_one_is_processed_and_the_other_replayed(sim, org, api):
    answers = []

    def send():
        answers.append(put(Client(sim, org, api.token), "Ann"))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sorted(call.replayed for call in sim.calls) == [False, True, True, True]
