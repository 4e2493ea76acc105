"""Apps, tokens and connections: the state behind login and identity.

Sources: Xero's *The standard authorization code flow*, *Token types*, *Managing connections*. Lifetimes in seconds.
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from . import wire
from .limits import Meter

CODE_LIFE = 5 * 60
ACCESS_LIFE = 30 * 60
REFRESH_LIFE = 60 * 86_400
REFRESH_GRACE = 30 * 60
USER = {"userid": "6b1a2c5e-7d43-4e0a-9f5b-0d6a3c8e1f42", "name": "Demo User", "email": "demo.user@example.com"}


@dataclass
class App:
    """An app registered with Xero. ``minute_limit`` is for all organisations together; ``None`` switches it off."""

    client_id: str
    client_secret: str
    redirect_uris: list
    name: str
    minute_limit: int | None = 10_000
    meter: Meter = field(default_factory=Meter, repr=False)

    def allows_redirect(self, uri):
        """Exact match; the port of a registered ``http://localhost:*/…`` is free."""
        return any(_redirect_pattern(registered).fullmatch(uri) for registered in self.redirect_uris)


@dataclass
class Code:
    """An authorization code: one use within ``CODE_LIFE``."""

    app: App
    redirect_uri: str
    scopes: list
    auth_event: str
    expires: float
    challenge: str | None


@dataclass
class Refresh:
    """A refresh token. ``replaced`` is when it was rotated: it works for ``REFRESH_GRACE`` more seconds."""

    app: App
    scopes: list
    auth_event: str
    expires: float
    replaced: float | None = None
    successor: str | None = None


@dataclass
class Access:
    """An access token."""

    app: App
    scopes: list
    auth_event: str
    expires: float


@dataclass
class Connection:
    """One organisation that the user connected to one app."""

    id: str
    app: App
    tenant_id: str
    auth_event: str
    created: object
    updated: object


class InvalidGrant(Exception):
    """``invalid_grant`` of the token endpoint."""


