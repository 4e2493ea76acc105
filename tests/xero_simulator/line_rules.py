"""What Xero accepts as a line of an invoice, and what it computes from it.

Sources: Xero's Invoices reference (line items, discounts, ``LineAmount``), *Types* (which tax goes with which account),
messages from public bug reports. Where no public source has a message, the wording is the simulator's own.
"""

from decimal import Decimal

from .arithmetic import (
    HUNDRED,
    NO_TAX,
    ZERO,
    line_amount,
    line_tax,
    round_half_up,
    round_unit_amount,
)
from .charts import APPLY_BY_CLASS
from .ids import is_guid, normal_guid
from .reader import Reader

MAX_AMOUNT = Decimal("9999999999.99")
# Of the system accounts a document may use only the rounding account (Xero's guide "Rounding in Xero").
ALLOWED_SYSTEM_ACCOUNTS = ("", "ROUNDING")
FORBIDDEN_TYPES = ("BANK", "INVENTORY")
AMOUNT_FIELDS = ("Quantity", "UnitAmount", "LineAmount", "TaxAmount", "AccountCode", "AccountID", "ItemCode")
INPUTS = (
    "Description",
    "Quantity",
    "UnitAmount",
    "DiscountRate",
    "DiscountAmount",
    "AccountID",
    "TaxType",
    "ItemCode",
    "Tracking",
)

ACCOUNT_INVALID = "Account must be valid."
ACCOUNT_MISSING = "Account code must be specified"
CODE_INVALID = "Account code '{}' is not a valid code for this document."
CODE_ARCHIVED = (
    "Account code '{}' has been archived, or has been deleted. Each line item must reference a valid account."
)
TAX_UNKNOWN = "The TaxType code '{}' does not exist or cannot be used for this type of transaction."
TAX_CLASH = "The TaxType code '{}' cannot be used with account code '{}'."
DISCOUNT_TOO_LARGE = "The discount rate '{:.2f}' is invalid. Discount must not be greater than the line total."
LINE_TOTAL = "The line total {} does not match the expected line total {}"


def read_lines(org, elements, errors, *, sales, discounts, approved, line_amount_types, unitdp, old_lines=()):
    """The line records of a document, all of them: lines that were not sent are gone.

    ``sales``: with a customer. ``discounts``: ACCREC. ``approved``: every line with an amount needs an account.
    A line sent with its ``LineItemID`` keeps what was not sent; one without is new.
    """
    known = {line["LineItemID"]: line for line in old_lines}
    lines = []
    for element in elements:
        reader = Reader(element, errors)
        identifier = reader.guid("LineItemID")
        old = known.pop(identifier, None) if identifier else None
        if identifier and old is None:
            reader.fail(f"The LineItemID {identifier} does not belong to this document.")
        line_reader = _LineReader(org, reader, old, sales, discounts, approved, line_amount_types, unitdp)
        lines.append(line_reader.read())
    return lines


def recompute(org, line, line_amount_types):
    """The same line under other ``LineAmountTypes``: its tax is computed anew."""
    if line["LineAmount"] is None:
        return line
    tax_type = org.chart_rules.TAX_ROLES["none"] if line_amount_types == NO_TAX else line["TaxType"]
    rate = org.tax_rates[tax_type]["EffectiveRate"] if tax_type else ZERO
    return {**line, "TaxType": tax_type, "TaxAmount": line_tax(line["LineAmount"], rate, line_amount_types)}


