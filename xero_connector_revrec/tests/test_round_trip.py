from decimal import Decimal

from .revrec_case import RevrecCase


class TestRoundTrip(RevrecCase):
    """An exported file, imported as Xero imports it: the trial balance there is Odoo's schedule."""

    def setUp(self):
        super().setUp()
        product = self.new_product("Hosting", method="monthly")
        self.sold(self.line(1000.0, "2026-01-10", "2026-04-20"), self.line(333.33, product=product))
        self.credited(self.line(77.77, "2026-01-15", "2026-02-20"))
        self.run_sync()

    def _import(self, *exports):
        journals = []
        for export in exports:
            for file in self.files(export):
                journals += self.organisation.import_manual_journals(file)
        for journal in journals:
            self.organisation.post_manual_journal(journal["ManualJournalID"])
        return journals

    def _recognised(self, until):
        """What Odoo's schedule has recognised by a day."""
        charges = self.env["xero.recognition.charge"].search([]).sudo()
        return sum(
            (amount for kind, day, amount, _e in charges._lines() if kind == "recognition" and str(day) <= until),
            Decimal(0),
        )

    def _balances(self, until):
        balance = self.organisation.trial_balance(until=until, documents=True)
        return balance.get("810", Decimal(0)), balance.get("200", Decimal(0))

    def test_recognition_only_moves_revenue_from_the_deferred_account_where_the_invoice_put_it(self):
        whole = Decimal("1000.00") + Decimal("333.33") - Decimal("77.77")
        self.assertEqual(self._balances("2026-01-01"), (-whole, 0), "invoices are on the deferred account")
        for aggregation in ("daily", "monthly", "monthly_detail"):
            export = self.export("2026-01-01", "2026-03-31", aggregation=aggregation)
            journals = self._import(export)
            self.assertEqual(len(journals), export.journal_count)
            recognised = self._recognised("2026-03-31")
            self.assertEqual(self._balances("2026-03-31"), (recognised - whole, -recognised), aggregation)
            export.action_undo()
            for journal in journals:
                self.organisation.void_manual_journal(journal["ManualJournalID"])

    def test_daily_files_agree_on_every_day(self):
        self._import(self.export("2026-01-01", "2026-12-31", split=True))
        for day in ("2026-01-10", "2026-01-31", "2026-02-01", "2026-02-28", "2026-04-20", "2026-12-31"):
            self.assertEqual(-self._balances(day)[1], self._recognised(day), day)
        self.assertEqual(self._balances("2026-12-31")[0], 0, "all is recognised, nothing is left deferred")

    def test_both_legs_end_the_same(self):
        self.connection.journal_legs = "both"
        self.sold(self.line(500.0, "2026-01-01", "2026-02-28"))
        self.run_sync()
        self._import(self.export("2026-01-01", "2026-12-31", split=True))
        # The new invoice went to the recognised account, from where the deferral took it.
        self.assertEqual(self._balances("2026-12-31"), (0, -self._recognised("2026-12-31")))

    def test_by_normal_balance_the_import_books_it_the_other_way_round(self):
        whole = Decimal("1000.00") + Decimal("333.33") - Decimal("77.77")
        self._import(self.export("2026-01-01", "2026-03-31", sign="normal", aggregation="monthly"))
        recognised = self._recognised("2026-03-31")
        self.assertEqual(self._balances("2026-03-31"), (-recognised - whole, recognised))

    def test_what_a_reset_invoice_had_in_xero_adds_up_to_nothing_there(self):
        self._import(self.export("2026-01-01", "2026-03-31"))
        for move in self.env["account.move"].search([("xero_charge_ids", "!=", False)]):
            move.button_draft()
            move.button_cancel()
        self.run_sync()
        self._import(self.export("2026-01-01", "2027-12-31", aggregation="monthly"))
        self.assertEqual(self._balances("2027-12-31"), (0, 0))
