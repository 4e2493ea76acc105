import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from psycopg2 import OperationalError
from psycopg2.extras import Json

from odoo import fields
from odoo.tools import SQL

from ..xero_api.client import PAGE_SIZE, SMALLEST_PAGE
from ..xero_api.errors import (
    XeroError,
    XeroForbidden,
    XeroGrantLost,
    XeroNotSent,
    XeroRateLimited,
    XeroUnauthorised,
)
from ..xero_api.payload import to_datetime
from .differences import Differences
from .fault_words import fault_words
from .sightings import Sightings
from .workspace import OutOfTime

_logger = logging.getLogger(__name__)

# Xero stamps changes to the second and does not stamp all of them: read a little twice.
OVERLAP = timedelta(minutes=5)
# The first reading begins at a moment of Odoo's own clock, which may be wrong.
FIRST_OVERLAP = timedelta(days=1)
# The regular runs are not to the second.
EARLY = timedelta(seconds=30)


@dataclass(frozen=True)
class Pulled:
    """What is read back of one of Xero's resources.

    :param xero_type: of the links of its records; its id is called after it
    :param note: called with the ``Workspace`` and a page of records; returns the links whose difference from Odoo
        cannot be told yet
    :param query: more parameters of the calls
    :param feature: whose permission at Xero it takes, where a connection may lack it
    """

    xero_type: str
    note: Callable
    query: dict = field(default_factory=dict)
    feature: str = ""


def _note_documents(work, documents):
    sightings = Sightings(work)
    put_off = Differences(work).compare(sightings.note(documents))
    # Last, since it has the engine look at them again, and what it is to look at cannot be compared.
    sightings.mark_sent()
    return put_off


_DOCUMENTS = {
    "Invoices": Pulled("Invoice", _note_documents, {"unitdp": 4}),
    "CreditNotes": Pulled("CreditNote", _note_documents, {"unitdp": 4}),
}


