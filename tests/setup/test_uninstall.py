"""What is left of the addon in a database from which it was removed."""

QUERIES = (
    "SELECT relname FROM pg_class WHERE relname LIKE 'xero%'",
    "SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'Xero%'",
    "SELECT name FROM ir_act_server WHERE code LIKE '%_deliver_due%' OR code LIKE '%_run_sync%'",
    "SELECT key FROM ir_config_parameter WHERE key LIKE 'xero_connector.%'",
    "SELECT model FROM ir_model WHERE model LIKE 'xero.%'",
)


def test_uninstalling_leaves_no_table_job_or_setting(odoo_demo):
    """Odoo drops what it knows of; the addon's own hook drops the rest."""
    assert all(odoo_demo.sql(query) for query in QUERIES)
    module = odoo_demo.rpc("ir.module.module", "search", [[["name", "=", "xero_connector"]]])
    odoo_demo.rpc("ir.module.module", "button_immediate_uninstall", [module])
    assert [odoo_demo.sql(query) for query in QUERIES] == [[]] * len(QUERIES)
