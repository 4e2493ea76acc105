"""Fixtures and reports shared by the addons' tests and those under `tests/`."""

import logging
import os

from support import report

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


def pytest_terminal_summary(terminalreporter):
    """Show warnings logged by our own code, and where Odoo's full log is."""
    if _collector.lines:
        terminalreporter.section("warnings logged by the addons")
        for text, test in _collector.lines.items():
            terminalreporter.write_line(f"{text}  [{test}]")
    if report.lines():
        terminalreporter.section("measured")
        for text in report.lines():
            terminalreporter.write_line(text)
    log = os.environ.get("XERO_TEST_ODOO_LOG")
    if log and (terminalreporter.stats.get("failed") or terminalreporter.stats.get("error")):
        terminalreporter.write_line(f"Odoo's log of this run: {log}")
