from odoo.tools import SQL

from .settlement_case import SettlementCase

ROWS = 10_000


class TestLists(SettlementCase):
    """Lists of ten thousand rows cost no query per row, with all of Xero's columns shown.

    Odoo computes a thousand rows at a time: ten rounds of a few queries each.
    """

    def many(self, record, **columns):
        """Copy a record's row in the database ``ROWS`` times; ``columns`` are SQL texts with ``n`` for the number."""
        self.env.flush_all()
        names = [
            name
            for name, field in record._fields.items()
            if field.store and field.column_type and name != "id" and name not in columns
        ]
        copied = SQL(", ").join(map(SQL.identifier, names))
        given = SQL(", ").join(map(SQL.identifier, columns))
        values = SQL(", ").join(SQL(text) for text in columns.values())
        table = SQL.identifier(record._table)
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s, %s) SELECT %s, %s FROM %s, generate_series(1, %s) n WHERE id = %s",
                table,
                copied,
                given,
                copied,
                values,
                table,
                ROWS,
                record.id,
            )
        )
        self.env.invalidate_all()

    def assert_queries(self, most, model, domain, columns):
        self.env.invalidate_all()
        specification = {column: {} for column in columns}
        with self.assertQueryCount(most):
            found = self.env[model].web_search_read(domain, specification, limit=2 * ROWS)
        self.assertGreaterEqual(found["length"], ROWS)
        return found["records"]

    def test_invoices(self):
        invoice = self.pushed()
        self.many(invoice, name="'COPY/' || n", sequence_number="n")
        domain = [("name", "like", "COPY/")]
        copies = self.env["account.move"].search(domain, order="id")
        binding = self.binding(invoice)
        first = copies[0].id
        self.many(binding, res_id=f"{first} + n - 1", xero_id="'00000000-0000-0000-0000-' || lpad(n::text, 12, '0')")
        columns = ["name", "xero_sync_state", "xero_number", "xero_message", "xero_warning", "xero_url"]
        rows = self.assert_queries(40, "account.move", domain, columns)
        self.assertEqual({row["xero_sync_state"] for row in rows}, {"synced"})
        self.assertEqual(len({row["xero_url"] for row in rows}), ROWS)

    def test_invoices_can_be_filtered_by_their_state_in_xero(self):
        invoice = self.pushed()
        self.many(invoice, name="'COPY/' || n", sequence_number="n")
        domain = [("name", "like", "COPY/"), ("xero_sync_state", "=", False)]
        self.assert_queries(15, "account.move", domain, ["name", "xero_sync_state"])

    def test_partners(self):
        self.many(self.partner, name="'Copy ' || n")
        columns = ["name", "xero_sync_state", "xero_message", "xero_url"]
        self.assert_queries(30, "res.partner", [("name", "like", "Copy ")], columns)

    def test_products(self):
        product = self.env["product.template"].create({"name": "Help"})
        product.xero_account_id = self.xero_account(self.connection, "260")
        self.many(product, default_code="'COPY' || n")
        columns = ["name", "xero_account_id", "xero_line_kind"]
        self.assert_queries(8, "product.template", [("default_code", "like", "COPY")], columns)

    def test_what_is_to_fix(self):
        invoice = self.invoice(taxes=self.percent_tax(7))
        self.run_sync()
        self.assert_held(invoice, "tax")
        self.many(self.binding(invoice), res_id="1000000 + n")
        columns = ["res_name", "xero_kind", "state", "message", "reason_id", "xero_url", "connection_id"]
        self.assert_queries(8, "xero.binding", [("state", "=", "blocked")], columns)

    def test_the_history(self):
        self.pushed()
        call = self.env["xero.request"].search([], limit=1)
        self.many(call, idempotency_key="'copy' || n")
        columns = ["sent_at", "label", "record_names", "element_count", "refused_count", "state", "outcome", "duration"]
        self.assert_queries(6, "xero.request", [("idempotency_key", "like", "copy")], columns)

    def test_pushes(self):
        push = self.env["xero.push"]._start(self.connection, "Push", {"account.move": self.invoice().ids})
        self.many(push, state="'running'")
        columns = ["name", "progress", "total", "synced", "left", "outlook", "state", "connection_id"]
        self.assert_queries(22, "xero.push", [], columns)

    def many_settlements(self):
        """An invoice with ten thousand payments and settlements, each in Xero."""
        invoice, payment, settlement, link = self.paid()
        self.many(payment.move_id, name="'COPY/' || n", sequence_number="n")
        entries = self.env["account.move"].search([("name", "like", "COPY/")], order="id", limit=1)
        first = entries.id
        self.many(payment, name="'COPY/' || n", move_id=f"{first} + n - 1")
        self.many(settlement, counterpart_id=f"{first} + n - 1", counterpart_name="'COPY/' || n")
        copies = self.env["xero.settlement"].search([("counterpart_name", "like", "COPY/")], order="id", limit=1)
        self.many(link, res_id=f"{copies.id} + n - 1", xero_id="'00000000-0000-0000-0000-' || lpad(n::text, 12, '0')")
        return invoice

    def test_settlements(self):
        self.many_settlements()
        columns = ["document_name", "counterpart_name", "amount", "xero_sync_state", "xero_message", "xero_url"]
        domain = [("counterpart_name", "like", "COPY/")]
        rows = self.assert_queries(60, "xero.settlement", domain, columns)
        self.assertEqual({row["xero_sync_state"] for row in rows}, {"synced"})
        self.assertEqual(len({row["xero_url"] for row in rows}), ROWS)

    def test_settlements_can_be_filtered_by_their_state_in_xero(self):
        self.many_settlements()
        domain = [("counterpart_name", "like", "COPY/"), ("xero_sync_state", "=", "synced")]
        self.assert_queries(8, "xero.settlement", domain, ["name"])

    def test_payments(self):
        self.many_settlements()
        columns = ["name", "xero_sync_state", "xero_message", "xero_url", "xero_settlement_count"]
        rows = self.assert_queries(60, "account.payment", [("name", "like", "COPY/")], columns)
        self.assertEqual({row["xero_sync_state"] for row in rows}, {"synced"})
        self.assertEqual(len({row["xero_url"] for row in rows}), ROWS)

    def test_payments_can_be_filtered_by_their_state_in_xero(self):
        self.many_settlements()
        domain = [("name", "like", "COPY/"), ("xero_sync_state", "in", ["failed", "blocked"])]
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            self.assertFalse(self.env["account.payment"].search(domain))

    def test_the_payments_of_many_documents_are_counted_together(self):
        invoice = self.many_settlements()
        self.many(self.invoice(), name="'OTHER/' || n", sequence_number="n")
        moves = self.env["account.move"].search([("name", "like", "OTHER/")], limit=1000) | invoice
        self.env.invalidate_all()
        with self.assertQueryCount(8):
            self.assertEqual(sum(moves.mapped("xero_settlement_count")), ROWS + 1)
