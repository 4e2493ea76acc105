"""The virtual environment: made whole or not at all, and again when what it is made from changes."""

import os
import subprocess
import sys

import pytest

from machine import cache, processes, python_env, say
from machine.python_env import REPOSITORY


def test_other_requirements_are_another_environment(empty_cache, tmp_path, monkeypatch):
    before = python_env.environment_folder()
    other = tmp_path / "requirements.txt"
    other.write_text(python_env.REQUIREMENTS[1].read_text() + "more\n")
    monkeypatch.setattr(python_env, "REQUIREMENTS", (python_env.REQUIREMENTS[0], other))
    assert python_env.environment_folder() != before


def test_another_comment_is_the_same_environment(empty_cache, tmp_path, monkeypatch):
    before = python_env.environment_folder()
    other = tmp_path / "requirements.txt"
    other.write_text("# A word more.\n\n" + python_env.REQUIREMENTS[1].read_text())
    monkeypatch.setattr(python_env, "REQUIREMENTS", (python_env.REQUIREMENTS[0], other))
    assert python_env.environment_folder() == before


def test_other_addons_of_oca_are_another_environment(empty_cache, tmp_path, monkeypatch):
    before = python_env.environment_folder()
    other = tmp_path / "oca-requirements.txt"
    other.write_text(python_env.OCA_REQUIREMENTS.read_text() + "odoo-addon-one-more==19.0.1.0.0\n")
    monkeypatch.setattr(python_env, "OCA_REQUIREMENTS", other)
    assert python_env.environment_folder() != before
    assert "one_more" in python_env.oca_names()


def _with_oca_addons(folder):
    for name in python_env.oca_names():
        (python_env.oca_addons(folder) / name).mkdir(parents=True)
        (python_env.oca_addons(folder) / name / "__manifest__.py").touch()


def test_an_unfinished_environment_is_not_used(tmp_path):
    _with_oca_addons(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").touch()
    assert not python_env._is_complete(tmp_path)
    cache.write_stamp(tmp_path, {"distributions": 0})
    assert python_env._is_complete(tmp_path)
    (tmp_path / "lib/python3.11/site-packages/added.dist-info").mkdir(parents=True)
    assert not python_env._is_complete(tmp_path)


@pytest.mark.parametrize("name", python_env.oca_names())
def test_an_environment_that_lost_an_addon_of_oca_is_not_used(tmp_path, name):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").touch()
    _with_oca_addons(tmp_path)
    cache.write_stamp(tmp_path, {"distributions": 0})
    assert python_env._is_complete(tmp_path)
    (python_env.oca_addons(tmp_path) / name / "__manifest__.py").unlink()
    assert not python_env._is_complete(tmp_path)


def test_packages_without_their_addons_end_with_one_line(tmp_path, empty_cache, monkeypatch):
    """What is installed is no environment until it has what Odoo needs."""
    commands, names = [], python_env.oca_names()
    monkeypatch.setattr(python_env, "_bare_environment", lambda folder, _log: folder.mkdir() or ["pip"])
    monkeypatch.setattr(python_env.cache, "check_disk_space", lambda *_arguments, **_options: None)
    monkeypatch.setattr(python_env.processes, "run", lambda command, _log: commands.append(command))
    with pytest.raises(say.Stop, match=f"^the packages of oca-requirements.txt do not bring {names[0]}"):
        python_env._make(tmp_path / "env")
    assert ["--no-deps" in command for command in commands] == [False, True]
    assert cache.read_stamp(tmp_path / "env") is None


def test_without_network_the_script_ends_with_one_line(empty_cache):
    gone = "http://127.0.0.1:9/simple"
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "XERO_SETUP_"))}
    env |= {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": gone, "PIP_RETRIES": "1"}
    python = os.path.realpath(sys.executable)
    done = subprocess.run([python, REPOSITORY / "setup/test"], env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    errors = [line for line in done.stderr.splitlines() if not line.startswith("[")]
    assert len(errors) == 1
    assert errors[0].startswith("error: no network: the Python packages could not be downloaded")


def test_a_python_without_ensurepip_gets_pip_from_debian(tmp_path, empty_cache, monkeypatch):
    """Debian's python3 comes without it."""
    fetched = []

    def fetch(packages, root):
        fetched.append(packages)
        (root / "usr/share/python-wheels").mkdir(parents=True)
        (root / "usr/share/python-wheels/pip-23.0.1-py3-none-any.whl").touch()

    monkeypatch.setattr(python_env.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(python_env.debian, "fetch_and_unpack", fetch)
    command = python_env._bare_environment(tmp_path / "env", tmp_path / "log")
    assert fetched == [{"bookworm": ["python3-pip-whl"]}]
    assert command[0] == tmp_path / "env/bin/python"
    assert str(command[1]).endswith("pip-23.0.1-py3-none-any.whl/pip")
    assert (tmp_path / "env/bin/python").exists()


@pytest.mark.parametrize(
    ("output", "start"),
    [
        ("NewConnectionError: refused\nERROR: nothing found", "no network: "),
        ("ERROR: [Errno 28] No space left on device", "no disk space left"),
        ("ERROR: No matching distribution found for odd==1", "the Python packages could not be installed: ERROR: No m"),
    ],
)
def test_why_packages_could_not_be_installed_is_told(empty_cache, tmp_path, output, start):
    assert python_env._explain(processes.CommandFailed(["pip"], 1, output, tmp_path / "log")).startswith(start)
