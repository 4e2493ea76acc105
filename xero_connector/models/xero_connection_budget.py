from odoo import api, fields, models

# Xero's limits of calls a day for one organisation (Xero's developer documentation, "OAuth 2.0 API limits").
DAY_LIMIT, SMALL_PLAN_DAY_LIMIT = 5_000, 1_000
SMALL_PLANS = ("STARTER", "IGNITE")


class XeroConnection(models.Model):
    """Today's calls: how many Xero allows, how many are left, and how many are kept for people.

    The runner notes what Xero says with each answer (``day_calls_remaining`` and when). That says nothing of another
    day: then as many are left as Xero allows.
    """

    _inherit = "xero.connection"

    day_calls_limit = fields.Integer("Calls Allowed a Day", compute="_compute_day_calls")
    day_calls_left = fields.Integer("Calls Left Today", compute="_compute_day_calls")
    day_calls_used = fields.Integer("Calls Used Today", compute="_compute_day_calls")

    @api.depends("organisation_class", "day_calls_remaining", "day_calls_at")
    def _compute_day_calls(self):
        for connection in self:
            limit = SMALL_PLAN_DAY_LIMIT if connection.organisation_class in SMALL_PLANS else DAY_LIMIT
            known = connection._budget()
            # Xero may allow more than is documented.
            connection.day_calls_limit = max(limit, known or 0)
            connection.day_calls_left = connection.day_calls_limit if known is None else known
            connection.day_calls_used = connection.day_calls_limit - connection.day_calls_left

    def _budget(self):
        """Return the calls left today as Xero last said; ``None`` if it has not said so today (in UTC)."""
        self.ensure_one()
        said_at = self.day_calls_at
        if self.day_calls_remaining < 0 or not said_at or said_at.date() < fields.Datetime.now().date():
            return None
        return self.day_calls_remaining