class _LineReader:
    """Reads one line."""

    def __init__(self, org, reader, old, sales, discounts, approved, line_amount_types, unitdp):
        self.org, self.reader, self.old = org, reader, old
        self.sales, self.discounts, self.approved = sales, discounts, approved
        self.types, self.unitdp = line_amount_types, unitdp

    def read(self):
        """The line's record; it is of use only when no error was noted."""
        reader, old = self.reader, self.old or {}
        line = {name: old.get(name) for name in INPUTS}
        line["LineItemID"] = old.get("LineItemID") or self.org.ids.guid()
        line["Tracking"] = old.get("Tracking", [])
        line["Description"] = self._or_old(reader.text("Description", 4_000), "Description") or ""
        item = self._item(line)
        if not any(reader.has(name) for name in AMOUNT_FIELDS) and line["Quantity"] is None and item is None:
            return self._description_only(line)
        if not line["Description"]:
            reader.fail("The description field is mandatory")
        self._account(line, item)
        self._amounts(line, item)
        self._tax(line, item)
        sent = read_tracking(self.org, reader)
        if sent is not None:
            line["Tracking"] = sent
        return line

    def _or_old(self, value, name):
        return value if value is not None else (self.old or {}).get(name)

    def _description_only(self, line):
        if not line["Description"]:
            self.reader.fail("The description field is mandatory")
        return line | {"LineAmount": None, "TaxAmount": None, "Quantity": None, "UnitAmount": None, "AccountID": None}

    def _item(self, line):
        code = self._or_old(self.reader.text("ItemCode", 30), "ItemCode")
        line["ItemCode"] = code or ""
        if not code:
            return None
        found = self.org.items.find("code", code.lower())
        if not found:
            self.reader.fail(f"Item code '{code}' is not valid")
            return None
        details = found[0]["SalesDetails" if self.sales else "PurchaseDetails"]
        line["Description"] = line["Description"] or found[0]["Description"]
        return details

    def _account(self, line, item):
        """``AccountID`` or ``AccountCode``; only active accounts that are neither bank nor system accounts."""
        reader = self.reader
        account_id, code = reader.text("AccountID"), reader.text("AccountCode")
        if not account_id and not code and item:
            code = item.get("AccountCode")
        if account_id:
            account = self.org.accounts.get(normal_guid(account_id)) if is_guid(account_id) else None
            if account is None:
                reader.fail(ACCOUNT_INVALID)
        elif code:
            account = self.org.account_by_code(code)
            if account is None:
                reader.fail(CODE_INVALID.format(code))
        else:
            account = self.org.accounts.get(line["AccountID"])
            if account is None and self.approved:
                reader.fail(ACCOUNT_MISSING)
        if account is not None:
            name = account["Code"] or account["Name"]
            if account["Status"] != "ACTIVE":
                reader.fail(CODE_ARCHIVED.format(name))
            elif account["Type"] in FORBIDDEN_TYPES or account["SystemAccount"] not in ALLOWED_SYSTEM_ACCOUNTS:
                reader.fail(CODE_INVALID.format(name))
        line["AccountID"] = account["AccountID"] if account else None

    def _discount(self, line):
        reader = self.reader
        rate = self._or_old(reader.number("DiscountRate"), "DiscountRate")
        amount = self._or_old(reader.number("DiscountAmount"), "DiscountAmount")
        if not self.discounts and (reader.has("DiscountRate") or reader.has("DiscountAmount")):
            reader.fail("DiscountRate and DiscountAmount are supported on ACCREC invoices only.")
        if rate is not None and not 0 <= rate <= HUNDRED:
            reader.fail("DiscountRate must be between 0 and 100.")
            rate = None
        if amount is not None and amount != round_half_up(amount):
            reader.fail("DiscountAmount can have at most 2 decimals.")
        # Rounded to hundredths, as a report in Xero's developer community found.
        line["DiscountRate"] = round_half_up(rate) if rate is not None else None
        line["DiscountAmount"] = round_half_up(amount) if amount is not None else None
        return line["DiscountRate"] or ZERO, line["DiscountAmount"] or ZERO

    def _amounts(self, line, item):
        """Quantity (4 decimals), unit amount (2 or 4), line amount (2); one of the three may be missing."""
        reader = self.reader
        quantity, unit = reader.number("Quantity"), reader.number("UnitAmount")
        given = reader.number("LineAmount")
        rate, amount = self._discount(line)
        if given is None or self.old:
            quantity = self._or_old(quantity, "Quantity")
            unit = self._or_old(unit, "UnitAmount")
        if unit is None and given is None and item:
            unit = item.get("UnitPrice")
        quantity = round_half_up(quantity, 4) if quantity is not None else None
        unit = round_unit_amount(unit, self.unitdp) if unit is not None and reader.has("UnitAmount") else unit
        one_is_missing = quantity is None or unit is None
        # Nothing can be divided by a quantity or a unit amount of zero: then the other one counts as not sent.
        if given is not None and one_is_missing and quantity != 0 and unit != 0:
            quantity, unit = self._missing_half(given, quantity, unit, rate, amount)
            computed = round_half_up(given)
        else:
            quantity = Decimal(1) if quantity is None else quantity
            unit = ZERO if unit is None else unit
            computed = line_amount(quantity, unit, rate, amount)
            if given is not None and round_half_up(given) != computed:
                reader.fail(LINE_TOTAL.format(round_half_up(given), computed))
        gross = round_half_up(quantity * unit)
        if reader.has("DiscountAmount") and gross < 0:
            # Even for 0: public report XeroAPI/Xero-OpenAPI#429.
            reader.fail(DISCOUNT_TOO_LARGE.format(amount))
        elif amount and not 0 <= amount <= gross:
            reader.fail("DiscountAmount must be between 0 and the amount of the line.")
        if abs(computed) > MAX_AMOUNT:
            reader.fail(f"The line amount must be at most {MAX_AMOUNT}.")
        line |= {"Quantity": quantity, "UnitAmount": unit, "LineAmount": computed, "_discount": gross - computed}

    def _missing_half(self, given, quantity, unit, rate, amount):
        """``LineAmount`` with one of quantity and unit amount: Xero calculates the other."""
        gross = given + amount
        if rate != HUNDRED:
            gross = gross * HUNDRED / (HUNDRED - rate)
        if unit is not None:
            return round_half_up(gross / unit, 4), unit
        quantity = Decimal(1) if quantity is None else quantity
        return quantity, round_unit_amount(gross / quantity, self.unitdp)

    def _tax(self, line, item):
        """The line's own tax type, else the item's, else the account's; its tax, or an override within tolerance."""
        reader, account = self.reader, self.org.accounts.get(line["AccountID"])
        sent = reader.text("TaxType", 50)
        tax_type = self._or_old(sent or None, "TaxType") or (item or {}).get("TaxType")
        if not tax_type and account is not None:
            tax_type = account["TaxType"]
        rate = usable_rate(self.org, reader, tax_type, account)
        if self.types == NO_TAX:
            tax_type, rate = self.org.chart_rules.TAX_ROLES["none"], None
        percent = rate["EffectiveRate"] if rate else ZERO
        computed = line_tax(line["LineAmount"], percent, self.types)
        given = reader.number("TaxAmount")
        line["TaxType"], line["TaxAmount"] = tax_type or "", computed
        if given is None:
            return
        given = round_half_up(given)
        if abs(given - computed) > self.org.tax_override_tolerance:
            if abs(given) > abs(line["LineAmount"]):
                reader.fail("Tax amount cannot be greater than the line amount")
            reader.fail(f"The tax amount {given} does not match the expected tax amount {computed}")
        line["TaxAmount"] = given


