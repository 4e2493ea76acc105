"""Currencies: the ones the organisation is subscribed to."""

from ..batch import messages
from ..listing import plain
from ..organisation import CURRENCY_NAMES
from ..problems import bad_data, no_data, validation_exception
from ..query import Where, sort

FIELDS = plain("Code", "Description")


def listed(context):
    """GET."""
    records = list(context.organisation.currencies.values())
    if where := context.args.get("where"):
        records = list(filter(Where(where, FIELDS), records))
    if order := context.args.get("order"):
        records = sort(records, order, FIELDS)
    return {"Currencies": records}


def put(context):
    """PUT of one ``{"Code": "EUR"}``: subscribe. It needs a plan with multi-currency."""
    body = context.body
    if not isinstance(body, dict) or "Currencies" in body:
        raise bad_data('Currencies takes one object: {"Code": "EUR"}')
    code = body.get("Code")
    if not code:
        raise no_data("Currency")
    if code not in CURRENCY_NAMES:
        raise _refused(code, f"The currency code {code} is not valid.")
    if not context.organisation.multicurrency:
        raise _refused(code, "The plan of this organisation has no multiple currencies.")
    context.organisation.add_currency(code)
    return {"Currencies": [context.organisation.currencies[code]]}


def _refused(code, message):
    return validation_exception([{"Code": str(code), "ValidationErrors": messages([message])}])


ROUTES = {("GET",): listed, ("PUT",): put}
