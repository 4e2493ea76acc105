"""One Xero organisation: its books and its settings."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from . import charts
from .actions import PersonActions
from .dates import spoken
from .documents import CREDIT_NOTE, ENDED, INVOICE, OVERPAYMENT, PREPAYMENT
from .ledger import trial_balance
from .limits import Limits, Meter
from .settlement import allocations_of, payments_of
from .store import Journal, Table

COUNTRIES = {
    "GB": ("UK", "uk", "GMTSTANDARDTIME", "Europe/London"),
    "US": ("US", "us", "EASTERNSTANDARDTIME", "America/New_York"),
    "AU": ("AU", "au", "AUSEASTERNSTANDARDTIME", "Australia/Sydney"),
}
CURRENCY_NAMES = {
    "GBP": "British Pound", "USD": "United States Dollar", "EUR": "Euro", "AUD": "Australian Dollar",
    "NZD": "New Zealand Dollar", "CAD": "Canadian Dollar", "CHF": "Swiss Franc", "JPY": "Japanese Yen",
    "SEK": "Swedish Krona", "SGD": "Singapore Dollar", "ZAR": "South African Rand", "INR": "Indian Rupee",
    "KWD": "Kuwaiti Dinar",
}  # fmt: skip
# Foreign units per US dollar: one made-up day, the same in every run.
PER_DOLLAR = {
    "USD": "1", "GBP": "0.79", "EUR": "0.92", "AUD": "1.52", "NZD": "1.66", "CAD": "1.36", "CHF": "0.89", "JPY": "151",
    "SEK": "10.5", "SGD": "1.35", "ZAR": "18.6", "INR": "83.2", "KWD": "0.307",
}  # fmt: skip
STARTER_CLASSES = ("STARTER", "IGNITE", "LITE", "SIMPLE")
# Xero's *API limits*: the smallest plan approves this many documents a month; help pages of several apps say that the
# document's own date decides which month.
STARTER_APPROVALS = {"ACCREC": 20, "ACCPAY": 5}


class Organisation(PersonActions):
    """The books. Tables hold plain records by id: amounts are ``Decimal``, dates ``date``, moments aware ``datetime``.

    Behaviour that public sources leave open is an attribute, the stricter choice by default:

    ``tax_override_tolerance``     how far a line's ``TaxAmount`` may be from Xero's own tax, in currency units
    ``voided_numbers_are_free``    whether the number of a voided or deleted document may be used again
    ``lock_dates_cover_drafts``    whether lock dates also stop drafts
    ``bills_match_by_number``      whether POST of a bill without InvoiceID updates that contact's bill of that number
    ``rate_warning_factor``        how far a CurrencyRate may be off the day rate before Xero warns (a factor)
    ``max_elements``               documents in one request
    ``payments_name_credit_notes``  whether a refund is shown under ``CreditNote`` beside ``Invoice``
    ``payments_before_document_date``  whether a payment may be older than its document (the laxer choice by default)
    ``reconciled_payments_can_be_deleted``  whether a payment can go that was matched with a bank statement
    ``journals_drop_unknown_accounts``  whether a draft journal's unknown account code is removed with a warning
    ``journal_import_encoding``    how the import of manual journals reads its file; UTF-8 comes out garbled by default

    ``approvals_a_month`` is how many invoices (ACCREC) and bills (ACCPAY) the plan approves for the dates of one
    calendar month; plans that are not of the smallest class have no such limit.
    """

    def __init__(self, simulator, name, country="GB", currency="GBP", demo=False, chart=None, multicurrency=True,
                 edition_class="PREMIUM", currencies=(), tracking=None, items=(), daily_limit=None):  # fmt: skip
        version, default_chart, self.timezone_name, zone = COUNTRIES[country]
        self.simulator, self.ids, self.clock = simulator, simulator.ids, simulator.clock
        self.id = self.ids.guid()
        self.name, self.country, self.currency, self.is_demo = name, country, currency, demo
        self.version, self.chart = version, chart or default_chart
        self.edition_class = "DEMO" if demo else edition_class
        self.multicurrency = multicurrency
        self.short_code = self.ids.short_code()
        self.zone = ZoneInfo(zone)
        self.created = self.clock.now()
        self.period_lock_date = self.end_of_year_lock_date = None
        self.limits = Limits(day=daily_limit or (1_000 if edition_class in STARTER_CLASSES and not demo else 5_000))
        self.meters = {}
        self.last_numbers = {}
        self.tax_override_tolerance = Decimal("0.01")
        self.voided_numbers_are_free = False
        self.lock_dates_cover_drafts = True
        self.bills_match_by_number = True
        self.rate_warning_factor = Decimal("1.5")
        self.max_elements = 100
        self.payments_name_credit_notes = False
        self.payments_before_document_date = True
        self.reconciled_payments_can_be_deleted = False
        self.journals_drop_unknown_accounts = False
        self.journal_import_encoding = "cp1252"
        self.approvals_a_month = dict(STARTER_APPROVALS) if self.edition_class in STARTER_CLASSES else {}
        self.journal = Journal()
        self._make_tables()
        self._fill(currencies, tracking, items)

    def _make_tables(self):
        self.accounts = Table("AccountID", self.journal, {"code": lambda r: r["Code"].lower() or None})
        self.tax_rates = Table("TaxType", self.journal)
        self.items = Table("ItemID", self.journal, {"code": lambda r: r["Code"].lower()})
        self.tracking_categories = Table("TrackingCategoryID", self.journal)
        self.contacts = Table(
            "ContactID",
            self.journal,
            {
                "name": lambda r: r["Name"].casefold() if r["ContactStatus"] == "ACTIVE" else None,
                "number": lambda r: r["ContactNumber"].casefold() or None,
                "account_number": lambda r: r["AccountNumber"].casefold() or None,
            },
        )
        self.invoices, self.credit_notes = self._document_table(INVOICE), self._document_table(CREDIT_NOTE)
        self.overpayments = self._document_table(OVERPAYMENT)
        self.prepayments = self._document_table(PREPAYMENT)
        self.payments = Table(
            "PaymentID", self.journal, {"document": lambda r: r["DocumentID"], "batch": lambda r: r["BatchPaymentID"]}
        )
        self.batch_payments = Table("BatchPaymentID", self.journal)
        self.allocations = Table(
            "AllocationID", self.journal, {"source": lambda r: r["SourceID"], "invoice": lambda r: r["InvoiceID"]}
        )
        self.manual_journals = Table("ManualJournalID", self.journal)
        self.currencies = {}
        self.currency_rates = {}

    def _document_table(self, kind):
        def number(record):
            held = record.get(kind.number)
            return (record["Type"], held.casefold()) if held else None

        return Table(kind.key, self.journal, {"number": number, "contact": lambda record: record["ContactID"]})

    def _fill(self, currencies, tracking, items):
        for record in charts.build_accounts(self.chart, self.ids, self.currency, self.created):
            self.accounts.put(record)
        for record in charts.build_tax_rates(self.chart):
            self.tax_rates.put(record)
        for code in (self.currency, *currencies):
            self.add_currency(code)
        for name, options in (tracking or {}).items():
            self.add_tracking_category(name, options)
        for item in items:
            self.add_item(**item)

    @property
    def chart_rules(self):
        """The country module of the chart."""
        return charts.COUNTRIES[self.chart]

    def today(self):
        """The calendar day in the organisation's time zone."""
        return datetime.fromtimestamp(self.clock.timestamp(), self.zone).date()

    def meter_of(self, app):
        """Calls of one app to this organisation: Xero's limits are per app and organisation."""
        return self.meters.setdefault(app.client_id, Meter())

    def account_by_code(self, code):
        """The account with this code, whatever its status, or nothing."""
        found = self.accounts.find("code", str(code).lower())
        return found[0] if found else None

    def account_by_name(self, name):
        """The account with this name, for tests that need one without a code."""
        return next(account for account in self.accounts.values() if account["Name"] == name)

    def invoice_by_number(self, number, invoice_type="ACCREC"):
        """The oldest invoice with this number that is neither voided nor deleted, else the oldest, or nothing."""
        return self.document_by_number(INVOICE, number, invoice_type)

    def credit_note_by_number(self, number, credit_note_type="ACCRECCREDIT"):
        """The same for credit notes."""
        return self.document_by_number(CREDIT_NOTE, number, credit_note_type)

    def document_by_number(self, kind, number, document_type):
        """The oldest document with this number that is neither voided nor deleted, else the oldest, or nothing."""
        found = kind.records(self).find("number", (document_type, number.casefold()))
        alive = [record for record in found if record["Status"] not in ENDED]
        return (alive or found or [None])[0]

    def payments_of(self, document_id):
        """The payments on a document or the refunds of a credit note, oldest first; deleted ones left out."""
        return payments_of(self, document_id)

    def allocations_of(self, document_id):
        """The allocations from a credit note or to an invoice, oldest first; removed ones left out."""
        return allocations_of(self, document_id)

    def contact_by_name(self, name):
        """The active contact with this name, or nothing."""
        found = self.contacts.find("name", name.casefold())
        return found[0] if found else None

    def contact_by_number(self, number):
        """The contact with this ContactNumber, or nothing."""
        found = self.contacts.find("number", number.casefold())
        return found[0] if found else None

    def trial_balance(self, until=None, documents=False):
        """Balances by account code, debits positive; see ``ledger.trial_balance``."""
        return trial_balance(self, until, documents)

    def day_rate(self, code):
        """Units of ``code`` per one unit of the base currency, 6 decimals."""
        if code in self.currency_rates:
            return self.currency_rates[code]
        rate = Decimal(PER_DOLLAR.get(code, "1")) / Decimal(PER_DOLLAR.get(self.currency, "1"))
        return rate.quantize(Decimal("0.000001"))

    def add_currency(self, code):
        """Subscribe to a currency."""
        self.currencies[code] = {"Code": code, "Description": CURRENCY_NAMES.get(code, code)}

    def lock_message(self, day):
        """Xero's refusal for a document of that day, or nothing. The lock date itself is locked too."""
        for date, words in ((self.end_of_year_lock_date, "end of year"), (self.period_lock_date, "period")):
            if date is not None and day <= date:
                return locked(words, date)
        return None


def locked(words, date):
    """The message of a lock date."""
    return f"The document date cannot be before the {words} lock date, currently set at {spoken(date)}"
