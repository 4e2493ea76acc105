"""Fixtures and reports shared by the addons' tests and those under `tests/`."""

import logging
import os

import pytest

from support import report, side_by_side

pytest_plugins = ["support.fixtures"]

_OURS = ("odoo.addons.xero_", "xero_simulator")


class _WarningCollector(logging.Handler):
    """Keeps what our own code logs at warning level or above, with the test during which it did."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = {}

    def emit(self, record):
        if record.name.startswith(_OURS) and ".tests." not in record.name:
            text = f"{record.levelname} {record.name}: {record.getMessage()}"
            test = os.environ.get("PYTEST_CURRENT_TEST", "outside a test").split(" ")[0]
            self.lines.setdefault(text, test)


_collector = _WarningCollector()


def pytest_configure(config):
    """Listen to our own code's warnings for the whole session."""
    logging.getLogger().addHandler(_collector)


def pytest_unconfigure(config):
    """Stop listening."""
    logging.getLogger().removeHandler(_collector)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config):
    """Give each of several processes what is its own, before pytest-odoo sets Odoo up."""
    if hasattr(config, "workerinput"):
        side_by_side.separate(config)
    return (yield)


def pytest_xdist_make_scheduler(config, log):
    """Which tests each of several processes gets."""
    return side_by_side.Scheduler(config, log)


def pytest_sessionfinish(session):
    """One of several processes hands over what is to be shown in the end."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["warnings"] = _collector.lines
        session.config.workeroutput["report"] = report.lines()


def pytest_testnodedown(node):
    """Take what one of several processes has to show; one that crashed has nothing."""
    handed_over = getattr(node, "workeroutput", {})
    _collector.lines = {**handed_over.get("warnings", {}), **_collector.lines}
    for text in handed_over.get("report", []):
        report.line(text)


def pytest_terminal_summary(terminalreporter):
    """Show warnings logged by our own code, and where Odoo's full log is."""
    if _collector.lines:
        terminalreporter.section("warnings logged by the addons")
        for text, test in _collector.lines.items():
            terminalreporter.write_line(f"{text}  [{test}]")
    if report.lines():
        terminalreporter.section("noted")
        for text in report.lines():
            terminalreporter.write_line(text)
    log = os.environ.get("XERO_TEST_ODOO_LOG")
    if log and (terminalreporter.stats.get("failed") or terminalreporter.stats.get("error")):
        terminalreporter.write_line(f"Odoo's log of this run: {side_by_side.logs(log)}")
