"""Organisation, accounts, tax rates, currencies, items, tracking categories."""

from decimal import Decimal

import pytest

from .client import Client, parsed


def client(sim, app, **options):
    """A client of another organisation."""
    org = sim.add_organisation("Other", **options)
    return Client(sim, org, sim.grant(app, [org])["access_token"])


def test_the_organisation_describes_itself(org, api):
    (shown,) = api.get("Organisation")["Organisations"]
    assert (shown["OrganisationID"], shown["Name"], shown["ShortCode"]) == (org.id, "Demo Company (UK)", org.short_code)
    assert (shown["BaseCurrency"], shown["CountryCode"], shown["Version"]) == ("GBP", "GB", "UK")
    assert (shown["IsDemoCompany"], shown["Class"], shown["Timezone"]) == (True, "DEMO", "GMTSTANDARDTIME")
    assert org.short_code.startswith("!")
    assert "APIKey" not in shown


@pytest.mark.parametrize(("multicurrency", "status"), [(True, "ALLOWED"), (False, "NOT-ALLOWED")])
def test_actions_tell_what_the_plan_allows(sim, app, multicurrency, status):
    actions = client(sim, app, multicurrency=multicurrency).get("Organisation/Actions")["Actions"]
    assert {action["Name"]: action["Status"] for action in actions}["UseMulticurrency"] == status


@pytest.mark.parametrize(("country", "currency", "sales", "tax"), [
    ("GB", "GBP", "OUTPUT2", "VAT"), ("US", "USD", "OUTPUT", "Sales Tax"), ("AU", "AUD", "OUTPUT", "GST"),
])  # fmt: skip
def test_every_chart_has_the_accounts_that_connectors_meet(sim, app, country, currency, sales, tax):
    accounts = client(sim, app, country=country, currency=currency).get("Accounts")["Accounts"]
    by_code = {account.get("Code"): account for account in accounts}
    assert by_code["200"]["TaxType"] == sales
    assert by_code["820"]["Name"] == tax
    system = {code: by_code[code]["SystemAccount"] for code in ("610", "800", "820", "860", "960")}
    assert list(system.values()) == ["DEBTORS", "CREDITORS", "GST", "ROUNDING", "RETAINEDEARNINGS"]
    assert by_code["880"]["EnablePaymentsToAccount"] is True
    assert [account["Status"] for account in accounts].count("ARCHIVED") == 1
    codeless = [account for account in accounts if "Code" not in account]
    assert {account["Type"] for account in codeless} == {"BANK", "REVENUE"}
    assert {account["Class"] for account in accounts} == {"ASSET", "EQUITY", "EXPENSE", "LIABILITY", "REVENUE"}


@pytest.mark.parametrize(("country", "currency"), [("GB", "GBP"), ("US", "USD"), ("AU", "AUD")])
def test_every_account_has_an_active_default_tax_that_fits_it(sim, app, country, currency):
    api = client(sim, app, country=country, currency=currency)
    rates = {rate["TaxType"]: rate for rate in api.get("TaxRates")["TaxRates"]}
    flags = {
        "ASSET": "Assets",
        "EQUITY": "Equity",
        "EXPENSE": "Expenses",
        "LIABILITY": "Liabilities",
        "REVENUE": "Revenue",
    }
    for account in api.get("Accounts")["Accounts"]:
        rate = rates[account["TaxType"]]
        assert rate["Status"] == "ACTIVE"
        assert rate[f"CanApplyTo{flags[account['Class']]}"], account


def test_one_account_is_read_by_id(org, api):
    identifier = org.account_by_code("200")["AccountID"]
    assert api.get(f"Accounts/{identifier}")["Accounts"][0]["Name"] == "Sales"
    assert api.call("GET", "Accounts/200").status_code == 404


def test_tax_rates_show_components_and_rates(sim, app):
    rates = {
        rate["TaxType"]: rate for rate in client(sim, app, country="US", currency="USD").get("TaxRates")["TaxRates"]
    }
    assert [part["Rate"] for part in rates["TAX001"]["TaxComponents"]] == [4, Decimal("4.5"), Decimal("0.375")]
    assert rates["TAX001"]["EffectiveRate"] == rates["TAX001"]["DisplayTaxRate"] == Decimal("8.875")
    assert (rates["TAX003"]["DisplayTaxRate"], rates["TAX003"]["EffectiveRate"]) == (
        Decimal("14.975"),
        Decimal("15.4738"),
    )
    assert "ReportTaxType" not in rates["TAX001"]


def test_one_tax_rate_is_read_by_type(api):
    assert api.get("TaxRates/OUTPUT2")["TaxRates"][0]["Name"] == "20% (VAT on Income)"
    assert api.call("GET", "TaxRates/NOPE").status_code == 404


