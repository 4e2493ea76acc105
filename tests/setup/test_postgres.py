"""The database server: ours from nothing to its end, and which others are refused."""

import psutil
import pytest

from machine import cache, postgres, say


@pytest.fixture
def no_server_given(monkeypatch):
    for name in postgres._KEYWORDS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def own_server(empty_cache, no_server_given, monkeypatch):
    """A server of our own in an empty cache; the run's own server stays out of it."""
    monkeypatch.setattr(postgres, "_in_use", [])
    server = postgres._own_server()
    yield server
    postgres.stop_if_unused()


def _query(server, query):
    connection = server.connect()
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def _processes():
    folder = str(cache.folder())
    found = psutil.process_iter(["cmdline"])
    return [process.pid for process in found if folder in " ".join(process.info["cmdline"] or ())]


def test_our_own_server_works_is_shared_and_leaves_nothing_running(own_server, monkeypatch):
    assert own_server.own
    assert _query(own_server, "SELECT current_user") == "odoo"
    assert _query(own_server, "SHOW fsync") == "off"
    assert _query(own_server, "SHOW listen_addresses") == ""
    assert _processes()

    first = postgres._in_use[:]
    postgres._in_use.clear()
    assert postgres._own_server() == own_server
    postgres.stop_if_unused()
    assert _query(own_server, "SELECT 1") == 1, "the other run still uses it"

    postgres._in_use.extend(first)
    postgres.stop_if_unused()
    assert not _processes()


def test_a_server_given_by_variables_must_suit_odoo(own_server, monkeypatch):
    for name, value in own_server.variables.items():
        monkeypatch.setenv(name, value)
    assert postgres.get() == postgres.Server(own_server.variables, own=False)

    _query(own_server, "CREATE ROLE postgres LOGIN CREATEDB")
    monkeypatch.setenv("PGUSER", "postgres")
    with pytest.raises(say.Stop, match="Odoo refuses to run as the database user postgres; set PGUSER"):
        postgres.get()

    _query(own_server, "CREATE ROLE clerk LOGIN")
    monkeypatch.setenv("PGUSER", "clerk")
    with pytest.raises(say.Stop, match='role clerk may not create databases; run: ALTER ROLE "clerk" CREATEDB'):
        postgres.get()

    monkeypatch.setenv("PGUSER", "nobody_we_know")
    with pytest.raises(say.Stop, match="refuses the connection: .*nobody_we_know"):
        postgres.get()


def test_variables_that_lead_to_no_server_fall_back_to_our_own(own_server, monkeypatch, capsys):
    monkeypatch.setenv("PGHOST", "127.0.0.1")
    monkeypatch.setenv("PGPORT", "9")
    assert postgres.get() == own_server
    assert "no PostgreSQL server answers at the given PG* variables" in capsys.readouterr().err
    # `get` counted this process as a user once more.
    postgres._in_use.pop().close()


def test_a_long_cache_path_gets_a_short_socket_path(tmp_path):
    assert len(str(postgres._socket_folder(tmp_path / ("x" * 120)))) < 90
    assert postgres._socket_folder(tmp_path / "x") == tmp_path / "x" / "socket"
