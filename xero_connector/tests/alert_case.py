import json

from support.receiver import Receiver

from .fault_case import FaultCase

CRON = "xero_connector.ir_cron_xero_alerts"


class AlertCase(FaultCase):
    """A connection that tells a receiver on this machine of errors."""

    def setUp(self):
        super().setUp()
        self.receiver = self.new_receiver()
        self.connection.write(
            {"error_allow_private": True, "error_url": f"{self.receiver.url}/errors", "new_error_secret": "sesame"}
        )

    def new_receiver(self):
        receiver = Receiver().start()
        self.addCleanup(receiver.stop)
        return receiver

    def alerts(self, **values):
        """The messages of the connection, oldest first."""
        domain = [("connection_id", "=", self.connection.id), *((name, "=", wanted) for name, wanted in values.items())]
        return self.env["xero.alert"].search(domain, order="id")

    def deliver(self):
        """Run the job that delivers messages, as Odoo's scheduler does."""
        self.env.flush_all()
        self.assertIs(self.env.ref(CRON).method_direct_trigger(), True)
        self.env.invalidate_all()

    def told(self):
        """What arrived at the receiver, as parsed JSON."""
        return [json.loads(body) for _path, _headers, body in self.receiver.received]

    def refuse(self, move, words="No", times=None):
        """Have Xero refuse an invoice with these words whenever it is sent."""
        return self.simulator.fault(
            "status",
            predicate=lambda call: call.method in ("PUT", "POST") and move.name.encode() in call.body,
            times=times,
            status=400,
            body={"Message": words},
        )

    def refused(self, words="No"):
        """An invoice that Xero refused; the fault goes on."""
        move = self.invoices(1)
        fault = self.refuse(move, words)
        self.run_sync()
        self.assertEqual(self.binding(move).state, "failed")
        return move, fault

    def held(self):
        """An invoice that is held, because its tax is not mapped."""
        move = self.new_invoice(self.known_customer(), taxes=self.percent_tax(7))
        self.run_sync()
        self.assertEqual(self.binding(move).state, "blocked")
        return move
