import time

from odoo import SUPERUSER_ID, api

from ..xero_api.client import READ_SECONDS

PERSON_READ_SECONDS = 20


class OutOfTime(Exception):
    """The slice is used up; what is left stays marked."""


class Workspace:
    """The engine's own transaction, its client and its clock.

    Business transactions and the engine never share a cursor: what the engine commits cannot be re-run by Odoo's
    retry of a request, and what a user has not committed cannot be sent.
    """

    # Whether nothing of it is sent or kept (see ``rehearsal.py``).
    rehearsal = False

    def __init__(self, cr, connection_id, seconds, for_person):
        self.cr = cr
        self.for_person = for_person
        self._connection_id = connection_id
        self._deadline = time.monotonic() + seconds
        self._client = None
        self._limits = None
        self.fresh()

    def fresh(self):
        """Start with an empty cache, so that everything is read as it is now."""
        env = api.Environment(self.cr, SUPERUSER_ID, {})
        company = env["xero.connection"].browse(self._connection_id).company_id
        branches = env["res.company"].search([("id", "child_of", company.id)])
        # Messages are read by people: the responsible person's language is the best guess.
        context = {
            "allowed_company_ids": (company | branches).ids,
            "lang": env["xero.connection"].browse(self._connection_id).responsible_id.lang,
        }
        env = api.Environment(self.cr, SUPERUSER_ID, context)
        env.invalidate_all()
        self.env = env
        self.connection = env["xero.connection"].browse(self._connection_id)

    def commit(self):
        """Make what was done final and go on with fresh data. The engine commits here and nowhere else."""
        self.env.flush_all()
        self.cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()

    def rollback(self):
        self.env.clear()
        self.cr.rollback()

    @property
    def client(self):
        if not self._client:
            # A person waits for the answer, and a web worker may not wait long.
            read_seconds = PERSON_READ_SECONDS if self.for_person else READ_SECONDS
            self._client = self.connection._client(on_limits=self._note_limits, read_seconds=read_seconds)
        return self._client

    def _note_limits(self, limits):
        self._limits = limits

    @property
    def limits(self):
        """What Xero said with its last answer of the calls that are left; ``None`` before the first."""
        return self._limits

    def must_stop(self):
        """Whether the slice should end. A person's push goes through: it is one record."""
        return not self.for_person and (time.monotonic() > self._deadline or bool(self.budget_problem()))

    def check_time(self):
        """End the slice between two calls when it must."""
        if self.must_stop():
            raise OutOfTime

    def budget_problem(self):
        """Return ``(seconds, reason)`` when this work should leave the remaining calls alone; a person's never does."""
        return None if self.for_person else self.shortage()

    def shortage(self):
        """Return ``(seconds, reason)`` when background work should leave the remaining calls alone."""
        if not self._limits:
            return None
        if self._limits.minute is not None and self._limits.minute <= 1:
            return 30, self.env._("Xero's calls of this minute are used up")
        if self._limits.day is not None and self._limits.day <= self.connection.day_reserve:
            return 3600, self.env._("Only %s of today's calls are left; they are kept for people", self._limits.day)
        return None
