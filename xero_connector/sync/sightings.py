import logging

from odoo.exceptions import UserError

from ..xero_api.kinds import KINDS
from ..xero_api.payload import ENDED, UNAPPROVED
from ..xero_api.seen import differing, remote_hash, seen
from .removals import Removals
from .verdict import Verdict

_logger = logging.getLogger(__name__)

_BINDING_FIELDS = (
    "res_model",
    "res_id",
    "role",
    "state",
    "trial",
    "xero_id",
    "xero_number",
    "xero_status",
    "xero_total",
    "amount_due",
    "amount_paid",
    "amount_credited",
    "sent_in_xero",
    "remote_updated_at",
    "synced_hash",
    "remote_hash",
    "remote_change",
    "difference",
)
_MOVE_FIELDS = ("state", "move_type", "is_move_sent", "amount_total", "amount_tax", "currency_id")


class Sightings:
    """Notes what Xero's documents were seen to be, on their links; nothing is written where nothing changed.

    What people change in Xero is told, never undone: which side is right is for a person to say.
    """

    def __init__(self, work):
        self.work = work
        self._sent = work.env["account.move"]

    @property
    def env(self):
        return self.work.env

    def note(self, documents):
        """Note a page of Xero's ``documents``, linked to ours or not; return the links of ours among them."""
        found = self._found(documents)
        moves = self.moves(self.env["xero.binding"].union(*(binding for binding, _document in found)))
        approved = self.env["xero.binding"]
        removals = Removals(self.work)
        for binding, document in found:
            move = moves.get(binding.res_id, moves[False]) if _is_document(binding) else moves[False]
            status = binding.xero_status
            try:
                self._note_one(binding, document, move)
                removals.see(binding, document)
            except Exception:  # pylint: disable=broad-except
                # An answer that nobody thought of must not hide what happened to the others.
                _logger.exception("What Xero has of %s could not be read", binding.res_name)
                continue
            if status in UNAPPROVED and binding.xero_status not in (*UNAPPROVED, *ENDED):
                approved |= binding
            if binding.sent_in_xero and binding.state != "excluded" and self._may_be_sent(move):
                self._sent |= move
        self._note_approved(approved)
        removals.note()
        return self.env["xero.binding"].union(*(binding for binding, _document in found))

    def moves(self, bindings):
        """Return dict of id → move of those documents that are still in Odoo; ``False`` → no move."""
        ids = [binding.res_id for binding in bindings if _is_document(binding)]
        moves = self.env["account.move"].search_fetch([("id", "in", ids)], _MOVE_FIELDS) if ids else []
        return {False: self.env["account.move"], **{move.id: move for move in moves}}

    def forget_what_ended(self, bindings):
        """Forget that documents ended in Xero which by now are not confirmed in Odoo either: both sides agree."""
        ended = bindings.filtered(lambda binding: binding.remote_change and binding.xero_status in ENDED)
        moves = self.moves(ended)
        agreed = ended.filtered(lambda binding: moves.get(binding.res_id, moves[False]).state != "posted")
        agreed.remote_change = False

    def _found(self, documents):
        """Return list of (binding, document), of those documents that are linked to a record of ours."""
        by_id = {}
        for document in documents:
            kind = KINDS.get(document.get("Type"))
            if kind and document.get(kind.id_name):
                by_id[kind.xero_type, document[kind.id_name]] = document
        bindings = self.env["xero.binding"].search_fetch(
            [
                ("connection_id", "=", self.work.connection.id),
                ("xero_type", "in", list({xero_type for xero_type, _id in by_id})),
                ("xero_id", "in", [xero_id for _type, xero_id in by_id]),
            ],
            ("xero_type", *_BINDING_FIELDS),
        )
        return [
            (binding, by_id[binding.xero_type, binding.xero_id])
            for binding in bindings
            if (binding.xero_type, binding.xero_id) in by_id
        ]

    def _note_one(self, binding, document, move):
        kind = KINDS[document["Type"]]
        values = {**seen(kind, document), "xero_number": document.get(kind.number_name) or False}
        if not _is_document(binding):
            # Of the credit note of a write-off, which is nobody's document, there is only this to know.
            values = {"xero_status": values["xero_status"]}
        if move and binding.state not in ("excluded", "in_flight"):
            values |= self._change(binding, kind, document, move)
        changed = {name: value for name, value in values.items() if binding[name] != value}
        if changed:
            binding.write(changed)

    # -- Edited or ended in Xero -----------------------------------------------------------------------------------

    def _change(self, binding, kind, document, move):
        """Return what to note of a document that somebody may have changed in Xero."""
        if document.get("Status") in ENDED:
            return {"remote_change": self._ended_text(binding, document, move)}
        if not binding.synced_hash:
            # Ours may have arrived there or not (see ``Verdict.unknown``): it is sent again.
            return {}
        fingerprint = remote_hash(kind, document)
        if not binding.remote_hash:
            return {"remote_hash": fingerprint}
        # What we sent stays what is compared with, so that a change that is undone in Xero is known as such.
        parts = differing(binding.remote_hash, fingerprint)
        return {"remote_change": self._edited_text(document, move, parts) if parts else False}

    def _ended_text(self, binding, document, move):
        if move.state != "posted" or binding.trial == "take_back":
            return False
        if binding.xero_status in ENDED:
            # By us; or by a person, which was told before.
            return binding.remote_change
        if document["Status"] == "DELETED":
            return self.env._(
                "It was deleted in Xero, but it is confirmed in Odoo. Cancel it here too, or press Push to Xero to "
                "make it again there."
            )
        return self.env._(
            "It was voided in Xero, but it is confirmed in Odoo. Cancel it here too, or press Push to Xero to make it "
            "again there."
        )

    def _edited_text(self, document, move, parts):
        return self.env._(
            "It was changed in Xero: %(what)s. If that is right, change it in Odoo too; then press Push to Xero, which "
            "makes it there what it is in Odoo.",
            what="; ".join(self._part_text(document, move, part) for part in parts),
        )

    def _part_text(self, document, move, part):
        figures = {"total": ("amount_total", "Total"), "tax": ("amount_tax", "TotalTax")}
        names = {
            "number": self.env._("number"),
            "contact": self.env._("contact"),
            "reference": self.env._("reference"),
            "dates": self.env._("dates"),
            "currency": self.env._("currency"),
            "total": self.env._("total"),
            "tax": self.env._("tax"),
            "lines": self.env._("lines"),
        }
        if part not in figures:
            return names[part]
        ours, theirs = figures[part]
        return self.env._(
            "%(what)s: Odoo %(ours)s, Xero %(theirs)s",
            what=names[part],
            ours=f"{move[ours]:.2f} {move.currency_id.name}",
            theirs=f"{document.get(theirs) or 0:.2f} {document.get('CurrencyCode')}",
        )

    # -- Approved or sent in Xero ----------------------------------------------------------------------------------

    def _note_approved(self, bindings):
        """Somebody approved drafts in Xero: there is nothing left to try, and what settles them can be sent."""
        if bindings:
            bindings.filtered("trial").trial = False
            Verdict(self.work).release_dependents(bindings)

    @staticmethod
    def _may_be_sent(move):
        return move.state == "posted" and not move.is_move_sent and move.is_sale_document(include_receipts=True)

    def mark_sent(self):
        """Mark what was noted as sent in Xero as sent in Odoo (I4).

        It marks these documents for the engine too, which may have more to send of what was sent to the customer; that
        it was sent is not, since the link knows that Xero knows.
        """
        moves = self._sent
        if not moves:
            return
        try:
            with self.env.cr.savepoint():
                # Lines have nothing to do with it: Odoo need not look at those of every document.
                moves.with_context(skip_invoice_sync=True).is_move_sent = True
                moves._message_log_batch(dict.fromkeys(moves.ids, self.env._("Marked as sent in Xero.")))
        except UserError as error:
            # Some other module of this database does not allow it; that is no reason to know nothing of the rest.
            _logger.warning("Documents that were sent in Xero could not be marked as sent: %s", error)


def _is_document(binding):
    return binding.res_model == "account.move" and binding.role == "main"
