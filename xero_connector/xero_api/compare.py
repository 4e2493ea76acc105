"""What differs between a document as we would send it and as Xero has it now."""

from collections import namedtuple
from decimal import Decimal

from .payload import to_datetime

# ``line`` counts from 1 and is 0 for the header; ``name`` is Xero's name of the field.
Change = namedtuple("Change", "line name ours theirs")

_HEADER = ("InvoiceNumber", "CreditNoteNumber", "Reference", "Date", "DueDate", "CurrencyCode", "LineAmountTypes")
_DATES = ("Date", "DueDate")
_LINE = (
    "Description",
    "Quantity",
    "UnitAmount",
    "DiscountRate",
    "DiscountAmount",
    "AccountCode",
    "TaxType",
    "TaxAmount",
)
# What Xero fills in by itself where it is not sent.
_FILLED_IN = ("TaxType", "TaxAmount")
_TOTALS = (("total", "Total"), ("tax", "TotalTax"))


def changes(payload, expected, document):
    """Return the list of ``Change`` between ``payload`` and Xero's ``document``, as it was read.

    :param payload: a document as it is sent; amounts are numbers or decimals
    :param expected: dict with ``total`` and ``tax`` as Xero is to compute them
    """
    # Bills have no reference, and only one of the numbers is there.
    header = [name for name in _HEADER if name in payload]
    found = [Change(0, name, payload[name], _theirs(document, name)) for name in header]
    contact = (document.get("Contact") or {}).get("ContactID")
    found.append(Change(0, "Contact", payload["Contact"]["ContactID"], contact))
    found += [Change(0, name, expected.get(key), document.get(name)) for key, name in _TOTALS]
    ours, theirs = payload["LineItems"], document.get("LineItems") or []
    for number in range(max(len(ours), len(theirs))):
        mine = ours[number] if number < len(ours) else {}
        other = theirs[number] if number < len(theirs) else {}
        for name in _LINE:
            if mine.get(name) is not None or name not in _FILLED_IN or not mine:
                found.append(Change(number + 1, name, mine.get(name), other.get(name)))
    return [change for change in found if _key(change.ours) != _key(change.theirs)]


def _theirs(document, name):
    if name in _DATES:
        moment = to_datetime(document.get(f"{name}String") or document.get(name))
        return moment.date() if moment else None
    return document.get(name)


def _key(value):
    """Xero leaves out what is nothing, trims texts, and shows numbers with decimals of its own."""
    if value is None or isinstance(value, int | float | Decimal):
        return Decimal(str(value or 0)).normalize() or None
    return str(value).strip().casefold() or None
