"""OAuth2 at Xero's identity server, which the official SDK does not cover.

Every function does one HTTPS call with ``requests`` and returns plain data. Secrets are only ever
placed in the request; error texts are built from Xero's ``error`` field alone.
"""

import base64
import binascii
import json
from urllib.parse import urlencode

import requests

from .errors import XeroError, XeroGrantLost, XeroNotSent, XeroRateLimited, XeroUnanswered, XeroUnauthorised

# One number for connecting and for reading: Odoo's test harness compares it as a number.
TIMEOUT = 30

# Scopes by feature. Apps made since March 2026 only get granular scopes; `accounting.transactions` is dead.
BASE_SCOPES = ("offline_access", "openid", "profile", "email", "accounting.settings", "accounting.contacts")
FEATURE_SCOPES = {
    "invoices": ("accounting.invoices",),
    "payments": ("accounting.payments",),
    "journals": ("accounting.manualjournals",),
    "attachments": ("accounting.attachments",),
}


def scopes_for(features):
    """Return the scopes of the switched-on ``features`` only, as one space-separated string."""
    scopes = list(BASE_SCOPES)
    for feature in features:
        scopes.extend(FEATURE_SCOPES[feature])
    return " ".join(scopes)


def authorize_url(login_url, *, client_id, redirect_uri, scope, state):
    """Return the address of Xero's consent page."""
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": redirect_uri,
            "scope": scope,
            "state": state,
        }
    )
    return f"{login_url}/identity/connect/authorize?{query}"


def exchange_code(identity_url, *, client_id, client_secret, code, redirect_uri):
    """Exchange the code of the consent for tokens. Codes live 5 minutes and work once."""
    return _token(
        identity_url,
        client_id,
        client_secret,
        {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri},
    )


def refresh(identity_url, *, client_id, client_secret, refresh_token):
    """Return new tokens. Each refresh answers a **new** refresh token, which must be kept at once."""
    return _token(
        identity_url,
        client_id,
        client_secret,
        {"grant_type": "refresh_token", "refresh_token": refresh_token},
    )


def revoke(identity_url, *, client_id, client_secret, refresh_token):
    """Give the access back: Xero ends the refresh token and all of its connections."""
    response = _request(
        "POST",
        f"{identity_url}/connect/revocation",
        data={"token": refresh_token},
        auth=(client_id, client_secret),
    )
    if response.status_code >= 400:
        _raise_token_error(response)


def connections(api_url, access_token):
    """Return the organisations this sign-in may use, as Xero lists them."""
    response = _request("GET", f"{api_url}/connections", headers=_bearer(access_token))
    if response.status_code == 401:
        raise XeroUnauthorised("Xero did not accept the access token", status=401)
    if response.status_code == 429:
        raise XeroRateLimited("Xero asks to wait", retry_after=_retry_after(response), status=429)
    if response.status_code != 200:
        raise XeroUnanswered(f"Xero answered {response.status_code}", status=response.status_code)
    found = _json(response)
    if not isinstance(found, list):
        raise XeroUnanswered("Xero's list of organisations could not be read")
    return [item for item in found if item.get("tenantType") == "ORGANISATION"]


def remove_connection(api_url, access_token, connection_id):
    """Remove one organisation from the app. One that is gone already is not an error."""
    response = _request("DELETE", f"{api_url}/connections/{connection_id}", headers=_bearer(access_token))
    if response.status_code == 401:
        raise XeroUnauthorised("Xero did not accept the access token", status=401)
    if response.status_code >= 400 and response.status_code not in (403, 404):
        raise XeroUnanswered(f"Xero answered {response.status_code}", status=response.status_code)


def consent_event(access_token):
    """Return the id of the consent this token came from, or ``None``; used to tell what was just granted."""
    try:
        body = access_token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return None
    return claims.get("authentication_event_id") if isinstance(claims, dict) else None


def _bearer(access_token):
    return {"Authorization": f"Bearer {access_token}", "Accept": "application/json"}


def _token(identity_url, client_id, client_secret, data):
    response = _request("POST", f"{identity_url}/connect/token", data=data, auth=(client_id, client_secret))
    if response.status_code != 200:
        _raise_token_error(response)
    tokens = _json(response)
    if not isinstance(tokens, dict) or not tokens.get("access_token"):
        raise XeroUnanswered("Xero's answer holds no access token")
    return tokens


def _raise_token_error(response):
    if response.status_code == 429:
        raise XeroRateLimited("Xero asks to wait", retry_after=_retry_after(response), status=429)
    if response.status_code >= 500:
        raise XeroUnanswered(f"Xero's sign-in service answered {response.status_code}", status=response.status_code)
    try:
        code = response.json().get("error")
    except (ValueError, AttributeError):
        code = None
    if code in ("invalid_grant", "invalid_client", "unauthorized_client"):
        raise XeroGrantLost(code, status=response.status_code)
    raise XeroError(code or f"Xero's sign-in service answered {response.status_code}", status=response.status_code)


def _retry_after(response):
    value = response.headers.get("Retry-After", "")
    return int(value) if value.isdigit() else 60


def _json(response):
    try:
        return response.json()
    except ValueError as error:
        raise XeroUnanswered("Xero's answer could not be read", status=response.status_code) from error


def _request(method, url, **kwargs):
    try:
        return requests.request(method, url, timeout=TIMEOUT, allow_redirects=False, **kwargs)
    except requests.exceptions.ConnectTimeout as error:
        raise XeroNotSent("Xero could not be reached (timeout)") from error
    except (requests.exceptions.Timeout, requests.exceptions.ChunkedEncodingError) as error:
        raise XeroUnanswered("Xero did not answer in time") from error
    except requests.exceptions.ConnectionError as error:
        if "NewConnectionError" in repr(error):
            raise XeroNotSent("Xero could not be reached") from error
        raise XeroUnanswered("The connection to Xero was lost") from error
