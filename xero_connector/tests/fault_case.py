"""What the tests of lost calls share: time that passes without waiting, and what must be true in the end."""

from datetime import datetime, timedelta
from itertools import count

from freezegun import freeze_time

from odoo import fields
from odoo.fields import Command

from .common import XeroCase


class FaultCase(XeroCase):
    """Time stands still unless ``self.clock`` is told to tick; the simulator, in the same process, sees the same time.

    PostgreSQL's clock goes on by itself, so marks carry real moments.
    """

    def setUp(self):
        super().setUp()
        freezer = freeze_time(datetime.now())
        self.clock = freezer.start()
        self.addCleanup(freezer.stop)
        self.numbers = count(1)
        # Time stands still, so all calls of a test fall into one minute.
        self.organisation.limits.minute = 100_000

    # -- Records -----------------------------------------------------------------------------------------------

    def customer(self, **values):
        """A partner with a name of its own, not in Xero yet."""
        return self.new_partner(f"Customer {next(self.numbers)}", **values)

    def known_customer(self, **values):
        """A partner whose contact is in Xero."""
        partner = self.customer(**values)
        partner._xero_mark()
        self.run_sync()
        self.assertEqual(self.binding(partner).state, "synced")
        return partner

    def invoices(self, number, partner=None):
        """Confirmed invoices over 100, 101, 102 … plus 20 % tax, for one customer that is in Xero."""
        partner = partner or self.known_customer()
        values = [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": "2026-03-10",
                "company_id": self.company.id,
                "invoice_line_ids": [
                    Command.create({"name": "Seat", "quantity": 1, "price_unit": 100 + index, "tax_ids": self.tax.ids})
                ],
            }
            for index in range(number)
        ]
        moves = self.env["account.move"].create(values)
        moves.action_post()
        return moves

    def synced_invoices(self, number, partner=None):
        moves = self.invoices(number, partner)
        self.run_sync()
        for move in moves:
            self.assertEqual(self.binding(move).state, "synced")
        return moves

    # -- Time --------------------------------------------------------------------------------------------------

    def next_moment(self):
        """When the engine wants to go on, if it waits for anything at all."""
        retries = self.env["xero.binding"].search([("next_try", "!=", False), ("state", "in", ("new", "synced"))])
        moments = [self.connection.next_try, *retries.mapped("next_try")]
        return min(filter(None, moments), default=None)

    def open_requests(self):
        return self.env["xero.request"].search([("state", "=", "prepared")])

    def run_until_quiet(self, pause=timedelta(0), runs=60):
        """Run the engine until it has nothing left to do, letting every wait of its own pass.

        :param pause: how long nothing runs after the first run, as in an outage of Odoo
        """
        self.run_sync()
        self.clock.tick(pause)
        for _run in range(runs):
            if self.next_moment():
                wait = self.next_moment() - fields.Datetime.now()
                self.clock.tick(max(wait, timedelta(0)) + timedelta(seconds=1))
            elif not self.waiting_marks() and not self.open_requests():
                return
            self.run_sync()
        self.fail(f"the engine does not come to rest: {self.connection.last_error}")

    # -- What must be true in the end ----------------------------------------------------------------------------

    def assert_exactly_once(self, moves=None):
        """Every record that Odoo wants in Xero is there once, linked to its twin, and nothing is left over."""
        bindings = self.env["xero.binding"].search([])
        wrong = bindings.filtered(lambda binding: binding.state != "synced")
        self.assertFalse(wrong, [(binding.res_name, binding.state, binding.message) for binding in wrong])
        self.assertFalse(self.waiting_marks())
        self.assertFalse(self.open_requests())
        for xero_type, table in (("Contact", self.organisation.contacts), ("Invoice", self.organisation.invoices)):
            linked = sorted(binding.xero_id for binding in bindings if binding.xero_type == xero_type)
            self.assertEqual(linked, sorted(table), f"{xero_type}s in Xero and links in Odoo are not the same")
        for move in moves or []:
            self.assertEqual(self.organisation.invoices[self.binding(move).xero_id]["InvoiceNumber"], move.name)
        self.assertEqual(self.connection.state, "connected")
        self.assertFalse(self.connection.last_error)
