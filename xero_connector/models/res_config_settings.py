from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    xero_connection_id = fields.Many2one("xero.connection", compute="_compute_xero_connection_id")
    xero_state = fields.Selection(related="xero_connection_id.state", string="Xero State")
    xero_organisation_name = fields.Char(related="xero_connection_id.organisation_name", string="Xero Organisation")
    xero_is_demo = fields.Boolean(related="xero_connection_id.is_demo")
    xero_default_account_id = fields.Many2one(
        related="xero_connection_id.default_account_id",
        readonly=False,
        string="Xero Ledger Account",
        domain="[('connection_id', '=', xero_connection_id), ('usable_on_lines', '=', True), ('code', '!=', False)]",
    )
    xero_invoice_status = fields.Selection(
        related="xero_connection_id.invoice_status", readonly=False, string="Xero Invoice Status"
    )

    @api.depends("company_id")
    def _compute_xero_connection_id(self):
        for settings in self:
            connections = self.env["xero.connection"]
            settings.xero_connection_id = connections._for_company(settings.company_id) or connections.search(
                [("company_id", "=", settings.company_id.root_id.id)], limit=1
            )

    def action_xero_open_connection(self):
        """Open this company's connection, or the form of a new one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Xero Connection"),
            "res_model": "xero.connection",
            "res_id": self.xero_connection_id.id,
            "views": [(False, "form")],
            "context": {"default_company_id": self.company_id.root_id.id},
        }

    def action_xero_connect(self):
        """Go to Xero's consent page for this company's connection."""
        self.ensure_one()
        return self.xero_connection_id.action_connect()
