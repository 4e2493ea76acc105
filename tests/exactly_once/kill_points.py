"""Moments at which an Odoo process is killed during a push."""

import random
import re
import time
from dataclasses import dataclass

# How long a call is held up, so that the kill falls into it for certain.
HELD = 3
MOMENTS = {
    "on the way": "the call has arrived and is never carried out",
    "arrived": "the call has arrived and is carried out after the kill",
    "carried out": "the call is carried out, its answer is not sent yet",
    "answered": "right after the answer, while Odoo writes down what it says",
    "any time": "wherever Odoo happens to be",
}


@dataclass(frozen=True)
class KillPoint:
    """Kill at ``moment`` of the ``call``-th call (from 0), or, for *any time*, ``seconds`` after the beginning.

    ``late``: the process comes back only after Xero has forgotten the idempotency key. ``of``: only such calls are
    counted, ``"PUT /Payments"`` for instance.
    """

    moment: str
    call: int = 0
    seconds: float = 0.0
    late: bool = False
    of: str = "/api.xro/"

    def __str__(self):
        where = f"{self.seconds:.2f} s" if self.moment == "any time" else f"call {self.call + 1}"
        where = where if self.of == "/api.xro/" else f"{where} of {self.of}"
        return f"{self.moment}, {where}{', back late' if self.late else ''}"


def random_points(number, seed, calls):
    """Points spread over all moments and calls; the same seed gives the same points."""
    chance = random.Random(seed)
    moments = list(MOMENTS)
    return [
        KillPoint(moments[index % len(moments)], chance.randrange(calls), chance.uniform(0, 3), chance.random() < 0.3)
        for index in range(number)
    ]


def push_with_kill(bench, point):
    """Let the engine begin, kill Odoo at the point and start it again; returns which call was struck, if any.

    A point behind the last call strikes after the end of the work, which must do no harm either.
    """
    hold(bench, point)
    bench.go()
    struck = wait_for(bench, point)
    bench.odoo.kill()
    bench.simulator.clear_faults()
    if point.late:
        bench.forget_keys()
    bench.odoo.start()
    return struck


def hold(bench, point):
    """Have the simulator hold the point's call up."""
    options = {"match": point.of, "after": point.call}
    if point.moment in ("on the way", "arrived"):
        bench.simulator.fault("delay", seconds=HELD, point="before", **options)
    if point.moment == "on the way":
        bench.simulator.fault("drop_before", **options)
    if point.moment == "carried out":
        bench.simulator.fault("delay", seconds=HELD, point="after", **options)


def wait_for(bench, point):
    """Wait for the point's moment; returns ``"PUT /Invoices"`` or the like."""
    if point.moment == "any time":
        time.sleep(point.seconds)
        calls = calls_of(bench, point)
        return name_of(calls[-1]) if calls else "before the first call"

    def reached():
        calls = calls_of(bench, point)
        if len(calls) > point.call and (point.moment != "answered" or calls[point.call]["ended"]):
            return calls[point.call]
        return {"method": "after the last call", "path": ""} if bench.is_quiet() else None

    call = bench.wait(reached)
    if point.moment in ("arrived", "on the way", "carried out"):
        # The call is in the log from its arrival on; what is carried out at once needs a moment for that.
        time.sleep(0.3)
    return name_of(call)


def calls_of(bench, point):
    """The calls that a point counts."""
    method, _space, path = point.of.rpartition(" ")
    return [
        call for call in bench.accounting_calls() if re.search(path, call["path"]) and method in ("", call["method"])
    ]


def name_of(call):
    """``"PUT /Invoices"``."""
    return f"{call['method']} /{call['path'].rpartition('/')[2]}" if call["path"] else call["method"]
