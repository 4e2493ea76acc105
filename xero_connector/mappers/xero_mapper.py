import re
from collections import namedtuple
from decimal import Decimal

from odoo import api, models

# ``problems`` is a list of (reason, text): everything that preflight found, so that a user sees it at once. ``parts``
# are the lines with what was wanted of each, in the order of the payload's, also where there is no payload.
Mapped = namedtuple("Mapped", "payload problems expected rung parts", defaults=({}, [], {}, None, ()))

# Control characters are not allowed in Xero's texts (nor in XML, which it keeps them in); tabs and line ends are.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def _units(text):
    return len(text.encode("utf-16-le")) // 2


class XeroMapper(models.AbstractModel):
    """Turns an Odoo record into what Xero should hold. Mappers read; they neither write nor call.

    A mapper is an ``AbstractModel`` so that another addon extends a payload with ``_inherit``.
    """

    _name = "xero.mapper"
    _description = "Xero Mapper"

    @api.model
    def _text(self, value, size):
        """Return ``value`` without control characters, cut to Xero's ``size`` with an ellipsis.

        Xero is written in .NET, where a character outside Unicode's basic plane (an emoji) counts as two.
        """
        text = _CONTROL.sub("", value or "").strip()
        if _units(text) <= size:
            return text
        text = text[: size - 1]
        while _units(text) > size - 1:
            text = text[: -max(1, (_units(text) - size + 1) // 2)]
        return f"{text}…"

    @api.model
    def _decimal(self, value, digits=10):
        """Return a float of Odoo's as the decimal it stands for, rounded to ``digits``."""
        # By the shortest text: more digits than a float holds would turn 1234567.1 into 1234567.1000000001.
        return Decimal(repr(round(value, digits))).normalize() + Decimal(0)

    @api.model
    def _money(self, value, currency):
        """Return an amount as an exact decimal of the currency's digits."""
        return Decimal(f"{value:.{currency.decimal_places}f}")
