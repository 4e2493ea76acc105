from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Have connections go on sending what they did, and tell in each what can be turned on now."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    connections = env["xero.connection"].with_context(active_test=False).search([("tenant_id", "!=", False)])
    connections._keep_to_invoices()
