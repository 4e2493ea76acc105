from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    xero_connection_id = fields.Many2one("xero.connection", compute="_compute_xero_connection_id")
    xero_state = fields.Selection(related="xero_connection_id.state", string="Xero State")
    xero_organisation_name = fields.Char(related="xero_connection_id.organisation_name", string="Xero Organisation")
    xero_is_demo = fields.Boolean(related="xero_connection_id.is_demo")
    xero_state_message = fields.Char(related="xero_connection_id.state_message", string="Xero Attention")
    xero_last_error = fields.Char(related="xero_connection_id.last_error")
    xero_next_sync = fields.Datetime(related="xero_connection_id.next_sync")
    xero_last_sync = fields.Datetime(related="xero_connection_id.last_sync")
    xero_day_calls_used = fields.Integer(related="xero_connection_id.day_calls_used")
    xero_day_calls_limit = fields.Integer(related="xero_connection_id.day_calls_limit")
    xero_default_account_id = fields.Many2one(
        related="xero_connection_id.default_account_id",
        readonly=False,
        string="Xero Ledger Account",
        domain="[('connection_id', '=', xero_connection_id), ('usable_on_lines', '=', True), ('code', '!=', False)]",
    )
    xero_default_expense_account_id = fields.Many2one(
        related="xero_connection_id.default_expense_account_id",
        readonly=False,
        string="Xero Account for Bills",
        domain="[('connection_id', '=', xero_connection_id), ('usable_on_lines', '=', True), ('code', '!=', False)]",
    )
    xero_invoice_status = fields.Selection(
        related="xero_connection_id.invoice_status", readonly=False, string="Xero Invoice Status"
    )

    xero_default_payment_account_id = fields.Many2one(
        related="xero_connection_id.default_payment_account_id",
        readonly=False,
        string="Xero Payment Account",
        domain="[('connection_id', '=', xero_connection_id), ('usable_for_payments', '=', True)]",
    )
    xero_unmapped_tax_policy = fields.Selection(
        related="xero_connection_id.unmapped_tax_policy", readonly=False, string="Xero Unmapped Taxes"
    )
    xero_export_from = fields.Date(
        related="xero_connection_id.export_from", readonly=False, string="Xero Export Documents From"
    )
    xero_contact_updates = fields.Boolean(related="xero_connection_id.contact_updates", readonly=False)
    xero_add_currencies = fields.Boolean(related="xero_connection_id.add_currencies", readonly=False)
    xero_sync_credit_notes = fields.Boolean(related="xero_connection_id.sync_credit_notes", readonly=False)
    xero_sync_bills = fields.Boolean(related="xero_connection_id.sync_bills", readonly=False)
    xero_sync_payments = fields.Boolean(related="xero_connection_id.sync_payments", readonly=False)
    xero_realtime = fields.Boolean(related="xero_connection_id.realtime", readonly=False)
    xero_sync_interval = fields.Integer(related="xero_connection_id.sync_interval", readonly=False)
    xero_day_reserve = fields.Integer(related="xero_connection_id.day_reserve", readonly=False)

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

    def action_xero_set_up(self):
        """Open the set-up assistant; see ``xero.connection``."""
        self.ensure_one()
        return self.xero_connection_id.action_set_up()

    def action_xero_test(self):
        """Ask Xero for the organisation, read-only; see ``xero.connection``."""
        self.ensure_one()
        return self.xero_connection_id.action_test_connection()

    def action_xero_sync_now(self):
        """Start a run at once; see ``xero.connection``."""
        self.ensure_one()
        return self.xero_connection_id.action_sync_now()

    def action_xero_pause(self):
        """Put the connection on hold; see ``xero.connection``."""
        self.ensure_one()
        self.xero_connection_id.action_pause()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_xero_resume(self):
        """Go on after a pause; see ``xero.connection``."""
        self.ensure_one()
        return self.xero_connection_id.action_resume()

    def action_xero_disconnect(self):
        """Stop both directions and give the access back; see ``xero.connection``."""
        self.ensure_one()
        return self.xero_connection_id.action_disconnect()
