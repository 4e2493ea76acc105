import json
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from .product import METHODS
from .recognition_sql import HELD, MONTH_END, amount_between, lines

# The two that a journal is booked on.
ACCOUNTS = ("deferred_account_id", "recognised_account_id")


class XeroRecognitionCharge(models.Model):
    """The revenue of one invoice line that is recognised over time: its amount, its period and its accounts.

    Made when an invoice or credit note is confirmed; accounts, method and texts are **frozen** then (V3). What is
    recognised when is in its schedule (``xero.recognition.span``), whose lines add up to the amount to the cent::

        running ──reset to draft, cancelled──► withdrawn   what was not exported is dropped, what was is taken back
           ▲                                      │        by correcting entries: the schedule adds up to nothing
           └── confirmed again without change ────┘        its schedule is again what it was
    """

    _name = "xero.recognition.charge"
    _inherit = ["mail.thread"]
    _description = "Recognition Charge"
    _order = "charge_date desc, id desc"
    _rec_names_search = ["move_name", "name", "partner_name"]

    name = fields.Char("Description", required=True, readonly=True)
    state = fields.Selection(
        [("running", "Running"), ("withdrawn", "Withdrawn")], default="running", required=True, readonly=True
    )
    connection_id = fields.Many2one("xero.connection", readonly=True, index=True, ondelete="set null")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    move_id = fields.Many2one("account.move", "Invoice", readonly=True, index="btree_not_null", ondelete="set null")
    move_line_id = fields.Many2one("account.move.line", readonly=True, index="btree_not_null", ondelete="set null")
    move_type = fields.Char(readonly=True)
    move_name = fields.Char("Number", readonly=True, help="Of the invoice or credit note, as it was confirmed.")
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True, index="btree_not_null")
    partner_name = fields.Char(readonly=True)
    product_id = fields.Many2one("product.product", readonly=True, index="btree_not_null")
    product_name = fields.Char(readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    company_currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(
        "Amount (Document)", readonly=True, help="Without tax, in the document's currency; negative for credit notes."
    )
    company_amount = fields.Monetary(
        "Amount", currency_field="company_currency_id", readonly=True, help="The same in the company's currency."
    )
    method = fields.Selection(METHODS, required=True, readonly=True)
    charge_date = fields.Date(
        "Created In",
        required=True,
        readonly=True,
        help="The date of the invoice; of a credit note its accounting date or, where it has none, its issue date.",
    )
    accounting_date = fields.Date(required=True, readonly=True, help="When revenue without a period is recognised.")
    start_date = fields.Date("From", readonly=True)
    end_date = fields.Date("To", readonly=True)
    line_start_date = fields.Date("From, on the Line", readonly=True, help="As the invoice line had it last.")
    line_end_date = fields.Date("To, on the Line", readonly=True)
    by_hand = fields.Boolean(
        readonly=True, help="Somebody entered an account, percentages or another period, which a reset must not lose."
    )
    deferral = fields.Boolean("Deferral Exported", readonly=True, help="Whether a journal defers the amount first.")
    deferred_account_id = fields.Many2one("xero.account", readonly=True, index="btree_not_null", ondelete="set null")
    recognised_account_id = fields.Many2one("xero.account", readonly=True, index="btree_not_null", ondelete="set null")
    tracking_option_ids = fields.Many2many("xero.tracking.option", string="Tracking", readonly=True)
    span_ids = fields.One2many("xero.recognition.span", "charge_id", "Schedule", readonly=True)
    share_ids = fields.One2many("xero.recognition.share", "charge_id", "Percentages")
    shelf = fields.Json(readonly=True, help="What was not exported when it was withdrawn: to be taken up again.")
    incomplete = fields.Boolean(compute="_compute_incomplete", help="An account is missing: it cannot be exported.")
    recognised_amount = fields.Monetary(
        "Recognised", compute="_compute_progress", currency_field="company_currency_id", help="Until today."
    )
    deferred_amount = fields.Monetary(
        "Deferred", compute="_compute_progress", currency_field="company_currency_id", help="After today."
    )
    exported_amount = fields.Monetary("Exported", compute="_compute_progress", currency_field="company_currency_id")
    schedule_graph = fields.Text(compute="_compute_schedule_graph")

    @api.depends("move_name", "name")
    def _compute_display_name(self):
        for charge in self:
            title = (charge.name or "").splitlines()[0] if charge.name else ""
            charge.display_name = f"{charge.move_name} · {title}" if charge.move_name else title

    @api.depends("deferred_account_id", "recognised_account_id")
    def _compute_incomplete(self):
        for charge in self:
            charge.incomplete = not (charge.deferred_account_id and charge.recognised_account_id)

    @api.depends("span_ids.clip_to", "span_ids.export_id", "company_amount", "state")
    def _compute_progress(self):
        rows = (
            self.env.execute_query(self._progress_query(fields.Date.context_today(self))) if self._ids_stored() else []
        )
        progress = {charge_id: amounts for charge_id, *amounts in rows}
        for charge in self:
            recognised, exported, whole = progress.get(charge._origin.id, (0, 0, 0))
            charge.recognised_amount = recognised
            charge.exported_amount = exported
            charge.deferred_amount = whole - recognised

    def _ids_stored(self):
        self.env["xero.recognition.span"].flush_model()
        return tuple(filter(None, self._origin.ids))

    def _progress_query(self, today):
        until_today = amount_between("span.clip_from", "LEAST(span.clip_to, span.today)")
        return SQL(
            f"""
            SELECT span.charge_id, COALESCE(SUM({until_today}) FILTER (WHERE span.clip_from <= span.today), 0),
                   COALESCE(SUM({HELD}) FILTER (WHERE span.export_id IS NOT NULL), 0), SUM({HELD})
              FROM (SELECT *, %s AS today FROM xero_recognition_span) span
             WHERE span.charge_id IN %s AND span.kind = 'recognition'
             GROUP BY span.charge_id
            """,
            today,
            self._ids_stored(),
        )

    def _compute_schedule_graph(self):
        """The revenue of each month, as the bar chart of Odoo's dashboards takes it."""
        today = fields.Date.context_today(self)
        for charge in self:
            values = [
                {
                    "label": format_date(self.env, month, date_format="MMM yy"),
                    "value": float(amount),
                    "type": "past" if month < today else "future",
                }
                for month, amount in charge._months()
            ]
            graph = {"key": self.env._("Recognised"), "values": values, "is_sample_data": False}
            charge.schedule_graph = json.dumps([graph])

    def _months(self):
        """Return a list of (last day of a month, exact ``Decimal`` recognised in it) of this charge."""
        if not self._ids_stored():
            return []
        chosen = SQL("span.charge_id IN %s AND span.kind = 'recognition'", self._ids_stored())
        query = lines(False, chosen, SQL("span.id AS span_id"))
        # Odoo reads numbers as floats; texts are exact.
        rows = self.env.execute_query(
            SQL(f"SELECT {MONTH_END.format('day')}, SUM(line_amount)::text FROM (%s) line GROUP BY 1 ORDER BY 1", query)
        )
        return [(month, Decimal(amount)) for month, amount in rows]

    def _lines(self):
        """Return a list of (kind, day, exact ``Decimal``, whether it is exported) of these charges, in order of days.

        What the amounts add up to is the amount of the charges, to the cent.
        """
        if not self._ids_stored():
            return []
        chosen = SQL("span.charge_id IN %s", self._ids_stored())
        columns = SQL("span.id AS span_id, span.kind, span.export_id IS NOT NULL AS exported")
        query = lines(True, chosen, columns)
        rows = self.env.execute_query(
            SQL("SELECT kind, day, line_amount::text, exported FROM (%s) line ORDER BY day, kind, span_id", query)
        )
        return [(kind, day, Decimal(amount), exported) for kind, day, amount, exported in rows]

    def write(self, vals):
        """Take what may be entered: accounts that are missing, and percentages.

        :raises UserError: an account that is frozen (V3), or not one of the connection's accounts for it
        :raises AccessError: anything else, which only documents, exports and dialogs change
        """
        entered = {name: vals[name] for name in ACCOUNTS if name in vals}
        if not self.env.su:
            self.check_access("write")
            strange = [
                name for name in vals if name not in (*ACCOUNTS, "share_ids") and not name.startswith("message_")
            ]
            if strange:
                raise AccessError(self.env._("These fields of a charge cannot be changed: %s.", ", ".join(strange)))
        for charge in self:
            for name, account_id in entered.items():
                charge._check_account(name, self.env["xero.account"].sudo().browse(account_id))
        # Percentages are looked at together, when all are written.
        result = super(XeroRecognitionCharge, self.with_context(xero_shares_together="share_ids" in vals)).write(vals)
        if "share_ids" in vals:
            self.sudo()._share_out()
        if entered:
            for charge in self.sudo():
                connection = (charge.deferred_account_id | charge.recognised_account_id).connection_id[:1]
                charge.write({"connection_id": connection.id, "by_hand": True})
            # In Xero the invoice's line belongs on another account now.
            self.move_id.sudo()._xero_mark(known=True)
        return result

    def _check_account(self, name, account):
        """Check that ``account`` may be entered: a missing one may, but what is there is frozen (V3)."""
        self.ensure_one()
        charge = self.sudo()
        if charge[name] == account:
            return
        if charge[name]:
            raise UserError(
                self.env._(
                    "%s keeps the accounts that it was made with. To book it elsewhere, reset its invoice to draft, "
                    "change the product, and confirm the invoice again.",
                    self.display_name,
                )
            )
        connection = (charge.deferred_account_id | charge.recognised_account_id).connection_id
        connection = connection or self.env["xero.connection"].sudo()._for_company(charge.company_id)
        # The connection's field is called like the charge's: ``deferred_account_ids``.
        section = f"{name}s"
        if account and account not in connection[section]:
            raise UserError(
                self.env._(
                    "%(account)s is not among the %(section)s of this company's connection. Choose another, or add it "
                    "there, on the page Revenue Recognition.",
                    account=account.display_name,
                    section=connection._fields[section]._description_string(self.env),
                )
            )

    # -- Buttons -----------------------------------------------------------------------------------------------

    def action_open_move(self):
        """Open the invoice or credit note."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(self.env.ref("account.view_move_form").id, "form")],
        }

    def action_change_period(self):
        """Open the dialog that changes the service period of what is left.

        :raises UserError: it was withdrawn
        """
        self.ensure_one()
        self._check_running()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change Period"),
            "res_model": "xero.charge.period",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_charge_id": self.id},
        }

    def _check_running(self):
        for charge in self:
            if charge.state != "running":
                raise UserError(self.env._("%s was withdrawn: confirm its invoice again.", charge.display_name))

    def action_open_months(self):
        """Open what this charge recognises in which month."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector_revrec.xero_recognition_month_action")
        return {**action, "domain": [("charge_id", "=", self.id)], "context": {}}
