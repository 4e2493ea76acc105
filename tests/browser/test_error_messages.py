"""Error messages to the user's own system, in a real browser and with Odoo's own scheduler."""

import hashlib
import hmac
import json
import re

import pytest

from support.browser import log_in, save_screenshot
from support.receiver import Receiver

from . import steps


@pytest.fixture
def receiver():
    """The user's own system."""
    running = Receiver().start()
    yield running
    running.stop()


def test_a_test_message_arrives_signed(browser_page, odoo_demo, receiver):
    """Enter the address, make a secret, send a test message, and find it among those that were delivered."""
    page = browser_page
    log_in(page, odoo_demo.url)
    steps.open_connection(page, odoo_demo)
    page.click(".nav-link[name=alerts]")
    page.check("div[name=error_allow_private] input")
    page.fill("div[name=error_url] input", receiver.url)
    page.click("button[name=action_new_error_secret]")
    page.click(".modal-footer .btn-primary")
    notice = page.locator(".o_notification", has_text="The new secret is")
    secret = re.search("[0-9a-f]{64}", notice.inner_text())[0]
    save_screenshot(page, "error-messages-secret")
    page.click(".o_notification .o_notification_close")
    page.click("button[name=action_send_test_message]")
    page.wait_for_selector(".o_notification:has-text('leaves within seconds')")
    for _attempt in range(40):
        if receiver.received:
            break
        page.wait_for_timeout(250)
    [(_path, headers, body)] = receiver.received
    signed = headers["X-Connector-Timestamp"].encode() + b"." + body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-Connector-Signature"] == f"sha256={expected}"
    assert json.loads(body)["event"] == "test"
    save_screenshot(page, "error-messages")
    page.wait_for_timeout(500)
    page.click("button[name=action_open_alerts]")
    page.wait_for_selector(".o_data_row:has-text('Delivered')")
    save_screenshot(page, "error-messages-list")
    page.click(".o_data_row td[name=message]")
    page.wait_for_selector(".o_form_view div[name=number]")
    save_screenshot(page, "error-messages-form")
