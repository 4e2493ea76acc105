from decimal import Decimal

from freezegun import freeze_time

from .revrec_case import RevrecCase


class TestWithdrawn(RevrecCase):
    """Documents that are reset to draft, cancelled or deleted: what was exported is taken back, the rest dropped."""

    def test_what_was_never_exported_leaves_nothing(self):
        invoice = self.sold()
        invoice.button_draft()
        self.assertFalse(self.env["xero.recognition.charge"].search([]))
        invoice.action_post()
        self.assertEqual(self.total(invoice.xero_charge_ids), Decimal("1200.00"))

    def test_what_was_exported_is_taken_back_today(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        self.export("2026-01-01", "2026-01-31")
        with freeze_time("2026-03-10 12:00:00"):
            invoice.button_draft()
        self.assertEqual(charge.state, "withdrawn")
        lines = self.lines(charge)
        self.assertEqual((len(lines), lines["2026-01-31"], lines["2026-03-10"]), (32, "1.00", "-31.00"))
        self.assertEqual(self.total(charge), 0)

    def test_what_was_exported_ahead_is_taken_back_on_its_own_days(self):
        invoice = self.sold(self.line(10.0, "2026-03-01", "2026-03-03"))
        charge = invoice.xero_charge_ids.sudo()
        self.export("2026-03-01", "2026-03-31")
        with freeze_time("2026-03-01 12:00:00"):
            invoice.button_cancel()
        # Exported 3.33, 3.34 and 3.33; the first is of today.
        corrections = {str(day): str(amount) for _kind, day, amount, exported in charge._lines() if not exported}
        self.assertEqual(corrections, {"2026-03-01": "-3.33", "2026-03-02": "-3.34", "2026-03-03": "-3.33"})
        self.assertEqual(self.total(charge), 0)

    def test_a_deferral_is_taken_back_too(self):
        self.connection.journal_legs = "both"
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        self.export("2026-01-01", "2026-01-31")
        with freeze_time("2026-03-10 12:00:00"):
            invoice.button_draft()
        self.assertEqual(self.lines(charge, "deferral"), {"2026-01-01": "365.00", "2026-03-10": "-365.00"})
        self.assertEqual((self.total(charge), self.total(charge, "deferral")), (0, 0))

    def test_confirmed_again_without_change_nothing_is_taken_back(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        before = self.lines(charge)
        self.export("2026-02-01", "2026-02-28")
        with freeze_time("2026-03-10 12:00:00"):
            invoice.button_draft()
            invoice.action_post()
        self.assertEqual(invoice.xero_charge_ids, charge)
        self.assertEqual((charge.state, self.lines(charge)), ("running", before))
        self.assertEqual(self.total(charge), Decimal("365.00"))

    def test_confirmed_again_with_another_amount_the_old_is_taken_back_and_a_new_one_made(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        self.export("2026-01-01", "2026-01-31")
        with freeze_time("2026-03-10 12:00:00"):
            invoice.button_draft()
            invoice.invoice_line_ids.price_unit = 730.0
            invoice.action_post()
        new = invoice.xero_charge_ids.sudo() - charge
        self.assertEqual((self.total(charge), self.total(new)), (0, Decimal("730.00")))

    def test_confirmed_again_with_other_tracking_the_old_is_taken_back(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        self.export("2026-01-01", "2026-01-31")
        north = self.analytic_account(self.tracking_option())
        invoice.button_draft()
        invoice.invoice_line_ids.analytic_distribution = {str(north.id): 100}
        invoice.action_post()
        new = invoice.xero_charge_ids.sudo() - charge
        self.assertEqual((self.total(charge), new.tracking_option_ids), (0, self.tracking_option()))

    def test_a_correction_that_was_exported_is_not_forgotten(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        self.export("2026-01-01", "2026-01-31")
        with freeze_time("2026-03-10 12:00:00"):
            invoice.button_draft()
        self.export("2026-03-01", "2026-03-31")
        with freeze_time("2026-03-11 12:00:00"):
            invoice.action_post()
        # What Xero has of the first adds up to nothing, so it starts over.
        new = invoice.xero_charge_ids.sudo() - charge
        self.assertEqual((self.total(charge), self.total(new)), (0, Decimal("365.00")))

    def test_a_deleted_invoice_leaves_what_was_exported(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        self.export("2026-01-01", "2026-01-31")
        name = invoice.name
        with freeze_time("2026-03-10 12:00:00"):
            invoice.button_draft()
            invoice.with_context(force_delete=True).unlink()
        self.assertEqual((charge.exists().move_name, charge.move_id.id, self.total(charge)), (name, False, 0))

    def test_undoing_the_export_of_a_withdrawn_charge_leaves_nothing(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        export = self.export("2026-01-01", "2026-01-31")
        invoice.button_draft()
        export.action_undo()
        self.assertEqual((export.state, charge.exists().ids), ("undone", []))
