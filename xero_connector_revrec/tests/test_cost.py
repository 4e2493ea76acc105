from odoo import Command

from .revrec_case import RevrecCase


class TestCost(RevrecCase):
    """How many queries it takes: the number does not grow with the number of invoices, lines or days."""

    def _drafts(self, count):
        moves = self.env["account.move"]
        for _number in range(count):
            moves |= self.sold(post=False)
        self.env.flush_all()
        return moves

    def _queries(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        work()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_charges_of_many_invoices_are_made_together(self):
        few, many = self._drafts(2), self._drafts(12)
        charge = self.env["xero.recognition.charge"].sudo()
        first = self._queries(lambda: charge._charge(few))
        second = self._queries(lambda: charge._charge(many))
        self.assertLessEqual(second, first + 5)

    def test_charges_of_many_invoices_are_taken_back_and_up_again_together(self):
        moves = self._drafts(14)
        moves.action_post()
        self.export("2026-01-01", "2026-01-31")
        charges = moves.xero_charge_ids.sudo()
        few, many = charges[:2], charges[2:]
        first, second = self._queries(few._withdraw), self._queries(many._withdraw)
        self.assertLessEqual(second, first + 5)
        first, second = self._queries(few._restore), self._queries(many._restore)
        self.assertLessEqual(second, first + 5)

    def test_an_export_takes_as_many_queries_for_a_thousand_lines_as_for_ten(self):
        self.charge(1000.0, "2026-01-01", "2026-01-05")
        few = self._queries(lambda: self.export("2026-01-01", "2026-12-31"))
        for _number in range(2):
            self.charge(1000.0, "2026-01-01", "2026-12-31")
        many = self._queries(lambda: self.export("2026-01-01", "2026-12-31"))
        self.assertLessEqual(many, few + 3)

    def test_without_a_mapping_confirming_takes_as_many_queries_for_many_invoices_as_for_few(self):
        plain = self.env["product.product"].create({"name": "Book", "taxes_id": [Command.clear()]})
        few, many = self.env["account.move"], self.env["account.move"]
        for number in range(10):
            move = self.sold(self.line(product=plain), post=False)
            few, many = (few | move, many) if number < 2 else (few, many | move)
        charge = self.env["xero.recognition.charge"].sudo()
        first = self._queries(lambda: charge._charge(few))
        self.assertLessEqual(self._queries(lambda: charge._charge(many)), first)
