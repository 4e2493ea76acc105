"""Runs inside Odoo's shell (`env` is given): point the addons at the simulator, and prepare a first connection."""

import json
import os

wanted = json.loads(os.environ["XERO_SETUP_SETTINGS"])
for key, value in wanted["parameters"].items():
    env["ir.config_parameter"].set_param(key, value)  # noqa: F821
if "xero.connection" in env:  # noqa: F821
    connections = env["xero.connection"]  # noqa: F821
    if not connections.search_count([("code", "=", wanted["connection"]["code"])], limit=1):
        values = {
            "company_id": env.ref("base.main_company").id,  # noqa: F821
            "responsible_id": env.ref("base.user_admin").id,  # noqa: F821
        }
        connections.create({**wanted["connection"], **values})
env.cr.commit()  # noqa: F821
