"""login.xero.com: the consent page and its answer."""

from html import escape
from urllib.parse import urlencode, urlsplit, urlunsplit

from werkzeug.utils import redirect

from . import html, scopes
from .oauth import USER

AUTHORIZE = "/identity/connect/authorize"
CONNECTED = ' <span class="badge">connected</span>'
NO_CHOICE = '<p class="error">There is no organisation yet.</p>'


class Login:
    """Shows who asks for what, and redirects back to the app."""

    def __init__(self, simulator):
        self.simulator = simulator
        self._pending = {}

    def authorize(self, request):
        """GET: the consent page, or an error page when Xero would not even redirect."""
        args = request.args
        app = self.simulator.oauth.apps.get(args.get("client_id", ""))
        if app is None:
            return error_page("unauthorized_client", "Unknown client or client not enabled")
        if not app.allows_redirect(args.get("redirect_uri", "")):
            return error_page("unauthorized_client", "Invalid redirect_uri")
        if args.get("response_type") != "code":
            return error_page("unsupported_response_type", "Xero knows response_type=code only")
        wanted = args.get("scope", "").split()
        if not wanted or scopes.unknown(wanted):
            return error_page("invalid_scope", "Invalid scope: " + " ".join(scopes.unknown(wanted) or ["(none)"]))
        challenge, method = args.get("code_challenge"), args.get("code_challenge_method")
        if challenge is not None and method != "S256":
            return error_page("invalid_request", "Transform algorithm not supported")
        ticket = self.simulator.ids.secret()
        self._pending[ticket] = (app, args["redirect_uri"], wanted, args.get("state"), challenge)
        return self._consent_page(ticket, app, wanted)

    def decide(self, request):
        """POST of the consent page: a code, or ``access_denied``. A page can be answered once."""
        pending = self._pending.pop(request.form.get("ticket", ""), None)
        if pending is None:
            return error_page("invalid_request", "This page has expired. Start again from the app.")
        app, redirect_uri, wanted, state, challenge = pending
        if request.form.get("decision") != "allow":
            return back(redirect_uri, error="access_denied", state=state)
        chosen = [tenant for tenant in request.form.getlist("organisation") if tenant in self.simulator.organisations]
        if not chosen:
            return error_page("invalid_request", "Choose at least one organisation.")
        oauth, auth_event = self.simulator.oauth, self.simulator.ids.guid()
        for tenant in chosen:
            oauth.connect(app, tenant, auth_event)
        code = oauth.issue_code(app, redirect_uri, wanted, auth_event, challenge)
        session = self.simulator.ids.secret()
        return back(redirect_uri, code=code, scope=" ".join(wanted), session_state=session, state=state)

    def _consent_page(self, ticket, app, wanted):
        organisations = list(self.simulator.organisations.values())
        kind = "radio" if len(organisations) == 1 else "checkbox"
        connected = {connection.tenant_id for connection in self.simulator.oauth.connections_of(app)}
        choices = "".join(
            f'<label class="choice"><input type="{kind}" name="organisation" value="{org.id}"'
            f"{' checked' if kind == 'radio' else ''}>"
            f"<span>{escape(org.name)}{CONNECTED if org.id in connected else ''}</span></label>"
            for org in organisations
        )
        wishes = "".join(f"<li>{escape(scopes.DESCRIPTIONS[scope])}</li>" for scope in wanted)
        return html.page(
            f"{app.name} wants access",
            f'<div class="card"><h1>{escape(app.name)} wants access to</h1>'
            f'<p class="soft">Signed in as {escape(USER["name"])}</p>'
            f'<form method="post" action="{AUTHORIZE}"><input type="hidden" name="ticket" value="{ticket}">'
            f"{choices or NO_CHOICE}<h2>It will be able to</h2><ul>{wishes}</ul><div class='buttons'>"
            '<button class="primary" id="allow" name="decision" value="allow">Allow access</button>'
            '<button class="plain" id="cancel" name="decision" value="cancel">Cancel</button></div></form></div>',
            narrow=True,
        )


def back(redirect_uri, **parameters):
    """Redirect to the app with query parameters added, those without value left out."""
    parts = urlsplit(redirect_uri)
    query = urlencode({key: value for key, value in parameters.items() if value is not None})
    return redirect(urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query)))


def error_page(code, description):
    """What a person sees when the request itself is wrong."""
    return html.page(
        "Sorry, something went wrong",
        '<div class="card"><h1>Sorry, something went wrong</h1>'
        f'<p class="error">Error: <code id="error">{escape(code)}</code></p><p>{escape(description)}</p></div>',
        status=400,
        narrow=True,
    )
