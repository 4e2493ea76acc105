"""The WSGI application: which part of Xero a path belongs to, faults around it, and the record of calls."""

import gzip
import logging

from werkzeug.wrappers import Request, Response

from . import identity, wire
from .api import PREFIX, json_answer, refusal
from .calls import Call
from .login import AUTHORIZE
from .problems import Refused, not_found, problem
from .server import CutConnection

log = logging.getLogger(__name__)
MAX_BODY = 3_500_000
GZIP_FROM = 400
KEPT_CALLS = 50_000


class Application:
    """Answers every request of a simulator."""

    def __init__(self, simulator):
        self.simulator = simulator

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.get_data(parse_form_data=False)
        if request.path.startswith("/_simulator/"):
            return compressed(request, self._guarded(self.simulator.control.handle, request))(environ, start_response)
        if self._is_page(request):
            return compressed(request, self._guarded(self.simulator.web.handle, request))(environ, start_response)
        return self._recorded(request)(environ, start_response)

    @staticmethod
    def _is_page(request):
        return request.path == "/" or request.path.startswith(("/organisationlogin/", "/page/"))

    def _recorded(self, request):
        """A call to one of Xero's hosts: recorded, and struck by faults."""
        simulator = self.simulator
        call = new_call(request, simulator.clock.timestamp())
        plan = simulator.faults.plan(call)
        call.fault = plan.kind
        with simulator.lock:
            simulator.calls.append(call)
            if len(simulator.calls) > KEPT_CALLS:
                del simulator.calls[: KEPT_CALLS // 2]
            if plan.kind == "expire_token":
                simulator.oauth.expire_access(call.token)
        try:
            answer = compressed(request, self._guarded(self._answer, request, call, plan))
            call.status = None if plan.truncates else answer.status_code
        finally:
            call.ended = simulator.clock.timestamp()
        return truncated(answer) if plan.truncates else answer

    def _answer(self, request, call, plan):
        if len(call.body) > MAX_BODY:
            raise problem(413, "Payload Too Large", f"A body can have at most {MAX_BODY} bytes")
        if request.path.startswith(PREFIX):
            return self.simulator.api.handle(request, call, plan)
        answer, _remember = plan.before()
        if answer is None:
            with self.simulator.lock:
                answer = self._login_or_identity(request)
        return plan.after(answer)

    def _login_or_identity(self, request):
        simulator = self.simulator
        match request.method, request.path:
            case "GET", path if path == AUTHORIZE:
                return simulator.login.authorize(request)
            case "POST", path if path == AUTHORIZE:
                return simulator.login.decide(request)
            case "POST", "/connect/token":
                return identity.token(simulator, request)
            case "POST", "/connect/revocation":
                return identity.revocation(simulator, request)
            case "GET", "/connections" | "/Connections":
                return identity.list_connections(simulator, request)
            case "DELETE", path if path.lower().startswith("/connections/"):
                return identity.delete_connection(simulator, request, path.rsplit("/", 1)[1])
        raise not_found()

    @staticmethod
    def _guarded(handler, *arguments):
        """The handler's answer; a bug of the simulator is logged and shows as a 500 that says so."""
        try:
            return handler(*arguments)
        except Refused as refused:
            return refusal(refused)
        except CutConnection:
            raise
        except Exception as error:
            log.exception("The simulator failed")
            detail = f"{type(error).__name__}: {error}"
            return json_answer({"Title": "SimulatorError", "Status": 500, "Detail": detail}, 500)


def new_call(request, now):
    """The record of a request."""
    body = request.get_data()
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    parsed = None
    if request.mimetype == "application/x-www-form-urlencoded":
        parsed = request.form.to_dict()
    elif body:
        try:
            parsed = wire.loads(body)
        except ValueError:
            parsed = None
    return Call(
        method=request.method,
        path=request.path,
        query=request.query_string.decode(),
        headers=dict(request.headers),
        body=body,
        body_json=parsed,
        tenant=request.headers.get("xero-tenant-id"),
        token=token.strip() if scheme.lower() == "bearer" else None,
        idempotency_key=request.headers.get("Idempotency-Key"),
        started=now,
    )


def compressed(request, answer):
    """The answer in gzip, when the client takes it and it is worth it."""
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(answer.get_data()) >= GZIP_FROM:
        answer.set_data(gzip.compress(answer.get_data(), 1))
        answer.headers["Content-Encoding"] = "gzip"
    return answer


def truncated(answer):
    """The same answer, cut in the middle of its body."""
    data = answer.get_data()

    def half():
        yield data[: len(data) // 2]
        # A reset could overtake the half that was sent.
        raise CutConnection(reset=False)

    cut = Response(half(), answer.status_code, headers=answer.headers)
    cut.headers["Content-Length"] = str(len(data))
    return cut
