"""`setup/test` in several processes: what each has for itself, one report, and nothing left in the end."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

import psutil
import pytest

from machine import cache, test
from machine.python_env import REPOSITORY
from support import side_by_side
from support.odoo_database import installation

_SECONDS = 120
_TEST = """
import json, time
from pathlib import Path
import odoo, pytest
from support import report

def test_it():
    config = odoo.tools.config
    facts = {{key: str(config[key]) for key in ("db_name", "dbfilter", "http_port", "logfile")}}
    Path(__file__).with_suffix(".json").write_text(json.dumps(facts))
    report.line("{name} was here")
    {end}
"""


@pytest.fixture
def folder():
    """A folder for test files inside the checkout, where its conftest.py counts."""
    path = cache.fresh_folder(REPOSITORY / "test-artifacts" / f"side-by-side-{os.getpid()}")
    yield path
    cache.remove(path)


@pytest.fixture
def start(folder):
    """Start the command on files, {name: last line of its only test}, in two processes."""
    running = []
    output = open(folder / "output", "w+")  # noqa: SIM115 - a pipe would stay open as long as anything of it runs

    def started(**ends):
        paths = [folder / f"test_{name}.py" for name in ends]
        for path, (name, end) in zip(paths, ends.items(), strict=True):
            path.write_text(_TEST.format(name=name, end=end))
        command = [sys.executable, REPOSITORY / "setup/test", *test.distribution([], 4), *paths]
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=output)
        running.append(process)
        return process

    yield started
    for process in running:
        for left in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else ():
            left.kill()
        process.kill()
        process.wait()
    output.close()


def _end(process, folder):
    """Wait for the command's end; returns its exit code and what it said."""
    code = process.wait(_SECONDS)
    return code, (folder / "output").read_text()


def _facts(folder, count=2):
    deadline = time.monotonic() + _SECONDS
    while len(found := sorted(folder.glob("*.json"))) < count or not all(path.read_text() for path in found):
        assert time.monotonic() < deadline, found
        time.sleep(0.1)
    return [json.loads(path.read_text()) for path in found]


def _databases_of(process):
    connection = installation().server.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT datname FROM pg_database WHERE datname ~ %s", (f"_test_{process.pid}(_|$)",))
            return [name for (name,) in cursor.fetchall()]
    finally:
        connection.close()


@pytest.mark.parametrize(("cores", "processes"), [(1, None), (2, "2"), (3, "2"), (4, "2"), (6, "3"), (64, "4")])
def test_all_tests_run_in_two_processes_or_one_for_two_cores_up_to_four(cores, processes):
    expected = ["-n", processes] if processes else []
    assert test.distribution([], cores)[:2] == expected


def test_what_the_user_asks_for_runs_in_one_process():
    assert test.distribution(["-k", "webhook"], 8) == []


def test_each_process_has_its_own_and_there_is_one_report(start, folder):
    process = start(one="pass", two="pytest.fail('on purpose')")
    code, output = _end(process, folder)
    assert code == 1, output
    first, second = _facts(folder)
    assert all(first[key] != second[key] for key in first), (first, second)
    assert {first["db_name"], second["db_name"]} == {f"['xero_connector_test_{process.pid}_{n}']" for n in (0, 1)}
    assert re.fullmatch(r"=+ 1 failed, 1 passed in [\d.]+s( \([\d:]+\))? =+", output.splitlines()[-1]), output
    for text in ("on purpose", "one was here", "two was here", first["logfile"], second["logfile"]):
        assert text in output
    assert not _databases_of(process)


def test_a_process_that_dies_fails_its_test_and_ends_the_run(start, folder):
    process = start(one="import os; os._exit(0)", two="pass", three="pass")
    code, output = _end(process, folder)
    assert code == 1, output
    assert re.fullmatch(r"=+ 1 failed(, \d passed)? in .* =+", output.splitlines()[-1]), output
    assert re.search(r"FAILED test-artifacts/.*/test_one.py::test_it", output), output
    assert not _databases_of(process)


def test_ctrl_c_ends_all_processes_and_drops_their_databases(start, folder):
    process = start(one="time.sleep(600)", two="time.sleep(600)")
    _facts(folder)
    assert len(_databases_of(process)) == 3
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    code, output = _end(process, folder)
    assert code == 128 + signal.SIGINT, output
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert not _databases_of(process)


class _Node:
    """One of the processes, as the scheduler sees it."""

    def __init__(self):
        self.given, self.shutting_down, self.gateway = [], False, SimpleNamespace(id="process")

    def send_runtest_some(self, indices):
        self.given += indices

    def shutdown(self):
        self.shutting_down = True


class _Config:
    """The options that xdist's scheduler reads."""

    def __init__(self, processes):
        self.option = SimpleNamespace(loadscopereorder=True)
        self.processes = processes

    def getvalue(self, name):
        return {"tx": ["popen"] * self.processes}[name]


_PATHS = (
    "tests/browser/test_a.py",
    "tests/exactly_once/test_b.py",
    "xero_connector/tests/test_random_money.py",
    "tests/simulator/test_c.py",
    "tests/simulator/test_d.py",
)


def _order(cores):
    """The files that two processes run, in the order in which they begin, as (process, file)."""
    scheduler = side_by_side.Scheduler(_Config(2), None, cores)
    nodes = [_Node(), _Node()]
    tests = [f"{path}::test_{number}" for path in _PATHS for number in range(4)]
    for node in nodes:
        scheduler.add_node(node)
        scheduler.add_node_collection(node, tests)
    scheduler.schedule()
    begun, done = [], {node: 0 for node in nodes}
    while any(done[node] < len(node.given) for node in nodes):
        for node in nodes:
            # The last one it has waits until the process knows what comes next, or that nothing does.
            ready = len(node.given) - (0 if node.shutting_down else 1)
            if done[node] < ready:
                test = node.given[done[node]]
                begun.append((nodes.index(node), tests[test].partition("::")[0]))
                done[node] += 1
                scheduler.mark_test_complete(node, test)
    assert len(begun) == len(tests)
    assert scheduler.tests_finished
    return begun


def test_what_takes_minutes_begins_first_and_servers_run_beside_the_files():
    begun = _order(cores=4)
    assert begun[0] == (0, "tests/browser/test_a.py")
    assert begun[1] == (1, "xero_connector/tests/test_random_money.py")
    assert len({process for process, path in begun if path.startswith(("tests/browser", "tests/exactly"))}) == 1


@pytest.mark.parametrize("cores", [2, 3])
def test_servers_and_browsers_wait_until_one_process_is_left_on_a_small_machine(cores):
    begun = _order(cores)
    servers = [path.startswith(("tests/browser", "tests/exactly")) for _process, path in begun]
    first = servers.index(True)
    # What the other process has to end with: two tests at most.
    assert servers[first:].count(False) <= 2
    assert len({process for process, _path in begun[first:][-8:]}) == 1
    assert {process for process, _path in begun[:first]} == {0, 1}


def test_servers_and_browsers_of_two_tests_are_never_in_each_others_way():
    paths = ("tests/browser/test_a.py::test_b", "tests/exactly_once/test_c.py::test_d", "tests/setup/test_e.py::test_f")
    scheduler = side_by_side.Scheduler(_Config(2), None)
    assert len({scheduler._split_scope(path) for path in paths}) == 1
    assert scheduler._split_scope("tests/simulator/test_a.py::test_b") == "tests/simulator/test_a.py"


@pytest.mark.parametrize("name", [name for name in side_by_side._FIRST if name.endswith(".py")])
def test_what_goes_first_is_there(name):
    assert (REPOSITORY / name).is_file()
