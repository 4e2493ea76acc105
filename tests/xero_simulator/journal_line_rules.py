"""What Xero accepts as a line of a manual journal, and what it computes from it.

Sources: Xero's ManualJournals reference (mandatory fields, tax types, reserved accounts), its help about system
accounts, its OpenAPI description (the warning). No public source has the other messages: they are those of invoice
lines, or the simulator's own.
"""

from .arithmetic import NO_TAX, ZERO, line_tax, round_half_up
from .ids import is_guid, normal_guid
from .line_rules import (
    ACCOUNT_INVALID,
    ACCOUNT_MISSING,
    CODE_ARCHIVED,
    CODE_INVALID,
    FORBIDDEN_TYPES,
    read_tracking,
    usable_rate,
)
from .reader import Reader

# The reference names receivables, payables and retained earnings, the help wages payable; other system accounts pass,
# as the help says of the historical adjustment account.
RESERVED_SYSTEM_ACCOUNTS = ("DEBTORS", "CREDITORS", "RETAINEDEARNINGS", "WAGEPAYABLES")
CODE_REMOVED = "Account code '{}' has been removed as it does not match a recognised account."


def read_journal_lines(org, elements, errors, warnings, line_amount_types):
    """The lines of a journal, all of them: they have no ids, so lines that were not sent are gone."""
    return [read_journal_line(org, Reader(element, errors), warnings, line_amount_types) for element in elements]


def read_journal_line(org, reader, warnings, line_amount_types):
    """One line's record; it is of use only when no error was noted."""
    line = {
        "Description": reader.text("Description", 4_000) or "", "IsBlank": bool(reader.boolean("IsBlank")),
        "LineAmount": None, "TaxAmount": None, "TaxType": "", "AccountID": None, "Tracking": [],
    }  # fmt: skip
    amount = reader.number("LineAmount")
    if line["IsBlank"]:
        if amount:
            reader.fail("A blank journal line cannot have an amount.")
        return line
    if amount is None and not reader.has("LineAmount"):
        reader.fail("The LineAmount field is mandatory")
    account = _account(org, reader, warnings)
    # Not confirmed: that Xero rounds more than 2 decimals, and that it does so before it compares debits and credits.
    # Adding zero turns the "-0.00" that rounding can leave into "0.00".
    line["LineAmount"] = round_half_up(amount or ZERO) + ZERO
    _tax(org, reader, line, account, line_amount_types)
    return line | {"AccountID": account and account["AccountID"], "Tracking": read_tracking(org, reader) or []}


def _account(org, reader, warnings):
    """``AccountID`` or ``AccountCode``, which must be there; only active accounts that are not reserved."""
    account_id, code = reader.text("AccountID"), reader.text("AccountCode")
    if account_id:
        account = org.accounts.get(normal_guid(account_id)) if is_guid(account_id) else None
        unknown = ACCOUNT_INVALID
    else:
        account = org.account_by_code(code) if code else None
        unknown = CODE_INVALID.format(code) if code else ACCOUNT_MISSING
    if account is None:
        if code and not account_id and org.journals_drop_unknown_accounts:
            warnings.append(CODE_REMOVED.format(code))
        else:
            reader.fail(unknown)
        return None
    name = account["Code"] or account["Name"]
    if account["Status"] != "ACTIVE":
        reader.fail(CODE_ARCHIVED.format(name))
    elif account["Type"] in FORBIDDEN_TYPES or account["SystemAccount"] in RESERVED_SYSTEM_ACCOUNTS:
        reader.fail(CODE_INVALID.format(name))
    return account


def _tax(org, reader, line, account, line_amount_types):
    """The line's own tax type, else the account's. Its tax is always Xero's own: a ``TaxAmount`` is not read."""
    tax_type = reader.text("TaxType", 50) or (account["TaxType"] if account else "")
    rate = usable_rate(org, reader, tax_type, account)
    if line_amount_types == NO_TAX:
        tax_type, rate = org.chart_rules.TAX_ROLES["none"], None
    line["TaxType"] = tax_type
    line["TaxAmount"] = line_tax(line["LineAmount"], rate["EffectiveRate"] if rate else ZERO, line_amount_types) + ZERO
