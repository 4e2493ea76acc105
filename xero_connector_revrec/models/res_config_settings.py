from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    xero_deferred_account_ids = fields.Many2many(
        related="xero_connection_id.deferred_account_ids",
        readonly=False,
        string="Xero Deferred Revenue Accounts",
        domain="[('connection_id', '=', xero_connection_id), ('account_class', '=', 'LIABILITY'), "
        "('usable_on_lines', '=', True), ('code', '!=', False)]",
    )
    xero_recognised_account_ids = fields.Many2many(
        related="xero_connection_id.recognised_account_ids",
        readonly=False,
        string="Xero Recognised Revenue Accounts",
        domain="[('connection_id', '=', xero_connection_id), ('account_class', '=', 'REVENUE'), "
        "('usable_on_lines', '=', True), ('code', '!=', False)]",
    )
    xero_journal_legs = fields.Selection(
        related="xero_connection_id.journal_legs", readonly=False, string="Xero Journals"
    )