class OAuth:
    """Everything the identity server remembers."""

    def __init__(self, clock, ids):
        self.clock, self._ids = clock, ids
        self.apps, self.codes, self.refresh_tokens, self.access_tokens, self.connections = {}, {}, {}, {}, {}

    def add_app(self, client_id, client_secret, redirect_uris, name):
        """Register an app. Redirect URIs are https, except on localhost."""
        for uri in redirect_uris:
            parts = urlsplit(uri.replace(":*", ""))
            if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname == "localhost"):
                raise ValueError(f"Xero takes https redirect URIs only, except on http://localhost: {uri}")
            if "*" in uri and parts.hostname != "localhost":
                raise ValueError(f"only the port of a localhost redirect URI may be free: {uri}")
        app = self.apps[client_id] = App(client_id, client_secret, list(redirect_uris), name)
        return app

    def connect(self, app, tenant_id, auth_event):
        """Connect an organisation, or renew its connection."""
        now = self.clock.now()
        for connection in self.connections.values():
            if connection.app is app and connection.tenant_id == tenant_id:
                connection.auth_event, connection.updated = auth_event, now
                return connection
        connection = Connection(self._ids.guid(), app, tenant_id, auth_event, now, now)
        self.connections[connection.id] = connection
        return connection

    def connections_of(self, app):
        """The app's connections, oldest first."""
        return [connection for connection in self.connections.values() if connection.app is app]

    def disconnect(self, tenant_id, app=None):
        """Remove the organisation's connections, of one app or all."""
        for connection in list(self.connections.values()):
            if connection.tenant_id == tenant_id and app in (None, connection.app):
                del self.connections[connection.id]

    def issue_code(self, app, redirect_uri, scopes, auth_event, challenge):
        """A fresh authorization code."""
        code = self._ids.secret()
        self.codes[code] = Code(app, redirect_uri, scopes, auth_event, self.clock.timestamp() + CODE_LIFE, challenge)
        return code

    def exchange_code(self, app, code, redirect_uri, verifier):
        """Tokens for a code, which is used up even when it is refused."""
        found = self.codes.pop(code, None)
        if found is None or found.app is not app or found.expires <= self.clock.timestamp():
            raise InvalidGrant
        if found.redirect_uri != redirect_uri:
            raise InvalidGrant
        if found.challenge is not None and challenge_of(verifier or "") != found.challenge:
            raise InvalidGrant
        return self.issue_tokens(app, found.scopes, found.auth_event)

    def exchange_refresh(self, app, token):
        """Rotate a refresh token.

        A rotated token works again within its grace, for a client that lost the answer; the successor that got lost
        is then dead. So of two refreshes at once only the later one's token survives.
        """
        found, now = self.refresh_tokens.get(token), self.clock.timestamp()
        if found is None or found.app is not app or found.expires <= now:
            raise InvalidGrant
        if found.replaced is not None:
            if now >= found.replaced + REFRESH_GRACE:
                raise InvalidGrant
            self.refresh_tokens.pop(found.successor, None)
        else:
            found.replaced = now
        answer = self.issue_tokens(app, found.scopes, found.auth_event)
        found.successor = answer["refresh_token"]
        return answer

    def issue_tokens(self, app, scopes, auth_event):
        """What the token endpoint answers."""
        now = self.clock.timestamp()
        token = self._jwt(app, scopes, auth_event, now)
        self.access_tokens[token] = Access(app, scopes, auth_event, now + ACCESS_LIFE)
        answer = {"access_token": token, "expires_in": ACCESS_LIFE, "token_type": "Bearer", "scope": " ".join(scopes)}
        if "openid" in scopes:
            answer["id_token"] = self._id_token(app, scopes, now)
        if "offline_access" in scopes:
            refresh = self._ids.secret()
            self.refresh_tokens[refresh] = Refresh(app, scopes, auth_event, now + REFRESH_LIFE)
            answer["refresh_token"] = refresh
        return answer

    def revoke(self, app, token):
        """Revoke a refresh token: the user's connections to this app go too. An unknown token is no error."""
        found = self.refresh_tokens.get(token)
        if found is not None and found.app is app:
            self.deauthorise(app)

    def deauthorise(self, app, keep_connections=False):
        """Kill all tokens of an app and, unless told otherwise, its connections."""
        for tokens in (self.refresh_tokens, self.access_tokens):
            for token in [token for token, found in tokens.items() if found.app is app]:
                del tokens[token]
        if not keep_connections:
            for connection in self.connections_of(app):
                del self.connections[connection.id]

    def kill_refresh_tokens(self, app):
        """Further refreshes give ``invalid_grant``; access tokens live until they expire."""
        for token in [token for token, found in self.refresh_tokens.items() if found.app is app]:
            del self.refresh_tokens[token]

    def expire_access(self, token):
        """The access token expires now."""
        if found := self.access_tokens.get(token):
            found.expires = self.clock.timestamp()

    def _jwt(self, app, scopes, auth_event, now):
        return self._sign(
            {
                "nbf": int(now),
                "exp": int(now + ACCESS_LIFE),
                "iss": "https://identity.xero.com",
                "aud": "https://identity.xero.com/resources",
                "client_id": app.client_id,
                "sub": USER["userid"].replace("-", ""),
                "auth_time": int(now),
                "xero_userid": USER["userid"],
                "global_session_id": self._ids.guid().replace("-", ""),
                "jti": self._ids.guid().replace("-", ""),
                "authentication_event_id": auth_event,
                "scope": list(scopes),
            }
        )

    def _id_token(self, app, scopes, now):
        claims = {"nbf": int(now), "exp": int(now + 300), "iss": "https://identity.xero.com", "aud": app.client_id}
        claims |= {"iat": int(now), "sub": USER["userid"].replace("-", ""), "xero_userid": USER["userid"]}
        if "profile" in scopes:
            claims |= {"given_name": "Demo", "family_name": "User", "name": USER["name"]}
        if "email" in scopes:
            claims["email"] = USER["email"]
        return self._sign(claims)

    def _sign(self, claims):
        head = _base64url(wire.dumps({"alg": "RS256", "kid": "SIMULATOR", "typ": "JWT"}).encode())
        body = _base64url(wire.dumps(claims).encode())
        return f"{head}.{body}.{self._ids.secret()}"


def challenge_of(verifier):
    """The S256 challenge of a PKCE verifier (RFC 7636)."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def _base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _redirect_pattern(registered):
    return re.compile(re.escape(registered).replace(r":\*", r"(?::\d{1,5})?"))
