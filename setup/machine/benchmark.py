"""`setup/benchmark`: the measurements in `tests/benchmark`, on a database of their own that is dropped in the end.

They run as tests do, but one after the other, with what they print on the screen and an hour for each.
"""

from . import test
from .python_env import REPOSITORY

_SECONDS = 3600


def main(arguments):
    """Prepare, measure, clean up; returns pytest's exit code."""
    # What they store is committed: PostgreSQL shall know its tables as it does in use.
    return test.run(pytest_arguments(arguments), statistics=False)


def pytest_arguments(arguments):
    """pytest's arguments: all measurements, unless the user names some."""
    chosen = [] if test.has_paths(arguments) else [str(REPOSITORY / "tests" / "benchmark")]
    return ["-s", f"--timeout={_SECONDS}", *chosen, *arguments]
