"""pytest fixtures for tests under `tests/`; the root conftest loads them."""

import pytest

from xero_simulator import XeroSimulator

_REPORTS = pytest.StashKey()


@pytest.fixture
def simulator():
    """An empty Xero simulator in a thread of this process."""
    with XeroSimulator().start(port=0) as running:
        yield running


@pytest.fixture(scope="module")
def simulator_process():
    """The simulator with the demo's organisations in a process of its own; one for all tests of a module."""
    from support.simulator_process import SimulatorProcess

    with SimulatorProcess() as running:
        yield running


@pytest.fixture(scope="module")
def odoo_demo(simulator_process):
    """A real Odoo with demo data and the addons, pointed at `simulator_process`, with a connection in draft."""
    from machine import demo_database, odoo_scripts
    from support.odoo_process import OdooProcess, drop_database, fresh_demo_database, installation

    database = fresh_demo_database()
    odoo = OdooProcess(database)
    settings = demo_database.settings(odoo.url, simulator_process.url)
    try:
        odoo_scripts.run(installation(), database, "settings", settings)
        with odoo:
            yield odoo
    finally:
        drop_database(database)


@pytest.fixture(scope="module")
def browser():
    """A Chromium for all tests of a module."""
    from support.browser import chromium

    with chromium() as running:
        yield running


@pytest.fixture
def browser_page(browser, request):
    """A page of its own for a test; a failure leaves a screenshot and what the console said."""
    from support.browser import new_page, save_screenshot

    page, console = new_page(browser)
    yield page
    report = request.node.stash.get(_REPORTS, {}).get("call")
    if report is not None and report.failed:
        path = save_screenshot(page, request.node.nodeid)
        text = "\n".join([f"screenshot: {path}", f"page: {page.url}", *console.lines])
        request.node.add_report_section("call", "browser", text)
        report.sections.append(("browser", text))
    page.context.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Let fixtures know how their test ended."""
    report = yield
    item.stash.setdefault(_REPORTS, {})[report.when] = report
    return report
