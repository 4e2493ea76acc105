"""Xero's scopes: which exist, which are dead, and which call needs which.

Source: Xero's granular scopes, mandatory for apps created since March 2026; ``accounting.transactions`` and
``accounting.reports.read`` are no longer given out.
"""

from .problems import unauthorized

DESCRIPTIONS = {
    "openid": "Know who you are",
    "profile": "See your name",
    "email": "See your email address",
    "offline_access": "Stay connected while you are away",
    "accounting.invoices": "View and manage invoices, bills, credit notes and items",
    "accounting.invoices.read": "View invoices, bills, credit notes and items",
    "accounting.payments": "View and manage payments, batch payments, overpayments and prepayments",
    "accounting.payments.read": "View payments, batch payments, overpayments and prepayments",
    "accounting.manualjournals": "View and manage manual journals",
    "accounting.manualjournals.read": "View manual journals",
    "accounting.banktransactions": "View and manage bank transactions",
    "accounting.banktransactions.read": "View bank transactions",
    "accounting.contacts": "View and manage contacts",
    "accounting.contacts.read": "View contacts",
    "accounting.settings": "View and manage accounts, tax rates, currencies and other settings",
    "accounting.settings.read": "View accounts, tax rates, currencies and other settings",
    "accounting.attachments": "View and manage attachments",
    "accounting.attachments.read": "View attachments",
}

INVOICES, CONTACTS, SETTINGS = "accounting.invoices", "accounting.contacts", "accounting.settings"
PAYMENTS, BANK_TRANSACTIONS = "accounting.payments", "accounting.banktransactions"
MANUAL_JOURNALS = "accounting.manualjournals"
REQUIRED = {
    "Organisation": (SETTINGS,),
    "Accounts": (SETTINGS,),
    "TaxRates": (SETTINGS,),
    "Currencies": (SETTINGS,),
    "TrackingCategories": (SETTINGS,),
    "Contacts": (CONTACTS,),
    "Invoices": (INVOICES,),
    "CreditNotes": (INVOICES,),
    "Payments": (PAYMENTS,),
    "BatchPayments": (PAYMENTS,),
    "Overpayments": (PAYMENTS,),
    "Prepayments": (PAYMENTS,),
    "BankTransactions": (BANK_TRANSACTIONS,),
    "ManualJournals": (MANUAL_JOURNALS,),
    # Items came under accounting.settings before the granular scopes; Xero honours either.
    "Items": (INVOICES, SETTINGS),
}


def unknown(scopes):
    """The requested scopes that Xero does not give, in order."""
    return [scope for scope in scopes if scope not in DESCRIPTIONS]


def require(granted, resource, method, status):
    """Raise unless ``granted`` covers the call: a full scope for any method, ``.read`` for GET.

    ``status`` is 401, as public reports of Xero's answer have it, or 403.
    """
    for scope in REQUIRED[resource]:
        if scope in granted or (method == "GET" and f"{scope}.read" in granted):
            return
    refusal = unauthorized("AuthorizationUnsuccessful", {"WWW-Authenticate": 'Bearer error="insufficient_scope"'})
    if status == 403:
        refusal.status, refusal.body["Status"], refusal.body["Title"] = 403, 403, "Forbidden"
    raise refusal
