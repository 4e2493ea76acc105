"""What Xero says when it refuses something, what it is held for, and what to do: a table to proof-read.

One entry is ``known(reason, advice, *patterns)``. A refusal is explained by the first entry of which a pattern is found
in Xero's words, so what is special stands before what is general. Patterns ignore case; Xero joins several messages
with semicolons, and ``[^;]*`` keeps a pattern within one of them. ``resolve`` names a situation that the engine may be
able to settle by itself; then nobody reads the advice.

Sources: Xero's developer documentation and OpenAPI description, and the help pages and bug reports of other apps; a
real text of each is in ``tests/refusals.py``. Entries marked (?) are for texts that no source quotes.
"""

from collections import namedtuple

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

Refusal = namedtuple("Refusal", "reason advice patterns resolve")


def known(reason, advice, *patterns, resolve=None):
    """Return one entry of the table."""
    return Refusal(reason, advice, patterns, resolve)


KNOWN = (
    # -- The plan, and the user who signed in ------------------------------------------------------------------------
    known(
        "plan",
        _lt(
            "The Xero plan approves only so many invoices a month (20 on Starter, Early and Ignite), by the date of "
            "the invoice. Upgrade the plan in Xero, or wait and date the invoice in the next month, then press Retry; "
            "or set “Create Invoices As” to Draft in the connection: drafts are not counted, and what the limit held "
            "is then sent by itself."
        ),
        r"limit of (invoices|bills)( that)? you can (approve|enter|create)",
        r"(invoice|bill)s?\b[^;]*\blimit\b[^;]*\b(plan|subscription|month)",
        r"\b(plan|subscription)\b[^;]*\blimit\b[^;]*\b(invoice|bill)",
    ),
    known(  # (?)
        "plan",
        _lt(
            "Xero takes nothing for this organisation at present: its trial or subscription has ended, or it was "
            "closed. Renew it in Xero (Settings → Subscription and billing), then press Retry."
        ),
        r"(subscription|trial)\b[^;]*\b(expired|ended|cancelled|inactive|not active)",
        r"organisation\b[^;]*\b(expired|cancelled|deleted|inactive|not active|read.only)",
    ),
    known(
        "permission",
        _lt(
            "The Xero user who signed in may not do this. Give that user the role Standard or Adviser in Xero "
            "(Settings → Users), or press Connect in the connection and sign in as another one; then press Retry."
        ),
        r"not have the correct permissions?",
        r"not permitted to access",
        r"without the \w+ role|higher privileges",
        r"not have (the |a )?(permission|privilege|role)s? ",
        r"Authori[sz]ationUnsuccessful|AuthenticationUnsuccessful",
    ),
    # -- Numbers and names that are taken ----------------------------------------------------------------------------
    known(
        "number",
        _lt(
            "Xero already has another invoice of this number. Change the number of one of the two, or void the one in "
            "Xero, then press Retry."
        ),
        r"(invoice|credit note) (#|number) must be unique",
        resolve="number",
    ),
    known(
        "choice",
        _lt(
            "Another contact in Xero has this name. Rename one of the two, or link the customer to that contact; then "
            "press Retry."
        ),
        r"name [^;]*already (assigned|registered) to another contact",
        r"contact name (must be unique|already exists|matches another)",
        r"existing contact with (that|this) name",
        resolve="contact_name",
    ),
    known(
        "choice",
        _lt(
            "Another contact in Xero has this contact number, perhaps an archived one. Link the customer to that "
            "contact, or clear the number there, then press Retry."
        ),
        r"contact ?number [^;]*(already|unique|in use)",
        r"another contact has this contact ?number",
        resolve="contact_name",
    ),
    known(
        "choice",
        _lt(
            "Another contact in Xero has this account number. Change it there, or link the customer to that contact, "
            "then press Retry."
        ),
        r"account ?number [^;]*(already|unique|in use)",
    ),
    # -- Paid, credited, voided --------------------------------------------------------------------------------------
    known(
        "applied",
        _lt(
            "In Xero it is paid or credited, and Xero does not let such a document be changed. Remove the payment "
            "or credit there, then press Retry; or leave it, correct it with a credit note, and press Exclude."
        ),
        r"payments? or credit notes? allocated",
    ),
    known(
        "applied",
        _lt(
            "In Xero it is paid, credited or voided, and Xero does not let such a document be changed. Remove the "
            "payment or credit there, then press Retry; or leave it and correct it with a credit note."
        ),
        r"not of valid status for modification",
        r"already exists [^;]*with status different from",
        resolve="status",
    ),
    known(
        "refused",
        _lt(
            "Xero does not let an invoice be made with this status. Choose another one under “Create Invoices As” in "
            "the connection, then press Retry."
        ),
        r"not of valid status for creation",
    ),
    known(  # (?)
        "applied",
        _lt(
            "In Xero it is matched with a line of a bank statement. Undo the reconciliation there, then press Retry; "
            "or leave it and correct it with a credit note."
        ),
        r"\breconciled\b",
    ),
    # -- Dates -------------------------------------------------------------------------------------------------------
    known(
        "lock_date",
        _lt(
            "The period is locked in Xero. Change the lock date there (Accounting → Advanced → Financial settings; it "
            "takes an adviser), or change the document's date, then press Retry."
        ),
        r"\block date",
    ),
    known(
        "refused",
        _lt(
            "The default due date of this customer, or of the whole organisation, is not valid in Xero. Correct the "
            "payment terms there (on the contact, or in Settings → Invoice settings), then press Retry."
        ),
        r"due date [^;]*must be between 1 and 31",
    ),
    known(
        "refused",
        _lt(
            "Xero wants a due date. Reset the invoice to draft, enter the due date or the payment terms, and confirm "
            "it; it is then sent by itself."
        ),
        r"due ?date (field )?(must be specified|is (mandatory|required))",
        r"due date cannot be empty",
    ),
    known(
        "refused",
        _lt(
            "Xero wants a date. Reset the invoice to draft, enter its date, and confirm it; it is then sent by itself."
        ),
        r"\bdate (field )?(must be specified|is (mandatory|required)|cannot be empty)",
    ),
    known(
        "refused",
        _lt(
            "Xero cannot use one of the dates. Reset the invoice to draft, correct its date and due date, and confirm "
            "it; it is then sent by itself."
        ),
        r"\bdate\b[^;]*\b(is not|not a) valid|convert string to DateTime|invalid date",
        r"\bdate\b[^;]*\b(too far|in the future)",  # (?)
    ),
    # -- Currencies --------------------------------------------------------------------------------------------------
    known(
        "currency",
        _lt(
            "The currency is not switched on in Xero: add it there under Settings → Currencies (a plan with several "
            "currencies is needed), then press Retry."
        ),
        r"not subscribed to currency",
        r"multi.?currency (is not|not) (enabled|available|supported)",  # (?)
    ),
    known(
        "currency",
        _lt(
            "Xero does not take the exchange rate, or wants one. Choose the other way under “Exchange Rates” in the "
            "connection, and see that the base currencies of Odoo and Xero are the same; then press Retry."
        ),
        r"currency ?rate|exchange rate",
    ),
    # -- Taxes -------------------------------------------------------------------------------------------------------
    known(
        "tax",
        _lt(
            "Xero does not allow this tax rate with this account. Map another rate under Xero → Mapping → Taxes or "
            "another account, or edit the account's tax in Xero and press Refresh from Xero; then press Retry."
        ),
        r"TaxType (code )?[^;]* cannot be used with (this )?account",
    ),
    known(
        "tax",
        _lt(
            "The tax rate is archived or deleted in Xero. Press Refresh from Xero in the connection and map another "
            "rate under Xero → Mapping → Taxes; the invoice is then sent by itself."
        ),
        r"tax rate must be active",
        r"(TaxType|tax rate) [^;]*archived",  # (?)
    ),
    known(
        "tax",
        _lt(
            "Xero has no such tax rate any more, or not for sales. Press Refresh from Xero in the connection and map "
            "another rate under Xero → Mapping → Taxes; the invoice is then sent by itself."
        ),
        r"TaxType (code )?[^;]* (does not exist|is not valid|cannot be used for this type)",
        r"tax rate must be valid",
    ),
    known(
        "tax",
        _lt(
            "Xero wants a tax rate on each line. Map the taxes under Xero → Mapping → Taxes, choose the connection's "
            "“Rate for Exempt and Untaxed”, or give the account a default tax in Xero; then press Retry."
        ),
        r"TaxType field is (mandatory|required)",
    ),
    known(
        "tax",
        _lt(
            "Xero has a rate of this name already, with another percentage or archived. Rename the tax in Odoo, or "
            "map it to a rate under Xero → Mapping → Taxes; then press Retry."
        ),
        r"tax rate with this name already exists",
    ),
    known(
        "tax",
        _lt(
            "Xero makes tax rates of this country only with what a tax return needs. Create the rate in Xero "
            "(Accounting → Advanced → Tax rates), press Refresh from Xero, and map it under Xero → Mapping → Taxes; "
            "the invoice is then sent by itself."
        ),
        r"ReportTaxType",
    ),
    known(
        "refused",
        _lt(
            "Xero does not take the tax of a line, although it was left to Xero to compute it. Press Refresh from Xero "
            "in the connection, then Retry; if it stays so, report it, with this invoice's Xero History."
        ),
        r"tax amount [^;]*(does not match|is incorrect|cannot be|not valid|must be)",
        r"tax amounts? do(es)? not (total|equal|match)",
        resolve="tax_amount",
    ),
    # -- Amounts -----------------------------------------------------------------------------------------------------
    known(
        "totals",
        _lt(
            "Xero computes other amounts than Odoo. Press Retry; if it stays so, report it, with this invoice's Xero "
            "History."
        ),
        r"line total [^;]*does not match",
        r"total does not equal the sum of the lines",
    ),
    known(
        "totals",
        _lt(
            "Xero does not take the discount of a line. Set “Discounts Become” to “A line of its own” in the "
            "connection; the invoice is then sent by itself."
        ),
        r"discount ?(rate|amount)|discounts? m(ust|ay) (not )?be",
    ),
    known(
        "totals",
        _lt(
            "Xero takes no invoice of less than nothing. Cancel it and enter a credit note instead; or reset the "
            "invoice to draft, correct its lines, and confirm it; it is then sent by itself."
        ),
        r"total\b[^;]* must be greater than or equal to zero",
    ),
    known(
        "totals",
        _lt(
            "Xero takes no negative quantity. Reset the invoice to draft, make the quantity positive and the price "
            "negative instead, and confirm it; it is then sent by itself."
        ),
        r"quantity must not be less than zero",
    ),
    known(  # (?)
        "refused",
        _lt(
            "An amount, quantity or price is larger than Xero can hold. Reset the invoice to draft, split the line or "
            "change its unit, and confirm it; it is then sent by itself."
        ),
        r"(amount|quantity|price|value)\b[^;]*\b(too large|out of range|must be at most|not a valid number)",
    ),
    # -- Accounts ----------------------------------------------------------------------------------------------------
    known(
        "account",
        _lt(
            "The account is archived or deleted in Xero. Restore it there (Accounting → Chart of accounts → Archive), "
            "or press Refresh from Xero in the connection and map another one; then press Retry."
        ),
        r"account code [^;]*(archived|deleted)",
    ),
    known(
        "account",
        _lt(
            "A line has no account for Xero. Choose the connection's “Default Ledger Account”, or an account on the "
            "product or its category; the invoice is then sent by itself."
        ),
        r"account code (or ID )?must be specified",
    ),
    known(
        "account",
        _lt(
            "The account cannot be used on invoices in Xero: it is gone, locked, or of a kind that Xero keeps for "
            "itself. Press Refresh from Xero in the connection and map another one; then press Retry."
        ),
        r"account code [^;]*(is not (a )?valid|does not exist|cannot be (used|applied))",
        r"account (could not be|not) found",
        r"account must be valid",
    ),
    # -- Items, tracking, branding -----------------------------------------------------------------------------------
    known(
        "refused",
        _lt(
            "Xero has no item of this code (any more). Add the item in Xero under Business → Products and services "
            "with the same code, then press Retry."
        ),
        r"item code '?[^;]*is not valid",
    ),
    known(
        "refused",
        _lt(
            "Xero already has an item of this code. Rename one of the two, or use the one that is there, then press "
            "Retry."
        ),
        r"item with code [^;]*already exists",
    ),
    known(
        "refused",
        _lt(
            "The tracking category or its option is archived, renamed or gone in Xero. Restore it there (Accounting → "
            "Advanced → Tracking categories), then press Retry."
        ),
        r"tracking (category|categories|option)",
    ),
    known(
        "refused",
        _lt(
            "The invoice's branding theme is gone in Xero. Choose another theme for the contact there (on the "
            "contact, under Sales defaults), then press Retry."
        ),
        r"branding ?theme",
    ),
    # -- Contacts ----------------------------------------------------------------------------------------------------
    known(
        "contact",
        _lt(
            "The contact is archived in Xero, or was merged into another one. Restore it there (Contacts → Archived), "
            "or link the customer to another contact here, then press Retry."
        ),
        r"contact\b[^;]*\barchived",
        r"archived[^;]*\bcontact",
    ),
    known(
        "contact",
        _lt(
            "Xero does not know the contact (any more). Link the customer to a contact with Link to a Contact, then "
            "press Retry."
        ),
        r"contact\b[^;]* (could not be|not) found",
        r"contact must (be specified|contain at least)",
    ),
    known(
        "refused",
        _lt(
            "Xero does not take the e-mail address. Correct it on the customer in Odoo, or on the contact in Xero if "
            "the invoice was refused for it; the customer is then sent by itself, and for an invoice press Retry."
        ),
        r"email ?(address)?\b[^;]* (must be|is not) valid|invalid email",
    ),
    known(
        "refused",
        _lt(
            "Xero takes further people of a contact only if the contact itself has an e-mail address. Enter one on "
            "the customer in Odoo; it is then sent by itself."
        ),
        r"additional people cannot be added",
    ),
    known(
        "refused",
        _lt("Xero wants a name for the contact. Enter the name of the customer in Odoo; it is then sent by itself."),
        r"contact name (cannot be empty|is (mandatory|required)|field is mandatory)",
    ),
    known(
        "refused",
        _lt(
            "Xero does not take some characters of the contact's name. Change the customer's name in Odoo; it is then "
            "sent by itself."
        ),
        r"contact name cannot contain",  # (?)
    ),
    known(
        "refused",
        _lt(
            "The web address of the contact is not valid in Xero, and Xero takes no change before it is. Correct or "
            "remove it on the contact in Xero, then press Retry."
        ),
        r"website must be valid",
    ),
    # -- Texts -------------------------------------------------------------------------------------------------------
    known(
        "refused",
        _lt(
            "A text is longer than Xero takes; its words name the field. Shorten it in Odoo, confirm the invoice "
            "again if it is one, and it is sent by itself; or shorten it in Xero and press Retry."
        ),
        r"maximum (length|allowed characters)",
        r"must not be more than \d+ characters|length must be|too long",
    ),
    known(
        "refused",
        _lt(
            "Each line needs a description in Xero. Reset the invoice to draft, enter the descriptions, and confirm "
            "it; it is then sent by itself."
        ),
        r"description field is mandatory|description (is required|must be specified)",
    ),
    known(
        "refused",
        _lt(
            "Xero takes no confirmed invoice without lines. Reset the invoice to draft, add a line, and confirm it; "
            "it is then sent by itself."
        ),
        r"line items? must be specified",
    ),
    known(  # (?)
        "refused",
        _lt(
            "Xero does not take the link back to Odoo. Have an administrator set Odoo's address (system parameter "
            "web.base.url) to one with https and without the word “xero”, then press Retry."
        ),
        r"\burl must\b",
    ),
    # -- The document, the call, Xero itself -------------------------------------------------------------------------
    known(
        "refused",
        _lt(
            "Xero does not have this document any more. A demo company is emptied every 28 days: then delete the "
            "connection and make a new one. Otherwise look for the document in Xero by its number, and press Retry; "
            "if it is not there, report it."
        ),
        r"document with the supplied id was not found",
        r"existing (invoice|credit note|document) [^;]*could not be found",
    ),
    known(
        "refused",
        _lt("Xero mixed this up with an earlier call, and did nothing. Wait six minutes, then press Retry."),
        r"idempotency key[^;]*different request",
    ),
    known(
        "refused",
        _lt("Xero itself has a fault at present (see status.xero.com). Wait until it is over, then press Retry."),
        r"an error occurred in Xero",
        r"temporarily unavailable|\bmaintenance\b",
    ),
    known(
        "refused",
        _lt("Xero could not read what was sent. Please report it, with this record's Xero History."),
        r"data was invalid",
        r"no data has been processed",
    ),
    known(
        "refused",
        _lt(
            "Xero refused it without saying why. Press Retry; if it stays so, enter it in Xero by hand to see what is "
            "missing, and report it."
        ),
        r"^\W*a validation exception occurred\W*$",
    ),
    known(
        "refused",
        _lt("Something it uses is archived in Xero. Restore it there, or link another one here, then press Retry."),
        r"\barchived\b",
    ),
)
