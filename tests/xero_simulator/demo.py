"""The demo's Xero: one app, four organisations, some contacts."""

DEMO_CLIENT_ID = "D3A0C1E27B5F4A6898E1F20C7A41B6D5"
DEMO_CLIENT_SECRET = "demo-secret-of-the-simulator-not-a-real-one"
DEMO_REDIRECTS = ("http://localhost:*/xero/oauth/callback",)

CONTACTS = (
    {"name": "Ridgeway University", "EmailAddress": "accounts@ridgeway.example", "AccountNumber": "RIDGE1"},
    {
        "name": "City Limousines",
        "EmailAddress": "office@citylimousines.example",
        "FirstName": "Martin",
        "LastName": "Dale",
    },
    {
        "name": "Bayside Club",
        "EmailAddress": "secretary@bayside.example",
        "Addresses": [
            {
                "AddressType": "STREET",
                "AddressLine1": "140 Harbour Road",
                "City": "Ridge Heights",
                "PostalCode": "RH1 1AA",
                "Country": "United Kingdom",
            }
        ],
        "Phones": [{"PhoneType": "DEFAULT", "PhoneNumber": "2024455", "PhoneAreaCode": "02"}],
    },
    {"name": "Basket Case", "EmailAddress": "hello@basketcase.example"},
    # Two contacts share an address: an import must ask which one is meant.
    {"name": "Marine Systems", "EmailAddress": "accounts@marine.example"},
    {"name": "Marine Systems Holdings", "EmailAddress": "accounts@marine.example"},
    {"name": "PowerDirect", "TaxNumber": "GB123456789"},
    {"name": "Abby & Wells", "EmailAddress": "info@abby.example"},
)
ARCHIVED = "Abby & Wells"
ORGANISATIONS = (
    {"name": "Demo Company (UK)", "country": "GB", "currency": "GBP", "demo": True, "currencies": ("EUR", "USD")},
    {"name": "Demo Company (US)", "country": "US", "currency": "USD", "demo": True, "currencies": ("EUR", "GBP")},
    {
        "name": "Harbour Trading Ltd",
        "country": "GB",
        "currency": "GBP",
        "edition_class": "STARTER",
        "multicurrency": False,
    },
    {"name": "Demo Company (AU)", "country": "AU", "currency": "AUD", "demo": True},
)
TRACKING = {"Region": ("Eastside", "North", "South", "West Coast"), "Department": ("Sales", "Service")}
ITEMS = (
    {
        "code": "GB1-White",
        "name": "Golf balls - white",
        "description": "Golf balls - white single",
        "sales": {"UnitPrice": "5.60", "AccountCode": "200"},
        "purchase": {"UnitPrice": "2.10", "AccountCode": "310"},
    },
    {
        "code": "PMD",
        "name": "Project management",
        "description": "Project management",
        "sales": {"UnitPrice": "100", "AccountCode": "200"},
    },
)


def fill(simulator, client_id=DEMO_CLIENT_ID, client_secret=DEMO_CLIENT_SECRET, redirect_uris=DEMO_REDIRECTS):
    """Fill an empty simulator; returns the app."""
    for options in ORGANISATIONS:
        org = simulator.add_organisation(tracking=TRACKING, items=ITEMS, **options)
        for contact in CONTACTS:
            org.add_contact(**contact)
        org.archive_contact(org.contact_by_name(ARCHIVED)["ContactID"])
    return simulator.add_app(client_id, client_secret, redirect_uris, "Odoo connector demo")
