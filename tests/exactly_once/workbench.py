"""A real Odoo, connected to a simulator in a process of its own, that can be killed in the middle of any call."""

import re
import time
from collections import Counter
from contextlib import contextmanager
from urllib.parse import urlencode

import requests

from machine import demo_database, odoo_scripts
from support.odoo_process import OdooProcess, drop_database, fresh_demo_database, installation
from support.simulator_process import SimulatorProcess

ORGANISATION = "Demo Company (US)"
# Longer than Xero remembers an idempotency key.
LONG = 600


def _is_live(record):
    """Whether a payment or an allocation counts in Xero."""
    return record.get("Status") != "DELETED" and not record.get("IsDeleted")


class Workbench:
    """One database, one organisation, and as many Odoo processes as a test wants; a context manager."""

    def __init__(self):
        self.database = fresh_demo_database()
        self.simulator = SimulatorProcess()
        self.odoo = OdooProcess(self.database)
        self.moves, self.known = [], set()
        self._made = 0

    def __enter__(self):
        try:
            self.simulator.start()
            settings = demo_database.settings(self.odoo.url, self.simulator.url)
            odoo_scripts.run(installation(), self.database, "settings", settings)
            self.odoo.start()
            self._connect()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error):
        self.odoo.stop()
        self.simulator.stop()
        drop_database(self.database)

    def rpc(self, model, method, *arguments, **keywords):
        """Call a method as the administrator."""
        return self.odoo.rpc(model, method, arguments, keywords)

    def sql(self, query, *parameters):
        """Rows that a query gives, past Odoo."""
        return self.odoo.sql(query, *parameters)

    # -- Set-up --------------------------------------------------------------------------------------------------------

    def _connect(self):
        """Sign in at the simulator's consent page, as a person would, and choose the ledger account."""
        tenant = self.simulator.organisation(ORGANISATION)["tenantId"]
        # Pace is not what is tested here.
        self.simulator.settings(tenant, limits={"minute": 1_000_000, "day": 1_000_000})
        [self.connection] = self.rpc("xero.connection", "search", [["code", "=", "demo"]])
        # Journals by API take a permission of their own.
        self.rpc("xero.connection", "write", [self.connection], {"journal_destination": "api"})
        page_url = self.rpc("xero.connection", "action_connect", [self.connection])["url"]
        page = requests.get(page_url, timeout=30)
        ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)[1]
        answer = requests.post(
            f"{self.simulator.url}/identity/connect/authorize",
            data=urlencode({"ticket": ticket, "organisation": tenant, "decision": "allow"}),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            allow_redirects=False,
            timeout=30,
        )
        self.odoo.session().get(answer.headers["Location"], timeout=60).raise_for_status()
        self.rpc("xero.connection", "action_refresh_references", [self.connection])
        accounts = {"default_account_id": self.account("200"), "default_payment_account_id": self.account("090")}
        self.rpc("xero.connection", "write", [self.connection], accounts)

    def account(self, code):
        """The account of that code in Xero's chart."""
        [account] = self.rpc("xero.account", "search", [["connection_id", "=", self.connection], ["code", "=", code]])
        return account

    def customers(self, number):
        """New partners, which Xero does not know."""
        self._made += 1
        return self.rpc(
            "res.partner",
            "create",
            [{"name": f"Customer {self._made}-{index}", "is_company": True} for index in range(number)],
        )

    def confirm(self, number, customers=None, price=None, **line):
        """Confirm invoices over 1, 2, 3 … or ``price`` each, for new customers, five each; returns their ids.

        ``line``: more values of the line of each.
        """
        customers = customers or self.customers(max(number // 5, 1))
        values = [
            {
                "move_type": "out_invoice",
                "partner_id": customers[index % len(customers)],
                "invoice_date": "2026-03-10",
                "invoice_line_ids": [[0, 0, {**self._line(price or index + 1), **line}]],
            }
            for index in range(number)
        ]
        moves = self.rpc("account.move", "create", values)
        self.rpc("account.move", "action_post", moves)
        self.moves += moves
        return moves

    @staticmethod
    def _line(price):
        return {"name": "Seat", "quantity": 1, "price_unit": price, "tax_ids": []}

    def confirm_on_hold(self, number):
        """Confirm invoices while the connection is paused, and forget the calls so far."""
        with self.on_hold():
            return self.confirm(number)

    @contextmanager
    def on_hold(self):
        """Keep the connection paused for what is done meanwhile, and forget the calls so far."""
        self.rpc("xero.connection", "action_pause", [self.connection])
        yield
        self.simulator.forget_calls()

    def pay(self, moves, amount):
        """Register a payment of each document; returns the payments' ids."""
        [[last]] = self.sql("SELECT COALESCE(max(id), 0) FROM account_payment")
        for move in moves:
            context = {"active_model": "account.move", "active_ids": [move]}
            values = {"amount": amount, "payment_date": "2026-03-20"}
            wizard = self.rpc("account.payment.register", "create", values, context=context)
            self.rpc("account.payment.register", "action_create_payments", [wizard], context=context)
        return [found for (found,) in self.sql("SELECT id FROM account_payment WHERE id > %s ORDER BY id", last)]

    def credit(self, moves, amount):
        """Confirm a credit note over ``amount`` for each invoice, and set it off."""
        for move in self.rpc("account.move", "read", moves, ["partner_id"]):
            values = {
                "move_type": "out_refund",
                "partner_id": move["partner_id"][0],
                "invoice_date": "2026-03-15",
                "invoice_line_ids": [[0, 0, self._line(amount)]],
            }
            credit_note = self.rpc("account.move", "create", values)
            self.rpc("account.move", "action_post", [credit_note])
            both = [["move_id", "in", [move["id"], credit_note]], ["account_type", "=", "asset_receivable"]]
            self.rpc("account.move.line", "reconcile", self.rpc("account.move.line", "search", both))

    def go(self):
        """Let the engine begin, or go on after a restart: Odoo's cron would take up to a minute by itself."""
        [connection] = self.rpc("xero.connection", "read", [self.connection], ["state"])
        action = "action_resume" if connection["state"] == "paused" else "action_sync_now"
        self.rpc("xero.connection", action, [self.connection])

    # -- Waiting -------------------------------------------------------------------------------------------------------

    def wait(self, condition, seconds=60):
        """Wait until ``condition()`` is true and return its value; press *Sync now* again where nothing happens.

        Odoo passes over a job once when its process died three times in a row in the middle of it.
        """
        deadline = time.monotonic() + seconds
        nudge = time.monotonic() + 5
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise AssertionError(f"nothing happened for {seconds} seconds; {self.situation()}")
            if time.monotonic() > nudge:
                self.go()
                nudge += 5
            time.sleep(0.02)
        return value

    def accounting_calls(self):
        """The simulator's calls to the accounting API, oldest first."""
        return [call for call in self.simulator.calls() if call["path"].startswith("/api.xro/")]

    def situation(self):
        """What is left to do, for messages."""
        return {
            "marks": self.sql("SELECT count(*) FROM xero_mark")[0][0],
            "requests": self.sql("SELECT state, count(*) FROM xero_request GROUP BY 1"),
            "bindings": self.sql("SELECT state, count(*) FROM xero_binding GROUP BY 1"),
            "connection": self.sql(
                "SELECT state, next_try, last_error FROM xero_connection WHERE id = %s", self.connection
            ),
        }

    def is_quiet(self):
        """Whether the engine has nothing left to do."""
        return not self.sql(
            """
            SELECT 1 FROM xero_mark
             UNION ALL SELECT 1 FROM xero_request WHERE state = 'prepared'
             UNION ALL SELECT 1 FROM xero_binding WHERE state = 'in_flight' OR next_try IS NOT NULL
             LIMIT 1
            """
        )

    def finish(self, seconds=90):
        """Press *Sync now* until the engine has nothing left to do."""
        self.go()
        self.wait(self.is_quiet, seconds)
        # A call that was held up may be carried out long after its sender's death.
        self.wait(lambda: all(call["ended"] for call in self.accounting_calls()))
        self.wait(self.is_quiet, seconds)

    def forget_keys(self):
        """Let so much time pass that Xero has forgotten the idempotency keys of open calls, on both sides."""
        self.simulator.advance(LONG)
        self.sql("UPDATE xero_request SET sent_at = sent_at - make_interval(secs => %s) WHERE state = 'prepared'", LONG)

    # -- Judging -------------------------------------------------------------------------------------------------------

    def settlement_problems(self, moves, payment_date):
        """What is wrong in the end, in words: a document of which Odoo and Xero do not have the same amount open, or a
        payment or an allocation that is doubled, has another date, or is not known to Odoo.
        """
        state = self.simulator.organisation(ORGANISATION)
        linked = {
            xero_id
            for (xero_id,) in self.sql(
                "SELECT xero_id FROM xero_binding WHERE state = 'synced' AND xero_id IS NOT NULL"
            )
        }
        invoices = {invoice["InvoiceID"]: invoice for invoice in state["invoices"]}
        problems = []
        for name, open_amount, xero_id in self.sql(
            """
            SELECT move.name, move.amount_residual, binding.xero_id
              FROM account_move move
              JOIN xero_binding binding ON binding.res_model = 'account.move' AND binding.res_id = move.id
             WHERE move.id = ANY(%s)
            """,
            moves,
        ):
            due = float(invoices[xero_id]["AmountDue"])
            if due != float(open_amount):
                problems.append(f"{name}: {open_amount} open in Odoo, {due} in Xero")
            paid = [payment for payment in state["payments"] if _is_live(payment) and payment["DocumentID"] == xero_id]
            if [payment["Date"][:10] for payment in paid] != [payment_date]:
                problems.append(f"{name} has these payments: {paid}")
        for name, id_name in (("payments", "PaymentID"), ("allocations", "AllocationID")):
            strange = [found for found in state[name] if _is_live(found) and found[id_name] not in linked]
            problems += [f"{name}: nobody knows {found}" for found in strange]
        return problems

    def problems(self):
        """What is wrong in the end, in words: a document or contact missing, doubled, or not known to Odoo."""
        state = self.simulator.organisation(ORGANISATION)
        there = Counter(invoice["InvoiceNumber"] for invoice in state["invoices"])
        ids = {invoice["InvoiceNumber"]: invoice["InvoiceID"] for invoice in state["invoices"]}
        linked = {
            number: (xero_id, binding_state)
            for number, xero_id, binding_state in self.sql(
                """
                SELECT move.name, binding.xero_id, binding.state
                  FROM account_move move
                  LEFT JOIN xero_binding binding
                         ON binding.res_model = 'account.move' AND binding.res_id = move.id
                 WHERE move.id = ANY(%s)
                """,
                self.moves,
            )
        }
        problems = [f"{number} is {there[number]} times in Xero" for number in linked if there[number] != 1]
        wanted = linked.keys() | self.known
        problems += [f"{number} is in Xero and nobody asked for it" for number in there if number not in wanted]
        problems += [
            f"{number} is linked as {pair}" for number, pair in linked.items() if pair != (ids.get(number), "synced")
        ]
        names = Counter(contact["Name"] for contact in state["contacts"] if contact["Name"].startswith("Customer "))
        problems += [f"contact {name} is {times} times in Xero" for name, times in names.items() if times != 1]
        contacts = dict(
            self.sql("SELECT xero_id, state FROM xero_binding WHERE res_model = 'res.partner' AND xero_id IS NOT NULL")
        )
        wrong = [
            contact["Name"]
            for contact in state["contacts"]
            if contact["Name"].startswith("Customer ") and contacts.get(contact["ContactID"]) != "synced"
        ]
        return problems + [f"contact {name} is not linked" for name in wrong]
