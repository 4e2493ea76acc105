import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..xero_api import oauth
from ..xero_api.client import READ_SECONDS, XeroClient
from ..xero_api.errors import XeroError, XeroGrantLost, XeroUnauthorised
from ..xero_api.payload import to_datetime
from .xero_connection import IN_USE

SIGN_IN_MINUTES = 10
# Connection, nonce and signature; anything else was not made here, and is turned away before it is looked at.
_STATE = re.compile(r"([0-9]{1,9})\.([A-Za-z0-9_-]+)\.([0-9a-f]{64})")
# A token is renewed a little before its end, so that none dies on the way.
TOKEN_MARGIN = timedelta(minutes=2)

_HOSTS = {
    "login_url": "https://login.xero.com",
    "identity_url": "https://identity.xero.com",
    "api_url": "https://api.xero.com",
    "web_url": "https://go.xero.com",
}


class XeroConnection(models.Model):
    """The access to Xero: sign-in, tokens, giving back."""

    _inherit = "xero.connection"

    def _token_row(self):
        self.ensure_one()
        return self.env["xero.token"].sudo().search([("connection_id", "=", self.id)], limit=1)

    @api.model
    def _host(self, which):
        """Return one of Xero's hosts, or what the system parameter ``xero_connector.<which>`` puts in its place."""
        host = self.env["ir.config_parameter"].sudo().get_param(f"xero_connector.{which}") or _HOSTS[which]
        return host.rstrip("/")

    # -- Sign-in -----------------------------------------------------------------------------------------------

    def action_connect(self):
        """Send the user to Xero's consent page.

        :return: an ``ir.actions.act_url``
        :raises UserError: when the client id or secret is missing, the company uses another connection, or the
            database is a neutralised copy
        """
        self.ensure_one()
        self.check_access("write")
        self._check_not_neutralized()
        self._check_only_one_in_use()
        if not self.client_id or not self.has_client_secret:
            raise UserError(
                self.env._(
                    "Enter the client ID and client secret of your Xero app first. Xero shows both at "
                    "developer.xero.com → My Apps → your app → Configuration. Add this redirect URI there: %s",
                    self.redirect_uri,
                )
            )
        state = self._new_oauth_state()
        return {
            "type": "ir.actions.act_url",
            "url": oauth.authorize_url(
                self._host("login_url"),
                client_id=self.client_id,
                redirect_uri=self.redirect_uri,
                scope=oauth.scopes_for(self._features()),
                state=state,
            ),
            "target": "self",
        }

    def _features(self):
        """Names of the switched-on features; each asks Xero for its scopes and no others."""
        self.ensure_one()
        return ["invoices", "payments"] if self.sync_payments else ["invoices"]

    def _missing_scopes(self, features=None):
        """Return the scopes that ``features`` need and Xero did not grant.

        :param features: those that are switched on if not given
        """
        granted = (self._token_row().scope or "").split()
        wanted = oauth.scopes_for(self._features() if features is None else features).split()
        return [scope for scope in wanted if granted and scope not in granted]

    def _oauth_signature(self, nonce, user_id):
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        text = f"xero-oauth:{self.id}:{user_id}:{nonce}"
        return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()

    def _new_oauth_state(self):
        nonce = secrets.token_urlsafe(24)
        self._token_row().write(
            {
                "oauth_nonce": hashlib.sha256(nonce.encode()).hexdigest(),
                "oauth_user_id": self.env.uid,
                "oauth_expires_at": fields.Datetime.now() + timedelta(minutes=SIGN_IN_MINUTES),
            }
        )
        return f"{self.id}.{nonce}.{self._oauth_signature(nonce, self.env.uid)}"

    @api.model
    def _consume_oauth_state(self, state):
        """Check the state that came back from Xero and use it up, at once and for good.

        :return: the connection it was made for
        :raises UserError: forged, unknown, used, too old, or started by another user
        """
        again = self.env._("Open the connection in Odoo and press Connect again.")
        forged = self.env._("This sign-in was not started from this Odoo.") + " " + again
        match = _STATE.fullmatch(state or "")
        if not match:
            raise UserError(forged)
        number, secret, signature = match.groups()
        connection = self.browse(int(number)).exists()
        if not connection:
            raise UserError(forged)
        token = connection._token_row()
        started_by = token.oauth_user_id
        if not hmac.compare_digest(connection._oauth_signature(secret, started_by.id), signature):
            if token.oauth_user_id and token.oauth_user_id != self.env.user:
                raise UserError(self.env._("This sign-in was started by another user.") + " " + again)
            raise UserError(forged)
        used = self.env._("This sign-in was already used.") + " " + again
        nonce = hashlib.sha256(secret.encode()).hexdigest()
        if not token.oauth_nonce or not hmac.compare_digest(token.oauth_nonce, nonce):
            raise UserError(used)
        if started_by != self.env.user:
            raise UserError(self.env._("This sign-in was started by another user.") + " " + again)
        expired = token.oauth_expires_at < fields.Datetime.now()
        with self._own_cursor() as env:
            # Of two answers at once, the one that finds the nonce still there is the first.
            env.cr.execute(
                "UPDATE xero_token SET oauth_nonce = NULL, oauth_expires_at = NULL "
                "WHERE id = %s AND oauth_nonce = %s RETURNING id",
                [token.id, nonce],
            )
            first = env.cr.fetchone()
        token.invalidate_recordset()
        if not first:
            raise UserError(used)
        if expired:
            raise UserError(self.env._("The sign-in took longer than %s minutes.", SIGN_IN_MINUTES) + " " + again)
        connection.check_access("write")
        return connection

    def _finish_sign_in(self, code):
        """Exchange the code for tokens, keep them, and return the organisations that may be chosen.

        The organisation is chosen at once when there is no choice: this connection's own from before, the only one
        just granted, or the only one not used elsewhere.

        :return: list of Xero's connection entries to choose from; empty when the choice was made
        :raises UserError: nothing granted, or all granted organisations are used elsewhere
        """
        self.ensure_one()
        tokens = oauth.exchange_code(
            self._host("identity_url"),
            client_id=self.client_id,
            client_secret=self.sudo().client_secret,
            code=code,
            redirect_uri=self.redirect_uri,
        )
        self._keep_grant(tokens)
        granted = oauth.connections(self._host("api_url"), tokens["access_token"])
        if not granted:
            raise UserError(
                self.env._("Xero granted no organisation. Press Connect again and choose one on Xero's page.")
            )
        own = [item for item in granted if item["tenantId"] == self.tenant_id]
        if own:
            self._choose_organisation(own[0])
            return []
        used = set(self.sudo().search([("tenant_id", "!=", False), ("id", "!=", self.id)]).mapped("tenant_id"))
        free = [item for item in granted if item["tenantId"] not in used]
        if not free:
            raise UserError(
                self.env._(
                    "%s is already used by another Xero connection. Each organisation can be connected once.",
                    ", ".join(item["tenantName"] for item in granted),
                )
            )
        event = oauth.consent_event(tokens["access_token"])
        new = [item for item in free if event and item.get("authEventId") == event] or free
        if len(new) == 1:
            self._choose_organisation(new[0])
            return []
        return new

    def _granted_organisations(self):
        """List what the present sign-in may use, for the choice that follows a consent."""
        self.ensure_one()
        return oauth.connections(self._host("api_url"), self._access_token())

    def _choose_organisation(self, granted):
        """Bind the connection to one granted organisation, after checking that it fits the company.

        :param granted: one entry of Xero's ``/connections``
        :raises UserError: other base currency, another organisation than before, or used elsewhere
        """
        self.ensure_one()
        self._check_only_one_in_use()
        tenant_id = granted["tenantId"]
        if (
            self.tenant_id
            and self.tenant_id != tenant_id
            and self.env["xero.binding"].sudo().search_count([("connection_id", "=", self.id)], limit=1)
        ):
            raise UserError(
                self.env._(
                    "This connection holds links to records of %(old)s. To use %(new)s, create a new connection.",
                    old=self.organisation_name,
                    new=granted["tenantName"],
                )
            )
        if self.sudo().search_count([("tenant_id", "=", tenant_id), ("id", "!=", self.id)], limit=1):
            raise UserError(self.env._("%s is already used by another Xero connection.", granted["tenantName"]))
        organisation = self._client(tenant_id=tenant_id).organisation()
        if organisation.get("BaseCurrency") != self.company_id.currency_id.name:
            raise UserError(
                self.env._(
                    "%(organisation)s keeps its books in %(theirs)s, but %(company)s in %(ours)s. Both must have "
                    "the same base currency. Connect an organisation in %(ours)s.",
                    organisation=granted["tenantName"],
                    theirs=organisation.get("BaseCurrency"),
                    company=self.company_id.name,
                    ours=self.company_id.currency_id.name,
                )
            )
        first_time = self.tenant_id != tenant_id
        if self.tenant_id and first_time:
            self._forget_organisation()
        self.write(
            {
                "tenant_id": tenant_id,
                "tenant_connection_id": granted.get("id"),
                "state": "connected",
                "state_message": False,
                "next_try": False,
                "failures": 0,
                "last_error": False,
                **self._organisation_values(organisation),
            }
        )
        self.activity_unlink(["xero_connector.mail_activity_type_sign_in"])
        if first_time:
            self._mark_backlog()
        self._wake()

    def _check_only_one_in_use(self):
        """Say in words what the unique index would say too late: after the user has been to Xero and back."""
        rival = self.sudo().search(
            [("company_id", "=", self.company_id.id), ("state", "in", IN_USE), ("id", "!=", self.id)], limit=1
        )
        if rival:
            raise UserError(
                self.env._(
                    "%(company)s already has a Xero connection in use: %(name)s. Disconnect that one first.",
                    company=self.company_id.name,
                    name=rival.name,
                )
            )

    def _forget_organisation(self):
        """Drop the copies of an organisation that was chosen by mistake: nothing is linked to it.

        Kept, its chart would be offered, and its contacts matched, as if they were the next one's.
        """
        for model in ("xero.contact", "xero.account", "xero.tax.rate", "xero.currency"):
            copies = self.env[model].sudo().with_context(active_test=False)
            copies.search([("connection_id", "=", self.id)]).unlink()
        self.write(
            {
                "references_refreshed_at": False,
                "contacts_refreshed_at": False,
                "contacts_modified_since": False,
                "documents_read_at": False,
                "pull_progress": False,
                "day_calls_remaining": -1,
                "day_calls_at": False,
            }
        )

    @api.model
    def _organisation_values(self, organisation):
        def as_date(name):
            moment = to_datetime(organisation.get(name))
            return moment.date() if moment else False

        return {
            "organisation_name": organisation.get("Name"),
            "organisation_currency": organisation.get("BaseCurrency"),
            "organisation_country": organisation.get("CountryCode"),
            "organisation_class": organisation.get("Class"),
            "short_code": organisation.get("ShortCode"),
            "is_demo": bool(organisation.get("IsDemoCompany")),
            "period_lock_date": as_date("PeriodLockDate"),
            "end_of_year_lock_date": as_date("EndOfYearLockDate"),
        }

    # -- Tokens ------------------------------------------------------------------------------------------------

    def _keep_grant(self, tokens):
        """Store tokens in a transaction of their own: Xero has forgotten the old ones already."""
        row_id = self._token_row().id
        values = {
            **self._token_values(tokens),
            "scope": tokens.get("scope"),
            "database_uuid": self.env["ir.config_parameter"].sudo().get_param("database.uuid"),
        }
        with self._own_cursor() as env:
            env["xero.token"].browse(row_id).write(values)
        self._token_row().invalidate_recordset()

    @api.model
    def _token_values(self, tokens):
        values = {
            "access_token": tokens["access_token"],
            "expires_at": fields.Datetime.now() + timedelta(seconds=int(tokens.get("expires_in") or 1800)),
        }
        if tokens.get("refresh_token"):
            values["refresh_token"] = tokens["refresh_token"]
        return values

    def _access_token(self, renew=False, failed=None):
        """Return a living access token, refreshed under a row lock in a transaction of its own.

        Two refreshes at once would end the access (Xero answers ``invalid_grant``), so whoever waited for the lock
        reads again and uses what the other one got.

        :param renew: the present token was refused
        :raises XeroGrantLost: there is no access any more
        """
        self.ensure_one()
        for last_try in (False, False, True):
            try:
                with self._own_cursor() as env:
                    return env["xero.connection"].browse(self.id)._living_token(renew, failed)
            except SerializationFailure:
                # Somebody renewed it while we waited for the row: a new transaction sees what they got.
                if last_try:
                    raise
        raise AssertionError("unreachable")

    def _living_token(self, renew, failed):
        """Lock the token row of this (own) transaction and return a token that lives, renewed if need be."""
        # Asked here, where the grant that was just kept is seen.
        self._check_may_call()
        self.env.cr.execute(
            "SELECT id FROM xero_token WHERE connection_id = %s FOR NO KEY UPDATE", [self.id], log_exceptions=False
        )
        token = self.env["xero.token"].browse(self.env.cr.fetchone()[0])
        alive = token.expires_at and token.expires_at - TOKEN_MARGIN > fields.Datetime.now()
        if alive and not (renew and token.access_token == failed):
            return token.access_token
        if not token.refresh_token:
            raise XeroGrantLost("not signed in")
        tokens = oauth.refresh(
            self._host("identity_url"),
            client_id=self.client_id,
            client_secret=self.client_secret,
            refresh_token=token.refresh_token,
        )
        token.write(self._token_values(tokens))
        return tokens["access_token"]

    def _check_not_neutralized(self):
        if self.env["ir.config_parameter"].sudo().get_param("database.is_neutralized"):
            raise UserError(
                self.env._("This database is a neutralised copy: it never talks to Xero. Use the production database.")
            )

    def _check_may_call(self):
        """Refuse to call from a copy: a copy that refreshes the token cuts off the original."""
        self._check_not_neutralized()
        allowed = self._token_row().database_uuid
        if allowed and allowed != self.env["ir.config_parameter"].sudo().get_param("database.uuid"):
            raise UserError(
                self.env._(
                    "This database is a copy of the one that was connected to Xero, so it does not use that access. "
                    "To connect this copy, press Connect and sign in."
                )
            )

    def _forget_tokens(self):
        row_id = self._token_row().id
        with self._own_cursor() as env:
            env["xero.token"].browse(row_id).write(
                {"access_token": False, "refresh_token": False, "expires_at": False, "database_uuid": False}
            )
        self._token_row().invalidate_recordset()

    def _client(self, tenant_id=None, on_limits=None, read_seconds=READ_SECONDS):
        """Return a ``XeroClient`` for this connection, for use in this thread."""
        self.ensure_one()
        last = {}

        def token(renew):
            last["token"] = self._access_token(renew=renew, failed=last.get("token"))
            return last["token"]

        return XeroClient(self._host("api_url"), tenant_id or self.tenant_id, token, on_limits, read_seconds)

    # -- Ending ------------------------------------------------------------------------------------------------

    def action_disconnect(self):
        """Stop both directions and give the access back at Xero; records on both sides stay.

        The access is forgotten here even when Xero cannot be told; the message says so then.
        """
        self.ensure_one()
        self.check_access("write")
        message = self.env._("Disconnected from %s.", self.organisation_name or "Xero")
        notice_type = "success"
        try:
            self._give_access_back()
        except (XeroError, UserError) as error:
            notice_type = "warning"
            message = self.env._(
                "Disconnected here, but Xero could not be told (%s). Remove the app in Xero under "
                "Settings → Connected apps.",
                error,
            )
        self._forget_tokens()
        self.write({"state": "draft", "state_message": False})
        self.activity_unlink(["xero_connector.mail_activity_type_sign_in"])
        self.message_post(body=message)
        return self._notice(message, notice_type, reload=True)

    def _give_access_back(self):
        """Remove this organisation from the app at Xero; end the whole sign-in if nothing else uses it.

        :raises XeroError: Xero could not be told
        """
        self.ensure_one()
        token = self._token_row()
        if not token.refresh_token:
            return
        try:
            access_token = self._access_token()
            if self.tenant_connection_id:
                oauth.remove_connection(self._host("api_url"), access_token, self.tenant_connection_id)
            if not oauth.connections(self._host("api_url"), access_token):
                token.invalidate_recordset()
                oauth.revoke(
                    self._host("identity_url"),
                    client_id=self.client_id,
                    client_secret=self.sudo().client_secret,
                    refresh_token=token.refresh_token,
                )
        except (XeroGrantLost, XeroUnauthorised):
            # Xero ended the access before we did: there is nothing left to give back.
            return

    def _expire(self, reason):
        """Note that Xero ended the access and ask the responsible person to sign in again; nothing is lost."""
        self.ensure_one()
        if self.state not in ("connected", "paused"):
            # Known already; or somebody disconnected while a run was under way, which then lost its access.
            return
        self.write({"state": "expired", "state_message": reason})
        self._tell("connection.lost", reason)
        self.activity_schedule(
            "xero_connector.mail_activity_type_sign_in",
            summary=self.env._("Sign in to Xero again"),
            note=tools.plaintext2html(
                self.env._(
                    "Xero ended the access to %(organisation)s: %(reason)s\nOpen the connection and press Connect. "
                    "What changes meanwhile is kept and sent afterwards.",
                    organisation=self.organisation_name,
                    reason=reason,
                )
            ),
            user_id=(self.responsible_id or self.create_uid).id,
        )
