"""`setup/test`: everything a test run needs, then pytest with the arguments given.

Without arguments every test runs, in several processes side by side (pytest-xdist). Each has a database, ports and
a log of its own; which tests it gets is told in `tests/support/side_by_side.py`. Any arguments: one process.
`--only ADDON` installs that addon and what it depends on, none of the others, and runs its tests.
"""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from . import addons, browser, cache, databases, postgres, say
from .installation import Installation
from .python_env import REPOSITORY

_LOCK_SECONDS = 120
# More would wait for the slowest part of the tests, and each takes a database and about half a gigabyte.
_MOST_PROCESSES = 4


def main(arguments):
    """Prepare, run pytest, clean up; returns pytest's exit code."""
    return run(*only(arguments))


def only(arguments):
    """The arguments for pytest, and the only addon to install, None for all."""
    parser = argparse.ArgumentParser(prog="setup/test", add_help=False, allow_abbrev=False)
    parser.add_argument("--only", choices=addons.names())
    options, rest = parser.parse_known_args(arguments)
    if options.only and not has_paths(rest):
        rest.append(str(REPOSITORY / options.only / "tests"))
    return rest, options.only


def run(arguments, addon=None, statistics=True):
    """Run pytest on a database with all addons, or with one and what it depends on; returns its exit code.

    `statistics`: keep PostgreSQL's own as they are, see `databases.keep_statistics`.
    """
    chromium = browser.get()
    database = f"xero_connector_test_{os.getpid()}"
    try:
        installation = Installation.get()
        template = databases.addons_template(installation, demo=False, only=[addon] if addon else None)
        databases.drop_left_behind(installation)
        databases.copy(installation, template, database)
        if statistics:
            databases.keep_statistics(installation, database)
        try:
            return _pytest(installation, database, chromium, arguments)
        finally:
            databases.drop_with_copies(installation, database)
    finally:
        postgres.stop_if_unused()


def distribution(arguments, cores=None):
    """pytest's options that spread all tests over the machine's `cores`; none when the user says what to run."""
    cores = cores or len(os.sched_getaffinity(0))
    # Each keeps two cores busy now and then: its tests, and PostgreSQL. Two run on two cores too, but for the tests
    # with a server and a browser of their own, which wait until one process is left (see `Scheduler`).
    processes = min(max(cores // 2, min(cores, 2)), _MOST_PROCESSES)
    if arguments or processes < 2:
        return []
    # A process that dies ends the run, as it does when there is only one: what replaced it might wait for ever.
    return ["-n", str(processes), "--dist", "loadfile", "--max-worker-restart", "0"]


def _pytest(installation, database, chromium, arguments):
    name = f"test-{os.getpid()}"
    log = cache.folder() / "log" / f"{name}.log"
    config = installation.write_config(
        name,
        logfile=log,
        max_cron_threads=0,
        # Odoo would limit the address space of this process and its children; a browser reserves far more.
        limit_memory_hard=0,
        db_name=database,
        dbfilter=f"^{database}$",
        screenshots=REPOSITORY / "test-artifacts",
    )
    env = installation.environment(
        CHROMIUM=chromium,
        PATH=browser.search_path(chromium),
        ODOO_HOME=str(installation.odoo.python_path),
        XERO_TEST_ODOO_LOG=str(log),
        # Two connections of one test that wait for each other would wait for ever, out of reach of its time limit.
        PGOPTIONS=f"{os.environ.get('PGOPTIONS', '')} -c lock_timeout={_LOCK_SECONDS}s".strip(),
    )
    command = [sys.executable, "-m", "pytest", f"--rootdir={REPOSITORY}", "-c", REPOSITORY / "pyproject.toml"]
    command += [f"--odoo-config={config}", f"--odoo-database={database}", "--odoo-http", "--odoo-log-level=info"]
    spread = distribution(arguments)
    command += [*spread, *_absolute(arguments)]
    several = f" in {spread[1]} processes" if spread else ""
    say.line(f"running the tests{several} (Odoo's log: {log})")
    process = subprocess.Popen([str(part) for part in command], cwd=REPOSITORY, env=env)
    try:
        return process.wait()
    except BaseException:
        _end(process)
        raise
    finally:
        cache.remove(config)


def _end(process):
    """End pytest in its own way, with a summary. It shares our terminal: Ctrl-C has reached it as well."""
    for wait, send in ((5, signal.SIGINT), (15, signal.SIGKILL)):
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.send_signal(send)
    process.wait()


def _absolute(arguments):
    """Paths given relative to the folder the user is in; pytest runs in the repository's."""
    changed = []
    for argument in arguments:
        if _is_path(argument):
            path, separator, rest = argument.partition("::")
            argument = f"{Path(path).absolute()}{separator}{rest}"
        changed.append(argument)
    return changed


def has_paths(arguments):
    """Whether the user names files or folders of tests."""
    return any(map(_is_path, arguments))


def _is_path(argument):
    path = argument.partition("::")[0]
    return bool(path) and not path.startswith("-") and Path(path).exists()
