"""United States: sales tax of several components, one of them compound, and no report types."""

SALES = "assets equity liabilities revenue"
ALL = "assets equity expenses liabilities revenue"

TAX_RATES = (
    {"type": "NONE", "name": "Tax Exempt", "components": (("Tax Exempt", "0", False),), "applies": ALL},
    {"type": "OUTPUT", "name": "Tax on Sales", "components": (("Sales Tax", "8.75", False),), "applies": SALES},
    {
        "type": "INPUT",
        "name": "Tax on Purchases",
        "components": (("Sales Tax", "8.75", False),),
        "applies": "assets equity expenses liabilities",
    },
    {
        "type": "TAX001",
        "name": "New York City",
        "components": (("State", "4", False), ("City", "4.5", False), ("Metropolitan district", "0.375", False)),
        "applies": SALES,
    },
    {
        "type": "TAX002",
        "name": "Los Angeles",
        "components": (("State", "6", False), ("County", "0.25", False), ("City", "3.25", False)),
        "applies": ALL,
    },
    {
        "type": "TAX003",
        "name": "State with compound city tax",
        "components": (("State", "5", False), ("City on top", "9.975", True)),
        "applies": ALL,
    },
    {
        "type": "TAX005",
        "name": "Sales Tax 15%",
        "components": (("Sales Tax", "15", False),),
        "applies": SALES,
    },
    {
        "type": "TAX004",
        "name": "Old city rate",
        "components": (("City", "3", False),),
        "applies": SALES,
        "status": "DELETED",
    },
)
TAX_ROLES = {
    "sales": "OUTPUT",
    "zero_sales": "NONE",
    "purchases": "INPUT",
    "purchases_exempt": "NONE",
    "none": "NONE",
}
ACCOUNT_NAMES = {"Tax": "Sales Tax", "Rent": "Rent Expense"}
EXPECTS_REPORT_TYPE = False
