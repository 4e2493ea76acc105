"""What Xero accepts as an invoice, a bill or a credit note, and what it makes of it.

Sources: Xero's Invoices and CreditNotes references, *Types* (statuses), and messages from public bug reports; where
those are about invoices only, the same words with "credit note" in them are the simulator's own.
"""

from decimal import Decimal

from .arithmetic import EXCLUSIVE, LINE_AMOUNT_TYPES, document_totals
from .document_match import find_document, number_holders
from .document_parts import mark_contact, read_contact, read_currency, read_url
from .documents import CREDIT_NOTE, ENDED, INVOICE
from .line_rules import ACCOUNT_MISSING, read_lines, recompute
from .listing import unit_places
from .problems import Invalid
from .reader import Reader
from .settlement import is_applied

CREATE_STATUSES = ("DRAFT", "SUBMITTED", "AUTHORISED")
TRANSITIONS = {
    "DRAFT": ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED"),
    "SUBMITTED": ("SUBMITTED", "DRAFT", "AUTHORISED", "DELETED"),
    "AUTHORISED": ("AUTHORISED", "VOIDED"),
}
KNOWN = {
    "Type", "Contact", "LineItems", "Date", "DueDate", "LineAmountTypes", "Reference", "BrandingThemeID", "Url",
    "CurrencyCode", "CurrencyRate", "Status", "SentToContact", "ExpectedPaymentDate", "PlannedPaymentDate", "SubTotal",
    "TotalTax", "Total", *(name for kind in (INVOICE, CREDIT_NOTE) for name in (kind.key, kind.number)),
}  # fmt: skip

BAD_CREATION = "{} not of valid status for creation"
BAD_MODIFICATION = "{} not of valid status for modification"
HAS_PAYMENTS = "This document cannot be edited as it has a payment or credit note allocated to it."
STATUS_HAS_PAYMENTS = (
    "The status {} cannot be applied to the {} because it has payments or credit notes allocated to it."
)
NOT_UNIQUE = "{} # must be unique."
NO_LINES = "One or more line items must be specified"
NO_DUE_DATE = "The document DueDate field must be specified."
WRONG_TOTAL = "The document total does not equal the sum of the lines."
APPROVED = ("AUTHORISED", "PAID", "VOIDED")
LIMIT_REACHED = "You have reached the limit of invoices you can approve."


def save_document(org, kind, element, mode, *, identifier=None, unitdp=2, creator=None):
    """Create or update an invoice or a credit note; returns the record and warnings.

    ``mode`` is ``create`` (PUT) or ``upsert`` (POST); ``identifier`` comes from the path; ``creator`` is a client id.
    """
    saving = _Saving(org, kind, element, unitdp)
    old = find_document(org, kind, saving.reader, mode, identifier)
    saving.stop_on_errors()
    record = saving.change(old) if old is not None else saving.create(creator)
    saving.stop_on_errors()
    record["UpdatedDateUTC"] = org.clock.now()
    return kind.records(org).put(record), saving.warnings


