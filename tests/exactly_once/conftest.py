"""One database and one simulator for all tests of this folder: making them takes longer than most tests."""

import pytest

from .workbench import Workbench


@pytest.fixture(scope="package")
def workbench():
    """An Odoo connected to the simulator."""
    with Workbench() as running:
        yield running


@pytest.fixture
def bench(workbench):
    """The workbench at rest, without faults."""
    yield workbench
    workbench.simulator.clear_faults()
