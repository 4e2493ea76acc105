"""What a bookkeeper does with invoices, payments and credit notes on the screens, step by step."""

import re

INVOICES = "action-account.action_move_out_invoice_type"
BILLS = "action-account.action_move_in_invoice_type"
CREDIT_NOTES = "action-account.action_move_out_refund_type"


def new_bill(odoo, partner, label, price, tax_ids, number):
    """Make a draft vendor bill of one line; returns its id."""
    partner_id = odoo.rpc("res.partner", "search", [[["name", "=", partner]]], {"limit": 1})[0]
    line = {"name": label, "quantity": 1, "price_unit": price, "tax_ids": [[6, 0, tax_ids]]}
    values = {
        "move_type": "in_invoice",
        "partner_id": partner_id,
        "ref": number,
        "invoice_date": "2026-03-10",
        "invoice_line_ids": [[0, 0, line]],
    }
    return odoo.rpc("account.move", "create", [values])


def open_record(page, odoo, place, record_id):
    """Open the form of one record."""
    page.goto(f"{odoo.url}/odoo/{place}/{record_id}")
    page.wait_for_selector(".o_form_view .o_form_sheet")
    page.wait_for_timeout(400)


def wait_until(page, selector, text, seconds=15):
    """Reload the form until what ``selector`` finds says ``text``: it is sent in the background."""
    found = page.locator(selector, has_text=re.compile(text))
    for _attempt in range(seconds):
        if found.count():
            page.wait_for_timeout(500)
            return
        page.wait_for_timeout(300)
        page.reload()
        page.wait_for_selector(".o_form_view .o_form_sheet")
        page.wait_for_timeout(300)
    shown = page.locator(".o_form_view").inner_text()
    raise AssertionError(f"{selector} never said {text!r}; the page says:\n{shown}")


def status_in_xero(page, text):
    """Reload the form of a document until the status beside the badge says ``text``."""
    wait_until(page, ".oe_title div[name=xero_status]", text)


def pay(page, journal="Bank"):
    """Register a payment of all that is due by the dialog on a document."""
    page.click(".o_statusbar_buttons button[name=action_register_payment] >> visible=true")
    page.wait_for_selector(".modal div[name=journal_id]")
    field = page.locator(".modal div[name=journal_id]")
    if field.locator("input").input_value() != journal:
        field.locator("input").fill(journal)
        page.locator(".o-autocomplete--dropdown-item", has_text=re.compile(f"^{journal}$")).first.click()
    page.wait_for_timeout(300)
    page.click(".modal button[name=action_create_payments] >> visible=true")
    page.wait_for_selector(".modal", state="hidden")
    page.wait_for_selector("div[name=invoice_payments_widget] .js_payment_info")


def remove_payment(page):
    """Undo the one payment of a document, by the little window beside it."""
    page.click("div[name=invoice_payments_widget] .js_payment_info")
    page.click(".js_unreconcile_payment")
    page.wait_for_selector("div[name=invoice_payments_widget] .js_payment_info", state="hidden")


def reverse(page, reason):
    """Make a credit note of an invoice by the dialog; its draft is on screen then."""
    page.click(".o_statusbar_buttons button[name=action_reverse]")
    page.fill(".modal div[name=reason] input, .modal div[name=reason] textarea", reason)
    page.click(".modal button[name=refund_moves]")
    page.wait_for_selector(".modal", state="hidden")
    page.wait_for_selector(".o_statusbar_buttons button[name=action_post] >> visible=true")


def cancel(page):
    """Reset a document to draft and cancel it."""
    page.click("button[name=button_draft]")
    page.wait_for_selector("button[name=button_cancel] >> visible=true")
    page.click("button[name=button_cancel] >> visible=true")
    page.wait_for_selector("button[name=button_cancel]", state="hidden")


def sync_now(page, odoo, organisation):
    """Press Sync Now on the connection."""
    [connection] = odoo.rpc("xero.connection", "search", [[["code", "=", "demo"]]])
    open_record(page, odoo, "xero.connection", connection)
    page.click(".o_statusbar_buttons button[name=action_sync_now]")
    page.wait_for_selector(f".o_notification:has-text('{organisation}')")
