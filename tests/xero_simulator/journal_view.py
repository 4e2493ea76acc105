"""How Xero shows a manual journal."""

from .dates import microsoft, parse_date
from .ids import ZERO_GUID, known_id

STATUSES = ("DRAFT", "POSTED", "DELETED", "VOIDED")


def show_journal(org, record, lines=True):
    """A manual journal. Lists without pages show no lines."""
    answer = {
        "Date": microsoft(record["Date"]),
        "Status": record["Status"],
        "LineAmountTypes": record["LineAmountTypes"],
        "UpdatedDateUTC": microsoft(record["UpdatedDateUTC"]),
        "ManualJournalID": record["ManualJournalID"],
        "Narration": record["Narration"],
        "JournalLines": [show_journal_line(org, line) for line in record["JournalLines"]] if lines else [],
        "ShowOnCashBasisReports": record["ShowOnCashBasisReports"],
        "HasAttachments": False,
    }
    return answer | ({"Url": record["Url"]} if record["Url"] else {})


def show_journal_line(org, line):
    """A line; what has no value is left out, as Xero's reference says."""
    answer = {"Description": line["Description"]} if line["Description"] else {}
    if not line["IsBlank"]:
        answer |= {"TaxType": line["TaxType"], "TaxAmount": line["TaxAmount"], "LineAmount": line["LineAmount"]}
    account = org.accounts.get(line["AccountID"])
    if account is not None:
        answer["AccountID"] = account["AccountID"]
        if account["Code"]:
            answer["AccountCode"] = account["Code"]
    return answer | {"Tracking": line["Tracking"], "IsBlank": line["IsBlank"]}


def show_refused_journal(org, element, identifier=None):
    """A refused element, as far as it can be shown: Xero gives a new one the zero GUID."""
    known = identifier or known_id(element.get("ManualJournalID"), org.manual_journals)
    narration = element.get("Narration")
    answer = {
        "ManualJournalID": known or ZERO_GUID,
        "Narration": narration if isinstance(narration, str) else "",
        "JournalLines": [],
    }
    if element.get("Status") in STATUSES:
        answer["Status"] = element["Status"]
    try:
        answer["Date"] = microsoft(parse_date(element.get("Date")))
    except (ValueError, OverflowError, OSError):
        # A date that cannot be read cannot be shown; the element's messages name it.
        return answer
    return answer
