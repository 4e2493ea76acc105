"""Each addon can be installed as a package."""

import shutil
import subprocess
import sys
import zipfile

import pytest
import tomllib

from machine import addons
from machine.python_env import REPOSITORY


@pytest.mark.parametrize("name", addons.names())
def test_an_addon_builds_into_a_wheel_that_has_its_files(name, tmp_path):
    source = tmp_path / name
    shutil.copytree(REPOSITORY / name, source, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", tmp_path]
    subprocess.run([*command, source], check=True, capture_output=True, text=True)
    (wheel,) = tmp_path.glob("odoo_addon_*.whl")
    with zipfile.ZipFile(wheel) as package:
        files = set(package.namelist())
    assert f"odoo/addons/{name}/__manifest__.py" in files
    for path in source.rglob("*.xml"):
        assert f"odoo/addons/{name}/{path.relative_to(source)}" in files


def test_the_package_of_all_addons_asks_for_each():
    project = tomllib.loads((REPOSITORY / "setup/_metapackage/pyproject.toml").read_text())["project"]
    assert project["dependencies"] == [f"odoo-addon-{name}==19.0.*" for name in addons.names()]
