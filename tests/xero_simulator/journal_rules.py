"""What Xero accepts as a manual journal, and what it makes of it.

Sources: Xero's ManualJournals reference (mandatory fields and defaults), *Types* (statuses: a draft is deleted, a
posted journal voided), its OpenAPI description (the words about debits and credits). A posted journal can be updated,
the reference says. Not confirmed: all other messages, and that a few fields will do in an update.
"""

from decimal import Decimal

from .arithmetic import EXCLUSIVE, LINE_AMOUNT_TYPES, NO_TAX
from .document_parts import read_url
from .documents import ENDED
from .ids import ZERO_GUID
from .journal_line_rules import read_journal_lines
from .line_rules import ACCOUNT_MISSING, recompute
from .problems import Invalid
from .reader import Reader

CREATE_STATUSES = ("DRAFT", "POSTED")
TRANSITIONS = {"DRAFT": ("DRAFT", "POSTED", "DELETED"), "POSTED": ("POSTED", "VOIDED")}
KNOWN = {
    "ManualJournalID", "Narration", "JournalLines", "Date", "LineAmountTypes", "Status", "Url",
    "ShowOnCashBasisReports",
}  # fmt: skip

BAD_CREATION = "Journal not of valid status for creation"
BAD_MODIFICATION = "Journal not of valid status for modification"
NO_NARRATION = "The Narration field is mandatory"
TOO_FEW_LINES = "The JournalLines element must contain at least two individual JournalLine sub-elements."
UNBALANCED = "The total debits ({}) must equal total credits ({})"
ONLY_ZEROS = "At least two journal lines must have an amount other than zero."


def save_manual_journal(org, element, mode, identifier=None):
    """Create or update a manual journal; returns the record and warnings.

    ``mode`` is ``create`` (PUT) or ``upsert`` (POST); ``identifier`` comes from the path.
    """
    saving = _Saving(org, element)
    old = saving.find(mode, identifier)
    saving.stop_on_errors()
    record = saving.change(old) if old is not None else saving.create()
    saving.stop_on_errors()
    record["UpdatedDateUTC"] = org.clock.now()
    return org.manual_journals.put(record), saving.warnings


class _Saving:
    """One element on its way into the books."""

    def __init__(self, org, element):
        self.org, self.errors, self.warnings = org, [], []
        self.reader = Reader(element, self.errors)

    def stop_on_errors(self):
        """Refuse the element when anything is wrong so far."""
        if self.errors:
            raise Invalid(*self.errors)

    def find(self, mode, identifier):
        """The journal that the element means, or nothing for a new one. Narrations need not be unique."""
        reader, sent = self.reader, self.reader.guid("ManualJournalID")
        if identifier is not None and sent not in (None, ZERO_GUID, identifier):
            reader.fail("The ManualJournalID of the body is not the one of the URL.")
        identifier = identifier or (sent if sent != ZERO_GUID else None)
        if identifier is None:
            return None
        if mode == "create":
            reader.fail("A manual journal with this ManualJournalID cannot be created: use POST to update it.")
        elif identifier not in self.org.manual_journals:
            reader.fail(f"The manual journal with ManualJournalID {identifier} could not be found.")
        return self.org.manual_journals.get(identifier)

    def create(self):
        """A new journal's record."""
        status = self.reader.text("Status") or "DRAFT"
        if status not in CREATE_STATUSES:
            self.reader.fail(BAD_CREATION)
        self.stop_on_errors()
        record = {
            "ManualJournalID": self.org.ids.guid(), "Narration": "", "Date": self.org.today(), "Status": status,
            "LineAmountTypes": NO_TAX, "JournalLines": [], "Url": "", "ShowOnCashBasisReports": True,
        }  # fmt: skip
        self._fill(record)
        return record

    def change(self, old):
        """An existing journal's new record."""
        status = self.reader.text("Status") or old["Status"]
        if status not in TRANSITIONS.get(old["Status"], ()):
            self.reader.fail(BAD_MODIFICATION)
        self._check_lock(old["Date"], status)
        self.stop_on_errors()
        record = {**old, "Status": status}
        if status not in ENDED:
            self._fill(record)
        return record

    def _check_lock(self, day, status):
        drafts = status in ("DRAFT", "DELETED")
        if (message := self.org.lock_message(day)) and (self.org.lock_dates_cover_drafts or not drafts):
            self.reader.fail(message)

    def _fill(self, record):
        reader = self.reader
        narration = reader.text("Narration", 4_000)
        record["Narration"] = record["Narration"] if narration is None else narration.strip()
        if not record["Narration"]:
            reader.fail(NO_NARRATION)
        record["Date"] = reader.date("Date") or record["Date"]
        self._check_lock(record["Date"], record["Status"])
        read_url(reader, record)
        shown = reader.boolean("ShowOnCashBasisReports")
        record["ShowOnCashBasisReports"] = record["ShowOnCashBasisReports"] if shown is None else shown
        self._lines(record)

    def _lines(self, record):
        types = self.reader.one_of("LineAmountTypes", LINE_AMOUNT_TYPES) or record["LineAmountTypes"]
        changed_types, record["LineAmountTypes"] = types != record["LineAmountTypes"], types
        sent = self.reader.objects("JournalLines")
        if sent is not None:
            record["JournalLines"] = read_journal_lines(self.org, sent, self.errors, self.warnings, types)
        elif changed_types:
            record["JournalLines"] = [recompute(self.org, line, types) for line in record["JournalLines"]]
        lines = [line for line in record["JournalLines"] if not line["IsBlank"]]
        if len(lines) < 2:
            self.reader.fail(TOO_FEW_LINES)
        self.stop_on_errors()
        # Only a draft may have lost an unknown account.
        if record["Status"] == "POSTED" and any(line["AccountID"] is None for line in lines):
            self.reader.fail(ACCOUNT_MISSING)
        self._check_balance(lines, types)

    def _check_balance(self, lines, types):
        """Debits and credits with their tax, which comes on top of exclusive amounts and is inside inclusive ones.

        Not confirmed: that tax counts, and that a journal of nothing but zeros is refused.
        """
        amounts = [line["LineAmount"] + (line["TaxAmount"] if types == EXCLUSIVE else 0) for line in lines]
        debits = sum((amount for amount in amounts if amount > 0), Decimal("0.00"))
        credits = sum((amount for amount in amounts if amount < 0), Decimal("0.00"))
        if debits + credits != 0:
            self.reader.fail(UNBALANCED.format(debits, credits))
        elif debits == 0:
            self.reader.fail(ONLY_ZEROS)
