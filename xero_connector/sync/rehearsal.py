import uuid
from collections import namedtuple
from dataclasses import dataclass, field
from decimal import Decimal

from psycopg2 import IntegrityError, OperationalError

from odoo import fields
from odoo.exceptions import UserError

from ..xero_api.amounts import effective_rate
from ..xero_api.compare import changes
from ..xero_api.errors import XeroError
from ..xero_api.kinds import KINDS
from ..xero_api.payload import ENDED, PLACEHOLDER
from .additions import Additions
from .contacts import Contacts
from .documents import Documents
from .fault_words import fault_words
from .lookups import Lookup
from .marks import Marks
from .outbox import Outbox
from .settlements import Settlements
from .verdict import Verdict
from .workspace import Workspace

DOCUMENTS = ("Invoices", "CreditNotes")
LOOKUP_SIZE = 50
# How long another's change of the same links is waited for.
PATIENCE = "5s"


# ``rule`` is what chose the account (see ``xero.mapper.line._account``); amounts are of the document's currency.
PlannedLine = namedtuple("PlannedLine", "description quantity unit_amount discount account rule tax_rate base tax")


@dataclass
class Planned:
    """What a run would do about one document.

    :param action: ``create``, ``update``, ``void``, ``unchanged``, ``adopt`` (it is in Xero under its number already),
        ``held``, ``excluded`` or ``left`` (older than the export date, cancelled, or of another kind)
    :param problems: list of (code of the reason, text)
    :param contact: name of the contact in Xero, and whether it is ``linked``, ``new``, ``missing``, or ``either`` new
        or linked: Xero's contacts were never read
    :param kind: the ``Kind`` of document in Xero
    :param mapped: the ``Mapped`` document; ``None`` where nothing is to be sent or it could not be read
    :param status: the status that it is to have in Xero; empty where that stays
    :param lines: list of ``PlannedLine``, also where the document is held
    :param changes: list of ``Change`` to what Xero has now; ``None`` where it has nothing or was not asked
    """

    action: str = "left"
    problems: list = field(default_factory=list)
    contact: tuple = ("", "missing")
    lines: list = field(default_factory=list)
    kind: object = None
    mapped: object = None
    xero_id: str = ""
    xero_status: str = ""
    status: str = ""
    changes: list | None = None


@dataclass
class Plan:
    """What a run would do about documents: dict of move id → ``Planned``, and what is made for them before.

    :param additions: list of (resource, name) in the order of the calls: contacts, tax rates, currencies
    :param unread: why Xero could not be asked what it has now, in words; empty if it was
    """

    documents: dict = field(default_factory=dict)
    additions: list = field(default_factory=list)
    unread: str = ""


class Rehearsal(Workspace):
    """A workspace in which the engine does all it would do, except that nothing is sent and nothing is kept."""

    rehearsal = True

    def commit(self):
        """Go on with fresh data, as after a commit; all of it is rolled back in the end."""
        self.env.flush_all()
        self.env.invalidate_all()


class RehearsalOutbox(Outbox):
    """Notes what would be sent. Documents that need it find what Xero would have made of it."""

    def __init__(self, work):
        super().__init__(work)
        self.sent = []

    def send(self, resource, method, elements, label):
        self.sent += [(resource, element) for element in elements]
        if resource not in DOCUMENTS:
            verdict = Verdict(self.work)
            for element in elements:
                answer = self._answer(resource, element)
                verdict.accepted(element, answer, answer.get("ContactID") or answer.get("TaxType") or answer["Code"])
            verdict.finish()
        return []

    def _answer(self, resource, element):
        if resource == "Contacts":
            return {"ContactID": element.payload.get("ContactID") or str(uuid.uuid4()), **element.payload}
        if resource == "Currencies":
            return element.payload
        parts = [(Decimal(str(part["Rate"])), part["IsCompound"]) for part in element.payload["TaxComponents"]]
        return {
            **element.payload,
            "TaxType": f"NEW-{element.binding_id}",
            "Status": "ACTIVE",
            "EffectiveRate": effective_rate(parts),
            **dict.fromkeys(("CanApplyToRevenue", "CanApplyToExpenses", "CanApplyToLiabilities"), True),
            **dict.fromkeys(("CanApplyToAssets", "CanApplyToEquity"), True),
        }


