"""What a bookkeeper sees and does to recognise revenue over time: from the accounts to the file for Xero and back."""

import calendar
import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from support import accessibility
from support.browser import log_in, new_page, save_screenshot

from . import steps

ORGANISATION = "Demo Company (US)"
SIZES = {"desk": (1366, 900), "phone": (390, 844)}
INVOICES = "action-account.action_move_out_invoice_type"
CHARGES = "action-xero_connector_revrec.xero_recognition_charge_action"
WIZARD = "action-xero_connector_revrec.xero_journal_export_wizard_action"
EXPORTS = "action-xero_connector_revrec.xero_journal_export_action"
JOURNALS = "action-xero_connector_revrec.xero_manual_journal_action"
WATERFALL = "action-xero_connector_revrec.xero_recognition_waterfall_action"
BALANCE = "action-xero_connector_revrec.xero_deferred_balance_action"
HEADER = (
    "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,"
    "TrackingName1,TrackingOption1,TrackingName2,TrackingOption2"
)
CUSTOMERS = ("Acme Corporation", "Azure Interior", "OpenWood")
DEFERRED, RECOGNISED = "810", "200"


@pytest.fixture(scope="module")
def connected(browser, odoo_demo):
    """A connection that was just made and is paused: nothing changes behind what its screens show."""
    page, _console = new_page(browser)
    # The first page of all has Odoo pack its scripts, which may take half a minute on a busy machine.
    page.set_default_timeout(90_000)
    # Odoo's greeting would cover the screen of a phone.
    odoo_demo.sql("UPDATE res_users SET odoobot_state = 'disabled'")
    log_in(page, odoo_demo.url)
    steps.connect(page, odoo_demo, ORGANISATION)
    odoo_demo.rpc("xero.connection", "action_pause", [_connections(odoo_demo)])
    page.context.close()
    return odoo_demo


@pytest.fixture(scope="module")
def desk(browser, connected):
    """A page of a desk's size for what is set up once."""
    page, _console = new_page(browser)
    log_in(page, connected.url)
    yield page
    page.context.close()


@pytest.fixture(params=SIZES)
def page(request, browser, connected):
    """A page of a size, logged in as the administrator; nothing may go wrong in it."""
    page, console = new_page(browser)
    width, height = SIZES[request.param]
    page.set_viewport_size({"width": width, "height": height})
    log_in(page, connected.url)
    yield page
    page.context.close()
    assert [line for line in console.lines if not line.startswith("warning")] == []


@pytest.fixture(scope="module")
def mapped(desk, connected):
    """The accounts for deferred and recognised revenue, chosen on the connection's page."""
    _open_tab(desk, connected, f"xero.connection/{_connections(connected)[0]}", "recognition")
    steps.choose(desk, "deferred_account_ids", DEFERRED)
    steps.choose(desk, "recognised_account_ids", RECOGNISED)
    steps.save(desk)
    return connected


@pytest.fixture(scope="module")
def product(desk, mapped):
    """A product whose revenue is recognised over time, by the accounts on its page; its template's id."""
    template = mapped.rpc("product.template", "create", [{"name": "Support Plan", "type": "service"}])
    _open_tab(desk, mapped, _place_of(template), "xero")
    steps.choose(desk, "xero_deferred_account_id", DEFERRED)
    steps.choose(desk, "xero_recognised_account_id", RECOGNISED)
    steps.save(desk)
    return template


@pytest.fixture(scope="module")
def invoices(desk, mapped, product):
    """Three invoices of three months with a year of service each; the last is confirmed on screen."""
    moves = [
        _new_invoice(mapped, product, customer, _first_of_month(-back))
        for customer, back in zip(CUSTOMERS, (4, 3, 2), strict=True)
    ]
    mapped.rpc("account.move", "action_post", [moves[:-1]])
    _show(desk, mapped, f"{INVOICES}/{moves[-1]}", ".o_form_view button[name=action_post]", "recognition-draft")
    steps.confirm(desk)
    return moves


