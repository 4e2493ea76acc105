"""One HTTP call to Xero's accounting API, through the official SDK's transport.

The SDK's typed models are left aside on purpose: they fail a whole answer on one unknown enum value and lose
decimals. Bodies go in as dictionaries, answers come out as dictionaries with ``Decimal`` numbers.

What is switched off in the SDK, and why:

* urllib3's hidden retries, which would send a PUT three times after a lost answer;
* the singleton's token: each call carries its own ``Authorization`` header, so that two connections can never
  send each other's token;
* no time limit: every call has a connect and a read limit.
"""

import json
import time
from dataclasses import dataclass

from .errors import (
    XeroForbidden,
    XeroNotSent,
    XeroRateLimited,
    XeroRefused,
    XeroUnanswered,
    XeroUnauthorised,
)
from .payload import from_text

CONNECT_SECONDS, READ_SECONDS = 5, 60
# Asked for; where Xero does not say how many pages there are, fewer than its own default must be the last one.
PAGE_SIZE, SMALLEST_PAGE = 1000, 100
API_PATH = "/api.xro/2.0"
# Where the list in the answer is not named like the resource.
_LIST_NAMES = {"/Organisation": "Organisations", "/Organisation/Actions": "Actions"}


@dataclass(frozen=True)
class Limits:
    """Calls left, as Xero counts them; ``None`` where the answer did not say."""

    minute: int | None = None
    day: int | None = None
    app_minute: int | None = None


@dataclass(frozen=True)
class Answer:
    """A 2xx answer: ``data`` is the parsed body, ``seconds`` how long the call took."""

    status: int
    data: dict
    limits: Limits
    seconds: float


