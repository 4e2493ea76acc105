"""Which folders are addons, and which changes of theirs matter to an installed database."""

import pytest

from machine import addons


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
