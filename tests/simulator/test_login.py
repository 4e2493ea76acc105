"""login.xero.com: what a person sees, and what comes back to the app."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from xero_simulator import XeroSimulator
from xero_simulator.oauth import challenge_of

from .conftest import CALLBACK

SCOPES = "openid offline_access accounting.invoices accounting.contacts"


def authorize(sim, **changes):
    """Open the consent page."""
    params = {
        "response_type": "code", "client_id": "CLIENT", "redirect_uri": CALLBACK, "scope": SCOPES, "state": "s1",
        **changes,
    }  # fmt: skip
    params = {name: value for name, value in params.items() if value is not None}
    return requests.get(f"{sim.url}/identity/connect/authorize", params=params, timeout=20)


def answer(sim, page, organisations, decision="allow"):
    """Press a button of the consent page; the query of the redirect."""
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text).group(1)
    form = [("ticket", ticket), ("decision", decision), *(("organisation", org.id) for org in organisations)]
    reply = requests.post(f"{sim.url}/identity/connect/authorize", data=form, allow_redirects=False, timeout=20)
    assert reply.status_code == 302, reply.text
    assert reply.headers["Location"].startswith(CALLBACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(reply.headers["Location"]).query).items()}


def code_for(sim, organisations, **changes):
    """Consent and return the authorization code."""
    return answer(sim, authorize(sim, **changes), organisations)["code"]


def exchange(sim, code, auth=("CLIENT", "SECRET"), **changes):
    """Exchange a code at the token endpoint."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **changes}
    return requests.post(f"{sim.url}/connect/token", data=form, auth=auth, timeout=20)


def test_consent_page_names_app_user_scopes_and_organisations(sim, org, app):
    sim.add_organisation("Harbour & Sons")
    page = authorize(sim)
    assert page.status_code == 200
    for text in (
        "Odoo wants access to",
        "Demo User",
        "View and manage contacts",
        "Demo Company (UK)",
        "Harbour &amp; Sons",
    ):
        assert text in page.text
    assert 'id="allow"' in page.text
    assert 'id="cancel"' in page.text
    assert page.text.count('type="checkbox" name="organisation"') == 2
    assert f'name="organisation" value="{org.id}"' in page.text


def test_a_single_organisation_is_chosen_already(sim, org, app):
    assert re.search(r'type="radio" name="organisation" value="[^"]+" checked', authorize(sim).text)


def test_allowing_returns_code_scope_and_state_and_connects_the_chosen_organisation(sim, org, app):
    other = sim.add_organisation("Other")
    query = answer(sim, authorize(sim), [org])
    assert query["state"] == "s1"
    assert query["scope"] == SCOPES
    assert query["session_state"]
    assert [c.tenant_id for c in sim.oauth.connections.values()] == [org.id]
    assert other.id not in str(query)


def test_cancelling_returns_access_denied_and_connects_nothing(sim, org, app):
    query = answer(sim, authorize(sim), [org], decision="cancel")
    assert query == {"error": "access_denied", "state": "s1"}
    assert not sim.oauth.connections


def test_allowing_no_organisation_is_refused(sim, org, app):
    ticket = re.search(r'name="ticket" value="([^"]+)"', authorize(sim).text).group(1)
    form = {"ticket": ticket, "decision": "allow"}
    assert requests.post(f"{sim.url}/identity/connect/authorize", data=form, timeout=20).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "NOBODY"}, "unauthorized_client"),
        ({"redirect_uri": CALLBACK + "/"}, "Invalid redirect_uri"),
        ({"redirect_uri": None}, "Invalid redirect_uri"),
        ({"scope": "accounting.transactions"}, "invalid_scope"),
        ({"scope": "offline_access nonsense"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_wrong_request_shows_an_error_page_and_no_redirect(sim, org, app, changes, error):
    page = authorize(sim, **changes)
    assert page.status_code == 400
    assert not page.history
    assert error in page.text


def test_a_consent_page_can_be_answered_once(sim, org, app):
    page = authorize(sim)
    answer(sim, page, [org])
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text).group(1)
    form = {"ticket": ticket, "decision": "allow", "organisation": org.id}
    assert requests.post(f"{sim.url}/identity/connect/authorize", data=form, timeout=20).status_code == 400


def test_code_gives_tokens(sim, org, app):
    reply = exchange(sim, code_for(sim, [org]))
    assert reply.status_code == 200
    assert reply.headers["Cache-Control"].startswith("no-store")
    body = reply.json()
    assert set(body) == {"access_token", "refresh_token", "id_token", "expires_in", "token_type", "scope"}
    assert (body["expires_in"], body["token_type"], body["scope"]) == (1800, "Bearer", SCOPES)


def test_code_works_once(sim, org, app):
    code = code_for(sim, [org])
    assert exchange(sim, code).status_code == 200
    assert exchange(sim, code).json() == {"error": "invalid_grant"}


def test_code_lives_five_minutes(sim, org, app):
    code = code_for(sim, [org])
    sim.clock.advance(301)
    assert exchange(sim, code).json() == {"error": "invalid_grant"}


def test_code_needs_the_same_redirect_uri(sim, org, app):
    assert exchange(sim, code_for(sim, [org]), redirect_uri=CALLBACK + "?x=1").json() == {"error": "invalid_grant"}


def test_code_belongs_to_its_app(sim, org, app):
    sim.add_app("OTHER", "SECRET", [CALLBACK])
    assert exchange(sim, code_for(sim, [org]), auth=("OTHER", "SECRET")).json() == {"error": "invalid_grant"}


def test_pkce_verifier_is_checked_when_a_challenge_was_given(sim, org, app):
    verifier = "v" * 50
    challenge = {"code_challenge": challenge_of(verifier), "code_challenge_method": "S256"}
    assert exchange(sim, code_for(sim, [org], **challenge)).json() == {"error": "invalid_grant"}
    assert exchange(sim, code_for(sim, [org], **challenge), code_verifier="w" * 50).status_code == 400
    assert exchange(sim, code_for(sim, [org], **challenge), code_verifier=verifier).status_code == 200


def test_no_refresh_token_without_offline_access(sim, org, app):
    reply = exchange(sim, code_for(sim, [org], scope="accounting.invoices"))
    assert "refresh_token" not in reply.json()
    assert "id_token" not in reply.json()


def test_the_port_of_a_localhost_redirect_may_be_free(sim, org):
    sim.add_app("CLIENT", "SECRET", ["http://localhost:*/xero/oauth/callback"], "Odoo")
    assert authorize(sim).status_code == 200
    for uri in (
        CALLBACK.replace("8069", "evil"),
        CALLBACK.replace("localhost", "localhost.evil.example"),
        CALLBACK + "x",
    ):
        assert authorize(sim, redirect_uri=uri).status_code == 400


@pytest.mark.parametrize(
    "uri", ["http://shop.example/callback", "https://shop.example:*/callback", "ftp://localhost/x"]
)
def test_redirect_uris_are_https_except_on_localhost(uri):
    with pytest.raises(ValueError, match="redirect URI"):
        XeroSimulator().add_app("CLIENT", "SECRET", [uri])
