from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.xero_connector.sync.pull import Pulled
from odoo.addons.xero_connector.xero_api.oauth import scopes_for

from ..sync.manual_journals import FEATURE, ManualJournals
from ..sync.seen_journals import note_journals
from .journal_choices import AGGREGATIONS, DATE_FORMATS, DESTINATIONS, NARRATION, SIGNS
from .journal_sql import narration_problem


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
            wanted = connection.state == "connected" and connection._posts_journals()
            connection.journals_permission_missing = bool(wanted and connection._missing_scopes([FEATURE]))

    @api.constrains("journal_narration")
    def _check_journal_narration(self):
        for connection in self:
            problem = narration_problem(self.env, connection.journal_narration)
            if problem:
                raise ValidationError(problem)

    def _journal_tax_rate(self):
        """Return the rate of Xero that journals bear; empty if the organisation has none for no tax."""
        self.ensure_one()
        if self.journal_tax_rate_id:
            return self.journal_tax_rate_id
        return self.env["xero.tax.rate"].search([("connection_id", "=", self.id), ("code", "=", "NONE")], limit=1)

    def _posts_journals(self):
        """Whether journals go by API, or some that did are still to be undone one day."""
        if self.journal_destination == "api":
            return True
        by_api = [("connection_id", "=", self.id), ("destination", "=", "api"), ("state", "!=", "undone")]
        return bool(self.env["xero.journal.export"].sudo().search_count(by_api, limit=1))

    def _features(self):
        features = super()._features()
        return [*features, FEATURE] if self._posts_journals() else features

    def _keep_grant(self, tokens):
        result = super()._keep_grant(tokens)
        granted = (tokens.get("scope") or "").split()
        if set(scopes_for([FEATURE]).split()) <= set(granted):
            # Journals that were held because the permission was missing.
            held = (
                self.env["xero.binding"]
                .sudo()
                .search(
                    [
                        ("connection_id", "=", self.id),
                        ("res_model", "=", "xero.manual.journal"),
                        ("state", "=", "blocked"),
                        ("reason", "=", "permission"),
                    ]
                )
            )
            self.env["xero.manual.journal"].sudo().browse(held.mapped("res_id"))._xero_mark()
        return result

    def unlink(self):
        """Delete connections; what is being undone is left to its user, since its journals go with the connection."""
        undoing = (
            self.env["xero.journal.export"]
            .sudo()
            .search([("connection_id", "in", self.ids), ("state", "=", "undoing")])
        )
        problem = self.env._(
            "The connection was deleted before Xero had voided all its journals. Void them there, then press Undo."
        )
        undoing.write({"state": "failed", "problem": problem})
        return super().unlink()

    def _check_journals_possible(self):
        """Check that journals can be posted through the API.

        :raises UserError: not connected, or Xero was not asked for the permission
        """
        self.ensure_one()
        if self.state not in ("connected", "paused"):
            raise UserError(
                self.env._("%s is not connected to Xero. Open the connection and press Connect.", self.name)
            )
        if self.sudo()._missing_scopes([FEATURE]):
            raise UserError(
                self.env._(
                    "The sign-in lacks the permission for manual journals. On the connection %s, page Revenue "
                    "Recognition, press Allow at Xero. If it is not there, choose Xero's API under Export To first, "
                    "and save.",
                    self.name,
                )
            )

    def _more_engines(self, work, outbox):
        return [*super()._more_engines(work, outbox), ManualJournals(work, outbox)]

    def _more_pulled(self):
        journals = Pulled("ManualJournal", note_journals, feature=FEATURE)
        return {**super()._more_pulled(), "ManualJournals": journals}
