"""What Xero says when it refuses something: texts as they were seen, and what each must be explained with.

Each is (text, reason, words of the next step, source). Sources, in short: *developer docs* (developer.xero.com),
*OpenAPI* (Xero's own description), *SDK report* (issues of Xero's SDKs), *help page* (of an app that talks to Xero),
*public code* (what other apps look for), *simulator* (our own wording of a rule that Xero documents, without its text);
*(?)* is a guess at a text that nobody quotes.
"""

REFUSALS = [
    # The plan, and the user
    ("You have reached the limit of invoices you can approve.", "plan", "Upgrade the plan", "developer docs"),
    ("You have reached the limit of invoices you can approve!", "plan", "Draft", "help page"),
    ("Your subscription has reached its monthly limit of invoices", "plan", "Upgrade the plan", "(?)"),
    ("You've hit the invoice limit for this month", "plan", "Upgrade the plan", "(?)"),
    ("The subscription of this organisation has expired", "plan", "Renew it", "(?)"),
    ("The organisation has been cancelled", "plan", "Renew it", "(?)"),
    ("Your trial has ended.", "plan", "Renew it", "(?)"),
    (
        "The User specified does not have the correct permissions to perform this action",
        "permission",
        "Standard or Adviser",
        "help page",
    ),
    ("You Are Not Permitted to Access This Resource", "permission", "Standard or Adviser", "help page"),
    (
        "You are not permitted to access this resource without the reporting role or higher privileges",
        "permission",
        "sign in as another one",
        "SDK report",
    ),
    ("You do not have permission to approve invoices", "permission", "Settings → Users", "(?)"),
    ("AuthorizationUnsuccessful", "permission", "press Connect", "SDK report"),
    ("AuthenticationUnsuccessful", "permission", "press Connect", "SDK report"),
    # Numbers and names
    ("Invoice # must be unique.", "number", "Change the number", "OpenAPI"),
    ("Credit note # must be unique.", "number", "Change the number", "simulator"),
    ("This invoice number must be unique.", "number", "void the one in Xero", "help page"),
    (
        "The contact name Buzz Lightyear is already assigned to another contact. The contact name must be unique "
        "across all active contacts.",
        "choice",
        "Rename one of the two",
        "OpenAPI",
    ),
    (
        "The Contact Name already exists. Please enter a different Contact Name.",
        "choice",
        "Rename one of the two",
        "public code",
    ),
    (
        "The existing contact with name 'x' cannot be updated to use new name 'y'. There is an existing contact with "
        "that name.",
        "choice",
        "link the customer",
        "help page",
    ),
    (
        "The contact number 4711 is already assigned to another contact. The contact number must be unique across all "
        "contacts.",
        "choice",
        "contact number",
        "help page",
    ),
    (
        "Another contact has this contact number. Please enter a different contact number.",
        "choice",
        "contact number",
        "help page",
    ),
    ("The AccountNumber A1 is already assigned to another contact.", "choice", "account number", "simulator"),
    # Paid, credited, voided
    (
        "This document cannot be edited as it has a payment or credit note allocated to it.",
        "applied",
        "Remove the payment",
        "help page",
    ),
    (
        "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it.",
        "applied",
        "Remove the payment",
        "SDK report",
    ),
    ("Invoice not of valid status for modification", "applied", "paid, credited or voided", "help page"),
    ("Document not of valid status for modification", "applied", "paid, credited or voided", "help page"),
    (
        "Invoice not of valid status for modification; This document cannot be edited as it has a payment or credit "
        "note allocated to it.",
        "applied",
        "press Exclude",
        "help page",
    ),
    ("The item already exists in Xero with status different from 'DRAFT'!", "applied", "press Retry", "help page"),
    ("Invoice not of valid status for creation", "refused", "Create Invoices As", "simulator"),
    ("This transaction has been reconciled and cannot be edited.", "applied", "Undo the reconciliation", "(?)"),
    # Dates
    (
        "The document date cannot be before the end of year lock date, currently set at 31-Jul-2013",
        "lock_date",
        "Financial settings",
        "SDK report",
    ),
    (
        "The document date cannot be before the period lock date, currently set at 30-Nov-2018",
        "lock_date",
        "change the document's date",
        "help page",
    ),
    (
        "The document cannot be edited as it is currently dated before the end of year lock date",
        "lock_date",
        "press Retry",
        "public code",
    ),
    (
        "Due date for sales invoices must be between 1 and 31",
        "refused",
        "payment terms there",
        "help page",
    ),
    ("The document DueDate field must be specified.", "refused", "enter the due date", "SDK report"),
    ("Due date cannot be empty.", "refused", "enter the due date", "help page"),
    ("The Date field must be specified.", "refused", "enter its date", "SDK report"),
    ("Date is not a valid date.", "refused", "correct its date", "simulator"),
    (
        "JSON for post data was invalid,Could not convert string to DateTime: 31/02/2026.",
        "refused",
        "correct its date",
        "help page",
    ),
    ("The invoice date is too far in the future.", "refused", "correct its date", "(?)"),
    # Currencies
    ("Organisation is not subscribed to currency USD", "currency", "Settings → Currencies", "help page"),
    ("Organization is not subscribed to currency CAD", "currency", "Settings → Currencies", "help page"),
    ("A currency rate must be specified", "currency", "Exchange Rates", "help page"),
    ("CurrencyRate must be greater than zero.", "currency", "Exchange Rates", "simulator"),
    ("Multi-currency is not enabled for this organisation", "currency", "Settings → Currencies", "(?)"),
    # Taxes
    (
        "The TaxType code 'OUTPUT' cannot be used with account code '400'.",
        "tax",
        "another account",
        "help page",
    ),
    (
        "The TaxType code GST on Income does not exist or cannot be used for this type of transaction.; The TaxType "
        "code 'GST on Income' cannot be used with account code '60410'.",
        "tax",
        "Mapping → Taxes",
        "SDK report",
    ),
    (
        "The TaxType code TAX009 does not exist or cannot be used for this type of transaction.",
        "tax",
        "no such tax rate",
        "help page",
    ),
    ("The TaxType code 'GST on Income' is not valid", "tax", "no such tax rate", "SDK report"),
    ("Tax rate must be valid.", "tax", "no such tax rate", "SDK report"),
    ("Tax rate must be Active", "tax", "archived or deleted", "help page"),
    ("The tax rate 20% (VAT) has been archived", "tax", "archived or deleted", "(?)"),
    ("The TaxType field is mandatory", "tax", "Rate for Exempt and Untaxed", "SDK report"),
    ("A tax rate with this name already exists.", "tax", "Rename the tax", "simulator"),
    ("ReportTaxType must be specified.", "tax", "Create the rate in Xero", "developer docs"),
    ("Tax amount cannot be greater than the line amount", "refused", "left to Xero", "help page"),
    (
        "The tax amount 10.02 does not match the expected tax amount 10.00",
        "refused",
        "left to Xero",
        "simulator",
    ),
    (
        "Line item tax amounts do not total to document tax amount",
        "refused",
        "left to Xero",
        "help page",
    ),
    # Amounts
    (
        "The line total 666.88 does not match the expected line total 666.93",
        "totals",
        "report it",
        "SDK report",
    ),
    ("The document total does not equal the sum of the lines.", "totals", "report it", "help page"),
    ("The invoice total does not equal the sum of the lines.", "totals", "report it", "SDK report"),
    (
        "The discount rate '0.00' is invalid. Discount must not be greater than the line total.",
        "totals",
        "Discounts Become",
        "SDK report",
    ),
    ("Discounts may not be applied to ACCPAY invoices.", "totals", "Discounts Become", "SDK report"),
    (
        "The Total for this document must be greater than or equal to zero.",
        "totals",
        "credit note",
        "help page",
    ),
    (
        "The quantity value '-1.0000' is invalid. Quantity must not be less than zero.",
        "totals",
        "price negative instead",
        "help page",
    ),
    ("The line amount must be at most 9999999999.99.", "refused", "split the line", "(?)"),
    # Accounts
    (
        "Account code '260' has been archived, or has been deleted. Each line item must reference a valid account.",
        "account",
        "Restore it there",
        "help page",
    ),
    ("Account code must be specified", "account", "Default Ledger Account", "SDK report"),
    ("Account code or ID must be specified", "account", "Default Ledger Account", "help page"),
    ("Account code '500' is not a valid code for this document.", "account", "map another one", "SDK report"),
    ("Account code '6015' is not valid", "account", "map another one", "public code"),
    (
        "Account code '200' does not exist or cannot be applied to Items.",
        "account",
        "map another one",
        "help page",
    ),
    ("Account could not be found", "account", "map another one", "SDK report"),
    ("Account must be valid.; Tax rate must be valid.", "tax", "no such tax rate", "SDK report"),
    ("Account must be valid.", "account", "map another one", "help page"),
    # Items, tracking, branding
    ("Item code 'X' is not valid", "refused", "Products and services", "help page"),
    ("Price List Item with Code ''abc'' already exists", "refused", "Rename one of the two", "OpenAPI"),
    (
        "There is no ACTIVE tracking category with the name ''",
        "refused",
        "Tracking categories",
        "SDK report",
    ),
    ("The tracking category Region - Sales is invalid", "refused", "Tracking categories", "help page"),
    ("The tracking option North has been archived", "refused", "Tracking categories", "(?)"),
    ("The BrandingThemeID does not exist", "refused", "Choose another theme", "SDK report"),
    # Contacts
    (
        "The contact with the specified contact details has been archived. The contact must be un-archived before "
        "creating new invoices or credit notes.",
        "contact",
        "Contacts → Archived",
        "help page",
    ),
    ("Archived contacts cannot currently be edited via the API.", "contact", "Restore it there", "public code"),
    ("The status 'ARCHIVED' is not valid for contacts", "contact", "Restore it there", "help page"),
    (
        "The Contact must contain at least 1 of the following elements to identify the contact: Name, ContactID, "
        "ContactNumber",
        "contact",
        "Link to a Contact",
        "OpenAPI",
    ),
    ("A Contact must be specified for this type of transaction", "contact", "Link to a Contact", "SDK report"),
    (
        "The contact with ContactID 2f6e0f1a could not be found.",
        "contact",
        "Link to a Contact",
        "simulator",
    ),
    ("Email address must be valid.", "refused", "e-mail address", "help page"),
    (
        "Additional people cannot be added when the primary person has no email address set.",
        "refused",
        "Enter one on the customer",
        "help page",
    ),
    ("Contact Name cannot be empty.", "refused", "Enter the name", "simulator"),
    ("The contact name cannot contain the characters < or >.", "refused", "Change the customer's name", "simulator"),
    ("Website must be valid", "refused", "web address", "help page"),
    # Texts
    (
        "The PostalCode field has a maximum length of 50 characters.",
        "refused",
        "Shorten it",
        "simulator",
    ),
    ("Price List Item Code must not be more than 30 characters long.", "refused", "Shorten it", "help page"),
    (
        "Line Item 5 SellingUnitOfMeasure: Maximum allowed characters for SellingUnitOfMeasure is 5.",
        "refused",
        "Shorten it",
        "help page",
    ),
    ("The description field is mandatory for each line item.", "refused", "enter the descriptions", "SDK report"),
    ("One or more line items must be specified", "refused", "add a line", "SDK report"),
    ("Url must not contain the word 'Xero'.", "refused", "web.base.url", "developer docs"),
    # The document, the call, Xero itself
    (
        "The document with the supplied id was not found for this endpoint.",
        "refused",
        "demo company",
        "OpenAPI",
    ),
    ("An existing invoice with the specified ID could not be found", "refused", "demo company", "help page"),
    (
        "Idempotency Key: 7b1c is used with a different request.",
        "refused",
        "Wait six minutes",
        "developer docs",
    ),
    (
        "An error occurred in Xero. Check the API Status page http://status.developer.xero.com for current service "
        "status.",
        "refused",
        "status.xero.com",
        "SDK report",
    ),
    ("The API is temporarily unavailable", "refused", "status.xero.com", "developer docs"),
    ("JSON for post data was invalid, unexpected token", "refused", "report it", "developer docs"),
    (
        "No data has been processed for this endpoint. This endpoint is expecting Invoice data to be specifed in the "
        "request body.",
        "refused",
        "report it",
        "developer docs",
    ),
    ("A validation exception occurred", "refused", "without saying why", "OpenAPI"),
    ("The item has been archived.", "refused", "Restore it there", "(?)"),
    # Payments and allocations
    (
        "Payment amount exceeds the amount outstanding on this document",
        "applied",
        "remove what is there twice",
        "OpenAPI",
    ),
    (
        "Credit Note cannot be allocated as amount is greater than amount outstanding",
        "applied",
        "remove what is there twice",
        "SDK report",
    ),
    (
        "The invoice you are trying to allocate to has already been paid off",
        "applied",
        "remove what is there twice",
        "SDK report",
    ),
    ("Payments can only be made against Authorised documents", "document", "approve it", "help page"),
    ("Account is not valid for payments", "payment_account", "Enable payments", "simulator"),
    (
        "The currency of the account cannot be used for payments of this document.",
        "payment_account",
        "document's or the organisation's currency",
        "simulator",
    ),
    ("Payments within a batch cannot be deleted.", "settlement", "delete the batch", "help page"),
    ("Credit Note cannot be allocated to an incorrect invoice type", "settlement", "same contact", "SDK report"),
    ("Credit Note cannot be allocated to an invoice of another contact", "settlement", "same contact", "simulator"),
    ("Organisation accounts are locked on the specified payment date", "lock_date", "date of the payment", "help page"),
    ("Credit Note cannot be allocated as its status is VOIDED", "document", "approve it", "simulator"),
    ("Credit note # must be unique.", "number", "Change the number", "OpenAPI"),
    (
        "The account has been archived and cannot be used for payments.",
        "payment_account",
        "Enable payments",
        "simulator",
    ),
    ("Credit Note cannot be allocated to an invoice in another currency", "settlement", "same contact", "simulator"),
]

# Texts that no entry may claim: what they say is not in the table.
UNKNOWN = [
    "Order number must be unique",
    "You’ve reached the limit of 100 contact groups.",
    "Please enter a unique Name.",
    "Something that nobody has seen before",
]
