from decimal import Decimal

from freezegun import freeze_time

from .revrec_case import RevrecCase


class TestReports(RevrecCase):
    """Waterfall and balance (B12): the figures behind the pivot and the chart."""

    def test_the_waterfall_is_created_in_by_recognised_in(self):
        product = self.new_product(method="monthly")
        self.sold(self.line(300.0, "2026-01-01", "2026-03-31", product=product))
        self.sold(self.line(200.0, "2026-02-01", "2026-03-31", product=product), invoice_date="2026-02-01")
        groups = self.env["xero.recognition.month"]._read_group([], ["created_in:month", "month:month"], ["amount:sum"])
        found = {(str(created)[:7], str(month)[:7]): amount for created, month, amount in groups}
        self.assertEqual(
            found,
            {
                ("2026-01", "2026-01"): 100.0,
                ("2026-01", "2026-02"): 100.0,
                ("2026-01", "2026-03"): 100.0,
                ("2026-02", "2026-02"): 100.0,
                ("2026-02", "2026-03"): 100.0,
            },
        )

    def test_the_balance_is_what_is_left_at_the_end_of_each_month(self):
        product = self.new_product(method="monthly")
        self.sold(self.line(300.0, "2026-02-01", "2026-04-30", product=product), invoice_date="2026-01-15")
        self.sold(self.line(200.0, "2026-02-01", "2026-03-31", product=product), invoice_date="2026-02-01")
        self.credited(self.line(60.0, "2026-03-01", "2026-04-30", product=product), invoice_date="2026-03-01")
        groups = self.env["xero.deferred.balance"]._read_group([], ["month:month"], ["balance:sum"])
        self.assertEqual(
            {str(month)[:7]: balance for month, balance in groups},
            # January 300; February 300 - 100 + 200 - 100; March 200 - 100 + 100 - 100 - 60 + 30; April all done.
            {"2026-01": 300.0, "2026-02": 300.0, "2026-03": 70.0, "2026-04": 0.0},
        )

    def test_what_was_withdrawn_is_no_balance(self):
        product = self.new_product(method="monthly")
        invoice = self.sold(self.line(300.0, "2026-01-01", "2026-03-31", product=product))
        self.export("2026-01-01", "2026-01-31")
        with freeze_time("2026-02-10 12:00:00"):
            invoice.button_draft()
        groups = self.env["xero.deferred.balance"]._read_group([], ["month:month"], ["balance:sum"])
        # What was exported of January is taken back in February.
        self.assertEqual({str(month)[:7]: balance for month, balance in groups}, {"2026-01": -100.0, "2026-02": 0.0})

    def test_what_is_recognised_and_exported_is_that_of_one_leg(self):
        self.connection.journal_legs = "both"
        charge = self.charge(365.0)
        self.export("2026-01-01", "2026-01-31")
        with freeze_time("2026-02-28 12:00:00"):
            charge.invalidate_recordset()
            figures = (charge.recognised_amount, charge.deferred_amount, charge.exported_amount)
        self.assertEqual(figures, (59.0, 306.0, 31.0))

    def test_rows_of_reports_keep_their_ids(self):
        self.sold(self.line(300.0), self.line(200.0, "2026-02-01", "2026-03-31"))
        self.export("2026-01-10", "2026-02-10")
        for model, name in (("xero.recognition.month", "amount"), ("xero.deferred.balance", "balance")):
            rows = self.env[model].search([])
            self.assertEqual(len(rows.ids), len(set(rows.ids)))
            before = {row.id: row[name] for row in rows}
            for row in rows:
                # Read alone, by its id, as a list does of what was searched.
                row.invalidate_recordset()
                self.assertEqual(row[name], before[row.id])

    def test_the_form_has_its_months_as_a_graph_and_the_buttons_count(self):
        invoice = self.sold(self.line(31.0, "2026-01-01", "2026-01-31"))
        charge = invoice.xero_charge_ids
        self.assertIn('"value": 31.0', charge.schedule_graph)
        self.assertEqual((invoice.xero_charge_count, self.product.product_tmpl_id.xero_charge_count), (1, 1))
        for record in (invoice, self.product):
            action = record.action_open_xero_charges()
            self.assertEqual(self.env["xero.recognition.charge"].search(action["domain"]), charge)
        self.assertEqual(charge.action_open_move()["res_id"], invoice.id)
        months = self.env["xero.recognition.month"].search(charge.action_open_months()["domain"])
        self.assertEqual([Decimal(str(amount)) for amount in months.mapped("amount")], [Decimal("31.0")])
