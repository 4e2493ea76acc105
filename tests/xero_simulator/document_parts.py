"""Contact, currency, link and amounts, under the same rules for everything that has them."""

from decimal import Decimal
from urllib.parse import urlsplit

from .arithmetic import round_half_up
from .contact_rules import clean_name, save_contact
from .problems import Invalid
from .reader import Reader

NO_CONTACT = "A Contact must be specified for this type of transaction"
ARCHIVED_CONTACT = (
    "The contact with the specified contact details has been archived. "
    "The contact must be un-archived before creating new invoices or credit notes."
)


def read_amount(reader, words):
    """``Amount``, which must be there: more than zero, at most 2 decimals. The messages are the simulator's own."""
    amount = reader.number("Amount")
    if amount is None:
        if not reader.has("Amount"):
            reader.fail("The Amount field is mandatory")
        return None
    if amount <= 0:
        reader.fail(f"The {words} amount must be greater than zero.")
    elif amount != round_half_up(amount):
        reader.fail(f"The {words} amount can have at most 2 decimals.")
    return round_half_up(amount)


def read_contact(org, reader, record):
    """Put the ``ContactID`` into ``record``. A contact that nobody has is made, one with other fields edited."""
    sent = reader.object("Contact")
    if sent is None:
        if record["ContactID"] is None:
            reader.fail(NO_CONTACT)
        return
    inner = Reader(sent, reader.errors)
    identifier = inner.guid("ContactID")
    known = org.contacts.get(identifier) if identifier else None
    if identifier and known is None:
        reader.fail(f"The contact with ContactID {identifier} could not be found.")
        return
    number = inner.text("ContactNumber", 50)
    known = known or (org.contact_by_number(number) if number else None)
    if known is not None and known["ContactStatus"] != "ACTIVE":
        reader.fail(ARCHIVED_CONTACT)
        return
    extra = {name: value for name, value in sent.items() if name != "ContactID" and value is not None}
    if known is None and not extra:
        reader.fail(NO_CONTACT)
        return
    if known is None and set(extra) == {"Name"}:
        known = org.contact_by_name(clean_name(inner.text("Name") or ""))
        extra = {} if known is not None else extra
    # Any other field beside the id edits the contact, as in Xero; a name that nobody has makes a new one.
    if extra:
        try:
            known = save_contact(org, extra, "upsert", known["ContactID"] if known else None)
        except Invalid as invalid:
            reader.errors.extend(invalid.messages)
            return
    record["ContactID"] = known["ContactID"]


def read_url(reader, record):
    """``Url``: the link to the source document."""
    url = reader.text("Url", 2_000)
    if url is not None:
        parts = urlsplit(url)
        if url and (parts.scheme not in ("http", "https") or not parts.netloc):
            reader.fail("Url must be a valid http or https address.")
        if "xero" in url.lower():
            reader.fail("Url must not contain the word 'Xero'.")
        record["Url"] = url


def mark_contact(org, record, sales):
    """An approved document makes its contact a customer or a supplier; that does not touch UpdatedDateUTC."""
    flag = "IsCustomer" if sales else "IsSupplier"
    contact = org.contacts[record["ContactID"]]
    if not contact[flag]:
        org.contacts.put({**contact, flag: True})


def read_currency(org, reader, record, warnings):
    """``CurrencyRate``: units of the document's currency per unit of the base currency, 6 decimals."""
    code = reader.text("CurrencyCode")
    changed = code is not None and code != record["CurrencyCode"]
    record["CurrencyCode"] = code or record["CurrencyCode"]
    if record["CurrencyCode"] not in org.currencies:
        reader.fail(f"Organisation is not subscribed to currency {record['CurrencyCode']}")
        return
    if record["CurrencyCode"] == org.currency:
        record["CurrencyRate"] = Decimal(1)
        return
    day_rate, rate = org.day_rate(record["CurrencyCode"]), reader.number("CurrencyRate")
    if rate is not None and rate <= 0:
        reader.fail("CurrencyRate must be greater than zero.")
    elif rate is not None:
        record["CurrencyRate"] = round_half_up(rate, 6)
        if not day_rate / org.rate_warning_factor <= rate <= day_rate * org.rate_warning_factor:
            warnings.append(f"The CurrencyRate {rate} is far from the day rate {day_rate}.")
    elif changed or record["CurrencyRate"] is None:
        record["CurrencyRate"] = day_rate
