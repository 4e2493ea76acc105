"""What Xero accepts as an invoice or a bill, and what it makes of it.

Sources: Xero's Invoices reference and *Types* (statuses), and messages from public bug reports.
"""

from decimal import Decimal
from urllib.parse import urlsplit

from .arithmetic import EXCLUSIVE, LINE_AMOUNT_TYPES, document_totals, round_half_up
from .contact_rules import clean_name, save_contact
from .invoice_match import BILL, ENDED, SALES, find_invoice, number_holders
from .line_rules import read_lines, recompute
from .listing import unit_places
from .problems import Invalid
from .reader import Reader

CREATE_STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED")
TRANSITIONS = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("SUBMITTED", "DRAFT", "AUTHORISED", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
}
KNOWN = {
    "InvoiceID", "Type", "Contact", "LineItems", "Date", "DueDate", "LineAmountTypes", "InvoiceNumber", "Reference",
    "BrandingThemeID", "Url", "CurrencyCode", "CurrencyRate", "Status", "SentToContact", "ExpectedPaymentDate",
    "PlannedPaymentDate", "SubTotal", "TotalTax", "Total",
}  # fmt: skip

BAD_CREATION = "Invoice not of valid status for creation"
BAD_MODIFICATION = "Invoice not of valid status for modification"
HAS_PAYMENTS = "This document cannot be edited as it has a payment or credit note allocated to it."
STATUS_HAS_PAYMENTS = (
    "The status {} cannot be applied to the invoice because it has payments or credit notes allocated to it."
)
NOT_UNIQUE = "Invoice # must be unique."
NO_CONTACT = "A Contact must be specified for this type of transaction"
NO_LINES = "One or more line items must be specified"
NO_DUE_DATE = "The document DueDate field must be specified."
WRONG_TOTAL = "The document total does not equal the sum of the lines."
APPROVED = ("AUTHORISED", "PAID", "VOIDED")
LIMIT_REACHED = "You have reached the limit of invoices you can approve."
ARCHIVED_CONTACT = (
    "The contact with the specified contact details has been archived. "
    "The contact must be un-archived before creating new invoices or credit notes."
)


def save_invoice(org, element, mode, *, invoice_id=None, unitdp=2, creator=None):
    """Create or update an invoice; returns the record and warnings.

    ``mode`` is ``create`` (PUT) or ``upsert`` (POST); ``invoice_id`` comes from the path; ``creator`` is a client id.
    """
    saving = _Saving(org, element, unitdp)
    old = find_invoice(org, saving.reader, mode, invoice_id)
    saving.stop_on_errors()
    record = saving.change(old) if old is not None else saving.create(creator)
    saving.stop_on_errors()
    record["UpdatedDateUTC"] = org.clock.now()
    return org.invoices.put(record), saving.warnings


