from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sync.manual_journals import ManualJournals
from .journal_choices import AGGREGATIONS, DATE_FORMATS, DESTINATIONS, NARRATION, SIGNS

# The feature that posts journals through the API takes a permission of its own at Xero.
_FEATURE = "journals"


class XeroConnection(models.Model):
    """Revenue recognition: the accounts to choose from (V1), and how journals are exported unless told otherwise."""

    _inherit = "xero.connection"

    deferred_account_ids = fields.Many2many(
        "xero.account",
        "xero_connection_deferred_account_rel",
        "connection_id",
        "account_id",
        "Deferred Revenue Accounts",
        domain="[('connection_id', '=', id), ('account_class', '=', 'LIABILITY'), ('usable_on_lines', '=', True), "
        "('code', '!=', False)]",
        copy=False,
        help="The liability accounts in Xero that hold revenue until it is earned. Products offer only these.",
    )
    recognised_account_ids = fields.Many2many(
        "xero.account",
        "xero_connection_recognised_account_rel",
        "connection_id",
        "account_id",
        "Recognised Revenue Accounts",
        domain="[('connection_id', '=', id), ('account_class', '=', 'REVENUE'), ('usable_on_lines', '=', True), "
        "('code', '!=', False)]",
        copy=False,
        help="The income accounts in Xero that hold revenue once it is earned. Products offer only these.",
    )
    journal_legs = fields.Selection(
        [
            ("recognition", "Recognition only: invoices go to the deferred account in Xero"),
            ("both", "Deferral and recognition: invoices go to the recognised account in Xero"),
        ],
        "Journals",
        default="recognition",
        required=True,
        help="With recognition only, the lines of products with a recognition mapping go to their deferred account in "
        "Xero, and a journal moves each day's share to the recognised account. With both, invoices go to the "
        "recognised account, and a journal on the invoice's date moves the whole amount to the deferred account "
        "first. It counts for invoices that are confirmed from now on.",
    )
    journal_tax_rate_id = fields.Many2one(
        "xero.tax.rate",
        "Tax Rate of Journals",
        domain="[('connection_id', '=', id), ('effective_rate', '=', 0)]",
        copy=False,
        help="Journals bear no tax: its name is what Xero's import wants in the column *TaxRate. Left empty, the "
        "organisation's own rate for no tax (NONE).",
    )
    journal_aggregation = fields.Selection(AGGREGATIONS, "Aggregation", default="daily", required=True)
    journal_sign = fields.Selection(SIGNS, "Sign of Amounts", default="debit", required=True)
    journal_date_format = fields.Selection(DATE_FORMATS, "Date Format", default="dd/mm/yyyy", required=True)
    journal_narration = fields.Char("Narration", default=NARRATION, required=True)
    journal_split = fields.Boolean("Files of at Most 300 Lines", default=True)
    journal_destination = fields.Selection(DESTINATIONS, "Export To", default="csv", required=True)
    journals_permission_missing = fields.Boolean(compute="_compute_journals_permission_missing", compute_sudo=True)
    journal_status = fields.Selection(
        [("DRAFT", "Draft"), ("POSTED", "Posted")],
        "Journals by API Become",
        default="DRAFT",
        required=True,
        help="Drafts wait in Xero until somebody posts them there.",
    )

    @api.depends("journal_destination", "state")
    def _compute_journals_permission_missing(self):
        for connection in self:
            wanted = connection.state == "connected" and connection.journal_destination == "api"
            connection.journals_permission_missing = bool(wanted and connection._missing_scopes([_FEATURE]))

    def _journal_tax_rate(self):
        """Return the rate of Xero that journals bear; empty if the organisation has none for no tax."""
        self.ensure_one()
        if self.journal_tax_rate_id:
            return self.journal_tax_rate_id
        return self.env["xero.tax.rate"].search([("connection_id", "=", self.id), ("code", "=", "NONE")], limit=1)

    def _features(self):
        features = super()._features()
        return [*features, _FEATURE] if self.journal_destination == "api" else features

    def _check_journals_possible(self):
        """Check that journals can be posted through the API.

        :raises UserError: not connected, or Xero was not asked for the permission
        """
        self.ensure_one()
        if self.state not in ("connected", "paused"):
            raise UserError(
                self.env._("%s is not connected to Xero. Open the connection and press Connect.", self.name)
            )
        if self.sudo()._missing_scopes([_FEATURE]):
            raise UserError(
                self.env._(
                    "The sign-in lacks the permission for manual journals. On the connection %s, page Revenue "
                    "Recognition, choose Xero's API under Export To, save, and press Allow at Xero.",
                    self.name,
                )
            )

    def _more_engines(self, work, outbox):
        return [*super()._more_engines(work, outbox), ManualJournals(work, outbox)]
