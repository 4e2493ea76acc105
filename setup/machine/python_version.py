"""Refuses Pythons that Odoo 19, or a package at the version that setup/ installs, does not run on.

Written in syntax that any Python 3 can read, so that an old one gets a sentence instead of a SyntaxError.
"""

import sys

OLDEST = (3, 11)
NEWEST = (3, 13)


def problem(version):
    """Return the sentence that explains why `version` (a tuple) cannot be used, or None when it can."""
    found = tuple(version[:2])
    if OLDEST <= found <= NEWEST:
        return None
    return (
        "Python {}.{} cannot run this: it needs Python {}.{} to {}.{}. "
        "Start it with another one, for example: python3.11 setup/demo"
    ).format(*(found + OLDEST + NEWEST))


def check(version=None):
    """End the program with one line when the running Python (or `version`) is the wrong one."""
    sentence = problem(version or sys.version_info)
    if sentence:
        sys.exit("error: " + sentence)
