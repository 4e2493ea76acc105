"""A bookkeeper's first hour, in a real browser: from nothing to the first invoice in Xero."""

import pytest

from support.browser import log_in, save_screenshot

from . import steps


@pytest.fixture
def page(browser_page, odoo_demo):
    """A page that is logged in as the administrator."""
    log_in(browser_page, odoo_demo.url)
    return browser_page


def _main_company(odoo):
    return odoo.rpc("ir.model.data", "check_object_reference", ["base", "main_company"])[1]


def test_from_connecting_to_the_invoice_in_xero(page, odoo_demo, simulator_process):
    steps.open_connection(page, odoo_demo)
    save_screenshot(page, "connection-draft")
    page.click("button[name=action_connect]")
    page.wait_for_selector("#allow")
    save_screenshot(page, "consent")
    steps.consent(page, "Demo Company (US)")
    assert "Connected" in page.inner_text("h1")
    assert "Demo Company (US)" in page.inner_text("body")
    save_screenshot(page, "connected")

    page.click("text=Back to Odoo")
    page.wait_for_selector("button[name=action_sync_now]")
    # The chart of accounts is read in the background, within seconds of connecting.
    steps_until_accounts(page, odoo_demo)
    steps.choose(page, "default_account_id", "200")
    steps.save(page)
    save_screenshot(page, "connection-connected")

    steps.map_tax(page, odoo_demo, "15%", "15")
    save_screenshot(page, "taxes")

    steps.open_draft_invoice(page, odoo_demo, "Acme Corporation", "Consulting", 200, "15%")
    steps.confirm(page)
    steps.wait_for_badge(page, "In Xero")
    save_screenshot(page, "invoice-in-xero")
    number = page.inner_text("div[name=name] >> nth=0").strip()
    books = simulator_process.organisation("Demo Company (US)")
    in_xero = [invoice for invoice in books["invoices"] if invoice["InvoiceNumber"] == number]
    assert [float(invoice["Total"]) for invoice in in_xero] == [230.0]

    with page.expect_popup() as opened:
        page.click("button[name=action_open_in_xero]")
    xero = opened.value
    xero.wait_for_load_state()
    assert number in xero.inner_text("body")
    assert "Acme Corporation" in xero.inner_text("body")


def steps_until_accounts(page, odoo):
    """Wait until the connection's chart of accounts has arrived."""
    for _attempt in range(20):
        if odoo.rpc("xero.account", "search_count", [[["code", "=", "200"]]]):
            return
        page.wait_for_timeout(500)
    raise AssertionError("the chart of accounts never came")


def test_all_ready_demo_invoices_are_pushed_and_the_others_say_why(page, odoo_demo, simulator_process):
    steps.open_action(page, odoo_demo, "account.action_move_out_invoice_type", ".o_list_view .o_data_row")
    page.click("thead .o_list_record_selector")
    page.click(".o_cp_action_menus .dropdown-toggle:has(.fa-cog)")
    page.click(".o-dropdown--menu >> text=Push to Xero")
    page.wait_for_selector(".o_notification:has-text('on their way to Xero')")
    page.wait_for_selector(".o_notification:has-text('Push to Xero finished')")
    save_screenshot(page, "push-finished")
    company = _main_company(odoo_demo)
    fields = ["name", "move_type", "xero_sync_state", "xero_message"]
    domain = [["company_id", "=", company], ["state", "=", "posted"], ["move_type", "=like", "out_%"]]
    moves = odoo_demo.rpc("account.move", "search_read", [domain, fields])
    invoices = [move for move in moves if move["move_type"] == "out_invoice"]
    assert {move["xero_sync_state"] for move in invoices} <= {"synced", "blocked"}
    assert all(move["xero_message"] for move in invoices if move["xero_sync_state"] == "blocked")
    pushed = sorted(move["name"] for move in invoices if move["xero_sync_state"] == "synced")
    books = simulator_process.organisation("Demo Company (US)")["invoices"]
    assert sorted(invoice["InvoiceNumber"] for invoice in books if invoice["InvoiceNumber"] in pushed) == pushed
    refund = next(move for move in moves if move["move_type"] == "out_refund")
    with pytest.raises(Exception, match="are not sent to Xero"):
        odoo_demo.rpc("account.move", "action_push_to_xero", [[refund["id"]]])


def test_refusing_access_on_xeros_page_says_so_and_changes_nothing(page, odoo_demo):
    first = odoo_demo.rpc("xero.connection", "search_read", [[["code", "=", "demo"]], ["client_id"]])[0]
    other = odoo_demo.rpc("res.company", "search", [[["id", "!=", _main_company(odoo_demo)]]])[0]
    values = {"name": "Second", "code": "second", "company_id": other, "client_id": first["client_id"]}
    connection = odoo_demo.rpc("xero.connection", "create", [{**values, "new_client_secret": "secret"}])
    page.goto(f"{odoo_demo.url}/odoo/xero.connection/{connection}")
    page.click("button[name=action_connect]")
    page.click("#cancel")
    page.wait_for_url("**/xero/oauth/callback**")
    assert "Not connected" in page.inner_text("h1")
    save_screenshot(page, "denied")
    after = odoo_demo.rpc("xero.connection", "read", [[connection], ["state"]])
    assert after[0]["state"] == "draft"


def test_screens_fit_a_phone(browser, odoo_demo):
    from support.browser import new_page

    page, _console = new_page(browser)
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, odoo_demo.url)
    for xmlid, ready in (
        ("xero_connector.xero_connection_action", ".o_kanban_record"),
        ("xero_connector.xero_binding_action", ".o_content"),
        ("xero_connector.xero_request_action", ".o_content"),
    ):
        steps.open_action(page, odoo_demo, xmlid, ready)
        page.wait_for_timeout(500)
        save_screenshot(page, f"phone-{xmlid.split('.')[1]}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{xmlid} is {width} pixels wide"
    page.context.close()
