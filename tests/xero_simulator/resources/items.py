"""Items: read only."""

from ..arithmetic import round_half_up
from ..dates import microsoft
from ..ids import is_guid, normal_guid
from ..listing import filtered, plain, unit_places
from ..problems import not_found

FIELDS = plain("ItemID", "Code", "Name", "Description", "IsSold", "IsPurchased", "UpdatedDateUTC")


def listed(context):
    """GET: all items."""
    places = unit_places(context)
    records = filtered(context, context.organisation.items.values(), FIELDS)
    return {"Items": [show(record, places) for record in records]}


def read(context, key):
    """GET of one item by id or code."""
    items = context.organisation.items
    found = [items[normal_guid(key)]] if is_guid(key) and normal_guid(key) in items else items.find("code", key.lower())
    if not found:
        raise not_found()
    return {"Items": [show(found[0], unit_places(context))]}


def show(record, places):
    """An item, its prices with ``places`` decimals."""
    answer = {**record, "UpdatedDateUTC": microsoft(record["UpdatedDateUTC"])}
    for name in ("SalesDetails", "PurchaseDetails"):
        details = dict(record[name])
        if "UnitPrice" in details:
            details["UnitPrice"] = round_half_up(details["UnitPrice"], places)
        answer[name] = details
    return answer


ROUTES = {("GET",): listed, ("GET", "*"): read}
