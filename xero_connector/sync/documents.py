import logging

from ..xero_api.kinds import KINDS
from ..xero_api.payload import ENDED, UNAPPROVED, digest, plain
from .contacts import previous_state
from .lookups import Lookup, document_bindings
from .outbox import Element
from .sightings import Sightings
from .trial import Trial
from .verdict import Verdict

_logger = logging.getLogger(__name__)

# What may change without anything having changed for a bookkeeper; *sent* has a state of its own.
_VOLATILE = ("Url", "SentToContact")


class Documents:
    """Invoices, bills and credit notes → Xero: created, updated, voided; or adopted when they are there already."""

    def __init__(self, work, outbox, contacts, additions, settlements):
        self.work = work
        self.outbox = outbox
        self.contacts = contacts
        self.additions = additions
        self.settlements = settlements
        self.lookup = Lookup(work)

    @property
    def env(self):
        return self.work.env

    def sync(self, move_ids, marks):
        """Make Xero equal to what these moves are now. Moves that are gone are voided through their bindings."""
        if not move_ids:
            return
        moves = self.env["account.move"].browse(move_ids).exists()
        live = self._live(moves._xero_documents())
        trial = Trial(self.work)
        trial.note(marks.as_drafts("account.move"), "draft")
        live -= trial.to_take_back(live)
        self._end(set(move_ids) - set(live.ids), moves, marks)
        live -= self._switched_off(live, marks)
        live -= self._leave_alone(live, marks)
        if not live:
            return
        self.contacts.ensure(live.commercial_partner_id, marks, update=False)
        self._send_live(live, marks)

    def _live(self, moves):
        """Return those that Xero is to have: the confirmed ones. A rehearsal asks what confirming drafts would do."""
        return moves.filtered(
            lambda move: (
                move.state == "posted" or (self.work.rehearsal and move.state == "draft" and move.commercial_partner_id)
            )
        )

    # -- What ended in Odoo ------------------------------------------------------------------------------------

    def _end(self, ended_ids, moves, marks):
        """Void what was cancelled or deleted. A draft waits: Xero keeps the last version until it is confirmed."""
        drafts = set(moves.filtered(lambda move: move.state == "draft").ids)
        bindings = self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("res_model", "=", "account.move"),
                ("res_id", "in", list(ended_ids)),
                ("role", "=", "main"),
            ]
        )
        to_end = bindings.filtered(
            lambda binding: (
                binding.xero_id
                and binding.xero_status not in ENDED
                and binding.state != "excluded"
                and binding.res_id not in drafts
            )
        )
        settled = ended_ids - set(to_end.mapped("res_id"))
        marks.delete({mark: "synced" for move_id in settled for mark in marks.of("account.move", move_id)})
        # What Xero never had leaves nothing to fix behind; a user's exclusion lasts as long as the document.
        bindings.filtered(
            lambda binding: not binding.xero_id and (binding.state != "excluded" or binding.res_id not in moves.ids)
        ).unlink()
        to_end -= self._still_applied(to_end, marks)
        for resource in ("Invoices", "CreditNotes"):
            some = to_end.filtered(lambda binding, name=resource: KINDS[binding.xero_subtype].resource == name)
            elements = [self._end_element(binding, marks) for binding in some]
            self.work.commit()
            self._settle_ends(self.outbox.send(resource, "POST", elements, self._label("void", resource)))

    def _still_applied(self, bindings, marks):
        """Remove payments and allocations of documents that are to be voided; hold and return those that keep some."""
        verdict = Verdict(self.work)
        kept = bindings.browse()
        for move_id, twin in self.settlements.take_down(bindings.mapped("res_id")).items():
            binding = bindings.filtered(lambda found, move_id=move_id: found.res_id == move_id)
            verdict.block(binding, [("applied", self.settlements.removed_first_text(twin))], depends_on=twin)
            marks.delete(dict.fromkeys(marks.of("account.move", move_id), "blocked"))
            kept |= binding
        return kept

    def _end_element(self, binding, marks):
        # Xero deletes what nobody approved yet, and voids the rest.
        status = "DELETED" if binding.xero_status in UNAPPROVED else "VOIDED"
        return Element(
            binding_id=binding.id,
            intent="void",
            payload={KINDS[binding.xero_subtype].id_name: binding.xero_id, "Status": status},
            mark_ids=marks.of("account.move", binding.res_id),
            previous=previous_state(binding),
            res_name=binding.res_name,
            attempts=binding.attempts,
        )

    def _settle_ends(self, unresolved):
        """Settle ends that Xero did not take or confirm: in its own screens people approve, void and delete too.

        What has ended there is done; what has another status than we thought is planned again with that status.
        """
        if not unresolved:
            return
        verdict = Verdict(self.work)
        kind = KINDS[verdict.binding(unresolved[0][1]).xero_subtype]
        found = self.lookup.by_ids(kind, [element.payload[kind.id_name] for _situation, element in unresolved])
        for _situation, element in unresolved:
            binding = verdict.binding(element)
            document = found.get(element.payload[kind.id_name], {})
            status = document.get("Status")
            if status in ENDED:
                verdict.accepted(element, document, document[kind.id_name])
            elif status in (*UNAPPROVED, "AUTHORISED") and status != binding.xero_status:
                binding.xero_status = status
                if status not in UNAPPROVED:
                    # Somebody approved it in Xero: there is nothing left to try.
                    binding.trial = False
                binding._mark()
            else:
                text = self.env._(
                    "In Xero its status is %s, and it cannot be voided there. Remove the payment or credit from it, "
                    "then press Retry; or leave it and correct it with a credit note.",
                    status or "—",
                )
                verdict.fail(binding, "applied", text)
                verdict.drop_marks(element, "failed")
        self.work.commit()

    # -- What is confirmed in Odoo -----------------------------------------------------------------------------

    def _switched_off(self, moves, marks):
        """Leave alone and return the documents of kinds that the connection does not send."""
        off = moves.filtered(lambda move: not self.work.connection._sends(move._xero_document_kind()))
        marks.delete({mark: "synced" for move in off for mark in marks.of("account.move", move.id)})
        return off

    def _leave_alone(self, moves, marks):
        """Hold and return the documents that are older than what is to be sent; their customers stay out too."""
        mapper = self.env["xero.mapper.document"]
        problems = {move: mapper._date_problem(self.work.connection, move) for move in moves}
        old = moves.filtered(lambda move: problems[move])
        bindings = document_bindings(self.work, old)
        # What Xero has already stays equal, however old it is.
        old = old.filtered(lambda move: not bindings[move.id].xero_id)
        verdict = Verdict(self.work)
        done = {}
        for move in old:
            excluded = bindings[move.id].state == "excluded"
            if not excluded:
                verdict.block(bindings[move.id], problems[move])
            done |= dict.fromkeys(marks.of("account.move", move.id), "synced" if excluded else "blocked")
        marks.delete(done)
        return old

    def _send_live(self, moves, marks):
        bindings = document_bindings(self.work, moves)
        settled = self.settlements.settled(moves.ids)
        self.additions.ensure(self._to_be_sent(moves, bindings, settled), marks)
        contact_bindings = self.contacts.bindings(moves.commercial_partner_id)
        archived = self.contacts.archived(contact_bindings.values())
        creates, updates, done = [], [], {}
        for move in moves:
            binding = bindings[move.id]
            if binding.res_name != move.name:
                binding.res_name = move.name
            move_marks = marks.of("account.move", move.id)
            if binding.state == "excluded":
                done |= dict.fromkeys(move_marks, "synced")
                continue
            contact_binding = contact_bindings[move.commercial_partner_id.id]
            problems = self._contact_problems(move, contact_binding, archived)
            waits = self._dates_wait(move, binding, settled)
            element = self._element(move, binding, contact_binding, problems, move_marks, waits)
            if not element:
                done |= dict.fromkeys(move_marks, "blocked")
            elif element.intent == "create":
                creates.append(element)
            elif element.intent == "unchanged":
                self._settle_unchanged(binding)
                done |= dict.fromkeys(move_marks, "synced")
            else:
                updates.append(element)
        marks.delete(done)
        self.work.commit()
        for resource in ("Invoices", "CreditNotes"):
            self._create(resource, self._of(resource, creates, bindings))
        updates = self._free(self._seen_again(updates), bindings, marks)
        for resource in ("Invoices", "CreditNotes"):
            self._update(resource, self._of(resource, updates, bindings))

    def _seen_again(self, updates):
        """Return the updates of documents that nobody changed in Xero since we last saw them; hold the others.

        What a person was told of before is overwritten, since only a person's push comes this far with it.
        """
        if self.work.rehearsal:
            return updates
        verdict = Verdict(self.work)
        unseen = self.env["xero.binding"]
        for element in updates:
            binding = verdict.binding(element)
            if element.intent == "update" and not binding.remote_change:
                unseen |= binding
        Sightings(self.work).note(self.lookup.now(unseen))
        ready = []
        for element in updates:
            binding = verdict.binding(element)
            if binding in unseen and binding.remote_change:
                verdict.block(binding, [("changed", binding.remote_change)])
                verdict.drop_marks(element, "blocked")
            else:
                ready.append(element)
        self.work.commit()
        return ready

    def _of(self, resource, elements, bindings):
        kinds = {binding.id: KINDS[binding.xero_subtype] for binding in bindings.values()}
        return [element for element in elements if kinds[element.binding_id].resource == resource]

    def _create(self, resource, creates):
        creates = creates if self.work.rehearsal else self.lookup.adopt(creates)
        created = self.outbox.send(resource, "PUT", creates, self._label("create", resource))
        self.lookup.resolve(self._without_tax_amounts(created))

    def _update(self, resource, updates):
        updated = self.outbox.send(resource, "POST", updates, self._label("update", resource))
        self._fail_silent(self._without_tax_amounts(updated))

    def _label(self, intent, resource):
        """Return what a call is called in the history."""
        return {
            ("create", "Invoices"): self.env._("Create invoices"),
            ("update", "Invoices"): self.env._("Update invoices"),
            ("void", "Invoices"): self.env._("Void invoices"),
            ("create", "CreditNotes"): self.env._("Create credit notes"),
            ("update", "CreditNotes"): self.env._("Update credit notes"),
            ("void", "CreditNotes"): self.env._("Void credit notes"),
        }[intent, resource]

    def _dates_wait(self, move, binding, settled):
        """Whether a document keeps its placeholder dates (I3): until it is sent, or something settles it.

        One that has its true dates in Xero keeps them: turning the option on moves nothing that is booked.
        """
        return (
            self.work.connection.dates_when_sent
            and move._xero_document_kind().sales
            and (not binding.xero_id or binding.dates_wait or binding.xero_status in ENDED)
            and not (move.is_move_sent or binding.sent_in_xero or move.id in settled)
        )

    def _to_be_sent(self, moves, bindings, settled):
        """Return the documents for which Xero may be changed: others are left alone, or held whatever is added."""
        mapper = self.env["xero.mapper.document"]
        return moves.filtered(
            lambda move: (
                bindings[move.id].state != "excluded"
                and (
                    self._dates_wait(move, bindings[move.id], settled)
                    or not mapper._lock_problem(self.work.connection, move.invoice_date or move.date)
                )
            )
        )

    def _element(self, move, binding, contact_binding, contact_problems, mark_ids, waits=False):
        """Return what to send of a move, or ``None`` after holding it with everything that is wrong.

        What Xero holds already comes back with the intent ``unchanged``.
        """
        verdict = Verdict(self.work)
        kind = move._xero_document_kind()
        ended = binding.xero_status in ENDED
        try:
            mapped = self.env["xero.mapper.document"]._to_xero(
                self.work.connection,
                move,
                contact_binding.xero_id,
                binding.reissue,
                tax_amounts=not binding.tax_amounts_refused,
                dates_wait=waits,
            )
            fingerprint = digest({name: value for name, value in mapped.payload.items() if name not in _VOLATILE})
            money = self._money(mapped)
        except Exception as error:  # pylint: disable=broad-except
            # A document that we cannot read is our fault, and must not stop the others.
            _logger.exception("%s could not be mapped for Xero", move.display_name)
            verdict.fail(binding, "unsupported", self.env._("It could not be prepared for Xero: %s", error))
            return None
        problems = contact_problems + mapped.problems
        status = Trial(self.work).status(binding)
        # A person's push makes Xero what Odoo is, whatever somebody changed there.
        overwrites = binding.remote_change and self.work.for_person
        unchanged = (
            not status and not ended and not overwrites and mapped.payload and fingerprint == binding.synced_hash
        )
        problems = [] if unchanged else problems
        if binding.remote_change and not unchanged and not overwrites:
            # What somebody did in Xero is overwritten by nobody but a person.
            problems.insert(0, ("changed", binding.remote_change))
        if problems:
            depends_on = contact_binding if problems[0][0] == "contact" else None
            verdict.block(binding, problems, depends_on=depends_on)
            return None
        if ended and binding.xero_id:
            # Xero cannot bring a voided document back: a confirmed one gets a successor there, under the same number
            # if Xero lets it be used again, else under the next one (see ``Lookup.resolve``).
            trial = binding.trial if binding.trial == "draft" else False
            values = {"xero_id": False, "xero_status": False, "synced_hash": False, "sent_in_xero": False}
            binding.write({**values, "trial": trial})
            status = Trial(self.work).status(binding)
        payload = dict(mapped.payload)
        intent = "update" if binding.xero_id else "create"
        if status:
            payload["Status"] = status
        if intent == "update":
            payload[kind.id_name] = binding.xero_id
        if kind.sales and move.is_move_sent and (status or binding.xero_status) == "AUTHORISED":
            payload["SentToContact"] = True
        if unchanged:
            intent = "unchanged"
            if payload.get("SentToContact") and not binding.sent_in_xero and not self._is_applied(binding):
                intent, payload = "sent", {kind.id_name: binding.xero_id, "SentToContact": True}
        return Element(
            binding_id=binding.id,
            intent=intent,
            payload=payload,
            key=mapped.payload[kind.number_name],
            hash=fingerprint,
            money=money,
            mark_ids=mark_ids,
            expected=plain({**mapped.expected, **({"due": mapped.expected["total"]} if intent == "create" else {})}),
            previous=previous_state(binding),
            rung=mapped.rung,
            res_name=move.name,
            attempts=binding.attempts,
        )

    def _money(self, mapped):
        """Return a fingerprint of what the payments of a document depend on."""
        if not mapped.payload:
            return ""
        who = {name: mapped.payload[name] for name in ("Contact", "CurrencyCode")}
        return digest({**who, "total": mapped.expected["total"]})

    def _is_applied(self, binding):
        """Whether something is applied to a document in Xero, which then takes no change of it."""
        return binding.amount_paid or binding.amount_credited

    def _free(self, updates, bindings, marks):
        """Return the updates that may be sent: where payments or credits hang on a document Xero takes none.

        Ours are removed, and follow again, where the amounts changed. Where only words changed it is left as it is, and
        the user is told why (I7): a payment that is removed loses its bank reconciliation in Xero.
        """
        by_id = {binding.id: binding for binding in bindings.values()}
        live = self.settlements.live([by_id[element.binding_id].res_id for element in updates])
        verdict = Verdict(self.work)
        ready, to_free = [], []
        for element in updates:
            binding = by_id[element.binding_id]
            if binding.res_id not in live:
                ready.append(element)
            elif element.intent == "sent":
                self._settle_unchanged(binding)
                verdict.drop_marks(element, "synced")
            elif element.money == binding.synced_money:
                text = self.env._(
                    "It was changed in Odoo, but in Xero it is paid or credited, and Xero does not let such a document "
                    "be changed. The amounts are equal. Press Exclude to leave it as it is in Xero; or undo the "
                    "payment in Odoo, wait until it is gone in Xero, and register it again."
                )
                verdict.block(binding, [("applied", text)])
                verdict.drop_marks(element, "blocked")
            else:
                to_free.append(element)
        kept = self.settlements.take_down([by_id[element.binding_id].res_id for element in to_free])
        for element in to_free:
            binding = by_id[element.binding_id]
            if binding.res_id in kept:
                twin = kept[binding.res_id]
                verdict.block(binding, [("applied", self.settlements.removed_first_text(twin))], depends_on=twin)
                verdict.drop_marks(element, "blocked")
            else:
                ready.append(element)
        self.work.commit()
        return ready

    def _contact_problems(self, move, contact_binding, archived):
        if contact_binding.xero_id in archived:
            return [
                (
                    "contact",
                    self.env._(
                        "The contact “%s” is archived in Xero. Restore it there (Contacts → Archived), or link the "
                        "partner to another contact, then press Retry.",
                        archived[contact_binding.xero_id],
                    ),
                )
            ]
        if contact_binding.xero_id and contact_binding.state != "excluded":
            return []
        if contact_binding.state == "excluded":
            return [("contact", self.env._("The partner %s is excluded from Xero.", move.commercial_partner_id.name))]
        return [
            (
                "contact",
                self.env._(
                    "The partner %(name)s is not in Xero yet: %(why)s",
                    name=move.commercial_partner_id.display_name,
                    why=contact_binding.message or self.env._("it is being sent."),
                ),
            )
        ]

    def _settle_unchanged(self, binding):
        if binding.state != "synced" or binding.message or binding.next_try:
            binding.write({"state": "synced", "message": False, "reason": False, "next_try": False, "attempts": 0})

    def _without_tax_amounts(self, unresolved):
        """Have documents planned again whose lines' tax Xero did not take from us; return the other elements.

        How far it lets a tax differ from its own is not documented. They go on with the next way of making totals
        equal, or are held with both figures.
        """
        rest = []
        for situation, element in unresolved:
            if situation != "tax_amount":
                rest.append((situation, element))
                continue
            binding = self.env["xero.binding"].browse(element.binding_id)
            binding.tax_amounts_refused = True
            binding._mark()
        self.work.commit()
        return rest

    def _fail_silent(self, unresolved):
        verdict = Verdict(self.work)
        for _situation, element in unresolved:
            binding = self.env["xero.binding"].browse(element.binding_id)
            verdict.fail(binding, "refused", self.env._("Xero did not confirm the change. Press Retry."))
            verdict.drop_marks(element, "failed")
        self.work.commit()
