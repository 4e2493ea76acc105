import hashlib
import hmac
import time
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tools import file_open

from .alert_case import CRON, AlertCase


class TestAlertDelivery(AlertCase):
    """A message arrives although the receiver was down, holds up nothing, and goes nowhere it should not."""

    def delivered_later(self, wait):
        self.clock.tick(wait)
        self.deliver()

    # -- Signed ------------------------------------------------------------------------------------------------

    def test_the_receiver_can_check_who_sent_it_and_when(self):
        self.refused("Größe")
        self.deliver()
        [(path, headers, body)] = self.receiver.received
        expected = hmac.new(b"sesame", headers["X-Connector-Timestamp"].encode() + b"." + body, hashlib.sha256)
        self.assertEqual(headers["X-Connector-Signature"], f"sha256={expected.hexdigest()}")
        self.assertEqual(int(headers["X-Connector-Timestamp"]), int(time.time()))
        self.assertEqual(path, "/errors")

    def test_headers_tell_the_event_and_the_number_of_the_message(self):
        self.refused()
        self.deliver()
        [(_path, headers, _body)] = self.receiver.received
        self.assertEqual(
            [headers[name] for name in ("Content-Type", "User-Agent", "X-Connector-Event", "X-Connector-Delivery")],
            ["application/json", "Odoo-Accounting-Connector", "record.refused", self.alerts().number],
        )

    # -- Tried again -------------------------------------------------------------------------------------------

    def test_a_message_that_arrived_is_sent_no_more(self):
        self.refused()
        self.deliver()
        self.delivered_later(timedelta(days=2))
        self.assertEqual(len(self.receiver.received), 1)
        alert = self.alerts()
        self.assertEqual((alert.state, alert.http_status, alert.attempts), ("delivered", 200, 1))

    def test_a_receiver_that_fails_gets_the_same_message_again_after_a_minute(self):
        self.receiver.answers = [500]
        self.refused()
        self.deliver()
        self.assertEqual((self.alerts().state, self.alerts().http_status), ("waiting", 500))
        self.delivered_later(timedelta(seconds=30))
        self.assertEqual(len(self.receiver.received), 1)
        self.delivered_later(timedelta(seconds=31))
        self.assertEqual(self.alerts().state, "delivered")
        first, second = self.receiver.received
        self.assertEqual(first[2], second[2])
        self.assertEqual(first[1]["X-Connector-Delivery"], second[1]["X-Connector-Delivery"])
        self.assertNotEqual(first[1]["X-Connector-Timestamp"], second[1]["X-Connector-Timestamp"])

    def test_a_receiver_that_is_down_is_tried_less_and_less_often_and_then_given_up(self):
        self.receiver.stop()
        self.refused()
        self.deliver()
        waits = []
        while self.alerts().state == "waiting":
            waits.append(self.alerts().next_try - fields.Datetime.now())
            self.delivered_later(waits[-1] + timedelta(seconds=1))
        self.assertEqual([round(wait.total_seconds() / 60) for wait in waits], [1, 5, 30, 120, 360, 1440])
        self.assertEqual((self.alerts().state, self.alerts().attempts), ("given_up", 7))

    def test_the_job_is_woken_for_the_next_try(self):
        self.receiver.answers = [500]
        self.refused()
        self.deliver()
        moments = self.env["ir.cron.trigger"].sudo().search([("cron_id", "=", self.env.ref(CRON).id)])
        self.assertIn(self.alerts().next_try, moments.mapped("call_at"))

    def test_what_the_receiver_does_never_touches_what_is_sent_to_xero(self):
        self.receiver.answers = ["drop"]
        move, fault = self.refused()
        fault.remove()
        self.deliver()
        self.binding(move).action_retry()
        self.run_sync()
        self.assertEqual(self.binding(move).state, "synced")
        self.assertFalse(self.connection.last_error)

    def test_a_redirect_is_not_followed_and_said_so(self):
        self.receiver.answers = [302]
        self.refused()
        self.deliver()
        self.assertEqual(len(self.receiver.received), 1)
        self.assertIn("redirect", self.alerts().error)

    def test_a_receiver_that_does_not_answer_is_not_asked_to_take_the_other_messages(self):
        self.receiver.answers = ["drop"]
        for _number in range(3):
            self.connection._tell("test", "Test")
        self.env.cr.flush()
        self.deliver()
        self.assertEqual(self.receiver.connections, 1)
        self.assertEqual(self.alerts().mapped("attempts"), [1, 0, 0])
        self.delivered_later(timedelta(seconds=61))
        self.assertEqual(len(self.receiver.received), 4)
        self.assertEqual(set(self.alerts().mapped("state")), {"delivered"})

    def test_messages_that_were_never_tried_are_not_given_up_with_one_that_was(self):
        self.receiver.answers = ["drop"] * 7
        for _number in range(2):
            self.connection._tell("test", "Test")
        self.env.cr.flush()
        self.deliver()
        while "given_up" not in self.alerts().mapped("state"):
            self.delivered_later(min(self.alerts().mapped("next_try")) - fields.Datetime.now() + timedelta(seconds=1))
        self.assertEqual(self.receiver.connections, 7)
        self.delivered_later(timedelta(seconds=61))
        self.assertEqual(self.alerts().mapped("state"), ["given_up", "delivered"])

    def test_one_connections_receiver_does_not_hold_up_anothers(self):
        other = self._new_connection()
        receiver = self.new_receiver()
        other.write({"error_allow_private": True, "error_url": receiver.url, "new_error_secret": "other"})
        self.receiver.stop()
        for connection in (self.connection, other):
            connection._tell("test", "Test")
        self.env.cr.flush()
        self.deliver()
        self.assertEqual(len(receiver.received), 1)

    # -- Given up ----------------------------------------------------------------------------------------------

    def private(self):
        """Send to this machine while that is not allowed."""
        self.connection.error_url = f"https://localhost:{self.receiver.port}/errors"
        self.connection.error_allow_private = False

    def test_a_private_address_is_refused_at_once_and_in_words(self):
        self.private()
        self.refused()
        self.deliver()
        self.assertEqual(self.receiver.connections, 0)
        self.assertEqual(self.alerts().state, "given_up")
        self.assertRegex(self.alerts().error, "127.0.0.1|::1")

    def test_the_responsible_person_is_told_once_of_messages_given_up(self):
        self.private()
        before = self.connection.message_ids
        for _number in range(3):
            self.connection._tell("test", "Test")
        self.env.cr.flush()
        self.deliver()
        note = self.connection.message_ids - before
        self.assertEqual(len(note), 1)
        self.assertIn(self.connection.responsible_id.partner_id, note.partner_ids)

    def test_an_address_that_was_taken_out_gives_up_what_waits(self):
        self.refused()
        self.connection.error_url = False
        self.deliver()
        self.assertEqual(self.alerts().state, "given_up")

    def test_send_again_sends_what_was_given_up(self):
        self.private()
        self.refused()
        self.deliver()
        self.connection.write({"error_allow_private": True, "error_url": self.receiver.url})
        self.alerts().action_send_again()
        self.deliver()
        self.assertEqual(self.alerts().state, "delivered")
        self.assertFalse(self.alerts().error)

    def test_send_again_sends_nothing_twice(self):
        self.refused()
        self.deliver()
        with self.assertRaises(UserError):
            self.alerts().action_send_again()

    # -- Copies, and time --------------------------------------------------------------------------------------

    def test_a_neutralised_copy_tells_nobody(self):
        self.refused()
        self.env["ir.config_parameter"].sudo().set_param("database.is_neutralized", True)
        self.deliver()
        self.assertEqual(self.receiver.connections, 0)
        with self.assertRaisesRegex(UserError, "neutralised copy"):
            self.connection.action_send_test_message()

    def test_neutralising_wipes_address_secret_and_what_waits(self):
        self.refused()
        self.env.flush_all()
        with file_open("xero_connector/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(self.connection.error_url or self.connection.sudo().error_secret or self.alerts())

    def test_a_plain_copy_tells_nobody(self):
        self.refused()
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "a copy")
        self.deliver()
        self.assertEqual(self.receiver.connections, 0)

    def test_a_copy_of_a_disconnected_connection_tells_nobody(self):
        self.refused()
        self.connection.action_disconnect()
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "a copy")
        self.deliver()
        self.assertEqual(self.receiver.connections, 0)
        with self.assertRaisesRegex(UserError, "copy"):
            self.connection.action_send_test_message()

    def test_a_disconnected_connection_still_tells(self):
        self.refused()
        self.connection.action_disconnect()
        self.deliver()
        self.assertEqual(self.alerts().state, "delivered")

    def test_a_copy_tells_once_the_secret_is_entered_in_it(self):
        self.env["ir.config_parameter"].sudo().set_param("database.uuid", "a copy")
        self.connection.new_error_secret = "another"
        self.connection.action_send_test_message()
        self.env.cr.flush()
        self.deliver()
        self.assertEqual(self.alerts().state, "delivered")

    def test_old_messages_are_dropped_whether_they_arrived_or_wait(self):
        self.refused()
        self.deliver()
        self.connection._tell("test", "Test")
        self.env.cr.flush()
        self.env.cr.execute("UPDATE xero_alert SET create_date = create_date - interval '91 days'")
        self.env.invalidate_all()
        self.connection._tell("test", "New")
        self.env.cr.flush()
        self.env["xero.alert"].sudo()._gc_old()
        self.assertEqual(self.alerts().mapped("message"), ["New"])
