"""When the demo's database is kept, upgraded or made anew."""

import argparse
import os

import pytest

from machine import addons, cache, databases, demo_database, odoo_scripts, python_env, say
from support.odoo_database import installation, sql

_NAME = f"d{os.getpid()}"
_DATABASE = demo_database.name_of(_NAME)
_ODOO, _XERO = "http://localhost:8069", "http://localhost:8070"
_COPY = "copying it as the demo's database"
_POINT = "pointing Odoo at the simulator"


@pytest.fixture(scope="module", autouse=True)
def one_database_for_all_tests():
    """The template beforehand, so that its making is not taken for the demo's; the demo's database goes in the end."""
    databases.addons_template(installation(), demo=True)
    yield
    databases.drop(installation(), _DATABASE)
    cache.remove(cache.folder() / "demos" / f"{_NAME}.json")


@pytest.fixture
def prepare(monkeypatch):
    """Prepare the demo's database as its start does; returns what was said and which addons were changed, in order."""
    done = []

    def install(_machine, _name, modules, demo, update):
        done.append(("upgraded" if update else "installed", *modules))

    monkeypatch.setattr(say, "line", lambda text: done.append(text.partition(" …")[0]))
    monkeypatch.setattr(databases, "install", install)

    def start(reset=False, simulator_url=_XERO):
        done.clear()
        options = argparse.Namespace(name=_NAME, reset=reset)
        assert demo_database.prepare(installation(), options, _ODOO, simulator_url) == _DATABASE
        # Details of a step, and another run on this machine that is waited for, are not the demo's.
        return [item for item in done if not item[0].isspace() and not str(item).startswith("waiting for ")]

    return start


def _parameter(key):
    return sql(_DATABASE, "SELECT value FROM ir_config_parameter WHERE key = %s", key)


def test_it_is_made_once_pointed_at_the_simulator_and_kept(prepare):
    assert prepare(reset=True) == [_COPY, _POINT]
    assert _parameter("xero_connector.api_url") == [(_XERO,)]
    assert _parameter("web.base.url") == [(_ODOO,)]
    rows = sql(_DATABASE, "SELECT name, state, client_id <> '' FROM xero_connection WHERE code = 'demo'")
    assert rows == [("Demo", "draft", True)]

    sql(_DATABASE, "UPDATE res_company SET email = 'kept'")
    assert prepare() == []
    assert prepare(simulator_url="http://localhost:8071") == [_POINT]
    assert _parameter("xero_connector.api_url") == [("http://localhost:8071",)]
    assert sql(_DATABASE, "SELECT count(*) FROM xero_connection") == [(1,)]
    assert sql(_DATABASE, "SELECT DISTINCT email FROM res_company") == [("kept",)]


@pytest.fixture
def without_scripts(monkeypatch):
    """Leave out what runs inside Odoo's shell: the first test shows that it works."""
    monkeypatch.setattr(odoo_scripts, "run", lambda *_arguments: None)


@pytest.mark.usefixtures("without_scripts")
def test_changed_addons_are_upgraded_and_new_ones_installed(prepare, monkeypatch):
    prepare()
    name, *others = addons.names()
    changed = {**addons.digests(), name: "changed", "new": "digest"}
    monkeypatch.setattr(addons, "digests", lambda: changed)
    done = prepare()
    assert [item for item in done if isinstance(item, tuple)] == [("upgraded", name), ("installed", "new")]
    assert prepare() == []


@pytest.mark.usefixtures("without_scripts")
def test_a_changed_addon_of_oca_is_upgraded_and_a_new_one_comes_with_what_needs_it(prepare, monkeypatch):
    prepare(reset=True)
    known, (name, *_others) = addons.digests(), python_env.oca_names()
    monkeypatch.setattr(addons, "digests", lambda: {**known, name: "changed"})
    assert ("upgraded", name) in prepare()

    monkeypatch.setattr(addons, "digests", lambda: {each: known[each] for each in known if each != name})
    prepare()
    monkeypatch.setattr(addons, "digests", lambda: {**known, "new": "digest"})
    assert [item for item in prepare() if isinstance(item, tuple)] == [("installed", "new")]


@pytest.mark.usefixtures("without_scripts")
def test_another_odoo_upgrades_everything(prepare, monkeypatch):
    prepare()
    monkeypatch.setattr(databases, "base_key", lambda _machine, demo: "another")
    assert ("upgraded", "base") in prepare()


@pytest.mark.usefixtures("without_scripts")
def test_reset_makes_it_anew(prepare):
    prepare()
    sql(_DATABASE, "UPDATE res_company SET email = 'gone'")
    assert prepare(reset=True) == [_COPY, _POINT]
    assert sql(_DATABASE, "SELECT count(*) FROM res_company WHERE email = 'gone'") == [(0,)]


def test_what_was_connected_to_a_simulator_that_is_gone_is_made_anew(prepare):
    prepare(reset=True)
    sql(_DATABASE, "UPDATE xero_connection SET tenant_id = 'an organisation of the last run'")
    said, *rest = prepare()
    assert said == "the demo starts over: its Odoo was connected to a simulated Xero that is gone"
    assert rest == [_COPY, _POINT]
    assert not databases.has_used_xero(installation(), _DATABASE)


@pytest.mark.usefixtures("without_scripts")
def test_damaged_notes_about_it_make_it_anew(prepare):
    prepare()
    (cache.folder() / "demos" / f"{_NAME}.json").write_text("{")
    assert prepare() == ["what is known of the demo's database is damaged; making it anew", _COPY, _POINT]
