from odoo import fields, models
from odoo.tools import SQL


class XeroManualJournal(models.Model):
    """A journal that the API makes in Xero: one debit and one credit, part of an export."""

    _name = "xero.manual.journal"
    _inherit = ["xero.bindable"]
    _description = "Manual Journal in Xero"
    _order = "date, id"
    _rec_name = "narration"

    export_id = fields.Many2one("xero.journal.export", required=True, index=True, ondelete="restrict", readonly=True)
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
        return self.env["xero.tracking.option"].browse(self.tracking_option_ids or [])

    def _withdraw(self):
        """Have the engine take these journals back in Xero."""
        self.write({"withdrawn": True})
        self._xero_mark()


class XeroJournalExport(models.Model):
    _inherit = "xero.journal.export"

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
                "journal_status": self.connection_id.journal_status,
            }
        )
        pushes = self.env["xero.push"].with_user(self.user_id)
        push = pushes._start(
            self.connection_id, self.env._("Journals of %s", self.name), {journals._name: journals.ids}
        )
        journals._xero_mark(push=push)
