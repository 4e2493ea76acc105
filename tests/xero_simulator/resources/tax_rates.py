"""Tax rates: read, and create one at a time.

Source: Xero's TaxRates reference: new rates are named ``TAX001`` …; ``ReportTaxType`` is needed in Australia, New
Zealand and the United Kingdom and refused elsewhere.
"""

from ..batch import elements_of, messages
from ..charts import tax_rate_record
from ..listing import plain
from ..problems import bad_data, not_found, validation_exception
from ..query import Where, sort
from ..reader import Reader

FIELDS = plain("Name", "TaxType", "Status", "ReportTaxType", "EffectiveRate", "DisplayTaxRate")
KNOWN = {"Name", "TaxComponents", "ReportTaxType", "TaxType", "Status"}
# The words of Xero's OpenAPI description that a rate for sales or purchases may carry; the simulator knows no others.
REPORT_TYPES = (
    "BASEXCLUDED", "CAPITALSALESOUTPUT", "CAPITALEXPENSESINPUT", "ECOUTPUT", "ECOUTPUTSERVICES", "ECINPUT",
    "ECACQUISITIONS", "EXEMPTEXPENSES", "EXEMPTINPUT", "EXEMPTOUTPUT", "GSTONIMPORTS", "INPUT", "INPUTTAXED",
    "MOSSSALES", "NONE", "NONEOUTPUT", "OUTPUT", "EXEMPTCAPITAL", "EXEMPTEXPORT", "GSTONCAPIMPORTS", "REVERSECHARGES",
    "ZERORATEDINPUT", "ZERORATEDOUTPUT", "DRCHARGESUPPLY", "DRCHARGE",
)  # fmt: skip
SALES, PURCHASES = "assets equity liabilities revenue", "assets equity expenses liabilities"
ALL = "assets equity expenses liabilities revenue"


def listed(context):
    """GET: all rates, archived and deleted ones included; there are no pages."""
    records = list(context.organisation.tax_rates.values())
    if where := context.args.get("where"):
        records = list(filter(Where(where, FIELDS), records))
    if order := context.args.get("order"):
        records = sort(records, order, FIELDS)
    return {"TaxRates": [show(record) for record in records]}


def read(context, tax_type):
    """GET of one rate by its tax type."""
    record = context.organisation.tax_rates.get(tax_type)
    if record is None:
        raise not_found()
    return {"TaxRates": [show(record)]}


def put(context):
    """PUT of one new rate."""
    elements = elements_of(context.body, "TaxRates", KNOWN, context.organisation.max_elements)
    if len(elements) > 1:
        raise bad_data("TaxRates takes one tax rate per request")
    element, errors = elements[0], []
    record = _new_rate(context.organisation, Reader(element, errors))
    if errors:
        raise validation_exception([{"ValidationErrors": messages(errors)}])
    context.organisation.journal.begin()
    context.organisation.tax_rates.put(record)
    return {"TaxRates": [show(record)]}


def _new_rate(org, reader):
    name = reader.text("Name", 50)
    if not name:
        reader.fail("The Name field is mandatory")
    elif any(_active_and_named(rate, name) for rate in org.tax_rates.values()):
        reader.fail("A tax rate with this name already exists.")
    if reader.has("TaxType"):
        reader.fail("System tax rates cannot be updated.")
    report = reader.text("ReportTaxType")
    if org.chart_rules.EXPECTS_REPORT_TYPE and not report:
        reader.fail("ReportTaxType must be specified.")
    if report and not org.chart_rules.EXPECTS_REPORT_TYPE:
        reader.fail("ReportTaxType is not supported for this organisation.")
    if report and report not in REPORT_TYPES:
        reader.fail(f"ReportTaxType '{report}' is not valid.")
    components = [_component(part, reader) for part in reader.objects("TaxComponents") or ()]
    if not components:
        reader.fail("At least one tax component must be specified.")
    compounds = sum(component["IsCompound"] for component in components)
    if compounds > 1 or (compounds and len(components) == 1):
        # The stricter reading: Xero's screen lets one component of several be compound.
        reader.fail("Only one of several tax components can be compound.")
    numbers = [int(t[3:]) for t in org.tax_rates if t.startswith("TAX") and t[3:].isdigit()]
    applies = ALL if not report else SALES if "OUTPUT" in report else PURCHASES if "INPUT" in report else ALL
    tax_type = f"TAX{max(numbers, default=0) + 1:03d}"
    return None if reader.errors else tax_rate_record(tax_type, name, components, applies, report)


def _active_and_named(rate, name):
    return rate["Status"] == "ACTIVE" and rate["Name"].casefold() == name.casefold()


def _component(part, outer):
    reader = Reader(part, outer.errors)
    rate = reader.number("Rate")
    if not reader.text("Name", 50):
        reader.fail("The Name field of a tax component is mandatory")
    if rate is None or not 0 <= rate <= 100 or rate != round(rate, 4):
        reader.fail("The Rate of a tax component must be between 0 and 100 with at most 4 decimals.")
    return {
        "Name": part.get("Name"),
        "Rate": rate,
        "IsCompound": bool(reader.boolean("IsCompound")),
        "IsNonRecoverable": bool(reader.boolean("IsNonRecoverable")),
    }


def show(record):
    """A rate as Xero shows it: percents with 4 decimals."""
    return {name: value for name, value in record.items() if not name.startswith("_")}


ROUTES = {("GET",): listed, ("GET", "*"): read, ("PUT",): put}
