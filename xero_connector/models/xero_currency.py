from odoo import api, fields, models


class XeroCurrency(models.Model):
    """A currency that the Xero organisation is subscribed to."""

    _name = "xero.currency"
    _inherit = ["xero.mirror"]
    _description = "Xero Currency"

    code = fields.Char(required=True)

    _xero_id_unique = models.Constraint(
        "UNIQUE (connection_id, xero_id)", "This Xero currency is already copied for this connection."
    )

    @api.model
    def _values_from_xero(self, element):
        return {
            "xero_id": element.get("Code"),
            "code": element.get("Code"),
            "name": element.get("Description") or element.get("Code") or "?",
            "active": True,
        }
