from decimal import Decimal

from odoo import Command, fields

from .document_case import DocumentCase

ENDED = ("VOIDED", "DELETED")


class MoneyCase(DocumentCase):
    """What tests of payments, credit notes and write-offs share: they end by comparing both ledgers."""

    def setUp(self):
        super().setUp()
        self.connection.default_expense_account_id = self.xero_account(self.connection, "429")
        self.connection.default_payment_account_id = self.xero_account(self.connection, "090")
        self.connection.write_off_account_id = self.xero_account(self.connection, "404")
        self.purchase_tax = self.percent_tax(20, name="Input VAT 20 %", type_tax_use="purchase")
        self.purchase_tax.xero_tax_rate_id = self.xero_rate(self.connection, "INPUT2")
        self.bank = self.company_data["default_journal_bank"]
        self.run_sync()
        self.simulator.calls.clear()

    # -- Records -------------------------------------------------------------------------------------------------------

    def bill(self, amount=100.0, **values):
        """A vendor bill, or a vendor refund with ``move_type``."""
        return self.invoice(
            [(1, amount)], taxes=self.purchase_tax, move_type=values.pop("move_type", "in_invoice"), **values
        )

    def credit_note(self, amount=100.0, **values):
        """A credit note to the customer, not reconciled with anything."""
        return self.invoice([(1, amount)], move_type="out_refund", **values)

    def pay(self, moves, amount=None, date="2026-03-20", **values):
        """Register a payment of documents; returns the payments.

        ``written_off_to`` is the account of a difference that ends the document.
        """
        written_off_to = values.pop("written_off_to", None)
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"payment_date": date, "journal_id": self.bank.id, **values})
        )
        if amount is not None:
            wizard.amount = amount
        if written_off_to:
            wizard.payment_difference_handling = "reconcile"
            wizard.writeoff_account_id = written_off_to
        return wizard._create_payments()

    def reconcile(self, *moves):
        """Match documents with each other, as the widget on an invoice does."""
        lines = self.env["account.move.line"]
        for move in moves:
            lines |= move.line_ids.filtered(
                lambda line: (
                    line.account_id.account_type in ("asset_receivable", "liability_payable") and not line.reconciled
                )
            )
        lines.reconcile()

    def unreconcile(self, move):
        move.line_ids.remove_move_reconcile()

    def entry(self, lines, date="2026-03-22", journal=None):
        """A posted journal entry; lines are (account, debit − credit, partner)."""
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": date,
                "journal_id": (journal or self.company_data["default_journal_misc"]).id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": balance,
                            "partner_id": self.partner.id,
                            "name": "Settled by hand",
                        }
                    )
                    for account, balance in lines
                ],
            }
        )
        entry.action_post()
        return entry

    def statement(self, amount, invoice, date="2026-03-21", others=()):
        """A line of the bank statement that is reconciled with a document; ``others`` are (account, balance)."""
        line = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank.id,
                "date": date,
                "payment_ref": f"Transfer {invoice.name}",
                "amount": amount,
                "partner_id": self.partner.id,
            }
        )
        _liquidity, suspense, _others = line._seek_for_lines()
        account = invoice.line_ids.filtered(
            lambda item: item.account_id.account_type in ("asset_receivable", "liability_payable")
        ).account_id
        settled = -amount - sum(balance for _account, balance in others)
        commands = [Command.unlink(suspense.id), Command.create({"account_id": account.id, "balance": settled})]
        commands += [Command.create({"account_id": other.id, "balance": balance}) for other, balance in others]
        line.move_id.with_context(force_delete=True, skip_readonly_check=True).write({"line_ids": commands})
        self.reconcile(invoice, line.move_id)
        return line

    # -- Both ledgers --------------------------------------------------------------------------------------------------

    def document_in_xero(self, move):
        """Xero's record of a document; ``None`` where it has none that lives."""
        binding = self.binding(move)
        table = self.organisation.credit_notes if binding.xero_type == "CreditNote" else self.organisation.invoices
        return table.get(binding.xero_id)

    def figures(self, move):
        """Xero's amounts of a document as texts: due (of a credit note what remains), paid, credited."""
        record = self.document_in_xero(move)
        payments = self.organisation.payments_of(binding_id := self.binding(move).xero_id)
        if self.binding(move).xero_type == "Invoice":
            return tuple(str(record[name]) for name in ("AmountDue", "AmountPaid", "AmountCredited"))
        allocated = sum((found["Amount"] for found in self.organisation.allocations_of(binding_id)), Decimal("0.00"))
        paid = sum((found["Amount"] for found in payments), Decimal("0.00"))
        return str(record["RemainingCredit"]), str(paid), str(allocated)

    def assert_books_agree(self, *moves):
        """Every document has the same amount open on both sides, and nothing is held, refused or waiting."""
        self.assert_no_trouble()
        for move in moves:
            binding = self.binding(move)
            self.assertEqual(binding.state, "synced", f"{move.name}: {binding.message}")
            due = Decimal(self.figures(move)[0])
            self.assertEqual(due, Decimal(str(round(move.amount_residual, 2))), move.name)
            self.assertEqual(float(due), binding.amount_due, f"{move.name} as Odoo shows it")

    def assert_no_trouble(self):
        held = self.env["xero.binding"].search([("state", "not in", ("synced", "excluded"))])
        self.assertFalse(held, [(binding.res_name, binding.role, binding.message) for binding in held])
        self.assertFalse(self.waiting_marks())

    def settlements(self, move):
        return self.env["xero.settlement"].search([("document_id", "=", move.id), ("amount", "!=", 0)])

    def assert_settlement_held(self, move, reason, *words):
        """One of what settles a document is held for a reason, in words."""
        rows = self.env["xero.settlement"].search([("document_id", "=", move.id)])
        bindings = self.env["xero.binding"].search(
            [("res_model", "=", rows._name), ("res_id", "in", rows.ids), ("state", "in", ("blocked", "failed"))]
        )
        self.assertIn(reason, bindings.mapped("reason"), [(found.state, found.message) for found in bindings])
        message = bindings.filtered(lambda found: found.reason == reason)[:1].message
        for word in words:
            self.assertIn(word, message)

    def live_payments(self):
        return [payment for payment in self.organisation.payments.values() if payment["Status"] not in ENDED]

    def today(self):
        return fields.Date.context_today(self.connection)
