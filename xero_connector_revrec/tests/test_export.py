from decimal import Decimal
from unittest import mock

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..models.journal_file import HEADER, JournalFile
from ..models.journal_sql import Journals
from .revrec_case import RevrecCase


class TestExport(RevrecCase):
    """The export: what it takes, marks and gives back; the file's texts are in the golden files."""

    def test_nothing_is_exported_twice(self):
        charge = self.charge(365.0)
        self.assertEqual(self.export("2026-01-01", "2026-01-31").journal_count, 31)
        with self.assertRaisesRegex(UserError, "was exported before"):
            self.export("2026-01-01", "2026-01-31")
        # A period that overlaps has the rest only.
        second = self.export("2026-01-15", "2026-02-28")
        self.assertEqual((second.journal_count, second.debit_total), (28, 28.0))
        self.assertEqual(charge.exported_amount, 59.0)

    def test_periods_that_follow_each_other_have_every_line_once(self):
        charge = self.charge(1000.01, "2026-01-20", "2026-12-03")
        amounts = []
        for month in range(1, 13):
            last = {2: 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(month, 31)
            export = self.export(f"2026-{month:02}-01", f"2026-{month:02}-{last}")
            amounts += [row[5] for row in self.rows(export) if not row[5].startswith("-")]
        self.assertEqual(sum(map(Decimal, amounts)), Decimal("1000.01"))
        self.assertFalse(charge.span_ids.filtered(lambda span: not span.export_id))

    def test_an_undone_export_can_be_exported_again_and_gives_the_same(self):
        self.charge(365.0)
        first = self.export("2026-01-01", "2026-01-31")
        first.action_undo()
        self.assertEqual(first.state, "undone")
        second = self.export("2026-01-01", "2026-01-31")
        self.assertEqual(
            [row[1:] for row in self.rows(first)], [row[1:] for row in self.rows(second)], "all but the reference"
        )
        with self.assertRaisesRegex(UserError, "ready or failed"):
            first.action_undo()

    def test_undoing_leaves_the_schedule_in_one_piece_again(self):
        charge = self.charge(365.0)
        exports = [self.export(f"2026-0{month}-01", f"2026-0{month}-28") for month in (2, 3, 4)]
        self.assertEqual(len(charge.span_ids), 6)
        exports[1].action_undo()
        self.assertEqual(len(charge.span_ids), 5, "the days between February and April are together again")
        exports[0].action_undo()
        exports[2].action_undo()
        self.assertEqual(len(charge.span_ids), 1)
        self.assertEqual(self.total(charge), Decimal("365.00"))

    def test_the_preview_marks_nothing_and_has_what_the_file_has(self):
        self.charge(1200.0)
        self.credited(self.line(90.0, "2026-01-10", "2026-01-12"))
        wizard = self.wizard("2026-01-05", "2026-01-20")
        journals, rows, totals = wizard.journal_count, wizard.row_count, wizard.sudo()._totals()
        export = self.export("2026-01-05", "2026-01-20")
        self.assertEqual((journals, rows), (export.journal_count, export.row_count))
        self.assertEqual(sum(total[1] for total in totals), export.debit_total)
        self.assertIn("810", str(wizard.preview))

    def test_earlier_days_are_told_of_and_exported_when_asked_for(self):
        self.charge(365.0)
        wizard = self.wizard("2026-03-01", "2026-03-31")
        self.assertIn("59", str(wizard.warnings))
        self.assertEqual(self.export("2026-03-01", "2026-03-31").journal_count, 31)
        late = self.export("2026-03-01", "2026-03-31", include_older=True)
        self.assertEqual((late.journal_count, late.debit_total), (59, 59.0))

    def test_filters_leave_out_what_does_not_fit(self):
        partner = self.new_partner("Hillside Hotel")
        product = self.new_product("Hosting", recognised=self.xero_account(self.connection, "260"))
        self.connection.recognised_account_ids |= self.xero_account(self.connection, "260")
        self.charge(31.0, "2026-01-01", "2026-01-31")
        self.sold(self.line(62.0, "2026-01-01", "2026-01-31", product=product), partner=partner)
        choices = {
            "partner_ids": partner,
            "product_ids": product,
            "account_ids": self.xero_account(self.connection, "260"),
        }
        for name, records in choices.items():
            wizard = self.wizard(**{name: [Command.set(records.ids)]})
            self.assertEqual([total[1] for total in wizard.sudo()._totals() if total[1]], [62.0], name)

    def test_a_currency_filter_is_of_the_invoice(self):
        other = self.foreign("CHF", rate=2.0)
        self.charge(31.0, "2026-01-01", "2026-01-31")
        self.sold(self.line(62.0, "2026-01-01", "2026-01-31"), currency_id=other.id)
        self.sold(self.line(124.0, "2026-01-01", "2026-01-31"), currency_id=other.id)
        export = self.export(currency_ids=[Command.set(other.ids)])
        # (62 + 124) / 2 in the company's currency.
        self.assertEqual(export.debit_total, 93.0)

    def test_journal_types_are_exported_apart(self):
        self.connection.journal_legs = "both"
        self.charge(31.0, "2026-01-01", "2026-01-31")
        deferral = self.export(kinds="deferral")
        self.assertEqual((deferral.journal_count, deferral.debit_total), (1, 31.0))
        self.assertEqual([row[3] for row in self.rows(deferral)], ["200", "810"])
        self.assertEqual(self.export(kinds="recognition").journal_count, 31)

    def test_every_journal_adds_up_to_nothing_and_has_a_narration_of_its_own(self):
        self.charge(1000.0, "2026-01-03", "2026-05-17")
        self.charge(0.37, "2026-01-03", "2026-05-17")
        self.credited(self.line(77.77, "2026-01-20", "2026-01-30"))
        for aggregation in ("daily", "monthly", "monthly_detail"):
            for sign in ("debit", "normal"):
                export = self.export("2026-01-01", "2026-12-31", aggregation=aggregation, sign=sign)
                journals = {}
                for narration, day, _text, _account, _rate, amount, *_tracking in self.rows(export):
                    journals.setdefault((narration, day), []).append(Decimal(amount))
                self.assertEqual({len(amounts) for amounts in journals.values()}, {2})
                self.assertEqual({sum(amounts) for amounts in journals.values()}, {0})
                self.assertEqual(len(journals), export.journal_count)
                export.action_undo()

    def test_files_have_whole_journals_and_at_most_300_lines(self):
        self.charge(10000.0)
        export = self.export("2026-01-01", "2026-12-31")
        files = [file.decode().splitlines() for file in self.files(export)]
        self.assertEqual([len(lines) - 1 for lines in files], [300, 300, 130])
        self.assertEqual({lines[0] for lines in files}, {HEADER})
        self.assertEqual((export.file_count, export.row_count), (3, 730))
        for lines in files:
            self.assertEqual(len({line.split(",")[0] for line in lines[1:]}), (len(lines) - 1) / 2)

    def test_one_file_of_all_when_not_split(self):
        self.charge(10000.0)
        export = self.export("2026-01-01", "2026-12-31", split=False)
        self.assertEqual((export.file_count, len(self.rows(export)), export.file_name[-4:]), (1, 730, ".csv"))

    def test_texts_that_a_spreadsheet_takes_for_formulas_are_guarded(self):
        self.partner.name = "=HYPERLINK(1)"
        self.charge(1.0, "2026-01-01", "2026-01-01", name='+1\nsecond "line"')
        export = self.export(narration="{customer}", aggregation="monthly_detail")
        self.assertTrue(self.rows(export)[0][0].startswith("'=HYPERLINK(1) XJ"))
        export.action_undo()
        for sign in "-+@=":
            export = self.export(narration=f" {sign}{{product}}")
            self.assertTrue(self.rows(export)[0][0].startswith(f"'{sign}Support XJ"))
            self.assertEqual(len(self.rows(export)), 2, "a text of two lines does not break a row")
            export.action_undo()

    def test_commas_and_quotes_in_texts_stay_what_they_are(self):
        self.partner.name = 'Smith, Jones & "Sons"'
        self.charge(2.0, "2026-01-01", "2026-01-01", name='Support, "gold"')
        narration = 'Revenue recognition 01/01/2026 {} Smith, Jones & "Sons" Support XJ'
        for aggregation, detail in (("daily", True), ("monthly_detail", False)):
            export = self.export(aggregation=aggregation)
            for row, amount in zip(self.rows(export), ("2", "-2"), strict=True):
                self.assertEqual((len(row), row[5]), (10, amount))
                self.assertIn('Smith, Jones & "Sons"', row[0])
                if detail:
                    number = self.env["account.move"].search([("xero_charge_ids", "!=", False)]).name
                    self.assertTrue(row[0].startswith(narration.format(number)), row[0])
                    self.assertEqual(row[2], f'{number} Support, "gold"')
            export.action_undo()

    def test_without_a_rate_for_no_tax_the_dialog_says_so(self):
        self.charge()
        self.xero_rate(self.connection, "NONE").sudo().active = False
        self.assertIn("Tax Rate of Journals", str(self.wizard().warnings))
        with self.assertRaisesRegex(UserError, "Tax Rate of Journals"):
            self.export()

    def test_deleting_the_connection_keeps_exports_and_the_next_one_goes_on(self):
        charge = self.charge(365.0)
        export = self.export("2026-01-01", "2026-01-31")
        self.connection.action_disconnect()
        self.connection.action_delete()
        self.assertEqual((export.exists().state, export.company_id, charge.incomplete), ("ready", self.company, True))
        self.connection = self._connect(self.organisation, name="Second", code="second")
        self.deferred = self.xero_account(self.connection, "810")
        self.recognised = self.xero_account(self.connection, "200")
        self.connection.write(
            {"deferred_account_ids": self.deferred.ids, "recognised_account_ids": self.recognised.ids}
        )
        self.assertIn("1", str(self.wizard("2026-01-01", "2026-02-28").warnings))
        charge.write({"deferred_account_id": self.deferred.id, "recognised_account_id": self.recognised.id})
        # January was exported with the first.
        second = self.export("2026-01-01", "2026-02-28")
        self.assertEqual((charge.connection_id, second.journal_count), (self.connection, 28))
        export.action_undo()
        self.assertEqual(self.export("2026-01-01", "2026-02-28").journal_count, 31)

    def test_letters_outside_ascii_are_warned_of(self):
        self.partner.name = "Café Zürich"
        self.charge()
        self.assertIn("Café", str(self.wizard().warnings))

    def test_a_narration_with_an_unknown_placeholder_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "{costumer}"):
            self.wizard(narration="{costumer}")

    def test_the_choices_are_remembered(self):
        self.charge()
        self.export(sign="normal", aggregation="monthly", date_format="dd mmm yyyy", narration="{product}")
        wizard = self.env["xero.journal.export.wizard"].create({"date_from": "2026-01-01", "date_to": "2026-01-31"})
        self.assertEqual(
            (wizard.sign, wizard.aggregation, wizard.date_format, wizard.narration),
            ("normal", "monthly", "dd mmm yyyy", "{product}"),
        )

    def test_an_account_that_is_gone_in_xero_stops_the_export_with_the_reason(self):
        self.charge()
        self.deferred.sudo().active = False
        with self.assertRaisesRegex(UserError, "archived in Xero"):
            self.export()
        self.assertFalse(self.env["xero.journal.export"].search([]))

    def test_a_period_that_ends_before_it_begins_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "before it begins"):
            self.wizard("2026-02-01", "2026-01-01")

    # -- In the background -------------------------------------------------------------------------------------

    def test_many_lines_are_made_in_the_background_and_the_user_is_told(self):
        for _number in range(4):
            self.charge(1000.0)
        with mock.patch.object(type(self.env["res.users"]), "_bus_send") as told:
            action = self.wizard("2026-01-01", "2026-12-31").action_export()
            export = self.env["xero.journal.export"].search([])
            self.assertEqual((export.state, action["res_model"]), ("waiting", "xero.journal.export"))
            self.make_waiting()
        self.assertEqual((export.state, export.journal_count, export.progress), ("ready", 4 * 365, 100))
        self.assertIn(export.name, told.call_args.args[1]["message"])

    def test_a_failure_is_told_keeps_the_days_and_can_be_tried_again(self):
        export = self.waiting_export()
        full = mock.patch.object(JournalFile, "close", side_effect=OSError("No space left on device"))
        with full, self.assertLogs("odoo.addons.xero_connector_revrec.models.xero_journal_export", "ERROR"):
            self.make_waiting()
        self.assertEqual((export.state, export.problem), ("failed", "No space left on device"))
        self.assertFalse(self.wizard("2026-01-01", "2026-12-31").journal_count)
        export.action_retry()
        self.make_waiting()
        self.assertEqual((export.state, export.journal_count), ("ready", 4 * 365))

    def test_one_that_was_interrupted_is_made_by_the_next_run(self):
        export = self.waiting_export()
        export.sudo().write({"state": "running", "progress": 50})
        self.make_waiting()
        self.assertEqual((export.state, export.journal_count), ("ready", 4 * 365))

    def test_one_that_stops_odoo_again_and_again_is_given_up_and_told(self):
        export = self.waiting_export()
        export.sudo().write({"state": "running", "attempts": 3})
        with self.assertLogs("odoo.addons.xero_connector_revrec.models.xero_journal_export", "ERROR"):
            self.make_waiting()
        self.assertEqual(export.state, "failed")
        self.assertIn("stopped in the middle of it 3 times", export.problem)
        export.action_retry()
        self.make_waiting()
        self.assertEqual((export.state, export.attempts), ("ready", 0))

    def test_one_that_waits_can_be_undone(self):
        export = self.waiting_export()
        export.action_undo()
        self.make_waiting()
        self.assertEqual((export.state, export.attachment_id.ids), ("undone", []))
        self.assertEqual(self.wizard("2026-01-01", "2026-12-31").journal_count, 4 * 365)

    def test_one_whose_connection_was_deleted_says_so(self):
        export = self.waiting_export()
        self.connection.action_disconnect()
        self.connection.action_delete()
        with self.assertLogs("odoo.addons.xero_connector_revrec.models.xero_journal_export", "ERROR"):
            self.make_waiting()
        self.assertIn("connection was deleted", export.problem)

    def test_a_large_export_is_made_in_steps_and_has_every_line_once(self):
        with mock.patch("odoo.addons.xero_connector_revrec.models.xero_journal_export._ROWS_A_STEP", 1000):
            export = self.waiting_export()
            self.assertEqual(len(export.sudo()._steps()), 2)
            self.make_waiting()
        rows = [tuple(row) for row in self.rows(export)]
        self.assertEqual((len(rows), len(set(rows))), (8 * 365, 8 * 365))

    def test_a_large_file_that_is_not_split_is_zipped(self):
        export = self.waiting_export(14, split=False)
        self.make_waiting()
        self.assertEqual((export.file_name[-4:], len(self.files(export))), (".zip", 1))
        self.assertEqual(len(self.rows(export)), 14 * 2 * 365)

    def test_references_are_unique_beyond_9999(self):
        # A cent and more a month for 834 years and a bit.
        self.charge(200000.0, "2026-01-01", "2860-12-31", product=self.new_product(method="monthly"))
        query = Journals(
            self.wizard("2026-01-01", "2860-12-31", aggregation="monthly", narration="{reference}").sudo(),
            SQL("TRUE"),
            "XJ",
        ).query()
        self.env["xero.recognition.span"].flush_model()
        [(count, different, longest)] = self.env.execute_query(
            SQL("SELECT count(*), count(DISTINCT narration), MAX(length(narration)) FROM (%s) journal", query)
        )
        self.assertEqual((count, different, longest), (10020, 10020, len("XJ-10020")))

    def test_an_export_is_deleted_only_when_undone(self):
        self.charge()
        export = self.export()
        with self.assertRaisesRegex(UserError, "Undo the export first"):
            export.unlink()
        export.action_undo()
        export.unlink()
