"""identity.xero.com and /connections: refresh, revocation, connections."""

import base64
import json

import pytest
import requests

from .client import Client, parsed

HALF_HOUR, DAY = 1800, 86_400


def token(sim, auth=("CLIENT", "SECRET"), **form):
    """POST to the token endpoint."""
    return requests.post(f"{sim.url}/connect/token", data=form, auth=auth, timeout=20)


def refresh(sim, refresh_token, **options):
    """Refresh at the token endpoint."""
    return token(sim, grant_type="refresh_token", refresh_token=refresh_token, **options)


@pytest.fixture
def tokens(sim, org, app):
    """What a consent gave."""
    return sim.grant(app, [org])


def connections(sim, tokens, **params):
    """GET /connections."""
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    return requests.get(f"{sim.url}/connections", headers=headers, params=params, timeout=20)


def test_access_token_carries_the_documented_claims(sim, org, tokens):
    payload = tokens["access_token"].split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    documented = {
        "nbf", "exp", "iss", "aud", "client_id", "sub", "auth_time", "xero_userid", "global_session_id", "jti",
        "authentication_event_id", "scope",
    }  # fmt: skip
    assert documented == set(claims)
    assert claims["exp"] - claims["nbf"] == HALF_HOUR
    assert connections(sim, tokens).json()[0]["authEventId"] == claims["authentication_event_id"]


def test_every_refresh_returns_a_new_refresh_token(sim, tokens):
    first = parsed(refresh(sim, tokens["refresh_token"]))
    second = parsed(refresh(sim, first["refresh_token"]))
    assert len({tokens["refresh_token"], first["refresh_token"], second["refresh_token"]}) == 3
    assert first["expires_in"] == HALF_HOUR


def test_a_rotated_refresh_token_works_for_thirty_minutes(sim, tokens):
    refresh(sim, tokens["refresh_token"])
    sim.clock.advance(HALF_HOUR - 1)
    assert refresh(sim, tokens["refresh_token"]).status_code == 200
    sim.clock.advance(2)
    late = refresh(sim, tokens["refresh_token"])
    assert (late.status_code, late.json()) == (400, {"error": "invalid_grant"})


def test_of_two_refreshes_at_once_only_the_later_answer_counts(sim, tokens):
    first = parsed(refresh(sim, tokens["refresh_token"]))
    second = parsed(refresh(sim, tokens["refresh_token"]))
    assert refresh(sim, first["refresh_token"]).json() == {"error": "invalid_grant"}
    assert refresh(sim, second["refresh_token"]).status_code == 200


def test_an_unused_refresh_token_lives_sixty_days(sim, tokens):
    sim.clock.advance(59 * DAY)
    tokens = parsed(refresh(sim, tokens["refresh_token"]))
    sim.clock.advance(60 * DAY + 1)
    assert refresh(sim, tokens["refresh_token"]).json() == {"error": "invalid_grant"}


def test_a_wrong_secret_is_invalid_client(sim, tokens):
    reply = refresh(sim, tokens["refresh_token"], auth=("CLIENT", "wrong"))
    assert (reply.status_code, reply.json()) == (401, {"error": "invalid_client"})
    assert refresh(sim, tokens["refresh_token"], auth=("NOBODY", "SECRET")).status_code == 401
    url = f"{sim.url}/connect/token"
    assert requests.post(url, data={}, timeout=20).status_code == 401
    assert requests.post(url, data={}, headers={"Authorization": "Basic ???"}, timeout=20).status_code == 401


def test_credentials_may_come_in_the_body(sim, tokens):
    form = {"client_id": "CLIENT", "client_secret": "SECRET"}
    assert refresh(sim, tokens["refresh_token"], auth=None, **form).status_code == 200


def test_other_grant_types_are_refused(sim, tokens):
    assert token(sim, grant_type="password").json() == {"error": "unsupported_grant_type"}
    assert token(sim).json() == {"error": "invalid_request"}


def test_another_apps_refresh_token_is_refused(sim, tokens):
    sim.add_app("OTHER", "SECRET2", [])
    assert refresh(sim, tokens["refresh_token"], auth=("OTHER", "SECRET2")).json() == {"error": "invalid_grant"}


def test_revocation_removes_all_connections_and_tokens(sim, org, app, tokens):
    url, form = f"{sim.url}/connect/revocation", {"token": tokens["refresh_token"]}
    assert requests.post(url, data=form, auth=("CLIENT", "wrong"), timeout=20).status_code == 401
    assert requests.post(url, data=form, auth=("CLIENT", "SECRET"), timeout=20).status_code == 200
    assert not sim.oauth.connections
    assert refresh(sim, tokens["refresh_token"]).json() == {"error": "invalid_grant"}


def test_revoking_an_unknown_token_is_no_error_and_changes_nothing(sim, tokens):
    url = f"{sim.url}/connect/revocation"
    assert requests.post(url, data={"token": "x"}, auth=("CLIENT", "SECRET"), timeout=20).status_code == 200
    assert requests.post(url, data={}, auth=("CLIENT", "SECRET"), timeout=20).status_code == 400
    assert len(sim.oauth.connections) == 1


def test_connections_lists_the_apps_organisations(sim, org, app, tokens):
    other = sim.add_organisation("Other")
    stranger = sim.add_app("STRANGER", "S", [])
    sim.grant(stranger, [other])
    (connection,) = connections(sim, tokens).json()
    assert connection["tenantId"] == org.id
    assert (connection["tenantType"], connection["tenantName"]) == ("ORGANISATION", "Demo Company (UK)")
    assert set(connection) == {
        "id", "authEventId", "tenantId", "tenantType", "tenantName", "createdDateUtc", "updatedDateUtc",
    }  # fmt: skip


def test_connections_can_be_filtered_by_consent(sim, org, app, tokens):
    other = sim.add_organisation("Other")
    later = sim.grant(app, [other])
    event = next(c.auth_event for c in sim.oauth.connections.values() if c.tenant_id == other.id)
    assert len(connections(sim, later).json()) == 2
    assert [c["tenantName"] for c in connections(sim, later, authEventId=event).json()] == ["Other"]


def test_reconnecting_renews_the_connection(sim, org, app, tokens):
    before = connections(sim, tokens).json()[0]
    sim.clock.advance(60)
    after = connections(sim, sim.grant(app, [org])).json()[0]
    assert after["id"] == before["id"]
    assert after["createdDateUtc"] == before["createdDateUtc"]
    assert after["updatedDateUtc"] > before["updatedDateUtc"]


def test_connections_need_a_valid_token(sim, org, app):
    assert connections(sim, {"access_token": "nonsense"}).status_code == 401


def test_a_deleted_connection_gives_403(sim, org, app, tokens):
    identifier = connections(sim, tokens).json()[0]["id"]
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    reply = requests.delete(f"{sim.url}/connections/{identifier}", headers=headers, timeout=20)
    assert (reply.status_code, reply.content) == (204, b"")
    assert requests.delete(f"{sim.url}/connections/{identifier}", headers=headers, timeout=20).status_code == 404
    assert Client(sim, org, tokens["access_token"]).call("GET", "Organisation").status_code == 403


def test_a_person_who_kills_the_tokens_makes_the_next_refresh_fail(sim, org, tokens):
    org.deauthorise()
    assert refresh(sim, tokens["refresh_token"]).json() == {"error": "invalid_grant"}
    assert Client(sim, org, tokens["access_token"]).call("GET", "Organisation").status_code == 200
