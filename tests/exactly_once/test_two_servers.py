"""Two Odoo servers on one database, as behind a load balancer."""

from concurrent.futures import ThreadPoolExecutor

from support.odoo_process import OdooProcess


def test_two_servers_that_push_at_once_send_everything_once(bench):
    moves = bench.confirm_on_hold(200)
    with OdooProcess(bench.database) as second:
        bench.rpc("xero.connection", "action_resume", [bench.connection])
        # Each server's cron runs, and people press Push on both at once: on all of them, and on single ones.
        pushes = [(server, [move]) for move in moves[:20] for server in (bench.odoo, second)]
        pushes += [(bench.odoo, moves), (second, moves)]
        for server in (bench.odoo, second):
            server.session()
        with ThreadPoolExecutor(max_workers=6) as people:
            notices = list(
                people.map(lambda push: push[0].rpc("account.move", "action_push_to_xero", [push[1]]), pushes)
            )
        bench.finish()
    assert all(notice["params"]["type"] != "danger" for notice in notices)
    assert bench.problems() == []
    # One runner at a time, whichever server it is in: no call begins before the one before it has ended.
    calls = sorted(bench.accounting_calls(), key=lambda call: call["started"])
    assert all(first["ended"] <= then["started"] for first, then in zip(calls, calls[1:], strict=False))
