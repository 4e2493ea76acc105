"""The Xero simulator in a process of its own, for tests whose Odoo is one as well."""

import sys
import time

import requests

from machine import cache, processes
from machine.python_env import REPOSITORY

_START_SECONDS = 20
_CALL_SECONDS = 30


class SimulatorProcess:
    """A simulator on a free port; as a context manager it starts and stops. `demo`: with the demo's organisations."""

    def __init__(self, demo=True):
        self.port = processes.free_port()
        self.url = f"http://localhost:{self.port}"
        self.log = cache.folder() / "log" / "processes" / f"simulator-{self.port}.log"
        self._arguments = ["--demo"] if demo else []
        self._process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        self.stop()

    def start(self):
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "xero_simulator", "--port", self.port, *self._arguments]
        self._process = processes.start(command, self.log, cwd=REPOSITORY / "tests")
        deadline = time.monotonic() + _START_SECONDS
        while not processes.answers(self.port, "/"):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"the simulator did not start: {processes.last_line(self.log)} (log: {self.log})")
            time.sleep(0.05)
        return self

    def stop(self):
        """End it; what it knew is forgotten."""
        processes.stop_group(self._process)

    def kill(self):
        """End it at once, as an outage would."""
        processes.kill_group(self._process)

    def state(self):
        """Everything it holds: organisations with their books, apps, connections."""
        return self._call("GET", "state")

    def organisation(self, name):
        """One organisation of `state()` by its name."""
        return next(org for org in self.state()["organisations"] if org["name"] == name)

    def calls(self):
        """All calls it has answered, oldest first."""
        return self._call("GET", "calls")

    def forget_calls(self):
        """Empty the list of calls."""
        self._call("DELETE", "calls")

    def reset(self):
        """Make it as empty as a new one."""
        self._call("POST", "reset")

    def fault(self, kind, **options):
        """Inject a fault, as `XeroSimulator.fault` does."""
        return self._call("POST", "faults", kind=kind, **options)

    def clear_faults(self):
        """Take all faults away."""
        self._call("DELETE", "faults")

    def advance(self, seconds):
        """Move its clock on."""
        return self._call("POST", "clock", advance=seconds)

    def add_app(self, **options):
        """Register an app; returns its client_id and client_secret."""
        return self._call("POST", "apps", **options)

    def add_organisation(self, name, **options):
        """Add an organisation; returns its tenantId, name, shortCode and currency."""
        return self._call("POST", "organisations", name=name, **options)

    def grant(self, client_id, tenants, **options):
        """What a consent and code exchange would have given: tokens for these organisations."""
        return self._call("POST", "grant", client_id=client_id, organisations=tenants, **options)

    def act(self, tenant, action, **options):
        """Do what a person does in Xero's own screens, for example `void_invoice`."""
        return self._call("POST", f"organisations/{tenant}/act", action=action, **options)

    def settings(self, tenant, **options):
        """Change an organisation's settings, for example `limits={"minute": 1000}`."""
        return self._call("POST", f"organisations/{tenant}/settings", **options)

    def _call(self, method, path, **body):
        response = requests.request(
            method, f"{self.url}/_simulator/{path}", json=body if method == "POST" else None, timeout=_CALL_SECONDS
        )
        if not response.ok:
            raise RuntimeError(f"{method} {path}: {response.status_code} {response.text}")
        return response.json()
