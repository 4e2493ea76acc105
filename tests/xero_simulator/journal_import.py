"""Xero's import of manual journals from a CSV file.

Source: Xero's help *Import multiple manual journals*: columns, formats, 300 lines, one narration and date for each
journal, blank ones for "as above", positive amounts are debits, everything arrives as a draft. Not confirmed:

- what Xero says about mistakes: all messages are those of the API or the simulator's own, with the line of the file;
- that one mistake refuses the whole file, and that a tax rate's name must be written exactly as in the settings;
- how amounts with tax are taken. Here a journal whose lines all carry the rate of "no tax" is ``NoTax``; any other is
  ``Exclusive``, so that every line keeps its rate, and has to balance with the tax on top.
"""

import csv
import io
import re
from datetime import date
from decimal import Decimal

from .arithmetic import EXCLUSIVE, NO_TAX
from .dates import MONTHS
from .journal_line_rules import read_journal_line
from .journal_rules import save_manual_journal
from .problems import Invalid
from .reader import Reader

HEADER = (
    "*Narration", "*Date", "Description", "*AccountCode", "*TaxRate", "*Amount", "TrackingName1", "TrackingOption1",
    "TrackingName2", "TrackingOption2",
)  # fmt: skip
MAX_LINES = 300
NUMBERS = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
WORDS = re.compile(r"(\d{1,2}) ([A-Za-z]{3}) (\d{4})")
AMOUNT = re.compile(r"-?\d+(\.\d+)?")


def import_journals(org, data):
    """Make draft journals from a file, in its order, or raise ``Invalid`` with all that is wrong, line by line."""
    errors, journals, above = [], {}, ("", None)
    for number, row in rows_of(text_of(org, data)):
        messages = []
        cells = dict(zip(HEADER, row, strict=True))
        above = _journal_of(cells, above, messages)
        element = _line_of(org, cells, messages)
        journals.setdefault(above, []).append((number, element))
        errors += [f"Line {number}: {message}" for message in messages]
    if errors:
        raise Invalid(*errors)
    made = []
    for (narration, day), lines in journals.items():
        try:
            made.append(_save(org, narration, day, [element for _number, element in lines]))
        except Invalid as invalid:
            errors += [f"Line {lines[0][0]}: {message}" for message in invalid.messages]
    if errors:
        raise Invalid(*errors)
    return made


def text_of(org, data):
    """The file as Xero reads it. One real import garbled text outside ASCII, as a reader of Windows files does."""
    data = data.encode() if isinstance(data, str) else data
    return data.removeprefix(b"\xef\xbb\xbf").decode(org.journal_import_encoding, "replace")


def rows_of(text):
    """``(line of the file, cells)`` of each row under the header; rows of nothing but commas are left out."""
    reader, rows, line = csv.reader(io.StringIO(text, newline=""), strict=True), [], 1
    try:
        for row in reader:
            if line == 1 and tuple(row) != HEADER:
                raise Invalid(f"Line 1: The header must be {','.join(HEADER)}")
            cells = [cell.strip() for cell in row]
            if line > 1 and any(cells):
                if len(cells) != len(HEADER):
                    raise Invalid(f"Line {line}: The line has {len(cells)} columns instead of {len(HEADER)}.")
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise Invalid(f"Line {line}: The file is not a CSV file: {error}") from error
    if not rows:
        raise Invalid("The file has no journal lines.")
    if len(rows) > MAX_LINES:
        raise Invalid(f"The file has {len(rows)} lines; at most {MAX_LINES} can be imported at once.")
    return rows


def _journal_of(cells, above, messages):
    """The narration and the date that a row belongs to: its own, or those of the row above when both are blank."""
    narration, written = cells["*Narration"], cells["*Date"]
    if not narration and not written and above[0]:
        return above
    messages += [f"{name} is mandatory." for name in ("*Narration", "*Date") if not cells[name]]
    day = parse_day(written)
    if written and day is None:
        messages.append(f"The date '{written}' is not in the format dd/mm/yyyy or dd mmm yyyy.")
    return narration, day


def parse_day(text):
    """The date of ``30/6/2015`` or ``30 Jun 2015``, or nothing."""
    if match := NUMBERS.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif (match := WORDS.fullmatch(text)) and match[2].capitalize() in MONTHS:
        day, month, year = int(match[1]), MONTHS.index(match[2].capitalize()) + 1, int(match[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _line_of(org, cells, messages):
    """A row as a journal line of the API, tried out as one."""
    found = len(messages)
    messages += [f"{name} is mandatory." for name in ("*AccountCode", "*TaxRate", "*Amount") if not cells[name]]
    name, amount = cells["*TaxRate"], cells["*Amount"]
    rate = next((rate for rate in org.tax_rates.values() if rate["Name"] == name and rate["Status"] == "ACTIVE"), None)
    if name and rate is None:
        messages.append(f"The tax rate '{name}' does not exist.")
    if amount and not AMOUNT.fullmatch(amount):
        messages.append(f"The amount '{amount}' is not a number.")
    if len(messages) > found:
        return None
    element = {
        "Description": cells["Description"], "AccountCode": cells["*AccountCode"], "TaxType": rate["TaxType"],
        "LineAmount": Decimal(amount), "Tracking": _tracking(cells, messages),
    }  # fmt: skip
    # A warning would be lost here, so what is one in the API stops the import.
    read_journal_line(org, Reader(element, messages), messages, EXCLUSIVE)
    return element


def _tracking(cells, messages):
    """The tracking entries of a row: a category and an option, or neither."""
    entries = []
    for place in ("1", "2"):
        name, option = cells[f"TrackingName{place}"], cells[f"TrackingOption{place}"]
        if bool(name) != bool(option):
            messages.append(f"TrackingName{place} and TrackingOption{place} go together.")
        elif name:
            entries.append({"Name": name, "Option": option})
    return entries


def _save(org, narration, day, lines):
    no_tax = org.chart_rules.TAX_ROLES["none"]
    types = NO_TAX if all(line["TaxType"] == no_tax for line in lines) else EXCLUSIVE
    element = {"Narration": narration, "Date": day, "LineAmountTypes": types, "JournalLines": lines}
    return save_manual_journal(org, element, "create")[0]
