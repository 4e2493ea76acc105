"""Prepayments: list, read, allocate. They are created as bank transactions."""

from ..documents import PREPAYMENT
from .bank_credits import routes_of

ROUTES = routes_of(PREPAYMENT, "Prepayments", "InvoiceNumbers")
