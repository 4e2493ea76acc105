"""Organisation and its Actions."""

from ..dates import microsoft

MULTICURRENCY = "UseMulticurrency"
ACTIONS = (
    "CreateApprovedInvoice", "CreateApprovedBill", "CreateDraftInvoice", "CreateDraftBill", "CreateInvoicePayment",
    "CreateDraftPurchaseOrder", "CreateApprovedPurchaseOrder", "AttachFilesIntoInvoice", "CreateRepeatingInvoice",
    "CreateRepeatingBill", "CreateDraftQuote", "CreateSentQuote",
)  # fmt: skip


def read(context):
    """GET: always one organisation."""
    return {"Organisations": [show(context.organisation)]}


def show(org):
    """The organisation as Xero describes it."""
    answer = {
        "Name": org.name,
        "LegalName": org.name,
        "PaysTax": True,
        "Version": org.version,
        "OrganisationType": "COMPANY",
        "BaseCurrency": org.currency,
        "CountryCode": org.country,
        "IsDemoCompany": org.is_demo,
        "OrganisationStatus": "ACTIVE",
        "TaxNumber": "101-2-303",
        "FinancialYearEndDay": 31,
        "FinancialYearEndMonth": 12,
        "SalesTaxBasis": "ACCRUALS",
        "SalesTaxPeriod": "QUARTERLY",
        "DefaultSalesTax": "Tax Exclusive",
        "DefaultPurchasesTax": "Tax Exclusive",
        "CreatedDateUTC": microsoft(org.created),
        "OrganisationEntityType": "COMPANY",
        "Timezone": org.timezone_name,
        "ShortCode": org.short_code,
        "OrganisationID": org.id,
        "Edition": "BUSINESS",
        "Class": org.edition_class,
        "Addresses": [],
        "Phones": [],
        "ExternalLinks": [],
        "PaymentTerms": {},
    }
    if org.period_lock_date is not None:
        answer["PeriodLockDate"] = microsoft(org.period_lock_date)
    if org.end_of_year_lock_date is not None:
        answer["EndOfYearLockDate"] = microsoft(org.end_of_year_lock_date)
    return answer


def actions(context):
    """GET Actions: what the plan allows."""
    allowed = {MULTICURRENCY: context.organisation.multicurrency}
    return {
        "Actions": [
            {"Name": name, "Status": "ALLOWED" if allowed.get(name, True) else "NOT-ALLOWED"}
            for name in (*ACTIONS, MULTICURRENCY)
        ]
    }


ROUTES = {("GET",): read, ("GET", "Actions"): actions}
