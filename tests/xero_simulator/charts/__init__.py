"""Charts of accounts and tax rates, per country."""

from decimal import Decimal

from ..arithmetic import display_rate, effective_rate
from . import accounts, au, uk, us

COUNTRIES = {"uk": uk, "us": us, "au": au}
CLASSES = {
    "BANK": "ASSET", "CURRENT": "ASSET", "FIXED": "ASSET", "INVENTORY": "ASSET", "NONCURRENT": "ASSET",
    "PREPAYMENT": "ASSET", "EQUITY": "EQUITY", "DEPRECIATN": "EXPENSE", "DIRECTCOSTS": "EXPENSE",
    "EXPENSE": "EXPENSE", "OVERHEADS": "EXPENSE", "CURRLIAB": "LIABILITY", "LIABILITY": "LIABILITY",
    "TERMLIAB": "LIABILITY", "PAYG": "LIABILITY", "OTHERINCOME": "REVENUE", "REVENUE": "REVENUE", "SALES": "REVENUE",
}  # fmt: skip
APPLIES = {
    "assets": "CanApplyToAssets",
    "equity": "CanApplyToEquity",
    "expenses": "CanApplyToExpenses",
    "liabilities": "CanApplyToLiabilities",
    "revenue": "CanApplyToRevenue",
}
APPLY_BY_CLASS = {
    "ASSET": "CanApplyToAssets",
    "EQUITY": "CanApplyToEquity",
    "EXPENSE": "CanApplyToExpenses",
    "LIABILITY": "CanApplyToLiabilities",
    "REVENUE": "CanApplyToRevenue",
}


def build_tax_rates(chart):
    """The tax rates of a chart, as records."""
    for row in COUNTRIES[chart].TAX_RATES:
        components = [
            {"Name": name, "Rate": Decimal(rate), "IsCompound": compound, "IsNonRecoverable": False}
            for name, rate, compound in row["components"]
        ]
        yield tax_rate_record(
            row["type"], row["name"], components, row["applies"].split(), row.get("report"),
            row.get("status", "ACTIVE"),
            system=not row["type"].startswith("TAX"),
        )  # fmt: skip


def tax_rate_record(tax_type, name, components, applies, report_type, status="ACTIVE", system=False):
    """One tax rate. ``applies`` names the account classes that may use it; rates are percent with 4 decimals."""
    record = {"Name": name, "TaxType": tax_type, "TaxComponents": components, "Status": status}
    if report_type:
        record["ReportTaxType"] = report_type
    record |= {flag: word in applies for word, flag in APPLIES.items()}
    record["DisplayTaxRate"], record["EffectiveRate"] = display_rate(components), effective_rate(components)
    record["_system"] = system
    return record


def build_accounts(chart, ids, currency, now):
    """The accounts of a chart, as records."""
    country = COUNTRIES[chart]
    for code, name, kind, role, extra in accounts.ROWS:
        record = {
            "AccountID": ids.guid(),
            "Code": code,
            "Name": country.ACCOUNT_NAMES.get(name, name),
            "Status": extra.get("Status", "ACTIVE"),
            "Type": kind,
            "TaxType": country.TAX_ROLES[role],
            "Class": CLASSES[kind],
            "SystemAccount": extra.get("SystemAccount", ""),
            "EnablePaymentsToAccount": extra.get("EnablePaymentsToAccount", False),
            "ShowInExpenseClaims": kind in ("EXPENSE", "OVERHEADS"),
            "Description": extra.get("Description", ""),
            "UpdatedDateUTC": now,
        }
        if kind == "BANK":
            record |= {
                "BankAccountNumber": extra["BankAccountNumber"],
                "BankAccountType": extra.get("BankAccountType", "BANK"),
                "CurrencyCode": currency,
            }
        yield record