NEW_RATE = {"Name": "Odd 7%", "TaxComponents": [{"Name": "Odd", "Rate": "7"}]}


def test_a_new_tax_rate_gets_the_next_name(org, api):
    (rate,) = api.put("TaxRates", NEW_RATE | {"ReportTaxType": "OUTPUT"})
    assert (rate["TaxType"], rate["EffectiveRate"], rate["Status"]) == ("TAX010", 7, "ACTIVE")
    assert rate["CanApplyToRevenue"]
    assert not rate["CanApplyToExpenses"]


def test_report_tax_type_is_needed_in_the_uk_and_refused_in_the_us(sim, app, api):
    assert api.refused("PUT", "TaxRates", NEW_RATE) == ["ReportTaxType must be specified."]
    american = client(sim, app, country="US", currency="USD")
    assert american.refused("PUT", "TaxRates", NEW_RATE | {"ReportTaxType": "OUTPUT"}) == [
        "ReportTaxType is not supported for this organisation."
    ]
    highest = max(tax_type for tax_type in american.organisation.tax_rates if tax_type.startswith("TAX"))
    assert american.put("TaxRates", NEW_RATE)[0]["TaxType"] == f"TAX{int(highest[3:]) + 1:03d}"


@pytest.mark.parametrize("change", [
    {"Name": ""}, {"Name": "no vat"}, {"TaxType": "OUTPUT2"}, {"TaxComponents": []}, {"TaxComponents": [{"Rate": 1}]},
    {"TaxComponents": [{"Name": "x", "Rate": 101}]}, {"TaxComponents": [{"Name": "x", "Rate": "1.00001"}]},
    {"TaxComponents": [{"Name": "x"}]}, {"ReportTaxType": "SALES"},
    {"TaxComponents": [{"Name": "x", "Rate": 1, "IsCompound": True}]},
    {"TaxComponents": [{"Name": n, "Rate": 1, "IsCompound": n != "a"} for n in "abc"]},
])  # fmt: skip
def test_bad_tax_rates_are_refused(org, api, change):
    before = len(org.tax_rates)
    assert api.refused("PUT", "TaxRates", NEW_RATE | {"ReportTaxType": "OUTPUT"} | change)
    assert len(org.tax_rates) == before


def test_tax_rates_are_sent_one_at_a_time(api):
    assert api.call("PUT", "TaxRates", {"TaxRates": [NEW_RATE, NEW_RATE]}).status_code == 400


def test_subscribing_to_a_currency(org, api):
    assert parsed(api.call("PUT", "Currencies", {"Code": "USD"}))["Currencies"] == [
        {"Code": "USD", "Description": "United States Dollar"}
    ]
    assert [currency["Code"] for currency in api.get("Currencies")["Currencies"]] == ["GBP", "EUR", "USD"]


@pytest.mark.parametrize("body", [{"Currencies": [{"Code": "USD"}]}, [{"Code": "USD"}], {"Code": "XXX"}, {"Code": ""}])
def test_currencies_takes_one_known_currency(org, api, body):
    assert api.call("PUT", "Currencies", body).status_code == 400
    assert list(org.currencies) == ["GBP", "EUR"]


def test_a_plan_without_multicurrency_has_one_currency(sim, app):
    api = client(sim, app, multicurrency=False)
    assert api.call("PUT", "Currencies", {"Code": "EUR"}).status_code == 400


def test_items_are_read_by_id_or_code(org, api):
    identifier = next(iter(org.items))
    for key in (identifier, "ball"):
        (item,) = api.get(f"Items/{key}")["Items"]
        assert (item["Code"], item["SalesDetails"]["UnitPrice"]) == ("BALL", Decimal("5.60"))
    assert api.call("GET", "Items/nope").status_code == 404


def test_tracking_categories_are_listed_with_their_options(org, api):
    region = next(iter(org.tracking_categories.values()))
    archived = [{**region["Options"][0], "Status": "ARCHIVED"}, region["Options"][1]]
    org.tracking_categories.put({**region, "Options": archived})
    shown = api.get("TrackingCategories")["TrackingCategories"]
    assert [(category["Name"], len(category["Options"])) for category in shown] == [("Region", 1), ("Department", 1)]
    everything = api.get("TrackingCategories", includeArchived="true")["TrackingCategories"]
    assert len(everything[0]["Options"]) == 2
    assert len(api.get(f"TrackingCategories/{region['TrackingCategoryID']}")["TrackingCategories"]) == 1
    assert api.call("GET", "TrackingCategories/nope").status_code == 404
