import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

from .revrec_case import RevrecCase


class TestManualJournals(RevrecCase):
    """Journals by API (B10): made once, through the engine, and voided when their export is undone."""

    def setUp(self):
        super().setUp()
        self.connection.journal_destination = "api"
        self.connection._keep_grant(self.simulator.grant(self.app, [self.organisation]))
        self.charge(365.0)
        self.run_sync()
        self.simulator.calls.clear()

    def _exported(self, first="2026-01-01", last="2026-03-31", aggregation="monthly", **values):
        export = self.export(first, last, aggregation=aggregation, **values)
        self.assertEqual(export.state, "ready", export.problem)
        return export

    def _in_xero(self, status=None):
        return self.organisation.list_manual_journals(status)

    def _sent(self):
        return json.loads(self.calls("PUT", "/ManualJournals")[-1].body)["ManualJournals"]

    def test_each_journal_is_made_once_with_debits_positive(self):
        export = self._exported()
        self.run_sync(times=2)
        self.assertEqual(len(self.calls("PUT", "/ManualJournals")), 1)
        self.assertEqual(len(self._in_xero("DRAFT")), 3)
        first = self._sent()[0]
        self.assertEqual(
            [(line["AccountCode"], str(line["LineAmount"]), line["TaxType"]) for line in first["JournalLines"]],
            [("810", "31", "NONE"), ("200", "-31", "NONE")],
        )
        self.assertEqual((first["Date"], first["LineAmountTypes"], first["Status"]), ("2026-01-31", "NoTax", "DRAFT"))
        self.assertEqual(export.journal_ids.mapped("xero_sync_state"), ["synced"] * 3)
        self.assertTrue(all(url and "Journal%2FView.aspx" in url for url in export.journal_ids.mapped("xero_url")))

    def test_fifty_go_in_one_call(self):
        self._exported("2026-01-01", "2026-04-10", aggregation="daily")
        self.run_sync()
        self.assertEqual(len(self._in_xero()), 100)
        self.assertEqual(len(self.calls("PUT", "/ManualJournals")), 2)

    def test_posted_by_setting_and_the_trial_balance_agrees(self):
        self.connection.journal_status = "POSTED"
        self._exported()
        self.run_sync()
        self.assertEqual(len(self._in_xero("POSTED")), 3)
        self.assertEqual(str(self.organisation.trial_balance()["200"]), "-90.00")

    def test_a_lost_answer_makes_no_second_journal(self):
        self._exported()
        self.simulator.fault("drop_after", match="PUT /ManualJournals")
        self.run_sync()
        self.run_sync()
        self.assertEqual(len(self._in_xero()), 3)

    def test_after_the_keys_life_what_is_there_is_linked(self):
        export = self._exported()
        self.simulator.fault("drop_after", match="PUT /ManualJournals", times=2)
        self.run_sync()
        request = self.env["xero.request"].search([("path", "=", "/ManualJournals")])
        self.assertEqual(request.state, "prepared")
        request.sudo().sent_at = fields.Datetime.now() - timedelta(minutes=7)
        self.simulator.clock.advance(7 * 60)
        self.connection.sudo().next_try = False
        self.run_sync()
        self.assertEqual(len(self._in_xero()), 3)
        self.assertEqual(export.journal_ids.mapped("xero_sync_state"), ["synced"] * 3)
        self.assertEqual(
            set(self.binding(export.journal_ids[0]).mapped("xero_id"))
            - {journal["ManualJournalID"] for journal in self._in_xero()},
            set(),
        )

    def test_undoing_deletes_drafts_and_frees_the_days(self):
        export = self._exported()
        self.run_sync()
        export.action_undo()
        self.assertEqual(export.state, "undoing")
        with self.assertRaisesRegex(UserError, "was exported before"):
            self.export("2026-01-01", "2026-03-31", aggregation="monthly")
        self.run_sync()
        self.assertEqual((export.state, len(self._in_xero("DELETED"))), ("undone", 3))
        self.assertEqual(self._exported().journal_count, 3)

    def test_undoing_voids_what_is_posted_also_by_a_person(self):
        export = self._exported()
        self.run_sync()
        for journal in self._in_xero():
            self.organisation.post_manual_journal(journal["ManualJournalID"])
        export.action_undo()
        self.run_sync(times=2)
        self.assertEqual((export.state, len(self._in_xero("VOIDED"))), ("undone", 3))

    def test_what_somebody_voided_in_xero_is_undone_without_ado(self):
        export = self._exported()
        self.run_sync()
        for journal in self._in_xero():
            self.organisation.void_manual_journal(journal["ManualJournalID"])
        export.action_undo()
        self.run_sync(times=2)
        self.assertEqual(export.state, "undone")

    def test_deleting_the_connection_forgets_its_journals_and_keeps_the_export(self):
        export = self._exported()
        self.run_sync()
        self.connection.action_disconnect()
        self.connection.action_delete()
        self.assertEqual((export.state, export.journal_ids.ids), ("ready", []))
        self.assertEqual(len(self._in_xero("DRAFT")), 3, "what is in Xero stays there")

    def test_undone_before_it_was_sent_sends_nothing(self):
        export = self._exported()
        export.action_undo()
        self.run_sync()
        self.assertEqual((export.state, self._in_xero()), ("undone", []))
        self.assertFalse(self.calls("PUT", "/ManualJournals"))

    def test_a_locked_period_holds_the_journal_with_the_reason(self):
        export = self._exported()
        self.connection.sudo().period_lock_date = "2026-01-31"
        self.run_sync()
        self.assertEqual(len(self._in_xero()), 2)
        held = export.journal_ids.filtered(lambda journal: journal.xero_sync_state == "blocked")
        self.assertIn("locked up to", held.xero_message)

    def test_an_account_that_xero_refuses_fails_alone(self):
        other = self.xero_account(self.connection, "850")
        self.connection.deferred_account_ids |= other
        self.charge(100.0, product=self.new_product("Other", deferred=other))
        export = self._exported()
        self.organisation.account_by_code("850")["Status"] = "ARCHIVED"
        self.run_sync()
        states = sorted(export.journal_ids.mapped("xero_sync_state"))
        self.assertEqual(states, ["failed"] * 3 + ["synced"] * 3)

    def test_without_the_permission_the_export_says_what_to_do(self):
        token = self.connection._token_row()
        token.scope = token.scope.replace("accounting.manualjournals", "").strip()
        self.assertTrue(self.connection.journals_permission_missing)
        self.connection.journal_destination = "csv"
        with self.assertRaisesRegex(UserError, "Allow at Xero"):
            self.export("2026-01-01", "2026-03-31", aggregation="monthly", destination="api")
        self.assertFalse(self.env["xero.journal.export"].search([]))

    def test_signing_in_asks_for_the_permission_once_journals_go_by_api(self):
        self.assertIn("accounting.manualjournals", self.connection.action_connect()["url"])
        self.connection.journal_destination = "csv"
        self.assertNotIn("accounting.manualjournals", self.connection.action_connect()["url"])

    def test_tracking_goes_with_the_lines(self):
        category = (
            self.env["xero.tracking.category"]
            .sudo()
            .create({"connection_id": self.connection.id, "xero_id": "c1", "name": "Region"})
        )
        option = (
            self.env["xero.tracking.option"]
            .sudo()
            .create({"connection_id": self.connection.id, "xero_id": "o1", "name": "North", "category_id": category.id})
        )
        self.env["xero.recognition.charge"].search([]).sudo().tracking_option_ids = option
        self._exported()
        self.run_sync()
        self.assertEqual(self._sent()[0]["JournalLines"][0]["Tracking"], [{"Name": "Region", "Option": "North"}])
