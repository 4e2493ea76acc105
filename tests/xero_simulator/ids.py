"""Identifiers that are the same in every run."""

import random
import uuid


class Ids:
    """GUIDs, secrets and short codes from a seeded generator."""

    def __init__(self, seed=20260301):
        self._random = random.Random(seed)

    def guid(self):
        """A version 4 GUID in lower case."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def secret(self):
        """43 characters, like Xero's codes and refresh tokens."""
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        return "".join(self._random.choice(alphabet) for _ in range(43))

    def short_code(self):
        """An organisation's short code: ``!`` and five letters or digits."""
        alphabet = "BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz23456789"
        return "!" + "".join(self._random.choice(alphabet) for _ in range(5))


def is_guid(value):
    """Whether ``value`` is text in the form of a GUID."""
    if not isinstance(value, str):
        return False
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


def normal_guid(value):
    """A GUID as Xero writes it."""
    return str(uuid.UUID(value))


def known_id(value, table):
    """The id of a record of ``table`` that ``value`` names, or nothing."""
    return normal_guid(value) if is_guid(value) and normal_guid(value) in table else None


ZERO_GUID = "00000000-0000-0000-0000-000000000000"
