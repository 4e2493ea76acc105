"""What a bookkeeper sees of payments, bills and credit notes in Xero, on a desk and on a phone."""

import pytest

from support import accessibility
from support.browser import log_in, new_page, save_screenshot

from . import steps

ORGANISATION = "Demo Company (US)"
SIZES = {"desk": (1366, 900), "phone": (390, 844)}
SETTLEMENTS = "action-xero_connector.xero_settlement_action"
PAYMENTS = "action-account.action_account_payments"
WHY = (
    "The journal Bank has no account in Xero, and the connection has no default payment account. Choose one under "
    "Mapping → Payment Accounts, then press Retry."
)


@pytest.fixture(scope="module")
def connected(browser, odoo_demo):
    """A connection that was just made and is paused: what its screens show is put there by these tests alone."""
    page, _console = new_page(browser)
    # Odoo's greeting would cover the screen of a phone.
    odoo_demo.sql("UPDATE res_users SET odoobot_state = 'disabled'")
    log_in(page, odoo_demo.url)
    steps.connect(page, odoo_demo, ORGANISATION)
    odoo_demo.rpc("xero.connection", "action_pause", [_connections(odoo_demo)])
    page.context.close()
    return odoo_demo


@pytest.fixture(params=SIZES)
def page(request, browser, connected):
    """A page of a size, logged in as the administrator."""
    page, _console = new_page(browser)
    width, height = SIZES[request.param]
    page.set_viewport_size({"width": width, "height": height})
    log_in(page, connected.url)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def paid(connected):
    """Three invoices with their payments: in Xero, held and refused; ids of invoices, payments and settlements."""
    found = []
    for state, message in (("synced", None), ("blocked", WHY), ("failed", "Xero: “Payment amount exceeds …”")):
        found.append(_paid(connected, state, message))
    return found


def _connections(odoo):
    return odoo.rpc("xero.connection", "search", [[["code", "=", "demo"]]])


def _company(odoo):
    return odoo.rpc("ir.model.data", "check_object_reference", ["base", "main_company"])[1]


def _paid(odoo, state, message):
    move = steps.new_invoice(odoo, "Acme Corporation", "Consulting", 200, [])
    odoo.rpc("account.move", "action_post", [[move]])
    context = {"context": {"active_model": "account.move", "active_ids": [move]}}
    wizard = odoo.rpc("account.payment.register", "create", [{}], context)
    odoo.rpc("account.payment.register", "action_create_payments", [[wizard]], context)
    [payment] = odoo.rpc("account.payment", "search", [[["invoice_ids", "in", [move]]]], {"limit": 1})
    return {"move": move, "payment": payment, "settlement": _settlement(odoo, move, payment, state, message)}


def _settlement(odoo, move, payment, state, message):
    """Note what settles a document, and what became of it in Xero, as a run does."""
    [(settlement,)] = odoo.sql(
        """INSERT INTO xero_settlement (name, company_id, document_model, document_id, document_name, counterpart_model,
                                        counterpart_id, counterpart_name, kind, date, currency_id, amount, cash_amount,
                                        other_amount)
           SELECT move.name || ': ' || payment.name, move.company_id, 'account.move', move.id, move.name,
                  'account.payment', payment.id, payment.name, 'payment', payment.date, move.currency_id,
                  move.amount_total, move.amount_total - 5, 5
             FROM account_move move, account_payment payment
            WHERE move.id = %s AND payment.id = %s RETURNING id""",
        move,
        payment,
    )
    for role, kind, number in (("main", "Payment", 1), ("write_off", "CreditNote", 2)):
        odoo.sql(
            """INSERT INTO xero_binding (connection_id, company_id, res_model, res_id, res_name, role, xero_type,
                                         xero_subtype, xero_id, xero_status, state, message, reason, reasons)
               SELECT id, company_id, 'xero.settlement', %s, 'Payment', %s, %s, 'ACCRECCREDIT', %s, %s, %s, %s, %s, %s
                 FROM xero_connection WHERE code = 'demo'""",
            settlement,
            role,
            kind,
            state == "synced" and f"00000000-0000-0000-000{number}-{settlement:012}" or None,
            "AUTHORISED" if state == "synced" else None,
            state,
            message,
            message and "payment_account",
            message and "payment_account",
        )
    return settlement


