"""What is left of the addons in a database from which they were removed."""

import os

import pytest

from machine import addons, databases
from support.odoo_database import drop_database, installation
from support.odoo_process import OdooProcess

QUERIES = (
    "SELECT relname FROM pg_class WHERE relname LIKE 'xero%'",
    "SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Xero%'",
    "SELECT name FROM ir_act_server WHERE code LIKE '%_deliver_due%' OR code LIKE '%_run_sync%'",
    "SELECT key FROM ir_config_parameter WHERE key LIKE 'xero_connector%'",
    "SELECT model FROM ir_model WHERE model LIKE 'xero.%'",
)
# What an addon adds to tables, its own and others', to Odoo's lists of models and menus, and to the jobs.
_ADDED = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
    " AND (table_name LIKE '%xero%' OR column_name LIKE '%xero%')",
    # Odoo keeps the external ids of choices that a model has from another addon's mixin; the choices themselves go.
    "SELECT module, model, count(*) FROM ir_model_data WHERE module LIKE 'xero%'"
    " AND model <> 'ir.model.fields.selection' GROUP BY module, model",
    "SELECT field.model, field.name, choice.value FROM ir_model_fields_selection choice"
    " JOIN ir_model_fields field ON field.id = choice.field_id",
    "SELECT key FROM ir_config_parameter",
    "SELECT cron_name FROM ir_cron",
    "SELECT model, name FROM ir_model_fields WHERE name LIKE '%xero%' OR model LIKE 'xero%'",
)
_FIRST = "xero_connector"
# Of records that an addon brings to Xero, the first addon keeps what it knows of any record there.
_KEPT = (
    "INSERT INTO xero_mark (res_model, res_id, company_id, marked_at) VALUES (%s, 1, 1, now()) RETURNING id",
    "INSERT INTO xero_binding (res_model, res_id, company_id, connection_id, role, xero_type, state)"
    " SELECT %s, 1, 1, id, 'main', 'ManualJournal', 'synced' FROM xero_connection RETURNING id",
    "INSERT INTO xero_push (record_ids, company_id, connection_id, name, user_id, state)"
    " SELECT jsonb_build_object(%s::text, '[1]'::jsonb), 1, id, 'Journals', 2, 'done' FROM xero_connection"
    " RETURNING id",
)
_BROUGHT = {"xero_connector_revrec": "xero.manual.journal"}


def _change(odoo, button, name):
    module = odoo.rpc("ir.module.module", "search", [[["name", "=", name]]])
    odoo.rpc("ir.module.module", f"button_immediate_{button}", [module])


def _installed(odoo):
    rows = odoo.sql("SELECT name FROM ir_module_module WHERE state = 'installed' ORDER BY name")
    return [name for (name,) in rows if name in addons.digests()]


def test_uninstalling_leaves_no_table_job_or_setting(odoo_demo):
    """Odoo drops what it knows of, and the addons that need this one; the addon's own hook drops the rest."""
    assert all(odoo_demo.sql(query) for query in QUERIES)
    _change(odoo_demo, "uninstall", _FIRST)
    assert [odoo_demo.sql(query) for query in QUERIES] == [[]] * len(QUERIES)


@pytest.fixture
def odoo_alone():
    """An Odoo without demo data and with the first addon only."""
    database = f"xero_connector_process_{os.getpid()}_0"
    databases.copy(installation(), databases.addons_template(installation(), demo=False, only=[_FIRST]), database)
    try:
        with OdooProcess(database, cron_threads=0) as running:
            yield running
    finally:
        drop_database(database)


def _added(odoo):
    return [set(odoo.sql(query)) for query in _ADDED]


def test_the_first_addon_needs_no_other_and_each_other_goes_without_a_trace(odoo_alone):
    assert _installed(odoo_alone) == [_FIRST]
    odoo_alone.rpc("xero.connection", "create", [{"name": "Books", "code": "books"}])
    before = _added(odoo_alone)
    for name in addons.names():
        if name != _FIRST:
            _change(odoo_alone, "install", name)
            assert _added(odoo_alone) != before
            kept = [odoo_alone.sql(query, _BROUGHT[name]) for query in _KEPT] if name in _BROUGHT else []
            assert all(kept)
            _change(odoo_alone, "uninstall", name)
            kept = [odoo_alone.sql(f"SELECT id FROM {query.split()[2]}") for query in _KEPT]
            assert kept == [[]] * len(_KEPT)
            left = [now ^ then for now, then in zip(_added(odoo_alone), before, strict=True)]
            assert left == [set()] * len(_ADDED), f"{name}: {left}"
    _change(odoo_alone, "uninstall", _FIRST)
    assert [odoo_alone.sql(query) for query in QUERIES] == [[]] * len(QUERIES)
