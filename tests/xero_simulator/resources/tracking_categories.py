"""Tracking categories: read only."""

from ..ids import is_guid, normal_guid
from ..listing import flag, plain
from ..problems import not_found
from ..query import Where, sort

FIELDS = plain("TrackingCategoryID", "Name", "Status")


def listed(context):
    """GET: active categories and options, archived ones when asked for."""
    everything = flag(context, "includeArchived")
    records = list(context.organisation.tracking_categories.values())
    if where := context.args.get("where"):
        records = list(filter(Where(where, FIELDS), records))
    if order := context.args.get("order"):
        records = sort(records, order, FIELDS)
    return {
        "TrackingCategories": [
            show(record, everything) for record in records if everything or record["Status"] == "ACTIVE"
        ]
    }


def read(context, category_id):
    """GET of one category, whatever its status."""
    categories = context.organisation.tracking_categories
    record = categories.get(normal_guid(category_id)) if is_guid(category_id) else None
    if record is None:
        raise not_found()
    return {"TrackingCategories": [show(record, True)]}


def show(record, everything):
    """A category with its options."""
    options = [option for option in record["Options"] if everything or option["Status"] == "ACTIVE"]
    return {**record, "Options": options}


ROUTES = {("GET",): listed, ("GET", "*"): read}
