from datetime import timedelta

from odoo import fields

from .common import XeroCase


class TestResilience(XeroCase):
    """What goes wrong beside a document must not hold it up."""

    def test_a_mark_that_nobody_can_settle_does_not_stop_the_others(self):
        self.env["xero.mark"]._put("res.company", {self.company.id: [self.company.id]})
        invoice = self.new_invoice()
        with self.assertLogs("odoo.addons.xero_connector.sync.runner", "ERROR"):
            self.run_sync()
        self.assertEqual(invoice.xero_sync_state, "synced")
        self.assertFalse(self.waiting_marks())

    def test_lists_that_cannot_be_refreshed_do_not_stop_pushes(self):
        yesterday = fields.Datetime.now() - timedelta(hours=25)
        self.connection._write_run_facts({"references_refreshed_at": yesterday})
        fault = self.simulator.fault("status", match="GET /Accounts", status=500, times=None)
        invoice = self.new_invoice()
        with self.assertLogs("odoo.addons.xero_connector.sync.runner", "WARNING"):
            self.run_sync()
        self.assertEqual(invoice.xero_sync_state, "synced")
        self.assertFalse(self.connection.next_try)
        # It is tried again after an hour, not with every run.
        self.new_invoice()
        self.run_sync()
        self.assertEqual(fault.hits, 1)

    def test_an_organisation_that_lists_no_currencies_can_be_used(self):
        self.simulator.fault("status", match="GET /Currencies", status=404, times=None)
        self.assertFalse(self.connection.action_refresh_references()["params"]["type"] == "danger")
        invoice = self.new_invoice()
        self.run_sync()
        self.assertEqual(invoice.xero_sync_state, "synced")

    def test_the_button_sends_an_invoice_whose_number_was_used_up_by_its_voided_self(self):
        invoice = self.new_invoice()
        self.run_sync()
        invoice.button_draft()
        invoice.button_cancel()
        self.run_sync()
        invoice.button_draft()
        invoice.action_post()
        notice = invoice.action_push_to_xero()
        self.assertEqual(notice["params"]["type"], "success", notice["params"]["message"])
        self.assertEqual(invoice.xero_number, f"{invoice.name}-2")
