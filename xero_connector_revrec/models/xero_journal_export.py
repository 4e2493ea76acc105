import logging
import tempfile

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .journal_file import JournalFile
from .journal_sql import Journals
from .recognition_sql import HELD

_logger = logging.getLogger(__name__)

# Rows that a user waits for; more are made in the background.
ROWS_AT_ONCE = 2000
# Rows of a step, after which the progress is shown.
_ROWS_A_STEP = 250000
# How often its making is begun where Odoo is stopped in the middle of it, for want of memory for instance.
_ATTEMPTS = 3


class XeroJournalExport(models.Model):
    """Journals that were exported together: which days, how, and the file or the journals in Xero they became.

    The days are marked (``export_id`` of ``xero.recognition.span``) when the export is made, so that no other takes
    them; undoing frees them::

        waiting ──► running ──► ready ──undo──► undone
           ▲           └──► failed ──undo────────▲
           │ try again ────────┘                 │
           └──undo───────────────────────────────┘
        by API:                 ready ──undo──► undoing ──voided in Xero──► undone
    """

    _name = "xero.journal.export"
    _inherit = ["xero.journal.options", "mail.thread"]
    _description = "Xero Journal Export"
    _order = "id desc"

    name = fields.Char("Number", required=True, readonly=True, copy=False)
    connection_id = fields.Many2one(required=False, ondelete="set null")
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("ready", "Ready"),
            ("failed", "Failed"),
            ("undoing", "Being Undone"),
            ("undone", "Undone"),
        ],
        default="waiting",
        required=True,
        readonly=True,
        tracking=True,
    )
    user_id = fields.Many2one("res.users", "Exported By", default=lambda self: self.env.user, readonly=True)
    problem = fields.Char(readonly=True)
    progress = fields.Integer(readonly=True, help="In percent.")
    attempts = fields.Integer(readonly=True, help="How often its making was begun.")
    covered_company_ids = fields.Many2many(
        "res.company", "xero_journal_export_covered_company_rel", string="Companies in It", readonly=True
    )
    attachment_id = fields.Many2one("ir.attachment", "File", readonly=True, ondelete="set null")
    file_name = fields.Char(related="attachment_id.name", string="File Name")
    row_count = fields.Integer("Lines", readonly=True)
    journal_count = fields.Integer("Journals", readonly=True)
    file_count = fields.Integer("Files", readonly=True)
    debit_total = fields.Monetary("Total Debits", currency_field="company_currency_id", readonly=True)
    journal_status = fields.Selection([("DRAFT", "Draft"), ("POSTED", "Posted")], "Status in Xero", readonly=True)
    journal_ids = fields.One2many("xero.manual.journal", "export_id", "Journals in Xero", readonly=True)
    charge_count = fields.Integer(compute="_compute_charge_count")

    _name_unique = models.Constraint("UNIQUE (name, connection_id)", "Another export has this number.")

    def _compute_charge_count(self):
        counts = dict(
            self.env["xero.recognition.span"]._read_group(
                [("export_id", "in", self.ids)], ["export_id"], ["charge_id:count_distinct"]
            )
        )
        for export in self:
            export.charge_count = counts.get(export, 0)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals["name"] = self.env["ir.sequence"].sudo().next_by_code("xero.journal.export")
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_undone_only(self):
        if self.filtered(lambda export: export.state != "undone"):
            raise UserError(self.env._("Undo the export first: its days are marked as exported."))

    # -- Making it ---------------------------------------------------------------------------------------------

    def _start(self, rows):
        """Mark the days of this new export; make its file at once, or in the background where there is much.

        :param int rows: how many rows it will have at most
        :return: an action that downloads the file, or says that it is under way
        :raises UserError: nothing to export
        """
        self.ensure_one()
        spans = self.env["xero.recognition.span"].sudo()
        if not spans._take(self, self._chosen(), self.date_from, self.date_to, self.include_older):
            raise UserError(self.env._("There is nothing to export: every line of this choice was exported before."))
        self.covered_company_ids = self._covered_companies()
        if rows <= ROWS_AT_ONCE and self.destination == "csv":
            self._make()
            return {"type": "ir.actions.client", "tag": "xero_download", "params": {"url": self._url()}}
        self.env.ref("xero_connector_revrec.ir_cron_journal_exports").sudo()._trigger()
        return self._show()

    def _covered_companies(self):
        """Return the companies whose days are in it: who may not see one of them does not see the export."""
        query = SQL(
            """
            SELECT DISTINCT charge.company_id
              FROM xero_recognition_span span JOIN xero_recognition_charge charge ON charge.id = span.charge_id
             WHERE %s
            """,
            self._marked(),
        )
        return self.env["res.company"].browse(company_id for (company_id,) in self.env.execute_query(query))

    def _show(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.model
    def _cron_make(self):
        """Make the exports that wait, one after the other; one that fails stops no other."""
        cron = self.env["ir.cron"]
        waiting = self.search([("state", "in", ("waiting", "running"))], order="id")
        for done, export in enumerate(waiting, 1):
            export.write({"state": "running", "attempts": export.attempts + 1})
            cron._commit_progress()
            try:
                export._make()
            except Exception as error:  # pylint: disable=broad-except
                # A fault of ours, or of the machine: the days stay marked, and the user is told.
                self.env.cr.rollback()
                _logger.exception("Journal export %s failed", export.name)
                export.write({"state": "failed", "problem": str(error)})
            export._tell_user()
            cron._commit_progress(1, remaining=len(waiting) - done)

    def _make(self):
        if self.attempts > _ATTEMPTS:
            raise UserError(
                self.env._(
                    "Odoo was stopped in the middle of it %s times. Export a shorter period, or ask whoever runs Odoo "
                    "for more time and memory for background jobs.",
                    _ATTEMPTS,
                )
            )
        if not self.connection_id:
            raise UserError(self.env._("Its connection was deleted. Undo it, and export anew."))
        if self.destination == "api":
            self._make_journals()
        else:
            self._make_file()
        self.write({"state": "ready", "progress": 100, "problem": False, "attempts": 0})

    def _marked(self):
        """Return the SQL condition of the spans of this export."""
        return SQL("span.export_id = %s", self.id)

    def _journals(self, chosen=None):
        # In the language of who asked for it, in the background too, as it was shown.
        return Journals(self.with_context(lang=self.user_id.lang), chosen or self._marked(), self.name)

    def _make_file(self):
        """Write the file to an attachment, step by step: in memory there is the finished file at most, zipped."""
        self.ensure_one()
        self._flush_sources()
        name = f"{self.name}-{self.date_from}-{self.date_to}"
        with tempfile.TemporaryFile() as target:
            file = JournalFile(target, name, self.split, self._rows_expected())
            steps = self._steps()
            for number, chosen in enumerate(steps, 1):
                self._copy(self._journals(chosen).rows(), file)
                self._note_progress(100 * number // (len(steps) + 1))
            file.close()
            target.seek(0)
            attachment = self.env["ir.attachment"].create(
                {
                    "name": f"{name}.{file.extension}",
                    "res_model": self._name,
                    "res_id": self.id,
                    "mimetype": "application/zip" if file.zipped else "text/csv",
                    "raw": target.read(),
                }
            )
        self.attachment_id.unlink()
        self.write(
            {
                "attachment_id": attachment.id,
                "row_count": file.rows,
                "journal_count": file.rows // 2,
                "file_count": file.files,
                "debit_total": self._debit_total(),
            }
        )

    def _copy(self, rows, file):
        """Have PostgreSQL write ``rows``, a text each that is CSV already, to ``file``."""
        # The order of rows is that of the query's steps; no other process may take a part of it.
        self.env.cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        # A delimiter and a quote that no text holds, so that nothing is quoted once more.
        copy = SQL("COPY (%s) TO STDOUT WITH (FORMAT csv, DELIMITER E'\\x1d', QUOTE E'\\x1c')", rows)
        self.env.cr.copy_expert(self.env.cr.mogrify(copy.code, copy.params).decode(), file)

    def _note_progress(self, percent):
        """Show how far it is, where it is made in the background."""
        if self.state == "running":
            self.progress = percent
            self.env["ir.cron"]._commit_progress()

    def _rows_expected(self):
        if self.aggregation == "daily":
            return self._rows_at_most(self._marked())
        return 2 * self.env.execute_query(SQL("SELECT count(*) FROM (%s) journal", self._journals().query()))[0][0]

    def _steps(self):
        """Return the SQL conditions of the parts that are written one after the other."""
        if self.aggregation != "daily":
            return [self._marked()]
        query = SQL(
            """
            SELECT span.charge_id, 2 * SUM(span.clip_to - span.clip_from + 1)
              FROM xero_recognition_span span WHERE %s GROUP BY 1 ORDER BY 1
            """,
            self._marked(),
        )
        steps, first, rows = [], None, 0
        found = self.env.execute_query(query)
        for charge_id, count in found:
            first = charge_id if first is None else first
            rows += count
            if rows >= _ROWS_A_STEP or charge_id == found[-1][0]:
                steps.append(SQL("%s AND span.charge_id BETWEEN %s AND %s", self._marked(), first, charge_id))
                first, rows = None, 0
        return steps

    def _debit_total(self):
        """Return the exact sum of all debits."""
        if self.aggregation == "daily":
            # All lines of a span are on the same side, so its total is that of its lines.
            amounts = SQL(f"SELECT {HELD} AS booked FROM xero_recognition_span span WHERE %s", self._marked())
        else:
            amounts = self._journals().query()
        return self.env.execute_query(SQL("SELECT COALESCE(SUM(abs(booked)), 0) FROM (%s) journal", amounts))[0][0]

    def _tell_user(self):
        """Tell who asked for it that the export is ready, or why not."""
        self.ensure_one()
        export = self.with_context(lang=self.user_id.lang)
        ready = export.state == "ready"
        if not ready:
            text = export.env._("%(name)s failed: %(why)s", name=export.name, why=export.problem)
        elif export.destination == "api":
            text = export.env._(
                "%(count)s journals of %(name)s are on their way to Xero.", name=export.name, count=export.journal_count
            )
        else:
            text = export.env._("%(name)s is ready: %(count)s journals.", name=export.name, count=export.journal_count)
        self.user_id._bus_send(
            "simple_notification",
            {
                "title": export.env._("Journal export"),
                "message": text,
                "type": "success" if ready else "danger",
                "sticky": True,
            },
        )

    # -- Buttons -----------------------------------------------------------------------------------------------

    def action_download(self):
        """Download the file, again if need be.

        :raises UserError: there is none yet
        """
        self.ensure_one()
        if not self.attachment_id:
            raise UserError(self.env._("The file of %s is not made yet.", self.name))
        return {"type": "ir.actions.act_url", "url": self._url(), "target": "self"}

    def _url(self):
        return f"/web/content/{self.attachment_id.id}?download=true"

    def action_retry(self):
        """Make the file again after a failure.

        :raises UserError: it did not fail
        """
        self.ensure_one()
        self.check_access("read")
        if self.state != "failed":
            raise UserError(self.env._("Only an export that failed can be tried again."))
        self.sudo().write({"state": "waiting", "problem": False, "attempts": 0})
        self.env.ref("xero_connector_revrec.ir_cron_journal_exports").sudo()._trigger()

    def action_undo(self):
        """Free the days of this export, so that another may take them; journals that the API made are voided first.

        A file that was imported into Xero stays there: its journals are to be deleted there by hand.

        :raises UserError: it is under way or undone already, or its journals cannot be voided in Xero now
        """
        self.ensure_one()
        self.check_access("read")
        if self.state not in ("waiting", "ready", "failed"):
            raise UserError(self.env._("Only an export that waits, is ready or failed can be undone."))
        export = self.sudo()
        if not export.try_lock_for_update():
            raise UserError(self.env._("%s is being changed at this moment. Try again in a few seconds.", self.name))
        if export.journal_ids:
            export.connection_id._check_journals_possible()
            export.state = "undoing"
            export.journal_ids._withdraw()
        else:
            export._free()
        return None

    def _free(self):
        """Free the days of this export."""
        spans = self.env["xero.recognition.span"].search([("export_id", "=", self.id)])
        spans.write({"export_id": False})
        self.state = "undone"
        spans.charge_id._join_spans()
        spans = spans.exists()
        # What a withdrawn charge corrects is what is exported of it, and that is less now.
        spans.charge_id.filtered(lambda charge: charge.state == "withdrawn")._withdraw()

    def action_open_charges(self):
        """Open the charges of which this export has days."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector_revrec.xero_recognition_charge_action")
        return {**action, "domain": [("span_ids.export_id", "=", self.id)], "context": {}}

    def action_open_journals(self):
        """Open the journals that the API makes of this export."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector_revrec.xero_manual_journal_action")
        return {**action, "domain": [("export_id", "=", self.id)], "context": {}}
