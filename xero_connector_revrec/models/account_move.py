from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    xero_charge_ids = fields.One2many(
        "xero.recognition.charge",
        "move_id",
        "Recognition Charges",
        copy=False,
        groups="xero_connector.group_xero_user",
    )
    xero_charge_count = fields.Integer(
        "Charges", compute="_compute_xero_charge_count", groups="xero_connector.group_xero_user"
    )

    def _compute_xero_charge_count(self):
        counts = dict(
            self.env["xero.recognition.charge"]._read_group([("move_id", "in", self.ids)], ["move_id"], ["__count"])
        )
        for move in self:
            move.xero_charge_count = counts.get(move._origin, 0)

    def _post(self, soft=True):
        posted = super()._post(soft)
        self.env["xero.recognition.charge"].sudo()._charge(posted)
        return posted

    def button_draft(self):
        result = super().button_draft()
        self.env["xero.recognition.charge"].sudo()._of_moves(self)._withdraw()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        charges = self.env["xero.recognition.charge"].sudo()
        charges._of_moves(self)._withdraw()
        charges._tidy(self)
        return result

    def unlink(self):
        charges = self.env["xero.recognition.charge"].sudo()
        charges._of_moves(self)._withdraw()
        left = charges.search([("move_id", "in", self.ids)])
        result = super().unlink()
        left._tidy_away()
        return result

    def action_open_xero_charges(self):
        """Open the recognition charges of this document."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector_revrec.xero_recognition_charge_action")
        return {**action, "domain": [("move_id", "=", self.id)], "context": {}}
