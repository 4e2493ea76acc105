"""What answers about invoices and credit notes have in common."""

from decimal import Decimal

from .arithmetic import round_half_up
from .contact_view import show as show_contact
from .dates import iso, iso_moment, microsoft, parse_date
from .ids import ZERO_GUID, known_id

RATE_PLACES = Decimal("0.0000000001")


def show_document(org, record, unitdp=2, lines=True, whole_contact=False):
    """What invoices and credit notes have. Lists without pages show no lines; only single and saved ones show the whole
    contact.
    """
    answer = {
        "SentToContact": record["SentToContact"],
        "HasErrors": False,
        **show_common(org, record, unitdp, lines, whole_contact),
    }
    if record["DueDate"] is not None:
        answer["DueDateString"], answer["DueDate"] = iso(record["DueDate"]), microsoft(record["DueDate"])
    for name in ("ExpectedPaymentDate", "PlannedPaymentDate", "FullyPaidOnDate"):
        if record.get(name) is not None:
            answer[name] = microsoft(record[name])
    if record["BrandingThemeID"]:
        answer["BrandingThemeID"] = record["BrandingThemeID"]
    return answer


def show_common(org, record, unitdp=2, lines=True, whole_contact=False):
    """What everything has that has lines."""
    return {
        "Type": record["Type"],
        "Reference": record["Reference"],
        "CurrencyRate": record["CurrencyRate"].quantize(RATE_PLACES),
        "HasAttachments": False,
        "Contact": show_contact(org, org.contacts[record["ContactID"]]) if whole_contact else brief(org, record),
        "DateString": iso(record["Date"]),
        "Date": microsoft(record["Date"]),
        "Status": record["Status"],
        "LineAmountTypes": record["LineAmountTypes"],
        "LineItems": [show_line(org, line, unitdp) for line in record["LineItems"]] if lines else [],
        "SubTotal": record["SubTotal"],
        "TotalTax": record["TotalTax"],
        "Total": record["Total"],
        "UpdatedDateUTC": microsoft(record["UpdatedDateUTC"]),
        "UpdatedDateUTCString": iso_moment(record["UpdatedDateUTC"]),
        "CurrencyCode": record["CurrencyCode"],
    }


def brief(org, record):
    """The contact of a listed document: id and name."""
    return {
        "ContactID": record["ContactID"],
        "Name": org.contacts[record["ContactID"]]["Name"],
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def show_line(org, line, unitdp):
    """A line; its unit amount with 2 decimals, or 4 when asked for."""
    answer = {"LineItemID": line["LineItemID"], "Description": line["Description"], "Tracking": line["Tracking"]}
    if line["LineAmount"] is not None:
        answer |= {
            "Quantity": line["Quantity"].quantize(Decimal("0.0001")),
            "UnitAmount": round_half_up(line["UnitAmount"], unitdp),
            "TaxAmount": line["TaxAmount"],
            "LineAmount": line["LineAmount"],
        }
        if line["TaxType"]:
            answer["TaxType"] = line["TaxType"]
        for name in ("ItemCode", "DiscountRate", "DiscountAmount"):
            if line[name]:
                answer[name] = line[name]
    account = org.accounts.get(line["AccountID"])
    if account is not None:
        answer["AccountID"] = account["AccountID"]
        if account["Code"]:
            answer["AccountCode"] = account["Code"]
    return answer | {"ValidationErrors": []}


def show_applied_payment(payment):
    """A payment as the document that it pays shows it."""
    answer = {
        "PaymentID": payment["PaymentID"],
        "Date": microsoft(payment["Date"]),
        "Amount": payment["Amount"],
        "Reference": payment["Reference"],
        "CurrencyRate": payment["CurrencyRate"].quantize(RATE_PLACES),
        "HasAccount": False,
        "HasValidationErrors": False,
    }
    if payment["BatchPaymentID"]:
        answer["BatchPaymentID"] = payment["BatchPaymentID"]
    return answer


def show_refused(org, kind, element, identifier=None):
    """A refused element, as far as it can be shown: Xero gives a new one the zero GUID."""
    answer = {kind.key: identifier or known_id(element.get(kind.key), kind.records(org)) or ZERO_GUID}
    for name, valid in (
        ("Type", (kind.sales, kind.purchase)),
        ("Status", ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED", "VOIDED")),
    ):
        if element.get(name) in valid:
            answer[name] = element[name]
    for name in (kind.number, "Reference"):
        if isinstance(element.get(name), str):
            answer[name] = element[name]
    for name in ("Date", "DueDate"):
        try:
            answer[name] = microsoft(parse_date(element.get(name)))
        except (ValueError, OverflowError, OSError):
            # A date that cannot be read cannot be shown; the element's messages name it.
            continue
    contact = element.get("Contact")
    if isinstance(contact, dict):
        answer["Contact"] = {
            name: contact[name] for name in ("ContactID", "Name") if isinstance(contact.get(name), str)
        }
    return answer | {"LineItems": [], "HasErrors": True}
