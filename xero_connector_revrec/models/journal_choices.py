"""What can be chosen for an export of journals, in the connection and in the export alike."""

AGGREGATIONS = [
    ("daily", "Daily: a journal for each day of each charge"),
    ("monthly", "Monthly: a total for each pair of accounts"),
    ("monthly_detail", "Monthly by customer and product"),
]
SIGNS = [
    ("debit", "Debits positive, credits negative (Xero's import)"),
    ("normal", "Normal balance of the account"),
]
DATE_FORMATS = [("dd/mm/yyyy", "31/01/2026"), ("dd mmm yyyy", "31 Jan 2026")]
DESTINATIONS = [("csv", "A file for Xero's import"), ("api", "Xero's API")]
KINDS = [("recognition", "Recognition"), ("deferral", "Deferral")]
NARRATION = "{type} {period} {invoice} {customer} {product}"
PLACEHOLDERS = ("type", "period", "invoice", "customer", "product", "batch", "reference")
# Xero's help on importing manual journals: *at most 300 lines a file*.
LINES_A_FILE = 300
