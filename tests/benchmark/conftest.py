"""Odoo on the run's own database, for all measurements; what they commit stays until the run drops it."""

import pytest

from odoo.api import SUPERUSER_ID, Environment
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name


@pytest.fixture
def env():
    """Odoo as its superuser, in a real transaction: commit as the addons do; the rest is rolled back in the end."""
    with Registry(get_db_name()).cursor() as cursor:
        yield Environment(cursor, SUPERUSER_ID, {})
        cursor.rollback()
