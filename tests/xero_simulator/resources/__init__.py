"""The resources of the accounting API, one module each.

A resource has ``ROUTES``: ``(method, *path)`` → handler, where ``*`` stands for any one path segment and is passed on.
"""

from . import (
    accounts,
    bank_transactions,
    batch_payments,
    contacts,
    credit_notes,
    currencies,
    invoices,
    items,
    manual_journals,
    organisation,
    overpayments,
    payments,
    prepayments,
    tax_rates,
    tracking_categories,
)

RESOURCES = {
    "Organisation": organisation,
    "Accounts": accounts,
    "TaxRates": tax_rates,
    "Currencies": currencies,
    "Contacts": contacts,
    "Invoices": invoices,
    "CreditNotes": credit_notes,
    "Payments": payments,
    "BatchPayments": batch_payments,
    "Overpayments": overpayments,
    "Prepayments": prepayments,
    "BankTransactions": bank_transactions,
    "ManualJournals": manual_journals,
    "Items": items,
    "TrackingCategories": tracking_categories,
}
