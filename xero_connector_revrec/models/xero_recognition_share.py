from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class XeroRecognitionShare(models.Model):
    """A percentage of a charge that somebody recognises on a day; what all leave is recognised on the last day."""

    _name = "xero.recognition.share"
    _description = "Recognised Percentage"
    _order = "charge_id, date"

    charge_id = fields.Many2one("xero.recognition.charge", required=True, index=True, ondelete="cascade")
    date = fields.Date(required=True)
    percentage = fields.Float("Percentage (%)", digits=(9, 4), required=True)

    _percentage_positive = models.Constraint(
        "CHECK (percentage > 0 AND percentage <= 100)", "A percentage is more than 0 and at most 100."
    )

    @api.model_create_multi
    def create(self, vals_list):
        shares = super().create(vals_list)
        shares._check_not_exported()
        shares._changed(shares.charge_id)
        return shares

    def write(self, vals):
        self._check_not_exported()
        result = super().write(vals)
        self._check_not_exported()
        self._changed(self.charge_id)
        return result

    def unlink(self):
        self._check_not_exported()
        charges = self.charge_id
        result = super().unlink()
        self._changed(charges)
        return result

    def _changed(self, charges):
        """Make the schedules of ``charges`` anew; where several of their percentages change, that is done together."""
        if not self.env.context.get("xero_shares_together"):
            charges.sudo()._share_out()

    def _check_not_exported(self):
        for share in self:
            free = share.charge_id.sudo()._first_free_day()
            if free and share.date < free:
                raise UserError(
                    self.env._(
                        "%s was exported: percentages can be changed from the next day on.",
                        format_date(self.env, share.date),
                    )
                )
