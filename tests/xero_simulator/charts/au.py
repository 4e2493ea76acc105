"""Australia: GST, and *BAS Excluded* instead of a rate without tax."""

SALES = "assets equity liabilities revenue"
PURCHASES = "assets equity expenses liabilities"
ALL = "assets equity expenses liabilities revenue"


def _gst(tax_type, name, rate, applies, report, **more):
    return {"type": tax_type, "name": name, "components": (("GST", rate, False),), "applies": applies,
            "report": report, **more}  # fmt: skip


TAX_RATES = (
    _gst("OUTPUT", "GST on Income", "10", SALES, "OUTPUT"),
    _gst("INPUT", "GST on Expenses", "10", PURCHASES, "INPUT"),
    _gst("EXEMPTOUTPUT", "GST Free Income", "0", SALES, "EXEMPTOUTPUT"),
    _gst("EXEMPTEXPENSES", "GST Free Expenses", "0", PURCHASES, "EXEMPTEXPENSES"),
    _gst("BASEXCLUDED", "BAS Excluded", "0", ALL, "BASEXCLUDED"),
    _gst("CAPEXINPUT", "GST on Capital", "10", "assets", "CAPITALEXPENSESINPUT"),
    _gst("EXEMPTEXPORT", "GST Free Exports", "0", SALES, "EXEMPTEXPORT"),
    _gst("INPUTTAXED", "Input Taxed", "0", ALL, "INPUTTAXED"),
    _gst("GSTONIMPORTS", "GST on Imports", "0", "liabilities", "GSTONIMPORTS"),
    _gst("TAX001", "Old GST Free", "0", SALES, "EXEMPTOUTPUT", status="DELETED"),
)
TAX_ROLES = {
    "sales": "OUTPUT",
    "zero_sales": "EXEMPTOUTPUT",
    "purchases": "INPUT",
    "purchases_exempt": "EXEMPTEXPENSES",
    "none": "BASEXCLUDED",
}
ACCOUNT_NAMES = {"Tax": "GST"}
EXPECTS_REPORT_TYPE = True
