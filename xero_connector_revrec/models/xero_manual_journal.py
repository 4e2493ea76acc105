from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.xero_connector.xero_api.payload import ENDED


class XeroManualJournal(models.Model):
    """A journal that the API makes in Xero: one debit and one credit, part of an export."""

    _name = "xero.manual.journal"
    _inherit = ["xero.bindable"]
    _description = "Manual Journal in Xero"
    _order = "date, id"
    _rec_name = "narration"

    export_id = fields.Many2one("xero.journal.export", required=True, index=True, ondelete="cascade", readonly=True)
    connection_id = fields.Many2one(related="export_id.connection_id")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(required=True, readonly=True)
    narration = fields.Char(required=True, readonly=True)
    description = fields.Char(readonly=True)
    amount = fields.Monetary(
        currency_field="company_currency_id", required=True, readonly=True, help="Always positive."
    )
    debit_account_id = fields.Many2one("xero.account", required=True, readonly=True, ondelete="cascade")
    credit_account_id = fields.Many2one("xero.account", required=True, readonly=True, ondelete="cascade")
    tracking_option_ids = fields.Json(readonly=True, help="Ids of the tracking options of both lines.")
    withdrawn = fields.Boolean(readonly=True, help="To be voided in Xero: its export is undone.")

    def _xero_company_ids(self):
        ids_by_company = {}
        for journal in self:
            ids_by_company.setdefault(journal.company_id.root_id.id, []).append(journal.id)
        return ids_by_company

    def _tracking_options(self):
        """Return the tracking of both lines, but for what is archived in Xero by now, which takes no more of it."""
        options = self.env["xero.tracking.option"].browse(self.tracking_option_ids or []).exists()
        return options.filtered(lambda option: option.active and option.category_id.active)

    def _withdraw(self):
        """Have the engine take these journals back in Xero."""
        self.write({"withdrawn": True})
        self._xero_mark()


class XeroJournalExport(models.Model):
    _inherit = "xero.journal.export"

    in_xero_count = fields.Integer("Of These in Xero", compute="_compute_counts")
    held_count = fields.Integer(compute="_compute_counts", help="Journals that Xero refused, or that are held.")
    ended_count = fields.Integer(
        compute="_compute_counts", help="Journals that somebody deleted or voided in Xero, of days that count here."
    )

    def _compute_counts(self):
        counts = {}
        if self.ids:
            self.env["xero.binding"].flush_model()
            self.env["xero.manual.journal"].flush_model()
            query = SQL(
                """
                SELECT export_id, count(*) FILTER (WHERE state = 'synced' AND NOT ended),
                       count(*) FILTER (WHERE state IN ('failed', 'blocked')),
                       count(*) FILTER (WHERE state = 'synced' AND ended AND NOT withdrawn)
                  FROM (SELECT journal.export_id, journal.withdrawn, binding.state,
                               COALESCE(binding.xero_status IN %s, FALSE) AS ended
                          FROM xero_manual_journal journal
                          JOIN xero_binding binding
                            ON binding.res_model = 'xero.manual.journal' AND binding.res_id = journal.id
                         WHERE journal.export_id IN %s) link
                 GROUP BY 1
                """,
                ENDED,
                tuple(self.ids),
            )
            counts = {export_id: found for export_id, *found in self.env.execute_query(query)}
        for export in self:
            export.in_xero_count, export.held_count, export.ended_count = counts.get(export.id, (0, 0, 0))

    def unlink(self):
        """Delete exports that are undone, with what is known of their journals; what is in Xero stays there."""
        journals = self.sudo().journal_ids
        links = [("res_model", "=", journals._name), ("res_id", "in", journals.ids)]
        bindings = self.env["xero.binding"].sudo().search(links)
        result = super().unlink()
        bindings.unlink()
        return result

    def action_open_held(self):
        """Open those of its journals that wait for a person."""
        return {**self.action_open_journals(), "context": {"search_default_to_fix": True}}

    def action_open_ended(self):
        """Open those of its journals that somebody deleted or voided in Xero."""
        return {**self.action_open_journals(), "context": {"search_default_ended": True}}

    def _make_journals(self):
        """Make the journals of this export and have the engine post them; progress and outcome are a push's."""
        self.ensure_one()
        self._flush_sources()
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO xero_manual_journal (
                    export_id, company_id, date, narration, description, amount, debit_account_id, credit_account_id,
                    tracking_option_ids, withdrawn, create_uid, create_date, write_uid, write_date)
                SELECT %(export)s, %(company)s, day, narration, description, booked, debit_id, credit_id,
                       to_jsonb(tracking), FALSE, %(user)s, now() AT TIME ZONE 'UTC', %(user)s, now() AT TIME ZONE 'UTC'
                  FROM (%(journals)s) journal
                """,
                export=self.id,
                company=self.company_id.id,
                user=self.env.uid,
                journals=self._journals().query(),
            )
        )
        self.invalidate_recordset(["journal_ids"])
        journals = self.journal_ids
        self.write(
            {
                "journal_count": len(journals),
                "row_count": 2 * len(journals),
                "debit_total": self._debit_total(),
            }
        )
        pushes = self.env["xero.push"].with_user(self.user_id)
        push = pushes._start(
            self.connection_id, self.env._("Journals of %s", self.name), {journals._name: journals.ids}
        )
        journals._xero_mark(push=push)