def usable_rate(org, reader, tax_type, account):
    """The rate of a tax type, or nothing; one that is not active or does not go with the account is refused."""
    rate = org.tax_rates.get(tax_type) if tax_type else None
    if tax_type and (rate is None or rate["Status"] != "ACTIVE"):
        reader.fail(TAX_UNKNOWN.format(tax_type))
    elif rate is not None and account is not None and not rate[APPLY_BY_CLASS[account["Class"]]]:
        reader.fail(TAX_CLASH.format(tax_type, account["Code"] or account["Name"]))
    return rate


def read_tracking(org, reader):
    """The tracking of a line, or nothing when it was not sent: two active categories at most, one option of each."""
    sent = reader.objects("Tracking")
    if sent is None:
        return None
    if len(sent) > 2:
        reader.fail("A line item can have at most two tracking categories.")
    chosen = {}
    for part in sent:
        category, option = find_tracking(org, Reader(part, reader.errors))
        if category is None or option is None:
            reader.fail("The tracking category or option is not valid.")
        elif category["TrackingCategoryID"] in chosen:
            reader.fail("A tracking category can be used once a line only.")
        else:
            chosen[category["TrackingCategoryID"]] = {
                "Name": category["Name"],
                "Option": option["Name"],
                "TrackingCategoryID": category["TrackingCategoryID"],
                "TrackingOptionID": option["TrackingOptionID"],
            }
    return list(chosen.values())


def find_tracking(org, reader):
    """The active category and option that a tracking entry names, by ids or by names."""
    category_id, name = reader.text("TrackingCategoryID"), reader.text("Name")
    option_id, option_name = reader.text("TrackingOptionID"), reader.text("Option")
    for category in org.tracking_categories.values():
        if not _named(category, category["TrackingCategoryID"], category_id, name):
            continue
        for option in category["Options"]:
            if _named(option, option["TrackingOptionID"], option_id, option_name):
                return category, option
        return category, None
    return None, None


def _named(record, identifier, sent_id, sent_name):
    """Whether an active category or option is the one meant."""
    if record["Status"] != "ACTIVE":
        return False
    if sent_id:
        return sent_id.lower() == identifier
    return bool(sent_name) and sent_name.casefold() == record["Name"].casefold()
