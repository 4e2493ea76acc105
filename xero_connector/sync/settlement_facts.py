from odoo.fields import Domain

from ..xero_api.payload import ENDED


class SettlementFacts:
    """Keeps ``xero.settlement`` equal to Odoo's reconciliations, for the documents that were marked."""

    def __init__(self, work):
        self.work = work

    @property
    def env(self):
        return self.work.env

    def rebuild(self, move_ids, settlement_ids=()):
        """Rebuild the settlements of documents, and mark those that Xero is not equal to.

        :param settlement_ids: marked settlements: their documents' are rebuilt too, and marked where they changed

        A document that is reset to draft keeps what it has: Xero keeps its last version until it is confirmed again.

        :return: list of (model, id) that were marked
        """
        asked = self.env["xero.settlement"].browse(settlement_ids).exists()
        if not move_ids and not asked:
            return []
        rows = self._rows(move_ids)
        documents = self._documents(move_ids, rows)
        looked_at = set(documents.ids)
        documents |= self._documents(asked.mapped("document_id"), asked)
        draft_ids = set(documents.filtered(lambda move: move.state == "draft").ids)
        rows = self._rows(documents.ids) | rows
        rows = rows.filtered(lambda row: row.document_id not in draft_ids)
        posted = documents.filtered(lambda move: move.state == "posted")
        known = {(row.document_id, row.counterpart_model, row.counterpart_id): row for row in rows}
        created, changed, kept = [], rows.browse(), rows.browse()
        settled_by = posted._xero_settled()
        for document in posted:
            for settled in settled_by.get(document.id, []):
                values = self._values(document, settled)
                row = known.get((document.id, settled.counterpart._name, settled.counterpart.id))
                if not row:
                    created.append(values)
                    continue
                kept |= row
                if self._update(row, values):
                    changed |= row
        undone = (rows - kept).filtered("amount")
        undone.write({"amount": 0, "cash_amount": 0, "other_amount": 0, "excess_amount": 0})
        # Of what hangs together with a marked settlement only what changed is marked: the rest would mark it in turn.
        others = (rows - changed - undone).filtered(lambda row: row.document_id in looked_at)
        # What was undone first: its removal must not wait for what replaces it.
        marked = undone | changed | rows.create(created) | self._unequal(others)
        marked -= asked
        ids = {self.work.connection.company_id.id: marked.ids}
        self.env["xero.mark"]._put(marked._name, ids, wake=False)
        self.work.commit()
        return [(marked._name, res_id) for res_id in marked.ids]

    def _rows(self, move_ids):
        ids = list(move_ids)
        sides = Domain("document_id", "in", ids)
        sides |= Domain("counterpart_model", "=", "account.move") & Domain("counterpart_id", "in", ids)
        return self.env["xero.settlement"].search(Domain("company_id", "=", self.work.connection.company_id.id) & sides)

    def _documents(self, move_ids, rows):
        """Return the marked documents, and those whose credit notes are among them, as they are now or were."""
        moves = self.env["account.move"].browse(move_ids).exists()._xero_documents()
        credit_notes = moves.filtered(lambda move: move._xero_document_kind().credit)
        lines = credit_notes.line_ids.filtered(
            lambda line: line.account_id.account_type in ("asset_receivable", "liability_payable")
        )
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        others = partials._xero_both_sides()._xero_documents()
        return moves | others | moves.browse(rows.mapped("document_id")).exists()

    def _values(self, document, settled):
        return {
            "name": f"{document.name} ← {settled.name}",
            "company_id": self.work.connection.company_id.id,
            "document_id": document.id,
            "document_name": document.name,
            "counterpart_model": settled.counterpart._name,
            "counterpart_id": settled.counterpart.id,
            "counterpart_name": settled.name,
            "kind": settled.kind,
            "date": settled.date,
            "currency_id": document.currency_id.id,
            "amount": float(settled.amount),
            "cash_amount": float(settled.cash),
            "other_amount": float(settled.other),
            "excess_amount": float(settled.excess),
            "journal_id": settled.journal.id if settled.journal else False,
            "account_id": settled.account.id if settled.account else False,
            "bank_amount": float(settled.bank_amount),
            "write_off_lines": list(settled.lines) or False,
            "problem": settled.problem or False,
        }

    def _update(self, row, values):
        """Write what differs; return whether anything did."""
        fields_ = row._fields
        changed = {
            name: value
            for name, value in values.items()
            if fields_[name].convert_to_cache(value, row) != fields_[name].convert_to_cache(row[name], row)
        }
        row.write(changed)
        return bool(changed)

    def _unequal(self, rows):
        """Return rows whose twins are not all in Xero, or not all gone."""
        bindings = (
            self.env["xero.binding"]
            .search(
                [
                    ("connection_id", "=", self.work.connection.id),
                    ("res_model", "=", rows._name),
                    ("res_id", "in", rows.ids),
                ]
            )
            .grouped("res_id")
        )

        def unequal(row):
            own = bindings.get(row.id, ())
            if not row.amount:
                return any(
                    binding.xero_id and binding.xero_status not in ENDED and binding.state != "excluded"
                    for binding in own
                )
            return not own or any(
                binding.state not in ("synced", "excluded") or binding.xero_status in ENDED for binding in own
            )

        return rows.filtered(unequal)
