import logging
from collections import namedtuple
from dataclasses import dataclass, field
from datetime import timedelta

from psycopg2 import OperationalError

from odoo import fields
from odoo.exceptions import UserError

from ..xero_api.errors import (
    XeroError,
    XeroForbidden,
    XeroGrantLost,
    XeroNotSent,
    XeroRateLimited,
    XeroRefused,
    XeroUnanswered,
    XeroUnauthorised,
)
from ..xero_api.payload import ENDED
from .additions import MODELS as ADDED_MODELS
from .additions import Additions
from .contacts import Contacts
from .documents import Documents
from .fault_words import fault_words
from .marks import Marks
from .outbox import Outbox
from .pull import Pull
from .recovery import Recovery
from .references import References
from .settlements import Settlements
from .trial import Trial
from .verdict import Verdict
from .workspace import OutOfTime, Workspace

_logger = logging.getLogger(__name__)

SLICE_SECONDS = 8
REFERENCES_EVERY = timedelta(hours=24)
FIRST_WAIT, LONGEST_WAIT = 5, 900
BUSY_WAIT = 15


@dataclass
class Result:
    """What a run did: records done, whether more waits, and for the records asked for, what became of them.

    :param busy: another runner holds the connection
    :param noted: what a person wants in a trial is kept, and done by a later run if this one could not
    :param problem: why Xero could not be used, in words for a user
    :param outcomes: dict of (model, id) → (state, message)
    """

    done: int = 0
    remaining: int = 0
    busy: bool = False
    noted: bool = False
    problem: str = ""
    outcomes: dict = field(default_factory=dict)


# What a run is asked for; see ``Runner.run``. ``wanted`` is a list of (model, id).
Wish = namedtuple("Wish", "wanted only link trial stop")


