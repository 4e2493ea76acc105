from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo.fields import Domain

from ..xero_api.kinds import KINDS
from ..xero_api.payload import ENDED, UNAPPROVED, digest, plain
from ..xero_api.seen import seen
from .contacts import bindings_of, previous_state
from .lookups import Lookup
from .outbox import Element
from .settlement_facts import SettlementFacts
from .settlement_lookup import SettlementLookup
from .verdict import Verdict

# Twins of one settlement, and what they are in Xero.
MAIN, WRITE_OFF, WRITE_OFF_ALLOCATION = "main", "write_off", "write_off_allocation"
# What hangs on a document there and keeps it from being changed.
_APPLIED = (MAIN, WRITE_OFF_ALLOCATION)


@dataclass
class Twin:
    """What Xero is to have of a settlement under one role.

    :param fingerprint: of what was decided in Odoo; a payment of another one is replaced
    :param path: where it is made
    :param parent: Xero's id of the credit note that an allocation belongs to
    :param applied: list of (binding id of a document, ``paid`` or ``credited``)
    :param waits_for: the binding that must be in Xero first
    """

    role: str
    xero_type: str
    subtype: str | None = None
    payload: dict = field(default_factory=dict)
    fingerprint: str = ""
    path: str = ""
    parent: str = ""
    amount: Decimal = Decimal(0)
    applied: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    waits_for: object = None
    expected: dict = field(default_factory=dict)
    rung: str = ""


