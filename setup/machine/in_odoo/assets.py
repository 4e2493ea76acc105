"""Runs inside Odoo's shell (`env` is given): build the web client's bundles now rather than at the first page."""

env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821
env.cr.commit()  # noqa: F821
