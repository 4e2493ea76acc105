from decimal import Decimal

from ..xero_api.kinds import KINDS
from ..xero_api.payload import ENDED
from .verdict import Verdict


class Removals:
    """Notes which of our payments and allocations somebody removed in Xero; they are not made again by themselves."""

    def __init__(self, work):
        self.work = work
        self._bindings = work.env["xero.binding"]
        self._there = {}

    @property
    def env(self):
        return self.work.env

    def see(self, binding, document):
        """Note what Xero's ``document``, to which ``binding`` links a document or a write-off, has applied to it."""
        for xero_type, ids in _applied(KINDS[document["Type"]], document).items():
            self._there[binding.id, xero_type] = ids
        self._bindings |= binding

    def note(self):
        """Note what is missing of ours on the documents that were read; what waited for that is looked at again."""
        gone = self._bindings.browse()
        for twin in self._twins():
            told = [self._there.get((binding_id, twin.xero_type)) for binding_id, _what in twin.applied]
            told = [ids for ids in told if ids is not None]
            if told and not any(twin.xero_id in ids for ids in told):
                text = self.env._(
                    "Somebody removed it in Xero. Undo it in Odoo too; or press Push to Xero on the document, which "
                    "makes it there again."
                )
                twin.write({"xero_status": "DELETED", "remote_change": text, "warning": text})
                gone |= twin
        Verdict(self.work).release_dependents(gone)
        # What Xero refused to remove is gone all the same.
        gone.filtered(lambda twin: twin.state == "failed")._mark()

    def _twins(self):
        """Return our payments and allocations on these documents, as far as Xero had them."""
        settlements = self.env["xero.settlement"]
        moves = self.env["account.move"].browse(
            [binding.res_id for binding in self._bindings if binding.res_model == "account.move"]
        )
        write_offs = [binding.res_id for binding in self._bindings if binding.res_model == settlements._name]
        rows = settlements.search(settlements._around(moves)) | settlements.browse(write_offs)
        twins = self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("res_model", "=", settlements._name),
                ("res_id", "in", rows.ids),
                ("xero_type", "in", ("Payment", "Allocation")),
                ("xero_id", "!=", False),
                ("state", "!=", "in_flight"),
            ]
        )
        return twins.filtered(lambda twin: twin.xero_status not in ENDED and twin.applied)


def _applied(kind, document):
    """Return dict of ``Payment`` and ``Allocation`` → ids of what is applied to a document.

    Only where all of it is told, with ids: what Xero does not list is no proof that it is gone. An invoice tells of its
    credit notes, not of their allocations.
    """
    payments, allocations = document.get("Payments"), document.get("Allocations")
    if not isinstance(payments, list) or (kind.credit and not isinstance(allocations, list)):
        return {}
    lists = {"Payment": payments}
    whole = Decimal(str(document.get("AmountPaid") or 0))
    if kind.credit:
        lists["Allocation"] = [allocation for allocation in allocations if not allocation.get("IsDeleted")]
        whole = Decimal(str(document.get("Total") or 0)) - Decimal(str(document.get("RemainingCredit") or 0))
    listed = sum(Decimal(str(item.get("Amount") or 0)) for items in lists.values() for item in items)
    ids = {xero_type: {item.get(f"{xero_type}ID") for item in items} for xero_type, items in lists.items()}
    return ids if listed == whole and not any(None in some for some in ids.values()) else {}
