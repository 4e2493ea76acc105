"""The ways in which Xero says no."""

from . import wire


class Refused(Exception):
    """A request that is answered with an error status. ``body`` is JSON-able."""

    def __init__(self, status, body, headers=None):
        super().__init__(f"{status}: {wire.dumps(body)}")
        self.status = status
        self.body = body
        self.headers = headers or {}


def problem(status, title, detail, headers=None):
    """The shape of errors from Xero's gateway: tokens, connections, limits."""
    body = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": "00000000-0000-0000-0000-000000000000",
        "Extensions": {},
    }
    return Refused(status, body, headers)


def unauthorized(detail, headers=None):
    """401: the token is missing, unknown or expired, or lacks the scope."""
    return problem(401, "Unauthorized", detail, headers)


def forbidden():
    """403: no connection between the app and this organisation (any more)."""
    return problem(403, "Forbidden", "AuthenticationUnsuccessful")


def not_found():
    """404 of the accounting API."""
    return problem(404, "Not Found", "The resource you're looking for cannot be found")


def bad_request(number, kind, message):
    """400 with one of Xero's exception numbers."""
    return Refused(400, {"ErrorNumber": number, "Type": kind, "Message": message})


def bad_data(message):
    """400 for a body that cannot be read as the resource."""
    return bad_request(14, "PostDataInvalidException", message)


def no_data(resource):
    """400 for a body without a single element."""
    return bad_request(
        17,
        "NoDataProcessedException",
        "No data has been processed for this endpoint. This endpoint is expecting "
        f"{resource} data to be specifed in the request body.",
    )


def bad_query(message):
    """400 for a ``where``, ``order`` or paging parameter that Xero cannot parse."""
    return bad_request(16, "QueryParseException", message)


def validation_exception(elements):
    """400 for refused elements, when the request did not say ``summarizeErrors=false``."""
    return Refused(
        400,
        {
            "ErrorNumber": 10,
            "Type": "ValidationException",
            "Message": "A validation exception occurred",
            "Elements": elements,
        },
    )


class Invalid(ValueError):
    """One element breaks rules. ``messages`` are Xero's own words, in the order in which Xero checks."""

    def __init__(self, *messages):
        super().__init__("; ".join(messages))
        self.messages = list(messages)
