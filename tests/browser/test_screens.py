"""A bookkeeper's screens, one by one: what each is for, and one bad path."""

import pytest

from support.browser import log_in, new_page, save_screenshot

from . import steps

ORGANISATION = "Demo Company (US)"


@pytest.fixture(scope="module")
def connected(browser, odoo_demo):
    """The demo's connection, connected to an organisation, with the default account for sales."""
    page, _console = new_page(browser)
    log_in(page, odoo_demo.url)
    steps.connect(page, odoo_demo, ORGANISATION)
    page.context.close()
    return odoo_demo


@pytest.fixture
def page(browser_page, connected):
    """A page that is logged in as the administrator."""
    log_in(browser_page, connected.url)
    return browser_page


def _posted(odoo):
    company = odoo.rpc("ir.model.data", "check_object_reference", ["base", "main_company"])[1]
    domain = [["company_id", "=", company], ["state", "=", "posted"], ["move_type", "=", "out_invoice"]]
    return odoo.rpc("account.move", "search", [domain])


def _tax(odoo, name):
    return odoo.rpc("account.tax", "search", [[["name", "=", name], ["type_tax_use", "=", "sale"]]], {"limit": 1})


def test_a_preview_shows_what_is_missing_and_what_would_be_sent(page, connected):
    """Before confirming: the problem with its fix; after the fix: the lines, and that nothing was sent."""
    move = steps.new_invoice(connected, "Acme Corporation", "Consulting", 200, _tax(connected, "15%"))
    page.goto(f"{connected.url}/odoo/action-account.action_move_out_invoice_type/{move}")
    page.click("button[name=action_preview_for_xero]")
    page.wait_for_selector(".o_field_widget[name=problem_ids] .o_data_row")
    assert "This is a draft" in page.inner_text(".o_form_view")
    page.wait_for_timeout(300)
    save_screenshot(page, "preview-problem")
    page.click(".o_field_widget[name=problem_ids] button[name=action_fix]")
    page.wait_for_selector(".o_list_view td[name=xero_tax_rate_id]")
    steps.map_tax(page, "15%", "15")
    page.click(".breadcrumb a >> text=Xero Preview")
    page.wait_for_selector("button[name=action_look_again]")
    page.click("button[name=action_look_again]")
    page.wait_for_selector("text=Will be created")
    assert "Consulting" in page.inner_text(".o_field_widget[name=line_ids]")
    assert "The default" in page.inner_text(".o_field_widget[name=line_ids]")
    page.wait_for_timeout(300)
    save_screenshot(page, "preview")
    requests = connected.rpc("xero.request", "search_count", [[]])
    assert requests == 0, "a preview sends nothing"


def test_a_selection_is_checked_before_it_is_pushed(page, connected):
    steps.open_action(page, connected, "account.action_move_out_invoice_type", ".o_list_view .o_data_row")
    page.click("thead .o_list_record_selector")
    page.click(".o_cp_action_menus .dropdown-toggle:has(.fa-cog)")
    page.click(".o-dropdown--menu >> text=Preview for Xero")
    page.wait_for_selector("button[name=action_push]")
    page.wait_for_timeout(300)
    save_screenshot(page, "preview-many")
    page.click(".nav-link >> text=Documents")
    page.wait_for_timeout(300)
    save_screenshot(page, "preview-many-documents")


def test_long_work_shows_its_progress_and_can_be_stopped(page, connected):
    connected.rpc("account.move", "action_push_to_xero", [_posted(connected)])
    push = connected.rpc("xero.push", "search", [[]], {"limit": 1})[0]
    page.goto(f"{connected.url}/odoo/action-xero_connector.xero_push_action/{push}")
    page.wait_for_selector(".o_form_view")
    save_screenshot(page, "progress")
    page.wait_for_selector("text=Finished.", timeout=30_000)
    save_screenshot(page, "progress-done")
    steps.open_action(page, connected, "xero_connector.xero_push_action", ".o_data_row")
    save_screenshot(page, "progress-list")


def test_to_fix_is_grouped_with_the_fix_and_the_retry_of_all(page, connected):
    taxes = [
        connected.rpc("account.tax", "copy", [_tax(connected, "15%"), {"name": name, "amount": amount}])[0]
        for name, amount in (("City 7%", 7), ("City 9%", 9))
    ]
    for tax in taxes:
        for customer in ("Acme Corporation", "Azure Interior"):
            move = steps.new_invoice(connected, customer, "Consulting", 100, [tax])
            connected.rpc("account.move", "action_post", [[move]])
    connected.rpc("xero.connection", "action_sync_now", [connected.rpc("xero.connection", "search", [[]])])
    for _attempt in range(40):
        if connected.rpc("xero.binding", "search_count", [[["reason", "=", "tax"], ["state", "=", "blocked"]]]) >= 4:
            break
        page.wait_for_timeout(500)
    steps.open_action(page, connected, "xero_connector.xero_binding_to_fix_action", ".o_group_header button")
    page.wait_for_timeout(300)
    save_screenshot(page, "to-fix-grouped")
    page.click(".o_group_header button[name=action_retry_all]")
    page.wait_for_selector(".o_notification:has-text('on their way to Xero')")
    steps.open_action(page, connected, "xero_connector.xero_binding_to_fix_action", ".o_group_header button")
    page.click(".o_group_header button[name=action_fix_all]")
    page.wait_for_selector(".o_list_view td[name=xero_tax_rate_id]")
    save_screenshot(page, "to-fix-all-taxes")


def test_the_overview_and_the_connection_tell_all_at_a_glance(page, connected):
    steps.open_action(page, connected, "xero_connector.xero_connection_action", ".o_kanban_record")
    page.wait_for_timeout(500)
    save_screenshot(page, "overview")
    steps.open_connection(page, connected)
    for name in ("defaults", "lines", "sync", "app"):
        page.click(f".nav-link[name={name}]")
        page.wait_for_timeout(300)
        save_screenshot(page, f"connection-{name}")
    page.goto(f"{connected.url}/odoo/settings")
    page.locator(".settings_tab .tab", has_text="Invoicing").click()
    page.locator("h2:has-text('Xero')").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    save_screenshot(page, "settings")


def test_pause_says_what_it_will_do_and_resume_what_it_sends(page, connected):
    steps.open_connection(page, connected)
    page.click("button[name=action_pause]")
    page.wait_for_selector(".modal-body")
    save_screenshot(page, "pause")
    page.click(".modal-footer .btn-primary")
    page.wait_for_selector("button[name=action_resume]")
    page.click("button[name=action_resume]")
    page.wait_for_selector(".o_notification:has-text('Resumed')")


def test_history(page, connected):
    steps.open_action(page, connected, "xero_connector.xero_request_action", ".o_data_row")
    page.wait_for_timeout(300)
    save_screenshot(page, "history")
    page.click(".o_data_row >> nth=0")
    page.wait_for_selector(".o_form_view")
    page.wait_for_timeout(300)
    save_screenshot(page, "history-call")
