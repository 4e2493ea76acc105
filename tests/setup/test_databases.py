"""Copies of databases with their attachments, and what is tidied up."""

import subprocess

import pytest

from machine import databases
from support.odoo_database import installation, sql

_NAME = "xero_connector_process_{}_{}"


@pytest.fixture
def names():
    """Two names as those of a run that has ended; the databases go in the end."""
    process = subprocess.Popen(["true"])
    process.wait()
    found = [_NAME.format(process.pid, number) for number in (1, 2)]
    yield found
    for name in found:
        databases.drop(installation(), name)


def test_a_copy_has_the_rows_and_the_attachments_and_goes_with_both(names):
    first, second = names
    databases.create(installation(), first)
    sql(first, "CREATE TABLE thing (name text)")
    sql(first, "INSERT INTO thing VALUES ('a')")
    attachment = installation().data_folder / "filestore" / first / "ab" / "abc"
    attachment.parent.mkdir(parents=True)
    attachment.write_text("content")

    databases.copy(installation(), first, second)
    copied = installation().data_folder / "filestore" / second / "ab" / "abc"
    assert sql(second, "SELECT name FROM thing") == [("a",)]
    assert copied.read_text() == "content"

    databases.drop(installation(), first)
    assert not databases.exists(installation(), first)
    assert (attachment.exists(), copied.exists()) == (False, True)


def test_tables_of_a_database_for_tests_are_not_looked_through_in_the_middle_of_a_test(names):
    database, _other = names
    databases.create(installation(), database)
    sql(database, "CREATE TABLE thing (name text)")
    databases.keep_statistics(installation(), database)
    assert sql(database, "SELECT reloptions FROM pg_class WHERE relname = 'thing'") == [(["autovacuum_enabled=off"],)]


def test_copies_of_runs_that_are_gone_are_dropped_unless_in_use(names):
    for name in names:
        databases.create(installation(), name)
    connection = installation().server.connect(names[1])
    databases.drop_left_behind(installation())
    assert [databases.exists(installation(), name) for name in names] == [False, True]
    connection.close()
    databases.drop_left_behind(installation())
    assert not databases.exists(installation(), names[1])


def test_warnings_of_our_addons_are_picked_from_odoos_log():
    log = (
        "2026-01-01 10:00:00,000 12 WARNING db odoo.modules.loading: no access rules in module xero_connector\n"
        "2026-01-01 10:00:00,000 12 WARNING db odoo.addons.base: something of Odoo's own\n"
        "2026-01-01 10:00:00,000 12 INFO db odoo.modules.loading: loading xero_connector\n"
    )
    assert databases._warnings(log, ["xero_connector"]) == log.splitlines()[:1]


def test_the_last_error_with_its_traceback_is_picked_from_odoos_log():
    line = "2026-01-01 10:00:00,000 12 {} db odoo: {}"
    error = [line.format("ERROR", "second"), "Traceback (most recent call last):", "ValueError: what is wrong"]
    log = [line.format("ERROR", "first"), line.format("INFO", "x"), *error, line.format("INFO", "ending")]
    assert databases._last_failure("\n".join(log)) == error
