from collections import defaultdict
from decimal import Decimal

from ..xero_api.kinds import KINDS
from ..xero_api.payload import ENDED, to_datetime
from .differences import Differences
from .lookups import Lookup, chunks, quoted
from .resources import value_at
from .verdict import Verdict


class SettlementLookup:
    """What Xero has of payments and allocations whose answer was lost, or that it refused."""

    def __init__(self, work):
        self.work = work

    def resolve(self, unresolved, lost_answer=False):
        """Adopt payments and allocations that Xero made without telling us so.

        :param unresolved: list of (situation, element)
        :param lost_answer: what is not there is planned anew by the caller, not failed
        :return: elements of which Xero has nothing
        """
        absent = []
        verdict = Verdict(self.work)
        payments = [element for _situation, element in unresolved if not element.path]
        allocations = [element for _situation, element in unresolved if element.path]
        for element, found in [*self._payments(payments), *self._allocations(allocations)]:
            if found:
                verdict.accepted(element, found, found.get("PaymentID") or found["AllocationID"])
                continue
            absent.append(element)
            if not lost_answer:
                text = self.work.env._("Xero neither made it nor said why. Press Retry.")
                verdict.fail(verdict.binding(element), "refused", text)
        if unresolved:
            self.work.commit()
        return absent

    # -- What others made there --------------------------------------------------------------------------------------

    def adopt(self, xero_type, elements):
        """Link what Xero has already of these payments or allocations; return the other elements.

        A document that was adopted, or paid by somebody in Xero, has more applied than we brought there. What is of the
        same amount is taken for ours: made again, it would settle the document twice.
        """
        documents = self._with_more(elements)
        if not documents:
            return elements
        verdict, left, taken = Verdict(self.work), [], set()
        there = self._applied_to(xero_type, elements, documents)
        for element in elements:
            same = [
                found
                for found in there.get(element.binding_id, [])
                if found.get(f"{xero_type}ID")
                and found[f"{xero_type}ID"] not in taken
                and Decimal(str(found.get("Amount"))) == Decimal(str(element.payload["Amount"]))
                and not self._is_linked(xero_type, found[f"{xero_type}ID"], element)
            ]
            if not same:
                left.append(element)
                continue
            found = min(same, key=lambda found, element=element: self._other_facts(found, element))
            if xero_type == "Payment" and len(same) > 1 and all(self._other_facts(found, element)):
                verdict.block(verdict.binding(element), [("choice", self._several_text(element))])
                continue
            taken.add(found[f"{xero_type}ID"])
            # What is due of the document tells of it already.
            texts = [element.expected.get("warning"), self._date_text(found, element)]
            element.expected = {"warning": " ".join(filter(None, texts))}
            verdict.accepted(element, {"Status": "AUTHORISED", **found}, found[f"{xero_type}ID"])
        self.work.commit()
        return left

    @staticmethod
    def _other_facts(found, element):
        """Return whether a payment has another reference, and another day, than ours: the likeliest first."""
        moment = to_datetime(found.get("Date"))
        return (
            (found.get("Reference") or "") != element.payload.get("Reference", ""),
            str(moment and moment.date()) != str(element.payload["Date"]),
        )

    def _several_text(self, element):
        return self.work.env._(
            "Xero has several payments of %(amount)s of it, none of this date or reference. Give one of them in Xero "
            "the date %(date)s, then press Retry; or press Exclude to leave it as it is in Xero.",
            amount=element.payload["Amount"],
            date=element.payload["Date"],
        )

    def _date_text(self, found, element):
        moment = to_datetime(found.get("Date"))
        if not moment or str(moment.date()) == str(element.payload["Date"]):
            return ""
        return self.work.env._(
            "It was in Xero before, with the date %(theirs)s; in Odoo it is %(ours)s.",
            theirs=moment.date(),
            ours=element.payload["Date"],
        )

    def _with_more(self, elements):
        """Return the bindings of those documents that have more applied in Xero than we brought there."""
        ids = {binding_id for element in elements for binding_id, _what in element.expected["applied"]}
        documents = (
            self.work.env["xero.binding"]
            .browse(ids)
            .filtered(lambda document: document.amount_paid or document.amount_credited)
        )
        if not documents:
            return documents
        ours, _busy = Differences(self.work).ours(documents.mapped("res_id"))

        def more(document):
            paid, credited = ours[document.res_id]
            theirs = (Decimal(f"{document[name]:.2f}") for name in ("amount_paid", "amount_credited"))
            return any(there > mine for there, mine in zip(theirs, (paid, credited), strict=True))

        return documents.filtered(more)

    def _applied_to(self, xero_type, elements, documents):
        """Return dict of binding id → payments or allocations that Xero has where an element wants one."""
        found = {}
        if xero_type == "Allocation":
            credit_notes = {element.path.split("/")[2] for element in elements} & set(documents.mapped("xero_id"))
            by_note = {xero_id: self.allocations(xero_id) for xero_id in credit_notes}
            for element in elements:
                found[element.binding_id] = [
                    allocation
                    for allocation in by_note.get(element.path.split("/")[2], [])
                    if not allocation.get("IsDeleted")
                    and value_at(allocation, "Invoice.InvoiceID") == element.payload["Invoice"]["InvoiceID"]
                ]
            return found
        paid = {}
        for kind in KINDS.values():
            some = documents.filtered(lambda document, kind=kind: document.xero_subtype == kind.type)
            there = Lookup(self.work).by_ids(kind, some.mapped("xero_id")) if some else {}
            paid |= {xero_id: document.get("Payments") or [] for xero_id, document in there.items()}
        for element in elements:
            [(binding_id, _what)] = element.expected["applied"]
            found[element.binding_id] = paid.get(documents.browse(binding_id).xero_id, [])
        return found

    # -- What we may have made -----------------------------------------------------------------------------------------

    def _payments(self, elements):
        """Yield (element, payment or ``None``); payments are found by our reference, which is our payment's name."""
        found = []
        references = dict.fromkeys(element.payload["Reference"] for element in elements)
        for chunk in chunks([f"Reference=={quoted(reference)}" for reference in references]):
            page, pages = 1, 1
            while page <= pages:
                query = {"where": " OR ".join(chunk), "page": page, "pageSize": 1000}
                payments, count = self.work.client.page("/Payments", query=query)
                found += payments
                page, pages = page + 1, count or 1
        taken = set()
        for element in elements:
            same = (
                payment
                for payment in found
                if payment.get("Status") not in ENDED
                and payment["PaymentID"] not in taken
                and payment.get("Reference") == element.payload["Reference"]
                and self._same_document(payment, element)
                and Decimal(str(payment.get("Amount"))) == Decimal(str(element.payload["Amount"]))
                and not self._is_linked("Payment", payment["PaymentID"], element)
            )
            payment = next(same, None)
            if payment:
                taken.add(payment["PaymentID"])
            yield element, payment

    def _same_document(self, payment, element):
        """Whether a payment is of an element's document; Xero shows that of a credit note under ``Invoice`` too."""
        names = ("Invoice.InvoiceID", "CreditNote.CreditNoteID")
        ours = {value_at(element.payload, name) for name in names} - {None}
        return bool(ours & {value_at(payment, name) for name in names})

    def _allocations(self, elements):
        """Yield (element, allocation or ``None``), found by credit note and invoice."""
        by_credit_note = defaultdict(list)
        for element in elements:
            by_credit_note[element.path.split("/")[2]].append(element)
        for credit_note_id, some in by_credit_note.items():
            there = self.allocations(credit_note_id)
            taken = set()
            for element in some:
                same = (
                    allocation
                    for allocation in there
                    if allocation.get("AllocationID") not in taken
                    and value_at(allocation, "Invoice.InvoiceID") == element.payload["Invoice"]["InvoiceID"]
                    and Decimal(str(allocation.get("Amount"))) == Decimal(str(element.payload["Amount"]))
                    and not self._is_linked("Allocation", allocation.get("AllocationID"), element)
                )
                allocation = next(same, None)
                if allocation:
                    taken.add(allocation["AllocationID"])
                yield element, allocation

    def allocations(self, credit_note_id):
        """Return the allocations of a credit note as Xero has them now; none where it is gone."""
        documents = Lookup(self.work).one(f"/CreditNotes/{credit_note_id}")
        return [found for document in documents for found in document.get("Allocations") or []]

    def _is_linked(self, xero_type, xero_id, element):
        return self.work.env["xero.binding"].search_count(
            [
                ("connection_id", "=", self.work.connection.id),
                ("xero_type", "=", xero_type),
                ("xero_id", "=", xero_id),
                ("id", "!=", element.binding_id),
            ],
            limit=1,
        )

    def is_gone(self, binding):
        """Whether Xero has a payment or an allocation no more."""
        if binding.xero_type == "Payment":
            payments = Lookup(self.work).one(f"/Payments/{binding.xero_id}")
            return all(payment.get("Status") in ENDED for payment in payments)
        there = {found.get("AllocationID") for found in self.allocations(binding.xero_parent_id)}
        return binding.xero_id not in there
