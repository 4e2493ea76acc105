"""Allocations of credit notes, overpayments and prepayments: the same two calls below each of them."""

from ..allocation_rules import KNOWN, remove_allocation, save_allocation
from ..batch import elements_of, save_all
from ..credit_view import show_refused_allocation, show_removed_allocation, show_saved_allocation
from ..ids import is_guid, normal_guid
from ..problems import Invalid, not_found, validation_exception


def routes_of(kind, find):
    """The routes below one kind of document; ``find(org, key)`` gives the record that a path names."""

    def put(context, key):
        """PUT adds allocations; those that exist stay."""
        org = context.organisation
        source_id = find(org, key)[kind.key]
        elements = elements_of(context.body, "Allocations", KNOWN, org.max_elements)
        return save_all(
            context,
            "Allocations",
            elements,
            lambda element: (save_allocation(org, kind, source_id, element), ()),
            lambda record: show_saved_allocation(org, record),
            show_refused_allocation,
        )

    def delete(context, key, allocation_id):
        """DELETE removes one allocation."""
        org = context.organisation
        source_id = find(org, key)[kind.key]
        found = org.allocations.get(normal_guid(allocation_id)) if is_guid(allocation_id) else None
        if found is None or found["SourceID"] != source_id or found["IsDeleted"]:
            raise not_found()
        try:
            return show_removed_allocation(remove_allocation(org, kind, found))
        except Invalid as invalid:
            messages = [{"Message": text} for text in invalid.messages]
            refused = {"AllocationID": found["AllocationID"], "ValidationErrors": messages}
            raise validation_exception([refused]) from invalid

    return {("PUT", "*", "Allocations"): put, ("DELETE", "*", "Allocations", "*"): delete}