class Pull:
    """Xero → Odoo: reads what changed of the records that are in both, as often as the connection runs regularly.

    ``pull_progress`` of the connection holds how far that is:

    :since: resource → the moment, by Xero's clock, from which changes are read next
    :at: the reading of a resource that is under way: ``resource``, ``page`` to read next, ``since``, ``started`` by
        the database's clock, the ``latest`` change seen by Xero's clock, and the ``last`` record of the page before
    :read: resources that were read already in this round
    :put_off: links whose difference could not be told yet
    :failures: how often in a row reading failed
    :problem: why it failed, in words
    """

    def __init__(self, work):
        self.work = work
        self._progress = dict(work.connection.pull_progress or {})
        self._pulled = {**_DOCUMENTS, **work.connection._more_pulled()}

    @property
    def env(self):
        return self.work.env

    @property
    def under_way(self):
        """Whether a reading was begun and is to go on at once."""
        return bool(self._progress.get("at") or self._progress.get("read")) and self._is_due()

    @property
    def problem(self):
        """Why reading fails, in words; an empty text if it does not, or failed just once: that passes by itself."""
        return self._progress["problem"] if self._progress.get("failures", 0) > 1 else ""

    def run(self):
        """Read what changed, if it is time to; what is left when the slice is used up is read by the next one.

        Nothing that fails here holds up what is to be sent, except what would fail there too.

        :raises OutOfTime: the slice is used up
        :raises XeroError: the access, the limit of calls, or Xero cannot be reached at all
        """
        if self.work.must_stop() or not self._is_due():
            return
        try:
            self._read()
        except (OutOfTime, OperationalError):
            raise
        except (XeroGrantLost, XeroUnauthorised, XeroForbidden, XeroRateLimited, XeroNotSent):
            # What is to be sent would fare no better: no access, no calls left, or no way to Xero and its sign-in.
            raise
        except XeroError as error:
            self._put_off(fault_words(self.env, error))
        except Exception as error:  # pylint: disable=broad-except
            # A fault of ours, or an answer that nobody thought of: it must not go unseen.
            _logger.exception("What changed in Xero could not be read for %s", self.work.connection.code)
            self._put_off(str(error))

    def _is_due(self):
        connection = self.work.connection
        pause = timedelta(minutes=connection.sync_interval) - EARLY
        return not connection.documents_read_at or connection.documents_read_at <= fields.Datetime.now() - pause

    def _put_off(self, reason):
        """Try again after the usual pause, from where it stopped."""
        _logger.warning("What changed in Xero could not be read for %s: %s", self.work.connection.code, reason)
        self.work.rollback()
        self.work.fresh()
        text = self.env._("What changed in Xero could not be read: %s; it is tried again by itself.", reason)
        self._progress.update(problem=text, failures=self._progress.get("failures", 0) + 1)
        self._keep(done=True)

    def _keep(self, done=False):
        """Keep how far it is. The engine's transaction has read nothing since its commit, so it will see that."""
        facts = {"pull_progress": Json(self._progress)}
        if done:
            facts["documents_read_at"] = fields.Datetime.now()
        self.work.connection._write_run_facts(facts)

    # -- Reading ---------------------------------------------------------------------------------------------------

    def _read(self):
        for resource in self._pulled:
            if resource not in self._progress.get("read", []) and self._oldest(resource) and self._may_read(resource):
                self._read_resource(resource)
        put_off = self._recheck()
        self.work.commit()
        self._progress = {"since": self._progress.get("since", {}), "put_off": put_off.ids}
        self._keep(done=True)

    def _may_read(self, resource):
        feature = self._pulled[resource].feature
        return not feature or not self.work.connection._missing_scopes([feature])

    def _oldest(self, resource):
        """Return when the oldest of the records that we have there was sent; nothing where there is none."""
        oldest = self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("xero_type", "=", self._pulled[resource].xero_type),
                ("xero_id", "!=", False),
                ("synced_at", "!=", False),
            ],
            order="synced_at",
            limit=1,
        )
        return oldest.synced_at

    def _read_resource(self, resource):
        at = self._progress.get("at") or {}
        if at.get("resource") != resource:
            at = self._beginning(resource)
        while at:
            self.work.check_time()
            at = self._read_page(at)

    def _beginning(self, resource):
        since = self._progress.get("since", {}).get(resource) or _text(self._oldest(resource) - FIRST_OVERLAP)
        return {"resource": resource, "page": 1, "since": since, "started": _text(self._clock()), "latest": ""}

    def _read_page(self, at):
        """Read the next page and note what it says; return what to go on with, nothing after the last page.

        In the order of ids, which never change: a document that changes meanwhile moves others to later pages only.
        """
        resource, page = at["resource"], at["page"]
        pulled = self._pulled[resource]
        id_name = f"{pulled.xero_type}ID"
        query = {"page": page, "pageSize": PAGE_SIZE, "order": id_name, **pulled.query}
        documents, pages = self.work.client.page(f"/{resource}", query=query, modified_since=_moment(at["since"]))
        now = self._clock()
        put_off = pulled.note(self.work, documents)
        self.work.commit()
        last = documents[-1].get(id_name) if documents else None
        at = {**at, "page": page + 1, "last": last, "latest": max(at["latest"], *_stamps(documents))}
        self._progress["put_off"] = sorted({*self._progress.get("put_off", []), *put_off.ids})
        # A page that ends like the one before is the same page again.
        ended = last == self._progress.get("at", {}).get("last")
        if ended or (page >= pages if pages is not None else len(documents) < SMALLEST_PAGE):
            self._progress.pop("at", None)
            self._progress["read"] = [*self._progress.get("read", []), resource]
            since = self._next_since(at, now)
            self._progress["since"] = {**self._progress.get("since", {}), resource: since}
            at = None
        else:
            self._progress["at"] = at
        self._keep()
        return at

    @staticmethod
    def _next_since(at, now):
        """Return from when to read next: from before this reading began, by Xero's clock.

        All that is known of that clock is the latest change that it stamped. The reading began, at the latest, as long
        before that as it lasted.
        """
        if not at["latest"]:
            return at["since"]
        lasted = now - _moment(at["started"])
        return max(at["since"], _text(_moment(at["latest"]) - lasted - OVERLAP))

    def _clock(self):
        [(now,)] = self.env.execute_query(SQL("SELECT clock_timestamp() AT TIME ZONE 'UTC'"))
        return now.replace(microsecond=0)

    # -- What was told before --------------------------------------------------------------------------------------

    def _recheck(self):
        """Look again at what was told or could not be told before: Odoo may have changed, which Xero does not say.

        Return the links whose difference cannot be told yet.
        """
        told = self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("res_model", "=", "account.move"),
                "|",
                ("difference", "!=", False),
                ("remote_change", "!=", False),
            ]
        )
        Sightings(self.work).forget_what_ended(told)
        waiting = self.env["xero.binding"].browse(self._progress.get("put_off", [])).exists()
        return Differences(self.work).compare(told | waiting)


def _stamps(documents):
    """Yield when each of these documents changed, by Xero's clock; never nothing at all."""
    yield ""
    for document in documents:
        moment = to_datetime(document.get("UpdatedDateUTC"))
        if moment:
            yield _text(moment)


def _text(moment):
    return moment.isoformat(timespec="seconds")


def _moment(text):
    return datetime.fromisoformat(text)
