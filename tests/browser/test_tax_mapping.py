"""Mapping taxes in a real browser: proposals, a wrong rate, taxes that are used together."""

import pytest

from support.browser import log_in, new_page, save_screenshot

from . import steps

ORGANISATION = "Demo Company (US)"


@pytest.fixture(scope="module")
def connected(browser, odoo_demo):
    """A page of a logged-in administrator whose company is connected to Xero."""
    page, _console = new_page(browser)
    log_in(page, odoo_demo.url)
    steps.connect(page, odoo_demo, ORGANISATION)
    yield page
    page.context.close()


def _tax(odoo, name, amount, **values):
    return odoo.rpc("account.tax", "create", [{"name": name, "amount": amount, "type_tax_use": "sale", **values}])


def _row(page, text):
    return page.locator(".o_data_row", has_text=text).first


def test_a_bookkeeper_maps_taxes(connected, odoo_demo, simulator_process):
    """Accept a proposal, be stopped at a wrong rate, map taxes that are used together; the held invoice goes."""
    page = connected
    state, city = _tax(odoo_demo, "State 4%", 4), _tax(odoo_demo, "City 4.5%", 4.5)
    district = _tax(odoo_demo, "District 0.375%", 0.375)
    _tax(odoo_demo, "Recycling fee", 0.5, amount_type="fixed")
    move = steps.new_invoice(odoo_demo, "Acme Corporation", "Theatre tickets", 100, [state, city, district])
    odoo_demo.rpc("account.move", "action_post", [[move]])
    _accept_a_proposal(page, odoo_demo)
    _try_a_wrong_rate(page)
    _map_taxes_used_together(page, odoo_demo, move)
    books = simulator_process.organisation(ORGANISATION)
    # 4.00 + 4.50 + 0.38
    assert [invoice["Total"] for invoice in books["invoices"]] == [108.88]


def _accept_a_proposal(page, odoo):
    steps.open_action(page, odoo, "xero_connector.account_tax_xero_action", ".o_data_row")
    page.wait_for_timeout(500)
    save_screenshot(page, "taxes-proposals")
    row = _row(page, "15%")
    assert "Sales Tax 15% [TAX005]" in row.inner_text()
    row.locator("button[name=action_accept_xero_proposal]").click()
    page.wait_for_selector(".o_data_row:has-text('15%') td[name=xero_tax_rate_id]:has-text('TAX005')")
    save_screenshot(page, "taxes")


def _try_a_wrong_rate(page):
    _row(page, "State 4%").locator("td[name=xero_tax_rate_id]").click()
    steps.choose(page, "xero_tax_rate_id", "Tax on Sales")
    page.click(".o_list_button_save")
    page.wait_for_selector(".modal:has-text('State 4% is 4 %'), .o_notification:has-text('State 4% is 4 %')")
    save_screenshot(page, "taxes-wrong-rate")


def _map_taxes_used_together(page, odoo, move):
    steps.open_action(page, odoo, "xero_connector.xero_binding_to_fix_action", ".o_data_row")
    page.locator(".o_data_row button[name=action_fix]").first.click()
    page.wait_for_selector(".o_data_row td[name=tax_ids]")
    page.wait_for_timeout(500)
    save_screenshot(page, "tax-combinations")
    page.click(".o_data_row button[name=action_accept_xero_proposal]")
    page.wait_for_selector(".o_data_row td[name=xero_tax_rate_id]:has-text('New York City')")
    page.goto(f"{odoo.url}/odoo/action-account.action_move_out_invoice_type/{move}")
    steps.wait_for_badge(page, "In Xero")


def test_the_screens_around_taxes_and_lines_tell_what_they_do(connected, odoo_demo):
    page = connected
    steps.open_connection(page, odoo_demo)
    page.click(".nav-link[name=lines]")
    page.wait_for_selector("div[name=discount_account_id] >> visible=true")
    page.wait_for_timeout(500)
    save_screenshot(page, "connection-lines")
    page.click(".nav-link[name=defaults]")
    page.wait_for_selector("div[name=unmapped_tax_policy] >> visible=true")
    page.wait_for_timeout(500)
    save_screenshot(page, "connection-defaults")
    position = odoo_demo.rpc("account.fiscal.position", "create", [{"name": "Resellers", "xero_exempt": True}])
    partner = odoo_demo.rpc("res.partner", "search", [[["name", "=", "Acme Corporation"]]], {"limit": 1})[0]
    product = odoo_demo.rpc("product.template", "search", [[["sale_ok", "=", True]]], {"limit": 1})[0]
    for name, model, record, tab in (
        ("fiscal-position", "account.fiscal.position", position, None),
        ("partner-exempt", "res.partner", partner, "Sales & Purchase"),
        ("product-kind", "product.template", product, "Xero"),
    ):
        page.goto(f"{odoo_demo.url}/odoo/{model}/{record}")
        page.wait_for_selector(".o_form_view")
        if tab:
            page.locator(".nav-link", has_text=tab).first.click()
        field = "xero_line_kind" if model == "product.template" else "xero_exempt"
        page.locator(f"div[name={field}]").first.scroll_into_view_if_needed()
        page.wait_for_timeout(300)
        save_screenshot(page, name)


def test_the_mapping_fits_a_phone(browser, odoo_demo):
    page, _console = new_page(browser)
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, odoo_demo.url)
    for name in ("account_tax_xero_action", "xero_tax_combination_action"):
        steps.open_action(page, odoo_demo, f"xero_connector.{name}", ".o_content")
        page.wait_for_timeout(500)
        save_screenshot(page, f"phone-{name}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{name} is {width} pixels wide"
    page.context.close()
