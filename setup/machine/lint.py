"""`setup/lint`: the style and Odoo checks, every one of them, before saying whether any failed."""

import os
import subprocess
import sys

from . import addons, say
from .python_env import REPOSITORY


def main(arguments):
    """Run the linters (`--fix` lets ruff mend what it can first); returns 0 when all are content."""
    if arguments not in ([], ["--fix"]):
        raise say.Stop("setup/lint takes no argument but --fix")
    ruff = [sys.executable, "-m", "ruff"]
    checks = [[*ruff, "check", "."], [*ruff, "format", "--check", "."]]
    if arguments:
        checks = [[*ruff, "check", "--fix", "."], [*ruff, "format", "."]]
    names = addons.names()
    if names:
        checks.append([sys.executable, "-m", "pylint", "--rcfile=.pylintrc", *names])
    failed = [" ".join(check[2:]) for check in checks if not _passes(check)]
    for name in failed:
        print(f"lint: FAILED: {name}")
    if not failed:
        print(f"lint: all well ({len(checks)} checks)")
    return 1 if failed else 0


def _passes(command):
    say.line("lint: " + " ".join(command[2:]))
    # Without Odoo on its path pylint still knows all that these checks need.
    env = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    return subprocess.run(command, cwd=REPOSITORY, env=env, stdin=subprocess.DEVNULL).returncode == 0
