from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AccountTax(models.Model):
    _inherit = "account.tax"

    xero_tax_rate_id = fields.Many2one(
        "xero.tax.rate",
        domain="[('company_id', 'parent_of', company_id)]",
        groups="xero_connector.group_xero_user",
        copy=False,
        ondelete="set null",
    )

    @api.constrains("xero_tax_rate_id", "amount", "amount_type")
    def _check_xero_rate(self):
        """A tax and a rate that differ would give every document a wrong total."""
        for tax in self.sudo().filtered("xero_tax_rate_id"):
            rate = tax.xero_tax_rate_id
            if tax.amount_type != "percent":
                raise ValidationError(
                    self.env._(
                        "%s is not a percentage of the price; only percentage taxes can be mapped to a Xero rate.",
                        tax.name,
                    )
                )
            if round(tax.amount, 4) != round(rate.effective_rate, 4):
                raise ValidationError(
                    self.env._(
                        "%(tax)s is %(ours)g %%, but %(rate)s in Xero is %(theirs)g %%. Choose a rate of %(ours)g %%.",
                        tax=tax.name,
                        ours=tax.amount,
                        rate=rate.name,
                        theirs=rate.effective_rate,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if "xero_tax_rate_id" in vals:
            self.env["xero.binding"]._retry_blocked(self.company_id, ["tax", "totals"])
        return result
