from collections import defaultdict

from odoo import fields

from ..xero_api.amounts import differences
from ..xero_api.payload import PLACEHOLDER, to_datetime
from ..xero_api.seen import remote_values
from .explanations import explain
from .marks import Marks

# What people call a Xero record, and the model that keeps copies of such records.
_NUMBERS = ("InvoiceNumber", "CreditNoteNumber", "ContactNumber", "TaxType", "Code")
_MIRRORS = {
    "res.partner": "xero.contact",
    "account.tax": "xero.tax.rate",
    "xero.tax.combination": "xero.tax.rate",
    "res.currency": "xero.currency",
}


def own_values(payload):
    """The part of a contact's payload that comes from the partner, without Xero's and our own key."""
    return {name: value for name, value in payload.items() if name not in ("ContactID", "ContactNumber")}


class Verdict:
    """Writes what Xero decided about elements to their bindings, and deletes the marks that this settles."""

    def __init__(self, work):
        self.work = work
        self.unresolved = []
        self.refused_count = 0
        self._lines = []
        self._mirrored = defaultdict(list)

    def read_together(self, elements):
        """Read the links of elements, and of the documents that they apply to, in one query for all of them."""
        ids = {element.binding_id for element in elements}
        ids |= {binding_id for element in elements for binding_id, _what in element.expected.get("applied") or []}
        self.work.env["xero.binding"].browse(ids).exists().mapped("state")

    def accepted(self, element, answer, xero_id):
        """Xero did it: note what it now holds, and compare its totals with ours to the cent."""
        binding = self.binding(element)
        if element.intent == "sent":
            binding.write({"sent_in_xero": True, "state": "synced"})
            self.drop_marks(element, "synced")
            return
        gone = element.intent in ("void", "remove")
        binding.write(
            {
                "xero_id": xero_id,
                "xero_number": self._number(binding, answer),
                "xero_status": self._status(answer),
                "remote_updated_at": to_datetime(answer.get("UpdatedDateUTC")) or False,
                "state": "synced",
                "reason": False,
                "message": False,
                "warning": "\n".join(self._warnings(element, answer)) or False,
                "synced_hash": False if gone else element.hash,
                "synced_money": False if gone else element.money,
                "dates_wait": str(element.payload.get("DueDate")) == str(PLACEHOLDER),
                "synced_values": self._values_now(binding, element),
                "synced_at": fields.Datetime.now(),
                "rung": element.rung or False,
                "xero_total": answer.get("Total") or answer.get("Amount") or 0,
                "trial": self._trial_now(binding, element),
                "candidate_ids": [(5, 0, 0)],
                "attempts": 0,
                "next_try": False,
                "depends_on_id": False,
                "remote_change": False,
                **remote_values(answer),
            }
        )
        self._note_applied(element)
        if element.intent == "remove":
            # Documents are held until what is applied to them is gone.
            self.release_dependents(binding)
        if binding.res_model in _MIRRORS:
            self._mirrored[_MIRRORS[binding.res_model]].append((binding, answer))
        self._lines.append(f"{element.res_name or element.key}: {answer.get('Status') or 'OK'}")
        self.drop_marks(element, "synced")
        if binding.taken_back:
            # What was marked before, by an edit for instance, must not send it again.
            record = [("res_model", "=", binding.res_model), ("res_id", "=", binding.res_id)]
            marks = self.work.env["xero.mark"].search(record)
            Marks(self.work).delete(dict.fromkeys(marks.ids, "synced"))

    def refused(self, element, messages):
        """Xero said no: keep its words, explain the known ones, and hand on what can be resolved by looking."""
        self.refused_count += 1
        words = "; ".join(dict.fromkeys(messages))
        binding = self.binding(element)
        if element.intent == "remove":
            # It may be gone already: the caller looks.
            binding.write({"state": element.previous})
            element.words = words
            self.unresolved.append(("refused", element))
            return
        if element.intent == "sent":
            # It matters to nobody's books, and is no reason to hold the document.
            binding.write({"state": "synced", "warning": self.work.env._("Xero did not mark it as sent: “%s”", words)})
            self.drop_marks(element, "synced")
            return
        self._lines.append(f"{element.res_name or element.key}: {words or self.work.env._('Xero gave no reason.')}")
        explanation = explain(self.work.env, words, element)
        if explanation.resolve:
            binding.write({"state": element.previous})
            self.unresolved.append((explanation.resolve, element))
            return
        self.fail(binding, explanation.reason, explanation.text, words)
        self.drop_marks(element, "failed")

    def fail_removal(self, element):
        """Note that Xero keeps what was to be removed from it, in its own words where it gave some."""
        explanation = explain(self.work.env, element.words, element)
        self.fail(self.binding(element), explanation.reason, explanation.text, element.words)

    def mistaken(self, element, stranger):
        """Xero took it for a record that is linked to another of ours: a person must look. Xero itself said nothing."""
        self.refused_count += 1
        text = self.work.env._(
            "Xero took it for %s, which is linked to another record. Look at both in Xero, then press Retry.",
            stranger.res_name,
        )
        self._lines.append(f"{element.res_name or element.key}: {text}")
        self.fail(self.binding(element), "refused", text)
        self.drop_marks(element, "failed")

    def silent(self, element):
        """Xero gave neither an id nor a reason: look it up, since it may be there all the same."""
        self._lines.append(f"{element.res_name or element.key}: ?")
        # Xero may hold the new version: what was last seen of it counts no more.
        self.unknown(element, element.previous)
        self.unresolved.append(("lookup", element))

    def unknown(self, element, state, **values):
        """Xero may or may not hold what was sent: nothing of it may be taken for unchanged."""
        binding = self.binding(element).exists()
        if element.intent == "sent":
            # Nothing else of the document was sent.
            binding.write({"state": state, **values})
            return
        kept = {name: value for name, value in (binding.synced_values or {}).items() if name not in element.payload}
        binding.write({"state": state, "synced_hash": False, "synced_values": kept or False, **values})

    def fail(self, binding, reason, text, words=""):
        """Note that a person must act.

        :param words: Xero's own words, where it said no
        """
        self._tell("record.refused", binding, reason, text, words)
        binding.write(
            {
                "state": "failed",
                "reason": reason,
                "reasons": reason,
                "problems": [(reason, text)],
                "message": text,
                "attempts": 0,
                "next_try": False,
                # What could not be taken back is a draft still, and no later edit deletes it.
                "trial": "draft" if binding.trial == "take_back" and not binding.taken_back else binding.trial,
            }
        )

    def block(self, binding, problems, depends_on=None, candidates=None):
        """Hold a record for everything that preflight found, all at once."""
        message = "\n".join(dict.fromkeys(text for _reason, text in problems))
        if problems[0][0] != "date":
            # Of what is older than the export date there is nothing to fix.
            self._tell("record.held", binding, problems[0][0], message)
        binding.write(
            {
                "state": "blocked",
                "reason": problems[0][0],
                "reasons": ",".join(sorted({reason for reason, _text in problems})),
                "problems": list(dict.fromkeys(problems)),
                "message": message,
                "depends_on_id": depends_on.id if depends_on else False,
                "candidate_ids": [(6, 0, candidates.ids if candidates else [])],
                "next_try": False,
            }
        )

    def _tell(self, event, binding, reason, message, words=""):
        """Have the user's own system told of a problem, unless it was: a retry that ends the same is no news."""
        if binding and binding.message != message:
            self.work.connection._tell(event, message, binding, reason, words)

    def drop_marks(self, element, state):
        Marks(self.work).delete(dict.fromkeys(element.mark_ids, state))

    def finish(self):
        """Note what follows from all elements together; return the request's fields that tell the outcome."""
        for model, found in self._mirrored.items():
            # Keep the copies of what we just made or changed, so that the next look knows them.
            answers = [answer for _binding, answer in found]
            self.work.env[model]._mirror(self.work.connection, answers, complete=False)
            self.release_dependents(self.work.env["xero.binding"].union(*(binding for binding, _answer in found)))
        taken = len(self._lines) - self.refused_count
        outcome = self.work.env._("%s in Xero", taken) if taken else ""
        if self.refused_count:
            outcome = ", ".join(filter(None, [outcome, self.work.env._("%s refused", self.refused_count)]))
        return {"answer": "\n".join(self._lines), "outcome": outcome, "refused_count": self.refused_count}

    @staticmethod
    def _number(binding, answer):
        if binding.xero_type in ("Payment", "Allocation"):
            return binding.xero_number
        return next(filter(None, map(answer.get, _NUMBERS)), False)

    @staticmethod
    def _status(answer):
        # First, since a bare answer carries the status of the call as well.
        if answer.get("IsDeleted"):
            return "DELETED"
        return answer.get("Status") or answer.get("ContactStatus") or False

    def _note_applied(self, element):
        """Keep what a payment or an allocation changes in what is due of its documents."""
        sign = -1 if element.intent == "remove" else 1
        for binding_id, what in element.expected.get("applied") or []:
            document = self.work.env["xero.binding"].browse(binding_id).exists()
            amount = sign * element.expected["amount"]
            due = round(document.amount_due - amount, 2)
            values = {"amount_due": due, f"amount_{what}": round(document[f"amount_{what}"] + amount, 2)}
            if document.xero_status in ("AUTHORISED", "PAID"):
                values["xero_status"] = "AUTHORISED" if due else "PAID"
            document.write(values)

    def _trial_now(self, binding, element):
        """What is left of a person's trial once Xero took an element; see ``trial`` of the binding."""
        if element.intent == "void":
            # A draft that was cancelled is done with: confirmed again, it is an invoice like any other.
            return binding.trial == "take_back" and "take_back"
        approved = element.intent == "update" and "Status" in element.payload
        return False if approved else binding.trial

    def _values_now(self, binding, element):
        """What Xero now holds of a contact's values as we sent them; documents are always sent whole."""
        if binding.res_model != "res.partner":
            return False
        return {**(binding.synced_values or {}), **own_values(element.payload)}

    def binding(self, element):
        """Return the binding of an element."""
        return self.work.env["xero.binding"].browse(element.binding_id)

    def _warnings(self, element, answer):
        """Yield what a person should know of a record that Xero took."""
        wanted, given = element.payload.get("Status"), answer.get("Status")
        yield from filter(None, [element.expected.get("warning"), self._difference(element, answer)])
        # An invoice of nothing is paid at once.
        if element.intent != "void" and wanted and given not in (None, wanted, "PAID"):
            yield self.work.env._("Xero made it %(given)s instead of %(wanted)s.", given=given, wanted=wanted)
        for warning in answer.get("Warnings") or []:
            if warning.get("Message"):
                yield self.work.env._("Xero says: %s", warning["Message"])

    def _difference(self, element, answer):
        """Say so, with both figures, where Xero's totals are not ours."""
        names = {
            "total": self.work.env._("total"),
            "tax": self.work.env._("tax"),
            "due": self.work.env._("amount due"),
        }
        found = [
            self.work.env._("%(what)s: Odoo %(ours)s, Xero %(theirs)s", what=names[key], ours=ours, theirs=theirs)
            for key, ours, theirs in differences(element.expected, answer)
        ]
        return self.work.env._("Xero's figures differ. ") + "; ".join(found) if found else ""

    def release_dependents(self, bindings):
        """Have documents looked at again that were held for these contacts, payments or allocations."""
        self.work.env["xero.binding"].search([("depends_on_id", "in", bindings.ids), ("state", "=", "blocked")])._mark()
