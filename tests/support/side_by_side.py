"""Several pytest processes side by side (pytest-xdist): which tests each gets, and what each has for itself."""

import os
from pathlib import Path

from xdist.scheduler import LoadFileScheduling

from machine import databases

from .odoo_database import installation

# These start servers and browsers of their own, several processes each: two of them at a time would be too slow
# for the time limits in them.
_ONE_AT_A_TIME = ("tests/browser/", "tests/exactly_once/", "tests/setup/")
_WITH_SERVERS = "with servers of their own"
# What takes minutes must not begin when the other processes are about to end.
_FIRST = (
    _WITH_SERVERS,
    "xero_connector/tests/test_random_totals.py",
    "xero_connector/tests/test_random_money.py",
    "xero_connector/tests/test_batches.py",
)


class Scheduler(LoadFileScheduling):
    """The next file goes to whichever process is free, those that take minutes first.

    Tests with servers of their own are one piece, by far the largest: one process begins with it, while the others
    go through the files. On a machine with fewer than two cores for each process it comes last, when one process is
    left.
    """

    def __init__(self, config, log, cores=None):
        super().__init__(config, log)
        self.crowded = self.numnodes * 2 > (cores or len(os.sched_getaffinity(0)))

    def _split_scope(self, nodeid):
        return _WITH_SERVERS if nodeid.startswith(_ONE_AT_A_TIME) else super()._split_scope(nodeid)

    def _assign_work_unit(self, node):
        for scope in reversed(_FIRST):
            if scope in self.workqueue:
                self.workqueue.move_to_end(scope, last=self.crowded and scope == _WITH_SERVERS)
        super()._assign_work_unit(node)

    def _reschedule(self, node):
        if self.crowded and list(self.workqueue) == [_WITH_SERVERS] and not self._is_alone(node):
            if self._pending_of(self.assigned_work[node]) <= 2:
                # It ends with what it has; who is left then has the machine for itself.
                node.shutdown()
            return
        super()._reschedule(node)

    def _is_alone(self, node):
        return all(other is node or other.shutting_down for other in self.nodes)


def separate(config):
    """Give this process a copy of the run's database, which `setup/test` drops in the end, and an Odoo log.

    To be called before pytest-odoo reads its options. It would make a database too, but with the attachments of all
    processes in one folder, where Odoo in one process tidies up what it takes for nobody's.
    """
    number = os.environ.pop("PYTEST_XDIST_WORKER").removeprefix("gw")
    common = config.option.odoo_database
    config.option.odoo_database = f"{common}_{number}"
    databases.copy(installation(), common, config.option.odoo_database)
    config.option.odoo_extra = [
        *config.option.odoo_extra,
        f"db-filter=^{config.option.odoo_database}$",
        f"logfile={_log(os.environ['XERO_TEST_ODOO_LOG'], number)}",
    ]


def logs(common):
    """Odoo's logs of a run, in words; `common` is that of a single process."""
    return ", ".join(map(str, sorted(Path(common).parent.glob(_log(common, "*").name)))) or common


def _log(common, number):
    path = Path(common)
    return path.with_name(f"{path.stem}-{number}{path.suffix}")
