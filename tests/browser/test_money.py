"""Paying, crediting and cancelling, in a real browser: what a bookkeeper does in Odoo is so in Xero's books."""

from decimal import Decimal

import pytest

from support import accessibility
from support.browser import log_in, new_page, save_screenshot

from . import money_steps as money
from . import steps

ORGANISATION = "Demo Company (US)"
CUSTOMER, VENDOR = "Acme Corporation", "Wood Corner"
PHONE = {"width": 390, "height": 844}
BANNER = ".o_form_view .alert:visible"


@pytest.fixture(scope="module")
def connected(browser, odoo_demo):
    """A connection with accounts for sales, purchases and the bank, and the tax of 15 % mapped; Cash has no account."""
    page, _console = new_page(browser)
    # Odoo's greeting would cover the screen of a phone.
    odoo_demo.sql("UPDATE res_users SET odoobot_state = 'disabled'")
    log_in(page, odoo_demo.url)
    steps.connect(page, odoo_demo, ORGANISATION)
    page.context.close()
    [connection] = odoo_demo.rpc("xero.connection", "search", [[["code", "=", "demo"]]])
    accounts = {code: _id(odoo_demo, "xero.account", code=code) for code in ("400", "090")}
    odoo_demo.rpc("xero.connection", "write", [[connection], {"default_expense_account_id": accounts["400"]}])
    odoo_demo.rpc("account.journal", "create", [{"name": "Cash", "type": "cash", "code": "CASH"}])
    bank = _id(odoo_demo, "account.journal", name="Bank", company_id=_company(odoo_demo))
    odoo_demo.rpc("account.journal", "write", [[bank], {"xero_account_id": accounts["090"]}])
    rate = _id(odoo_demo, "xero.tax.rate", name="Sales Tax 15%")
    odoo_demo.rpc("account.tax", "write", [[_tax(odoo_demo)], {"xero_tax_rate_id": rate}])
    return odoo_demo


@pytest.fixture
def page(browser_page, connected):
    """A page that is logged in as the administrator."""
    log_in(browser_page, connected.url)
    return browser_page


@pytest.fixture
def books(connected, simulator_process):
    """Xero's books, as they are when they are asked."""
    return Books(simulator_process)


class Books:
    """What is in the simulated organisation's books now."""

    def __init__(self, simulator):
        self.simulator = simulator

    @property
    def tenant(self):
        return self._now()["tenantId"]

    def act(self, action, **options):
        """Do what a person does in Xero's own screens."""
        return self.simulator.act(self.tenant, action, **options)

    def invoice(self, number):
        """The invoice or bill of this number."""
        [found] = [record for record in self._now()["invoices"] if record["InvoiceNumber"] == number]
        return found

    def credit_note(self, number):
        [found] = [record for record in self._now()["credit_notes"] if record["CreditNoteNumber"] == number]
        return found

    def payments(self, number):
        """Status, amount and account's code of each payment of an invoice."""
        now, document = self._now(), self.invoice(number)["InvoiceID"]
        codes = {account["AccountID"]: account["Code"] for account in now["accounts"]}
        return [
            (payment["Status"], Decimal(str(payment["Amount"])), codes[payment["AccountID"]])
            for payment in now["payments"]
            if payment["DocumentID"] == document
        ]

    def allocations(self, credit_note_id):
        return [
            (allocation["InvoiceID"], Decimal(str(allocation["Amount"])))
            for allocation in self._now()["allocations"]
            if allocation["SourceID"] == credit_note_id and not allocation["IsDeleted"]
        ]

    def _now(self):
        return self.simulator.organisation(ORGANISATION)


def _id(odoo, model, **values):
    return odoo.rpc(model, "search", [[[name, "=", value] for name, value in values.items()]], {"limit": 1})[0]


def _company(odoo):
    return odoo.rpc("ir.model.data", "check_object_reference", ["base", "main_company"])[1]


def _tax(odoo, use="sale"):
    return _id(odoo, "account.tax", name="15%", type_tax_use=use, company_id=_company(odoo))


def _number(page):
    return page.inner_text(".oe_title div[name=name] >> nth=0").strip()


def _record(page):
    return int(page.url.split("?")[0].rstrip("/").split("/")[-1])


def _invoice_in_xero(page, odoo, label, price=200):
    """Make an invoice, confirm it on screen and wait until it is in Xero; returns its id and its number."""
    steps.open_draft_invoice(page, odoo, CUSTOMER, label, price, "15%")
    steps.confirm(page)
    money.status_in_xero(page, "Awaiting payment")
    return _record(page), _number(page)


