"""A bookkeeper's screens, one by one: what each is for, and one bad path."""

import pytest

from support import accessibility
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
    page.wait_for_selector("div[name=action]:has-text('Will be created')")
    page.wait_for_selector(".o_field_widget[name=line_ids] td[name=tax_rate]:has-text('15')")
    assert "Consulting" in page.inner_text(".o_field_widget[name=line_ids]")
    assert "The default" in page.inner_text(".o_field_widget[name=line_ids]")
    page.wait_for_timeout(500)
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


SCREENS = (
    ("xero_connection_action", ".o_kanban_record"),
    ("xero_binding_to_fix_action", ".o_data_row"),
    ("xero_binding_action", ".o_data_row"),
    ("xero_push_action", ".o_data_row"),
    ("xero_request_action", ".o_data_row"),
    ("account_tax_xero_action", ".o_data_row"),
    ("account_account_xero_action", ".o_data_row"),
    ("account_journal_xero_action", ".o_data_row"),
)


@pytest.mark.parametrize(("action", "ready"), SCREENS)
def test_lists_are_readable_for_everybody(page, connected, action, ready):
    """Every control has a name for a screen reader, and every text enough contrast."""
    steps.open_action(page, connected, f"xero_connector.{action}", ready)
    page.wait_for_timeout(300)
    assert accessibility.problems(page) == []


def test_forms_are_readable_for_everybody(page, connected):
    found = {}
    [connection] = connected.rpc("xero.connection", "search", [[["code", "=", "demo"]]])
    push = connected.rpc("xero.push", "search", [[]], {"limit": 1})[0]
    call = connected.rpc("xero.request", "search", [[]], {"limit": 1})[0]
    for model, record in (("xero.connection", connection), ("xero.push", push), ("xero.request", call)):
        page.goto(f"{connected.url}/odoo/{model}/{record}")
        page.wait_for_selector(".o_form_view")
        page.wait_for_timeout(300)
        found[model] = accessibility.problems(page, ".o_form_view")
    page.goto(f"{connected.url}/odoo/action-account.action_move_out_invoice_type/{_posted(connected)[0]}")
    page.click("button[name=action_preview_for_xero]")
    page.wait_for_selector(".o_field_widget[name=line_ids] .o_data_row")
    found["xero.preview"] = accessibility.problems(page, ".o_form_view")
    assert found == dict.fromkeys(found, [])


def test_to_fix_is_worked_through_with_the_keyboard_alone(page, connected):
    steps.open_action(page, connected, "xero_connector.xero_binding_to_fix_action", ".o_data_row")
    page.focus(".o_data_row td[name=res_name]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".o_form_view button[name=action_retry]:focus")
    page.keyboard.press("Tab")
    page.wait_for_selector(".o_form_view button[name=action_fix]:focus")
    page.keyboard.press("Enter")
    page.wait_for_selector(".o_list_view td[name=xero_tax_rate_id]")


def test_a_thousand_rows_stay_quick_to_look_at(page, connected):
    """A thousand held records: the page shows them by groups and pages, not all at once."""
    connected.sql(
        """INSERT INTO xero_binding (connection_id, company_id, res_model, res_id, res_name, role, xero_type, state,
                                     reason, reason_id, reasons, message, create_date, write_date)
           SELECT connection_id, company_id, res_model, 900000 + n, 'INV/' || n, role, xero_type, state,
                  reason, reason_id, reasons, message, create_date, write_date
             FROM (SELECT * FROM xero_binding WHERE state = 'blocked' LIMIT 1) held, generate_series(1, 1000) n"""
    )
    steps.open_action(page, connected, "xero_connector.xero_binding_to_fix_action", ".o_data_row")
    assert page.locator(".o_data_row").count() <= 80
    save_screenshot(page, "to-fix-thousand")
    connected.sql("DELETE FROM xero_binding WHERE res_id > 900000")


def test_new_screens_fit_a_phone(browser, connected):
    page, _console = new_page(browser)
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, connected.url)
    push = connected.rpc("xero.push", "search", [[]], {"limit": 1})[0]
    [connection] = connected.rpc("xero.connection", "search", [[["code", "=", "demo"]]])
    places = {
        "overview": "action-xero_connector.xero_connection_action",
        "to-fix": "action-xero_connector.xero_binding_to_fix_action",
        "progress": f"action-xero_connector.xero_push_action/{push}",
        "invoices": "action-account.action_move_out_invoice_type",
        "connection": f"xero.connection/{connection}",
    }
    for name, place in places.items():
        page.goto(f"{connected.url}/odoo/{place}")
        page.wait_for_selector(".o_action .o_content")
        page.wait_for_timeout(700)
        save_screenshot(page, f"phone-{name}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{name} is {width} pixels wide"
    page.goto(f"{connected.url}/odoo/action-account.action_move_out_invoice_type/{_posted(connected)[0]}")
    page.wait_for_selector(".o_form_view")
    connected.rpc("account.move", "action_preview_for_xero", [_posted(connected)[:2]])
    preview = connected.rpc("xero.preview.document", "search", [[]], {"limit": 1})[0]
    page.goto(f"{connected.url}/odoo/xero.preview.document/{preview}")
    page.wait_for_selector(".o_form_view")
    page.wait_for_timeout(500)
    save_screenshot(page, "phone-preview")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()
