"""United Kingdom: VAT. Tax types and names as in Xero's *Types and codes*."""

SALES = "assets equity liabilities revenue"
PURCHASES = "assets equity expenses liabilities"
ALL = "assets equity expenses liabilities revenue"


def _vat(tax_type, name, rate, applies, report, **more):
    return {"type": tax_type, "name": name, "components": (("VAT", rate, False),), "applies": applies,
            "report": report, **more}  # fmt: skip


TAX_RATES = (
    _vat("OUTPUT2", "20% (VAT on Income)", "20", SALES, "OUTPUT"),
    _vat("INPUT2", "20% (VAT on Expenses)", "20", PURCHASES, "INPUT"),
    _vat("RROUTPUT", "5% (VAT on Income)", "5", SALES, "OUTPUT"),
    _vat("RRINPUT", "5% (VAT on Expenses)", "5", PURCHASES, "INPUT"),
    _vat("ZERORATEDOUTPUT", "Zero Rated Income", "0", SALES, "OUTPUT"),
    _vat("ZERORATEDINPUT", "Zero Rated Expenses", "0", PURCHASES, "INPUT"),
    _vat("EXEMPTOUTPUT", "Exempt Income", "0", SALES, "EXEMPTOUTPUT"),
    _vat("EXEMPTINPUT", "Exempt Expenses", "0", PURCHASES, "EXEMPTINPUT"),
    _vat("NONE", "No VAT", "0", ALL, "NONE"),
    _vat("ECZROUTPUT", "Zero Rated EC Goods Income", "0", SALES, "ECOUTPUT"),
    _vat("ECZROUTPUTSERVICES", "Zero Rated EC Services", "0", SALES, "ECOUTPUTSERVICES"),
    _vat("CAPEXINPUT2", "20% (VAT on Capital Purchases)", "20", "assets", "CAPITALEXPENSESINPUT"),
    _vat("CAPEXOUTPUT2", "20% (VAT on Capital Sales)", "20", "assets", "CAPITALSALESOUTPUT"),
    _vat("GSTONIMPORTS", "VAT on Imports", "0", "liabilities", "GSTONIMPORTS"),
    _vat("DRCHARGESUPPLY20", "Domestic Reverse Charge @ 20% (VAT on Income)", "0", SALES, "DRCHARGESUPPLY"),
    _vat("OUTPUT", "17.5% (VAT on Income)", "17.5", SALES, "OUTPUT", status="ARCHIVED"),
    _vat("TAX009", "12.5% Hospitality (VAT on Income)", "12.5", SALES, "OUTPUT", status="DELETED"),
)
TAX_ROLES = {
    "sales": "OUTPUT2",
    "zero_sales": "ZERORATEDOUTPUT",
    "purchases": "INPUT2",
    "purchases_exempt": "EXEMPTINPUT",
    "none": "NONE",
}
ACCOUNT_NAMES = {"Tax": "VAT"}
EXPECTS_REPORT_TYPE = True
