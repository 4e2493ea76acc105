"""A real Odoo server in processes of its own, which tests can talk to, kill and start again."""

import time

import requests

from machine import cache, processes

from .odoo_database import drop_database, fresh_demo_database, installation, sql

__all__ = ["OdooError", "OdooProcess", "drop_database", "fresh_demo_database"]

_START_SECONDS = 60
_CALL_SECONDS = 300


class OdooError(Exception):
    """Odoo answered a call with an error. `name` is the Python exception's, `debug` its traceback."""

    def __init__(self, error):
        data = error.get("data") or {}
        self.name = data.get("name", "")
        self.debug = data.get("debug", "")
        super().__init__(data.get("message") or error.get("message"))


class OdooProcess:
    """An Odoo server on `database`, on a free port of its own; as a context manager it starts and stops.

    `workers`: 0 for threads in one process, more for Odoo's worker processes. `cron_threads`: how many scheduled
    actions run at a time; 0 for none. Further keywords are options of Odoo's configuration file.
    """

    def __init__(self, database, workers=0, cron_threads=2, **options):
        self.database = database
        self.port = processes.free_port()
        self.url = f"http://localhost:{self.port}"
        self.name = f"{database}-{self.port}"
        self.log = cache.folder() / "log" / "processes" / f"{self.name}.log"
        self._options = {"workers": workers, "max_cron_threads": cron_threads, **options}
        self._process = None
        self._sessions = {}

    def __enter__(self):
        return self.start()

    def __exit__(self, *_error):
        self.stop()

    def start(self):
        """Start the server and wait until it answers."""
        config = installation().write_config(
            self.name,
            db_name=self.database,
            dbfilter=f"^{self.database}$",
            http_port=self.port,
            gevent_port=processes.free_port(),
            **self._options,
        )
        self._process = processes.start(
            installation().command(config), self.log, env=installation().environment(), cwd=cache.folder()
        )
        deadline = time.monotonic() + _START_SECONDS
        while not processes.answers(self.port, "/web/login"):
            if self._process.poll() is not None:
                raise RuntimeError(f"Odoo ended while starting: {processes.last_line(self.log)} (log: {self.log})")
            if time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"Odoo does not answer after {_START_SECONDS} seconds (log: {self.log})")
            time.sleep(0.05)
        return self

    @property
    def running(self):
        """Whether any process of the server is alive."""
        return self._process is not None and processes.group_is_alive(self._process)

    def stop(self):
        """Ask the server to end, and wait until all of its processes have."""
        if self._process is not None:
            processes.stop_group(self._process)
        cache.remove(cache.folder() / "config" / f"{self.name}.conf")

    def kill(self):
        """End all of the server's processes in the middle of whatever they do (SIGKILL)."""
        processes.kill_group(self._process)

    def restart(self):
        """Stop the server if it runs, and start it again on the same port."""
        self.stop()
        return self.start()

    def rpc(self, model, method, args=(), kwargs=None, user="admin", password=None):
        """Call a public method as the web client does; demo users' passwords are their logins. Raises OdooError."""
        session = self.session(user, password)
        path = f"/web/dataset/call_kw/{model}/{method}"
        return self._post(session, path, model=model, method=method, args=list(args), kwargs=kwargs or {})

    def session(self, user="admin", password=None):
        """A `requests` session signed in as `user`; one for each user."""
        if user not in self._sessions:
            session = requests.Session()
            answer = self._post(
                session, "/web/session/authenticate", db=self.database, login=user, password=password or user
            )
            if not answer.get("uid"):
                raise RuntimeError(f"Odoo does not sign {user} in")
            self._sessions[user] = session
        return self._sessions[user]

    def sql(self, query, *parameters):
        """Rows that a query gives on this server's database, past Odoo."""
        return sql(self.database, query, *parameters)

    def set_parameters(self, parameters):
        """Set system parameters, {key: value}."""
        for key, value in parameters.items():
            self.rpc("ir.config_parameter", "set_param", [key, value])

    def _post(self, session, path, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        response = session.post(self.url + path, json=body, timeout=_CALL_SECONDS)
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise OdooError(answer["error"])
        return answer.get("result")
