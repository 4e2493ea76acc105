"""Journals of a million lines, and what the addon costs when invoices are confirmed; figures are ratios of one run."""

import io
import tempfile
import threading
import time
import zipfile
from datetime import date
from pathlib import Path

import pytest

from odoo import Command

from support import report

LINES = 1_000_000
_YEAR = (date(2026, 1, 1), date(2026, 12, 31))
# Each charge has a line of debit and one of credit for each of its 365 days.
CHARGES = LINES // (2 * 365) + 1
INVOICES, ROUNDS = 500, 20


class Nowhere(io.RawIOBase):
    """A file that takes everything and keeps nothing; what ``COPY`` alone writes to."""

    def writable(self):
        return True

    def write(self, data):
        return len(data)


class Peak:
    """The most memory that this process holds while something runs, over what it held before, in MB."""

    def __enter__(self):
        self._over, self._start, self.peak = threading.Event(), _resident(), 0
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self):
        while not self._over.wait(0.02):
            self.peak = max(self.peak, _resident() - self._start)

    def __exit__(self, *error):
        self._over.set()
        self._thread.join()


def _resident():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1024 / 1024


def _seconds(work):
    started = time.monotonic()
    work()
    return time.monotonic() - started


@pytest.fixture
def connection(env):
    """A connection with two accounts in its chart, as if it had been read from Xero."""
    company = env["res.company"].search([], limit=1, order="id")
    connection = env["xero.connection"].create(
        {"name": "Benchmark", "company_id": company.id, "tenant_id": "benchmark"}
    )
    accounts = {
        kind: env["xero.account"].create(
            {
                "connection_id": connection.id,
                "xero_id": code,
                "code": code,
                "name": name,
                "type": kind,
                "account_class": account_class,
            }
        )
        for code, name, kind, account_class in (
            ("810", "Deferred Revenue", "CURRLIAB", "LIABILITY"),
            ("200", "Sales", "REVENUE", "REVENUE"),
        )
    }
    env["xero.tax.rate"].create({"connection_id": connection.id, "xero_id": "NONE", "code": "NONE", "name": "No VAT"})
    connection.write(
        {"deferred_account_ids": accounts["CURRLIAB"].ids, "recognised_account_ids": accounts["REVENUE"].ids}
    )
    return connection


def _charges(env, connection, count):
    """Make charges of a year each, in plain SQL: what is measured is their export."""
    company = connection.company_id
    partner = env["res.partner"].create({"name": "Ridgeway University"})
    env.flush_all()
    env.cr.execute(
        """
        WITH made AS (
            INSERT INTO xero_recognition_charge (
                name, state, connection_id, company_id, move_name, partner_id, partner_name, product_name, currency_id,
                company_currency_id, amount, company_amount, method, charge_date, accounting_date, start_date, end_date,
                deferral, deferred_account_id, recognised_account_id)
            SELECT 'Support 2026', 'running', %(connection)s, %(company)s, 'INV/2026/' || number, %(partner)s,
                   'Ridgeway University', 'Support', %(currency)s, %(currency)s, 1000 + number, 1000 + number, 'daily',
                   %(first)s, %(first)s, %(first)s, %(last)s, FALSE, %(deferred)s, %(recognised)s
              FROM generate_series(1, %(count)s) number
         RETURNING id, company_amount)
        INSERT INTO xero_recognition_span (
            charge_id, kind, method, amount, decimals, date_from, date_to, clip_from, clip_to, correction)
        SELECT id, 'recognition', 'daily', company_amount, 2, %(first)s, %(last)s, %(first)s, %(last)s, FALSE FROM made
        """,
        {
            "connection": connection.id,
            "company": company.id,
            "partner": partner.id,
            "currency": company.currency_id.id,
            "deferred": connection.deferred_account_ids.id,
            "recognised": connection.recognised_account_ids.id,
            "count": count,
            "first": _YEAR[0],
            "last": _YEAR[1],
        },
    )
    env.cr.execute("ANALYZE xero_recognition_span, xero_recognition_charge")


def _export(env, connection, **values):
    values = {"connection_id": connection.id, "date_from": _YEAR[0], "date_to": _YEAR[1], **values}
    export = env["xero.journal.export"].create(values)
    env["xero.recognition.span"]._take(export, export._chosen(), *_YEAR, False)
    return export


