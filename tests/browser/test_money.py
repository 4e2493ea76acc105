"""Paying, crediting and cancelling in a real browser; each ends with a look into the simulator's books."""

import time

import pytest

from support.browser import log_in, save_screenshot

from . import steps

ORGANISATION = "Demo Company (US)"
INVOICES = "account.action_move_out_invoice_type"


@pytest.fixture
def page(browser_page, odoo_demo):
    """A page that is logged in as the administrator."""
    log_in(browser_page, odoo_demo.url)
    return browser_page


def test_paying_crediting_and_cancelling(page, odoo_demo, simulator_process):
    """An invoice is paid, another credited, a third cancelled; what is paid in Xero is shown."""
    steps.connect(page, odoo_demo, ORGANISATION)
    books = _Books(simulator_process)
    _a_payment_without_an_account_is_held_and_mended(page, odoo_demo, books)
    _credit(page, odoo_demo, books)
    _cancel(page, odoo_demo, books)
    _paid_in_xero(page, odoo_demo, books, simulator_process)


class _Books:
    """What the organisation has of documents, by number."""

    def __init__(self, simulator_process):
        self._simulator = simulator_process

    @property
    def organisation(self):
        return self._simulator.organisation(ORGANISATION)

    def invoice(self, number):
        """Xero's record of an invoice."""
        return next(found for found in self.organisation["invoices"] if found["InvoiceNumber"] == number)

    def figures(self, number):
        """Status and amounts due, paid and credited of an invoice."""
        found = self.invoice(number)
        return (found["Status"], *(float(found[name]) for name in ("AmountDue", "AmountPaid", "AmountCredited")))

    def wait_for(self, number, *figures):
        """Wait until an invoice has these figures: it is sent in the background, within seconds."""
        deadline = time.monotonic() + 30
        while self.figures(number) != figures and time.monotonic() < deadline:
            time.sleep(0.5)
        assert self.figures(number) == figures


def _confirmed(page, odoo, price):
    """Confirm an invoice without tax on screen, wait until Xero has it, and return its id and number."""
    move_id = steps.new_invoice(odoo, "Acme Corporation", "Consulting", price, [])
    _open(page, odoo, move_id)
    steps.confirm(page)
    steps.wait_for_badge(page, "In Xero")
    return move_id, odoo.rpc("account.move", "read", [[move_id], ["name"]])[0]["name"]


def _open(page, odoo, move_id):
    page.goto(f"{odoo.url}/odoo/action-{INVOICES}/{move_id}")
    page.wait_for_selector(".o_form_view")


def _wait_for_status(page, odoo, move_id, status):
    for _attempt in range(40):
        if odoo.rpc("account.move", "read", [[move_id], ["xero_status"]])[0]["xero_status"] == status:
            break
        page.wait_for_timeout(500)
    else:
        raise AssertionError(f"Odoo never showed the status {status}")
    page.reload()
    page.wait_for_selector(".o_form_view")
    page.wait_for_timeout(500)


def _a_payment_without_an_account_is_held_and_mended(page, odoo, books):
    move_id, number = _confirmed(page, odoo, 200)
    page.click("button[name=action_register_payment] >> visible=true")
    page.click(".modal button[name=action_create_payments]")
    page.wait_for_selector(".modal", state="detached")
    domain = [["document_id", "=", move_id], ["xero_sync_state", "=", "blocked"]]
    for _attempt in range(40):
        if odoo.rpc("xero.settlement", "search_count", [domain]):
            break
        page.wait_for_timeout(500)
    steps.open_action(page, odoo, "xero_connector.xero_binding_to_fix_action", ".o_data_row")
    page.wait_for_selector("text=has no payment account in Xero")
    save_screenshot(page, "payment-held")
    assert books.figures(number) == ("AUTHORISED", 200.0, 0.0, 0.0)
    connection_id = odoo.rpc("xero.connection", "search", [[]])[0]
    account = [["usable_for_payments", "=", True], ["code", "=", "090"]]
    account_id = odoo.rpc("xero.account", "search", [account])[0]
    odoo.rpc("xero.connection", "write", [[connection_id], {"default_payment_account_id": account_id}])
    books.wait_for(number, "PAID", 0.0, 200.0, 0.0)
    _open(page, odoo, move_id)
    _wait_for_status(page, odoo, move_id, "PAID")
    save_screenshot(page, "invoice-paid-in-xero")
    steps.open_action(page, odoo, "xero_connector.xero_settlement_action", ".o_data_row")
    page.wait_for_timeout(500)
    save_screenshot(page, "payments-and-allocations")
    payment_id = odoo.rpc("account.payment", "search", [[["invoice_ids", "in", [move_id]]]])[0]
    page.goto(f"{odoo.url}/odoo/action-account.action_account_payments/{payment_id}")
    page.wait_for_selector(".o_form_view")
    page.wait_for_timeout(500)
    save_screenshot(page, "payment-in-xero")


def _credit(page, odoo, books):
    move_id, number = _confirmed(page, odoo, 120)
    page.click("button[name=action_reverse] >> visible=true")
    page.click(".modal button[name=refund_moves]")
    page.wait_for_selector(".modal", state="detached")
    page.wait_for_selector("button[name=action_post] >> visible=true")
    steps.confirm(page)
    [credit_id] = odoo.rpc("account.move", "search", [[["reversed_entry_id", "=", move_id]]])
    if odoo.rpc("account.move", "read", [[move_id], ["amount_residual"]])[0]["amount_residual"]:
        line = [["move_id", "=", credit_id], ["account_type", "=", "asset_receivable"]]
        line_id = odoo.rpc("account.move.line", "search", [line])[0]
        odoo.rpc("account.move", "js_assign_outstanding_line", [[move_id], line_id])
    books.wait_for(number, "PAID", 0.0, 0.0, 120.0)
    [credit_note] = books.organisation["credit_notes"]
    assert (credit_note["Status"], float(credit_note["Total"])) == ("PAID", 120.0)
    page.reload()
    page.wait_for_selector(".o_form_view")
    steps.wait_for_badge(page, "In Xero")
    save_screenshot(page, "credit-note-in-xero")


def _cancel(page, odoo, books):
    move_id, number = _confirmed(page, odoo, 80)
    page.click("button[name=button_draft] >> visible=true")
    page.wait_for_selector("button[name=action_post] >> visible=true")
    odoo.rpc("account.move", "button_cancel", [[move_id]])
    books.wait_for(number, "VOIDED", 0.0, 0.0, 0.0)
    page.reload()
    steps.wait_for_badge(page, "Voided")
    save_screenshot(page, "invoice-cancelled")


def _paid_in_xero(page, odoo, books, simulator_process):
    move_id, number = _confirmed(page, odoo, 60)
    simulator_process.act(
        books.organisation["tenantId"], "pay_invoice", invoice_id=books.invoice(number)["InvoiceID"], amount="25"
    )
    connection_id = odoo.rpc("xero.connection", "search", [[]])[0]
    odoo.rpc("xero.connection", "action_sync_now", [[connection_id]])
    for _attempt in range(40):
        if odoo.rpc("account.move", "read", [[move_id], ["xero_difference"]])[0]["xero_difference"]:
            break
        page.wait_for_timeout(500)
    page.reload()
    page.wait_for_selector(".alert:has-text('25.00')")
    save_screenshot(page, "invoice-differs")
    assert books.figures(number) == ("AUTHORISED", 35.0, 25.0, 0.0)
