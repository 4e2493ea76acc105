"""The journals of an export by API, with the Odoo process killed while they are made, posted and taken back."""

from collections import Counter

from .kill_points import KillPoint, push_with_kill
from .workbench import ORGANISATION

# January and February, a journal a day: a call of 50 and one of 9.
FIRST, LAST, JOURNALS = "2026-01-01", "2026-02-28", 59
# Each goes on where the one before it left off.
WHILE_POSTED = (
    # Nothing is stored yet.
    KillPoint("any time", seconds=0.02),
    # The first call is carried out, and its ids are lost.
    KillPoint("carried out", of="PUT /ManualJournals"),
    # It is repeated, and the second one never reaches Xero.
    KillPoint("on the way", call=1, of="PUT /ManualJournals"),
    # The second one's ids are lost for longer than Xero remembers the key.
    KillPoint("carried out", of="PUT /ManualJournals", late=True),
    # Odoo was about to write down what it found of them.
    KillPoint("answered", of="GET /ManualJournals"),
)
WHILE_VOIDED = (
    # The first fifty are voided, and the answer is lost for longer than Xero remembers the key.
    KillPoint("carried out", of="POST /ManualJournals", late=True),
    # That they are void was read back. The last nine are not: the call never arrives.
    KillPoint("on the way", of="POST /ManualJournals"),
    # They are voided, and the answer is lost: repeating the call settles the last of them.
    KillPoint("carried out", of="POST /ManualJournals"),
)


def test_journals_are_posted_and_voided_exactly_once_whenever_odoo_is_killed(bench):
    with bench.on_hold():
        export = _exported(bench)
        # Its journals are made in the background: that begins anew too.
        bench.odoo.kill()
        bench.odoo.start()
        bench.wait(lambda: _state(bench, export) == "ready")
    _strike(bench, WHILE_POSTED)
    assert _in_xero(bench, export) == {"POSTED": JOURNALS}

    with bench.on_hold():
        bench.rpc("xero.journal.export", "action_undo", [export])
    _strike(bench, WHILE_VOIDED)
    assert _in_xero(bench, export) == {"VOIDED": JOURNALS}
    bench.wait(lambda: _state(bench, export) == "undone")
    assert bench.sql("SELECT count(*) FROM xero_recognition_span WHERE export_id IS NOT NULL") == [(0,)]
    # Without journals in Xero none are read back: the tests that follow count calls.
    bench.rpc("xero.journal.export", "unlink", [export])
    assert bench.sql("SELECT count(*) FROM xero_binding WHERE res_model = 'xero.manual.journal'") == [(0,)]


def _exported(bench):
    """Have the two months of a year's support exported; returns the export."""
    deferred, recognised = bench.account("810"), bench.account("200")
    accounts = {"deferred_account_ids": [deferred], "recognised_account_ids": [recognised], "journal_status": "POSTED"}
    bench.rpc("xero.connection", "write", [bench.connection], accounts)
    mapping = {"xero_deferred_account_id": deferred, "xero_recognised_account_id": recognised}
    [product] = bench.rpc("product.product", "create", [{"name": "Support", "type": "service", **mapping}])
    service = {"product_id": product, "start_date": "2026-01-01", "end_date": "2026-12-31"}
    bench.confirm(1, price=1200, **service)
    values = {"connection_id": bench.connection, "date_from": FIRST, "date_to": LAST, "destination": "api"}
    [wizard] = bench.rpc("xero.journal.export.wizard", "create", [values])
    return bench.rpc("xero.journal.export.wizard", "action_export", [wizard])["res_id"]


def _state(bench, export):
    [found] = bench.rpc("xero.journal.export", "read", [export], ["state"])
    return found["state"]


def _strike(bench, points):
    """Kill Odoo at each point in turn."""
    for point in points:
        bench.simulator.forget_calls()
        assert push_with_kill(bench, point) != "after the last call", point
    bench.finish()


def _in_xero(bench, export):
    """Count the journals of an export in Xero by status; each is there once, and Odoo knows it."""
    there = bench.simulator.organisation(ORGANISATION)["manual_journals"]
    linked = bench.sql(
        """
        SELECT journal.narration, binding.xero_id
          FROM xero_manual_journal journal
          LEFT JOIN xero_binding binding
                 ON binding.res_model = 'xero.manual.journal' AND binding.res_id = journal.id
                AND binding.state = 'synced'
         WHERE journal.export_id = %s
        """,
        export,
    )
    assert sorted(linked) == sorted((journal["Narration"], journal["ManualJournalID"]) for journal in there)
    return Counter(journal["Status"] for journal in there)
