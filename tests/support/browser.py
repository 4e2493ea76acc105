"""A real browser for tests: the machine's Chromium, driven by Playwright."""

import contextlib
import os
import re
from pathlib import Path

from playwright.sync_api import sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ARTIFACTS = Path(__file__).resolve().parents[2] / "test-artifacts"
WIDTH, HEIGHT = 1366, 900
_WAIT_MILLISECONDS = 20_000


@contextlib.contextmanager
def chromium():
    """A running Chromium (Playwright's Browser). `setup/test` puts its path into CHROMIUM."""
    path = os.environ.get("CHROMIUM")
    if not path:
        raise RuntimeError("CHROMIUM does not name a browser: run the tests with setup/test")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Console:
    """What a page said in the browser's console and which errors nobody caught, for the report of a failed test."""

    def __init__(self, page):
        self.lines = []
        page.on("console", self._message)
        page.on("pageerror", lambda error: self.lines.append(f"uncaught: {error}"))

    def _message(self, message):
        if message.type in ("error", "warning"):
            self.lines.append(f"{message.type}: {message.text}")


def new_page(browser, **options):
    """A page in a context (cookies, storage) of its own; returns it with its Console."""
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", **options)
    page = context.new_page()
    page.set_default_timeout(_WAIT_MILLISECONDS)
    return page, Console(page)


def save_screenshot(page, name):
    """Save what the page shows as test-artifacts/<name>.png; returns the path."""
    ARTIFACTS.mkdir(exist_ok=True)
    path = ARTIFACTS / (re.sub(r"[^A-Za-z0-9_.-]+", "-", name)[-150:] + ".png")
    page.screenshot(path=path)
    return path


def log_in(page, odoo_url, user="admin", password=None):
    """Log in to Odoo and wait for its web client."""
    page.goto(f"{odoo_url}/web/login")
    page.fill("input[name=login]", user)
    page.fill("input[name=password]", password or user)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_web_client .o_main_navbar")