def _paid_invoice(page, odoo, label, price=200):
    record, number = _invoice_in_xero(page, odoo, label, price)
    money.pay(page)
    money.status_in_xero(page, "Paid")
    return record, number


def _picture(page, name):
    """Keep a picture of what is on screen; it fits, and everybody can read what is ours."""
    page.wait_for_timeout(400)
    width = page.viewport_size["width"]
    save_screenshot(page, f"paying-{name}-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def _on_a_phone(page, name):
    """Keep a picture of this page as a phone shows it, and go back to the desk."""
    desk = page.viewport_size
    page.set_viewport_size(PHONE)
    page.reload()
    page.wait_for_selector(".o_form_view .o_form_sheet")
    _picture(page, name)
    page.set_viewport_size(desk)


def _payment_of(odoo, move):
    return odoo.rpc("account.payment", "search", [[["invoice_ids", "in", [move]]]], {"limit": 1})[0]


def test_an_invoice_that_is_paid_by_the_dialog_is_paid_in_xero(page, connected, books):
    record, number = _invoice_in_xero(page, connected, "Consulting in March")
    _picture(page, "invoice-in-xero")
    assert books.invoice(number)["Status"] == "AUTHORISED"

    money.pay(page)
    money.status_in_xero(page, "Paid")
    steps.wait_for_badge(page, "In Xero")
    _picture(page, "invoice-paid")
    page.click(".nav-link[name=other_info]")
    page.wait_for_selector("div[name=xero_amount_paid]")
    assert "230.00" in page.inner_text("div[name=xero_amount_paid]")
    # High enough for the badge and the figures on one picture.
    page.set_viewport_size({"width": 1366, "height": 1080})
    _picture(page, "invoice-paid-figures")
    page.set_viewport_size({"width": 1366, "height": 900})
    _on_a_phone(page, "invoice-paid")

    money.open_record(page, connected, "action-account.action_account_payments", _payment_of(connected, record))
    money.wait_until(page, "div[name=xero_sync_state]", "In Xero")
    _picture(page, "payment")
    _on_a_phone(page, "payment")
    assert books.payments(number) == [("AUTHORISED", Decimal(230), "090")]
    assert books.invoice(number)["Status"] == "PAID"


def test_a_credit_note_by_the_dialog_is_sent_and_allocated(page, connected, books):
    _record_id, number = _invoice_in_xero(page, connected, "Returned goods", 100)
    money.reverse(page, "Returned")
    steps.confirm(page)
    money.status_in_xero(page, "Paid")
    credit_note = _number(page)
    _picture(page, "credit-note")
    page.click("button[name=action_xero_settlements]")
    page.wait_for_selector(".o_breadcrumb:has-text('Payments and Allocations')")
    page.wait_for_selector(".o_data_row")
    _picture(page, "credit-note-allocation")

    note, invoice = books.credit_note(credit_note), books.invoice(number)
    assert books.allocations(note["CreditNoteID"]) == [(invoice["InvoiceID"], Decimal(115))]
    assert (note["Status"], invoice["Status"]) == ("PAID", "PAID")


def test_an_invoice_whose_payment_was_removed_can_be_cancelled(page, connected, books):
    _record_id, number = _paid_invoice(page, connected, "Cancelled order", 300)
    money.remove_payment(page)
    money.status_in_xero(page, "Awaiting payment")
    _picture(page, "payment-removed")
    assert books.payments(number) == [("DELETED", Decimal(345), "090")]

    money.cancel(page)
    steps.wait_for_badge(page, "Voided")
    _picture(page, "invoice-cancelled")
    assert books.invoice(number)["Status"] == "VOIDED"


def test_a_paid_invoice_that_is_cancelled_at_once_is_voided_without_its_payment(page, connected, books):
    _record_id, number = _paid_invoice(page, connected, "Cancelled at once", 60)
    money.cancel(page)
    steps.wait_for_badge(page, "Voided")
    _picture(page, "invoice-cancelled-at-once")
    assert books.invoice(number)["Status"] == "VOIDED"
    assert books.payments(number) == [("DELETED", Decimal(69), "090")]


def test_a_bill_that_is_paid_is_paid_in_xero(page, connected, books):
    bill = money.new_bill(connected, VENDOR, "Office chairs", 500, [], "WC-2041")
    money.open_record(page, connected, money.BILLS, bill)
    steps.confirm(page)
    money.status_in_xero(page, "Awaiting payment")
    _picture(page, "bill-in-xero")
    money.pay(page)
    money.status_in_xero(page, "Paid")
    _picture(page, "bill-paid")
    assert books.payments("WC-2041") == [("AUTHORISED", Decimal(500), "090")]
    assert books.invoice("WC-2041")["Status"] == "PAID"


def test_a_payment_without_an_account_is_held_and_mended_through_to_fix(page, connected, books):
    record, number = _invoice_in_xero(page, connected, "Paid in cash", 40)
    money.pay(page, "Cash")
    payment = _payment_of(connected, record)
    money.open_record(page, connected, "action-account.action_account_payments", payment)
    money.wait_until(page, "div[name=xero_sync_state]", "Held")
    assert "Cash has no payment account in Xero" in page.inner_text(BANNER)
    _picture(page, "payment-held")
    money.open_record(page, connected, money.INVOICES, record)
    assert "A payment or credit is not in Xero as it stands." in page.inner_text(BANNER)
    _picture(page, "invoice-with-held-payment")
    assert books.payments(number) == []

    steps.open_action(page, connected, "xero_connector.xero_binding_to_fix_action", ".o_data_row")
    _picture(page, "to-fix")
    page.locator(".o_data_row", has_text=number).locator("button[name=action_fix]").click()
    page.wait_for_selector(".o_list_view td[name=xero_account_id]")
    _picture(page, "payment-accounts")
    row = page.locator(".o_data_row", has=page.locator("td[name=name]", has_text="Cash"))
    row.first.locator("td[name=xero_account_id]").click()
    steps.choose(page, "xero_account_id", "Savings Account")
    page.click(".o_list_button_save")
    page.wait_for_selector(".o_list_button_save", state="hidden")
    money.open_record(page, connected, "action-account.action_account_payments", payment)
    money.wait_until(page, "div[name=xero_sync_state]", "In Xero")
    _picture(page, "payment-mended")
    assert books.payments(number) == [("AUTHORISED", Decimal(46), "")]
    assert books.invoice(number)["Status"] == "PAID"


@pytest.mark.parametrize(
    ("action", "price", "options", "status", "told"),
    [
        ("pay_invoice", 80, {"amount": "25"}, "AUTHORISED", r"In Xero 25\.00 USD is paid, of which Odoo knows 0\.00"),
        ("void_invoice", 90, {}, "VOIDED", "It was voided in Xero, but it is confirmed in Odoo"),
        ("edit_invoice", 70, {"Reference": "PO 4711"}, "AUTHORISED", "It was changed in Xero: reference"),
    ],
)
def test_what_a_person_does_in_xero_is_told(page, connected, books, action, price, options, status, told):
    record, number = _invoice_in_xero(page, connected, "Care of the website", price)
    books.act(action, invoice_id=books.invoice(number)["InvoiceID"], **options)
    money.sync_now(page, connected, ORGANISATION)
    money.open_record(page, connected, money.INVOICES, record)
    money.wait_until(page, ".o_form_view .alert-warning", told)
    _picture(page, action)
    assert accessibility.problems(page, ".o_form_view .alert-warning:not(.o_invisible_modifier)") == []
    assert books.invoice(number)["Status"] == status


def test_what_was_edited_in_xero_is_as_in_odoo_after_a_push(page, connected, books):
    record, number = _invoice_in_xero(page, connected, "Hosting", 35)
    books.act("edit_invoice", invoice_id=books.invoice(number)["InvoiceID"], Reference="PO 4712")
    money.sync_now(page, connected, ORGANISATION)
    money.open_record(page, connected, money.INVOICES, record)
    money.wait_until(page, ".o_form_view .alert-warning", "It was changed in Xero: reference")
    page.click("button[name=action_push_to_xero] >> visible=true")
    page.wait_for_selector(".o_notification:has-text('Xero')")
    money.open_record(page, connected, money.INVOICES, record)
    page.wait_for_selector("button[name=action_push_to_xero]", state="hidden")
    assert books.invoice(number)["Reference"] != "PO 4712"


def test_a_payment_that_a_person_removed_in_xero_is_told(page, connected, books):
    record, number = _paid_invoice(page, connected, "Bounced cheque", 20)
    books.act("remove_payments", invoice_id=books.invoice(number)["InvoiceID"])
    money.sync_now(page, connected, ORGANISATION)
    money.open_record(page, connected, money.INVOICES, record)
    money.wait_until(page, ".o_form_view .alert-warning", "somebody removed one there")
    _picture(page, "payment-removed-in-xero")
    assert books.payments(number) == [("DELETED", Decimal(23), "090")]


def test_what_settles_documents_is_listed(page, connected, books):
    steps.open_action(page, connected, "xero_connector.xero_settlement_action", ".o_data_row")
    _picture(page, "settlements")
    listed = page.locator(".o_data_row").count()
    assert listed
    assert listed == connected.rpc("xero.settlement", "search_count", [[]])
    assert accessibility.problems(page) == []
