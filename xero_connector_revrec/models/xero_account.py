from odoo import fields, models


class XeroAccount(models.Model):
    _inherit = "xero.account"

    deferred_connection_ids = fields.Many2many(
        "xero.connection", "xero_connection_deferred_account_rel", "account_id", "connection_id", readonly=True
    )
    recognised_connection_ids = fields.Many2many(
        "xero.connection", "xero_connection_recognised_account_rel", "account_id", "connection_id", readonly=True
    )
