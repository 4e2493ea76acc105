from collections import defaultdict
from decimal import Decimal

from odoo.tools import SQL

from ..xero_api.payload import ENDED
from .sightings import Sightings


class Differences:
    """Says where Xero has more, or less, paid and credited on a document than what we brought there.

    Only told: a payment that was entered in Xero is no payment in Odoo until somebody makes it one.
    """

    def __init__(self, work):
        self.work = work

    @property
    def env(self):
        return self.work.env

    def compare(self, bindings):
        """Set ``difference`` of these links; return those of which something of ours is still under way.

        These stay as they are: what Xero says may be our own doing, which is not noted yet.
        """
        documents = bindings.filtered(lambda binding: binding.res_model == "account.move" and binding.role == "main")
        moves = Sightings(self.work).moves(documents)
        compared = documents.filtered(
            lambda binding: (
                self.work.connection.sync_payments
                and binding.state != "excluded"
                and binding.xero_status not in ENDED
                and moves.get(binding.res_id, moves[False]).state == "posted"
            )
        )
        ours, busy = self.ours(compared.mapped("res_id"))
        provided = self.env["account.move"].browse(compared.mapped("res_id"))._xero_paid_by_provider()
        put_off = compared.filtered(lambda binding: binding.state == "in_flight" or binding.res_id in busy)
        for binding in documents - put_off:
            text = False
            if binding in compared:
                move = moves[binding.res_id]
                text = self._text(binding, move, ours[binding.res_id], move in provided)
            if (binding.difference or False) != text:
                binding.difference = text
        return put_off

    # -- What we brought there ---------------------------------------------------------------------------------------

    def ours(self, move_ids):
        """Return dict of move id → (paid, credited) as we have it in Xero, and the ids of moves under way."""
        ours = defaultdict(lambda: [Decimal(0), Decimal(0)])
        if not move_ids:
            return ours, set()
        busy = self._marked("account.move", move_ids)
        rows = self._settlements(move_ids)
        marked = self._marked("xero.settlement", [row[0] for row in rows])
        wanted = set(move_ids)
        for settlement_id, document_id, counterpart_id, kind, role, live, waits, cash, amount, other in rows:
            # A credit note's own side of it: what of it was set off against the document.
            touched = {document_id, counterpart_id if kind == "allocation" else None} & wanted
            if waits or settlement_id in marked:
                busy |= touched
            if not live:
                continue
            if role == "write_off_allocation":
                ours[document_id][1] += _decimal(other)
            elif kind == "payment":
                ours[document_id][0] += _decimal(cash)
            elif kind == "allocation":
                for move_id in touched:
                    ours[move_id][1] += _decimal(amount)
        return ours, busy

    def _settlements(self, move_ids):
        self.env["xero.settlement"].flush_model()
        self.env["xero.binding"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT settlement.id, settlement.document_id,
                       CASE WHEN settlement.counterpart_model = 'account.move' THEN settlement.counterpart_id END,
                       settlement.kind, binding.role,
                       binding.state = 'synced' AND binding.xero_id IS NOT NULL
                            AND (COALESCE(binding.xero_status, '') NOT IN %(ended)s
                                 OR binding.remote_change IS NOT NULL),
                       binding.state IN ('new', 'in_flight') OR binding.next_try IS NOT NULL,
                       settlement.cash_amount, settlement.amount, settlement.other_amount
                  FROM xero_settlement settlement
                  JOIN xero_binding binding
                    ON binding.res_model = 'xero.settlement' AND binding.res_id = settlement.id
                   AND binding.connection_id = %(connection)s AND binding.role IN ('main', 'write_off_allocation')
                 WHERE (settlement.document_model = 'account.move' AND settlement.document_id IN %(moves)s)
                    OR (settlement.counterpart_model = 'account.move' AND settlement.counterpart_id IN %(moves)s)
                """,
                ended=ENDED,
                connection=self.work.connection.id,
                moves=tuple(move_ids),
            )
        )

    def _marked(self, res_model, ids):
        """Return the ids of those records that wait for the engine."""
        if not ids:
            return set()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT res_id FROM xero_mark WHERE company_id = %s AND res_model = %s AND res_id IN %s",
                self.work.connection.company_id.id,
                res_model,
                tuple(ids),
            )
        )
        return {res_id for (res_id,) in rows}

    # -- In words ------------------------------------------------------------------------------------------------------

    def _text(self, binding, move, ours, paid_by_provider):
        """Return what differs, in words; ``False`` where nothing does.

        :param paid_by_provider: what is paid is what the payment provider says, whatever Xero says (P3)
        """
        paid, credited = ours
        texts = [
            "" if paid_by_provider else self._part_text(binding.xero_type, "paid", move, paid, binding.amount_paid),
            self._part_text(binding.xero_type, "credited", move, credited, binding.amount_credited),
        ]
        return " ".join(filter(None, texts)) or False

    def _part_text(self, xero_type, what, move, ours, theirs):
        theirs = _decimal(theirs)
        if ours == theirs:
            return ""
        figures = {"ours": f"{ours:.2f}", "theirs": f"{theirs:.2f}", "currency": move.currency_id.name}
        return self._more_text(xero_type, what, figures) if theirs > ours else self._less_text(xero_type, what, figures)

    def _more_text(self, xero_type, what, figures):
        if (xero_type, what) == ("CreditNote", "paid"):
            return self.env._(
                "In Xero %(theirs)s %(currency)s is refunded, of which Odoo knows %(ours)s. Register the refund in "
                "Odoo too, or remove it in Xero.",
                **figures,
            )
        if (xero_type, what) == ("CreditNote", "credited"):
            return self.env._(
                "In Xero %(theirs)s %(currency)s of it is set off against invoices, of which Odoo knows %(ours)s. Set "
                "it off in Odoo too, or remove the allocation in Xero.",
                **figures,
            )
        if what == "paid":
            return self.env._(
                "In Xero %(theirs)s %(currency)s is paid, of which Odoo knows %(ours)s. Register the payment in Odoo "
                "too, or remove it in Xero.",
                **figures,
            )
        return self.env._(
            "In Xero %(theirs)s %(currency)s is credited, of which Odoo knows %(ours)s. Set the credit off in Odoo "
            "too, or remove it in Xero.",
            **figures,
        )

    def _less_text(self, xero_type, what, figures):
        if what == "paid":
            return self.env._(
                "Odoo sent payments of %(ours)s %(currency)s, but Xero has %(theirs)s: somebody removed one there. "
                "Undo it in Odoo too, or enter it in Xero again.",
                **figures,
            )
        return self.env._(
            "Odoo set off %(ours)s %(currency)s, but Xero has %(theirs)s: somebody removed an allocation there. Undo "
            "it in Odoo too, or allocate it in Xero again.",
            **figures,
        )


def _decimal(value):
    return Decimal(str(value or 0)).quantize(Decimal("0.01"))
