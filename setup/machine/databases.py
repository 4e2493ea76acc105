"""Databases made once and copied from then on.

`base`: Odoo with accounting, known by Odoo's release. `addons`: a copy of it with this project's addons, known by
their code. Each comes without and with Odoo's demo data. A run works on a copy and drops it.
"""

import hashlib
import os
import re
import shutil
import time

import psycopg2
from psycopg2 import sql

from . import addons, cache, odoo_scripts, processes, say

# Raise it when the way a template is made changes.
_RECIPE = "2"
_PREFIX = "xero_connector_template"
_KEPT_OF_A_KIND = 3
_COPY = re.compile(r"^xero_connector_(?:test|process)_(\d+)(?:_\d+)?$")
_LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ [A-Z]+ ")
_FAILURE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (ERROR|CRITICAL) ")
_BEING_MADE = "_unfinished"


def base_key(installation, demo):
    """Name of the template with Odoo's accounting, made or not: it changes with Odoo."""
    facts = f"{_RECIPE} {installation.odoo.fingerprint}"
    return f"{_PREFIX}_base{_flavour(demo)}_{hashlib.sha256(facts.encode()).hexdigest()[:12]}"


def base_template(installation, demo):
    """Name of the template with Odoo's accounting, made when missing."""
    name = base_key(installation, demo)
    what = "a database with Odoo's accounting" + (" and demo data" if demo else "")
    _template(installation, name, None, ["account"], demo, what)
    return name


def addons_template(installation, demo, only=None):
    """Name of the template with this project's addons installed (or `only` some of them), made when missing."""
    with cache.lock("databases", "another run that prepares databases"):
        base = base_template(installation, demo)
        modules = only or addons.names()
        if not modules:
            return base
        addons.check_dependencies(installation.addons_path)
        facts = f"{base} {modules} {sorted(addons.digests().items())}"
        key = hashlib.sha256(facts.encode()).hexdigest()[:12]
        name = f"{_PREFIX}_addons{_flavour(demo)}_{key}"
        _template(installation, name, base, modules, demo, f"a database with {', '.join(modules)}")
        for kind in ("base", "base_demo", "addons", "addons_demo"):
            _drop_stale_templates(installation, kind, keep={base, name})
        return name


def _flavour(demo):
    return "_demo" if demo else ""


def _template(installation, name, source, modules, demo, what):
    if exists(installation, name):
        _mark_used(name)
        return
    cache.check_disk_space(cache.folder(), first_time=False)
    unfinished = name + _BEING_MADE
    drop(installation, unfinished)
    with say.step(f"making {what}"):
        if source:
            copy(installation, source, unfinished)
        else:
            create(installation, unfinished)
        try:
            install(installation, unfinished, modules, demo)
            if not source:
                odoo_scripts.run(installation, unfinished, "assets")
        except BaseException:
            drop(installation, unfinished)
            raise
        _rename(installation, unfinished, name)
    _mark_used(name)


def install(installation, database, modules, demo, update=False):
    """Install (or update) addons in a database; Odoo's warnings go to the screen, its log to a file."""
    log = cache.folder() / "log" / f"install-{database}.log"
    cache.remove(log)
    flags = ["-u" if update else "-i", ",".join(modules), "--stop-after-init"]
    if demo:
        flags.append("--with-demo")
    ours = addons.names()
    options = {} if set(ours) & set(modules) else {"addons_path": ",".join(map(str, installation.odoo.addons))}
    try:
        installation.run(f"install-{os.getpid()}", "-d", database, *flags, log=log, **options)
    except processes.CommandFailed as error:
        if error.disk:
            raise say.Stop(f"no disk space left while installing {', '.join(modules)}") from error
        failure = _last_failure(error.output)
        _show(failure)
        raise say.Stop(f"Odoo could not install {', '.join(modules)}: {failure[-1].strip()} (log: {log})") from error
    finally:
        cache.remove(cache.folder() / "config" / f"install-{os.getpid()}.conf")
    _show(_warnings(log.read_text(errors="replace"), ours))


def _warnings(text, modules):
    """Lines in which Odoo warns of something in these addons, each once."""
    if not modules:
        return []
    ours = re.compile(r"^\S+ \S+ \d+ (WARNING|ERROR|CRITICAL) .*\b(" + "|".join(map(re.escape, modules)) + r"|xero)\b")
    # The first three words are the time and the process; Odoo repeats some warnings.
    return list({line.split(" ", 3)[3]: line for line in text.splitlines() if ours.match(line)}.values())


def _last_failure(text):
    """The last error of an Odoo log with its traceback; the log's end when there is none."""
    lines = text.splitlines() or ["no output"]
    starts = [index for index, line in enumerate(lines) if _FAILURE.match(line)]
    if not starts:
        return lines[-20:]
    begin = starts[-1]
    end = next((index for index in range(begin + 1, len(lines)) if _LOG_LINE.match(lines[index])), len(lines))
    return lines[begin:end][-60:]


