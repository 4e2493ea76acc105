from ..xero_api.payload import ENDED, UNAPPROVED
from .lookups import document_bindings


class Trial:
    """A person's try of the connection with one document: made as a draft, then approved or taken back.

    What is wanted is kept on the binding and committed before anything is sent, so that whichever run carries it out,
    after a crash as well, knows it.
    """

    def __init__(self, work):
        self.work = work

    def note(self, move_ids, wish):
        """Keep what a person wants of confirmed documents, and return the ids of those of which it may be wanted.

        :param wish: ``draft``, for what Xero does not have; ``approve`` or ``take_back``, for what is a draft there
        """
        if not move_ids:
            return []
        moves = self.work.env["account.move"].browse(move_ids).exists()._xero_documents()
        posted = moves.filtered(lambda move: move.state == "posted")
        bindings = document_bindings(self.work, posted).values()
        wanted = [
            binding
            for binding in bindings
            if (self._is_absent(binding) if wish == "draft" else binding.xero_status in UNAPPROVED)
        ]
        for binding in wanted:
            binding.trial = wish
        noted = [binding.res_id for binding in wanted]
        self.work.commit()
        return noted

    def forget_take_back(self, move_ids):
        """Forget that documents were to be, or were, taken back: a person pushes them, and that counts now."""
        bindings = self.work.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("res_model", "=", "account.move"),
                ("res_id", "in", move_ids),
                ("trial", "=", "take_back"),
            ]
        )
        for binding in bindings:
            binding.trial = binding.xero_status in UNAPPROVED and "draft"
        self.work.commit()

    def _is_absent(self, binding):
        return not binding.xero_id or binding.xero_status in ENDED

    def to_take_back(self, moves):
        """Return those of confirmed documents that a person takes back, as long as nobody approved them in Xero."""
        bindings = self.work.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("res_model", "=", "account.move"),
                ("res_id", "in", moves.ids),
                ("trial", "=", "take_back"),
                ("xero_status", "in", UNAPPROVED),
            ]
        )
        return moves.browse(bindings.mapped("res_id"))

    def status(self, binding):
        """Return the status that a document is to have in Xero; ``None`` leaves it as it is."""
        usual = self.work.connection.invoice_status
        if not binding.xero_id:
            return "DRAFT" if binding.trial == "draft" else usual
        return usual if binding.trial == "approve" and binding.xero_status in UNAPPROVED else None