class XeroClient:
    """Sends calls for one organisation. Make one per thread: the SDK's transport is not shared.

    :param api_url: host of the API without a trailing slash
    :param tenant_id: the organisation's id at Xero
    :param token: ``token(renew: bool) -> str`` gives the access token; with ``renew`` it must be a new one
    :param on_limits: called with the ``Limits`` of every answer, failures included
    """

    def __init__(self, api_url, tenant_id, token, on_limits=None, read_seconds=READ_SECONDS):
        # The SDK costs 0.2 s and 30 MB to import: only processes that talk to Xero pay for it.
        import urllib3
        from xero_python.api_client import ApiClient
        from xero_python.api_client.configuration import Configuration

        self._base = f"{api_url}{API_PATH}"
        self._tenant_id = tenant_id
        self._token = token
        self._on_limits = on_limits
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self._sdk = ApiClient(Configuration())
        self._sdk.rest_client.pool_manager.connection_pool_kw["retries"] = urllib3.Retry(0, redirect=0)
        self._sdk.set_default_header("Accept-Encoding", "gzip")
        self.calls = 0

    def get(self, path, *, query=None, modified_since=None):
        """Read. ``modified_since`` (naive UTC) becomes ``If-Modified-Since``, which Xero reads to the second."""
        headers = {}
        if modified_since:
            headers["If-Modified-Since"] = modified_since.strftime("%Y-%m-%dT%H:%M:%S")
        return self._call("GET", path, query=query, headers=headers)

    def list(self, path, *, query=None, modified_since=None):
        """Read and return the elements of a resource, for example of ``/Accounts`` or ``/Organisation/Actions``.

        :raises XeroUnanswered: an answer without such a list
        """
        return self.page(path, query=query, modified_since=modified_since)[0]

    def page(self, path, *, query=None, modified_since=None):
        """Read one page; return its elements and the number of pages, ``None`` where Xero does not say.

        :raises XeroUnanswered: an answer without such a list
        """
        data = self.get(path, query=query, modified_since=modified_since).data
        elements = data.get(_LIST_NAMES.get(path, path.split("/")[1]))
        if not isinstance(elements, list):
            raise XeroUnanswered("Xero's answer could not be read")
        return elements, (data.get("pagination") or {}).get("pageCount")

    def pages(self, path, id_name, *, query=None, modified_since=None):
        """Read all pages of a list, one call each; yield the elements of each.

        :param id_name: the field that tells elements apart
        """
        page, seen = 1, set()
        while True:
            asked = {"page": page, "pageSize": PAGE_SIZE, **(query or {})}
            elements, pages = self.page(path, query=asked, modified_since=modified_since)
            yield elements
            new = {element.get(id_name) for element in elements} - seen
            # A page that brings nothing new is the same page again.
            if not new or (pages and page >= pages) or (not pages and len(elements) < SMALLEST_PAGE):
                return
            seen |= new
            page += 1

    def organisation(self):
        """Read the organisation that this client belongs to."""
        found = self.list("/Organisation")
        if not found:
            raise XeroUnanswered("Xero's answer names no organisation")
        return found[0]

    def send(self, method, path, *, body, query=None, idempotency_key=None):
        """Write. ``body`` is JSON text that is sent as it stands, so that a retry has the same bytes.

        Xero caches an ``Idempotency-Key`` for about 6 minutes and answers the first result again.
        """
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._call(method, path, query=query, headers=headers, body=json.loads(body) if body else None)

    def _call(self, method, path, *, query=None, headers, body=None):
        try:
            return self._attempt(method, path, query, headers, body, self._access_token(renew=False))
        except XeroUnauthorised:
            # A 401 says that nothing was done, so asking again with a new token cannot repeat anything.
            return self._attempt(method, path, query, headers, body, self._access_token(renew=True))

    def _access_token(self, renew):
        try:
            return self._token(renew=renew)
        except XeroUnanswered as error:
            # It is the sign-in service that did not answer: the call itself was never made.
            raise XeroNotSent(str(error)) from error

    def _attempt(self, method, path, query, headers, body, access_token):
        import urllib3
        from xero_python.exceptions import ApiException, HTTPStatusException

        started = time.monotonic()
        self.calls += 1
        try:
            response, status, _headers = self._sdk.call_api(
                f"{self._base}{path}",
                method,
                query_params=list((query or {}).items()),
                header_params={
                    **headers,
                    "Accept": "application/json",
                    "Content-Type": "application/json",
                    "Authorization": f"Bearer {access_token}",
                    "xero-tenant-id": self._tenant_id,
                },
                body=body,
                _return_http_data_only=False,
                _preload_content=False,
                _request_timeout=self._timeout,
            )
            text = response.data
        except HTTPStatusException as error:
            self._raise_status(error.http_resp.urllib3_response, error.http_resp.data)
        except (urllib3.exceptions.HTTPError, ApiException) as error:
            raise _network_error(error) from error
        limits = self._note_limits(response.headers)
        try:
            data = from_text(text.decode("utf-8")) if text else {}
        except ValueError as error:
            raise XeroUnanswered("Xero's answer could not be read", status=status, limits=limits) from error
        if not isinstance(data, dict):
            raise XeroUnanswered("Xero's answer could not be read", status=status, limits=limits)
        return Answer(status, data, limits, time.monotonic() - started)

    def _note_limits(self, headers):
        def number(name):
            value = headers.get(name, "")
            return int(value) if value.isdigit() else None

        limits = Limits(
            number("X-MinLimit-Remaining"), number("X-DayLimit-Remaining"), number("X-AppMinLimit-Remaining")
        )
        if self._on_limits:
            self._on_limits(limits)
        return limits

    def _raise_status(self, response, raw):
        status = response.status
        limits = self._note_limits(response.headers)
        text = raw.decode("utf-8", "replace") if raw else ""
        try:
            data = from_text(text)
        except ValueError:
            data = {}
        data = data if isinstance(data, dict) else {}
        message = _message(data) or f"Xero answered {status}"
        common = {"status": status, "limits": limits, "body": text[:4000]}
        if status == 401:
            raise XeroUnauthorised(message, **common)
        if status == 403:
            raise XeroForbidden(message, **common)
        if status == 429:
            retry_after = response.headers.get("Retry-After", "")
            raise XeroRateLimited(
                message,
                problem=(response.headers.get("X-Rate-Limit-Problem") or "minute").lower(),
                retry_after=int(retry_after) if retry_after.isdigit() else 60,
                **common,
            )
        if status >= 500 or status == 408:
            raise XeroUnanswered(message, **common)
        raise XeroRefused(message, elements=data.get("Elements"), **common)


def _message(data):
    """Xero's own words for a failure, from whichever of its error shapes this is."""
    messages = [
        error["Message"]
        for element in data.get("Elements") or []
        for error in element.get("ValidationErrors") or []
        if error.get("Message")
    ]
    return "; ".join(dict.fromkeys(messages)) or data.get("Detail") or data.get("Message") or data.get("Title")


def _network_error(error):
    """Tell a request that never left from one whose answer was lost: only the first may simply be repeated."""
    import urllib3

    cause = getattr(error, "reason", None) or error
    if isinstance(cause, urllib3.exceptions.NewConnectionError | urllib3.exceptions.ConnectTimeoutError):
        return XeroNotSent("Xero could not be reached")
    if isinstance(cause, urllib3.exceptions.ReadTimeoutError):
        return XeroUnanswered("Xero did not answer in time")
    if isinstance(error, urllib3.exceptions.SSLError) or isinstance(cause, urllib3.exceptions.SSLError):
        return XeroNotSent("Xero's certificate could not be verified")
    return XeroUnanswered("The connection to Xero was lost")