def _show(lines):
    for line in lines:
        say.line(f"  | {line}")


def exists(installation, name):
    """Whether the server has a database of this name."""
    return bool(_query(installation, "SELECT 1 FROM pg_database WHERE datname = %s", name))


def has_used_xero(installation, name):
    """Whether this database holds anything of a Xero organisation: a connection that signed in, or a linked record."""
    connection = installation.server.connect(name)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('xero_connection') IS NOT NULL")
            if not cursor.fetchone()[0]:
                return False
            cursor.execute(
                "SELECT EXISTS (SELECT FROM xero_connection WHERE tenant_id IS NOT NULL)"
                " OR EXISTS (SELECT FROM xero_binding WHERE xero_id IS NOT NULL)"
            )
            return cursor.fetchone()[0]
    finally:
        connection.close()


def create(installation, name):
    """Make an empty database as Odoo wants it."""
    statement = "CREATE DATABASE {} ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0"
    _execute(installation, statement, name)


def copy(installation, source, target):
    """Make `target` a copy of the database `source`, attachments included. Takes about a second."""
    _execute(installation, "CREATE DATABASE {} TEMPLATE {}", target, source)
    files = _files(installation, source)
    cache.remove(_files(installation, target))
    if files.is_dir():
        # Attachments are never changed in place, so both databases may share the same file.
        shutil.copytree(files, _files(installation, target), copy_function=os.link)


def keep_statistics(installation, name):
    """Keep PostgreSQL from looking through the tables of a database for tests by itself.

    Tests never commit: seen from outside their tables are empty. With that noted in the middle of a test, PostgreSQL
    plans a query of Odoo's on a thousand invoices for none, and takes a quarter of an hour for it.
    """
    connection = installation.server.connect(name)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for (table,) in cursor.fetchall():
                statement = sql.SQL("ALTER TABLE {} SET (autovacuum_enabled = off)")
                cursor.execute(statement.format(sql.Identifier(table)))
    finally:
        connection.close()


def drop(installation, name):
    """Delete a database with its attachments, whoever is connected; a missing one is fine."""
    _execute(installation, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    cache.remove(_files(installation, name))


def drop_with_copies(installation, name):
    """Delete a run's database and those that its processes made for themselves: <name>_<number>."""
    rows = _query(installation, "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", f"{name}_")
    for each in [name, *(copied for (copied,) in rows)]:
        drop(installation, each)


def drop_left_behind(installation):
    """Delete copies of runs that ended without doing so."""
    for (name,) in _query(installation, "SELECT datname FROM pg_database WHERE datname LIKE %s", "xero_connector_%"):
        match = _COPY.match(name)
        if match and not os.path.exists(f"/proc/{match[1]}"):
            _drop_if_unused(installation, name)


def _drop_if_unused(installation, name):
    # Asked first: the server itself waits five seconds before it refuses.
    in_use = _query(installation, "SELECT 1 FROM pg_stat_activity WHERE datname = %s LIMIT 1", name)
    try:
        if not in_use:
            _execute(installation, "DROP DATABASE IF EXISTS {}", name)
    except psycopg2.errors.ObjectInUse:
        in_use = True
    if in_use:
        say.line(f"keeping the database {name}: something is connected to it")
        return
    cache.remove(_files(installation, name))


def _drop_stale_templates(installation, kind, keep):
    pattern = re.compile(rf"^{_PREFIX}_{kind}_[0-9a-f]{{12}}({_BEING_MADE})?$")
    rows = _query(installation, "SELECT datname FROM pg_database WHERE datname LIKE %s", f"{_PREFIX}_{kind}_%")
    names = [name for (name,) in rows if pattern.match(name)]
    names.sort(key=lambda name: (name in keep, _last_used(name)), reverse=True)
    for name in names[_KEPT_OF_A_KIND:]:
        _drop_if_unused(installation, name)
        cache.remove(_usage(name))


def _rename(installation, old, new):
    _execute(installation, "ALTER DATABASE {} RENAME TO {}", old, new)
    if _files(installation, old).is_dir():
        cache.remove(_files(installation, new))
        os.replace(_files(installation, old), _files(installation, new))


def _files(installation, name):
    return installation.data_folder / "filestore" / name


def _usage(name):
    return cache.folder() / "templates" / name


def _mark_used(name):
    _usage(name).parent.mkdir(exist_ok=True)
    _usage(name).write_text(str(time.time()))


def _last_used(name):
    return _usage(name).stat().st_mtime if _usage(name).exists() else 0


def _query(installation, statement, *parameters):
    connection = installation.server.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()
    finally:
        connection.close()


def _execute(installation, statement, *names):
    connection = installation.server.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))
    except psycopg2.errors.DiskFull as error:
        raise say.Stop("PostgreSQL has no disk space left") from error
    finally:
        connection.close()