def _show(page, odoo, place, ready, name):
    """Open a place, keep a picture of it, and check that it fits and that everybody can read what is ours."""
    page.goto(f"{odoo.url}/odoo/{place}")
    page.wait_for_selector(ready)
    page.wait_for_timeout(700)
    width = page.viewport_size["width"]
    save_screenshot(page, f"money-{name}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def _document(odoo, move_type):
    domain = [["company_id", "=", _company(odoo)], ["move_type", "=", move_type], ["state", "=", "posted"]]
    return odoo.rpc("account.move", "search", [domain], {"limit": 1})[0]


def test_a_list_without_settlements_says_what_will_be_there(page, connected):
    connected.sql("DELETE FROM xero_settlement")
    _show(page, connected, SETTLEMENTS, ".o_view_nocontent", "settlements-empty")
    assert "Register a payment" in page.inner_text(".o_view_nocontent")
    assert accessibility.problems(page) == []


def test_settlements_tell_what_is_in_xero_and_what_is_to_do(page, connected, paid):
    _show(page, connected, SETTLEMENTS, ".o_data_row, .o_kanban_record", "settlements")
    text = page.inner_text(".o_content")
    for word in ("In Xero", "Held", "Refused"):
        assert word in text
    assert accessibility.problems(page) == []


@pytest.mark.parametrize("number", range(3))
def test_a_settlement_shows_both_sides_and_its_twins(page, connected, paid, number):
    place = f"{SETTLEMENTS}/{paid[number]['settlement']}"
    _show(page, connected, place, ".o_form_view", f"settlement-{number}")
    assert accessibility.problems(page, ".o_form_view") == []
    text = page.inner_text(".o_form_view")
    assert ("Choose one under" in text) == (number == 1)


def test_a_payment_shows_its_state_and_why(page, connected, paid):
    _show(page, connected, f"{PAYMENTS}/{paid[1]['payment']}", ".o_form_view", "payment-held")
    assert "Not in Xero as it stands" in page.inner_text(".o_form_view .alert-danger")
    assert accessibility.problems(page, ".o_form_view .alert-danger") == []
    _show(page, connected, f"{PAYMENTS}/{paid[0]['payment']}", ".o_form_view", "payment")
    assert "In Xero" in page.inner_text(".o_form_view div[name=xero_sync_state]")


def test_payments_are_listed_with_their_state(page, connected, paid):
    _show(page, connected, PAYMENTS, ".o_data_row, .o_kanban_record", "payments")
    assert "Held" in page.inner_text(".o_content")


@pytest.mark.parametrize(
    ("move_type", "action"),
    [
        ("in_invoice", "account.action_move_in_invoice_type"),
        ("out_refund", "account.action_move_out_refund_type"),
        ("in_refund", "account.action_move_in_refund_type"),
    ],
)
def test_bills_and_credit_notes_have_what_invoices_have(page, connected, move_type, action):
    move = _document(connected, move_type) if move_type != "in_refund" else _new_refund(connected)
    _show(page, connected, f"action-{action}/{move}", ".o_form_view", move_type)
    if page.viewport_size["width"] > 1000:
        page.wait_for_selector("button[name=action_push_to_xero]")
        page.wait_for_selector("button[name=action_preview_for_xero]")


def _new_refund(odoo):
    partner = odoo.rpc("res.partner", "search", [[["name", "=", "Acme Corporation"]]], {"limit": 1})[0]
    line = {"name": "Returned", "quantity": 1, "price_unit": 20, "tax_ids": [[6, 0, []]]}
    values = {
        "move_type": "in_refund",
        "partner_id": partner,
        "invoice_date": "2026-03-10",
        "invoice_line_ids": [[0, 0, line]],
    }
    move = odoo.rpc("account.move", "create", [values])
    odoo.rpc("account.move", "action_post", [[move]])
    return move


def test_an_invoice_leads_to_its_settlements(page, connected, paid):
    place = f"action-account.action_move_out_invoice_type/{paid[0]['move']}"
    _show(page, connected, place, ".o_form_view", "invoice-settled")
    if page.viewport_size["width"] > 1000:
        page.click("button[name=action_xero_settlements]")
        page.wait_for_selector(".o_breadcrumb:has-text('Payments and Allocations')")
        page.wait_for_selector(".o_data_row")
        assert page.locator(".o_data_row").count() == 1


def test_the_connection_has_the_switches_and_the_accounts(page, connected):
    [connection] = _connections(connected)
    for tab in ("defaults", "lines", "sync"):
        page.goto(f"{connected.url}/odoo/xero.connection/{connection}")
        page.wait_for_selector(".o_form_view")
        page.click(f".nav-link[name={tab}]")
        page.wait_for_timeout(400)
        page.locator(f".nav-link[name={tab}]").evaluate("tab => tab.scrollIntoView()")
        save_screenshot(page, f"money-connection-{tab}-{page.viewport_size['width']}")
        assert accessibility.problems(page, ".o_form_view") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
