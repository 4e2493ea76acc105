"""Which tests a command runs, on a database with which addons."""

import os
import subprocess
import sys

import pytest

import odoo

from machine import addons, benchmark, cache, test
from machine.python_env import REPOSITORY
from support.odoo_database import sql

_INSTALLED = "SELECT name FROM ir_module_module WHERE state = 'installed' AND name LIKE 'xero%' ORDER BY name"
_TEST = f"""
import odoo
from support.odoo_database import sql

def test_it():
    (database,) = odoo.tools.config["db_name"]
    print(database, sql(database, "{_INSTALLED}"))
"""


@pytest.fixture
def folder():
    """A folder for test files inside the checkout, where its conftest.py counts."""
    path = cache.fresh_folder(REPOSITORY / "test-artifacts" / f"selection-{os.getpid()}")
    (path / "test_one.py").write_text(_TEST)
    yield path
    cache.remove(path)


def _run(command, *arguments):
    words = [sys.executable, REPOSITORY / "setup" / command, *arguments]
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=540)
    return done.returncode, done.stdout + done.stderr


def test_all_addons_are_installed_when_tests_run():
    (database,) = odoo.tools.config["db_name"]
    assert [name for (name,) in sql(database, _INSTALLED)] == addons.names()


@pytest.mark.parametrize("name", addons.names())
def test_one_addon_alone_runs_its_own_tests(name):
    assert test.only([f"--only={name}"]) == ([str(REPOSITORY / name / "tests")], name)
    assert test.only(["--only", name, "-k", "webhook"]) == (["-k", "webhook", str(REPOSITORY / name / "tests")], name)


def test_without_that_option_everything_goes_to_pytest():
    for arguments in ([], ["-k", "webhook"], ["--help"], [str(REPOSITORY / "tests"), "-x"]):
        assert test.only(arguments) == (arguments, None)


def test_an_unknown_addon_ends_with_code_2(capsys):
    with pytest.raises(SystemExit) as ended:
        test.only(["--only", "xero_unknown"])
    assert ended.value.code == 2
    assert "setup/test: error: " in capsys.readouterr().err


def test_the_first_addon_passes_tests_of_its_own_without_the_others(folder):
    own = [REPOSITORY / "xero_connector/tests" / f"test_{name}.py" for name in ("golden", "mapping", "rights")]
    code, output = _run("test", "--only", "xero_connector", "-s", folder, *own)
    assert code == 0, output
    assert "[('xero_connector',)]" in output


def test_measurements_run_by_their_own_command_only():
    written = cache.fresh_folder(REPOSITORY / "tests/benchmark" / f"x{os.getpid()}")
    try:
        (written / "test_written.py").write_text("def test_it():\n    pass\n")
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q"]
        collected = {
            folder: subprocess.run([*command, folder], cwd=REPOSITORY, capture_output=True, text=True).stdout
            for folder in ("tests", "tests/benchmark")
        }
    finally:
        cache.remove(written)
    assert "tests/setup/test_selection.py" in collected["tests"]
    assert "test_written" not in collected["tests"]
    assert "test_written" in collected["tests/benchmark"]
    assert benchmark.pytest_arguments(["-k", "x"])[2:] == [str(REPOSITORY / "tests/benchmark"), "-k", "x"]


def test_measurements_print_on_the_screen_and_leave_no_database(folder):
    code, output = _run("benchmark", folder)
    assert code == 0, output
    names = str([(name,) for name in addons.names()])
    (line,) = [line for line in output.splitlines() if names in line]
    database = line.split("xero_connector_test_")[1].split(" ")[0]
    assert not sql("postgres", "SELECT 1 FROM pg_database WHERE datname = %s", f"xero_connector_test_{database}")