@pytest.fixture(scope="module")
def posted(connected):
    """Two journals of an export by API, one in Xero and one refused; what a run notes of them. The export's id."""
    account = "(SELECT id FROM xero_account WHERE connection_id = connection.id AND code = %s)"
    [(export,)] = connected.sql(
        """INSERT INTO xero_journal_export (name, state, connection_id, company_id, date_from, date_to, kinds, sign,
                                            aggregation, date_format, narration, destination, journal_status,
                                            journal_count, row_count, debit_total, user_id, create_date)
           SELECT 'XJ90000', 'ready', id, company_id, '2026-01-01', '2026-02-28', 'all', 'debit', 'monthly',
                  'dd/mm/yyyy', '{type} {period}', 'api', 'DRAFT', 2, 4, 201.37, 2, now()
             FROM xero_connection WHERE code = 'demo' RETURNING id"""
    )
    for day, state in (("2026-01-31", "synced"), ("2026-02-28", "failed")):
        [(journal,)] = connected.sql(
            f"""INSERT INTO xero_manual_journal (export_id, company_id, date, narration, amount, debit_account_id,
                                                 credit_account_id, withdrawn)
                SELECT %s, company_id, %s::date, 'Revenue recognition ' || %s, 100, {account}, {account}, FALSE
                  FROM xero_connection connection WHERE code = 'demo' RETURNING id""",
            *(export, day, day, DEFERRED, RECOGNISED),
        )
        connected.sql(
            """INSERT INTO xero_binding (connection_id, company_id, res_model, res_id, res_name, role, xero_type,
                                         xero_id, state, message)
               SELECT id, company_id, 'xero.manual.journal', %s, 'Revenue recognition', 'main', 'ManualJournal', %s, %s,
                      %s
                 FROM xero_connection WHERE code = 'demo'""",
            *(journal, f"00000000-0000-0000-0000-{journal:012}" if state == "synced" else None, state),
            None if state == "synced" else "Xero: “The account is archived”",
        )
    return export


def _connections(odoo):
    return odoo.rpc("xero.connection", "search", [[["code", "=", "demo"]]])


def _place_of(template):
    return f"action-account.product_product_action_sellable/{template}"


def _first_of_month(months):
    """The first day of the month that is so many months away from this one."""
    today = date.today()
    month = today.year * 12 + today.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def _days_of_last_month():
    first = _first_of_month(-1)
    return calendar.monthrange(first.year, first.month)[1]


def _new_invoice(odoo, template, customer, start):
    """Make a draft invoice of a year of the product, from ``start`` on; returns its id."""
    [variant] = odoo.rpc("product.product", "search", [[["product_tmpl_id", "=", template]]])
    partner = odoo.rpc("res.partner", "search", [[["name", "=", customer]]], {"limit": 1})[0]
    line = {
        "product_id": variant,
        "name": "Support for a year",
        "quantity": 1,
        "price_unit": 1200,
        "tax_ids": [[6, 0, []]],
        "start_date": str(start),
        "end_date": str(start.replace(year=start.year + 1) - timedelta(days=1)),
    }
    values = {
        "move_type": "out_invoice",
        "partner_id": partner,
        "invoice_date": str(start),
        "invoice_line_ids": [[0, 0, line]],
    }
    return odoo.rpc("account.move", "create", [values])


def _charge(odoo, move):
    [charge] = odoo.rpc("xero.recognition.charge", "search", [[["move_id", "=", move]]])
    return charge


def _show(page, odoo, place, ready, name):
    """Open a place, keep a picture of it, and check that it fits."""
    page.goto(f"{odoo.url}/odoo/{place}")
    _look(page, ready, name)


