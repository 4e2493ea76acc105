"""What people do in Xero's own screens, behind the back of a connected app."""

from decimal import Decimal
from functools import wraps

from .contact_rules import save_contact
from .dates import parse_date
from .invoice_rules import save_invoice


def action(method):
    """All or nothing, and never in the middle of a call from outside."""

    @wraps(method)
    def locked(self, *arguments, **options):
        with self.simulator.lock:
            mark = self.journal.mark()
            try:
                return method(self, *arguments, **options)
            except Exception:
                self.journal.rollback(mark)
                raise

    return locked


class PersonActions:
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
        return self._touch(self.contacts, contact_id, ContactStatus="ARCHIVED")

    @action
    def restore_contact(self, contact_id):
        """Take a contact out of the archive, which the API cannot."""
        return self._touch(self.contacts, contact_id, ContactStatus="ACTIVE")

    @action
    def merge_contact(self, contact_id, into):
        """Merge a contact into another: its documents move, itself is archived and points to the other."""
        if into == contact_id or into not in self.contacts:
            raise ValueError("a contact is merged into another existing contact")
        for invoice in self.invoices.find("contact", contact_id):
            self._touch(self.invoices, invoice["InvoiceID"], ContactID=into)
        return self._touch(self.contacts, contact_id, ContactStatus="ARCHIVED", MergedToContactID=into)

    @action
    def add_invoice(self, **fields):
        """Type in an invoice or bill; fields are those of the API."""
        return save_invoice(self, fields, "create", unitdp=4)[0]

    @action
    def edit_invoice(self, invoice_id, **fields):
        """Change an invoice under the rules that apply to everybody."""
        return save_invoice(self, fields, "upsert", invoice_id=invoice_id, unitdp=4)[0]

    @action
    def void_invoice(self, invoice_id):
        """Void an approved invoice, delete a draft."""
        approved = self.invoices[invoice_id]["Status"] == "AUTHORISED"
        return self.edit_invoice(invoice_id, Status="VOIDED" if approved else "DELETED")

    @action
    def mark_sent(self, invoice_id, touch=False):
        """Mark an invoice as sent. As in Xero this does not always move ``UpdatedDateUTC``: only with ``touch``."""
        if touch:
            return self._touch(self.invoices, invoice_id, SentToContact=True)
        return self.invoices.put({**self.invoices[invoice_id], "SentToContact": True})

    @action
    def pay_invoice(self, invoice_id, amount=None, date=None, reference=""):
        """Record a payment; the whole amount due when none is given. It pays the invoice when nothing is left."""
        invoice = self.invoices[invoice_id]
        amount = invoice["AmountDue"] if amount is None else Decimal(str(amount))
        if invoice["Status"] != "AUTHORISED" or not 0 < amount <= invoice["AmountDue"]:
            raise ValueError("Payment amount exceeds the amount outstanding on this document")
        day = parse_date(date) if date else self.today()
        payment = {
            "PaymentID": self.ids.guid(),
            "Date": day,
            "Amount": amount,
            "Reference": reference,
            "CurrencyRate": invoice["CurrencyRate"],
        }
        due = invoice["AmountDue"] - amount
        changes = {"Payments": [*invoice["Payments"], payment], "AmountPaid": invoice["AmountPaid"] + amount}
        if due == 0:
            changes |= {"Status": "PAID", "FullyPaidOnDate": day}
        return self._touch(self.invoices, invoice_id, AmountDue=due, **changes)

    @action
    def remove_payments(self, invoice_id):
        """Remove all payments of an invoice."""
        invoice = self.invoices[invoice_id]
        return self._touch(
            self.invoices, invoice_id, Payments=[], AmountPaid=Decimal("0.00"), Status="AUTHORISED",
            AmountDue=invoice["Total"] - invoice["AmountCredited"], FullyPaidOnDate=None,
        )  # fmt: skip

    @action
    def archive_account(self, account):
        """Archive an account, by id or code."""
        return self._touch(self.accounts, self._account_id(account), Status="ARCHIVED")

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

    def next_invoice_number(self):
        """Xero's own next number: ``INV-0001`` and so on, past those in use."""
        number = self.last_invoice_number
        while True:
            number += 1
            text = f"INV-{number:04d}"
            if not self.invoices.find("number", ("ACCREC", text.casefold())):
                self.last_invoice_number = number
                return text

    def _account_id(self, account):
        return account if account in self.accounts else self.account_by_code(account)["AccountID"]

    def _touch(self, table, identifier, **changes):
        return table.put({**table[identifier], **changes, "UpdatedDateUTC": self.clock.now()})
