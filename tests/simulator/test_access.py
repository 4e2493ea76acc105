"""Who may call what: tokens, connections, scopes, and the form of requests."""

import pytest

from .client import Client, parsed

RESOURCES = {
    "Organisation": "accounting.settings",
    "Organisation/Actions": "accounting.settings",
    "Accounts": "accounting.settings",
    "TaxRates": "accounting.settings",
    "Currencies": "accounting.settings",
    "TrackingCategories": "accounting.settings",
    "Contacts": "accounting.contacts",
    "Invoices": "accounting.invoices",
    "Items": "accounting.invoices",
    "ManualJournals": "accounting.manualjournals",
}
ALL = set(RESOURCES.values())


def client(sim, org, app, *scopes):
    """A client with just these scopes."""
    return Client(sim, org, sim.grant(app, [org], scopes=scopes)["access_token"])


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Bearer", "Basic QUJD"])
def test_a_missing_or_unknown_token_is_401(api, header):
    answer = api.call("GET", "Organisation", headers={"Authorization": header})
    assert answer.status_code == 401
    body = answer.json()
    assert body | {"Instance": ""} == {
        "Type": None, "Title": "Unauthorized", "Status": 401, "Detail": "AuthenticationUnsuccessful", "Instance": "",
        "Extensions": {},
    }  # fmt: skip


def test_an_access_token_expires_after_thirty_minutes(sim, api):
    sim.clock.advance(1799)
    assert api.call("GET", "Organisation").status_code == 200
    sim.clock.advance(2)
    answer = api.call("GET", "Organisation")
    assert answer.status_code == 401
    assert answer.json()["Detail"].startswith("TokenExpired: token expired at ")


@pytest.mark.parametrize("tenant", [None, "b2c885a9-4bb9-4a00-9b6e-6c2bf60b1a2b"])
def test_an_organisation_without_connection_is_403(api, tenant):
    answer = api.call("GET", "Organisation", headers={"xero-tenant-id": tenant})
    assert answer.status_code == 403
    assert (answer.json()["Title"], answer.json()["Detail"]) == ("Forbidden", "AuthenticationUnsuccessful")


def test_another_apps_connection_does_not_help(sim, org, api):
    foreign = sim.add_organisation("Foreign")
    sim.grant(sim.add_app("OTHER", "S", []), [foreign])
    assert api.call("GET", "Organisation", headers={"xero-tenant-id": foreign.id}).status_code == 403


def test_a_person_removing_the_app_makes_calls_403(org, api):
    org.disconnect()
    assert api.call("GET", "Invoices").status_code == 403


@pytest.mark.parametrize(("path", "scope"), RESOURCES.items())
def test_reading_needs_the_resources_scope(sim, org, app, path, scope):
    assert client(sim, org, app, scope).call("GET", path).status_code == 200
    assert client(sim, org, app, f"{scope}.read").call("GET", path).status_code == 200
    others = ALL - {scope} - ({"accounting.settings"} if path == "Items" else set())
    answer = client(sim, org, app, *others).call("GET", path)
    assert answer.status_code == 401
    assert answer.json()["Detail"] == "AuthorizationUnsuccessful"
    assert "insufficient_scope" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize(("method", "path", "scope"), [
    ("PUT", "Invoices", "accounting.invoices"), ("POST", "Contacts", "accounting.contacts"),
    ("PUT", "Currencies", "accounting.settings"), ("PUT", "ManualJournals", "accounting.manualjournals"),
])  # fmt: skip
def test_a_read_scope_does_not_allow_writing(sim, org, app, method, path, scope):
    assert client(sim, org, app, f"{scope}.read").call(method, path, {}).status_code == 401


def test_a_missing_scope_can_be_a_403(sim, org, app):
    sim.missing_scope_status = 403
    answer = client(sim, org, app, "accounting.contacts").call("GET", "Invoices")
    assert (answer.status_code, answer.json()["Title"]) == (403, "Forbidden")


def test_answers_carry_the_envelope(api):
    body = api.get("Contacts")
    assert (body["Status"], body["ProviderName"]) == ("OK", "Odoo")
    assert len(body["Id"]) == 36
    assert body["DateTimeUTC"].startswith("/Date(")


def test_only_json_is_spoken(api):
    assert api.call("GET", "Contacts", headers={"Accept": "*/*"}).status_code == 406


def test_only_json_is_understood(api):
    answer = api.call("PUT", "Contacts", b'{"Name": "x"}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    assert api.call("PUT", "Contacts", b'{"Name": "x"}').status_code == 415


@pytest.mark.parametrize("body", [b"", b"{", b'{"Contacts": [{"Name": NaN}]}', b"\xff\xfe"])
def test_a_body_that_is_not_json_is_400(api, body):
    answer = api.call("POST", "Contacts", body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["Type"]) == (400, "PostDataInvalidException")


@pytest.mark.parametrize("body", [{}, {"Garbage": 1}, {"Contacts": []}, []])
def test_a_body_without_elements_is_400(api, body):
    answer = api.call("POST", "Contacts", body)
    assert (answer.status_code, answer.json()["Type"]) == (400, "NoDataProcessedException")


@pytest.mark.parametrize("body", [{"Contacts": "x"}, {"Contacts": ["x"]}, [["x"]], 7])
def test_elements_must_be_objects(api, body):
    answer = api.call("POST", "Contacts", body)
    assert (answer.status_code, answer.json()["Type"]) == (400, "PostDataInvalidException")


def test_one_bare_element_or_a_bare_list_will_do(api):
    assert parsed(api.call("PUT", "Contacts", {"Name": "Bare"}))["Contacts"][0]["Name"] == "Bare"
    assert len(parsed(api.call("PUT", "Contacts", [{"Name": "A"}, {"Name": "B"}]))["Contacts"]) == 2


def test_a_request_has_at_most_the_configured_number_of_elements(org, api):
    org.max_elements = 3
    names = [{"Name": f"N{index}"} for index in range(4)]
    assert api.call("PUT", "Contacts", {"Contacts": names}).status_code == 400
    assert not org.contacts
    assert len(api.put("Contacts", *names[:3])) == 3


def test_a_body_over_three_and_a_half_megabytes_is_413(org, api):
    answer = api.call("PUT", "Contacts", {"Contacts": [{"Name": "x" * 3_500_000}]})
    assert answer.status_code == 413
    assert not org.contacts


def test_an_url_over_8192_characters_is_414(api):
    assert api.call("GET", "Invoices", IDs=",".join(["0" * 36] * 300)).status_code == 414


def test_unknown_resources_are_404_and_unsupported_methods_405(api):
    assert api.call("GET", "Nonsense").status_code == 404
    assert api.call("GET", "Invoices/x/y/z").status_code == 404
    answer = api.call("DELETE", "Contacts")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PUT, POST")
