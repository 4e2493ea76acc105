"""What overpayments and prepayments have in common: list, read, allocate."""

from ..credit_view import show_bank_credit
from ..ids import is_guid, normal_guid
from ..listing import filtered, paged, plain, texts, unit_places
from ..problems import not_found
from . import allocations


def routes_of(kind, plural, references):
    """The routes of one kind; ``references`` is the list parameter that filters by ``Reference``."""
    fields = plain(
        kind.key, "Type", "Status", "Reference", "Date", "Total", "RemainingCredit", "CurrencyCode", "UpdatedDateUTC"
    ) | {"Contact.ContactID": lambda record: record["ContactID"]}

    def listed(context):
        """GET: with ``page`` whole records, without it no lines."""
        org, places = context.organisation, unit_places(context)
        records, wanted = kind.records(org).values(), texts(context, references)
        if wanted is not None:
            wanted = {text.strip('"').casefold() for text in wanted}
            records = [record for record in records if record["Reference"].casefold() in wanted]
        records, pagination = paged(context, filtered(context, records, fields))
        shown = [show_bank_credit(org, kind, record, places, lines=pagination is not None) for record in records]
        return {**({"pagination": pagination} if pagination else {}), plural: shown}

    def find(org, key):
        record = kind.records(org).get(normal_guid(key)) if is_guid(key) else None
        if record is None:
            raise not_found()
        return record

    def read(context, key):
        """GET of one with everything."""
        org, places = context.organisation, unit_places(context)
        return {plural: [show_bank_credit(org, kind, find(org, key), places, whole_contact=True)]}

    return {("GET",): listed, ("GET", "*"): read, **allocations.routes_of(kind, find)}
