from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form

from .revrec_case import RevrecCase


class TestNotes(RevrecCase):
    """What the dialog says before an export."""

    def _warnings(self, *args, **values):
        return str(self.wizard(*args, **values).warnings)

    def test_where_all_is_well_nothing_is_said(self):
        self.charge(365.0)
        self.run_sync()
        self.assertNotIn("alert", self._warnings())

    def test_documents_that_are_not_in_xero_are_told_of(self):
        self.charge(365.0)
        self.assertIn("not in Xero: 1.", self._warnings())
        self.run_sync()
        self.assertNotIn("not in Xero", self._warnings())

    def test_foreign_currencies_are_told_of_where_rates_are_xeros(self):
        euro = self.foreign("EUR" if self.company.currency_id.name != "EUR" else "CHF")
        self.sold(self.line(100.0), currency_id=euro.id)
        self.sold(self.line(100.0))
        self.assertIn("foreign currency: 1.", self._warnings())
        self.connection.currency_rates = "odoo"
        self.assertNotIn("foreign currency", self._warnings())

    def test_days_that_are_locked_in_xero_are_told_of(self):
        self.charge(365.0)
        self.connection.sudo().period_lock_date = "2026-01-31"
        self.assertIn("locked up to 01/31/2026", self._warnings())
        self.assertNotIn("locked", self._warnings("2026-02-01", "2026-02-28"))
        self.assertIn("locked", self._warnings("2026-02-01", "2026-02-28", include_older=True))
        self.charge(10.0, "2026-02-10", "2026-02-12")
        self.export("2026-01-01", "2026-01-31")
        self.assertNotIn("locked", self._warnings("2026-01-01", "2026-02-28"), "nothing is left of January")

    def test_charges_of_another_connection_are_told_of(self):
        self.charge(365.0)
        self.connection.action_disconnect()
        self.connection.name = "Old books"
        organisation = self.simulator.add_organisation("New books", currency=self.company.currency_id.name)
        self.connection = self._connect(organisation, name="Second", code="second")
        warnings = self._warnings()
        self.assertIn("connection Old books are left out: 1.", warnings)

    def test_charges_whose_account_is_missing_are_told_of_the_withdrawn_too(self):
        invoice = self.sold(self.line(365.0))
        self.export()
        invoice.button_draft()
        charge = invoice.xero_charge_ids.sudo()
        self.env.cr.execute("UPDATE xero_recognition_charge SET deferred_account_id = NULL WHERE id = %s", charge.ids)
        charge.invalidate_recordset()
        today = str(self.env["xero.journal.export.wizard"]._fields["date_to"].default(self.wizard()))[:4]
        self.assertIn("left out: 1.", self._warnings("2026-01-01", f"{int(today) + 1}-12-31"))

    def test_days_before_the_period_are_told_of_and_none_that_are_not_before_it(self):
        # Exported to 14 February: nothing before 11 February is open.
        self.charge(365.0)
        self.export("2026-01-01", "2026-02-14")
        self.assertNotIn("never exported", self._warnings("2026-02-11", "2026-02-28"))
        self.assertIn("2.00", self._warnings("2026-02-17", "2026-02-28"))

    def test_tracking_that_was_archived_is_told_of_and_left_out(self):
        north = self.tracking_option()
        category = north.category_id
        charge = self.charge(365.0)
        charge.tracking_option_ids = north
        self.assertNotIn("archived", self._warnings())
        self.assertEqual(self.rows(self.export("2026-01-01", "2026-01-01"))[0][6:8], ["Region", "North"])
        north.active = False
        self.assertIn("North, for instance", self._warnings("2026-02-01", "2026-02-28"))
        self.assertEqual(self.rows(self.export("2026-02-01", "2026-02-01"))[0][6:8], ["", ""])
        north.active, category.active = True, False
        self.assertEqual(self.rows(self.export("2026-02-02", "2026-02-02"))[0][6:8], ["", ""])

    def test_calls_that_are_not_left_today_are_told_of(self):
        self.charge(365.0)
        self.connection._write_run_facts({"day_calls_remaining": 1, "day_calls_at": self.env.cr.now()})
        warnings = self._warnings("2026-01-01", "2026-04-30", destination="api")
        self.assertIn("120 journals are made in Xero as Draft, in about 3 calls", warnings)
        self.assertIn("Only 0 calls may still be used today", warnings)

    # -- What must be mended first -----------------------------------------------------------------------------

    def test_a_slip_in_the_narration_is_said_while_it_is_typed(self):
        self.charge(365.0)
        with Form(self.env["xero.journal.export.wizard"]) as form:
            form.date_from, form.date_to = "2026-01-01", "2026-01-31"
            self.assertTrue(form.ready)
            form.narration = "{costumer}"
            self.assertIn("{costumer}", str(form.warnings))
            self.assertFalse(form.ready)
            form.narration = False
            self.assertIn("Enter a narration", str(form.warnings))
            form.narration = "{customer}"
            self.assertTrue(form.ready)

    def test_a_slip_in_the_narration_of_the_connection_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "{costumer}"):
            self.connection.journal_narration = "{costumer}"

    def test_a_period_that_ends_before_it_begins_is_said(self):
        self.charge(365.0)
        with Form(self.env["xero.journal.export.wizard"]) as form:
            form.date_from, form.date_to = "2026-02-28", "2026-02-01"
            self.assertIn("ends before it begins", str(form.warnings))
            self.assertTrue(form.stopped)
            form.date_from = "2026-02-01"

    def test_by_normal_balance_other_accounts_stop_the_export(self):
        asset = self.xero_account(self.connection, "620")
        charge = self.charge(365.0)
        self.env.cr.execute("UPDATE xero_recognition_charge SET deferred_account_id = %s", asset.ids)
        charge.invalidate_recordset()
        self.assertIn("neither a liability nor an income account", self._warnings(sign="normal"))
        self.assertNotIn("neither", self._warnings(sign="debit"))

    # -- Companies ---------------------------------------------------------------------------------------------

    def test_only_companies_that_are_switched_on_and_chosen_are_exported(self):
        branch = self.branches("Harbour branch")
        self.charge(365.0)
        with self.within(allowed_company_ids=self.company.ids):
            wizards = {"root": self.wizard()}
        with self.within(allowed_company_ids=(self.company | branch).ids):
            self.sold(self.line(730.0), company_id=branch.id)
            wizards |= {"both": self.wizard(), "branch": self.wizard(branch_ids=[Command.set(branch.ids)])}
        amounts = {name: sum(total[1] for total in wizard.sudo()._totals()) for name, wizard in wizards.items()}
        self.assertEqual(amounts, {"both": 93, "branch": 62, "root": 31})