class Settlements:
    """Payments, refunds, allocations and write-offs → Xero, after the documents that they belong to.

    Xero does not change a payment or an allocation: one that changed is removed first and made anew then, so that there
    are never two. What is removed and not yet made again keeps its mark.
    """

    def __init__(self, work, outbox, contacts):
        self.work = work
        self.outbox = outbox
        self.contacts = contacts
        self.lookup = SettlementLookup(work)
        self.facts = SettlementFacts(work)

    @property
    def env(self):
        return self.work.env

    # -- What documents ask --------------------------------------------------------------------------------------------

    def rebuild(self, move_ids, settlement_ids):
        """Note what settles these documents now, and mark what Xero is not equal to; return the marked (model, id)."""
        return self.facts.rebuild(move_ids, settlement_ids)

    def settled(self, move_ids):
        """Return the ids of those documents that something settles in Odoo."""
        rows = self._of_documents(move_ids).filtered("amount")
        credit_notes = rows.filtered(lambda row: row.kind == "allocation")
        return set(rows.mapped("document_id")) | set(credit_notes.mapped("counterpart_id"))

    def live(self, move_ids):
        """Return dict of document id → bindings of what we applied to it in Xero."""
        found = defaultdict(self.env["xero.binding"].browse)
        settlements = self._of_documents(move_ids)
        bindings = self._bindings(settlements).grouped("res_id")
        for settlement in settlements:
            applied = bindings.get(settlement.id, self.env["xero.binding"]).filtered(
                lambda binding: binding.role in _APPLIED and self._is_live(binding)
            )
            for move_id in (settlement.document_id, settlement.counterpart_id):
                if applied and (move_id == settlement.document_id or settlement.kind == "allocation"):
                    found[move_id] |= applied
        return {move_id: found[move_id] for move_id in move_ids if move_id in found}

    def take_down(self, move_ids):
        """Remove from Xero what we applied to documents that are to be voided or changed there.

        It is marked first, so that what is still true comes back afterwards.

        :return: dict of document id → binding of what could not be removed
        """
        settlements = self._of_documents(move_ids)
        if self.work.rehearsal or not settlements:
            return {}
        bindings = self._bindings(settlements).filtered(self._is_ours_to_remove)
        if bindings:
            self.env["xero.mark"]._put(
                settlements._name, {self.work.connection.company_id.id: bindings.mapped("res_id")}, wake=False
            )
            self.work.commit()
            self._remove(bindings)
        return {move_id: left[:1] for move_id, left in self.live(move_ids).items()}

    def _of_documents(self, move_ids):
        own = Domain("document_id", "in", list(move_ids))
        as_credit_note = Domain("counterpart_model", "=", "account.move") & Domain(
            "counterpart_id", "in", list(move_ids)
        )
        company = Domain("company_id", "=", self.work.connection.company_id.id)
        return self.env["xero.settlement"].search(company & (own | as_credit_note))

    def _bindings(self, settlements):
        return self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("res_model", "=", settlements._name),
                ("res_id", "in", settlements.ids),
            ]
        )

    @staticmethod
    def _is_live(binding):
        return bool(binding.xero_id) and binding.xero_status not in ENDED

    def _is_ours_to_remove(self, binding):
        return self._is_live(binding) and binding.state != "excluded"

    # -- Making Xero equal ---------------------------------------------------------------------------------------------

    def sync(self, settlement_ids, marks):
        """Make Xero equal to what these settlements are now: what changed is removed, then made anew."""
        settlements = self.env["xero.settlement"].browse(settlement_ids).exists()
        gone = set(settlement_ids) - set(settlements.ids)
        marks.delete({mark: "synced" for res_id in gone for mark in marks.of("xero.settlement", res_id)})
        if not settlements:
            return
        plans = self._plans(settlements)
        self._remove(self._untrue(plans))
        self._forget(plans)
        self._make(plans, (WRITE_OFF,))
        # The write-offs just made are in Xero now, and can be allocated.
        again = [row for row, twins in plans.items() if any(twin.role == WRITE_OFF for twin in twins or [])]
        plans |= self._plans(settlements.union(*again) if again else settlements.browse())
        self._make(plans, _APPLIED)
        self._settle_marks(plans, marks)

    def _plans(self, settlements):
        """Return dict of settlement → list of ``Twin``; ``None`` for one that is left alone."""
        documents = self._documents(settlements)
        by_role = {(binding.res_id, binding.role): binding for binding in self._bindings(settlements)}
        left = settlements._xero_left_to_provider()
        moves = self.env["account.move"].browse(settlements.mapped("document_id")).exists()
        by_id = {move.id: move for move in moves}
        written_off = moves.browse(settlements.filtered("other_amount").mapped("document_id")) & moves
        contacts = self.contacts.bindings(written_off.commercial_partner_id)
        plans = {}
        for settlement in settlements:
            move = by_id.get(settlement.document_id, moves.browse())
            contact = contacts.get(move.commercial_partner_id.id, self.env["xero.binding"])
            leave = settlement in left and settlement.amount
            plans[settlement] = None if leave else self._plan(settlement, move, contact, documents, by_role)
        return plans

    def _documents(self, settlements):
        """Return dict of document id → its main binding."""
        ids = {*settlements.mapped("document_id")}
        ids |= {settlement.counterpart_id for settlement in settlements if settlement.kind == "allocation"}
        bindings = self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("res_model", "=", "account.move"),
                ("res_id", "in", list(ids)),
                ("role", "=", "main"),
            ]
        )
        return {binding.res_id: binding for binding in bindings}

    def _plan(self, settlement, move, contact, documents, by_role):
        document = documents.get(settlement.document_id, self.env["xero.binding"])
        counterpart = document.browse()
        if settlement.kind == "allocation":
            counterpart = documents.get(settlement.counterpart_id, counterpart)
        if self._is_left_alone(settlement, document, counterpart):
            return None
        if not settlement.amount:
            return []
        problem, waits_for = self._document_problem(settlement, document, counterpart)
        twins = []
        if settlement.kind == "allocation":
            twins.append(self._allocation(settlement, MAIN, settlement.amount, document, counterpart))
        elif settlement.cash_amount or settlement.kind == "payment":
            twins.append(self._payment(settlement, move, document))
        if settlement.other_amount and not settlement.problem:
            made = by_role.get((settlement.id, WRITE_OFF), document.browse())
            twins.append(self._write_off(settlement, move, contact, document, made))
            sides = (document, made) if not KINDS[document.xero_subtype].credit else (made, document)
            twins.append(self._allocation(settlement, WRITE_OFF_ALLOCATION, settlement.other_amount, *sides))
        for twin in twins:
            if problem:
                twin.problems.insert(0, problem)
                twin.waits_for = waits_for
        return twins

    def _is_left_alone(self, settlement, document, counterpart):
        """Whether nothing is done about it, neither made nor removed: it is none of what the connection sends."""
        connection = self.work.connection
        sides = [document, *([counterpart] if settlement.kind == "allocation" else [])]
        linked = [side for side in sides if side]
        return (
            (settlement.kind != "allocation" and not connection.sync_payments)
            # What was undone leaves Xero whatever became of its documents.
            or (settlement.amount and len(linked) < len(sides))
            or any(side.state == "excluded" or side.reason == "date" for side in linked)
            or any(not connection._sends(KINDS[side.xero_subtype]) for side in linked)
        )

    def _document_problem(self, settlement, document, counterpart):
        """Return ``(problem, binding to wait for)`` where a side is not such in Xero that it can be settled."""
        for side in (document, counterpart):
            if not side:
                continue
            if not self._is_live(side) or (
                side.state in ("blocked", "failed") and side.reason not in ("applied", "changed")
            ):
                text = self.env._(
                    "%(name)s is not in Xero as it stands: %(why)s",
                    name=side.res_name,
                    why=side.message or side.remote_change or self.env._("it is being sent."),
                )
                return ("document", text), side
            if side.xero_status in UNAPPROVED:
                text = self.env._(
                    "%s is not approved in Xero yet, where only approved documents can be settled. Approve it there; "
                    "this then follows by itself.",
                    side.res_name,
                )
                return ("document", text), side
        return None, None

    # -- Twins ---------------------------------------------------------------------------------------------------------

    def _payment(self, settlement, move, document):
        mapped = self.env["xero.mapper.settlement"]._payment(self.work.connection, settlement, move, document)
        # Which account of Xero a journal is mapped to may change: payments that are there stay where they are.
        decided = {name: mapped.payload[name] for name in ("Date", "Amount", "Reference")}
        where = {"journal": settlement.journal_id.id, "account": settlement.account_id.id}
        return Twin(
            role=MAIN,
            xero_type="Payment",
            payload=mapped.payload,
            # What is on the bank of a foreign payment decides its rate.
            fingerprint=digest({**decided, **where, "bank": settlement.bank_amount, "document": document.xero_id}),
            amount=mapped.payload["Amount"],
            applied=[(document.id, "paid")],
            problems=list(mapped.problems),
            expected=mapped.expected,
        )

    def _allocation(self, settlement, role, amount, invoice, credit_note):
        mapped = self.env["xero.mapper.settlement"]._allocation(
            settlement, amount, invoice.xero_id, self.work.connection
        )
        return Twin(
            role=role,
            xero_type="Allocation",
            payload=mapped.payload,
            fingerprint=digest({**mapped.payload, "credit_note": credit_note.xero_id}),
            path=f"/CreditNotes/{credit_note.xero_id}/Allocations",
            parent=credit_note.xero_id,
            amount=mapped.payload["Amount"],
            applied=[(invoice.id, "credited"), (credit_note.id, "credited")],
            problems=list(mapped.problems),
            waits_for=None if credit_note.xero_id and invoice.xero_id else credit_note or invoice,
        )

    def _write_off(self, settlement, move, contact, document, made):
        kind = KINDS[document.xero_subtype].opposite
        mapped = self.env["xero.mapper.settlement"]._written_off(
            self.work.connection, settlement, move, document, contact.xero_id, made.reissue
        )
        return Twin(
            role=WRITE_OFF,
            xero_type=kind.xero_type,
            subtype=kind.type,
            payload=mapped.payload,
            fingerprint=digest({name: value for name, value in mapped.payload.items() if name != kind.number_name}),
            problems=list(mapped.problems),
            expected=plain({**mapped.expected, "due": mapped.expected["total"]}) if mapped.expected else {},
            rung=mapped.rung,
        )

    # -- Removing ------------------------------------------------------------------------------------------------------

    def _untrue(self, plans):
        """Return the bindings of what Xero has and is not, or not so, true any more."""
        wanted = {(row.id, twin.role): twin for row, twins in plans.items() for twin in twins or []}
        rows = self.env["xero.settlement"].union(*(row for row, twins in plans.items() if twins is not None))
        bindings = self._bindings(rows)
        by_id = {row.id: row for row in rows}
        untrue = bindings.browse()
        for binding in bindings.filtered(self._is_ours_to_remove):
            twin = wanted.get((binding.res_id, binding.role))
            row = by_id[binding.res_id]
            # What cannot be made anew is not removed either: half of it would be worse.
            if twin is None and row.amount and row.problem:
                continue
            if twin is None or (not twin.problems and twin.fingerprint != binding.synced_hash):
                untrue |= binding
        # A write-off is changed with its allocation removed first.
        changed = untrue.filtered(lambda binding: binding.role == WRITE_OFF).mapped("res_id")
        return untrue | bindings.filtered(
            lambda binding: (
                binding.role == WRITE_OFF_ALLOCATION and binding.res_id in changed and self._is_ours_to_remove(binding)
            )
        )

    def _remove(self, bindings):
        """Remove payments and allocations, then void the write-offs that nothing is allocated from any more."""
        if not bindings:
            return
        applied = bindings.filtered(lambda binding: binding.role in _APPLIED)
        payments = applied.filtered(lambda binding: binding.xero_type == "Payment")
        self.work.commit()
        self.settle_removals(
            self.outbox.send(
                "Payments", "POST", [self._removal(binding) for binding in payments], self.env._("Remove payments")
            )
        )
        self.settle_removals(
            self.outbox.send(
                "Allocations",
                "DELETE",
                [self._removal(binding) for binding in applied - payments],
                self.env._("Remove allocations"),
            )
        )
        held = {binding.res_id for binding in applied.exists() if self._is_live(binding)}
        write_offs = bindings.filtered(lambda binding: binding.role == WRITE_OFF and binding.res_id not in held)
        for resource in ("CreditNotes", "Invoices"):
            elements = [
                self._void(binding) for binding in write_offs if KINDS[binding.xero_subtype].resource == resource
            ]
            self._settle_voids(self.outbox.send(resource, "POST", elements, self.env._("Void write-offs")))

    def _forget(self, plans):
        """Leave nothing to fix behind of what is not wanted any more and is not, or never was, in Xero."""
        wanted = {(row.id, twin.role) for row, twins in plans.items() for twin in twins or []}
        rows = self.env["xero.settlement"].union(*(row for row, twins in plans.items() if twins is not None))
        unwanted = self._bindings(rows).filtered(
            lambda binding: (
                (binding.res_id, binding.role) not in wanted
                and binding.state in ("new", "blocked", "failed")
                and not self._is_live(binding)
            )
        )
        # What was undone here too is no difference any more; done again, it is something new.
        self._bindings(rows).filtered(
            lambda binding: binding.remote_change and (binding.res_id, binding.role) not in wanted
        ).write({"remote_change": False, "warning": False})
        ended = unwanted.filtered("xero_id")
        ended.write({"state": "synced", "message": False, "reason": False, "next_try": False, "attempts": 0})
        (unwanted - ended).unlink()

    def _removal(self, binding):
        payment = binding.xero_type == "Payment"
        parent = f"/CreditNotes/{binding.xero_parent_id}/Allocations"
        return Element(
            binding_id=binding.id,
            intent="remove",
            payload={"Status": "DELETED"} if payment else {},
            path=f"{'/Payments' if payment else parent}/{binding.xero_id}",
            expected={"applied": binding.applied or [], "amount": binding.xero_total},
            previous=previous_state(binding),
            res_name=binding.res_name,
            attempts=binding.attempts,
        )

    def _void(self, binding):
        kind = KINDS[binding.xero_subtype]
        return Element(
            binding_id=binding.id,
            intent="remove",
            payload={kind.id_name: binding.xero_id, "Status": "VOIDED"},
            previous=previous_state(binding),
            res_name=binding.res_name,
            attempts=binding.attempts,
        )

    def settle_removals(self, unresolved):
        """Settle removals that Xero refused or did not confirm: what is not there any more is removed."""
        verdict = Verdict(self.work)
        for element in self.confirm_removals([element for _situation, element in unresolved]):
            verdict.fail_removal(element)
        if unresolved:
            self.work.commit()

    def confirm_removals(self, elements):
        """Note which of these removals Xero did, or somebody there, and return the other elements.

        What is due of their documents is read: whether what was last read of them had it already is not known.
        """
        verdict = Verdict(self.work)
        left, touched = [], self.env["xero.binding"]
        for element in elements:
            binding = verdict.binding(element)
            if self.lookup.is_gone(binding):
                touched |= touched.browse([binding_id for binding_id, _what in binding.applied or []])
                element.expected = {}
                verdict.accepted(element, {"IsDeleted": True}, binding.xero_id)
            else:
                left.append(element)
        self._read_figures(touched.exists().filtered(self._is_live))
        return left

    def _read_figures(self, documents):
        """Note what Xero has due, paid and credited of these documents now."""
        for kind in KINDS.values():
            some = documents.filtered(lambda document, kind=kind: document.xero_subtype == kind.type)
            found = Lookup(self.work).by_ids(kind, some.mapped("xero_id")) if some else {}
            for document in some.filtered(lambda document, found=found: document.xero_id in found):
                document.write(seen(kind, found[document.xero_id]))

    def _settle_voids(self, unresolved):
        verdict = Verdict(self.work)
        for _situation, element in unresolved:
            binding = verdict.binding(element)
            kind = KINDS[binding.xero_subtype]
            found = Lookup(self.work).by_ids(kind, [binding.xero_id]).get(binding.xero_id, {})
            if found.get("Status") in ENDED:
                verdict.accepted(element, found, binding.xero_id)
            else:
                verdict.fail_removal(element)
        if unresolved:
            self.work.commit()

    # -- Making --------------------------------------------------------------------------------------------------------

    def _make(self, plans, roles):
        elements = defaultdict(list)
        leaving = self._leaving(plans)
        for role in roles:
            wanted = [
                (settlement, twin) for settlement, twins in plans.items() for twin in twins or [] if twin.role == role
            ]
            bindings = self._bindings_of([settlement for settlement, _twin in wanted], role, dict(wanted))
            for settlement, twin in wanted:
                element = self._creation(settlement, twin, bindings[settlement.id], leaving)
                if element:
                    elements[twin.xero_type].append(element)
        self.work.commit()
        labels = {
            "Invoice": ("Invoices", self.env._("Create write-offs")),
            "CreditNote": ("CreditNotes", self.env._("Create write-offs")),
            "Allocation": ("Allocations", self.env._("Allocate credit notes")),
            "Payment": ("Payments", self.env._("Create payments")),
        }
        for xero_type, (resource, label) in labels.items():
            wanted = elements[xero_type]
            if xero_type in ("Allocation", "Payment"):
                wanted = self.lookup.adopt(xero_type, wanted)
            unresolved = self.outbox.send(resource, "PUT", wanted, label)
            if xero_type in ("Invoice", "CreditNote"):
                Lookup(self.work).resolve(unresolved)
            else:
                self.lookup.resolve(unresolved)

    def _leaving(self, plans):
        """Return dict of document id → binding of what was undone in Odoo and is still applied to it in Xero."""
        sides = {row.document_id for row in plans}
        sides |= {row.counterpart_id for row in plans if row.kind == "allocation"}
        undone = self._of_documents(sides).filtered(lambda row: not row.amount)
        if not undone:
            return {}
        documents, nobody = self._documents(undone), self.env["xero.binding"]
        undone = undone.filtered(
            lambda row: (
                not self._is_left_alone(
                    row,
                    documents.get(row.document_id, nobody),
                    documents.get(row.counterpart_id, nobody) if row.kind == "allocation" else nobody,
                )
            )
        )
        bindings = self._bindings(undone).filtered(lambda binding: binding.role in _APPLIED)
        ids_of = {row.id: (row.document_id, row.kind == "allocation" and row.counterpart_id) for row in undone}
        return {
            move_id: binding
            for binding in bindings
            if self._is_ours_to_remove(binding)
            for move_id in ids_of[binding.res_id]
            if move_id
        }

    def _bindings_of(self, settlements, role, twins):
        """Return dict of settlement id → binding of a role, made where there is none yet."""
        found = {}
        rows = self.env["xero.settlement"].union(*settlements)
        for (xero_type, subtype), some in rows.grouped(lambda row: (twins[row].xero_type, twins[row].subtype)).items():
            found |= bindings_of(self.work, some, xero_type, subtype, role)
        return found

    def _creation(self, settlement, twin, binding, leaving):
        """Return what to send of a twin; ``None`` where Xero has it, or after holding it with what is wrong."""
        verdict = Verdict(self.work)
        if binding.state == "excluded":
            return None
        if self._is_live(binding):
            if binding.synced_hash != twin.fingerprint and twin.problems:
                verdict.block(binding, twin.problems, depends_on=twin.waits_for)
            elif binding.synced_hash == twin.fingerprint and binding.state != "synced":
                binding.write({"state": "synced", "message": False, "reason": False, "next_try": False, "attempts": 0})
            return None
        if twin.problems:
            verdict.block(binding, twin.problems, depends_on=twin.waits_for)
            return None
        old = leaving.get(settlement.document_id) or leaving.get(
            settlement.kind == "allocation" and settlement.counterpart_id
        )
        if old:
            # Often its successor: both at once would settle the document twice.
            verdict.block(binding, [("applied", self.removed_first_text(old))], depends_on=old)
            return None
        if binding.remote_change and not self.work.for_person:
            # What somebody removed in Xero is made again by nobody but a person.
            verdict.block(binding, [("changed", binding.remote_change)])
            return None
        if twin.waits_for is not None:
            # The write-off that it belongs to is not in Xero: that says why.
            text = self.env._("It follows when “%s” is in Xero.", twin.waits_for.res_name or settlement.name)
            verdict.block(binding, [("document", text)], depends_on=twin.waits_for)
            return None
        values = {"xero_parent_id": twin.parent or False, "applied": twin.applied, "res_name": settlement.name}
        if binding.xero_id:
            # What was removed is never brought back: it gets a successor.
            values |= {"xero_id": False, "xero_status": False, "synced_hash": False}
        binding.write(values)
        number = next(
            (twin.payload[name] for name in ("InvoiceNumber", "CreditNoteNumber") if name in twin.payload), ""
        )
        return Element(
            binding_id=binding.id,
            intent="create",
            payload=twin.payload,
            key=number or f"{settlement.id}/{twin.role}",
            hash=twin.fingerprint,
            path=twin.path,
            expected={**twin.expected, "applied": twin.applied, "amount": plain(twin.amount)},
            previous=previous_state(binding),
            rung=twin.rung,
            res_name=settlement.name,
            attempts=binding.attempts,
        )

    def removed_first_text(self, twin):
        """Say in words what keeps a document from being changed in Xero."""
        why = twin.message or self.env._("that is being done.")
        if twin.state == "excluded":
            why = self.env._("it is excluded. Press Include on it, or remove it in Xero.")
        return self.env._("First “%(what)s” must be removed in Xero: %(why)s", what=twin.res_name, why=why)

    # -- Marks ---------------------------------------------------------------------------------------------------------

    def _settle_marks(self, plans, marks):
        """Delete the marks of settlements whose outcome is known, whatever it is."""
        bindings = self._bindings(self.env["xero.settlement"].union(*plans)).grouped("res_id")
        done = {}
        for settlement, twins in plans.items():
            states = {binding.state for binding in bindings.get(settlement.id, ())}
            retried = any(binding.next_try for binding in bindings.get(settlement.id, ()))
            if twins is None:
                # Left alone: nothing of it is tried again by itself.
                bindings.get(settlement.id, self.env["xero.binding"]).filtered("next_try").next_try = False
            elif "new" in states and not retried:
                # Stopped, or to be made under another number: it was marked again for that.
                continue
            state = "failed" if "failed" in states else "blocked" if "blocked" in states else "synced"
            done |= dict.fromkeys(marks.of("xero.settlement", settlement.id), state)
        marks.delete(done)
        self.work.commit()
