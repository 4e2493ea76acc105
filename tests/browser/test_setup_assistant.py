"""The set-up assistant in a real browser: from the sign-in to a first invoice, tried as a draft."""

import pytest

from support.browser import log_in, new_page, save_screenshot

from . import steps

ORGANISATION = "Demo Company (US)"


@pytest.fixture
def page(browser_page, odoo_demo):
    """A page that is logged in as the administrator."""
    log_in(browser_page, odoo_demo.url)
    return browser_page


def _invoices(simulator_process):
    return simulator_process.organisation(ORGANISATION)["invoices"]


def _press(page, name, ready):
    page.click(f"button[name={name}] >> visible=true")
    page.wait_for_selector(ready)


def test_from_the_sign_in_to_a_first_draft(page, browser, odoo_demo, simulator_process):
    """Sign in, apply what is proposed, send one invoice as a draft, take it back, send it again, approve it."""
    steps.open_connection(page, odoo_demo)
    page.click("button[name=action_connect]")
    steps.consent(page, ORGANISATION)
    page.click("text=Set Up")
    page.wait_for_selector(".o_form_view div[name=line_ids] .o_data_row")
    save_screenshot(page, "setup-open")
    _read_lists(page, odoo_demo)
    _apply(page, odoo_demo)
    _try_a_draft(page, simulator_process)
    _fit_a_phone(page.url, browser, odoo_demo)


def _read_lists(page, odoo):
    """What Xero got a moment ago is offered at once."""
    before = odoo.rpc("xero.setup.line", "search", [[]])
    with page.expect_response("**/action_read_lists"):
        page.click("button[name=action_read_lists] >> visible=true")
    page.wait_for_timeout(1000)
    assert set(odoo.rpc("xero.setup.line", "search", [[]])).isdisjoint(before)
    assert page.locator("div[name=line_ids] td[name=account_id]:has-text('200 Sales')").count() == 1


def _apply(page, odoo):
    _press(page, "action_apply", ".o_notification:has-text('mapped')")
    page.wait_for_selector("div[name=line_ids] td[name=state]:has-text('Done')")
    save_screenshot(page, "setup-applied")
    connection = odoo.rpc("xero.connection", "search_read", [[["code", "=", "demo"]], ["default_account_id"]])[0]
    assert connection["default_account_id"][1] == "200 Sales"


def _try_a_draft(page, simulator_process):
    _press(page, "action_send_draft", "div[name=trial_state]:has-text('Draft in Xero')")
    page.locator("text=Try It with One Invoice").scroll_into_view_if_needed()
    save_screenshot(page, "setup-draft")
    assert [invoice["Status"] for invoice in _invoices(simulator_process)] == ["DRAFT"]
    page.click("button[name=action_take_back]")
    page.click(".modal-footer .btn-primary")
    page.wait_for_selector("text=It was taken back")
    assert [invoice["Status"] for invoice in _invoices(simulator_process)] == ["DELETED"]
    _press(page, "action_send_draft", "div[name=trial_state]:has-text('Draft in Xero')")
    _press(page, "action_approve", "div[name=trial_text]:has-text('New invoices follow')")
    assert sorted(invoice["Status"] for invoice in _invoices(simulator_process)) == ["AUTHORISED", "DELETED"]


def _fit_a_phone(url, browser, odoo):
    page, _console = new_page(browser)
    page.set_viewport_size({"width": 390, "height": 844})
    log_in(page, odoo.url)
    page.goto(url)
    page.wait_for_selector(".o_form_view div[name=step_ids]")
    page.wait_for_timeout(500)
    save_screenshot(page, "phone-setup")
    page.locator("text=Try It with One Invoice").scroll_into_view_if_needed()
    save_screenshot(page, "phone-setup-trial")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, f"the assistant is {width} pixels wide"
    page.context.close()
