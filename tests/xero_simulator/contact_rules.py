"""What Xero accepts as a contact.

Source: Xero's Contacts reference (field lengths, unique names, ContactNumber as external key, five contact persons) and
its Types page. Saving goes by ``ContactID``, else ``ContactNumber``, else an active contact's ``Name``.
"""

import re

from .ids import ZERO_GUID, is_guid, normal_guid
from .problems import Invalid
from .reader import Reader

ADDRESS_TYPES = ("POBOX", "STREET")
ADDRESS_LIMITS = {
    "AddressLine1": 500, "AddressLine2": 500, "AddressLine3": 500, "AddressLine4": 500, "City": 255, "Region": 255,
    "PostalCode": 50, "Country": 50, "AttentionTo": 255,
}  # fmt: skip
PHONE_TYPES = ("DEFAULT", "DDI", "MOBILE", "FAX")
PHONE_LIMITS = {"PhoneNumber": 50, "PhoneAreaCode": 10, "PhoneCountryCode": 20}
TEXT_LIMITS = {
    "ContactNumber": 50, "AccountNumber": 50, "FirstName": 255, "LastName": 255, "CompanyNumber": 50,
    "EmailAddress": 255, "TaxNumber": 50, "BankAccountDetails": 255, "SalesDefaultAccountCode": 10,
    "PurchasesDefaultAccountCode": 10, "AccountsReceivableTaxType": 50, "AccountsPayableTaxType": 50,
}  # fmt: skip
TERM_TYPES = ("DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH")
MAX_PERSONS = 5
# ASCII only: Xero says "umlauts not supported".
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)+")
KNOWN = {
    "ContactID", "Name", "ContactStatus", "Addresses", "Phones", "ContactPersons", "DefaultCurrency", "PaymentTerms",
    *TEXT_LIMITS,
}  # fmt: skip

NAME_TAKEN = (
    "The contact name {} is already assigned to another contact. "
    "The contact name must be unique across all active contacts."
)
NUMBER_TAKEN = (
    "The contact number {} is already assigned to another contact. "
    "The contact number must be unique across all contacts."
)
NO_PRIMARY_EMAIL = "Additional people cannot be added when the primary person has no email address set."
ARCHIVED_EDIT = "Archived contacts cannot currently be edited via the API."


def blank_contact(org):
    """A contact with nothing in it."""
    return {
        "ContactID": org.ids.guid(),
        "ContactStatus": "ACTIVE",
        "Name": "",
        **dict.fromkeys(TEXT_LIMITS, ""),
        "DefaultCurrency": "",
        "Addresses": {kind: {} for kind in ADDRESS_TYPES},
        "Phones": {kind: {} for kind in PHONE_TYPES},
        "ContactPersons": [],
        "PaymentTerms": {},
        "IsSupplier": False,
        "IsCustomer": False,
    }


def save_contact(org, element, mode, contact_id=None):
    """Create or update a contact and return the record.

    ``mode`` is ``create`` (PUT) or ``upsert`` (POST); ``contact_id`` comes from the path.
    """
    errors = []
    reader = Reader(element, errors)
    old = find_contact(org, reader, mode, contact_id)
    if errors:
        raise Invalid(*errors)
    if old is not None and old["ContactStatus"] != "ACTIVE":
        raise Invalid(ARCHIVED_EDIT)
    record = dict(old) if old is not None else blank_contact(org)
    read_fields(org, reader, record)
    check_unique(org, reader, record)
    status = reader.one_of("ContactStatus", ("ACTIVE", "ARCHIVED"))
    if status == "ARCHIVED" and old is None:
        reader.fail("The status 'ARCHIVED' is not valid for contacts")
    if errors:
        raise Invalid(*errors)
    record["ContactStatus"] = status or record["ContactStatus"]
    record["UpdatedDateUTC"] = org.clock.now()
    return org.contacts.put(record)


def find_contact(org, reader, mode, contact_id=None):
    """The contact that the element means, or nothing for a new one."""
    sent = reader.guid("ContactID")
    if contact_id is not None and sent not in (None, ZERO_GUID, contact_id):
        reader.fail("The ContactID of the body is not the one of the URL.")
    identifier = contact_id or (sent if sent != ZERO_GUID else None)
    if identifier is not None:
        if mode == "create":
            reader.fail("A contact with this ContactID cannot be created: use POST to update it.")
        elif identifier not in org.contacts:
            reader.fail(f"The contact with ContactID {identifier} could not be found.")
        return org.contacts.get(identifier)
    if mode == "create":
        return None
    number = reader.element.get("ContactNumber")
    if isinstance(number, str) and number and (found := org.contact_by_number(number)):
        return found
    name = reader.element.get("Name")
    found = org.contact_by_name(clean_name(name)) if isinstance(name, str) and name else None
    # A name that belongs to a contact with another external key is no match: it stays taken.
    if found is not None and number and found["ContactNumber"]:
        return None
    return found


def clean_name(name):
    """Xero trims names and joins repeated spaces."""
    return " ".join(name.split())


