from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Give the links their reasons, which are records only since this version, and finished pushes their state."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    bindings = env["xero.binding"].search([("reason", "!=", False)])
    env.add_to_compute(bindings._fields["reason_id"], bindings)
    env["xero.push"].search([("finished_at", "!=", False)]).write({"state": "done"})
    env.flush_all()
