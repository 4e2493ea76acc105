"""The folder outside the checkout that keeps what was downloaded or made, and how it is trusted again.

Each thing in it is complete when its stamp is there and says what it should: the stamp is written last, and a
thing without its stamp, or with another, is thrown away and made anew.
"""

import contextlib
import fcntl
import json
import os
import shutil
import time
from pathlib import Path

from . import say

NAME = "xero-connector-odoo"
FIRST_RUN_BYTES = 4 * 1000**3
LATER_RUN_BYTES = 500 * 1000**2
_ELSEWHERE = "set XDG_CACHE_HOME to a folder you may write to"
_STAMP = ".complete.json"


def folder():
    """The cache folder, made when missing.

    Root's own home is closed to other users, and the database server that root starts runs as another user:
    root's default is therefore below /var/cache.
    """
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        path = Path(base).expanduser()
    elif os.geteuid() == 0:
        path = Path("/var/cache")
    else:
        path = Path.home() / ".cache"
    path = path.absolute() / NAME
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise say.Stop(f"the cache folder {path} cannot be made ({error.strerror}); {_ELSEWHERE}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise say.Stop(f"no permission to write to the cache folder {path}; {_ELSEWHERE}")
    return path


def check_disk_space(path, first_time, free_bytes=None):
    """Refuse to begin what would fill the disk. `free_bytes` stands in for the measured figure."""
    needed = FIRST_RUN_BYTES if first_time else LATER_RUN_BYTES
    free = shutil.disk_usage(path).free if free_bytes is None else free_bytes
    if free < needed:
        raise say.Stop(
            f"not enough disk space in {path}: {free / 1000**3:.1f} GB free, {needed / 1000**3:.1f} GB needed; "
            "free some or set XDG_CACHE_HOME to a larger disk"
        )


def write_stamp(path, facts):
    """Mark the folder `path` as complete, with the `facts` (a JSON-able dict) to compare at its next use."""
    unfinished = Path(path) / (_STAMP + ".new")
    unfinished.write_text(json.dumps(facts, indent=1, sort_keys=True))
    os.replace(unfinished, Path(path) / _STAMP)


def read_stamp(path):
    """The facts a folder was completed with; None when it never was, or its stamp is damaged."""
    try:
        return json.loads((Path(path) / _STAMP).read_text())
    except FileNotFoundError:
        return None
    except (ValueError, NotADirectoryError):
        say.line(f"the stamp of {path} is damaged; it will be made anew")
        return None


def fresh_folder(path):
    """An empty folder at `path`, whatever was there before."""
    remove(path)
    Path(path).mkdir(parents=True)
    return Path(path)


def remove(path):
    """Delete a file or a whole folder; a missing one is fine."""
    path = Path(path)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def remove_unused(parent, keep, days):
    """Delete what was not touched for `days` days directly below `parent`, except the `keep` newest."""
    parent = Path(parent)
    entries = sorted(parent.iterdir(), key=lambda path: path.lstat().st_mtime, reverse=True) if parent.is_dir() else []
    for path in entries[keep:]:
        if path.lstat().st_mtime < time.time() - days * 86400:
            remove(path)


@contextlib.contextmanager
def lock(name, waiting_for="another run that is setting this machine up"):
    """Hold the lock `name` among all runs on this cache; say so when there is one to wait for."""
    path = folder() / f"{name}.lock"
    with open(path, "a+") as handle:
        if not _try_lock(handle):
            handle.seek(0)
            say.line(f"waiting for {waiting_for} (process {handle.read().strip() or 'unknown'}) …")
            fcntl.flock(handle, fcntl.LOCK_EX)
        _write_owner(handle)
        yield


def hold(name):
    """Take the lock `name` until this process ends. Returns (handle, None), or (None, owner's process id)."""
    handle = open(folder() / f"{name}.lock", "a+")  # noqa: SIM115 - stays open as long as the lock is held
    if _try_lock(handle):
        _write_owner(handle)
        return handle, None
    handle.seek(0)
    owner = handle.read().strip()
    handle.close()
    return None, owner


def _try_lock(handle):
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_owner(handle):
    handle.seek(0)
    handle.truncate()
    handle.write(str(os.getpid()))
    handle.flush()
