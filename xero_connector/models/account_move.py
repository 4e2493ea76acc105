from odoo import models

from ..xero_api.kinds import OF_MOVE

# Written on a posted move, these may change what Xero should hold. Everything else is noise.
WATCHED = frozenset(
    (
        "name",
        "ref",
        "payment_reference",
        "invoice_date",
        "invoice_date_due",
        "partner_id",
        "invoice_line_ids",
        "line_ids",
        "is_move_sent",
        "matched_payment_ids",
    )
)


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "xero.bindable"]

    def _xero_move_types(self):
        return tuple(OF_MOVE)

    def _xero_document_kind(self):
        """Return the ``Kind`` of document that this move is in Xero."""
        self.ensure_one()
        return OF_MOVE[self.move_type]

    def _xero_company_ids(self):
        ids_by_company = {}
        for move in self:
            ids_by_company.setdefault(move.company_id.root_id.id, []).append(move.id)
        return ids_by_company

    def _xero_push_name(self, count):
        return self.env._("%s selected documents", count)

    def _xero_push_problem(self):
        self.ensure_one()
        if self.move_type not in self._xero_move_types():
            kind = dict(self._fields["move_type"]._description_selection(self.env))[self.move_type]
            return self.env._(
                "%(name)s: documents of type %(kind)s are not sent to Xero.", name=self.display_name, kind=kind
            )
        # This and the state are read for a whole selection at once.
        if not self.sudo().xero_sendable:
            return self.env._(
                "%s is not sent: turn such documents on in the Xero connection, under Synchronisation.",
                self.display_name,
            )
        if self.state != "posted" and not self.sudo().xero_sync_state:
            return self.env._("%s is not confirmed: only confirmed documents are sent to Xero.", self.display_name)
        return ""

    def _xero_documents(self):
        return self.filtered(lambda move: move.move_type in self._xero_move_types())

    def action_preview_for_xero(self):
        """Show what a push of these documents would do, with every problem at once; nothing is sent.

        :raises UserError: no rights, nothing or too much selected, or no connection in use
        """
        self.check_access("read")
        self._check_xero_user()
        return self.env["xero.preview"]._action_for(self)

    def _post(self, soft=True):
        posted = super()._post(soft)
        documents = posted._xero_documents()
        documents._xero_mark(as_draft=self.env["xero.setup"]._awaits(documents))
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._xero_documents()._xero_mark()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._xero_documents()._xero_mark()
        return result

    def write(self, vals):
        result = super().write(vals)
        if self and not WATCHED.isdisjoint(vals):
            self._xero_documents().filtered(lambda move: move.state != "draft")._xero_mark(known=True)
        return result

    def unlink(self):
        # The binding stays as the tombstone from which Xero's document is voided. Whether there is one is for the
        # engine to see: the call that makes the document may be under way, out of this transaction's sight.
        self._xero_documents().filtered("posted_before")._xero_mark()
        return super().unlink()