def rehearse(connection, moves):
    """Return the ``Plan`` of what a run would do about these documents now, by the engine's own steps.

    Drafts are taken as if they were confirmed as they are. Nothing is written, here or in Xero; Xero is only asked
    what it has of these documents now.

    :raises UserError: somebody is writing the same links at this moment, or Xero cannot be asked what it must be
    """
    with connection.env.registry.cursor() as cr:
        work = Rehearsal(cr, connection.id, seconds=float("inf"), for_person=True)
        cr.execute("SET LOCAL lock_timeout = %s", [PATIENCE])
        try:
            plan = _run(work, moves.ids)
        except (OperationalError, IntegrityError) as error:
            raise UserError(
                connection.env._("These records are being sent at this moment. Look again in a few seconds.")
            ) from error
        except XeroError as error:
            words = fault_words(connection.env, error)
            raise UserError(
                connection.env._("Xero could not be asked: %s. Try again in a few minutes.", words)
            ) from error
        finally:
            work.rollback()
        work.fresh()
        try:
            _compare(work, plan)
        except XeroError as error:
            plan.unread = fault_words(connection.env, error)
        finally:
            work.rollback()
    return plan


def _run(work, move_ids):
    moves = work.env["account.move"].browse(move_ids).exists()
    # Confirming gives a draft today's date.
    undated = moves.filtered(lambda move: move.state == "draft" and not move.invoice_date)
    undated.invoice_date = fields.Date.context_today(undated)
    marks = Marks(work).ask_for([("account.move", move_id) for move_id in move_ids])
    outbox = RehearsalOutbox(work)
    contacts = Contacts(work, outbox)
    settlements = Settlements(work, outbox, contacts)
    Documents(work, outbox, contacts, Additions(work, outbox), settlements).sync(move_ids, marks)
    work.env.flush_all()
    plan = Plan(
        additions=[_addition(resource, element) for resource, element in outbox.sent if resource not in DOCUMENTS]
    )
    elements = {element.binding_id: element for resource, element in outbox.sent if resource in DOCUMENTS}
    bindings = work.env["xero.binding"].search(
        [
            ("connection_id", "=", work.connection.id),
            ("res_model", "=", "account.move"),
            ("res_id", "in", move_ids),
            ("role", "=", "main"),
        ]
    )
    by_move = {binding.res_id: binding for binding in bindings}
    names = _Names(work, contacts.bindings(moves.commercial_partner_id), outbox)
    for move in moves:
        binding = by_move.get(move.id, work.env["xero.binding"])
        plan.documents[move.id] = _planned(work, move, binding, elements.get(binding.id), names)
    return plan


class _Names:
    """What Xero's records are called, read once for all documents of a plan."""

    def __init__(self, work, contact_bindings, outbox):
        mirrors = [("connection_id", "=", work.connection.id)]
        self.accounts = {account.code: account.display_name for account in work.env["xero.account"].search(mirrors)}
        self.rates = {rate.code: rate.display_name for rate in work.env["xero.tax.rate"].search(mirrors)}
        self.contact_bindings = contact_bindings
        linked = [binding.xero_id for binding in contact_bindings.values() if binding.xero_id]
        contacts = work.env["xero.contact"].with_context(active_test=False)
        self._contacts = {
            contact.xero_id: contact.name for contact in contacts.search([*mirrors, ("xero_id", "in", linked)])
        }
        self._created = {element.binding_id for resource, element in outbox.sent if resource == "Contacts"}
        self._new = "new" if work.connection.contacts_refreshed_at else "either"

    def contact(self, partner):
        """Return the name of a partner's contact and what becomes of it; see ``Planned.contact``."""
        binding = self.contact_bindings[partner.id]
        state = "missing" if not binding.xero_id else self._new if binding.id in self._created else "linked"
        return self._contacts.get(binding.xero_id) or partner.display_name, state


