from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .document_case import DocumentCase


class TestPushes(DocumentCase):
    """Long work: how many are done and left, the calls and minutes it needs, and how it is stopped."""

    def backlog(self, count, **values):
        moves = self.env["account.move"]
        for _number in range(count):
            moves |= self.invoice(**values)
        self.env["xero.mark"].sudo().search([]).unlink()
        return moves

    def push(self, moves):
        moves.action_push_to_xero()
        return self.env["xero.push"].search([], limit=1)

    def test_the_notice_leads_to_the_progress(self):
        notice = self.backlog(3).action_push_to_xero()["params"]
        push = self.env["xero.push"].search([], limit=1)
        self.assertEqual(
            notice["links"], [{"label": "Progress", "url": f"/odoo/action-xero_connector.xero_push_action/{push.id}"}]
        )
        self.assertIn("%s", notice["message"])

    def test_what_is_done_and_left_is_counted(self):
        push = self.push(self.backlog(3))
        self.assertEqual((push.total, push.done, push.left, push.state), (3, 0, 3, "running"))
        self.run_sync()
        self.assertEqual((push.synced, push.left, push.progress, push.state), (3, 0, 100, "done"))
        self.assertEqual(push.outlook, "Finished.")

    def test_calls_are_estimated_by_fifty_documents_and_fifty_new_contacts(self):
        push = self.push(self.backlog(3))
        # 3 invoices: 1 call; 1 new contact: 1 call, and the listing of contacts
        self.assertEqual(push.calls_needed, 3)
        self.run_sync()
        push = self.push(self.backlog(51))
        self.assertEqual(push.calls_needed, 2, "two calls of 50; the contact is known")

    def test_calls_are_estimated_for_each_kind_of_document(self):
        moves = self.backlog(2) | self.backlog(2, move_type="out_refund")
        # 2 invoices: 1 call; 2 credit notes: 1 call; 1 new contact: 1 call, and the listing of contacts
        self.assertEqual(self.push(moves).calls_needed, 4)

    def test_calls_are_estimated_for_the_payments_of_paid_documents(self):
        moves = self.backlog(2)
        journal = self.company_data["default_journal_bank"]
        for move in moves:
            register = self.env["account.payment.register"].with_context(active_model=move._name, active_ids=move.ids)
            register.create({"journal_id": journal.id})._create_payments()
        self.env["xero.mark"].sudo().search([]).unlink()
        push = self.push(moves)
        # 2 invoices: 1 call; 2 payments: 1 call; the contact: 2 calls
        self.assertEqual(push.calls_needed, 4)
        self.connection.sync_payments = False
        self.env.invalidate_all()
        self.assertEqual(push.calls_needed, 3)

    def test_calls_are_estimated_for_settlements(self):
        [move] = self.backlog(1)
        ids = [self.settlement(move, number, kind).id for number, kind in
               enumerate(("payment", "payment", "allocation", "allocation", "write_off"), start=1)]  # fmt: skip
        push = self.env["xero.push"]._start(self.connection, "Push", {"xero.settlement": ids})
        self.env["xero.mark"].sudo()._put("xero.settlement", {self.company.id: ids}, push=push)
        # 2 payments: 1 call; 1 credit note for the write-off: 1 call; 3 allocations: 3 calls
        self.assertEqual(push.calls_needed, 5)

    def settlement(self, move, number, kind):
        return (
            self.env["xero.settlement"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "document_id": move.id,
                    "counterpart_model": "account.move",
                    "counterpart_id": number,
                    "kind": kind,
                    "currency_id": move.currency_id.id,
                }
            )
        )

    def test_minutes_are_estimated_from_the_latest_calls(self):
        moves = self.backlog(101)
        self.env["xero.binding"].sudo().search([]).unlink()
        push = self.push(moves)
        self.assertEqual(push.calls_needed, 3 + 2)
        # 5 calls of 3 seconds
        self.assertEqual(push.minutes_needed, 1)
        self.env["xero.request"].sudo().create(
            {
                "connection_id": self.connection.id,
                "idempotency_key": "k",
                "method": "PUT",
                "path": "/Invoices",
                "state": "answered",
                "duration": 30,
            }
        )
        self.env.invalidate_all()
        # 5 calls of 30 seconds: 2.5 minutes
        self.assertEqual(push.minutes_needed, 3)

    def test_the_outlook_tells_when_todays_calls_do_not_suffice(self):
        push = self.push(self.backlog(3))
        self.connection._write_run_facts({"day_calls_remaining": 101, "day_calls_at": fields.Datetime.now()})
        self.env.invalidate_all()
        self.assertIn("still be used today: 1; what remains follows by itself", push.outlook)
        self.connection._write_run_facts({"day_calls_remaining": 900})
        self.env.invalidate_all()
        self.assertIn("It needs about 1 min (calls to Xero: 3). Calls that may still be used today: 800.", push.outlook)

    def test_the_outlook_tells_why_it_waits(self):
        push = self.push(self.backlog(3))
        self.connection._postpone(600, "Xero's limit of calls (minute) is reached.")
        self.env.invalidate_all()
        self.assertIn("Waits: Xero's limit of calls (minute) is reached.", push.outlook)
        self.connection.action_pause()
        self.env.invalidate_all()
        self.assertIn("Main is not in use (Paused)", push.outlook)

    def test_a_stopped_push_leaves_the_rest_as_it_was(self):
        moves = self.backlog(3)
        push = self.push(moves)
        self.env.flush_all()
        push.action_stop()
        self.env.invalidate_all()
        self.assertEqual((push.state, push.stopped, push.left, push.synced), ("stopped", 3, 0, 0))
        self.run_sync()
        self.assertFalse(self.calls("PUT"))
        self.assertFalse(self.binding(moves[0]))

    def test_a_record_that_was_changed_meanwhile_goes_on_after_the_stop(self):
        moves = self.backlog(2)
        push = self.push(moves)
        moves[0]._xero_mark()
        self.env.flush_all()
        push.action_stop()
        self.run_sync()
        self.assertEqual([bool(self.binding(move)) for move in moves], [True, False])

    def test_a_stop_during_a_run_is_a_mark_that_the_run_obeys(self):
        moves = self.backlog(2)
        push = self.push(moves)
        self.env["xero.mark"].sudo()._put("xero.push", {self.company.id: push.ids})
        self.run_sync()
        self.assertEqual((push.state, push.stopped), ("stopped", 2))
        self.assertFalse(self.waiting_marks())

    def test_a_stop_holds_between_two_calls_of_fifty(self):
        moves = self.backlog(60)
        push = self.push(moves)
        self.env.flush_all()
        self.stop_after_the_first_answer(push)
        self.run_sync()
        self.assertEqual((push.synced, push.stopped, push.state), (50, 10, "stopped"))
        self.assertEqual(len(self.organisation.invoices), 50)
        self.assertEqual(sorted({move.xero_sync_state for move in moves}, key=str), [False, "synced"])

    def stop_after_the_first_answer(self, push):
        """Have the database put a person's wish to stop between two calls, as another session would."""
        self.env.cr.execute(
            """
            CREATE FUNCTION stop_push() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO xero_mark (res_model, res_id, company_id, marked_at)
                VALUES ('xero.push', %s, %s, now() AT TIME ZONE 'UTC');
                RETURN NULL;
            END $$;
            CREATE TRIGGER stop_push AFTER UPDATE ON xero_request FOR EACH ROW
            WHEN (NEW.state = 'answered' AND OLD.state = 'prepared' AND NEW.path = '/Invoices')
            EXECUTE FUNCTION stop_push();
            """,
            [push.id, self.company.id],
        )

    def test_what_is_in_a_call_whose_answer_was_lost_is_settled_before_it_counts(self):
        moves = self.backlog(2)
        push = self.push(moves)
        self.simulator.fault("drop_after", match="PUT /Invoices", times=2)
        self.run_sync()
        self.assertEqual(self.env["xero.request"].search([], limit=1).state, "prepared")
        self.env.flush_all()
        push.action_stop()
        self.env.invalidate_all()
        self.assertEqual((push.state, push.stopped), ("running", 0))
        self.connection._write_run_facts({"next_try": False})
        self.run_sync(times=2)
        self.assertEqual((push.state, push.synced, push.stopped), ("done", 2, 0))
        self.assertEqual(len(self.organisation.invoices), 2)

    def test_a_push_whose_marks_are_gone_can_be_ended(self):
        push = self.push(self.backlog(2))
        self.env["xero.mark"].sudo().search([]).unlink()
        self.env.flush_all()
        push.action_stop()
        self.env.invalidate_all()
        self.assertEqual((push.state, push.stopped), ("stopped", 2))

    def test_a_paused_connection_can_be_stopped_too(self):
        push = self.push(self.backlog(2))
        self.connection.action_pause()
        self.env.flush_all()
        push.action_stop()
        self.env.invalidate_all()
        self.assertEqual(push.state, "stopped")

    def test_only_who_asked_or_an_administrator_stops(self):
        push = self.push(self.backlog(2))
        groups = "xero_connector.group_xero_user,account.group_account_invoice"
        user = new_test_user(self.env, "other", groups, company_ids=self.company.ids, company_id=self.company.id)
        with self.assertRaisesRegex(UserError, "asked for this push"):
            push.with_user(user).action_stop()

    def test_what_has_ended_cannot_be_stopped(self):
        push = self.push(self.backlog(2))
        self.run_sync()
        with self.assertRaisesRegex(UserError, "ended already"):
            push.action_stop()

    def test_what_is_to_fix_of_a_push_is_one_click_away(self):
        unmapped = self.percent_tax(7)
        moves = self.backlog(2) | self.backlog(1, taxes=unmapped)
        push = self.push(moves)
        self.run_sync()
        found = self.env["xero.binding"].search(push.action_open_to_fix()["domain"])
        self.assertEqual(found.mapped("res_id"), moves[2].ids)
        everything = self.env["xero.binding"].search(push.action_open_records()["domain"])
        self.assertEqual(sorted(everything.mapped("res_id")), sorted(moves.ids))

    def test_the_first_backfill_is_a_push_with_progress(self):
        moves = self.backlog(3, invoice_date="2026-02-01")
        self.connection.export_from = "2026-01-01"
        push = self.env["xero.push"].search([], limit=1)
        self.assertEqual((push.name, push.total), ("Everything since 2026-01-01", 3))
        self.run_sync()
        self.assertEqual(push.synced, len(moves))

    def test_todays_calls_are_those_of_today(self):
        with freeze_time("2026-03-10 12:00:00"):
            self.connection._write_run_facts({"day_calls_remaining": 4000, "day_calls_at": fields.Datetime.now()})
            self.assertEqual((self.connection.day_calls_left, self.connection.day_calls_used), (4000, 1000))
        with freeze_time("2026-03-11 00:10:00"):
            self.connection.invalidate_recordset()
            self.assertEqual((self.connection.day_calls_left, self.connection.day_calls_used), (5000, 0))

    def test_a_small_plan_has_fewer_calls_a_day(self):
        self.connection._write_run_facts({"day_calls_remaining": -1})
        self.connection.organisation_class = "STARTER"
        self.assertEqual(self.connection.day_calls_limit, 1000)
