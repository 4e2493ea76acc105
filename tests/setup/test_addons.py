"""Which folders are addons, which changes of theirs matter to an installed database, and what they depend on."""

import pytest

from machine import addons, python_env, say
from support.odoo_database import installation


@pytest.fixture
def repository(tmp_path):
    for name, manifest in (("xero_b", "{}"), ("xero_a", "{'installable': True}"), ("old", "{'installable': False}")):
        (tmp_path / name / "models").mkdir(parents=True)
        (tmp_path / name / "__manifest__.py").write_text(manifest)
        (tmp_path / name / "models/thing.py").write_text("one = 1\n")
    (tmp_path / "docs").mkdir()
    return tmp_path


def test_installable_addons_at_the_top_are_found(repository):
    assert addons.names(repository) == ["xero_a", "xero_b"]


@pytest.mark.parametrize("path", ["models/thing.py", "views/new.xml", "security/ir.model.access.csv"])
def test_changed_code_is_noticed_in_its_addon_alone(repository, path):
    before = addons.digests(repository)
    (repository / "xero_a" / path).parent.mkdir(exist_ok=True)
    (repository / "xero_a" / path).write_text("changed\n")
    after = addons.digests(repository)
    assert (after["xero_a"] != before["xero_a"], after["xero_b"] == before["xero_b"]) == (True, True)


def test_a_deleted_file_is_noticed(repository):
    before = addons.digests(repository)
    (repository / "xero_a/models/thing.py").unlink()
    assert addons.digests(repository) != before


@pytest.mark.parametrize("path", ["tests/test_a.py", "static/icon.png", "i18n/de.po", "models/__pycache__/thing.pyc"])
def test_what_no_database_holds_changes_nothing(repository, path):
    before = addons.digests(repository)
    (repository / "xero_a" / path).parent.mkdir(exist_ok=True, parents=True)
    (repository / "xero_a" / path).write_text("changed\n")
    assert addons.digests(repository) == before


def test_a_changed_addon_of_oca_is_noticed(repository, monkeypatch, tmp_path):
    monkeypatch.setattr(addons, "oca_addons", lambda _environment: tmp_path / "oca")
    name = python_env.oca_names()[0]
    before = addons.digests(repository)
    (tmp_path / "oca" / name).mkdir(parents=True)
    (tmp_path / "oca" / name / "models.py").touch()
    after = addons.digests(repository)
    assert {each for each in after if after[each] != before[each]} == {name}


def test_a_dependency_that_is_nowhere_is_named(repository):
    (repository / "xero_a/__manifest__.py").write_text("{'depends': ['xero_b', 'account_unknown']}")
    with pytest.raises(say.Stop, match=r"^xero_a depends on account_unknown, .* setup/oca-requirements.txt"):
        addons.check_dependencies([repository], repository)


def test_what_our_addons_depend_on_is_there():
    addons.check_dependencies(installation().addons_path)


@pytest.mark.parametrize("name", python_env.oca_names())
def test_odoo_finds_an_addon_of_oca_and_is_itself_not_in_its_way(name):
    """Their packages have a folder `odoo` too; Python must not take it for a part of Odoo's."""
    from odoo.modules.module import Manifest

    import odoo.addons

    (oca,) = installation().oca_addons
    assert Manifest.for_addon(name).path == str(oca / name)
    # A process that runs tests beside another one may have the same folder twice.
    assert set(odoo.__path__) == {str(installation().odoo.python_path / "odoo")}
    assert odoo.release.__file__.startswith(odoo.__path__[0])
    assert list(odoo.addons.__path__).index(str(oca)) > 0
