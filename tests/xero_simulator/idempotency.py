"""``Idempotency-Key``: the same request with the same key gets the stored answer.

Source: Xero's *Idempotent requests*: POST, PUT and PATCH only, at most 128 characters, per app, kept for 6 minutes from
the first call, errors included; the same key with another request is refused. A replay counts against the limits.
"""

import hashlib
from dataclasses import dataclass

from .problems import Refused

WINDOW = 360
MAX_LENGTH = 128
PURGE_FROM = 1_000
METHODS = ("POST", "PUT", "PATCH")


@dataclass
class Stored:
    """An answer kept for a key until ``expires`` (simulator seconds)."""

    fingerprint: str
    expires: float
    status: int
    body: bytes
    content_type: str


class IdempotencyCache:
    """Stored answers by (app, key)."""

    def __init__(self):
        self._stored = {}

    def lookup(self, app, key, fingerprint, now):
        """The stored answer, or nothing; raises when the key belongs to another request."""
        if len(key) > MAX_LENGTH:
            raise _bad_key(f"Idempotency Key: maximum length is {MAX_LENGTH} characters.")
        stored = self._stored.get((app, key))
        if stored is None:
            return None
        if stored.expires <= now:
            del self._stored[app, key]
            return None
        if stored.fingerprint != fingerprint:
            raise _bad_key(f"Idempotency Key: {key} is used with a different request.")
        return stored

    def store(self, app, key, fingerprint, now, answer):
        """Keep ``answer`` (a response) for the window, and drop what is past its own."""
        if len(self._stored) >= PURGE_FROM:
            self._stored = {where: stored for where, stored in self._stored.items() if stored.expires > now}
        self._stored[app, key] = Stored(
            fingerprint, now + WINDOW, answer.status_code, answer.get_data(), answer.content_type
        )


def fingerprint_of(method, path, query, tenant, body):
    """What must be equal for two requests to be the same."""
    digest = hashlib.sha256()
    for part in (method, path, query, tenant or ""):
        digest.update(part.encode() + b"\0")
    digest.update(body)
    return digest.hexdigest()


def _bad_key(message):
    return Refused(400, {"ErrorNumber": 20, "Type": "BadRequestException", "Message": message})
