"""Fetches Debian packages into the cache under an apt configuration of our own.

The machine's own apt (its sources, lists and installed packages) stays untouched, and root is not needed.
apt checks the signature of the lists and the hash of each package; only what it accepted is unpacked.
"""

import os
import shutil
import subprocess

from . import cache, processes

_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class Unavailable(Exception):
    """Debian packages cannot be had here; the text says why."""


def mirror():
    """Debian's archive; `XERO_SETUP_DEBIAN_MIRROR` names a nearer copy of it."""
    return os.environ.get("XERO_SETUP_DEBIAN_MIRROR", "http://deb.debian.org/debian")


def fetch_and_unpack(packages_by_suite, root):
    """Unpack packages below the folder `root`. `packages_by_suite`: {suite: [package names]}."""
    for tool in ("apt-get", "dpkg"):
        if not shutil.which(tool):
            raise Unavailable(f"{tool} is missing")
    if not os.path.exists(_KEYRING):
        raise Unavailable(f"{_KEYRING} is missing")
    for suite, packages in packages_by_suite.items():
        downloads = _download(suite, packages)
        try:
            for package in sorted(downloads.glob("*.deb")):
                processes.run(["dpkg", "-x", package, root], cache.folder() / "log" / "unpack.log")
        finally:
            cache.remove(downloads.parent)


def _download(suite, packages):
    """Download packages of one suite; returns the folder that holds their .deb files."""
    home = cache.fresh_folder(cache.folder() / "apt" / suite)
    for name in ("lists/partial", "archives/partial", "debs"):
        (home / name).mkdir(parents=True)
    (home / "status").touch()
    (home / "sources.list").write_text(f"deb [signed-by={_KEYRING}] {mirror()} {suite} main\n")
    config = home / "apt.conf"
    config.write_text(
        f'Dir::Etc::sourcelist "{home}/sources.list";\n'
        'Dir::Etc::sourceparts "-";\n'
        f'Dir::State "{home}";\n'
        f'Dir::State::lists "{home}/lists";\n'
        f'Dir::State::status "{home}/status";\n'
        f'Dir::Cache "{home}";\n'
        f'Dir::Cache::archives "{home}/archives";\n'
        f'APT::Architecture "{_architecture()}";\n'
        'Acquire::Languages "none";\n'
        'Acquire::Retries "2";\n'
        'Acquire::http::Timeout "30";\n'
        'APT::Update::Error-Mode "any";\n'
    )
    env = {**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C.UTF-8"}
    log = cache.folder() / "log" / "apt.log"
    try:
        processes.run(["apt-get", "update"], log, env=env)
        processes.run(["apt-get", "download", *packages], log, env=env, cwd=home / "debs")
    except processes.CommandFailed as error:
        cause = "no network, " if error.network else "no disk space, " if error.disk else ""
        raise Unavailable(f"{cause}{error.reason}") from error
    return home / "debs"


def _architecture():
    return subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()
