import logging
from decimal import Decimal

from odoo import fields

from ..xero_api.payload import ENDED, digest, plain, to_datetime
from .contacts import bindings_of, previous_state
from .outbox import Element
from .trial import UNAPPROVED, Trial
from .verdict import Verdict

_logger = logging.getLogger(__name__)

LOOKUP_SIZE, LOOKUP_LENGTH = 50, 1500


class Documents:
    """Invoices → Xero: created, updated, voided; or adopted when they are there already."""

    def __init__(self, work, outbox, contacts, additions):
        self.work = work
        self.outbox = outbox
        self.contacts = contacts
        self.additions = additions

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
        elements = [self._end_element(binding, marks) for binding in to_end]
        self.work.commit()
        self._settle_ends(self.outbox.send("Invoices", "POST", elements, self.env._("Void invoices")))

    def _end_element(self, binding, marks):
        # Xero deletes what nobody approved yet, and voids the rest.
        status = "DELETED" if binding.xero_status in UNAPPROVED else "VOIDED"
        return Element(
            binding_id=binding.id,
            intent="void",
            payload={"InvoiceID": binding.xero_id, "Status": status},
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
        ids = ",".join(element.payload["InvoiceID"] for _situation, element in unresolved)
        query = {"IDs": ids, "page": 1, "pageSize": 1000}
        found = {invoice["InvoiceID"]: invoice for invoice in self.work.client.list("/Invoices", query=query)}
        verdict = Verdict(self.work)
        for _situation, element in unresolved:
            binding = self.env["xero.binding"].browse(element.binding_id)
            invoice = found.get(element.payload["InvoiceID"], {})
            status = invoice.get("Status")
            if status in ENDED:
                verdict.accepted(element, invoice, invoice["InvoiceID"])
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

    def _leave_alone(self, moves, marks):
        """Hold and return the documents that are older than what is to be sent; their customers stay out too."""
        mapper = self.env["xero.mapper.document"]
        problems = {move: mapper._date_problem(self.work.connection, move) for move in moves}
        old = moves.filtered(lambda move: problems[move])
        bindings = bindings_of(self.work, old, "Invoice", "ACCREC")
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
        bindings = bindings_of(self.work, moves, "Invoice", "ACCREC")
        self.additions.ensure(self._to_be_sent(moves, bindings), marks)
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
            element = self._element(move, binding, contact_binding, problems, move_marks)
            if not element:
                done |= dict.fromkeys(move_marks, "blocked")
            elif element.intent == "create":
                creates.append(element)
            elif element.hash == binding.synced_hash and "Status" not in element.payload:
                self._settle_unchanged(binding)
                done |= dict.fromkeys(move_marks, "synced")
            else:
                updates.append(element)
        marks.delete(done)
        self.work.commit()
        created = self.outbox.send("Invoices", "PUT", creates, self.env._("Create invoices"))
        self.resolve(self._without_tax_amounts(created))
        updated = self.outbox.send("Invoices", "POST", updates, self.env._("Update invoices"))
        self._fail_silent(self._without_tax_amounts(updated))

    def _to_be_sent(self, moves, bindings):
        """Return the documents for which Xero may be changed: others are left alone, or held whatever is added."""
        mapper = self.env["xero.mapper.document"]
        return moves.filtered(
            lambda move: bindings[move.id].state != "excluded" and not mapper._lock_problem(self.work.connection, move)
        )

    def _element(self, move, binding, contact_binding, contact_problems, mark_ids):
        """Return what to send of a move, or ``None`` after holding it with everything that is wrong."""
        verdict = Verdict(self.work)
        mapper = self.env["xero.mapper.document"]
        ended = binding.xero_status in ENDED
        try:
            mapped = mapper._to_xero(
                self.work.connection,
                move,
                contact_binding.xero_id,
                binding.reissue,
                tax_amounts=not binding.tax_amounts_refused,
            )
            # The address of Odoo may change without anything having changed for a bookkeeper.
            fingerprint = digest({name: value for name, value in mapped.payload.items() if name != "Url"})
        except Exception as error:  # pylint: disable=broad-except
            # A document that we cannot read is our fault, and must not stop the others.
            _logger.exception("%s could not be mapped for Xero", move.display_name)
            verdict.fail(binding, "unsupported", self.env._("It could not be prepared for Xero: %s", error))
            return None
        problems = contact_problems + mapped.problems
        status = Trial(self.work).status(binding)
        unchanged = not status and not ended and mapped.payload and fingerprint == binding.synced_hash
        if problems and not unchanged:
            depends_on = contact_binding if problems[0][0] == "contact" else None
            verdict.block(binding, problems, depends_on=depends_on)
            return None
        if ended and binding.xero_id:
            # Xero cannot bring a voided invoice back: a confirmed one gets a successor there, under the same number
            # if Xero lets it be used again, else under the next one (see ``resolve``).
            trial = binding.trial if binding.trial == "draft" else False
            binding.write({"xero_id": False, "xero_status": False, "synced_hash": False, "trial": trial})
            status = Trial(self.work).status(binding)
        payload = dict(mapped.payload)
        intent = "update" if binding.xero_id else "create"
        if status:
            payload["Status"] = status
        if intent == "update":
            payload["InvoiceID"] = binding.xero_id
        return Element(
            binding_id=binding.id,
            intent=intent,
            payload=payload,
            key=payload["InvoiceNumber"],
            hash=fingerprint,
            mark_ids=mark_ids,
            expected=plain({**mapped.expected, **({"due": mapped.expected["total"]} if intent == "create" else {})}),
            previous=previous_state(binding),
            rung=mapped.rung,
            res_name=move.name,
            attempts=binding.attempts,
        )

    def _contact_problems(self, move, contact_binding, archived):
        if contact_binding.xero_id in archived:
            return [
                (
                    "contact",
                    self.env._(
                        "The contact “%s” is archived in Xero. Restore it there (Contacts → Archived), or link the "
                        "customer to another contact, then press Retry.",
                        archived[contact_binding.xero_id],
                    ),
                )
            ]
        if contact_binding.xero_id and contact_binding.state != "excluded":
            return []
        if contact_binding.state == "excluded":
            return [("contact", self.env._("The customer %s is excluded from Xero.", move.commercial_partner_id.name))]
        return [
            (
                "contact",
                self.env._(
                    "The customer %(name)s is not in Xero yet: %(why)s",
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

    # -- What is in Xero already -------------------------------------------------------------------------------

    def find(self, numbers):
        """Return dict of number → list of sales invoices in Xero; one call for up to 50 numbers."""
        # Xero's numbers are unique without regard to case.
        by_key = {number.casefold(): number for number in numbers}
        found = {number: [] for number in numbers}
        queries = [
            {"InvoiceNumbers": ",".join(chunk), "page": 1, "pageSize": 1000}
            for chunk in self._chunks([number for number in numbers if "," not in number])
        ]
        for number in numbers:
            if "," in number:
                escaped = number.replace("\\", "\\\\").replace('"', '\\"')
                queries.append({"where": f'InvoiceNumber=="{escaped}"', "page": 1})
        for query in queries:
            for invoice in self.work.client.list("/Invoices", query=query):
                number = by_key.get((invoice.get("InvoiceNumber") or "").casefold())
                if invoice.get("Type") == "ACCREC" and number:
                    found[number].append(invoice)
        return found

    @staticmethod
    def _chunks(numbers):
        """Split numbers so that each look-up keeps to a length that any server takes in an address."""
        chunk, length = [], 0
        for number in numbers:
            if chunk and (len(chunk) == LOOKUP_SIZE or length + len(number) > LOOKUP_LENGTH):
                yield chunk
                chunk, length = [], 0
            chunk.append(number)
            length += len(number)
        if chunk:
            yield chunk

    def resolve(self, unresolved, lost_answer=False):
        """Settle creations that Xero refused for their number, or did not answer, by looking at what it has.

        The same document is adopted; a voided one of that number makes room for a successor; another document
        holds ours, with both shown.

        :param lost_answer: the elements may be our own, made by a call whose answer was lost
        :return: elements of which Xero has nothing
        """
        if not unresolved:
            return []
        found = self.find([element.key for _situation, element in unresolved])
        absent = []
        verdict = Verdict(self.work)
        for situation, element in unresolved:
            binding = self.env["xero.binding"].browse(element.binding_id)
            living = [invoice for invoice in found[element.key] if invoice.get("Status") not in ENDED]
            same = [invoice for invoice in living if self.is_same(invoice, element)]
            if same and not self.linked_elsewhere(same[0], binding.res_id):
                verdict.accepted(element, same[0], same[0]["InvoiceID"])
            elif living:
                verdict.block(binding, [("number", self.number_text(element, living[0]))])
                verdict.drop_marks(element, "blocked")
            elif situation == "number" and (found[element.key] or binding.synced_at):
                # Used up by an invoice that ended; Xero may keep even the number of one that it shows no more.
                binding.write({"reissue": binding.reissue + 1, "state": element.previous})
                binding._mark()
            else:
                absent.append(element)
                if not lost_answer:
                    verdict.fail(binding, "refused", self.env._("Xero neither made it nor said why. Press Retry."))
                    verdict.drop_marks(element, "failed")
        self.work.commit()
        return absent

    def is_same(self, invoice, element):
        """Whether an invoice in Xero is the very document we wanted to make.

        :param element: an ``Element`` or a ``Mapped`` document
        """
        payload = element.payload
        if (invoice.get("Contact") or {}).get("ContactID") != payload["Contact"]["ContactID"]:
            return False
        if payload.get("Url") and invoice.get("Url") == payload["Url"]:
            # It names our very record; should the totals differ, that is shown as a warning.
            return True
        date = to_datetime(invoice.get("DateString") or invoice.get("Date"))
        return (
            invoice.get("CurrencyCode") == payload["CurrencyCode"]
            and Decimal(str(invoice.get("Total"))) == Decimal(str(element.expected["total"]))
            and bool(date)
            and date.date() == fields.Date.to_date(payload["Date"])
        )

    def linked_elsewhere(self, invoice, move_id):
        """Whether an invoice in Xero is linked to another record than this move."""
        return self.env["xero.binding"].search_count(
            [
                ("connection_id", "=", self.work.connection.id),
                ("xero_type", "=", "Invoice"),
                ("xero_id", "=", invoice["InvoiceID"]),
                "|",
                ("res_model", "!=", "account.move"),
                ("res_id", "!=", move_id),
            ],
            limit=1,
        )

    def number_text(self, element, invoice):
        """Say in words that Xero has another invoice of a document's number, with both shown."""
        date = to_datetime(invoice.get("DateString") or invoice.get("Date"))
        return self.env._(
            "Xero already has another invoice %(number)s. In Xero: %(their_contact)s, %(their_date)s, %(their_total)s "
            "%(their_currency)s. In Odoo: %(our_date)s, %(our_total)s %(our_currency)s. Change the number of one of "
            "them, or void the one in Xero, then press Retry.",
            number=element.payload["InvoiceNumber"],
            their_contact=(invoice.get("Contact") or {}).get("Name"),
            their_date=date.date() if date else "—",
            their_total=invoice.get("Total"),
            their_currency=invoice.get("CurrencyCode"),
            our_date=element.payload["Date"],
            our_total=element.expected["total"],
            our_currency=element.payload["CurrencyCode"],
        )
