from .common import XeroCase


class TestPush(XeroCase):
    """A confirmed invoice is in Xero, once, with its customer, and stays equal to Odoo."""

    def test_a_confirmed_invoice_and_its_new_customer_reach_xero(self):
        invoice = self.new_invoice(lines=[(3, 12.5), (1, 7.99)])
        self.assertEqual(invoice.xero_sync_state, "to_sync")
        self.run_sync()
        in_xero = self.organisation.invoice_by_number(invoice.name)
        self.assertEqual(str(in_xero["Total"]), "54.59")
        self.assertEqual(str(in_xero["TotalTax"]), "9.10")
        self.assertEqual(in_xero["Status"], "AUTHORISED")
        self.assertEqual(invoice.xero_sync_state, "synced")
        self.assertFalse(self.waiting_marks())
        self.assertFalse(invoice.xero_warning)
