"""Programs run to their end or stopped with all that they started."""

import socket
import sys

import pytest

from machine import processes


@pytest.fixture
def stubborn(tmp_path):
    """A group of processes: a shell that has started two others, all deaf to polite requests."""
    script = "trap '' TERM; (trap '' TERM; sleep 600) & (trap '' TERM; sleep 600) & echo ready; wait; wait; sleep 600"
    log = tmp_path / "log"
    process = processes.start(["bash", "-c", script], log)
    while "ready" not in log.read_text():
        assert process.poll() is None
    yield process
    processes.kill_group(process)


def test_stopping_ends_the_whole_group_even_when_it_does_not_listen(stubborn):
    assert processes.group_is_alive(stubborn)
    processes.stop_group(stubborn, patience=0.3)
    assert not processes.group_is_alive(stubborn)


def test_killing_ends_the_whole_group(stubborn):
    processes.kill_group(stubborn)
    assert not processes.group_is_alive(stubborn)


def test_stopping_what_has_ended_is_fine(tmp_path):
    process = processes.start(["true"], tmp_path / "log")
    process.wait()
    processes.stop_group(process)


def test_a_failed_command_tells_its_last_error_line_and_its_log(tmp_path):
    log = tmp_path / "log"
    with pytest.raises(processes.CommandFailed) as failed:
        processes.run(["bash", "-c", "echo one; echo 'E: Package odd is not there'; echo; exit 3"], log)
    assert (failed.value.code, failed.value.reason) == (3, "E: Package odd is not there")
    assert str(log) in str(failed.value)
    assert not failed.value.network


@pytest.mark.parametrize(
    ("words", "network", "disk"),
    [
        ("Temporary failure resolving 'deb.debian.org'", True, False),
        ("Failed to establish a new connection: [Errno 111]", True, False),
        ("dpkg: error: No space left on device", False, True),
        ("something else", False, False),
    ],
)
def test_the_cause_of_a_failure_is_told_from_its_words(tmp_path, words, network, disk):
    with pytest.raises(processes.CommandFailed) as failed:
        processes.run([sys.executable, "-c", f"print({words!r}); raise SystemExit(1)"], tmp_path / "log")
    assert (failed.value.network, failed.value.disk) == (network, disk)


def test_a_missing_program_is_a_failed_command(tmp_path):
    with pytest.raises(processes.CommandFailed, match="command not found"):
        processes.run(["no-such-program-anywhere"], tmp_path / "log")


def test_a_port_in_use_is_noticed():
    port = processes.free_port()
    assert not processes.port_is_taken(port)
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))
        server.listen()
        assert processes.port_is_taken(port)
        assert not processes.answers(processes.free_port(), "/")
