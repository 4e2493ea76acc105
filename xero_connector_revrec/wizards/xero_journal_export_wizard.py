import csv

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tools import SQL, format_amount

from ..models.journal_sql import SEPARATOR, Journals
from ..models.recognition_sql import lines

# Journals that the preview shows, and rows up to which it counts exactly.
_SAMPLE = 6
_COUNTED = 50000


class XeroJournalExportWizard(models.TransientModel):
    """Asks which journals to export and how, and shows what the file will hold before any day is marked."""

    _name = "xero.journal.export.wizard"
    _inherit = ["xero.journal.options"]
    _description = "Journal Export"

    date_from = fields.Date(default=lambda self: self._last_month()[0])
    date_to = fields.Date(default=lambda self: self._last_month()[1])
    journal_count = fields.Integer("Journals", compute="_compute_preview")
    row_count = fields.Integer("Lines", compute="_compute_preview")
    about = fields.Boolean(compute="_compute_preview", help="Too many to count: days of nothing may be among them.")
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    warnings = fields.Html(compute="_compute_preview", sanitize=False)
    example = fields.Html(compute="_compute_example", sanitize=False)
    ready = fields.Boolean(compute="_compute_preview")
    stopped = fields.Boolean(compute="_compute_preview", help="Nothing was looked up: an entry must be mended first.")

    @api.model
    def _last_month(self):
        first = fields.Date.context_today(self) + relativedelta(day=1, months=-1)
        return first, first + relativedelta(day=31)

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        connection = self.env["xero.connection"]._for_company(self.env.company)
        connection = self.env["xero.connection"].browse(values.get("connection_id") or connection.id)
        if connection:
            values |= {name: value for name, value in self._of_connection(connection).items() if name in fields_list}
        return values

    @api.depends("sign")
    def _compute_example(self):
        for wizard in self:
            wizard.example = self.env["ir.qweb"]._render(
                "xero_connector_revrec.journal_sign_example", {"sign": wizard.sign}
            )

    @api.depends(
        "connection_id",
        "date_from",
        "date_to",
        "include_older",
        "kinds",
        "branch_ids",
        "partner_ids",
        "product_ids",
        "account_ids",
        "currency_ids",
        "aggregation",
        "sign",
        "date_format",
        "narration",
        "destination",
    )
    def _compute_preview(self):
        for wizard in self:
            wizard.update(
                {
                    "journal_count": 0,
                    "row_count": 0,
                    "about": False,
                    "preview": False,
                    "ready": False,
                    "warnings": False,
                    "stopped": False,
                }
            )
            if not (wizard.connection_id and wizard.date_from and wizard.date_to):
                continue
            wizard.connection_id.check_access("read")
            problem = wizard._entry_problem()
            if problem:
                wizard.update({"warnings": wizard._render_warnings([problem]), "stopped": True})
            else:
                wizard.sudo()._preview()

    def _render_warnings(self, problems, notes=()):
        values = {"problems": problems, "notes": notes}
        return self.env["ir.qweb"]._render("xero_connector_revrec.journal_warnings", values)

    def _preview(self):
        self.ensure_one()
        self._flush_sources()
        problems = self._problems()
        journals = self._journals()
        rows = self._days_at_most() if self.aggregation == "daily" else 0
        self.about = rows > _COUNTED
        if not self.about:
            rows = 2 * self.env.execute_query(SQL("SELECT count(*) FROM (%s) journal", journals.query()))[0][0]
        self.row_count = rows
        self.journal_count = rows // 2
        self.ready = bool(rows) and not problems
        self.warnings = self._render_warnings(problems, self._notes())
        if rows and not problems:
            self.preview = self._render_preview(journals)

    def _first(self):
        """Return the first day that is exported; ``None`` where there is no first."""
        return None if self.include_older else self.date_from

    def _journals(self):
        # The number is given with the export itself.
        return Journals(self, self._chosen(), "XJ", self._first(), self.date_to)

    def _days_at_most(self):
        return self._rows_at_most(self._chosen(), self._first(), self.date_to)

    def _render_preview(self, journals):
        money = self.company_currency_id
        totals = [
            {
                "account": self.env["xero.account"].browse(account_id).display_name,
                "debit": format_amount(self.env, debit, money),
                "credit": format_amount(self.env, credit, money),
            }
            for account_id, debit, credit in self._totals()
        ]
        rows = self.env.execute_query(SQL("%s LIMIT %s", journals.rows(), _SAMPLE))
        sample = list(csv.reader(line for (row,) in rows for line in row.split(SEPARATOR)))
        return self.env["ir.qweb"]._render(
            "xero_connector_revrec.journal_preview",
            {"totals": totals, "sample": sample, "more": self.row_count > len(sample)},
        )

    def _totals(self):
        """Return a list of (account id, exact debits, exact credits) of what would be exported."""
        columns = SQL(
            "span.id AS span_id, span.kind, charge.deferred_account_id AS deferred, "
            "charge.recognised_account_id AS recognised"
        )
        query = lines(False, self._chosen(), columns, self._first(), self.date_to)
        return self.env.execute_query(
            SQL(
                """
                SELECT account, SUM(GREATEST(debit, 0)), SUM(GREATEST(-debit, 0))
                  FROM (SELECT unnest(ARRAY[deferred, recognised]) AS account,
                               unnest(CASE kind WHEN 'recognition' THEN ARRAY[line_amount, -line_amount]
                                      ELSE ARRAY[-line_amount, line_amount] END) AS debit
                          FROM (%s) line) line
                 GROUP BY account ORDER BY account
                """,
                query,
            )
        )

    # -- Buttons -----------------------------------------------------------------------------------------------

    def action_export(self):
        """Make the export: mark its days, and make the file or the journals.

        :return: an action that downloads the file, or that shows an export which is under way
        :raises UserError: nothing to export, or something that must be mended first
        """
        self.ensure_one()
        self.check_access("read")
        self.connection_id.check_access("read")
        problems = self.sudo()._problems()
        if problems:
            raise UserError("\n".join(problems))
        if self.destination == "api":
            self.connection_id._check_journals_possible()
        self._remember()
        values = {name: self._fields[name].convert_to_write(self[name], self) for name in self._copied()}
        values |= {"user_id": self.env.uid, "journal_status": self.connection_id.sudo().journal_status}
        export = self.env["xero.journal.export"].sudo().create(values)
        return export._start(self.row_count)

    def _copied(self):
        """Return the names of the options that an export keeps."""
        options = self.env["xero.journal.options"]._fields
        return [
            name for name, field in options.items() if field.store and not field.related and name not in MAGIC_COLUMNS
        ]
