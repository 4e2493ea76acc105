from decimal import Decimal

from odoo import fields

from ..xero_api.errors import XeroRefused
from ..xero_api.kinds import KINDS
from ..xero_api.payload import ENDED, UNAPPROVED, to_datetime
from .contacts import bindings_of
from .verdict import Verdict

LOOKUP_SIZE, LOOKUP_LENGTH = 50, 1500


def document_bindings(work, moves):
    """Return dict of move id → main binding of documents, made where there is none yet."""
    bindings = {}
    for kind in KINDS.values():
        some = moves.filtered(lambda move, kind=kind: move._xero_document_kind() == kind)
        if some:
            bindings |= bindings_of(work, some, kind.xero_type, kind.type)
    return bindings


def chunks(texts):
    """Split texts so that each look-up keeps to a length that any server takes in an address."""
    chunk, length = [], 0
    for text in texts:
        if chunk and (len(chunk) == LOOKUP_SIZE or length + len(text) > LOOKUP_LENGTH):
            yield chunk
            chunk, length = [], 0
        chunk.append(text)
        length += len(text)
    if chunk:
        yield chunk


def quoted(text):
    """Return a text as Xero's filters want it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Lookup:
    """What Xero has of documents that it refused for their number, or of which its answer was lost."""

    def __init__(self, work):
        self.work = work

    @property
    def env(self):
        return self.work.env

    def find(self, kind, numbers):
        """Return dict of number → list of Xero's documents of a ``Kind``; one call for up to 50 numbers."""
        # Xero's numbers are unique without regard to case.
        by_key = {number.casefold(): number for number in numbers}
        found = {number: [] for number in numbers}
        for query in self._queries(kind, numbers):
            for document in self.work.client.list(f"/{kind.resource}", query=query):
                number = by_key.get((document.get(kind.number_name) or "").casefold())
                if document.get("Type") == kind.type and number:
                    found[number].append(document)
        return found

    def _queries(self, kind, numbers):
        listed = [number for number in numbers if not kind.credit and "," not in number]
        for chunk in chunks(listed):
            yield {"InvoiceNumbers": ",".join(chunk), "page": 1, "pageSize": 1000}
        # Credit notes have no such parameter, and a comma would split a number.
        rest = [f"{kind.number_name}=={quoted(number)}" for number in numbers if number not in set(listed)]
        for chunk in chunks(rest):
            yield {"where": " OR ".join(chunk), "page": 1, "pageSize": 1000}

    def by_ids(self, kind, xero_ids):
        """Return dict of id → document of a ``Kind``'s resource as Xero has it now; what it shows not is missing."""
        if kind.credit:
            # Credit notes cannot be asked for by several ids.
            return {xero_id: found for xero_id in xero_ids for found in self.one(f"/CreditNotes/{xero_id}")}
        documents = {}
        for chunk in chunks(xero_ids):
            query = {"IDs": ",".join(chunk), "page": 1, "pageSize": 1000, "unitdp": "4"}
            documents |= {found[kind.id_name]: found for found in self.work.client.list("/Invoices", query=query)}
        return documents

    def now(self, bindings):
        """Return Xero's documents of these bindings as they are now, in few calls; what it shows not is missing."""
        documents = []
        for kind in KINDS.values():
            some = bindings.filtered(lambda binding, kind=kind: binding.xero_subtype == kind.type)
            wanted = set(some.mapped("xero_id"))
            if kind.credit:
                # By their numbers, since they cannot be asked for by several ids.
                numbers = list(dict.fromkeys(filter(None, some.mapped("xero_number"))))
                found = [document for same in self.find(kind, numbers).values() for document in same]
                documents += [document for document in found if document[kind.id_name] in wanted]
                wanted -= {document[kind.id_name] for document in found}
            if wanted:
                documents += self.by_ids(kind, sorted(wanted)).values()
        return documents

    def one(self, path):
        """Return the record of a path in a list; an empty list where Xero has it no more.

        :raises XeroError: any other fault
        """
        try:
            return self.work.client.list(path)
        except XeroRefused as error:
            if error.status == 404:
                return []
            raise

    def adopt(self, elements):
        """Link what Xero has already of documents whose numbers need not be unique there; return the other elements.

        Xero would make them twice: bills of a connection that was deleted, or typed in by hand.
        """
        left, verdict = list(elements), Verdict(self.work)
        for kind in KINDS.values():
            if kind.unique_numbers:
                continue
            some = [
                element
                for element in left
                if self._kind(element) == kind and not self.env["xero.binding"].browse(element.binding_id).synced_at
            ]
            found = self.find(kind, list(dict.fromkeys(element.key for element in some))) if some else {}
            for element in some:
                binding = self.env["xero.binding"].browse(element.binding_id)
                document = self.ours_among(kind, found[element.key], element, binding)
                if not document:
                    continue
                found[element.key].remove(document)
                left.remove(element)
                if self.is_unapproved(document, element.payload):
                    verdict.block(binding, [("number", self.draft_text())])
                    verdict.drop_marks(element, "blocked")
                else:
                    self._adopt(kind, element, document)
        self.work.commit()
        return left

    def _adopt(self, kind, element, document):
        # It may be paid already: that is told by what settles it.
        element.expected = {name: value for name, value in element.expected.items() if name != "due"}
        Verdict(self.work).accepted(element, document, document[kind.id_name])

    def ours_among(self, kind, documents, element, binding):
        """Return the one of Xero's documents that would be made again: by its address, or else its facts.

        :param element: an ``Element`` or a ``Mapped`` document
        """
        url = element.payload.get("Url")
        same = [
            document
            for document in documents
            if document.get("Status") not in ENDED
            # One that names another record is that record's.
            and document.get("Url") in (None, "", url)
            and self.is_same(document, element)
            and not self.linked_elsewhere(kind, document, binding)
        ]
        return next(iter(sorted(same, key=lambda document: document.get("Url") != url)), None)

    @staticmethod
    def is_unapproved(document, payload):
        """Whether a document is a draft in Xero that is to be more than that: its lines are somebody's unfinished."""
        return document.get("Status") in UNAPPROVED and payload.get("Status") not in UNAPPROVED

    def draft_text(self):
        return self.env._("Xero has it already, as a draft. Approve or delete that one in Xero, then press Retry.")

    def resolve(self, unresolved, lost_answer=False):
        """Settle creations that Xero refused for their number, or did not answer, by looking at what it has.

        The same document is adopted; a voided one of that number makes room for a successor; another document
        holds ours, with both shown, where numbers are unique.

        :param lost_answer: the elements may be our own, made by a call whose answer was lost
        :return: elements of which Xero has nothing
        """
        absent = []
        for kind in KINDS.values():
            some = [(situation, element) for situation, element in unresolved if self._kind(element) == kind]
            if some:
                absent += self._resolve(kind, some, lost_answer)
        return absent

    def _kind(self, element):
        return KINDS[self.env["xero.binding"].browse(element.binding_id).xero_subtype]

    def _resolve(self, kind, unresolved, lost_answer):
        found = self.find(kind, [element.key for _situation, element in unresolved])
        absent = []
        verdict = Verdict(self.work)
        for situation, element in unresolved:
            binding = self.env["xero.binding"].browse(element.binding_id)
            living = [document for document in found[element.key] if document.get("Status") not in ENDED]
            same = [
                document
                for document in living
                if self.is_same(document, element) and not self.linked_elsewhere(kind, document, binding)
            ]
            if same:
                self._adopt(kind, element, same[0])
            elif living and kind.unique_numbers:
                verdict.block(binding, [("number", self.number_text(kind, element, living[0]))])
                verdict.drop_marks(element, "blocked")
            elif situation == "number" and (found[element.key] or binding.synced_at):
                # Used up by a document that ended; Xero may keep even the number of one that it shows no more.
                binding.write({"reissue": binding.reissue + 1, "state": element.previous})
                binding._mark()
            else:
                absent.append(element)
                if not lost_answer:
                    verdict.fail(binding, "refused", self.env._("Xero neither made it nor said why. Press Retry."))
                    verdict.drop_marks(element, "failed")
        self.work.commit()
        return absent

    def is_same(self, document, element):
        """Whether a document in Xero is the very one that we wanted to make.

        :param element: an ``Element`` or a ``Mapped`` document
        """
        payload = element.payload
        if (document.get("Contact") or {}).get("ContactID") != payload["Contact"]["ContactID"]:
            return False
        if payload.get("Url") and document.get("Url") == payload["Url"]:
            # It names our very record; should the totals differ, that is shown as a warning.
            return True
        date = to_datetime(document.get("DateString") or document.get("Date"))
        return (
            document.get("CurrencyCode") == payload["CurrencyCode"]
            and Decimal(str(document.get("Total"))) == Decimal(str(element.expected["total"]))
            and bool(date)
            and date.date() == fields.Date.to_date(payload["Date"])
        )

    def linked_elsewhere(self, kind, document, binding):
        """Whether a document in Xero is linked to another record than that of ``binding`` (which may be empty)."""
        return self.env["xero.binding"].search_count(
            [
                ("connection_id", "=", self.work.connection.id),
                ("xero_type", "=", kind.xero_type),
                ("xero_id", "=", document[kind.id_name]),
                ("id", "!=", binding.id),
            ],
            limit=1,
        )

    def number_text(self, kind, element, document):
        """Say in words that Xero has another document of this number, with both shown."""
        date = to_datetime(document.get("DateString") or document.get("Date"))
        what = self.env._("credit note") if kind.credit else self.env._("invoice")
        return self.env._(
            "Xero already has another %(what)s %(number)s. In Xero: %(their_contact)s, %(their_date)s, %(their_total)s "
            "%(their_currency)s. In Odoo: %(our_date)s, %(our_total)s %(our_currency)s. Change the number of one of "
            "them, or void the one in Xero, then press Retry.",
            what=what,
            number=element.payload[kind.number_name],
            their_contact=(document.get("Contact") or {}).get("Name"),
            their_date=date.date() if date else "—",
            their_total=document.get("Total"),
            their_currency=document.get("CurrencyCode"),
            our_date=element.payload["Date"],
            our_total=element.expected["total"],
            our_currency=element.payload["CurrencyCode"],
        )