class _Saving:
    """One element on its way into the books."""

    def __init__(self, org, kind, element, unitdp):
        self.org, self.kind, self.unitdp = org, kind, unitdp
        self.errors, self.warnings = [], []
        self.reader = Reader(element, self.errors)

    def stop_on_errors(self):
        """Refuse the element when anything is wrong so far."""
        if self.errors:
            raise Invalid(*self.errors)

    # -- new and old ----------------------------------------------------------------------------------------------

    def create(self, creator):
        """A new document's record."""
        org, kind, reader = self.org, self.kind, self.reader
        document_type = reader.one_of("Type", (kind.sales, kind.purchase))
        if document_type is None and not reader.has("Type"):
            reader.fail("The Type field is mandatory")
        status = reader.text("Status") or "DRAFT"
        if status not in CREATE_STATUSES:
            reader.fail(self._named(BAD_CREATION))
        self.stop_on_errors()
        record = {
            kind.key: org.ids.guid(), "Type": document_type, "Status": status, "ContactID": None, kind.number: "",
            "Reference": "", "LineAmountTypes": EXCLUSIVE, "CurrencyCode": org.currency, "CurrencyRate": None,
            "SentToContact": False, "LineItems": [], "BrandingThemeID": None, "FullyPaidOnDate": None,
            **dict.fromkeys(kind.dates), "Date": org.today(), "_creator": creator,
        }  # fmt: skip
        if kind is INVOICE:
            record |= {"Url": "", "AmountPaid": Decimal("0.00"), "AmountCredited": Decimal("0.00")}
        self._fill(record, new=True)
        return record

    def change(self, old):
        """An existing document's new record."""
        reader = self.reader
        status = reader.text("Status") or old["Status"]
        applied = is_applied(self.org, old[self.kind.key])
        if status not in TRANSITIONS.get(old["Status"], ()):
            reader.fail(self._named(BAD_MODIFICATION))
        if applied:
            reader.fail(HAS_PAYMENTS)
        if applied and status in ENDED:
            reader.fail(STATUS_HAS_PAYMENTS.format(status, self.kind.words))
        if reader.has("Type") and reader.element["Type"] != old["Type"]:
            reader.fail(f"The Type of {self.kind.one} cannot be changed.")
        self._check_lock(old["Date"], status)
        self.stop_on_errors()
        record = {**old, "Status": status}
        if status in ENDED:
            return record | {self.kind.open_field: Decimal("0.00")}
        self._fill(record, new=False)
        return record

    def _named(self, message):
        return message.format(self.kind.words.capitalize())

    def _check_lock(self, day, status):
        drafts = status in ("DRAFT", "SUBMITTED", "DELETED")
        if (message := self.org.lock_message(day)) and (self.org.lock_dates_cover_drafts or not drafts):
            self.reader.fail(message)

    # -- fields ---------------------------------------------------------------------------------------------------

    def _fill(self, record, new):
        reader = self.reader
        read_contact(self.org, reader, record)
        self._dates(record)
        self._texts(record)
        read_currency(self.org, reader, record, self.warnings)
        types = reader.one_of("LineAmountTypes", LINE_AMOUNT_TYPES) or record["LineAmountTypes"]
        changed_types, record["LineAmountTypes"] = types != record["LineAmountTypes"], types
        sent = reader.objects("LineItems")
        if sent is not None:
            record["LineItems"] = read_lines(
                self.org, sent, self.errors, sales=self.kind.is_sales(record),
                discounts=record["Type"] == INVOICE.sales, approved=record["Status"] == "AUTHORISED",
                line_amount_types=types, unitdp=self.unitdp, old_lines=record["LineItems"],
            )  # fmt: skip
        elif changed_types and not new:
            record["LineItems"] = [recompute(self.org, line, types) for line in record["LineItems"]]
        self._check_approval(record, lines_sent=sent is not None)
        self.stop_on_errors()
        self._totals(record)
        self._number(record)

    def _dates(self, record):
        reader = self.reader
        for name in self.kind.dates:
            record[name] = reader.date(name) or record[name]
        self._check_lock(record["Date"], record["Status"])

    def _texts(self, record):
        reader = self.reader
        reference = reader.text("Reference", 255)
        if reference and not self.kind.is_sales(record):
            self.warnings.append(f"Reference is for {self.kind.sales} {self.kind.words}s only and was ignored.")
        elif reference is not None:
            record["Reference"] = reference
        if self.kind is INVOICE:
            read_url(reader, record)
        record["BrandingThemeID"] = reader.guid("BrandingThemeID") or record["BrandingThemeID"]
        sent = reader.boolean("SentToContact")
        if sent and record["Status"] != "AUTHORISED":
            reader.fail(f"SentToContact can be set only on {self.kind.words}s that have been approved.")
        elif sent is not None:
            record["SentToContact"] = sent

    def _check_approval(self, record, lines_sent):
        reader = self.reader
        if record["Status"] != "DRAFT" and not record["LineItems"]:
            reader.fail(NO_LINES)
        if record["Status"] != "AUTHORISED":
            return
        if record["DueDate"] is None and self.kind is INVOICE:
            reader.fail(NO_DUE_DATE)
        amounts = [line for line in record["LineItems"] if line["LineAmount"] is not None]
        if not lines_sent and any(line["AccountID"] is None for line in amounts):
            reader.fail(ACCOUNT_MISSING)
        self._check_plan(record)

    def _check_plan(self, record):
        """The smallest plan approves so many documents a month. Voided ones count: no source says that they do not."""
        limit = self.org.approvals_a_month.get(record["Type"])
        old = self.kind.records(self.org).get(record[self.kind.key])
        if limit is None or (old is not None and old["Status"] in APPROVED):
            return
        month = (record["Date"].year, record["Date"].month)
        approved = sum(
            other["Type"] == record["Type"]
            and other["Status"] in APPROVED
            and (other["Date"].year, other["Date"].month) == month
            for other in self.kind.records(self.org).values()
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
        record[self.kind.open_field] = totals.total
        if record["Status"] == "AUTHORISED" and totals.total == 0:
            record |= {"Status": "PAID", "FullyPaidOnDate": record["Date"]}
        self.stop_on_errors()
        if record["Status"] in ("AUTHORISED", "PAID"):
            mark_contact(self.org, record, self.kind.is_sales(record))

    def _number(self, record):
        kind = self.kind
        sent = self.reader.text(kind.number, 255)
        if sent:
            record[kind.number] = sent
        if not kind.is_sales(record):
            return
        if not record[kind.number]:
            record[kind.number] = self.org.next_number(kind)
        holders = number_holders(self.org, kind, kind.sales, record[kind.number])
        if any(found[kind.key] != record[kind.key] for found in holders):
            self.reader.fail(self._named(NOT_UNIQUE))


def save_from_api(context, kind, element, mode, identifier=None):
    """``save_document`` for a call of the API."""
    return save_document(
        context.organisation, kind, element, mode, identifier=identifier, unitdp=unit_places(context),
        creator=context.app.client_id,
    )  # fmt: skip
