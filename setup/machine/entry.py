"""How each command begins and ends: in the virtual environment, and with one line for each foreseeable failure."""

import errno
import importlib
import os
import signal
import sys

from . import python_env, say

_SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class _Asked(BaseException):
    """The user or the system asked this program to end."""

    def __init__(self, number):
        self.number = number
        super().__init__(signal.Signals(number).name)


def main(script, arguments, name):
    """Run the module `name` below `machine` (its function `main(arguments)`) and exit with the code it returns."""
    os.umask(0o022)
    sys.path.append(str(python_env.REPOSITORY / "tests"))
    for number in _SIGNALS:
        signal.signal(number, _ask)

    def work():
        python_env.enter(script, arguments)
        return importlib.import_module(f"machine.{name}").main(arguments)

    sys.exit(outcome(work))


def outcome(work):
    """The exit code of the function `work`; what went wrong foreseeably is said in one line."""
    try:
        return work()
    except say.Stop as stop:
        return _fail(str(stop))
    except BrokenPipeError:
        # Whoever read our output (a pager, `head`) has gone; nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        return _fail(f"no disk space left ({error.filename or 'while writing'})")
    except _Asked as asked:
        return 128 + asked.number


def _ask(number, _frame):
    # Cleaning up has its own time limits; a second Ctrl-C would only leave something behind.
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise _Asked(number)


def _fail(text):
    print(f"error: {text}", file=sys.stderr, flush=True)
    return 1
