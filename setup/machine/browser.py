"""Chromium for browser tests: the machine's own, else Debian's package where we may install it."""

import os
import shutil

from . import cache, processes, say

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ODOO_LOOKS_FOR = "chromium"


def get():
    """Path of a Chromium, installed when root on Debian; where there is none the run ends: browser tests never skip."""
    given = os.environ.get("CHROMIUM")
    if given:
        path = shutil.which(given)
        if not path:
            raise say.Stop(f"CHROMIUM names {given}, which is no program that can be run")
        return path
    path = _find()
    if path:
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _install()
        path = _find()
    if not path:
        raise say.Stop(
            "no Chromium for the browser tests: install Debian's package chromium, or set CHROMIUM to its path"
        )
    return path


def search_path(chromium):
    """PATH on which Odoo's own browser tests find this Chromium: they look for names, not for a variable."""
    folder = cache.folder() / "browser"
    folder.mkdir(exist_ok=True)
    link = folder / _ODOO_LOOKS_FOR
    if not link.is_symlink() or os.readlink(link) != chromium:
        cache.remove(link)
        link.symlink_to(chromium)
    return os.pathsep.join([str(folder), os.environ.get("PATH", os.defpath)])


def _find():
    return next(filter(None, map(shutil.which, _NAMES)), None)


def _install():
    log = cache.folder() / "log" / "chromium.log"
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with say.step("installing Chromium (Debian's package)"):
        try:
            processes.run(["apt-get", "update"], log, env=env)
            processes.run(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], log, env=env)
        except processes.CommandFailed as error:
            cause = "no network: " if error.network else ""
            raise say.Stop(
                f"{cause}Chromium for the browser tests could not be installed ({error.reason}); "
                "install it, or set CHROMIUM to its path"
            ) from error
