from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    xero_connection_ids = fields.One2many(
        "xero.connection", "company_id", "Xero Connections", groups="xero_connector.group_xero_user"
    )

    def _xero_value(self, record, field_name):
        """Return a company-dependent mapping of ``record`` for this company.

        A branch does not inherit its root's company-dependent values: its own value counts, then the root's.
        """
        self.ensure_one()
        return record.with_company(self)[field_name] or record.with_company(self.root_id)[field_name]
