"""A cache of their own for the tests of the set-up scripts."""

import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture
def empty_cache(monkeypatch):
    """A new, empty cache that the user of our own PostgreSQL server may enter; returns its folder."""
    base = Path(tempfile.mkdtemp(prefix="xero-setup-"))
    base.chmod(0o755)
    monkeypatch.setenv("XDG_CACHE_HOME", str(base))
    yield base / "xero-connector-odoo"
    shutil.rmtree(base)


@pytest.fixture
def odoo_tree(tmp_path):
    """A folder that looks like an Odoo 19 source tree."""
    tree = tmp_path / "odoo-tree"
    for addon in ("addons/account", "addons/mail", "addons/web", "odoo/addons/base"):
        (tree / addon).mkdir(parents=True)
        (tree / addon / "__manifest__.py").write_text("{}")
    (tree / "odoo/release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
    (tree / "odoo-bin").touch()
    return tree
