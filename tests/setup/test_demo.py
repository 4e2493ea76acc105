"""`setup/demo` as a user runs it, and what it refuses."""

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest
import requests

from machine import cache, databases, demo, demo_database, processes, say
from machine.python_env import REPOSITORY
from support.odoo_database import installation

_NAME = f"t{os.getpid()}"
_START_SECONDS = 300


@pytest.mark.parametrize(("option", "other"), [("--port", "--simulator-port"), ("--simulator-port", "--port")])
def test_a_taken_port_is_named_with_its_option(empty_cache, option, other):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(say.Stop, match=f"^port {port} is taken; choose another one with {option}$"):
            demo.main([option, str(port), other, str(processes.free_port())])


@pytest.mark.parametrize(
    "arguments", [["--port", "x"], ["--port", "70000"], ["--port", "8070"], ["--name", "A"], ["x"]]
)
def test_wrong_arguments_end_with_code_2(arguments, capsys):
    with pytest.raises(SystemExit) as ended:
        demo.main(arguments)
    assert ended.value.code == 2
    assert "setup/demo: error: " in capsys.readouterr().err


@pytest.fixture
def running_demo():
    """The command itself, ready, with a name of its own; gone without a trace in the end."""
    port, simulator_port = processes.free_port(), processes.free_port()
    log = cache.folder() / "log" / f"{_NAME}.log"
    command = [sys.executable, REPOSITORY / "setup/demo", "--name", _NAME, "--port", port]
    with open(log, "w+") as handle:
        process = subprocess.Popen(
            [*map(str, command), "--simulator-port", str(simulator_port)], stdout=handle, stderr=handle
        )
        deadline = time.monotonic() + _START_SECONDS
        while "Ctrl-C ends" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
    yield process, port, simulator_port, log
    process.kill()
    process.wait()
    databases.drop(installation(), demo_database.name_of(_NAME))
    cache.remove(cache.folder() / "demos" / f"{_NAME}.json")
    cache.remove(cache.folder() / f"demo-{_NAME}.lock")


def test_the_demo_comes_up_refuses_a_second_one_and_ends_with_all_it_started(running_demo):
    process, port, simulator_port, log = running_demo
    page = requests.get(f"http://localhost:{port}/web/login", timeout=30)
    assert page.status_code == 200
    assert 'name="password"' in page.text
    assert requests.get(f"http://localhost:{simulator_port}/", timeout=30).status_code == 200
    with pytest.raises(say.Stop, match=f"the demo already runs .process {process.pid}."):
        demo.main(["--name", _NAME])

    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 2
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 128 + signal.SIGINT
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    assert not processes.port_is_taken(port)
    assert not processes.port_is_taken(simulator_port)
    assert "Traceback" not in log.read_text()
