"""Databases for tests with real server processes: copies of the template with Odoo's demo data and the addons."""

import functools
import itertools
import os

from machine import databases
from machine.installation import Installation

_numbers = itertools.count(1)


@functools.cache
def installation():
    """The Odoo and the PostgreSQL server that this test run uses; `setup/test` has prepared both."""
    return Installation.get()


def fresh_demo_database():
    """Copy the template with demo data (made at its first use, a minute) and return the new database's name."""
    template = databases.addons_template(installation(), demo=True)
    name = f"xero_connector_process_{os.getpid()}_{next(_numbers)}"
    databases.copy(installation(), template, name)
    return name


def drop_database(name):
    """Delete a database, whoever is connected to it."""
    databases.drop(installation(), name)


def sql(database, query, *parameters):
    """Rows that a query gives, on a connection of its own; changes are committed."""
    connection = installation().server.connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query, parameters or None)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
