"""Progress on the screen, and the one way to give up: a sentence instead of a traceback."""

import contextlib
import os
import sys
import threading
import time

# A command continues in another Python; its clock goes on.
_STARTED = float(os.environ.setdefault("XERO_SETUP_STARTED", str(time.monotonic())))
_QUIET_SECONDS = 15


class Stop(Exception):
    """Something the user has to change first. Its text is the one line that they see."""


def since_start():
    """Seconds since the command began."""
    return time.monotonic() - _STARTED


def line(text):
    """Print one progress line with the seconds elapsed since the command began."""
    print(f"[{since_start():6.1f} s] {text}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(text):
    """Announce work that takes a while, show every few seconds that it still goes on, and how long it took."""
    line(f"{text} …")
    begun = time.monotonic()
    finished = threading.Event()

    def reassure():
        while not finished.wait(_QUIET_SECONDS):
            line(f"  … still at it: {text} ({time.monotonic() - begun:.0f} s)")

    thread = threading.Thread(target=reassure, daemon=True)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
    line(f"  done in {time.monotonic() - begun:.1f} s")
