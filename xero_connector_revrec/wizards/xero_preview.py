from odoo import fields, models


class XeroPreviewLine(models.TransientModel):
    _inherit = "xero.preview.line"

    rule = fields.Selection(selection_add=[("recognition", "Revenue recognition")])
