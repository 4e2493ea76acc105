"""What Xero was seen to hold of a document, and a fingerprint of what people can edit in it."""

from decimal import Decimal

from .amounts import half_up
from .kinds import KINDS
from .payload import digest, to_datetime

_LINE = (
    "Description",
    "Quantity",
    "DiscountRate",
    "DiscountAmount",
    "AccountCode",
    "TaxType",
    "TaxAmount",
    "LineAmount",
)


def remote_values(document):
    """Return everything that a link keeps of an answer's ``document``; nothing where it is no document at all."""
    kind = KINDS.get(document.get("Type"))
    return {**seen(kind, document), "remote_hash": remote_hash(kind, document)} if kind else {}


def seen(kind, document):
    """Return what a link shows of Xero's ``document``: its status, figures, whether it was sent, when it changed.

    Amounts are in the document's currency, with Xero's two decimals. Of a credit note it is due what remains of the
    credit, paid what was refunded, and credited what was allocated.
    """
    if kind.credit:
        amounts = {
            "amount_due": _money(document.get("RemainingCredit")),
            "amount_paid": _sum(document.get("Payments")),
            "amount_credited": _sum(document.get("Allocations")),
        }
    else:
        amounts = {
            "amount_due": _money(document.get("AmountDue")),
            "amount_paid": _money(document.get("AmountPaid")),
            "amount_credited": _money(document.get("AmountCredited")),
        }
    return {
        "xero_status": document.get("Status") or False,
        "xero_total": _money(document.get("Total")),
        **amounts,
        "sent_in_xero": bool(document.get("SentToContact")),
        "remote_updated_at": to_datetime(document.get("UpdatedDateUTC")) or False,
    }


def remote_hash(kind, document):
    """Return a fingerprint of what people can edit in ``document``, as text of ``part:digest`` separated by spaces.

    What is applied to it, its status, whether it was sent and when it changed are left out. Each part has a digest of
    its own, so that two fingerprints tell what differs (see ``differing``).
    """
    return " ".join(f"{name}:{digest(_plain(value))[:12]}" for name, value in _parts(kind, document).items())


def differing(before, after):
    """Return the names of the parts that differ between two fingerprints; a part that only one has is not known."""
    old, new = (dict(part.split(":", 1) for part in text.split()) for text in (before, after))
    return [name for name, value in new.items() if old.get(name, value) != value]


def _parts(kind, document):
    return {
        "number": document.get(kind.number_name),
        "contact": (document.get("Contact") or {}).get("ContactID"),
        "reference": document.get("Reference"),
        # A credit note falls due on no day.
        "dates": [_day(document, name) for name in (("Date",) if kind.credit else ("Date", "DueDate"))],
        "currency": document.get("CurrencyCode"),
        "total": document.get("Total"),
        "tax": document.get("TotalTax"),
        "lines": [
            document.get("LineAmountTypes"),
            *(_line(line) for line in document.get("LineItems") or []),
        ],
    }


def _line(line):
    # With two decimals, all that Xero shows without ``unitdp``: the amount of the line tells the rest.
    unit_amount = half_up(Decimal(str(line.get("UnitAmount") or 0)))
    return [unit_amount, *(line.get(name) for name in _LINE)]


def _day(document, name):
    moment = to_datetime(document.get(f"{name}String") or document.get(name))
    return moment and moment.date()


def _plain(value):
    """Write alike what is alike: Xero leaves out what is nothing, and shows numbers with decimals of its own."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, int | float | Decimal):
        number = Decimal(str(value)).normalize()
        return f"{number:f}" if number else None
    return (value and str(value).replace("\r\n", "\n").strip()) or None


def _money(value):
    return float(Decimal(str(value or 0)))


def _sum(applied):
    amounts = [item.get("Amount") or 0 for item in applied or [] if not item.get("IsDeleted")]
    return float(sum((Decimal(str(amount)) for amount in amounts), Decimal(0)))
