"""How Xero shows an invoice."""

from decimal import Decimal

from .arithmetic import round_half_up
from .contact_view import show as show_contact
from .dates import iso, iso_moment, microsoft, parse_date
from .ids import ZERO_GUID, known_id

RATE_PLACES = Decimal("0.0000000001")


def show(org, record, unitdp=2, lines=True, whole_contact=False):
    """An invoice. Lists without pages show no lines; only single and saved invoices show the whole contact."""
    answer = {
        "Type": record["Type"],
        "InvoiceID": record["InvoiceID"],
        "InvoiceNumber": record["InvoiceNumber"],
        "Reference": record["Reference"],
        "Payments": [show_payment(payment) for payment in record["Payments"]],
        "CreditNotes": [],
        "Prepayments": [],
        "Overpayments": [],
        "AmountDue": record["AmountDue"],
        "AmountPaid": record["AmountPaid"],
        "AmountCredited": record["AmountCredited"],
        "SentToContact": record["SentToContact"],
        "CurrencyRate": record["CurrencyRate"].quantize(RATE_PLACES),
        "IsDiscounted": bool(record["TotalDiscount"]),
        "HasAttachments": False,
        "HasErrors": False,
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
    if record["DueDate"] is not None:
        answer["DueDateString"], answer["DueDate"] = iso(record["DueDate"]), microsoft(record["DueDate"])
    for name in ("ExpectedPaymentDate", "PlannedPaymentDate", "FullyPaidOnDate"):
        if record[name] is not None:
            answer[name] = microsoft(record[name])
    for name in ("Url", "BrandingThemeID"):
        if record[name]:
            answer[name] = record[name]
    if record["TotalDiscount"]:
        answer["TotalDiscount"] = record["TotalDiscount"]
    return answer


def brief(org, record):
    """The contact of a listed invoice: id and name."""
    return {
        "ContactID": record["ContactID"],
        "Name": org.contacts[record["ContactID"]]["Name"],
        "Addresses": [],
        "Phones": [],
        "ContactGroups": [],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def show_light(org, record):
    """``summaryOnly``: no lines, payments or contact details."""
    answer = show(org, record, lines=False)
    for name in ("Payments", "CreditNotes", "Prepayments", "Overpayments"):
        del answer[name]
    answer["Contact"] = {name: answer["Contact"][name] for name in ("ContactID", "Name")}
    return answer


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


def show_payment(payment):
    """A payment as an invoice shows it."""
    return {
        "PaymentID": payment["PaymentID"],
        "Date": microsoft(payment["Date"]),
        "Amount": payment["Amount"],
        "Reference": payment["Reference"],
        "CurrencyRate": payment["CurrencyRate"].quantize(RATE_PLACES),
        "HasAccount": False,
        "HasValidationErrors": False,
    }


def show_refused(org, element, invoice_id=None):
    """A refused element, as far as it can be shown: Xero gives a new one the zero GUID."""
    answer = {"InvoiceID": invoice_id or known_id(element.get("InvoiceID"), org.invoices) or ZERO_GUID}
    for name, valid in (
        ("Type", ("ACCREC", "ACCPAY")),
        ("Status", ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED", "VOIDED")),
    ):
        if element.get(name) in valid:
            answer[name] = element[name]
    for name in ("InvoiceNumber", "Reference"):
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
