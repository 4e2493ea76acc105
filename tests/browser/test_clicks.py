"""How many clicks it takes from an empty company to its first invoice in Xero; typing is not counted."""

import pytest

from support import report
from support.browser import log_in, save_screenshot
from xero_simulator.demo import DEMO_CLIENT_ID, DEMO_CLIENT_SECRET

from . import steps

ORGANISATION = "Demo Company (US)"
MOST_CLICKS = 19
_COUNTER = "addEventListener('click', (event) => event.isTrusted && event.detail && countClick(), true);"


@pytest.fixture
def empty_company(odoo_demo):
    """A company that was just made: a chart of accounts, no customers, no invoices, nothing of Xero."""
    currency = odoo_demo.rpc("res.currency", "search", [[["name", "=", "USD"]]])[0]
    company = odoo_demo.rpc("res.company", "create", [{"name": "Fresh Start Inc", "currency_id": currency}])
    odoo_demo.rpc("account.chart.template", "try_loading", [[], "generic_coa", company])
    [user] = odoo_demo.rpc("res.users", "search", [[["login", "=", "admin"]]])
    odoo_demo.rpc("res.users", "write", [[user], {"company_ids": [[4, company]]}])
    return company


def test_from_an_empty_company_to_the_first_invoice_in_xero(browser_page, odoo_demo, simulator_process, empty_company):
    page = browser_page
    clicks = []
    page.context.expose_function("countClick", lambda: clicks.append(page.url))
    page.context.add_init_script(_COUNTER)
    log_in(page, odoo_demo.url)
    page.context.add_cookies([{"name": "cids", "value": str(empty_company), "url": odoo_demo.url}])
    page.goto(f"{odoo_demo.url}/odoo")
    page.wait_for_selector(".o_navbar_apps_menu button")
    clicks.clear()

    page.click(".o_navbar_apps_menu button")
    page.click(".o-dropdown--menu >> text=Invoicing")
    page.wait_for_selector(".o_menu_sections >> text=Xero")
    page.click(".o_menu_sections >> text=Xero")
    page.click(".o-dropdown--menu >> text=Overview")
    page.wait_for_selector(".o_kanban_view .o_view_nocontent")
    save_screenshot(page, "overview-empty")
    page.click(".o-kanban-button-new")
    page.fill("div[name=client_id] input", DEMO_CLIENT_ID)
    page.fill("div[name=new_client_secret] input", DEMO_CLIENT_SECRET)
    page.click("button[name=action_connect]")
    steps.consent(page, ORGANISATION)
    page.click("text=Set Up")
    page.wait_for_selector(".o_form_view div[name=line_ids] .o_data_row")
    page.wait_for_timeout(300)
    save_screenshot(page, "setup")
    page.click("button[name=action_apply]")
    page.wait_for_selector("div[name=line_ids] td[name=state]:has-text('Done')")
    page.click("button[name=action_new_invoice]")
    page.wait_for_selector("div[name=partner_id] input")
    page.fill("div[name=partner_id] input", "First Customer")
    page.locator(".o-autocomplete--dropdown-item", has_text="Create").first.click()
    page.click(".modal .o_form_button_save")
    page.wait_for_selector(".modal", state="hidden")
    page.click("div[name=invoice_line_ids] .o_field_x2many_list_row_add >> text=Add a line")
    page.wait_for_selector("div[name=invoice_line_ids] .o_selected_row")
    page.keyboard.type("Consulting")
    page.wait_for_timeout(500)
    page.click("div[name=invoice_line_ids] .o_selected_row td[name=price_unit]")
    page.keyboard.press("Control+A")
    page.keyboard.type("100")
    page.keyboard.press("Tab")
    page.click("button[name=action_post] >> visible=true")
    page.wait_for_selector("button[name=button_draft]")
    steps.wait_for_badge(page, "In Xero")
    save_screenshot(page, "first-invoice")

    domain = [["company_id", "=", empty_company], ["state", "=", "posted"]]
    [invoice] = odoo_demo.rpc("account.move", "search_read", [domain, ["name", "amount_total"]])
    books = simulator_process.organisation(ORGANISATION)["invoices"]
    found = [(record["InvoiceNumber"], float(record["Total"])) for record in books]
    assert found == [(invoice["name"], invoice["amount_total"])]
    assert invoice["amount_total"] >= 100
    report.line(f"from an empty company to the first invoice in Xero: {len(clicks)} clicks")
    assert len(clicks) <= MOST_CLICKS, clicks
