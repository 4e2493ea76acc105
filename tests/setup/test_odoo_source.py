"""Which folders are an Odoo 19, and what is said when none can be had."""

import shutil

import pytest

from machine import cache, entry, odoo_source, say


def test_odoo_home_may_be_a_source_tree(odoo_tree, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(odoo_tree))
    odoo = odoo_source.get()
    assert odoo.python_path == odoo_tree
    assert odoo.addons == (odoo_tree / "odoo/addons", odoo_tree / "addons")


def test_odoo_home_may_be_an_installed_package(odoo_tree, monkeypatch):
    shutil.copytree(odoo_tree / "addons", odoo_tree / "odoo/addons", dirs_exist_ok=True)
    shutil.rmtree(odoo_tree / "addons")
    monkeypatch.setenv("ODOO_HOME", str(odoo_tree / "odoo"))
    odoo = odoo_source.get()
    assert odoo.python_path == odoo_tree
    assert odoo.addons == (odoo_tree / "odoo/addons",)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("odoo/release.py", "version_info = (18, 0, 0, FINAL, 0, '')\n", "holds Odoo 18.0, not 19.0"),
        ("odoo/release.py", "nothing\n", "holds Odoo an unknown release, not 19.0"),
        ("odoo/release.py", None, "no Odoo in"),
        ("addons/account/__manifest__.py", None, "has no addon `account`"),
    ],
)
def test_another_folder_is_refused_with_the_way_to_give_one(odoo_tree, monkeypatch, path, text, expected):
    (odoo_tree / path).unlink() if text is None else (odoo_tree / path).write_text(text)
    monkeypatch.setenv("ODOO_HOME", str(odoo_tree))
    with pytest.raises(say.Stop, match=expected) as stop:
        odoo_source.get()
    assert "set ODOO_HOME to an Odoo 19 source tree" in str(stop.value)


@pytest.fixture
def no_network(empty_cache, monkeypatch):
    """Neither Debian's archive nor the git host can be reached."""
    monkeypatch.delenv("ODOO_HOME", raising=False)
    monkeypatch.setenv("XERO_SETUP_DEBIAN_MIRROR", "http://127.0.0.1:9/debian")
    monkeypatch.setattr(odoo_source, "_GIT", "http://127.0.0.1:9/odoo.git")


def test_without_network_one_line_names_each_way_tried(no_network, capsys):
    assert entry.outcome(odoo_source.get) == 1
    errors = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "Debian package: no network, " in errors[0]
    assert "git clone: " in errors[0]
    assert "ODOO_HOME" in errors[0]
    assert not (cache.folder() / "odoo").exists()


def test_without_debians_tools_the_next_way_is_tried(no_network, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(say.Stop, match="Debian package: apt-get is missing; git clone: git is missing"):
        odoo_source.get()


@pytest.fixture
def stored(empty_cache, odoo_tree, monkeypatch):
    """An Odoo that an earlier run has put into the cache; fetching it again is only recorded."""
    monkeypatch.delenv("ODOO_HOME", raising=False)
    fetched = []

    def fetch(target):
        fetched.append(target)
        shutil.copytree(odoo_tree, target / "source")
        return "source"

    monkeypatch.setattr(odoo_source, "_fetch_debian", fetch)
    odoo_source.get()
    assert len(fetched) == 1
    return fetched


def test_what_was_fetched_is_used_again(stored):
    odoo_source.get()
    assert len(stored) == 1


@pytest.mark.parametrize("damage", ["a missing file", "another release", "no stamp"])
def test_a_damaged_store_is_fetched_again(stored, damage):
    home = cache.folder() / "odoo" / "source"
    if damage == "a missing file":
        (home / "addons/web/__manifest__.py").unlink()
    elif damage == "another release":
        (home / "odoo/release.py").write_text("version_info = (19, 0, 1, FINAL, 0, '')\n")
    else:
        (cache.folder() / "odoo" / ".complete.json").unlink()
    odoo_source.get()
    assert len(stored) == 2
    assert (home / "addons/web/__manifest__.py").exists()


def test_another_odoo_is_another_fingerprint(odoo_tree, monkeypatch):
    monkeypatch.setenv("ODOO_HOME", str(odoo_tree))
    before = odoo_source.get().fingerprint
    (odoo_tree / ".git/refs/heads").mkdir(parents=True)
    (odoo_tree / ".git/HEAD").write_text("ref: refs/heads/19.0\n")
    (odoo_tree / ".git/refs/heads/19.0").write_text("1" * 40)
    first = odoo_source.get().fingerprint
    (odoo_tree / ".git/refs/heads/19.0").write_text("2" * 40)
    assert len({before, first, odoo_source.get().fingerprint}) == 3
