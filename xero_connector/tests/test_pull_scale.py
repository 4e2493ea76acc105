from datetime import datetime, timedelta, timezone

from odoo import fields
from odoo.tools import SQL

from xero_simulator.invoice_view import show

from ..sync.sightings import Sightings
from ..sync.workspace import Workspace
from .pull_case import PullCase

MANY = 10_000


class TestPullScale(PullCase):
    """Ten thousand changed documents take few calls and few queries, and a slice that ends loses nothing."""

    def setUp(self):
        super().setUp()
        self.organisation.limits.minute = 100_000

    def copies_in_xero(self, number, invoice, **changes):
        """Copy an invoice in Xero's books ``number`` times, each linked to a document that Odoo no longer has."""
        original, link = self.in_xero(invoice), self.binding(invoice)
        ids = []
        for index in range(number):
            ids.append(self.simulator.ids.guid())
            own = {"InvoiceID": ids[-1], "InvoiceNumber": f"COPY/{index}"}
            self.organisation.invoices.put({**original, **own, **changes})
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO xero_binding (connection_id, company_id, res_model, res_id, role, xero_type, xero_subtype,
                                          xero_id, state, synced_at, synced_hash, remote_hash, xero_status)
                SELECT %s, %s, 'account.move', 1000000000 + row_number() OVER (), 'main', 'Invoice', 'ACCREC', id,
                       'synced', %s, 'sent', NULL, 'AUTHORISED'
                  FROM unnest(%s) id
                """,
                link.connection_id.id,
                link.company_id.id,
                link.synced_at,
                ids,
            )
        )
        self.env.invalidate_all()
        return ids

    def pull_to_the_end(self):
        """Read all that changed, in as many slices as that takes."""
        self.pull()
        for _slice in range(50):
            if self.connection.documents_read_at:
                return
            self.run_sync()
        self.fail("the reading does not come to an end")

    def test_ten_thousand_changed_documents_are_read_in_twelve_calls_at_most(self):
        invoice = self.pushed()
        self.copies_in_xero(MANY, invoice, Status="PAID")
        self.pull_to_the_end()
        self.assertLessEqual(len(self.calls()), 12)
        links = self.env["xero.binding"].search([("xero_type", "=", "Invoice"), ("id", "!=", self.binding(invoice).id)])
        self.assertEqual((len(links), set(links.mapped("xero_status"))), (MANY, {"PAID"}))
        self.assertGreaterEqual(len(self.reads()), 11)

    def queries_of(self, action):
        """How many queries an action makes."""
        before = self.env.cr.sql_log_count
        action()
        return self.env.cr.sql_log_count - before

    def paid(self, number):
        """Invoices of which a part was paid in Xero."""
        moves = self.env["account.move"].union(*(self.invoice() for _index in range(number)))
        self.run_sync()
        for move in moves:
            self.organisation.pay_invoice(self.binding(move).xero_id, amount=60)
        return moves

    def test_a_page_takes_as_many_queries_for_many_documents_as_for_few(self):
        self.paid(3)
        few_queries = self.queries_of(self.pull)
        many = self.paid(40)
        many_queries = self.queries_of(self.pull)
        self.assertEqual(len(many.filtered("xero_difference")), 40)
        self.assertLessEqual(many_queries, few_queries + 5)

    def test_what_was_sent_in_xero_is_marked_with_few_queries(self):
        moves = self.paid(40)
        self.pull()
        for move in moves:
            self.organisation.mark_sent(self.binding(move).xero_id)
        sightings = Sightings(Workspace(self.env.cr, self.connection.id, 60, False))
        documents = [show(self.organisation, self.in_xero(move), 4) for move in moves]
        self.assertLess(self.queries_of(lambda: (sightings.note(documents), sightings.mark_sent())), 40)
        self.assertEqual(set(moves.mapped("is_move_sent")), {True})

    def test_a_page_without_news_takes_few_queries_and_writes_nothing(self):
        moves = self.paid(20)
        self.pull()
        links = self.env["xero.binding"].search([("res_model", "=", "account.move"), ("res_id", "in", moves.ids)])
        before = self.row_versions(links, moves)
        used = self.queries_of(self.pull)
        self.assertLess(used, 70)
        self.assertEqual(self.row_versions(links, moves), before)

    # -- Slices that end -----------------------------------------------------------------------------------------------

    def cut_after_the_first_page(self):
        """Have Xero say, with its first answer, that its calls of this minute are used up, so that the slice ends."""
        self.organisation.limits.minute = 1
        self.pull()
        self.organisation.limits.minute = 100_000

    def test_a_reading_goes_on_where_the_slice_ended(self):
        invoice = self.pushed()
        self.copies_in_xero(2500, invoice, Status="PAID")
        self.later(minutes=2)
        self.cut_after_the_first_page()
        self.assertEqual([self.query(call)["page"] for call in self.reads()], ["1"])
        self.assertFalse(self.connection.documents_read_at)
        self.later(minutes=2)
        self.connection._write_run_facts({"next_try": False})
        self.simulator.calls.clear()
        self.run_sync(times=3)
        self.assertEqual([self.query(call)["page"] for call in self.reads()], ["2", "3"])
        self.assertTrue(self.connection.documents_read_at)
        statuses = self.env["xero.binding"].search([("xero_type", "=", "Invoice")]).mapped("xero_status")
        self.assertEqual(statuses.count("PAID"), 2500)

    def test_what_changes_on_a_page_that_was_read_is_met_by_the_next_reading(self):
        invoice = self.pushed()
        self.copies_in_xero(1500, invoice)
        self.later(minutes=2)
        self.cut_after_the_first_page()
        seen = self.organisation.invoices
        first = min(seen)
        self.later(minutes=20)
        moved = datetime.now(timezone.utc) + timedelta(seconds=self.simulator.clock.offset)
        seen.put({**seen[first], "Status": "PAID", "UpdatedDateUTC": moved})
        self.later(minutes=20)
        late = max(seen)
        moved = datetime.now(timezone.utc) + timedelta(seconds=self.simulator.clock.offset)
        seen.put({**seen[late], "Status": "PAID", "UpdatedDateUTC": moved})
        self.connection._write_run_facts({"next_try": False})
        self.started_earlier(minutes=42)
        self.run_sync(times=3)
        self.assertTrue(self.connection.documents_read_at)
        self.pull()
        links = self.env["xero.binding"].search([("xero_id", "in", (first, late))])
        self.assertEqual(links.mapped("xero_status"), ["PAID", "PAID"])

    def started_earlier(self, **time):
        """Time passes in Xero alone; have the reading under way begin as long ago by the database's clock as well."""
        progress = self.connection.pull_progress
        started = fields.Datetime.to_datetime(progress["at"]["started"].replace("T", " ")) - timedelta(**time)
        progress["at"]["started"] = started.isoformat()
        self.connection.pull_progress = progress

    def test_a_crash_between_two_pages_reads_one_page_again_and_loses_nothing(self):
        invoice = self.pushed()
        self.copies_in_xero(1500, invoice, Status="PAID")
        self.simulator.fault("drop_before", match=lambda call: self.query(call).get("page") == "2", times=1)
        with self.assertLogs("odoo.addons.xero_connector.sync.pull", "WARNING"):
            self.pull()
        self.pull_to_the_end()
        statuses = self.env["xero.binding"].search([("xero_type", "=", "Invoice")]).mapped("xero_status")
        self.assertEqual(statuses.count("PAID"), 1500)
