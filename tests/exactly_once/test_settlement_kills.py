"""Payments and allocations of invoices, with the Odoo process killed before, in and after each of their calls."""

from .kill_points import KillPoint, push_with_kill

# Each goes on where the one before it left off.
WHILE_MADE = (
    # Nothing is stored yet.
    KillPoint("any time", seconds=0.02),
    # The allocations, one call for each credit note: stored, and never carried out.
    KillPoint("on the way", of="PUT /CreditNotes/.*/Allocations"),
    # Two are carried out, and the answer to the second is lost for longer than Xero remembers the key.
    KillPoint("carried out", of="PUT /CreditNotes/.*/Allocations", call=1, late=True),
    # The payments, all in one call: carried out, and the answer is lost as long.
    KillPoint("carried out", of="PUT /Payments", late=True),
    # Odoo was about to write down what it found of them.
    KillPoint("answered", of="GET /Payments"),
)
WHILE_REPLACED = (
    # Removed, and the answer is lost.
    KillPoint("carried out", of="POST /Payments/"),
    # All are removed, and none is made again.
    KillPoint("answered", of="POST /Payments/", call=2),
    # Made again, and the answer is lost.
    KillPoint("carried out", of="PUT /Payments"),
)


def strike(bench, points):
    """Kill Odoo at each point in turn; return the calls that were struck."""
    struck = []
    for point in points:
        bench.simulator.forget_calls()
        struck.append(push_with_kill(bench, point))
    bench.finish()
    return struck


def test_payments_and_allocations_are_made_and_replaced_exactly_once_whenever_odoo_is_killed(bench):
    moves = bench.confirm(4, price=100)
    bench.finish()
    with bench.on_hold():
        payments = bench.pay(moves, 60)
        bench.credit(moves, 15)
    struck = strike(bench, WHILE_MADE)
    assert "after the last call" not in struck
    assert bench.settlement_problems(moves, "2026-03-20") == []

    with bench.on_hold():
        bench.rpc("account.payment", "action_draft", payments)
        bench.rpc("account.payment", "write", payments, {"date": "2026-03-24"})
        bench.rpc("account.payment", "action_post", payments)
    struck = strike(bench, WHILE_REPLACED)
    assert "after the last call" not in struck
    assert bench.settlement_problems(moves, "2026-03-24") == []
