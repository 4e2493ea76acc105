"""The virtual environment with everything that Odoo, the addons and the tests import."""

import hashlib
import importlib.util
import os
import re
import sys
from pathlib import Path

from . import cache, debian, processes, say

REPOSITORY = Path(__file__).resolve().parents[2]
REQUIREMENTS = (REPOSITORY / "setup" / "odoo-requirements.txt", REPOSITORY / "requirements.txt")
OCA_REQUIREMENTS = REPOSITORY / "setup" / "oca-requirements.txt"
_KEPT_ENVIRONMENTS = 2
_OCA_PACKAGE = re.compile(r"^odoo-addon-([\w-]+)", re.MULTILINE)


def environment_folder():
    """Where the environment for these requirements and this Python is, made or not."""
    digest = hashlib.sha256(f"{sys.version} {os.path.realpath(sys.base_prefix)}".encode())
    for path in (*REQUIREMENTS, OCA_REQUIREMENTS):
        lines = (line.partition("#")[0].strip() for line in path.read_text().splitlines())
        digest.update("\n".join(filter(None, lines)).encode())
    return cache.folder() / "python" / digest.hexdigest()[:16]


def enter(script, arguments):
    """Continue `script` inside the virtual environment, made first when it is not there.

    Returns at once where the running Python is already that of the environment.
    """
    folder = environment_folder_of_running_python() or environment_folder()
    python = folder / "bin" / "python"
    if Path(sys.prefix) == folder:
        return
    with cache.lock("python", "another run that installs the Python packages"):
        if not _is_complete(folder):
            _make(folder)
        os.utime(folder)
        # A program that still runs in an older environment must not lose it: a day's use is spared.
        cache.remove_unused(folder.parent, keep=_KEPT_ENVIRONMENTS, days=1)
    env = {**os.environ, "XERO_SETUP_PYTHON_ENV": str(folder)}
    os.execve(python, [str(python), str(script), *arguments], env)


def environment_folder_of_running_python():
    """The environment that this process was sent into by `enter`, if it was."""
    folder = os.environ.get("XERO_SETUP_PYTHON_ENV")
    return Path(folder) if folder and Path(folder) == Path(sys.prefix) else None


def oca_addons(folder):
    """Where the environment in `folder` has OCA's addons: apart, so that their `odoo` is in nobody's way."""
    return folder / "oca" / "odoo" / "addons"


def oca_names():
    """Names of OCA's addons that ours need, sorted."""
    return sorted(name.replace("-", "_") for name in _OCA_PACKAGE.findall(OCA_REQUIREMENTS.read_text()))


def _oca_missing(folder):
    return [name for name in oca_names() if not (oca_addons(folder) / name / "__manifest__.py").is_file()]


def _is_complete(folder):
    stamp = cache.read_stamp(folder)
    there = (folder / "bin" / "python").exists() and not _oca_missing(folder)
    return bool(stamp) and there and stamp.get("distributions") == _distributions(folder)


def _distributions(folder):
    """How many packages are installed: fewer or more than at its making means that somebody changed it."""
    return len(list(folder.glob("lib/python3*/site-packages/*.dist-info")))


def _make(folder):
    cache.check_disk_space(cache.folder(), first_time=True)
    log = cache.folder() / "log" / "pip.log"
    cache.remove(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with say.step("making the Python environment and installing packages (a minute or two)"):
        try:
            pip = _bare_environment(folder, log)
            install = [*pip, "install", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
            processes.run([*install, *(part for path in REQUIREMENTS for part in ("-r", path))], log)
            # Odoo itself is no package of PyPI's, so what an addon says it needs is not looked for.
            processes.run([*install, "--no-deps", "--target", folder / "oca", "-r", OCA_REQUIREMENTS], log)
        except processes.CommandFailed as error:
            raise say.Stop(_explain(error)) from error
    missing = _oca_missing(folder)
    if missing:
        raise say.Stop(f"the packages of {OCA_REQUIREMENTS.name} do not bring {', '.join(missing)} (log: {log})")
    cache.write_stamp(folder, {"python": sys.version, "distributions": _distributions(folder)})


def _bare_environment(folder, log):
    """Make an empty environment; returns the command that runs pip in it.

    Debian keeps pip's bootstrap in a package of its own, which a bare machine lacks: pip then runs from the
    wheel in Debian's python3-pip-whl, fetched into the cache.
    """
    python = folder / "bin" / "python"
    if importlib.util.find_spec("ensurepip"):
        processes.run([sys.executable, "-m", "venv", folder], log)
        return [python, "-m", "pip"]
    processes.run([sys.executable, "-m", "venv", "--without-pip", folder], log)
    wheels = cache.folder() / "pip"
    try:
        debian.fetch_and_unpack({"bookworm": ["python3-pip-whl"]}, cache.fresh_folder(wheels))
    except debian.Unavailable as error:
        raise say.Stop(
            f"this Python cannot install packages (no ensurepip), and pip could not be fetched: {error}; "
            "install Debian's package python3-venv"
        ) from error
    wheel = next(wheels.glob("usr/share/python-wheels/pip-*.whl"))
    return [python, wheel / "pip"]


def _explain(error):
    if error.network:
        return f"no network: the Python packages could not be downloaded ({error.reason}; log: {error.log})"
    if error.disk:
        return f"no disk space left while installing Python packages in {cache.folder()}"
    return f"the Python packages could not be installed: {error.reason} (log: {error.log})"