class Runner:
    """The one runner of a connection: whoever holds the lock on its lock row, until it ends or dies."""

    def __init__(self, connection):
        self._registry = connection.env.registry
        self._connection_id = connection.id
        self._caller = connection

    def run(self, records=None, only=None, link=None, trial=None, stop=None, for_person=False, seconds=SLICE_SECONDS):
        """Work for one slice and return a ``Result``. Faults of Xero and the network are never raised.

        :param records: these records only, marked or not (what a button asks for)
        :param only: ``"references"`` to refresh the copies of what Xero owns and nothing else
        :param link: (partner id, Xero contact id) that a person chose to link
        :param trial: what a person who tries the connection wants of ``records``, documents: ``draft``, ``approve`` or
            ``take_back``
        :param stop: pushes that a person stops; nothing else is done, and no call is made
        :param for_person: a person waits for it: today's reserve of calls may be used, and a pause for a passing
            fault is not waited for
        """
        wanted = [(records._name, record_id) for record_id in records.ids] if records else None
        with self._registry.cursor() as lock_cr:
            lock_cr.execute(
                "SELECT id FROM xero_connection_lock WHERE connection_id = %s FOR NO KEY UPDATE SKIP LOCKED",
                [self._connection_id],
            )
            if not lock_cr.fetchone():
                self._caller._trigger_later(BUSY_WAIT)
                return Result(busy=True)
            with self._registry.cursor() as cr:
                work = Workspace(cr, self._connection_id, seconds, for_person)
                result = self._guarded(work, Wish(wanted, only, link, trial, stop))
        # Whoever found us busy relies on this look, made after the lock is free.
        self._caller.invalidate_recordset()
        if result.remaining and not self._caller.env.context.get("ir_cron_progress_id"):
            self._caller._trigger_later(0)
        return result

    def sees_marks(self, mark_ids):
        """Whether a cursor of the engine sees these marks, so whether it sees all of the caller's changes."""
        if not mark_ids:
            return False
        with self._registry.cursor() as cr:
            cr.execute("SELECT count(*) FROM xero_mark WHERE id IN %s", [tuple(mark_ids)])
            return cr.fetchone()[0] == len(mark_ids)

    # -- One slice ---------------------------------------------------------------------------------------------

    def _guarded(self, work, wish):
        result = Result()
        try:
            if wish.stop:
                Marks(work).stop_pushes(work.env["xero.push"].browse(wish.stop.ids))
            else:
                self._slice(work, wish, result)
        except XeroError as error:
            work.rollback()
            work.fresh()
            result.problem = self._handle_fault(work.connection, error)
        except OperationalError as error:
            # Somebody changed the same row at the same moment; what was committed before it stands.
            _logger.info("Xero run of connection %s meets another change: %s", self._connection_id, error)
            work.rollback()
            work.fresh()
            result.problem = work.env._("Somebody changed the same records; it goes on in a moment.")
            work.connection._postpone(FIRST_WAIT, result.problem)
        except UserError as error:
            # A neutralised or copied database: nothing may be sent, nothing is lost.
            work.rollback()
            work.fresh()
            result.problem = str(error)
            work.connection._write_run_facts({"last_error": result.problem})
        except Exception as error:  # pylint: disable=broad-except
            # A fault of ours, or an answer that nobody thought of: it must not go unseen, nor be repeated at once.
            _logger.exception("The Xero run of connection %s failed", self._connection_id)
            work.rollback()
            work.fresh()
            result.problem = work.env._(
                "Unexpected: %s. The server's log has the details; it is tried again by itself.", error
            )
            work.connection._postpone(LONGEST_WAIT, result.problem)
        if wish.wanted and not result.problem:
            result.outcomes = self._outcomes(work, wish.wanted)
        work.commit()
        return result

    def _slice(self, work, wish, result):
        connection = work.connection
        if connection.state != "connected":
            result.problem = work.env._("The connection %s is not connected.", connection.name)
            return
        now = fields.Datetime.now()
        if connection.next_try and connection.next_try > now and not work.for_person and not wish.only:
            connection._trigger_at(connection.next_try)
            return
        if wish.wanted and not wish.trial:
            # Before any call: it counts although Xero cannot be reached now.
            Trial(work).forget_take_back([res_id for model, res_id in wish.wanted if model == "account.move"])
        connection._check_may_call()
        outbox = Outbox(work)
        contacts = Contacts(work, outbox)
        additions = Additions(work, outbox)
        settlements = Settlements(work, outbox, contacts)
        documents = Documents(work, outbox, contacts, additions, settlements)
        more = connection._more_engines(work, outbox)
        Recovery(work, outbox, contacts, additions, settlements, more).run()
        refreshed_at = connection.references_refreshed_at
        if wish.only == "references" or not refreshed_at:
            References(work).refresh()
        elif refreshed_at < now - REFERENCES_EVERY:
            self._refresh_if_possible(work, now)
        if wish.only == "references":
            return
        if wish.link:
            partner_id, xero_id = wish.link
            result.problem = contacts.link_by_hand(work.env["res.partner"].browse(partner_id), xero_id)
            result.remaining = 0 if result.problem else 1
            return
        wanted = wish.wanted
        if wish.trial:
            noted = Trial(work).note([res_id for _model, res_id in wanted], wish.trial)
            wanted = [record for record in wanted if record[1] in noted]
            if not wanted:
                # Done before, perhaps by a second click: going on would send it as if it were pushed.
                return
            result.noted = True
        self._read_and_send(work, (contacts, additions, documents, settlements, more), wanted, result)
        self._note_success(work, result)

    def _read_and_send(self, work, engines, wanted, result):
        try:
            if not wanted:
                Pull(work).run()
            self._drain(work, engines, wanted, result)
        except OutOfTime:
            result.done = max(result.done, 1)
        *_own, more = engines
        for engine in more:
            engine.finish()

    def _drain(self, work, engines, wanted, result):
        """Take up marked records, oldest first, until none is left or the time is up."""
        contacts, additions, documents, settlements, more = engines
        before = None
        while True:
            marks = Marks(work).take(only=wanted)
            if not marks.records:
                return
            if (marks.records, marks.ids) == before:
                self._give_up(work, marks)
                work.check_time()
                continue
            before = (marks.records, marks.ids)
            partner_ids = [res_id for model, res_id in marks.records if model == "res.partner"]
            move_ids = [res_id for model, res_id in marks.records if model == "account.move"]
            settlement_ids = [res_id for model, res_id in marks.records if model == "xero.settlement"]
            contacts.sync(partner_ids, marks)
            additions.sync([record for record in marks.records if record[0] in ADDED_MODELS], marks)
            # What settles them is marked before their own marks go; it follows when they are in Xero.
            settling = settlements.rebuild(move_ids, settlement_ids)
            documents.sync(move_ids, marks)
            settlements.sync(settlement_ids, marks)
            for engine in more:
                engine.sync([res_id for model, res_id in marks.records if model in engine.models], marks)
            if wanted:
                wanted = [*wanted, *(record for record in settling if record not in wanted)]
            result.done += len(marks.records)
            # A record may have been marked again on the way, to be made under another number for instance.
            if wanted and not Marks(work).take(only=wanted).ids:
                return
            work.check_time()

    def _refresh_if_possible(self, work, now):
        """Refresh copies that are a day old; where Xero fails to list them, the old ones serve for another hour."""
        try:
            References(work).refresh()
        except (XeroRefused, XeroUnanswered) as error:
            if not error.status:
                # Not this list: the network. The whole run waits.
                raise
            _logger.warning("Xero lists of %s could not be refreshed: %s", work.connection.code, error)
            work.rollback()
            work.fresh()
            work.connection._write_run_facts({"references_refreshed_at": now - REFERENCES_EVERY + timedelta(hours=1)})

    def _give_up(self, work, marks):
        """Fail records that were read twice and not settled: going round would call Xero for ever.

        It should never happen, and must not stop the other records when it does.
        """
        _logger.error("Xero marks were read but not settled: %s", marks.records[:5])
        verdict = Verdict(work)
        text = work.env._("It could not be brought to Xero for a reason that is in the server's log.")
        for res_model, res_id in marks.records:
            bindings = work.env["xero.binding"].search(
                [("connection_id", "=", work.connection.id), ("res_model", "=", res_model), ("res_id", "=", res_id)]
            )
            waiting = bindings.filtered(lambda binding: binding.next_try or binding.state in ("new", "in_flight"))
            bindings.next_try = False
            for binding in waiting or bindings[:1]:
                verdict.fail(binding, "unsupported", text)
        marks.delete(dict.fromkeys(marks.ids, "failed"))
        work.commit()

    def _note_success(self, work, result):
        pull = Pull(work)
        facts = {
            "last_sync": fields.Datetime.now(),
            "failures": 0,
            "last_error": pull.problem or False,
            "next_try": False,
        }
        if work.limits and work.limits.day is not None:
            facts.update({"day_calls_remaining": work.limits.day, "day_calls_at": fields.Datetime.now()})
        work.connection._write_run_facts(facts)
        # A person's push goes through all the same, but must not end the pause of the background.
        shortage = work.shortage()
        if shortage:
            work.connection._postpone(*shortage)
        elif pull.under_way or Marks.waiting(work.env, work.connection.company_id.id):
            result.remaining = 1

    def _outcomes(self, work, wanted):
        outcomes = {}
        for res_model, res_id in wanted:
            binding = work.env["xero.binding"].search(
                [
                    ("connection_id", "=", work.connection.id),
                    ("res_model", "=", res_model),
                    ("res_id", "=", res_id),
                    ("role", "=", "main"),
                ],
                limit=1,
            )
            message = binding.warning if binding.state == "synced" else binding.message
            if res_model == "account.move" and binding.state == "synced":
                message = "\n".join(filter(None, [message, self._unsettled(work, res_id)]))
            waits = binding.state in ("new", "in_flight") or Marks(work).take(only=[(res_model, res_id)]).ids
            state = "to_sync" if waits else binding.state or "none"
            if binding.xero_status in ENDED and state == "synced":
                state = "ended"
            outcomes[res_model, res_id] = (state, message or "")
        return outcomes

    def _unsettled(self, work, move_id):
        """Say what of the payments and allocations of a document could not be brought to Xero."""
        settlements = work.env["xero.settlement"].search([("document_id", "=", move_id)])
        held = work.env["xero.binding"].search(
            [
                ("connection_id", "=", work.connection.id),
                ("res_model", "=", settlements._name),
                ("res_id", "in", settlements.ids),
                ("state", "in", ("failed", "blocked")),
            ]
        )
        return "\n".join(f"{binding.res_name}: {binding.message}" for binding in held)

    # -- Faults ------------------------------------------------------------------------------------------------

    def _handle_fault(self, connection, error):
        """Decide what a fault means for the connection and return it in words."""
        _logger.info("Xero connection %s: %s: %s", connection.code, type(error).__name__, error)
        if isinstance(error, XeroUnauthorised) and connection._missing_scopes():
            reason = connection.env._(
                "The sign-in lacks a permission (%s). Press Connect and allow access again.",
                ", ".join(connection._missing_scopes()),
            )
            connection._expire(reason)
            return reason
        if isinstance(error, XeroGrantLost | XeroUnauthorised):
            reason = connection.env._("Xero ended the access (%s). Press Connect to sign in again.", error)
            connection._expire(reason)
            return reason
        if isinstance(error, XeroForbidden):
            return self._handle_forbidden(connection, error)
        if isinstance(error, XeroRateLimited):
            reason = connection.env._("Xero's limit of calls (%s) is reached; it goes on by itself.", error.problem)
            connection._postpone(error.retry_after, reason)
            return reason
        if isinstance(error, XeroNotSent | XeroUnanswered):
            failures = connection.failures + 1
            connection._write_run_facts({"failures": failures})
            reason = connection.env._("%s; it is tried again by itself.", fault_words(connection.env, error))
            connection._postpone(min(FIRST_WAIT * 2 ** (failures - 1), LONGEST_WAIT), reason)
            return reason
        reason = connection.env._("Xero refused the call: %s", error) if isinstance(error, XeroRefused) else str(error)
        connection._postpone(LONGEST_WAIT, reason)
        return reason

    def _handle_forbidden(self, connection, error):
        granted = connection._still_granted()
        if granted is None:
            reason = connection.env._("%s; it is tried again by itself.", fault_words(connection.env, error))
            connection._postpone(60, reason)
            return reason
        if granted:
            reason = connection.env._(
                "The sign-in lacks a permission (%s). Press Connect and allow access again, as a Xero user with the "
                "role Standard or Adviser.",
                error,
            )
        else:
            reason = connection.env._(
                "%s was disconnected from this app in Xero. Press Connect to connect it again.",
                connection.organisation_name,
            )
        connection._expire(reason)
        return reason