class _Saving:
    """One element on its way into the books."""

    def __init__(self, org, element, unitdp):
        self.org, self.unitdp = org, unitdp
        self.errors, self.warnings = [], []
        self.reader = Reader(element, self.errors)

    def stop_on_errors(self):
        """Refuse the element when anything is wrong so far."""
        if self.errors:
            raise Invalid(*self.errors)

    # -- new and old ----------------------------------------------------------------------------------------------

    def create(self, creator):
        """A new invoice's record."""
        org, reader = self.org, self.reader
        kind = reader.one_of("Type", (SALES, BILL))
        if kind is None and not reader.has("Type"):
            reader.fail("The Type field is mandatory")
        status = reader.text("Status") or "DRAFT"
        if status not in CREATE_STATUSES:
            reader.fail(BAD_CREATION)
        self.stop_on_errors()
        record = {
            "InvoiceID": org.ids.guid(), "Type": kind, "Status": status, "ContactID": None, "InvoiceNumber": "",
            "Reference": "", "Url": "", "Date": org.today(), "DueDate": None, "LineAmountTypes": EXCLUSIVE,
            "CurrencyCode": org.currency, "CurrencyRate": None, "SentToContact": False, "LineItems": [],
            "BrandingThemeID": None, "ExpectedPaymentDate": None, "PlannedPaymentDate": None, "Payments": [],
            "AmountPaid": Decimal("0.00"), "AmountCredited": Decimal("0.00"), "FullyPaidOnDate": None,
            "_creator": creator,
        }  # fmt: skip
        self._fill(record, new=True)
        return record

    def change(self, old):
        """An existing invoice's new record."""
        reader = self.reader
        status = reader.text("Status") or old["Status"]
        applied = bool(old["AmountPaid"] or old["AmountCredited"])
        if status not in TRANSITIONS.get(old["Status"], ()):
            reader.fail(BAD_MODIFICATION)
        if applied:
            reader.fail(HAS_PAYMENTS)
        if applied and status in ENDED:
            reader.fail(STATUS_HAS_PAYMENTS.format(status))
        if reader.has("Type") and reader.element["Type"] != old["Type"]:
            reader.fail("The Type of an invoice cannot be changed.")
        self._check_lock(old["Date"], status)
        self.stop_on_errors()
        record = {**old, "Status": status}
        if status in ENDED:
            return record | {"AmountDue": Decimal("0.00")}
        self._fill(record, new=False)
        return record

    def _check_lock(self, day, status):
        drafts = status in ("DRAFT", "SUBMITTED", "DELETED")
        if (message := self.org.lock_message(day)) and (self.org.lock_dates_cover_drafts or not drafts):
            self.reader.fail(message)

    # -- fields ---------------------------------------------------------------------------------------------------

    def _fill(self, record, new):
        reader = self.reader
        self._contact(record)
        self._dates(record)
        self._texts(record)
        self._currency(record)
        types = reader.one_of("LineAmountTypes", LINE_AMOUNT_TYPES) or record["LineAmountTypes"]
        changed_types, record["LineAmountTypes"] = types != record["LineAmountTypes"], types
        sent = reader.objects("LineItems")
        if sent is not None:
            record["LineItems"] = read_lines(
                self.org, sent, self.errors, sales=record["Type"] == SALES, approved=record["Status"] == "AUTHORISED",
                line_amount_types=types, unitdp=self.unitdp, old_lines=record["LineItems"],
            )  # fmt: skip
        elif changed_types and not new:
            record["LineItems"] = [recompute(self.org, line, types) for line in record["LineItems"]]
        self._check_approval(record, lines_sent=sent is not None)
        self.stop_on_errors()
        self._totals(record)
        self._number(record)

    def _contact(self, record):
        reader, org = self.reader, self.org
        sent = reader.object("Contact")
        if sent is None:
            if record["ContactID"] is None:
                reader.fail(NO_CONTACT)
            return
        inner = Reader(sent, self.errors)
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
                self.errors.extend(invalid.messages)
                return
        record["ContactID"] = known["ContactID"]

    def _dates(self, record):
        reader = self.reader
        for name in ("Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate"):
            record[name] = reader.date(name) or record[name]
        self._check_lock(record["Date"], record["Status"])

    def _texts(self, record):
        reader = self.reader
        reference = reader.text("Reference", 255)
        if reference and record["Type"] == BILL:
            self.warnings.append("Reference is for ACCREC invoices only and was ignored.")
        elif reference is not None:
            record["Reference"] = reference
        url = reader.text("Url", 2_000)
        if url is not None:
            parts = urlsplit(url)
            if url and (parts.scheme not in ("http", "https") or not parts.netloc):
                reader.fail("Url must be a valid http or https address.")
            if "xero" in url.lower():
                reader.fail("Url must not contain the word 'Xero'.")
            record["Url"] = url
        record["BrandingThemeID"] = reader.guid("BrandingThemeID") or record["BrandingThemeID"]
        sent = reader.boolean("SentToContact")
        if sent and record["Status"] != "AUTHORISED":
            reader.fail("SentToContact can be set only on invoices that have been approved.")
        elif sent is not None:
            record["SentToContact"] = sent

    def _currency(self, record):
        """``CurrencyRate``: units of the document's currency per unit of the base currency, 6 decimals."""
        org, reader = self.org, self.reader
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
                self.warnings.append(f"The CurrencyRate {rate} is far from the day rate {day_rate}.")
        elif changed or record["CurrencyRate"] is None:
            record["CurrencyRate"] = day_rate

    def _check_approval(self, record, lines_sent):
        reader = self.reader
        if record["Status"] != "DRAFT" and not record["LineItems"]:
            reader.fail(NO_LINES)
        if record["Status"] != "AUTHORISED":
            return
        if record["DueDate"] is None:
            reader.fail(NO_DUE_DATE)
        amounts = [line for line in record["LineItems"] if line["LineAmount"] is not None]
        if not lines_sent and any(line["AccountID"] is None for line in amounts):
            reader.fail("Account code must be specified")
        self._check_plan(record)

    def _check_plan(self, record):
        """The smallest plan approves so many documents a month. Voided ones count: no source says that they do not."""
        limit, old = self.org.approvals_a_month.get(record["Type"]), self.org.invoices.get(record["InvoiceID"])
        if limit is None or (old is not None and old["Status"] in APPROVED):
            return
        month = (record["Date"].year, record["Date"].month)
        approved = sum(
            other["Type"] == record["Type"]
            and other["Status"] in APPROVED
            and (other["Date"].year, other["Date"].month) == month
            for other in self.org.invoices.values()
        )
        if approved >= limit:
            self.reader.fail(LIMIT_REACHED)

    def _totals(self, record):
        reader = self.reader
        amounts = [line for line in record["LineItems"] if line["LineAmount"] is not None]
        pairs = [(line["LineAmount"], line["TaxAmount"]) for line in amounts]
        totals = document_totals(pairs, record["LineAmountTypes"])
        record |= {"SubTotal": totals.sub_total, "TotalTax": totals.total_tax, "Total": totals.total}
        for name in ("SubTotal", "TotalTax", "Total"):
            sent = reader.number(name)
            if sent is not None and sent != record[name]:
                reader.fail(WRONG_TOTAL)
        if totals.total < 0:
            reader.fail("The Total for this document must be greater than or equal to zero.")
        record["TotalDiscount"] = sum((line["_discount"] for line in amounts), Decimal("0.00"))
        record["AmountDue"] = totals.total
        if record["Status"] == "AUTHORISED" and totals.total == 0:
            record |= {"Status": "PAID", "FullyPaidOnDate": record["Date"]}
        self.stop_on_errors()
        if record["Status"] in ("AUTHORISED", "PAID"):
            self._mark_contact(record)

    def _mark_contact(self, record):
        """An approved document makes its contact a customer or a supplier; that does not touch UpdatedDateUTC."""
        flag = "IsCustomer" if record["Type"] == SALES else "IsSupplier"
        contact = self.org.contacts[record["ContactID"]]
        if not contact[flag]:
            self.org.contacts.put({**contact, flag: True})

    def _number(self, record):
        sent = self.reader.text("InvoiceNumber", 255)
        if sent:
            record["InvoiceNumber"] = sent
        if record["Type"] == BILL:
            return
        if not record["InvoiceNumber"]:
            record["InvoiceNumber"] = self.org.next_invoice_number()
        holders = number_holders(self.org, SALES, record["InvoiceNumber"])
        if any(found["InvoiceID"] != record["InvoiceID"] for found in holders):
            self.reader.fail(NOT_UNIQUE)


def save_from_api(context, element, mode, invoice_id=None):
    """``save_invoice`` for a call of the API."""
    return save_invoice(
        context.organisation, element, mode, invoice_id=invoice_id, unitdp=unit_places(context),
        creator=context.app.client_id,
    )  # fmt: skip
