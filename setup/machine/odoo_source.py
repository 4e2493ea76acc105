"""Finds or fetches Odoo 19: `ODOO_HOME`, else Debian's package unpacked into the cache, else a git clone."""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import cache, debian, processes, say

SERIES = (19, 0)
_GIT = "https://github.com/odoo/odoo.git"
_HOW = "set ODOO_HOME to an Odoo 19 source tree (the folder with odoo-bin) or installed package (the folder `odoo`)"

# Odoo's web client links to these by relative paths. Unstable's newer Font Awesome and Inconsolata lack the
# file names it links to; bookworm's have them.
_PACKAGES = {
    "unstable": [
        "odoo-19",
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
        "fonts-roboto-unhinted",
        "fonts-montserrat",
        "fonts-glyphicons-halflings",
        "fonts-ocr-b",
    ],
    "bookworm": ["fonts-font-awesome", "fonts-inconsolata"],
}

# Debian leaves this library (background blur in video calls) out, but the web client's bundle still names it, and
# Odoo's browser tests fail on the error that the browser then shows.
_STAND_INS = {
    "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js": "// Not part of Debian's package.\n",
}


@dataclass(frozen=True)
class Odoo:
    """An Odoo that can be run: `python_path` goes on PYTHONPATH, `addons` on the addons path."""

    python_path: Path
    addons: tuple
    release: str

    @property
    def fingerprint(self):
        """What changes when this Odoo becomes another one: its release, its size, the commit of a git checkout."""
        head = self.python_path / ".git" / "HEAD"
        commit = head.read_text().strip() if head.is_file() else ""
        if commit.startswith("ref: "):
            branch = self.python_path / ".git" / commit[5:]
            commit = branch.read_text().strip() if branch.is_file() else commit
        return f"{self.release} {_measure(self)} {commit}"


def get():
    """The Odoo to use, fetched when needed."""
    home = os.environ.get("ODOO_HOME")
    if home:
        return _from_folder(Path(home).expanduser().absolute())
    fetched = cache.folder() / "odoo"
    with cache.lock("odoo", "another run that fetches Odoo"):
        stamp = cache.read_stamp(fetched)
        if stamp and _still_as_stamped(fetched, stamp):
            return _from_folder(fetched / stamp["home"])
        cache.check_disk_space(cache.folder(), first_time=True)
        return _fetch(fetched)


def _fetch(target):
    reasons = []
    for name, fetch in (("Debian package", _fetch_debian), ("git clone", _fetch_git)):
        cache.fresh_folder(target)
        try:
            with say.step(f"fetching Odoo 19 ({name})"):
                home = fetch(target)
        except (debian.Unavailable, processes.CommandFailed) as error:
            reason = error.reason if isinstance(error, processes.CommandFailed) else str(error)
            say.line(f"  not this way: {reason}")
            reasons.append(f"{name}: {reason}")
            continue
        odoo = _from_folder(target / home)
        cache.write_stamp(target, {"home": home, "release": odoo.release, **_measure(odoo)})
        return odoo
    cache.remove(target)
    raise say.Stop(f"Odoo 19 could not be fetched ({'; '.join(reasons)}); connect to the network, or {_HOW}")


def _fetch_debian(target):
    debian.fetch_and_unpack(_PACKAGES, target)
    packages = target / "usr/lib/python3/dist-packages"
    # The package carries a second copy of the addons and Odoo's own build scripts beside the Python package.
    for name in ("addons", "setup", "doc"):
        cache.remove(packages / name)
    for path, text in _STAND_INS.items():
        (packages / path).parent.mkdir(parents=True, exist_ok=True)
        (packages / path).write_text(text)
    return str(packages.relative_to(target))


def _fetch_git(target):
    if not shutil.which("git"):
        raise debian.Unavailable("git is missing")
    command = ["git", "clone", "--quiet", "--depth", "1", "-b", "19.0", _GIT, target / "source"]
    processes.run(command, cache.folder() / "log" / "git.log", env={**os.environ, "GIT_TERMINAL_PROMPT": "0"})
    return "source"


def _from_folder(home):
    """Read what kind of Odoo is in `home`: a source tree, an installed package, or the folder above one."""
    if (home / "release.py").is_file() and (home / "addons").is_dir():
        home = home.parent
    release = home / "odoo" / "release.py"
    if not release.is_file():
        raise say.Stop(f"no Odoo in {home}: {_HOW}")
    text = release.read_text()
    match = re.search(r"^version_info = \((\d+), (\d+)", text, re.MULTILINE)
    if not match or (int(match[1]), int(match[2])) != SERIES:
        found = ".".join(match.groups()) if match else "an unknown release"
        raise say.Stop(f"{home} holds Odoo {found}, not 19.0: {_HOW}")
    addons = [path for path in (home / "odoo" / "addons", home / "addons") if path.is_dir()]
    if not any((path / "account" / "__manifest__.py").is_file() for path in addons):
        raise say.Stop(f"the Odoo in {home} has no addon `account`: {_HOW}")
    return Odoo(home, tuple(addons), text)


def _measure(odoo):
    """What tells a whole tree from a damaged one, quickly: the number of addons, and of files in two of them."""
    manifests = sum(1 for path in odoo.addons for _ in path.glob("*/__manifest__.py"))
    files = 0
    for path in odoo.addons:
        for name in ("account", "mail", "web"):
            files += sum(1 for item in (path / name).rglob("*") if item.suffix != ".pyc" and item.is_file())
    return {"manifests": manifests, "files": files}


def _still_as_stamped(target, stamp):
    try:
        odoo = _from_folder(target / stamp["home"])
    except (say.Stop, KeyError, OSError) as error:
        say.line(f"the stored Odoo is damaged ({error}); fetching it again")
        return False
    measured = {"release": odoo.release, **_measure(odoo)}
    same = all(stamp.get(key) == value for key, value in measured.items())
    if not same:
        say.line("the stored Odoo is damaged (files are missing or changed); fetching it again")
    return same
