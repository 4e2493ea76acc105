from datetime import timedelta

from odoo.addons.xero_connector.sync.contacts import bindings_of, previous_state
from odoo.addons.xero_connector.sync.outbox import Element
from odoo.addons.xero_connector.sync.verdict import Verdict
from odoo.addons.xero_connector.xero_api.errors import XeroRefused
from odoo.addons.xero_connector.xero_api.payload import ENDED, digest

# Posting journals takes a permission of its own at Xero.
FEATURE = "journals"
# Xero stamps changes to the second, and clocks differ.
_MARGIN = timedelta(minutes=10)


class ManualJournals:
    """Journals of exports → Xero's manual journals: made once, and taken back when their export is undone.

    They have no number in Xero. What a lost call made is found by its narration, which its reference makes unique.
    """

    models = ("xero.manual.journal",)
    resources = ("ManualJournals",)

    def __init__(self, work, outbox):
        self.work = work
        self.outbox = outbox

    @property
    def env(self):
        return self.work.env

    def sync(self, journal_ids, marks):
        """Make the journals that Xero does not have yet, and take back those whose export is undone."""
        if not journal_ids:
            return
        journals = self.env["xero.manual.journal"].browse(journal_ids).exists()
        gone = set(journal_ids) - set(journals.ids)
        marks.delete({mark: "synced" for journal_id in gone for mark in marks.of(journals._name, journal_id)})
        if self.work.connection._missing_scopes([FEATURE]):
            self._hold(journals, marks)
            return
        withdrawn = journals.filtered("withdrawn")
        self._create((journals - withdrawn).sorted("date"), marks)
        self._take_back(withdrawn, marks)

    def finish(self):
        """Free the days of exports that are undone, and of which Xero has no journal any more.

        It asks nothing of marks: those of the last journals may have gone when a lost call was settled.
        """
        undoing = [("connection_id", "=", self.work.connection.id), ("state", "=", "undoing")]
        for export in self.env["xero.journal.export"].search(undoing):
            if not self._left(export):
                export._free()
                self.work.commit()

    def _hold(self, journals, marks):
        """Hold journals for want of the permission, so that the rest is sent; signing in again frees them."""
        text = self.env._(
            "The sign-in lacks the permission for manual journals. Press Connect in the connection and allow it; then "
            "they follow by themselves."
        )
        verdict, done = Verdict(self.work), {}
        for journal, binding in self._with_bindings(journals):
            verdict.block(binding, [("permission", text)])
            done |= dict.fromkeys(marks.of(journal._name, journal.id), "blocked")
        marks.delete(done)
        self.work.commit()

    def _with_bindings(self, journals):
        bindings = bindings_of(self.work, journals, "ManualJournal", None)
        return [(journal, bindings[journal.id]) for journal in journals]

    # -- Made --------------------------------------------------------------------------------------------------

    def _create(self, journals, marks):
        elements, done = [], {}
        for journal, binding in self._with_bindings(journals):
            journal_marks = marks.of(journal._name, journal.id)
            if binding.state == "excluded" or (binding.xero_id and binding.xero_status not in ENDED):
                done |= dict.fromkeys(journal_marks, "synced")
                continue
            mapped = self.env["xero.mapper.manual.journal"]._to_xero(self.work.connection, journal)
            if mapped.problems:
                Verdict(self.work).block(binding, mapped.problems)
                done |= dict.fromkeys(journal_marks, "blocked")
                continue
            elements.append(self._element(binding, "create", mapped.payload, journal_marks))
        marks.delete(done)
        self.work.commit()
        self.resolve(self.outbox.send("ManualJournals", "PUT", elements, self.env._("Create manual journals")))

    def _element(self, binding, intent, payload, mark_ids):
        return Element(
            binding_id=binding.id,
            intent=intent,
            payload=payload,
            key=payload.get("Narration", ""),
            hash=digest(payload),
            mark_ids=mark_ids,
            previous=previous_state(binding),
            res_name=binding.res_name,
            attempts=binding.attempts,
        )

    def resolve(self, unresolved):
        """Settle elements that Xero did not confirm: adopt what is there, tell a person of the rest."""
        creates = [element for _situation, element in unresolved if element.intent == "create"]
        text = self.env._("Xero did not confirm it. Press Retry.")
        for element in self._adopt(creates):
            verdict = Verdict(self.work)
            verdict.fail(verdict.binding(element), "refused", text)
            verdict.drop_marks(element, "failed")
        self._settle_ends([element for _situation, element in unresolved if element.intent == "void"])
        self.work.commit()

    def adopt(self, request, elements):
        """Look up what a lost call did; return the elements of which Xero has nothing."""
        return self._adopt(elements, request.sent_at)

    def _adopt(self, elements, since=None):
        if not elements:
            return []
        verdict = Verdict(self.work)
        if not since:
            journals = self.env["xero.manual.journal"].browse(verdict.binding(e).res_id for e in elements)
            since = min(journals.mapped("create_date"))
        found = {}
        # In the order of ids, which never change: a journal that changes meanwhile moves no other to an earlier page.
        query = {"order": "ManualJournalID"}
        for page in self.work.client.pages(
            "/ManualJournals", "ManualJournalID", query=query, modified_since=since - _MARGIN
        ):
            found |= {_key(answer.get("Narration")): answer for answer in page if answer.get("Status") not in ENDED}
        taken = self._linked([answer["ManualJournalID"] for answer in found.values()])
        absent = []
        for element in elements:
            answer = found.get(_key(element.key))
            if answer and answer["ManualJournalID"] not in taken:
                taken.add(answer["ManualJournalID"])
                verdict.accepted(element, answer, answer["ManualJournalID"])
            else:
                absent.append(element)
        return absent

    def _linked(self, xero_ids):
        known = [
            ("connection_id", "=", self.work.connection.id),
            ("xero_type", "=", "ManualJournal"),
            ("xero_id", "in", xero_ids),
        ]
        return set(self.env["xero.binding"].search(known).mapped("xero_id"))

    # -- Taken back --------------------------------------------------------------------------------------------

    def _take_back(self, journals, marks):
        elements, done = [], {}
        for journal, binding in self._with_bindings(journals):
            journal_marks = marks.of(journal._name, journal.id)
            if binding.xero_id and binding.xero_status not in ENDED and binding.state != "excluded":
                # A draft is deleted in Xero, what is posted is voided.
                status = "DELETED" if binding.xero_status == "DRAFT" else "VOIDED"
                payload = {"ManualJournalID": binding.xero_id, "Narration": journal.narration, "Status": status}
                elements.append(self._element(binding, "void", payload, journal_marks))
                continue
            done |= dict.fromkeys(journal_marks, "synced")
            if not binding.xero_id:
                binding.unlink()
        marks.delete(done)
        self.work.commit()
        self.resolve(self.outbox.send("ManualJournals", "POST", elements, self.env._("Void manual journals")))

    def _settle_ends(self, elements):
        """Settle voids that Xero did not take: people post, void and delete journals in Xero too."""
        verdict = Verdict(self.work)
        for element in elements:
            binding = verdict.binding(element)
            answer = self._now(binding.xero_id)
            status = answer.get("Status")
            if status in ENDED or not answer:
                ended = {"Status": "DELETED", **answer}
                verdict.accepted(element, ended, binding.xero_id)
            elif status != binding.xero_status:
                # Somebody posted the draft meanwhile, for instance: planned again with what it is now.
                binding.write({"xero_status": status, "state": "synced"})
                binding._mark()
            else:
                text = self.env._(
                    "Xero keeps it (status %s). Void it there, then press Retry.", status or self.env._("unknown")
                )
                verdict.fail(binding, "applied", text, element.words)
                verdict.drop_marks(element, "failed")

    def _now(self, xero_id):
        try:
            return next(iter(self.work.client.list(f"/ManualJournals/{xero_id}")), {})
        except XeroRefused as error:
            if error.status == 404:
                return {}
            raise

    def _left(self, export):
        """Whether Xero has or may get journals of ``export``; one that somebody excluded is left to them."""
        in_xero = self.env["xero.binding"].search_count(
            [
                ("connection_id", "=", self.work.connection.id),
                ("res_model", "=", "xero.manual.journal"),
                ("res_id", "in", export.journal_ids.ids),
                "|",
                ("state", "=", "in_flight"),
                "&",
                "&",
                ("xero_id", "!=", False),
                ("state", "!=", "excluded"),
                ("xero_status", "not in", ENDED),
            ],
            limit=1,
        )
        return bool(in_xero)


def _key(text):
    """Xero trims texts and joins their spaces."""
    return " ".join((text or "").split()).casefold()
