from odoo import fields, models


class PaymentProvider(models.Model):
    _inherit = "payment.provider"

    xero_payments = fields.Selection(
        [
            ("send", "Its payments are sent to Xero"),
            (
                "ignore",
                "Paid is what the provider says: its payments are not sent, and what Xero says is not compared",
            ),
        ],
        "Xero",
        default="send",
        copy=False,
        groups="xero_connector.group_xero_user",
        help="Choose the second where the provider itself, or another app, brings its payments to Xero.",
    )
