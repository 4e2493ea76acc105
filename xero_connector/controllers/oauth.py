import logging
import re

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from ..sync.runner import Runner
from ..xero_api.errors import XeroError, XeroGrantLost

_logger = logging.getLogger(__name__)


class XeroOAuth(http.Controller):
    """Where Xero sends the user back to. Every outcome is a page in words with the next step on it."""

    @http.route("/xero/oauth/callback", type="http", auth="user", methods=["GET"])
    def callback(self, code=None, state=None, error=None, **_kwargs):
        """Finish the sign-in. All changes happen on a cursor of their own, so that nothing is done twice should
        Odoo re-run this request."""
        connection = request.env["xero.connection"]
        try:
            connection = connection._consume_oauth_state(state)
            if error == "access_denied":
                return self._page(
                    connection,
                    title=request.env._("Not connected"),
                    text=request.env._("You did not allow access on Xero's page, so nothing was changed."),
                )
            if error or not code:
                return self._page(
                    connection,
                    title=request.env._("Not connected"),
                    text=request.env._("Xero reported: %s. Press Connect to try again.", error or "no code"),
                )
            with connection._own_cursor(request.env.uid) as env:
                signed_in = env["xero.connection"].browse(connection.id)
                choices = signed_in._finish_sign_in(code)
                values = self._outcome(signed_in, choices)
            return self._finish(connection, values)
        except (UserError, AccessError) as problem:
            return self._page(connection, title=request.env._("Not connected"), text=str(problem))
        except XeroGrantLost as problem:
            return self._page(connection, title=request.env._("Not connected"), text=self._grant_text(problem))
        except XeroError as problem:
            return self._page(
                connection,
                title=request.env._("Not connected"),
                text=request.env._("%s. Press Connect to try again.", problem),
            )

    @http.route("/xero/oauth/choose", type="http", auth="user", methods=["POST"])
    def choose(self, connection_id, tenant_id, **_kwargs):
        """Take the organisation that the user chose among those that Xero granted."""
        number = int(connection_id) if re.fullmatch("[0-9]{1,9}", connection_id) else 0
        connection = request.env["xero.connection"].browse(number).exists()
        try:
            if not connection:
                raise UserError(request.env._("Open the connection in Odoo and press Connect again."))
            connection.check_access("write")
            with connection._own_cursor(request.env.uid) as env:
                chosen = env["xero.connection"].browse(connection.id)
                granted = [item for item in chosen._granted_organisations() if item["tenantId"] == tenant_id]
                if not granted:
                    raise UserError(env._("Xero did not grant this organisation. Press Connect to try again."))
                chosen._choose_organisation(granted[0])
                values = self._outcome(chosen, [])
            return self._finish(connection, values)
        except (UserError, AccessError, XeroError) as problem:
            return self._page(connection, title=request.env._("Not connected"), text=str(problem))

    @http.route("/xero/setup/<int:connection_id>", type="http", auth="user", methods=["GET"])
    def set_up(self, connection_id):
        """Open the set-up assistant: where the page *Connected* leads to."""
        connection = request.env["xero.connection"].browse(connection_id).exists()
        try:
            if not connection:
                raise UserError(request.env._("This connection was deleted. Open Xero → Overview in Odoo."))
            setup_id = connection.action_set_up()["res_id"]
        except (UserError, AccessError) as problem:
            return self._page(connection, title=request.env._("Not set up"), text=str(problem))
        return request.redirect(f"/odoo/xero.connection/{connection.id}/xero.setup/{setup_id}")

    def _finish(self, connection, values):
        """Read accounts and tax rates at once, so that they can be chosen; failing that, the first run does it."""
        if values.get("connected"):
            Runner(connection).run(only="references", for_person=True)
        return self._page(connection, **values)

    def _outcome(self, connection, choices):
        """Return what the page shows. Read where it was written: this request's own snapshot is older."""
        if choices:
            return {
                "title": connection.env._("Choose the organisation"),
                "text": connection.env._(
                    "Xero granted several. Which one keeps the books of %s?", connection.company_id.name
                ),
                "choices": choices,
            }
        return {
            "title": connection.env._("Connected"),
            "text": connection.env._(
                "%(company)s is connected to %(organisation)s. Next: see where sales and taxes go, and try it with one "
                "invoice.",
                company=connection.company_id.name,
                organisation=connection.organisation_name,
            ),
            "connected": True,
            "is_demo": connection.is_demo,
        }

    def _grant_text(self, problem):
        if problem.message == "invalid_grant":
            return request.env._("Xero's code was used or is older than five minutes. Press Connect again.")
        return request.env._(
            "Xero does not know this client ID and secret (%s). Compare both with your app at developer.xero.com.",
            problem,
        )

    def _page(self, connection, **values):
        return request.render(
            "xero_connector.oauth_page",
            {"connection": connection, "choices": [], "connected": False, "is_demo": False, **values},
            headers={"Cache-Control": "no-store"},
        )
