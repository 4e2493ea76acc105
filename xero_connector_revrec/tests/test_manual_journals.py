import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError

from ..sync.seen_journals import booked, booked_in_xero
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

    def test_an_account_that_was_archived_holds_its_journals_before_any_call(self):
        export = self._exported()
        self.deferred.sudo().active = False
        self.run_sync()
        self.assertEqual(set(export.journal_ids.mapped("xero_sync_state")), {"blocked"})
        self.assertIn("archived", export.journal_ids[0].xero_message)
        self.assertFalse(self.calls("PUT", "/ManualJournals"))

    def test_what_somebody_excluded_is_not_made(self):
        export = self._exported()
        self.connection.sudo().period_lock_date = "2026-01-31"
        self.run_sync()
        held = export.journal_ids.filtered(lambda journal: journal.xero_sync_state == "blocked")
        self.binding(held).sudo().state = "excluded"
        self.connection.sudo().period_lock_date = False
        held._xero_mark()
        self.run_sync()
        self.assertEqual((len(self._in_xero()), held.xero_sync_state), (2, "excluded"))

    def test_a_journal_of_the_same_narration_that_ended_is_not_taken_for_ours(self):
        export = self._exported("2026-01-01", "2026-01-31")
        twin = self.organisation.add_manual_journal(
            Narration=export.journal_ids.narration,
            Date="2026-01-31",
            JournalLines=[{"AccountCode": "810", "LineAmount": 31}, {"AccountCode": "200", "LineAmount": -31}],
        )
        self.organisation.void_manual_journal(twin["ManualJournalID"])
        self.simulator.fault("drop_before", match="PUT /ManualJournals", times=2)
        self.run_sync()
        request = self.env["xero.request"].search([("path", "=", "/ManualJournals")])
        request.sudo().sent_at = fields.Datetime.now() - timedelta(minutes=7)
        self.simulator.clock.advance(7 * 60)
        self.connection.sudo().next_try = False
        self.run_sync(times=2)
        self.assertEqual(len(self._in_xero("DRAFT")), 1)
        self.assertNotEqual(self._journal_in_xero(export.journal_ids), twin["ManualJournalID"])

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
        self.env["xero.recognition.charge"].search([]).sudo().tracking_option_ids = self.tracking_option()
        export = self._exported()
        self.run_sync()
        self.assertEqual(export.in_xero_count, 3)
        self.assertEqual(self._sent()[0]["JournalLines"][0]["Tracking"], [{"Name": "Region", "Option": "North"}])

    # -- Changed in Xero ---------------------------------------------------------------------------------------

    def _pull(self):
        """Have the next run read what changed in Xero."""
        self.simulator.calls.clear()
        self.connection._write_run_facts({"documents_read_at": False})
        self.run_sync()
        self.env.invalidate_all()

    def _journal_in_xero(self, journal):
        return self.binding(journal).xero_id

    def test_what_was_voided_in_xero_is_told_and_made_again_when_asked_for(self):
        self.connection.journal_status = "POSTED"
        export = self._exported()
        self.run_sync()
        voided = export.journal_ids[1]
        self.organisation.void_manual_journal(self._journal_in_xero(voided))
        self.assertEqual(export.ended_count, 0)
        self._pull()
        self.assertEqual(len(self.calls("GET", "/ManualJournals")), 1)
        self.assertEqual((voided.xero_sync_state, export.ended_count), ("ended", 1))
        self.assertIn("count as exported", voided.xero_warning)
        opened = export.action_open_ended()
        self.assertEqual(
            (opened["domain"], opened["context"]), ([("export_id", "=", export.id)], {"search_default_ended": True})
        )
        voided.action_push_to_xero()
        self.run_sync()
        self.env.invalidate_all()
        self.assertEqual((voided.xero_sync_state, voided.xero_warning, export.ended_count), ("synced", False, 0))
        self.assertEqual((len(self._in_xero("POSTED")), len(self._in_xero("VOIDED"))), (3, 1))

    def test_what_was_voided_by_the_undo_is_told_to_nobody(self):
        export = self._exported()
        self.run_sync()
        export.action_undo()
        self.run_sync()
        self._pull()
        self.assertEqual(len(self.calls("GET", "/ManualJournals")), 1)
        self.assertEqual((export.ended_count, any(export.journal_ids.mapped("xero_warning"))), (0, False))

    def test_what_was_posted_in_xero_is_known(self):
        export = self._exported()
        self.run_sync()
        journal = export.journal_ids[0]
        self.organisation.post_manual_journal(self._journal_in_xero(journal))
        self._pull()
        self.assertEqual((self.binding(journal).xero_status, journal.xero_warning), ("POSTED", False))

    def test_what_was_changed_in_xero_is_told(self):
        export = self._exported()
        self.run_sync()
        moved, raised, renamed = export.journal_ids
        self.organisation.edit_manual_journal(self._journal_in_xero(moved), Date="2026-01-30")
        lines = [{"AccountCode": "810", "LineAmount": 30}, {"AccountCode": "200", "LineAmount": -30}]
        self.organisation.edit_manual_journal(self._journal_in_xero(raised), JournalLines=lines)
        self.organisation.edit_manual_journal(self._journal_in_xero(renamed), Narration="Support, March")
        self._pull()
        self.assertIn("changed in Xero: date.", moved.xero_warning)
        self.assertIn("changed in Xero: lines.", raised.xero_warning)
        self.assertFalse(renamed.xero_warning, "its text is nobody's money")
        self.organisation.edit_manual_journal(self._journal_in_xero(moved), Date="2026-01-31")
        self._pull()
        self.assertFalse(moved.xero_warning)

    def test_lines_that_name_an_account_by_its_code_alone_are_no_change(self):
        journal = self._exported().journal_ids[0]
        answer = {
            "JournalLines": [
                {"AccountCode": "200", "LineAmount": -31.0},
                {"AccountCode": "810", "LineAmount": 31.0},
                {"Description": "A note", "LineAmount": 0, "IsBlank": True},
            ]
        }
        self.assertEqual(booked_in_xero(answer, journal), booked(journal))
        answer["JournalLines"][0]["AccountCode"] = "260"
        self.assertNotEqual(booked_in_xero(answer, journal), booked(journal))

    def test_reading_back_takes_no_call_without_journals_or_without_the_permission(self):
        self._pull()
        self.assertFalse(self.calls("GET", "/ManualJournals"))
        self._exported()
        self.run_sync()
        token = self.connection._token_row()
        token.scope = token.scope.replace("accounting.manualjournals", "").strip()
        self._pull()
        self.assertFalse(self.calls("GET", "/ManualJournals"))
        self.assertTrue(self.calls("GET", "/Invoices"), "the rest is read as before")

    # -- The permission ----------------------------------------------------------------------------------------

    def _lose_permission(self):
        token = self.connection._token_row()
        token.scope = token.scope.replace("accounting.manualjournals", "").strip()
        token.flush_recordset()

    def test_journals_without_the_permission_wait_for_it_and_hold_up_nothing_else(self):
        export = self._exported()
        self._lose_permission()
        invoice = self.sold()
        self.run_sync()
        self.assertEqual((self.connection.state, invoice.xero_sync_state), ("connected", "synced"))
        self.assertEqual((set(export.journal_ids.mapped("xero_sync_state")), export.held_count), ({"blocked"}, 3))
        self.assertIn("Press Connect", export.journal_ids[0].xero_message)
        self.assertFalse(self._in_xero())
        self.connection._keep_grant(self.simulator.grant(self.app, [self.organisation]))
        self.run_sync()
        self.env.invalidate_all()
        self.assertEqual((len(self._in_xero()), export.in_xero_count, export.held_count), (3, 3, 0))

    def test_as_long_as_there_are_journals_of_the_api_their_permission_is_asked_for(self):
        export = self._exported()
        self.run_sync()
        self.connection.journal_destination = "csv"
        self.assertIn("accounting.manualjournals", self.connection.action_connect()["url"])
        self._lose_permission()
        self.assertTrue(self.connection.journals_permission_missing)
        with self.assertRaisesRegex(UserError, "Allow at Xero"):
            export.action_undo()
        self.connection._keep_grant(self.simulator.grant(self.app, [self.organisation]))
        export.action_undo()
        self.run_sync()
        self.assertEqual(export.state, "undone")
        self.assertNotIn("accounting.manualjournals", self.connection.action_connect()["url"])

    # -- Undone ------------------------------------------------------------------------------------------------

    def test_days_are_free_also_when_the_last_voids_were_settled_as_a_lost_call(self):
        export = self._exported()
        self.run_sync()
        export.action_undo()
        self.simulator.fault("drop_after", match="POST /ManualJournals", times=1)
        self.run_sync()
        self.assertEqual(len(self._in_xero("DELETED")), 3)
        self.connection.sudo().next_try = False
        self.run_sync()
        self.env.invalidate_all()
        self.assertEqual(export.state, "undone")
        self.assertFalse(self.env["xero.recognition.span"].search([("export_id", "!=", False)]))

    def test_a_journal_that_somebody_excluded_does_not_hold_up_the_undo(self):
        export = self._exported()
        self.run_sync()
        self.binding(export.journal_ids[0]).sudo().state = "excluded"
        export.action_undo()
        self.run_sync()
        self.env.invalidate_all()
        self.assertEqual((export.state, len(self._in_xero("DRAFT"))), ("undone", 1))

    def test_an_undone_export_can_be_deleted(self):
        export = self._exported()
        self.run_sync()
        with self.assertRaisesRegex(UserError, "Undo the export first"):
            export.unlink()
        journals = export.journal_ids
        export.action_undo()
        self.run_sync()
        export.unlink()
        self.assertFalse(journals.exists())
        self.assertFalse(self.env["xero.binding"].search([("res_model", "=", "xero.manual.journal")]))

    def test_what_was_being_undone_when_the_connection_was_deleted_is_left_to_its_user(self):
        export = self._exported()
        self.run_sync()
        export.action_undo()
        self.connection.action_disconnect()
        self.connection.action_delete()
        self.assertEqual(export.state, "failed")
        self.assertIn("Void them there", export.problem)
        export.action_undo()
        self.assertEqual(export.state, "undone")
        self.assertFalse(self.env["xero.recognition.span"].search([("export_id", "!=", False)]))

    def test_what_was_promised_as_a_draft_becomes_one(self):
        self.wizard("2026-01-01", "2026-03-31", aggregation="monthly").action_export()
        self.connection.journal_status = "POSTED"
        self.make_waiting()
        self.run_sync()
        self.assertEqual((len(self._in_xero("DRAFT")), len(self._in_xero("POSTED"))), (3, 0))

    def test_tracking_that_was_archived_meanwhile_is_left_out(self):
        self.env["xero.recognition.charge"].search([]).sudo().tracking_option_ids = self.tracking_option()
        self._exported()
        self.tracking_option().active = False
        self.run_sync()
        self.assertNotIn("Tracking", self._sent()[0]["JournalLines"][0])
