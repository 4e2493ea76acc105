"""What a bookkeeper does on the screens, step by step; shared by the browser tests and the README's screenshots."""

import re

from support.browser import save_screenshot


def open_action(page, odoo, xmlid, ready):
    """Open a window action by its XML id and wait for a selector that shows it is there."""
    page.goto(f"{odoo.url}/odoo/action-{xmlid}")
    page.wait_for_selector(ready)


def open_connection(page, odoo):
    """From the overview to the form of the first connection."""
    open_action(page, odoo, "xero_connector.xero_connection_action", ".o_kanban_record:not(.o_kanban_ghost)")
    page.click(".o_kanban_record:not(.o_kanban_ghost)")
    page.wait_for_selector(".o_form_view button[name=action_test_connection], .o_form_view button[name=action_connect]")


def consent(page, organisation):
    """On Xero's page: choose one organisation and allow access."""
    page.wait_for_selector("#allow")
    page.get_by_label(organisation, exact=True).check()
    page.click("#allow")
    page.wait_for_url("**/xero/oauth/callback**")


def connect(page, odoo, organisation):
    """From the connection's form to Xero and back, with account 200 for sales."""
    open_connection(page, odoo)
    save_screenshot(page, "connection-draft")
    page.click("button[name=action_connect]")
    page.wait_for_selector("#allow")
    consent(page, organisation)
    assert "Connected" in page.inner_text("h1")
    assert organisation in page.inner_text("body")
    save_screenshot(page, "connected")
    page.click("text=Back to Odoo")
    page.wait_for_selector("button[name=action_sync_now]")
    # The chart of accounts is read in the background, within seconds of connecting.
    for _attempt in range(20):
        if odoo.rpc("xero.account", "search_count", [[["code", "=", "200"]]]):
            break
        page.wait_for_timeout(500)
    choose(page, "default_account_id", "200")
    save(page)
    save_screenshot(page, "connection-connected")


def choose(page, field, text):
    """Pick a value of a many2one by typing."""
    page.fill(f"div[name={field}] input", text)
    page.locator(".o-autocomplete--dropdown-item", has_text=re.compile(text)).first.click()


def save(page):
    """Save the form and wait until that is done."""
    page.click(".o_form_button_save")
    page.wait_for_selector(".o_form_saved, .o_form_button_save", state="hidden")


def map_tax(page, tax, rate):
    """In the list of taxes, give one tax its Xero rate."""
    row = page.locator(".o_data_row", has=page.locator("td[name=name]", has_text=re.compile(f"^{re.escape(tax)}$")))
    row.first.locator("td[name=xero_tax_rate_id]").click()
    choose(page, "xero_tax_rate_id", rate)
    page.click(".o_list_button_save")
    page.wait_for_selector(".o_list_button_save", state="hidden")


def new_invoice(odoo, partner, label, price, tax_ids):
    """Make a draft customer invoice of one line; returns its id."""
    partner_id = odoo.rpc("res.partner", "search", [[["name", "=", partner]]], {"limit": 1})[0]
    line = {"name": label, "quantity": 1, "price_unit": price, "tax_ids": [[6, 0, tax_ids]]}
    values = {"move_type": "out_invoice", "partner_id": partner_id, "invoice_line_ids": [[0, 0, line]]}
    return odoo.rpc("account.move", "create", [values])


def open_draft_invoice(page, odoo, partner, label, price, tax):
    """Make a draft customer invoice of one line and open it on screen."""
    tax_id = odoo.rpc("account.tax", "search", [[["name", "=", tax], ["type_tax_use", "=", "sale"]]], {"limit": 1})[0]
    move_id = new_invoice(odoo, partner, label, price, [tax_id])
    page.goto(f"{odoo.url}/odoo/action-account.action_move_out_invoice_type/{move_id}")
    page.wait_for_selector(".o_form_view")


def confirm(page):
    """Confirm the invoice on screen."""
    page.click("button[name=action_post] >> visible=true")
    page.wait_for_selector("button[name=button_draft]")


def wait_for_badge(page, text, seconds=20):
    """Reload the form until the Xero badge says ``text``: it is sent in the background."""
    badge = page.locator("div[name=xero_sync_state]", has_text=text)
    for _attempt in range(seconds):
        if badge.count():
            return
        page.wait_for_timeout(1000)
        page.reload()
        page.wait_for_selector(".o_form_view")
        page.wait_for_timeout(300)
    raise AssertionError(f"the Xero badge never said {text!r}")
