"""identity.xero.com and api.xero.com/connections: tokens and connections."""

import base64
import binascii
import hmac

from werkzeug.wrappers import Response

from . import wire
from .dates import iso_moment
from .oauth import InvalidGrant
from .problems import not_found, unauthorized


def token(simulator, request):
    """``POST /connect/token``: errors as RFC 6749 names them."""
    app = authenticate(simulator, request)
    if app is None:
        return answer({"error": "invalid_client"}, 401)
    form, oauth = request.form, simulator.oauth
    try:
        match form.get("grant_type"):
            case "authorization_code":
                code, uri = form.get("code", ""), form.get("redirect_uri")
                return answer(oauth.exchange_code(app, code, uri, form.get("code_verifier")))
            case "refresh_token":
                return answer(oauth.exchange_refresh(app, form.get("refresh_token", "")))
            case None:
                return answer({"error": "invalid_request"}, 400)
    except InvalidGrant:
        return answer({"error": "invalid_grant"}, 400)
    return answer({"error": "unsupported_grant_type"}, 400)


def revocation(simulator, request):
    """``POST /connect/revocation`` of a refresh token: removes all connections between the user and the app."""
    app = authenticate(simulator, request)
    if app is None:
        return answer({"error": "invalid_client"}, 401)
    if not request.form.get("token"):
        return answer({"error": "invalid_request"}, 400)
    simulator.oauth.revoke(app, request.form["token"])
    return Response(status=200)


def authenticate(simulator, request):
    """The app of the Basic header or of the form's client credentials."""
    client_id, secret = request.form.get("client_id", ""), request.form.get("client_secret", "")
    scheme, _space, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            client_id, _colon, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
    app = simulator.oauth.apps.get(client_id)
    if app is None or not hmac.compare_digest(app.client_secret.encode(), secret.encode()):
        return None
    return app


def access_of(simulator, request):
    """The access token's record; 401 as Xero words it when there is none."""
    scheme, _space, token_text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token_text.strip():
        raise unauthorized("AuthenticationUnsuccessful", {"WWW-Authenticate": "Bearer"})
    access = simulator.oauth.access_tokens.get(token_text.strip())
    if access is None:
        raise unauthorized("AuthenticationUnsuccessful", {"WWW-Authenticate": 'Bearer error="invalid_token"'})
    if access.expires <= simulator.clock.timestamp():
        expired = simulator.clock.from_timestamp(access.expires).strftime("%m/%d/%Y %H:%M:%S")
        raise unauthorized(
            f"TokenExpired: token expired at {expired}", {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        )
    return access


def list_connections(simulator, request):
    """``GET /connections``: the organisations this app may use, optionally of one consent."""
    access = access_of(simulator, request)
    wanted = request.args.get("authEventId")
    return answer(
        [
            {
                "id": connection.id,
                "authEventId": connection.auth_event,
                "tenantId": connection.tenant_id,
                "tenantType": "ORGANISATION",
                "tenantName": simulator.organisations[connection.tenant_id].name,
                "createdDateUtc": iso_moment(connection.created).rstrip("Z") + "0000",
                "updatedDateUtc": iso_moment(connection.updated).rstrip("Z") + "0000",
            }
            for connection in simulator.oauth.connections_of(access.app)
            if wanted in (None, connection.auth_event)
        ]
    )


def delete_connection(simulator, request, connection_id):
    """``DELETE /connections/{id}``: 204."""
    access = access_of(simulator, request)
    connection = simulator.oauth.connections.get(connection_id)
    if connection is None or connection.app is not access.app:
        raise not_found()
    del simulator.oauth.connections[connection_id]
    return Response(status=204)


def answer(body, status=200):
    """JSON that must not be cached."""
    headers = {"Cache-Control": "no-store, no-cache, max-age=0", "Pragma": "no-cache"}
    return Response(wire.dumps(body), status, headers, content_type="application/json; charset=utf-8")
