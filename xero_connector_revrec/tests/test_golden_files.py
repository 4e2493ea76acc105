import re
from pathlib import Path

from .revrec_case import RevrecCase

GOLDEN = Path(__file__).parent / "golden"
# The number of the export and of a charge's schedule, which differ from database to database.
_REFERENCE = re.compile(rb"XJ\d+-\d+-(\d{6})")
_NUMBERED = re.compile(rb"XJ\d+-(\d{4})")


class TestGoldenFiles(RevrecCase):
    """The files as an accountant can check them by hand, for each aggregation and each convention.

    Of January and February 2026: 10.00 of *Support* from 30 January to 2 February (2.50 a day), of which 1.00 was
    credited from 31 January to 1 February (0.50 a day), and 90.00 of *Hosting* for three days from 31 January (30.00 a
    day) on an account of its own, with tracking.
    """

    def setUp(self):
        super().setUp()
        other = self.xero_account(self.connection, "260")
        self.connection.recognised_account_ids |= other
        hosting = self.new_product("Hosting", recognised=other)
        analytic = self.analytic_account(self.tracking_option())
        analytic |= self.analytic_account(self.tracking_option("Sales", "Department"))
        period = {"start": "2026-01-30", "end": "2026-02-02"}
        self.sold(self.line(10.0, name="Support, 4 days", **period), name="INV/2026/00001")
        self.credited(self.line(1.0, "2026-01-31", "2026-02-01", name="Support"), name="RINV/2026/00001")
        line = self.line(90.0, "2026-01-31", "2026-02-02", product=hosting, name="Hosting")
        self.sold(
            {**line, "analytic_distribution": {",".join(map(str, analytic.ids)): 100}},
            name="INV/2026/00002",
            partner=self.new_partner("Hillside Hotel"),
        )

    def _check(self, name, **values):
        export = self.export("2026-01-01", "2026-02-28", **values)
        (file,) = self.files(export)
        file = _NUMBERED.sub(rb"XJ00001-\1", _REFERENCE.sub(rb"XJ00001-1-\1", file))
        golden = (GOLDEN / f"{name}.csv").read_bytes()
        self.assertEqual(file.decode().splitlines(), golden.decode().splitlines())
        self.assertEqual(file.count(b"\r\n"), file.count(b"\n"), "lines end as Excel's do")

    def test_daily_debits_positive(self):
        self._check("daily_debit")

    def test_daily_normal_balance(self):
        self._check("daily_normal", sign="normal")

    def test_monthly_debits_positive(self):
        self._check("monthly_debit", aggregation="monthly")

    def test_monthly_normal_balance(self):
        self._check("monthly_normal", aggregation="monthly", sign="normal")

    def test_monthly_by_customer_and_product_debits_positive(self):
        self._check("monthly_detail_debit", aggregation="monthly_detail", date_format="dd mmm yyyy")

    def test_monthly_by_customer_and_product_normal_balance(self):
        self._check("monthly_detail_normal", aggregation="monthly_detail", sign="normal", date_format="dd mmm yyyy")

    def test_the_deferral_of_both_legs(self):
        self.connection.journal_legs = "both"
        charges = self.env["xero.recognition.charge"].search([]).sudo()
        self.assertFalse(charges.filtered("deferral"), "the choice is frozen when a charge is made")
        self.sold(self.line(100.0, "2026-01-01", "2026-01-31"), name="INV/2026/00003")
        self.env["xero.recognition.charge"].search([("move_name", "!=", "INV/2026/00003")]).sudo().unlink()
        self._check("both_monthly_debit", aggregation="monthly")

    def test_the_rate_is_named_as_the_organisation_names_it(self):
        rate = self.xero_rate(self.connection, "ZERORATEDOUTPUT")
        self.connection.journal_tax_rate_id = rate
        export = self.export("2026-01-01", "2026-02-28", split=True)
        self.assertEqual({row[4] for row in self.rows(export)}, {rate.name})
