"""api.xero.com/api.xro/2.0: token, connection, scope, limits, idempotency, then the resource."""

from dataclasses import dataclass, field
from functools import cached_property

from werkzeug.wrappers import Response

from . import scopes, wire
from .dates import microsoft
from .idempotency import METHODS as IDEMPOTENT_METHODS
from .idempotency import fingerprint_of
from .identity import access_of
from .limits import remaining, too_many
from .listing import MAX_URL
from .problems import Refused, bad_data, forbidden, not_found, problem
from .resources import RESOURCES

PREFIX = "/api.xro/2.0/"


@dataclass
class Context:
    """One call to the accounting API, as a resource sees it."""

    simulator: object
    organisation: object
    app: object
    request: object
    args: dict = field(init=False)

    def __post_init__(self):
        self.args = self.request.args

    @cached_property
    def body(self):
        """The parsed JSON body; 400 when it is none."""
        content_type = self.request.mimetype
        if content_type != "application/json":
            detail = f"Content-Type {content_type or '(none)'} is not application/json"
            raise problem(415, "Unsupported Media Type", detail)
        try:
            return wire.loads(self.request.get_data())
        except ValueError as error:
            raise bad_data(f"JSON for post data was invalid, {error}") from error


class AccountingApi:
    """Answers every call below ``/api.xro/2.0/``."""

    def __init__(self, simulator):
        self.simulator = simulator

    def handle(self, request, call, plan):
        """The answer to one call; faults strike while the call holds its place among the concurrent ones."""
        simulator = self.simulator
        try:
            with simulator.lock:
                access = access_of(simulator, request)
                organisation = self._organisation(access, call.tenant)
                self._enter(access.app, organisation)
        except Refused as refused:
            return refusal(refused)
        try:
            answer, remember = plan.before()
            with simulator.lock:
                answer = self._process(request, call, access, organisation, answer, remember)
            return plan.after(answer)
        finally:
            with simulator.lock:
                organisation.meter_of(access.app).leave()
                access.app.meter.leave()

    def _organisation(self, access, tenant):
        for connection in self.simulator.oauth.connections_of(access.app):
            if connection.tenant_id == tenant:
                return self.simulator.organisations[tenant]
        raise forbidden()

    def _enter(self, app, organisation):
        """Count the call, or refuse it with 429."""
        now, meter = self.simulator.clock.timestamp(), organisation.meter_of(app)
        try:
            app.meter.forget_old(now)
            if app.minute_limit is not None and app.meter.used_this_minute() >= app.minute_limit:
                raise too_many("appminute", 60)
            meter.check(organisation.limits, now)
        except Refused as refused:
            refused.headers |= self._remaining(app, organisation)
            raise
        meter.enter(now)
        app.meter.enter(now)

    def _remaining(self, app, organisation):
        meter, limits = organisation.meter_of(app), organisation.limits
        headers = {
            "X-MinLimit-Remaining": remaining(limits.minute, meter.used_this_minute()),
            "X-DayLimit-Remaining": remaining(limits.day, meter.day_used),
            "X-AppMinLimit-Remaining": remaining(app.minute_limit, app.meter.used_this_minute()),
        }
        return {name: value for name, value in headers.items() if value is not None}

    def _process(self, request, call, access, organisation, answer, remember):
        """Replay, or process and keep the answer. All under the simulator's lock: the second of two waits."""
        app, key = access.app, call.idempotency_key
        keyed = key is not None and request.method in IDEMPOTENT_METHODS
        now = self.simulator.clock.timestamp()
        fingerprint = fingerprint_of(call.method, call.path, call.query, call.tenant, call.body) if keyed else None
        try:
            if answer is None:
                scopes_needed(self.simulator, request, access)
                stored = self.simulator.idempotency.lookup(app.client_id, key, fingerprint, now) if keyed else None
                if stored is not None:
                    call.replayed = True
                    answer, keyed = Response(stored.body, stored.status, content_type=stored.content_type), False
                else:
                    answer = self._answer(Context(self.simulator, organisation, app, request))
            elif not remember:
                keyed = False
        except Refused as refused:
            answer, keyed = refusal(refused), False
        if keyed:
            self.simulator.idempotency.store(app.client_id, key, fingerprint, now, answer)
        answer.headers.extend(self._remaining(app, organisation))
        answer.headers["xero-correlation-id"] = self.simulator.ids.guid()
        return answer

    def _answer(self, context):
        try:
            if "json" not in context.request.headers.get("Accept", ""):
                raise problem(406, "Not Acceptable", "The simulator answers JSON only: send Accept: application/json")
            if len(context.request.url) > MAX_URL:
                raise problem(414, "URI Too Long", f"The URL is longer than {MAX_URL} characters")
            body = route(context)
        except Refused as refused:
            return refusal(refused)
        return json_answer(
            {
                "Id": context.simulator.ids.guid(),
                "Status": "OK",
                "ProviderName": context.app.name,
                "DateTimeUTC": microsoft(context.simulator.clock.now()).replace("+0000", ""),
                **body,
            }
        )


def scopes_needed(simulator, request, access):
    """Check the scope of the resource, when there is such a resource."""
    resource = request.path.removeprefix(PREFIX).split("/")[0]
    if resource in RESOURCES:
        scopes.require(access.scopes, resource, request.method, simulator.missing_scope_status)


def route(context):
    """Call the resource's handler for this method and path."""
    name, *rest = context.request.path.removeprefix(PREFIX).split("/")
    resource = RESOURCES.get(name)
    if resource is None:
        raise not_found()
    methods = []
    for (method, *pattern), handler in resource.ROUTES.items():
        if len(pattern) != len(rest) or any(want not in ("*", part) for want, part in zip(pattern, rest, strict=True)):
            continue
        if method == context.request.method:
            values = [part for want, part in zip(pattern, rest, strict=True) if want == "*"]
            return handler(context, *values)
        methods.append(method)
    if methods:
        raise problem(405, "Method Not Allowed", "The method is not allowed here", {"Allow": ", ".join(methods)})
    raise not_found()


def json_answer(body, status=200):
    """A JSON answer."""
    return Response(wire.dumps(body), status, content_type="application/json; charset=utf-8")


def refusal(refused):
    """The answer of a ``Refused``."""
    answer = json_answer(refused.body, refused.status)
    answer.headers.extend(refused.headers)
    return answer
