"""What a bookkeeper does with documents and payments, at random but repeatable."""

import random

from odoo import Command

SALES, PURCHASES = ("out_invoice", "out_refund"), ("in_invoice", "in_refund")
OWED = ("asset_receivable", "liability_payable")
# How often each step is taken, relative to the others.
WEIGHTS = {
    "confirm": 5,
    "pay": 5,
    "pay_together": 2,
    "write_off_less": 2,
    "write_off_more": 1,
    "overpay": 1,
    "match_open_payment": 3,
    "allocate": 4,
    "reverse": 1,
    "write_off_by_entry": 1,
    "unreconcile": 3,
    "undo_entry": 1,
    "payment_to_draft": 2,
    "payment_again": 4,
    "payment_cancelled": 1,
    "payment_deleted": 1,
    "reword": 1,
    "repriced": 2,
    "to_draft": 2,
    "post_again": 4,
    "cancel": 1,
    "cancel_draft": 1,
    "delete": 1,
    "sent": 1,
}


class Scenario:
    """The documents of one partner and what happens to them; the same seed gives the same steps.

    :ivar log: what was done, in words
    :ivar reworded: ids of documents whose words were changed: while they are paid Xero does not take that (I7)
    """

    def __init__(self, case, seed):
        self.case, self.env, self.seed = case, case.env, seed
        self.random = random.Random(seed)
        self.partner = case.new_partner(f"Partner {seed}")
        self.documents = self.env["account.move"]
        self.entries = self.env["account.move"]
        self.payments = self.env["account.payment"]
        self.log, self.reworded, self._numbers = [], set(), 0

    def step(self):
        """Do one thing that is possible now, and note it."""
        names = list(WEIGHTS)
        while names:
            name = self.random.choices(names, [WEIGHTS[name] for name in names])[0]
            done = getattr(self, name)()
            if done is not None:
                self.note(name, done)
                return
            names.remove(name)

    def finish(self):
        """Leave no document in draft, of which Xero keeps the last version, and no payment, which Odoo still counts."""
        for payment in self._payments("draft"):
            if self.random.random() < 0.5:
                payment.action_post()
                self.note("finish: post", payment.name)
            else:
                payment.action_cancel()
                self.note("finish: cancel", payment.name)
        for move in self._all("draft"):
            if self.random.random() < 0.5:
                move.action_post()
                self.note("finish: post", move.name)
            else:
                move.button_cancel()
                self.note("finish: cancel", move.name)

    def note(self, name, what):
        self.log.append(f"{name} {what}")

    # -- What there is -------------------------------------------------------------------------------------------------

    def _all(self, *states):
        return self.documents.exists().filtered(lambda move: move.state in states)

    def _open(self, *move_types):
        return self._all("posted").filtered(
            lambda move: move.amount_residual > 0.005 and (not move_types or move.move_type in move_types)
        )

    def _one(self, records):
        return self.random.choice(records) if records else None

    def _payments(self, *states):
        return self.payments.exists().filtered(lambda payment: payment.state in states)

    def _owed_lines(self, move):
        return move.line_ids.filtered(lambda line: line.account_id.account_type in OWED)

    # -- Documents -----------------------------------------------------------------------------------------------------

    def _price(self):
        return self.random.randint(1, 30_000) / 100

    def confirm(self):
        if len(self._all("posted", "draft")) >= 5:
            return None
        move_type = self.random.choice(("out_invoice", "out_invoice", "out_refund", "in_invoice", "in_refund"))
        taxes = self.case.sale_taxes if move_type in SALES else self.case.purchase_taxes
        self._numbers += 1
        values = {
            "move_type": move_type,
            "partner_id": self.partner.id,
            "invoice_date": "2026-03-10",
            "invoice_date_due": "2026-04-09",
            "invoice_payment_term_id": False,
            "company_id": self.case.company.id,
            "ref": f"{self.seed}/{self._numbers}",
            "invoice_line_ids": [
                Command.create(
                    {
                        "name": "Paper",
                        "quantity": self.random.choice((1, 1, 3)),
                        "price_unit": self._price(),
                        "tax_ids": [Command.set(self.random.choice(taxes).ids)],
                    }
                )
                for _line in range(self.random.choice((1, 1, 2)))
            ],
        }
        if move_type in ("out_invoice", "in_invoice") and self.random.random() < 0.2:
            values.update(invoice_payment_term_id=self.case.discounted.id, invoice_date_due=False)
        move = self.env["account.move"].with_context(tracking_disable=True).create(values).with_env(self.env)
        move.action_post()
        self.documents |= move
        return f"{move.name} {move.amount_total:.2f}"

    def reword(self):
        move = self._one(self._all("posted"))
        if not move:
            return None
        self._numbers += 1
        self.reworded.add(move.id)
        move.ref = f"{self.seed}/{self._numbers}"
        return move.name

    def to_draft(self):
        move = self._one(self._all("posted"))
        if move:
            move.button_draft()
        return move and move.name

    def post_again(self):
        move = self._one(self._all("draft", "cancel"))
        if not move:
            return None
        if move.state == "cancel":
            move.button_draft()
        if self.random.random() < 0.4:
            move.invoice_line_ids[0].price_unit = self._price()
        move.action_post()
        return f"{move.name} {move.amount_total:.2f}"

    def repriced(self):
        move = self._one(self._all("posted"))
        if not move:
            return None
        move.button_draft()
        move.invoice_line_ids[0].price_unit = self._price()
        move.action_post()
        return f"{move.name} {move.amount_total:.2f}"

    def cancel(self):
        move = self._one(self._all("posted"))
        if move:
            move.button_draft()
            move.button_cancel()
        return move and move.name

    def cancel_draft(self):
        move = self._one(self._all("draft"))
        if move:
            move.button_cancel()
        return move and move.name

    def delete(self):
        move = self._one(self._all("posted", "draft", "cancel"))
        if not move:
            return None
        name = move.name
        if move.state == "posted":
            move.button_draft()
        move.with_context(force_delete=True).unlink()
        return name

    def sent(self):
        move = self._one(self._all("posted").filtered(lambda move: move.move_type in SALES and not move.is_move_sent))
        if move:
            move.is_move_sent = True
        return move and move.name

    # -- Payments ------------------------------------------------------------------------------------------------------

    def _pay(self, moves, amount=None, **values):
        payments = self.case.pay(moves, amount, date=f"2026-03-{self.random.randint(11, 28)}", **values)
        self.payments |= payments
        shown = ", ".join(f"{payment.name} {payment.amount:.2f}" for payment in payments)
        return f"{', '.join(moves.mapped('name'))} by {shown}"

    def pay(self):
        move = self._one(self._open())
        if not move:
            return None
        part = self.random.choice((None, None, 0.5, 0.33))
        amount = max(round(move.amount_residual * part, 2), 0.01) if part else None
        return self._pay(move, amount)

    def pay_together(self):
        first = self._one(self._open())
        together = first and self._open(first.move_type)
        return self._pay(together, group_payment=True) if together and len(together) > 1 else None

    def _account(self, move, gain):
        """Where a difference goes that is good or bad for us."""
        good = gain == (move.move_type in ("out_invoice", "in_refund"))
        return self.case.company_data["default_account_revenue" if good else "default_account_expense"]

    def write_off_less(self):
        move = self._one(self._open())
        if not move or move.amount_residual < 1:
            return None
        amount = round(move.amount_residual * self.random.uniform(0.7, 0.99), 2)
        return self._pay(move, amount, written_off_to=self._account(move, False))

    def write_off_more(self):
        move = self._one(self._open())
        if not move:
            return None
        amount = round(move.amount_residual + self.random.randint(1, 500) / 100, 2)
        return self._pay(move, amount, written_off_to=self._account(move, True))

    def overpay(self):
        move = self._one(self._open())
        return self._pay(move, round(move.amount_residual + self._price(), 2)) if move else None

    def match_open_payment(self):
        """Match what is left of a payment, or of one that was taken off a document, with what it can pay."""
        payments = self._payments("in_process", "paid")
        for payment in self.random.sample(payments, len(payments)):
            lines = self._owed_lines(payment.move_id).filtered(lambda line: not line.reconciled)
            for move in self._open():
                opposite = self._owed_lines(move).filtered(
                    lambda line, lines=lines: (
                        not line.reconciled
                        and line.account_id == lines.account_id
                        and line.amount_residual * sum(lines.mapped("amount_residual")) < 0
                    )
                )
                if lines and opposite:
                    (lines | opposite).reconcile()
                    return f"{payment.name} with {move.name}"
        return None

    def unreconcile(self):
        move = self._one(
            self._all("posted").filtered(
                lambda move: self._owed_lines(move).matched_debit_ids | self._owed_lines(move).matched_credit_ids
            )
        )
        if move:
            self.case.unreconcile(move)
        return move and move.name

    def payment_to_draft(self):
        payment = self._one(self._payments("in_process", "paid"))
        if payment:
            payment.action_draft()
        return payment and payment.name

    def payment_again(self):
        payment = self._one(self._payments("draft"))
        if not payment:
            return None
        if self.random.random() < 0.5:
            payment.date = f"2026-03-{self.random.randint(11, 28)}"
        payment.action_post()
        return payment.name

    def payment_cancelled(self):
        payment = self._one(self._payments("in_process", "paid"))
        if payment:
            payment.action_draft()
            payment.action_cancel()
        return payment and payment.name

    def payment_deleted(self):
        payment = self._one(self._payments("in_process", "paid", "draft", "canceled"))
        if not payment:
            return None
        name = payment.name
        if payment.state != "draft":
            payment.action_draft()
        payment.unlink()
        return name

    # -- Credit notes and entries --------------------------------------------------------------------------------------

    def allocate(self):
        for invoice_type, credit_type in self.random.sample((SALES, PURCHASES), 2):
            invoice, credit_note = self._one(self._open(invoice_type)), self._one(self._open(credit_type))
            if invoice and credit_note:
                self.case.reconcile(invoice, credit_note)
                return f"{credit_note.name} to {invoice.name}"
        return None

    def reverse(self):
        move = self._one(self._all("posted").filtered(lambda move: move.move_type in ("out_invoice", "in_invoice")))
        if not move:
            return None
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": "2026-03-15"})
        )
        before = move.reversal_move_ids
        wizard.refund_moves()
        reversal = move.reversal_move_ids - before
        self._numbers += 1
        reversal.write({"ref": f"{self.seed}/{self._numbers}", "invoice_date": "2026-03-15"})
        if reversal.state == "draft":
            reversal.action_post()
        self.documents |= reversal
        if move.amount_residual and reversal.amount_residual:
            self.case.reconcile(move, reversal)
        return f"{move.name} by {reversal.name}"

    def write_off_by_entry(self):
        move = self._one(self._open())
        if not move:
            return None
        amount = max(round(move.amount_residual * self.random.choice((1, 0.4)), 2), 0.01)
        owed = self._owed_lines(move).filtered(lambda line: not line.reconciled)
        sign = -1 if sum(owed.mapped("amount_residual")) > 0 else 1
        other = self._account(move, False)
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": "2026-03-22",
                "journal_id": self.case.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": balance,
                            "partner_id": self.partner.id,
                            "name": "Small difference",
                        }
                    )
                    for account, balance in ((owed.account_id, sign * amount), (other, -sign * amount))
                ],
            }
        )
        entry.action_post()
        self.entries |= entry
        self.case.reconcile(move, entry)
        return f"{move.name} {amount:.2f} by {entry.name}"

    def undo_entry(self):
        entry = self._one(self.entries.filtered(lambda entry: entry.state == "posted"))
        if entry:
            entry.button_draft()
            entry.button_cancel()
        return entry and entry.name
