"""Runs inside Odoo's shell (`env` is given): have Odoo's own exporter write the terms of addons, {addon: path}."""

import json
import os

from odoo.tools.translate import trans_export

for addon, path in json.loads(os.environ["XERO_SETUP_SETTINGS"]).items():
    with open(path, "wb") as target:
        # No language: a template.
        trans_export(None, [addon], target, "po", env)  # noqa: F821
