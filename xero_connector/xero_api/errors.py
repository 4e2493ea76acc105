"""What can go wrong in a call to Xero, as values with a kind rather than as strings.

The question that decides what may be done next is always the same one: *did Xero do it?*

======================  =============  ==========================================================
class                   did Xero act?  what the caller may do
======================  =============  ==========================================================
``XeroNotSent``         no             send again when Xero can be reached
``XeroRateLimited``     no             send again after ``retry_after`` seconds
``XeroUnauthorised``    no             refresh the token once, then ask for a new sign-in
``XeroForbidden``       no             organisation disconnected or scope missing: a person
``XeroRefused``         no             correct the request: a person
``XeroUnanswered``      **unknown**    same bytes with the same key while it lives, else look up
``XeroGrantLost``       no             the sign-in ended: a person connects again
======================  =============  ==========================================================
"""


class XeroError(Exception):
    """Base of all failures; ``str(error)`` is safe to show: it never holds a secret."""

    def __init__(self, message, *, status=None, limits=None, body=None):
        super().__init__(message)
        self.message = message
        self.status = status
        self.limits = limits
        self.body = body


class XeroNotSent(XeroError):
    """The request never reached Xero (no route, refused connection, name not found)."""


class XeroUnanswered(XeroError):
    """The request may have been carried out: connection lost, timeout, 5xx or an unreadable answer."""


class XeroRateLimited(XeroError):
    """429. ``problem`` is Xero's ``X-Rate-Limit-Problem``: minute, day, concurrent or appminute."""

    def __init__(self, message, *, problem="minute", retry_after=60, **kwargs):
        super().__init__(message, **kwargs)
        self.problem = problem
        self.retry_after = retry_after


class XeroUnauthorised(XeroError):
    """401: the access token is not, or no longer, accepted."""


class XeroForbidden(XeroError):
    """403: the organisation is no longer connected to the app, or a scope is missing."""


class XeroRefused(XeroError):
    """Any other 4xx. ``elements`` holds Xero's per-element verdicts when it gave some."""

    def __init__(self, message, *, elements=None, **kwargs):
        super().__init__(message, **kwargs)
        self.elements = elements or []


class XeroGrantLost(XeroError):
    """``invalid_grant`` or ``invalid_client``: only a new sign-in (or a corrected secret) helps."""
