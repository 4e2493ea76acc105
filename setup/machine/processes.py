"""Runs other programs: to their end with their words in a log, or in the background as a group that can be stopped."""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import time

from . import say

_PR_SET_PDEATHSIG = 1
_NETWORK_WORDS = (
    "Temporary failure resolving",
    "Temporary failure in name resolution",
    "Name or service not known",
    "Could not resolve",
    "Could not connect",
    "Failed to establish a new connection",
    "NewConnectionError",
    "Network is unreachable",
    "Connection refused",
    "Connection timed out",
    "Max retries exceeded",
    "unable to access",
)
_DISK_WORDS = ("No space left on device", "enough free space")


class CommandFailed(Exception):
    """A command ended with an error. `reason` is one line; `network` and `disk` say whether that was the cause."""

    def __init__(self, command, code, output, log):
        self.command = [str(part) for part in command]
        self.code = code
        self.output = output
        self.log = log
        self.network = any(word in output for word in _NETWORK_WORDS)
        self.disk = any(word in output for word in _DISK_WORDS)
        lines = [text.strip() for text in output.splitlines() if text.strip()]
        errors = [text for text in lines if text.lower().startswith(("e:", "error", "fatal"))]
        self.reason = (errors or lines or [f"exit code {code}"])[-1]
        super().__init__(f"{self.command[0]}: {self.reason} (log: {log})")


def run(command, log, env=None, cwd=None, timeout=None, stdin=subprocess.DEVNULL, **options):
    """Run `command` to its end, its output appended to the file `log`; raise CommandFailed when it fails."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with open(log, "ab") as handle:
        begun = handle.tell()
        handle.write(("$ " + " ".join(str(part) for part in command) + "\n").encode())
        handle.flush()
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                stdin=stdin,
                stdout=handle,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
                **options,
            )
        except FileNotFoundError as error:
            raise CommandFailed(command, 127, f"{command[0]}: command not found", log) from error
        try:
            code = process.wait(timeout)
        except BaseException:
            stop_group(process)
            raise
    if code:
        with open(log, "rb") as handle:
            handle.seek(begun)
            raise CommandFailed(command, code, handle.read().decode(errors="replace"), log)


def start(command, log, env=None, cwd=None):
    """Start `command` in a process group of its own, its output in the file `log`; it also ends when we die."""
    log.parent.mkdir(parents=True, exist_ok=True)
    parent = os.getpid()
    libc = ctypes.CDLL(None)

    def die_with_parent():
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    with open(log, "ab") as handle:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )


def stop_group(process, patience=10):
    """End `process` and all that it started: asked first, forced after `patience` seconds."""
    for sign, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, 5)):
        if not group_is_alive(process):
            break
        _signal_group(process, sign)
        deadline = time.monotonic() + wait
        while group_is_alive(process) and time.monotonic() < deadline:
            time.sleep(0.05)
    if group_is_alive(process):
        raise say.Stop(f"process group {process.pid} cannot be ended")


def kill_group(process):
    """End `process` and all that it started at once, as a crash would."""
    _signal_group(process, signal.SIGKILL)
    process.wait()
    while group_is_alive(process):
        time.sleep(0.01)


def group_is_alive(process):
    """Whether anything of the group that `process` leads still runs.

    Asked of /proc: a container's first process may never collect ended orphans, which signals still find.
    """
    process.poll()
    return any(group == process.pid and state not in "ZX" for group, state in _groups_and_states())


def _groups_and_states():
    """(process group, state letter) of every process."""
    for folder in os.listdir("/proc"):
        if not folder.isdigit():
            continue
        try:
            with open(f"/proc/{folder}/stat") as handle:
                # The name, in parentheses, may hold anything; the fields after it are state, parent, group, …
                state, _parent, group = handle.read().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        yield int(group), state


def _signal_group(process, sign):
    try:
        os.killpg(process.pid, sign)
    except ProcessLookupError:
        process.poll()


def free_port():
    """A TCP port on the loopback address that nothing uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def port_is_taken(port):
    """Whether something listens on the loopback TCP port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def answers(port, path):
    """Whether an HTTP server on the loopback port answers a request for `path` with anything but a server error."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def last_line(log):
    """The last words of a program that ended too early."""
    lines = [text.strip() for text in log.read_text(errors="replace").splitlines() if text.strip()]
    return lines[-1] if lines else "it said nothing"