def _look(page, ready, name):
    """Wait until what is on screen is there, keep a picture of it, and check that it fits."""
    page.wait_for_selector(ready)
    page.wait_for_timeout(800)
    width = page.viewport_size["width"]
    save_screenshot(page, name if width > 1000 else f"{name}-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def _open_tab(page, odoo, place, tab):
    """Open a form at one of its pages."""
    page.goto(f"{odoo.url}/odoo/{place}")
    page.click(f".nav-link[name={tab}]")
    page.wait_for_timeout(400)
    page.locator(f".nav-link[name={tab}]").evaluate("tab => tab.scrollIntoView()")


def _press(page, name):
    """Press a button of the form's head, which a phone hides in a menu."""
    button = page.locator(".o_control_panel, .o_form_statusbar, .o-dropdown--menu").locator(f"button[name={name}]")
    if not button.locator("visible=true").count():
        page.click(".o_form_statusbar .dropdown-toggle, .o_statusbar_buttons .dropdown-toggle")
    button.locator("visible=true").first.click()


def _open_wizard(page, odoo):
    """Open the dialog that exports journals, for the last month."""
    page.goto(f"{odoo.url}/odoo/{WIZARD}")
    page.wait_for_selector(".modal div[name=preview] table, .modal .alert-info >> visible=true")


def _counts(page):
    """The numbers of journals and of lines that the dialog foretells."""
    return [
        int(re.sub(r"\D", "", page.inner_text(f".modal div[name={name}]"))) for name in ("journal_count", "row_count")
    ]


def _wait_for_journals(page, count):
    page.wait_for_selector(f".modal div[name=journal_count] span:text-is('{count}')")


def _download(page, press):
    """Press something that downloads a file; returns its name and its lines."""
    with page.expect_download() as started:
        press()
    return started.value.suggested_filename, Path(started.value.path()).read_text().splitlines()


EMPTY = (
    (CHARGES, "Give a product"),
    (EXPORTS, "Press Export Journals"),
    (JOURNALS, "when you export journals"),
    (WATERFALL, "No revenue is recognised over time yet"),
    (BALANCE, "No revenue is deferred yet"),
)


@pytest.mark.parametrize(("place", "text"), EMPTY)
def test_what_is_empty_says_what_will_be_there(page, connected, place, text):
    name = place.rpartition(".")[2].removeprefix("xero_").removesuffix("_action")
    _show(page, connected, place, ".o_view_nocontent", f"recognition-empty-{name}")
    assert text in page.inner_text(".o_view_nocontent")
    assert accessibility.problems(page, ".o_view_nocontent") == []


def test_the_dialog_says_that_there_is_nothing_to_export(page, connected):
    _open_wizard(page, connected)
    _look(page, ".modal .alert-info >> visible=true", "recognition-wizard-empty")
    assert "There is nothing to export" in page.inner_text(".modal")
    assert page.locator(".modal button[name=action_export] >> visible=true").count() == 0
    assert accessibility.problems(page, ".modal") == []


def test_the_accounts_are_chosen_on_the_connections_page(page, mapped):
    _open_tab(page, mapped, f"xero.connection/{_connections(mapped)[0]}", "recognition")
    _look(page, "div[name=deferred_account_ids] .o_tag", "recognition-connection")
    assert DEFERRED in page.inner_text("div[name=deferred_account_ids]")
    assert RECOGNISED in page.inner_text("div[name=recognised_account_ids]")
    assert accessibility.problems(page, ".o_form_view") == []


def test_the_settings_have_them_in_sections_of_their_own(page, mapped):
    page.goto(f"{mapped.url}/odoo/action-account.action_account_config")
    page.wait_for_selector("div[name=xero_deferred_account_ids]")
    page.locator("div[name=xero_deferred_account_ids]").evaluate("field => field.scrollIntoView({block: 'center'})")
    _look(page, "div[name=xero_deferred_account_ids] .o_tag", "recognition-settings")
    text = page.inner_text(".app_settings_block:not(.d-none) >> visible=true")
    for section in ("Deferred revenue accounts", "Recognised revenue accounts"):
        assert section in text
    assert DEFERRED in page.inner_text("div[name=xero_deferred_account_ids]")
    assert RECOGNISED in page.inner_text("div[name=xero_recognised_account_ids]")


def test_a_product_has_both_accounts(page, mapped, product):
    _open_tab(page, mapped, _place_of(product), "xero")
    _look(page, "div[name=xero_deferred_account_id]", "recognition-product")
    assert DEFERRED in page.input_value("div[name=xero_deferred_account_id] input")
    assert RECOGNISED in page.input_value("div[name=xero_recognised_account_id] input")
    assert accessibility.problems(page, ".o_form_view .tab-content") == []


def test_an_invoice_leads_to_its_charge_with_the_schedule_as_a_graph(page, mapped, invoices):
    _show(page, mapped, f"{INVOICES}/{invoices[-1]}", ".o_form_view", "recognition-invoice")
    if page.viewport_size["width"] > 1000:
        page.click("button[name=action_open_xero_charges]")
        page.click(".o_data_row td[name=move_name]")
    else:
        page.goto(f"{mapped.url}/odoo/{CHARGES}/{_charge(mapped, invoices[-1])}")
    _look(page, ".o_form_view div[name=schedule_graph] canvas", "recognition-charge")
    text = page.inner_text(".o_form_view")
    for word in ("1,200.00", "Straight-line by day", "Deferred", "Recognised"):
        assert word in text
    assert accessibility.problems(page) == []


def test_charges_are_listed(page, mapped, invoices):
    _show(page, mapped, CHARGES, ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)", "recognition-charges")
    text = page.inner_text(".o_content")
    for customer in CUSTOMERS:
        assert customer in text
    assert accessibility.problems(page) == []


def test_the_waterfall_is_created_in_by_recognised_in(page, mapped, invoices):
    _show(page, mapped, WATERFALL, ".o_content .o_pivot table", "recognition-waterfall")
    text = page.inner_text(".o_content .o_pivot table")
    assert _first_of_month(-2).strftime("%B %Y") in text
    assert "3,600.00" in text
    assert accessibility.problems(page) == []


def test_the_deferred_balance_is_a_chart(page, mapped, invoices):
    _show(page, mapped, BALANCE, ".o_graph_renderer canvas", "recognition-balance")
    assert accessibility.problems(page) == []


def test_the_dialog_shows_what_the_file_will_hold(page, mapped, invoices):
    """Totals and a sample, which follow every choice; the sign is explained by an example."""
    _open_wizard(page, mapped)
    _look(page, ".modal div[name=preview]", "recognition-wizard")
    journals = 3 * _days_of_last_month()
    assert _counts(page) == [journals, 2 * journals]
    preview = page.inner_text(".modal div[name=preview]")
    for word in (DEFERRED, RECOGNISED, "Debit", "Credit", CUSTOMERS[0]):
        assert word in preview
    assert accessibility.problems(page, ".modal") == []
    _switch_the_sign(page)
    _switch_the_aggregation(page, journals)


def _switch_the_sign(page):
    example = page.locator(".modal div[name=example]")
    assert "as Xero's help on importing manual journals says" in example.inner_text()
    page.locator(".modal div[name=sign]").get_by_label("Normal balance").check()
    page.wait_for_selector(".modal div[name=example]:has-text('would book this example the other way round')")
    page.locator(".modal div[name=sign]").scroll_into_view_if_needed()
    _look(page, ".modal div[name=example]", "recognition-wizard-normal")
    page.locator(".modal div[name=sign]").get_by_label("Debits positive").check()
    page.wait_for_selector(".modal div[name=example]:has-text('as Xero')")


def _switch_the_aggregation(page, daily):
    for choice, journals in (("Monthly: a total", 1), ("Monthly by customer", 3), ("Daily", daily)):
        _choose_aggregation(page, choice)
        _wait_for_journals(page, journals)
        assert _counts(page) == [journals, 2 * journals]


def _choose_aggregation(page, choice):
    field = page.locator(".modal div[name=aggregation]")
    field.locator("input").click()
    page.locator(".o_select_menu_item", has_text=choice).first.click()


def _export(page, odoo):
    """Export the last month from the list of exports; returns the file's name and lines. The dialog closes."""
    page.goto(f"{odoo.url}/odoo/{EXPORTS}")
    page.locator(".o_control_panel button", has_text="Export Journals").locator("visible=true").click()
    page.wait_for_selector(".modal div[name=preview] table")
    file = _download(page, lambda: page.click(".modal button[name=action_export] >> visible=true"))
    page.wait_for_selector(".modal", state="hidden")
    return file


def test_an_export_is_downloaded_downloaded_again_and_undone(page, mapped, invoices):
    journals = 3 * _days_of_last_month()
    name, lines = _export(page, mapped)
    assert re.fullmatch(r"XJ\d+-[-\d]+\.csv", name)
    assert lines[0] == HEADER
    assert len(lines) == 1 + 2 * journals
    row = page.locator(".o_data_row td[name=name], .o_kanban_record", has_text=name.partition("-")[0])
    row.wait_for()
    _look(page, ".o_content", "recognition-exports")
    assert accessibility.problems(page) == []
    row.click()
    _look(page, ".o_form_view", "recognition-export")
    assert accessibility.problems(page, ".o_form_view") == []
    assert _download(page, lambda: _press(page, "action_download"))[1] == lines
    _press(page, "action_undo")
    page.wait_for_selector(".modal-body:has-text('can be exported again')")
    _look(page, ".modal-body", "recognition-undo")
    page.click(".modal-footer .btn-primary")
    page.wait_for_selector(".o_form_view button[name=action_undo]", state="hidden")
    _look(page, ".o_form_view", "recognition-undone")
    _open_wizard(page, mapped)
    assert _counts(page) == [journals, 2 * journals]


def test_the_period_of_a_charge_is_changed_in_a_dialog(page, mapped, invoices):
    _show(page, mapped, f"{CHARGES}/{_charge(mapped, invoices[0])}", ".o_form_view", "recognition-before")
    _press(page, "action_change_period")
    _look(page, ".modal button[name=action_apply]", "recognition-change-period")
    assert "stays as it is" in page.inner_text(".modal")
    assert accessibility.problems(page, ".modal") == []
    page.click(".modal button[name=action_apply]")
    page.wait_for_selector(".modal", state="hidden")
    page.wait_for_selector(".o-mail-Message:has-text('Period changed')")


def test_journals_that_the_api_makes_tell_their_state(page, connected, posted):
    _show(page, connected, f"{EXPORTS}/{posted}", ".o_form_view", "recognition-export-api")
    _show(page, connected, JOURNALS, ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)", "recognition-journals")
    text = page.inner_text(".o_content")
    for word in ("In Xero", "Refused"):
        assert word in text
    assert accessibility.problems(page) == []
    page.locator(".o_data_row td[name=narration], .o_kanban_record", has_text="2026-02-28").first.click()
    _look(page, ".o_form_view", "recognition-journal")
    assert "The account is archived" in page.inner_text(".o_form_view .alert-danger")
    assert accessibility.problems(page, ".o_form_view") == []
