import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import outgoing

# How long to wait after each try that failed; after the last one it is given up.
WAITS = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 6 * 60, 24 * 60)]
KEEP_DAYS = 90
# How many are taken up at once; the job goes on with the others by itself.
BATCH = 200
_QUEUE = "xero_connector.alerts"


class XeroAlert(models.Model):
    """One message about an error to the user's own system: queue, retry and history in one.

    It is made in the transaction that notes the error, so it exists exactly if the error does, and delivered by a job
    of its own, so that a receiver that is slow or down holds up nothing. It may arrive twice (when the answer was
    lost), with the same number.
    """

    _name = "xero.alert"
    _description = "Xero Error Message"
    _order = "id desc"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    number = fields.Char(required=True, readonly=True, help="The same in every try, so that the receiver sees repeats.")
    event = fields.Selection(
        [
            ("record.refused", "Record refused"),
            ("record.held", "Record held"),
            ("connection.lost", "Connection lost"),
            ("test", "Test"),
        ],
        required=True,
        readonly=True,
    )
    res_model = fields.Char("Model", readonly=True)
    res_id = fields.Many2oneReference("Record ID", model_field="res_model", readonly=True)
    res_name = fields.Char("Record", readonly=True)
    message = fields.Text(readonly=True)
    body = fields.Text("What Is Sent", required=True, readonly=True, help="The exact text that is signed.")
    # waiting ──► delivered   the receiver answered 2xx
    #    ▲ └────► given_up    tried often enough, or it can never arrive
    #    └──Send Again──┘
    state = fields.Selection(
        [("waiting", "Waiting"), ("delivered", "Delivered"), ("given_up", "Given up")],
        default="waiting",
        required=True,
        readonly=True,
    )
    attempts = fields.Integer("Tries", readonly=True)
    next_try = fields.Datetime(readonly=True, default=lambda self: fields.Datetime.now())
    http_status = fields.Integer("HTTP", readonly=True, help="What the receiver answered last.")
    error = fields.Char("Problem", readonly=True)
    delivered_at = fields.Datetime("Delivered", readonly=True)

    _due_index = models.Index("(next_try) WHERE state = 'waiting'")

    @api.depends("res_name", "event")
    def _compute_display_name(self):
        events = dict(self._fields["event"]._description_selection(self.env))
        for alert in self:
            alert.display_name = alert.res_name or events.get(alert.event)

    # -- Queue -------------------------------------------------------------------------------------------------

    @api.model
    def _queue(self, values):
        """Create a message with the commit of the transaction under way; all of one transaction in one statement."""
        hooks = self.env.cr.precommit
        if _QUEUE not in hooks.data:
            hooks.add(self._create_queued)
        hooks.data.setdefault(_QUEUE, []).append(values)

    def _create_queued(self):
        self.create(self.env.cr.precommit.data.pop(_QUEUE))
        self._wake()

    @api.model
    def _wake(self, at=None):
        """Have the job run after this commit, or at a later moment."""
        # Somebody may have deleted the job to stop all messages.
        cron = self.env.ref("xero_connector.ir_cron_xero_alerts", raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger(at=at)

    # -- Delivery ----------------------------------------------------------------------------------------------

    @api.model
    def _deliver_due(self):
        """Send what is due; what this module's job calls. Never raises for faults of receivers."""
        cron = self.env["ir.cron"]
        connections = self.env["xero.connection"].with_context(active_test=False).search([])
        speaking = connections.filtered(lambda connection: connection._may_tell())
        ours = [("state", "=", "waiting"), ("connection_id", "in", speaking.ids)]
        due = [*ours, ("next_try", "<=", fields.Datetime.now())]
        cron._commit_progress(remaining=self.search_count(due))
        for alerts in self.search(due, order="next_try, id", limit=BATCH).grouped("connection_id").values():
            if not alerts._deliver_in_turn():
                return
        later = self.search(ours, order="next_try", limit=1)
        if later:
            self._wake(at=later.next_try)

    def _deliver_in_turn(self):
        """Send messages of one connection, each committed by itself; return whether there is time for more.

        A receiver that does not answer one message is not asked to take the others: they all wait.
        """
        cron = self.env["ir.cron"]
        for alert in self:
            # One that is gone, with its connection, or that a user is writing to is left to the next run.
            locked = alert.try_lock_for_update()
            reached = not locked or locked._deliver()
            if not cron._commit_progress(1):
                return False
            if not reached:
                return bool(cron._commit_progress(alert._postpone_others()))
        return True

    def _postpone_others(self):
        """Have all that is due for the same receiver wait as long; return how many. None of it was tried."""
        others = self.search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("state", "=", "waiting"),
                ("next_try", "<=", fields.Datetime.now()),
            ]
        ).try_lock_for_update()
        others.next_try = self.next_try or fields.Datetime.now() + WAITS[0]
        return len(others)

    def _deliver(self):
        """Try once and note the outcome; return ``False`` if the receiver could not be reached."""
        settings = self.connection_id
        if not settings.error_url or not settings.error_secret:
            self._give_up(self.env._("The address or the secret was taken out of the connection. Enter it again."))
            return True
        body = self.body.encode()
        timestamp = int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Odoo-Accounting-Connector",
            "X-Connector-Event": self.event,
            "X-Connector-Delivery": self.number,
            "X-Connector-Timestamp": str(timestamp),
            "X-Connector-Signature": f"sha256={outgoing.sign(settings.error_secret, timestamp, body)}",
        }
        try:
            status = outgoing.post(settings.error_url, body, headers, allow_private=settings.error_allow_private)
        except outgoing.AddressRefused as error:
            self._give_up(
                self.env._(
                    "The address leads to %s, which is not on the public internet. Enter another one, or ask a system "
                    "administrator to allow private addresses in the connection.",
                    error,
                )
            )
            return True
        except outgoing.NoAnswer as error:
            self._try_later(self._no_answer_text(error.kind))
            return False
        if 200 <= status < 300:
            self.write(
                {
                    "state": "delivered",
                    "attempts": self.attempts + 1,
                    "next_try": False,
                    "http_status": status,
                    "error": False,
                    "delivered_at": fields.Datetime.now(),
                }
            )
        elif 300 <= status < 400:
            self._try_later(self.env._("It answered with a redirect: enter the final address instead."), status)
        else:
            self._try_later(self.env._("It answered with an error (%s).", status), status)
        return True

    def _no_answer_text(self, kind):
        return {
            "timeout": self.env._("It did not answer in time."),
            "tls": self.env._("It has no https, or a certificate that is not valid for the address."),
            "unreachable": self.env._("It could not be reached."),
        }[kind]

    def _try_later(self, error, status=0):
        """Note a try that failed and wait, longer each time; give up after the last wait."""
        tries = self.attempts + 1
        self.write({"attempts": tries, "http_status": status, "error": error})
        if tries > len(WAITS):
            self._give_up(error)
        else:
            self.next_try = fields.Datetime.now() + WAITS[tries - 1]

    def _give_up(self, error):
        """Stop trying, and tell the responsible person, once until something is delivered again."""
        self.ensure_one()
        before = self.search(
            [("connection_id", "=", self.connection_id.id), ("state", "!=", "waiting"), ("id", "!=", self.id)],
            order="write_date desc, id desc",
            limit=1,
        )
        self.write({"state": "given_up", "next_try": False, "error": error})
        if before.state != "given_up":
            self.connection_id._note_undelivered(error)

    def action_send_again(self):
        """Try these messages again now, delivered ones left out.

        :raises UserError: all of them were delivered
        """
        self.check_access("read")
        alerts = self.sudo().filtered(lambda alert: alert.state != "delivered")
        if not alerts:
            raise UserError(self.env._("They were delivered already."))
        alerts.write({"state": "waiting", "attempts": 0, "next_try": fields.Datetime.now()})
        alerts._wake()
        return alerts.connection_id[:1]._notice(
            self.env._("%s messages leave within seconds.", len(alerts)), "info", reload=True
        )

    @api.autovacuum
    def _gc_old(self):
        """Drop what is old, also what still waits: for a receiver long gone, or in a copy, which tells nobody."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=KEEP_DAYS)
        self.search([("create_date", "<", limit)]).unlink()
