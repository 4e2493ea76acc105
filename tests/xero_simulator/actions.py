"""What people do in Xero's own screens, behind the back of a connected app."""

from decimal import Decimal

from .contact_rules import save_contact
from .dates import parse_date
from .document_actions import DocumentActions
from .documents import KINDS
from .journal_actions import JournalActions
from .payment_actions import PaymentActions
from .person import action, touch


class PersonActions(DocumentActions, PaymentActions, JournalActions):
    """Actions of a person on an organisation's books. They raise ``Invalid`` when Xero's screens would refuse."""

    @action
    def add_contact(self, name, **fields):
        """Type in a contact; fields are those of the API."""
        return save_contact(self, {"Name": name, **fields}, "create")

    @action
    def rename_contact(self, contact_id, name):
        """Give a contact another name."""
        return save_contact(self, {"Name": name}, "upsert", contact_id)

    @action
    def archive_contact(self, contact_id):
        """Archive a contact: it keeps its documents and gets no new ones."""
        return touch(self, self.contacts, contact_id, ContactStatus="ARCHIVED")

    @action
    def restore_contact(self, contact_id):
        """Take a contact out of the archive, which the API cannot."""
        return touch(self, self.contacts, contact_id, ContactStatus="ACTIVE")

    @action
    def merge_contact(self, contact_id, into):
        """Merge a contact into another: its documents move, itself is archived and points to the other."""
        if into == contact_id or into not in self.contacts:
            raise ValueError("a contact is merged into another existing contact")
        for kind in KINDS.values():
            for document in kind.records(self).find("contact", contact_id):
                touch(self, kind.records(self), document[kind.key], ContactID=into)
        return touch(self, self.contacts, contact_id, ContactStatus="ARCHIVED", MergedToContactID=into)

    @action
    def archive_account(self, account):
        """Archive an account, by id or code."""
        return touch(self, self.accounts, self._account_id(account), Status="ARCHIVED")

    @action
    def add_bank_account(self, name, currency=None, code=""):
        """Add a bank account, in the base currency unless told otherwise."""
        currency = currency or self.currency
        if currency not in self.currencies:
            raise ValueError(f"Organisation is not subscribed to currency {currency}")
        model = next(record for record in self.accounts.values() if record["Type"] == "BANK")
        own = {"AccountID": self.ids.guid(), "Name": name, "Code": code, "CurrencyCode": currency, "Status": "ACTIVE"}
        return self.accounts.put({**model, **own, "BankAccountType": "BANK", "UpdatedDateUTC": self.clock.now()})

    @action
    def set_lock_dates(self, period=None, end_of_year=None):
        """Lock everything up to and including these dates; nothing means no lock."""
        self.period_lock_date = parse_date(period) if period else None
        self.end_of_year_lock_date = parse_date(end_of_year) if end_of_year else None

    @action
    def disconnect(self):
        """Remove all apps from the organisation: their calls give 403 from now on."""
        self.simulator.oauth.disconnect(self.id)

    @action
    def deauthorise(self):
        """Kill the refresh tokens of all connected apps: the next refresh gives ``invalid_grant``."""
        for connection in list(self.simulator.oauth.connections.values()):
            if connection.tenant_id == self.id:
                self.simulator.oauth.kill_refresh_tokens(connection.app)

    @action
    def add_tracking_category(self, name, options=()):
        """Add an active tracking category; two may be active."""
        if sum(category["Status"] == "ACTIVE" for category in self.tracking_categories.values()) >= 2:
            raise ValueError("an organisation has at most two active tracking categories")
        return self.tracking_categories.put(
            {
                "TrackingCategoryID": self.ids.guid(),
                "Name": name,
                "Status": "ACTIVE",
                "Options": [
                    {"TrackingOptionID": self.ids.guid(), "Name": option, "Status": "ACTIVE"} for option in options
                ],
            }
        )

    @action
    def add_item(self, code, name, description="", sales=None, purchase=None):
        """Add an item. ``sales`` and ``purchase``: UnitPrice, AccountCode, TaxType."""
        details = {
            key: {**values, "UnitPrice": Decimal(str(values["UnitPrice"]))} if "UnitPrice" in values else dict(values)
            for key, values in (("SalesDetails", sales or {}), ("PurchaseDetails", purchase or {}))
        }
        return self.items.put(
            {
                "ItemID": self.ids.guid(),
                "Code": code,
                "Name": name,
                "Description": description,
                **details,
                "IsTrackedAsInventory": False,
                "IsSold": bool(sales),
                "IsPurchased": bool(purchase),
                "UpdatedDateUTC": self.clock.now(),
            }
        )