def _planned(work, move, binding, element, names):
    problems = [tuple(problem) for problem in binding.problems or []] if binding.state in ("blocked", "failed") else []
    planned = Planned(xero_id=binding.xero_id or "", xero_status=binding.xero_status or "")
    if move.state == "draft" and not move.commercial_partner_id:
        planned.action, planned.problems = "held", [("contact", work.env._("It has no customer yet: enter one."))]
        return planned
    if element:
        planned.action, planned.status = element.intent, element.payload.get("Status", "")
    elif any(reason == "date" for reason, _text in problems):
        planned.action, planned.problems = "left", problems
    elif problems:
        planned.action, planned.problems = "held", problems
    elif binding.state in ("excluded", "synced"):
        planned.action = "excluded" if binding.state == "excluded" else "unchanged"
    if planned.action in ("void", "left", "excluded") or any(reason == "unsupported" for reason, _text in problems):
        return planned
    partner = move.commercial_partner_id
    planned.contact = names.contact(partner)
    contact = names.contact_bindings[partner.id]
    planned.mapped = work.env["xero.mapper.document"]._to_xero(
        work.connection,
        move,
        contact.xero_id,
        binding.reissue,
        tax_amounts=not binding.tax_amounts_refused,
        dates_wait=bool(element) and str(element.payload.get("DueDate")) == str(PLACEHOLDER) or binding.dates_wait,
    )
    planned.kind = move._xero_document_kind()
    planned.lines = _lines(planned.mapped, names)
    return planned


def _lines(mapped, names):
    items = mapped.payload.get("LineItems") or [{}] * len(mapped.parts)
    lines = []
    for part, item in zip(mapped.parts, items, strict=True):
        description = item.get("Description") or part.line["Description"]
        wanted = part.wanted
        if not wanted:
            lines.append(PlannedLine(description, None, None, None, "", None, "", None, None))
            continue
        discount = item.get("DiscountRate") or (wanted.discount if not item else None)
        lines.append(
            PlannedLine(
                description,
                item.get("Quantity", wanted.quantity),
                item.get("UnitAmount", wanted.unit_price),
                discount,
                names.accounts.get(part.line.get("AccountCode"), ""),
                part.rule,
                names.rates.get(wanted.tax_type, ""),
                wanted.base,
                wanted.tax,
            )
        )
    return lines


def _addition(resource, element):
    return resource, element.payload.get("Name") or element.payload.get("Code")


# -- What Xero has now -------------------------------------------------------------------------------------------------


def _compare(work, plan):
    """Ask Xero, 50 documents a call, for those that it has, and for those whose number may be taken there."""
    lookup = Lookup(work)
    for kind in KINDS.values():
        own = [planned for planned in plan.documents.values() if planned.kind == kind]
        known = [planned for planned in own if planned.xero_id and planned.xero_status not in ENDED]
        for start in range(0, len(known), LOOKUP_SIZE):
            some = known[start : start + LOOKUP_SIZE]
            found = lookup.by_ids(kind, [planned.xero_id for planned in some])
            for planned in some:
                document = found.get(planned.xero_id)
                if document and planned.mapped and planned.mapped.payload:
                    planned.xero_status = document.get("Status") or ""
                    planned.changes = changes(planned.mapped.payload, planned.mapped.expected, document)
        _look_for_numbers(lookup, kind, own)


def _look_for_numbers(lookup, kind, planned_documents):
    creates = {
        planned.mapped.payload[kind.number_name]: planned
        for planned in planned_documents
        if planned.action == "create" and planned.mapped.payload.get(kind.number_name)
    }
    if not creates:
        return
    nobody = lookup.env["xero.binding"]
    for number, documents in lookup.find(kind, list(creates)).items():
        planned = creates[number]
        living = [document for document in documents if document.get("Status") not in ENDED]
        if not kind.unique_numbers:
            living = [found] if (found := lookup.ours_among(kind, living, planned.mapped, nobody)) else []
        if not living:
            continue
        if not kind.unique_numbers and lookup.is_unapproved(living[0], planned.mapped.payload):
            planned.action, planned.problems = "held", [("number", lookup.draft_text())]
            continue
        same = [
            document
            for document in living
            if lookup.is_same(document, planned.mapped) and not lookup.linked_elsewhere(kind, document, nobody)
        ]
        if same:
            planned.action = "adopt"
            planned.changes = changes(planned.mapped.payload, planned.mapped.expected, same[0])
        else:
            planned.action = "held"
            planned.problems = [("number", lookup.number_text(kind, planned.mapped, living[0]))]
