from decimal import Decimal

from freezegun import freeze_time

from odoo import Command

from .revrec_case import RevrecCase


class TestTakenUp(RevrecCase):
    """Documents that are reset to draft and confirmed again: what was entered by hand and the sums stay right."""

    def _again(self, invoice, **values):
        """Reset an invoice, change its line and confirm it again, on 20 March."""
        with freeze_time("2026-03-20 12:00:00"):
            invoice.button_draft()
            if values:
                invoice.invoice_line_ids.write(values)
            invoice.action_post()

    def _spread(self, charge, start, end, since):
        values = {"charge_id": charge.id, "start_date": start, "end_date": end, "since": since}
        self.env["xero.charge.period"].create(values).action_apply()

    def _assert_taken_up(self, invoice):
        """A reset that changed nothing leaves the charge and its schedule as they were, what was exported too."""
        charge = invoice.xero_charge_ids.sudo()
        before = charge._lines()
        self._again(invoice)
        self.assertEqual(invoice.xero_charge_ids, charge)
        self.assertEqual((charge.state, charge._lines()), ("running", before))

    def _each_way(self, make):
        """Have ``make`` return an invoice and its charge, yield the charge when it was taken up; exported or not."""
        for exported in (False, True):
            invoice, charge = make()
            if exported:
                self.export("2026-01-01", "2026-01-31")
            self._assert_taken_up(invoice)
            yield charge

    # -- Another period ----------------------------------------------------------------------------------------

    def test_a_period_changed_on_the_line_after_an_export_is_taken_up_as_it_was(self):
        for end, exported in (("2026-06-30", "01"), ("2027-12-31", "01"), ("2026-05-31", "07")):
            invoice = self.sold(self.line(1200.0))
            charge = invoice.xero_charge_ids.sudo()
            self.export(f"2026-{exported}-01", f"2026-{exported}-31")
            with freeze_time("2026-02-10 12:00:00"):
                invoice.invoice_line_ids.write({"end_date": end})
            self._assert_taken_up(invoice)
            self.assertEqual(self.total(charge), Decimal("1200.00"), end)

    def _with_period(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        self._spread(charge, "2026-01-01", "2026-06-30", "2026-02-01")
        return invoice, charge

    def test_a_period_entered_by_hand_survives(self):
        for charge in self._each_way(self._with_period):
            self.assertEqual((str(charge.end_date), self.total(charge)), ("2026-06-30", Decimal("365.00")))

    def test_the_dates_of_the_dialog_entered_on_the_draft_count_from_the_beginning(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        self.export("2026-01-01", "2026-01-31")
        self._spread(charge, "2026-01-01", "2026-02-28", "2026-02-01")
        self._again(invoice, start_date="2026-01-01", end_date="2026-02-28")
        new = invoice.xero_charge_ids.sudo() - charge
        # 365.00 over 59 days: 6.19 (6.186…) on the first.
        self.assertEqual((self.total(charge), self.total(new)), (0, Decimal("365.00")))
        self.assertEqual(self.lines(new)["2026-01-01"], "6.19")

    def test_of_a_changed_invoice_the_period_entered_by_hand_is_dropped_and_that_is_said(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        self._spread(charge, "2026-01-01", "2026-06-30", "2026-01-01")
        self._again(invoice, price_unit=730.0)
        new = invoice.xero_charge_ids.sudo()
        self.assertFalse(charge.exists())
        self.assertEqual((str(new.end_date), self.total(new)), ("2026-12-31", Decimal("730.00")))
        self.assertIn("06/30/2026", new.message_ids[0].body)

    # -- Percentages -------------------------------------------------------------------------------------------

    def _by_percentage(self, amount=1000.0):
        invoice = self.sold(self.line(amount, product=self.new_product(method="manual")))
        charge = invoice.xero_charge_ids.sudo()
        charge.share_ids = [
            Command.create({"date": "2026-01-15", "percentage": 25}),
            Command.create({"date": "2026-06-30", "percentage": 50}),
        ]
        return invoice, charge

    def test_percentages_survive(self):
        for charge in self._each_way(self._by_percentage):
            self.assertEqual(charge.share_ids.mapped("percentage"), [25.0, 50.0])

    def test_percentages_go_over_to_the_charge_of_a_changed_invoice(self):
        for exported in ((), ("2026-01-01", "2026-01-31")):
            invoice, charge = self._by_percentage()
            if exported:
                self.export(*exported)
            self._again(invoice, price_unit=2000.0)
            new = invoice.xero_charge_ids.sudo() - charge
            self.assertEqual(self.lines(new), {"2026-01-15": "500.00", "2026-06-30": "1000.00", "2026-12-31": "500.00"})
            self.assertEqual(self.total(charge) if exported else charge.exists().ids, 0 if exported else [])

    # -- Accounts ----------------------------------------------------------------------------------------------

    def _without_account(self):
        product = self.new_product()
        product.xero_deferred_account_id = False
        invoice = self.sold(self.line(365.0, product=product))
        charge = invoice.xero_charge_ids.sudo()
        charge.deferred_account_id = self.deferred
        return invoice, charge

    def test_an_account_entered_by_hand_survives(self):
        for charge in self._each_way(self._without_account):
            self.assertEqual(charge.deferred_account_id, self.deferred)

    def test_an_account_entered_by_hand_goes_over_to_the_charge_of_a_changed_invoice(self):
        invoice, charge = self._without_account()
        self._again(invoice, price_unit=730.0)
        new = invoice.xero_charge_ids.sudo() - charge
        self.assertEqual((new.deferred_account_id, new.incomplete), (self.deferred, False))

    # -- What else is compared ---------------------------------------------------------------------------------

    def _assert_made_anew(self, change, **values):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        self.export("2026-01-01", "2026-01-31")
        with freeze_time("2026-03-20 12:00:00"):
            invoice.button_draft()
            change(invoice)
            invoice.action_post()
        new = invoice.xero_charge_ids.sudo() - charge
        self.assertEqual((len(new), self.total(charge), self.total(new)), (1, 0, Decimal("365.00")))
        return new

    def test_another_customer_period_product_or_account_makes_it_anew(self):
        other = self.xero_account(self.connection, "850")
        self.connection.deferred_account_ids |= other
        self._assert_made_anew(lambda invoice: invoice.write({"partner_id": self.new_partner("Northwind").id}))
        self._assert_made_anew(lambda invoice: invoice.invoice_line_ids.write({"end_date": "2026-06-30"}))
        self._assert_made_anew(lambda invoice: invoice.invoice_line_ids.write({"start_date": "2026-02-01"}))
        self._assert_made_anew(lambda invoice: invoice.invoice_line_ids.write({"xero_account_id": other.id}))
        self._assert_made_anew(lambda invoice: invoice.write({"invoice_date": "2026-01-02"}))

        def legs(_invoice):
            self.connection.journal_legs = "both"

        new = self._assert_made_anew(legs)
        self.assertEqual(self.total(new, "deferral"), Decimal("365.00"))

    def test_a_deferral_is_taken_up_too(self):
        self.connection.journal_legs = "both"
        for first, last in (("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28")):
            invoice = self.sold(self.line(365.0))
            self.export(first, last)
            self._assert_taken_up(invoice)

    def test_days_to_come_bear_the_texts_of_now(self):
        invoice = self.sold(self.line(365.0))
        self.export("2026-01-01", "2026-01-31")
        self._again(invoice, name="Support, gold")
        self.assertEqual(invoice.xero_charge_ids.name, "Support, gold")

    def test_of_several_that_were_taken_back_one_is_taken_up(self):
        invoice = self.sold(self.line(365.0))
        first = invoice.xero_charge_ids.sudo()
        self.export("2026-01-01", "2026-01-31")
        with freeze_time("2026-03-10 12:00:00"):
            invoice.button_draft()
            taking_back = self.export("2026-03-01", "2026-03-31")
            invoice.action_post()
        self.assertEqual(len(invoice.xero_charge_ids), 2)
        self.export("2026-01-01", "2026-01-31")
        taking_back.action_undo()
        self._again(invoice)
        running = invoice.xero_charge_ids.filtered(lambda charge: charge.state == "running")
        self.assertEqual((len(running), self.total(running)), (1, Decimal("365.00")))
        self.assertEqual((self.total(first), self.total(invoice.xero_charge_ids.sudo())), (0, Decimal("365.00")))

    def test_what_was_undone_while_it_was_a_draft_is_planned_again(self):
        invoice = self.sold(self.line(365.0))
        charge = invoice.xero_charge_ids.sudo()
        before = [(kind, day, amount) for kind, day, amount, _exported in charge._lines()]
        january, _march = self.export("2026-01-01", "2026-01-31"), self.export("2026-03-01", "2026-03-31")
        with freeze_time("2026-03-20 12:00:00"):
            invoice.button_draft()
            january.action_undo()
            invoice.action_post()
        self.assertEqual(invoice.xero_charge_ids, charge)
        self.assertEqual([(kind, day, amount) for kind, day, amount, _exported in charge._lines()], before)

    # -- What is left over -------------------------------------------------------------------------------------

    def test_cancelled_deleted_or_without_the_line_nothing_is_left_of_what_was_never_exported(self):
        invoices = [self._by_percentage()[0] for _number in range(3)]
        charges = self.env["xero.recognition.charge"].search([])
        for invoice in invoices:
            invoice.button_draft()
        self.assertEqual(set(charges.mapped("state")), {"withdrawn"})
        invoices[0].button_cancel()
        invoices[1].unlink()
        invoices[2].invoice_line_ids = [
            Command.clear(),
            Command.create(self.line(product=self.env["product.product"].create({"name": "Book"}))),
        ]
        invoices[2].action_post()
        self.assertFalse(charges.exists())
