"""A push of 200 invoices of 40 new customers, with the Odoo process killed in its middle."""

from .kill_points import KillPoint, push_with_kill

# A push of 200 makes 6 calls: contacts are searched and made, and invoices go in four batches.
POINTS = (
    # The contacts are made, and their ids are lost.
    KillPoint("carried out", call=1),
    # Repeated contacts, first batch, and the second one never reaches Xero.
    KillPoint("on the way", call=2),
    # Repeated second batch, what changed in Xero is read, and the third one's ids are lost for longer than Xero
    # remembers the key.
    KillPoint("carried out", call=2, late=True),
    # The third batch was looked up, and what was found is lost again.
    KillPoint("answered", call=0),
)


def test_an_odoo_that_is_killed_again_and_again_pushes_200_invoices_exactly_once(bench):
    bench.confirm_on_hold(200)
    for point in POINTS:
        bench.simulator.forget_calls()
        assert push_with_kill(bench, point) != "after the last call", point
        if point.moment != "answered":
            stored = bench.sql("SELECT count(*) FROM xero_request WHERE state = 'prepared'")
            assert stored == [(1,)], f"{point}: the attempt was not stored before the call"
        assert not bench.is_quiet(), f"{point} left nothing to recover"
    bench.finish()
    assert bench.problems() == []