def read_fields(org, reader, record):
    """Copy what was sent into ``record``; what was not sent stays."""
    name = reader.text("Name", 255)
    if name is not None:
        record["Name"] = clean_name(name)
        if "<" in name or ">" in name:
            reader.fail("The contact name cannot contain the characters < or >.")
    if not record["Name"] and not (reader.errors and reader.has("Name")):
        reader.fail("Contact Name cannot be empty.")
    for field, limit in TEXT_LIMITS.items():
        value = reader.text(field, limit)
        if value is not None:
            record[field] = value.strip()
    if reader.has("EmailAddress") and record["EmailAddress"] and not EMAIL.fullmatch(record["EmailAddress"]):
        reader.fail("Email address must be valid.")
    _check_defaults(org, reader, record)
    record["Addresses"] = _by_type(reader, record, "Addresses", "AddressType", ADDRESS_TYPES, ADDRESS_LIMITS)
    record["Phones"] = _by_type(reader, record, "Phones", "PhoneType", PHONE_TYPES, PHONE_LIMITS)
    _read_persons(reader, record)
    _read_terms(reader, record)


def _check_defaults(org, reader, record):
    """Defaults for documents must exist in the organisation."""
    currency = reader.text("DefaultCurrency")
    if currency:
        if currency not in org.currencies:
            reader.fail(f"Organisation is not subscribed to currency {currency}")
        record["DefaultCurrency"] = currency
    for field in ("AccountsReceivableTaxType", "AccountsPayableTaxType"):
        if reader.has(field) and record[field] and record[field] not in org.tax_rates:
            reader.fail(f"The TaxType code '{record[field]}' does not exist.")
    for field in ("SalesDefaultAccountCode", "PurchasesDefaultAccountCode"):
        if reader.has(field) and record[field] and org.account_by_code(record[field]) is None:
            reader.fail(f"Account code '{record[field]}' is not a valid code.")


def _by_type(reader, record, field, type_field, types, limits):
    """Addresses and phones: a type that was sent is replaced, the others stay."""
    kept, seen = dict(record[field]), set()
    for part in reader.objects(field) or ():
        inner = Reader(part, reader.errors)
        kind = inner.text(type_field)
        if kind not in types:
            reader.fail(f"{type_field} '{kind}' is not valid for contacts.")
            continue
        if kind in seen:
            reader.fail(f"{type_field} '{kind}' was specified more than once.")
        seen.add(kind)
        values = {name: inner.text(name, limit) for name, limit in limits.items()}
        kept[kind] = {name: value for name, value in values.items() if value}
    return kept


def _read_persons(reader, record):
    """Contact persons that were not sent are gone once the list was sent."""
    sent = reader.objects("ContactPersons")
    if sent is None:
        return
    if len(sent) > MAX_PERSONS:
        reader.fail(f"A contact can have at most {MAX_PERSONS} contact persons.")
    if sent and not record["EmailAddress"]:
        reader.fail(NO_PRIMARY_EMAIL)
    persons = []
    for part in sent:
        inner = Reader(part, reader.errors)
        email = inner.text("EmailAddress", 255) or ""
        if email and not EMAIL.fullmatch(email):
            reader.fail("Email address must be valid.")
        persons.append(
            {
                "FirstName": inner.text("FirstName", 255) or "",
                "LastName": inner.text("LastName", 255) or "",
                "EmailAddress": email,
                "IncludeInEmails": bool(inner.boolean("IncludeInEmails")),
            }
        )
    record["ContactPersons"] = persons


def _read_terms(reader, record):
    terms = reader.object("PaymentTerms")
    if terms is None:
        return
    result = {}
    for side in ("Bills", "Sales"):
        part = Reader(terms, reader.errors).object(side)
        if part is None:
            continue
        inner = Reader(part, reader.errors)
        day, kind = inner.number("Day"), inner.one_of("Type", TERM_TYPES)
        if day is None or kind is None or day != int(day) or not 0 <= day <= 365:
            reader.fail("PaymentTerms need a Day and a Type.")
            continue
        result[side] = {"Day": int(day), "Type": kind}
    record["PaymentTerms"] = result


def check_unique(org, reader, record):
    """Names are unique among active contacts; external keys and account numbers among all, archived ones included."""
    own = record["ContactID"]
    if record["Name"] and any(
        other["ContactID"] != own for other in org.contacts.find("name", record["Name"].casefold())
    ):
        reader.fail(NAME_TAKEN.format(record["Name"]))
    for field, index, taken in (
        ("ContactNumber", "number", NUMBER_TAKEN),
        ("AccountNumber", "account_number", "The AccountNumber {} is already assigned to another contact."),
    ):
        value = record[field]
        if value and any(other["ContactID"] != own for other in org.contacts.find(index, value.casefold())):
            reader.fail(taken.format(value))


def find_by_path(org, key):
    """The contact of ``/Contacts/{ContactID or ContactNumber}``, or nothing."""
    if is_guid(key):
        return org.contacts.get(normal_guid(key))
    return org.contact_by_number(key)