def test_a_million_daily_lines(env, connection):
    """Exported in at most 3 × the time that COPY takes to write the same rows, with flat memory."""
    _charges(env, connection, CHARGES)
    export = _export(env, connection)
    env.flush_all()
    with Peak() as memory:
        # Of both the fastest counts: a machine's speed changes.
        ours = min(_seconds(export._make_file) for _time in range(3))
    assert export.row_count == CHARGES * 2 * 365 >= LINES
    # The same rows, ready in a table with Xero's columns, written by PostgreSQL alone.
    names = ("narration", "date", "description", "code", "rate", "amount", "name1", "option1", "name2", "option2")
    env.cr.execute(f"CREATE TEMPORARY TABLE benchmark_rows ({', '.join(f'{name} text' for name in names)})")
    with tempfile.TemporaryFile() as file:
        for text in _texts(export):
            file.write(text.partition(b"\n")[2])
        file.seek(0)
        env.cr.copy_expert("COPY benchmark_rows FROM STDIN WITH (FORMAT csv)", file)
    env.cr.execute("ANALYZE benchmark_rows")
    copy = min(
        _seconds(lambda: env.cr.copy_expert("COPY benchmark_rows TO STDOUT WITH (FORMAT csv)", Nowhere()))
        for _time in range(3)
    )
    monthly = _export_again(env, connection, export)
    report.line(
        f"{export.row_count:,} lines: {ours:.1f} s, COPY alone {copy:.1f} s, ratio {ours / copy:.2f}; "
        f"memory +{memory.peak:.0f} MB; file {len(export.attachment_id.raw) / 1e6:.1f} MB; monthly {monthly:.2f} s"
    )
    assert ours <= 3 * copy
    assert memory.peak <= 200
    assert monthly <= 2


def _texts(export):
    with zipfile.ZipFile(io.BytesIO(export.attachment_id.raw)) as archive:
        for name in archive.namelist():
            yield archive.read(name)


def _export_again(env, connection, export):
    """The same schedule as monthly totals; returns the seconds that it took."""
    export._free()
    again = _export(env, connection, aggregation="monthly")
    env.flush_all()
    return _seconds(again._make_file)


def test_confirming_invoices(env, connection):
    """Confirming invoices whose products are recognised over time costs at most 10 % more."""
    product = env["product.product"].create({"name": "Support", "type": "service", "taxes_id": [Command.clear()]})
    accounts = (connection.deferred_account_ids.id, connection.recognised_account_ids.id)
    # A machine's speed changes, and Odoo gets slower with each invoice: with, without, without, with, and so on.
    seconds = {True: 0.0, False: 0.0}
    for number in range(ROUNDS):
        mapped = number % 4 in (0, 3)
        deferred, recognised = accounts if mapped else (False, False)
        product.write({"xero_deferred_account_id": deferred, "xero_recognised_account_id": recognised})
        moves = _drafts(env, product)
        seconds[mapped] += _seconds(lambda moves=moves: (moves.action_post(), env.flush_all()))
        # As in use, where each confirmation is a transaction: within a single one PostgreSQL cannot clean up.
        env.cr.commit()
    assert env["xero.recognition.charge"].search_count([]) == ROUNDS * INVOICES / 2
    ratio = seconds[True] / seconds[False]
    report.line(
        f"{ROUNDS * INVOICES:,} invoices confirmed, half of them without a charge in {seconds[False]:.1f} s, half with "
        f"in {seconds[True]:.1f} s: ratio {ratio:.3f}"
    )
    assert ratio <= 1.1


def _drafts(env, product):
    partner = env["res.partner"].create({"name": "Ridgeway University"})
    line = {"product_id": product.id, "quantity": 1, "price_unit": 1200, "start_date": _YEAR[0], "end_date": _YEAR[1]}
    values = {
        "move_type": "out_invoice",
        "partner_id": partner.id,
        "invoice_date": "2026-01-01",
        "invoice_line_ids": [Command.create(line)],
    }
    moves = env["account.move"].create([values] * INVOICES)
    env.flush_all()
    return moves
