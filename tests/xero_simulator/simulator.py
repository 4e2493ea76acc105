"""The simulator as tests use it."""

import threading

from .api import AccountingApi
from .app import Application
from .clock import Clock
from .control import Control
from .faults import Faults
from .idempotency import IdempotencyCache
from .ids import Ids
from .login import Login
from .oauth import OAuth
from .organisation import Organisation
from .server import Server, is_loopback
from .web import Web

DEFAULT_SCOPES = (
    "offline_access", "openid", "profile", "email", "accounting.invoices", "accounting.payments",
    "accounting.manualjournals", "accounting.contacts", "accounting.settings", "accounting.attachments",
)  # fmt: skip


class XeroSimulator:
    """All of Xero that the connector sees, in memory, behind one loopback URL.

    ``missing_scope_status`` is 401 (public reports of Xero's answer: ``AuthorizationUnsuccessful``) or 403.
    """

    def __init__(self):
        self.lock = threading.RLock()
        self.clock = Clock()
        self._server = None
        self.reset()

    # -- state --------------------------------------------------------------------------------------------------------

    def reset(self):
        """Empty everything, as if new; a running server keeps running at the same URL."""
        with self.lock:
            self.clock.reset()
            self.ids = Ids()
            self.oauth = OAuth(self.clock, self.ids)
            self.organisations = {}
            self.idempotency = IdempotencyCache()
            self.faults = Faults()
            self.calls = []
            self.missing_scope_status = 401
            self.login, self.web, self.control = Login(self), Web(self), Control(self)
            self.api = AccountingApi(self)

    def add_organisation(self, name, **options):
        """Add an organisation; see ``Organisation`` for the options."""
        with self.lock:
            org = Organisation(self, name, **options)
            self.organisations[org.id] = org
            return org

    def add_app(self, client_id=None, client_secret=None, redirect_uris=(), name="Test app"):
        """Register an app. ``http://localhost:*/path`` frees the port of a redirect URI."""
        with self.lock:
            client_id = client_id or self.ids.guid().replace("-", "").upper()
            return self.oauth.add_app(client_id, client_secret or self.ids.secret(), redirect_uris, name)

    def grant(self, app, organisations, scopes=DEFAULT_SCOPES):
        """What a consent and a code exchange would have given: tokens, with these organisations connected."""
        with self.lock:
            auth_event = self.ids.guid()
            for org in organisations:
                self.oauth.connect(app, org.id, auth_event)
            return self.oauth.issue_tokens(app, list(scopes), auth_event)

    def fault(self, kind, **options):
        """Inject a fault into matching calls and return its handle; see ``faults``.

        ``match``: ``"POST /Invoices"``, a regular expression of path and query, or a function of the ``Call``.
        ``times``: how many calls it strikes, ``None`` for ever; ``after``: how many matching calls it lets pass first.
        """
        return self.faults.add(kind, **options)

    # -- server -------------------------------------------------------------------------------------------------------

    def start(self, port=0, host="127.0.0.1"):
        """Serve in a thread. Port 0 takes a free one. Only loopback hosts are allowed."""
        if not is_loopback(host):
            raise ValueError(f"The simulator knows no passwords and listens on loopback addresses only, not on {host}")
        if self._server is not None:
            raise RuntimeError("the simulator is running already")
        self._server = Server(host, port, Application(self))
        self._server.start()
        return self

    @property
    def url(self):
        """Where all three Xero hosts are, without a trailing slash."""
        if self._server is None:
            raise RuntimeError("the simulator is not running")
        return self._server.url

    def stop(self):
        """Stop serving. The state stays."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def __enter__(self):
        return self if self._server is not None else self.start()

    def __exit__(self, *_error):
        self.stop()
