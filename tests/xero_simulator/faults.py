"""Faults that a test injects into calls.

``status``          an answer with any status, body and headers instead of processing (503, 429, a gateway's HTML …)
``drop_before``     the connection is reset before anything is processed
``drop_after``      the call is processed, then the connection is reset without an answer
``delay``           ``seconds`` before (default) or, with ``point="after"``, after processing
``garbage``         the call is processed, the answer is 200 with a body that is not JSON
``garbage_before``  the same without processing
``html``            200 with an HTML maintenance page, nothing is processed
``truncate``        the call is processed, half of the answer's body is sent, then the connection is reset
``expire_token``    the access token of this call really expires: 401 TokenExpired
``missing_id``      the call is processed, the answer's elements lack their ids
``status_after``    the call is processed, then the answer is replaced by one with any status (a gateway's 504)
``reorder``         the call is processed, the answer's elements come in the opposite order
``omit``            the call is processed, the answer's last element is missing
"""

import re
import threading
import time

from werkzeug.wrappers import Response

from . import wire
from .server import CutConnection

METHODS = ("GET", "PUT", "POST", "DELETE", "PATCH")
KINDS = (
    "status", "drop_before", "drop_after", "delay", "garbage", "garbage_before", "html", "truncate", "expire_token",
    "missing_id", "status_after", "reorder", "omit",
)  # fmt: skip
MAINTENANCE = "<!doctype html><html><head><title>Maintenance</title></head><body>We'll be back soon.</body></html>"
NOT_JSON = b'{"Id": "3f1c", "Status": "OK", "Invoices": [{"InvoiceID": '
ELEMENT_IDS = ("InvoiceID", "ContactID", "CreditNoteID", "PaymentID", "ManualJournalID", "AllocationID", "ItemID")


class Fault:
    """One injected fault; ``hits`` counts the calls it struck."""

    def __init__(self, faults, kind, match=None, method=None, path=None, predicate=None, times=1, after=0, status=500,
                 body="", headers=None, seconds=0.0, point="before", remember=False):  # fmt: skip
        if kind not in KINDS:
            raise ValueError(f"unknown kind of fault: {kind}")
        if point not in ("before", "after"):
            raise ValueError("point is 'before' or 'after' processing")
        if callable(match):
            predicate, match = match, None
        if match:
            first, _space, rest = match.partition(" ")
            method, path = (first, rest) if first in METHODS else (method, match)
        self._faults = faults
        self.kind, self.method, self.predicate = kind, method, predicate
        self.path = re.compile(path) if path else None
        self.times, self.after, self.hits = times, after, 0
        self.status, self.body, self.headers = status, body, dict(headers or {})
        self.seconds, self.point, self.remember = seconds, point, remember

    def remove(self):
        """Strike no more calls."""
        self._faults.remove(self)

    def wants(self, call):
        """Whether ``call`` is of the calls this fault is meant for."""
        target = f"{call.path}?{call.query}" if call.query else call.path
        return (
            (self.method is None or self.method == call.method)
            and (self.path is None or self.path.search(target) is not None)
            and (self.predicate is None or bool(self.predicate(call)))
        )


class Faults:
    """All faults of a simulator."""

    def __init__(self):
        self._active = []
        self._lock = threading.Lock()

    def add(self, kind, **options):
        """Inject a fault and return its handle."""
        fault = Fault(self, kind, **options)
        with self._lock:
            self._active.append(fault)
        return fault

    def remove(self, fault):
        """Take a fault away; removing it twice is harmless."""
        with self._lock:
            self._active = [other for other in self._active if other is not fault]

    def clear(self):
        """Take all faults away."""
        with self._lock:
            self._active = []

    def plan(self, call):
        """What is to happen to ``call``: any number of delays and at most one other fault."""
        struck = []
        with self._lock:
            for fault in list(self._active):
                if not fault.wants(call) or (fault.kind != "delay" and any(other.kind != "delay" for other in struck)):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.hits += 1
                struck.append(fault)
                if fault.times is not None and fault.hits >= fault.times:
                    self._active.remove(fault)
        return Plan(struck)


class Plan:
    """The faults of one call, to be carried out around its processing."""

    def __init__(self, faults):
        self._delays = [fault for fault in faults if fault.kind == "delay"]
        self._fault = next((fault for fault in faults if fault.kind != "delay"), None)
        self.kind = self._fault.kind if self._fault else None

    def before(self):
        """Wait, cut, or return an answer that replaces processing, and whether the idempotency key remembers it."""
        self._wait("before")
        fault = self._fault
        if self.kind == "drop_before":
            raise CutConnection
        if self.kind == "status":
            return status_answer(fault), fault.remember
        if self.kind == "html":
            return Response(MAINTENANCE, 200, content_type="text/html; charset=utf-8"), False
        if self.kind == "garbage_before":
            return Response(NOT_JSON, 200, content_type="application/json; charset=utf-8"), False
        return None, False

    def after(self, answer):
        """Wait, cut, or return the answer as the client is to see it."""
        self._wait("after")
        if self.kind == "drop_after":
            raise CutConnection
        if self.kind == "garbage":
            answer.status_code = 200
            answer.set_data(NOT_JSON)
        if self.kind == "missing_id":
            answer.set_data(without_ids(answer.get_data()))
        if self.kind == "status_after":
            return status_answer(self._fault)
        if self.kind == "reorder":
            answer.set_data(with_lists(answer.get_data(), lambda elements: elements[::-1]))
        if self.kind == "omit":
            answer.set_data(with_lists(answer.get_data(), lambda elements: elements[:-1]))
        return answer

    @property
    def truncates(self):
        """Whether only half of the body is to be sent."""
        return self.kind == "truncate"

    def _wait(self, point):
        for fault in self._delays:
            if fault.point == point:
                time.sleep(fault.seconds)


def status_answer(fault):
    """The answer of a ``status`` fault: JSON for a dict or list, else text."""
    if isinstance(fault.body, (dict, list)):
        body, content_type = wire.dumps(fault.body), "application/json; charset=utf-8"
    else:
        body = fault.body
        content_type = "text/html; charset=utf-8" if "<" in body[:200] else "text/plain; charset=utf-8"
    answer = Response(body, fault.status, content_type=content_type)
    answer.headers.extend(fault.headers)
    return answer


def without_ids(data):
    """The same answer, its elements without their ids; an answer without elements stays as it is."""
    body = wire.loads(data)
    for value in body.values() if isinstance(body, dict) else ():
        for element in value if isinstance(value, list) else ():
            for name in ELEMENT_IDS:
                if isinstance(element, dict) and name in element:
                    del element[name]
                    break
    return wire.dumps(body)


def with_lists(data, change):
    """The same answer, each of its lists of elements as ``change(elements)`` gives it."""
    body = wire.loads(data)
    if not isinstance(body, dict):
        return data
    return wire.dumps({name: change(value) if isinstance(value, list) else value for name, value in body.items()})
