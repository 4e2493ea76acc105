from odoo import api, models

from ..models.xero_recognition_charge_moves import SALES


class XeroMapperLine(models.AbstractModel):
    _inherit = "xero.mapper.line"

    @api.model
    def _account(self, connection, move, record, kind=False, own=True):
        """Put the revenue that a charge recognises, discounts split off it too, where the charge's journals expect it.

        On the deferred account; where journals defer it first, on the recognised account.
        """
        account = self._recognition_account(connection, move, record)
        if account and account.connection_id == connection:
            return account, "recognition"
        return super()._account(connection, move, record, kind, own)

    @api.model
    def _recognition_account(self, connection, move, record):
        charge = record.xero_charge_ids.filtered(lambda charge: charge.state == "running")[:1]
        if charge:
            return charge.recognised_account_id if charge.deferral else charge.deferred_account_id
        if move.state == "draft" and move.move_type in SALES and record.display_type == "product" and record.product_id:
            # A preview asks what confirming a draft would do.
            deferred, recognised, _method = record._xero_recognition()
            return recognised if connection.journal_legs == "both" else deferred
        return self.env["xero.account"]
