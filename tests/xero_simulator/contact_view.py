"""How Xero shows a contact."""

from decimal import Decimal

from .contact_rules import ADDRESS_LIMITS, ADDRESS_TYPES, PHONE_LIMITS
from .dates import microsoft
from .ids import ZERO_GUID, known_id

LIGHT = (
    "ContactID",
    "ContactNumber",
    "AccountNumber",
    "ContactStatus",
    "Name",
    "FirstName",
    "LastName",
    "EmailAddress",
)


def show(org, record):
    """A whole contact, with both addresses and all four phones, empty ones included."""
    answer = {name: record[name] for name in LIGHT if record[name]}
    if record.get("MergedToContactID"):
        answer["MergedToContactID"] = record["MergedToContactID"]
    answer["EmailAddress"], answer["BankAccountDetails"] = record["EmailAddress"], record["BankAccountDetails"]
    for name in ("CompanyNumber", "TaxNumber", "AccountsReceivableTaxType", "AccountsPayableTaxType", "DefaultCurrency",
                 "SalesDefaultAccountCode", "PurchasesDefaultAccountCode", "PaymentTerms"):  # fmt: skip
        if record[name]:
            answer[name] = record[name]
    answer["Addresses"] = [
        {"AddressType": kind, **dict.fromkeys(("City", "Region", "PostalCode", "Country"), ""), **values}
        for kind, values in record["Addresses"].items()
    ]
    answer["Phones"] = [
        {"PhoneType": kind, **dict.fromkeys(PHONE_LIMITS, ""), **values} for kind, values in record["Phones"].items()
    ]
    return answer | {
        "UpdatedDateUTC": microsoft(record["UpdatedDateUTC"]),
        "ContactGroups": [],
        "IsSupplier": record["IsSupplier"],
        "IsCustomer": record["IsCustomer"],
        "SalesTrackingCategories": [],
        "PurchasesTrackingCategories": [],
        "ContactPersons": record["ContactPersons"],
        "HasValidationErrors": False,
    }


def show_light(_org, record):
    """``summaryOnly``: names and keys."""
    answer = {name: record[name] for name in LIGHT if record[name]}
    return answer | {
        "Addresses": [],
        "Phones": [],
        "UpdatedDateUTC": microsoft(record["UpdatedDateUTC"]),
        "ContactGroups": [],
        "IsSupplier": record["IsSupplier"],
        "IsCustomer": record["IsCustomer"],
        "ContactPersons": [],
        "HasValidationErrors": False,
    }


def show_refused(org, element, contact_id=None):
    """A refused element, as far as it can be shown: Xero gives a new one the zero GUID."""
    answer = {"ContactID": contact_id or known_id(element.get("ContactID"), org.contacts) or ZERO_GUID}
    answer |= {
        name: element[name] for name in LIGHT[1:] if isinstance(element.get(name), str) and name != "ContactStatus"
    }
    sent_addresses = element.get("Addresses")
    answer["Addresses"] = [
        {name: part[name] for name in ("AddressType", *ADDRESS_LIMITS) if isinstance(part.get(name), str)}
        for part in (sent_addresses if isinstance(sent_addresses, list) else ())
        if isinstance(part, dict) and part.get("AddressType") in ADDRESS_TYPES
    ]
    return answer | {"Phones": [], "ContactGroups": [], "ContactPersons": [], "HasValidationErrors": True}


def balances(org, record):
    """What the contact owes and is owed, in document currencies as they are; overdue by the organisation's day."""
    today = org.today()
    sums = {kind: {"Outstanding": Decimal("0.00"), "Overdue": Decimal("0.00")} for kind in ("ACCREC", "ACCPAY")}
    for invoice in org.invoices.find("contact", record["ContactID"]):
        if invoice["Status"] == "AUTHORISED":
            side = sums[invoice["Type"]]
            side["Outstanding"] += invoice["AmountDue"]
            if invoice["DueDate"] < today:
                side["Overdue"] += invoice["AmountDue"]
    return {"AccountsReceivable": sums["ACCREC"], "AccountsPayable": sums["ACCPAY"]}
