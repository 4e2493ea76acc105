"""Overpayments: list, read, allocate. They are created as bank transactions."""

from ..documents import OVERPAYMENT
from .bank_credits import routes_of

ROUTES = routes_of(OVERPAYMENT, "Overpayments", "References")
