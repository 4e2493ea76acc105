from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sync.rehearsal import rehearse

MOST_DOCUMENTS = 500
_RULES = [
    ("line", "This line"),
    ("product", "The product"),
    ("kind", "The kind of line"),
    ("category", "The product category"),
    ("account", "The Odoo account"),
    ("default", "The default"),
    ("tax", "The tax"),
]
_ACTIONS = [
    ("create", "Will be created"),
    ("update", "Will be updated"),
    ("void", "Will be voided"),
    ("adopt", "Will be linked"),
    ("unchanged", "Is equal already"),
    ("held", "Held"),
    ("excluded", "Excluded"),
    ("left", "Left alone"),
]
# What a push would do something about.
_READY = ("create", "update", "void", "adopt")


class XeroPreview(models.TransientModel):
    """What a push of these documents would do: every problem at once, and what would be sent, before it is sent."""

    _name = "xero.preview"
    _description = "Xero Preview"

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True)
    document_ids = fields.One2many("xero.preview.document", "preview_id", readonly=True)
    problem_ids = fields.One2many("xero.preview.problem", "preview_id", readonly=True)
    additions = fields.Text("Made in Xero on the Way", readonly=True)
    unread = fields.Char(readonly=True, help="Why Xero could not be asked what it has now.")
    contacts_read_at = fields.Datetime(related="connection_id.contacts_refreshed_at")
    ready_count = fields.Integer("Ready", compute="_compute_counts")
    held_count = fields.Integer("Held", compute="_compute_counts")
    other_count = fields.Integer("Others", compute="_compute_counts")

    def _compute_display_name(self):
        self.display_name = self.env._("Xero Preview")

    @api.depends("document_ids.action", "document_ids.is_draft")
    def _compute_counts(self):
        for preview in self:
            actions = preview.document_ids.mapped("action")
            preview.ready_count = len(preview._ready())
            preview.held_count = actions.count("held")
            preview.other_count = len(actions) - preview.ready_count - preview.held_count

    @api.model
    def _action_for(self, moves):
        """Rehearse the push of ``moves`` and return the action that shows it; of one document, its own page.

        :raises UserError: nothing or too much is selected, of several companies, or the connection is not in use
        """
        if not moves:
            raise UserError(self.env._("Select at least one document."))
        if len(moves) > MOST_DOCUMENTS:
            raise UserError(self.env._("Select at most %s documents: the preview shows each of them.", MOST_DOCUMENTS))
        connection = moves._xero_push_connections()
        if len(connection) > 1:
            raise UserError(self.env._("Select documents of one company: each is sent to its own Xero organisation."))
        preview = self.create({"connection_id": connection.id})
        preview._keep(rehearse(connection, moves), moves)
        return preview._open()

    def _open(self):
        self.ensure_one()
        shown = self.document_ids if len(self.document_ids) == 1 else self
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Xero Preview"),
            "res_model": shown._name,
            "res_id": shown.id,
            "views": [(False, "form")],
        }

    def _keep(self, plan, moves):
        """Show a plan, in place of an earlier one of the same documents."""
        read = self.connection_id.contacts_refreshed_at
        kinds = {
            "Contacts": self.env._("Contact") if read else self.env._("Contact, unless Xero has it"),
            "TaxRates": self.env._("Tax rate"),
            "Currencies": self.env._("Currency, if the Xero plan allows it"),
        }
        additions = "\n".join(f"{kinds[resource]}: {name}" for resource, name in plan.additions)
        self.write({"additions": additions, "unread": plan.unread})
        documents = self.document_ids
        known = {document.move_id: document for document in documents}
        for move in moves:
            if move.id in plan.documents:
                document = known.get(move) or documents.create({"preview_id": self.id, "move_id": move.id})
                document._keep(plan.documents[move.id])

    def _ready(self):
        return self.document_ids.filtered(lambda document: document.action in _READY and not document.is_draft)

    def action_push(self):
        """Push those that are ready; they are looked at anew on the way.

        :raises UserError: none of them is ready
        """
        self.ensure_one()
        ready = self._ready().move_id
        if not ready:
            raise UserError(self.env._("None of these is ready: mend what is listed, then press Look Again."))
        return ready.action_push_to_xero()

    def action_look_again(self):
        """Rehearse once more, after something was mended."""
        self.ensure_one()
        moves = self.document_ids.move_id
        self._keep(rehearse(moves._xero_push_connections(), moves), moves)


class XeroPreviewDocument(models.TransientModel):
    _name = "xero.preview.document"
    _description = "Document in a Xero Preview"

    preview_id = fields.Many2one("xero.preview", required=True, readonly=True, ondelete="cascade")
    move_id = fields.Many2one("account.move", "Document", required=True, readonly=True, ondelete="cascade")
    action = fields.Selection(_ACTIONS, "In Xero", readonly=True)
    is_draft = fields.Boolean(readonly=True)
    contact = fields.Char("Contact in Xero", readonly=True)
    contact_state = fields.Selection(
        [("linked", "Linked"), ("new", "Will be created"), ("either", "Linked or created"), ("missing", "Missing")],
        readonly=True,
    )
    number = fields.Char(readonly=True)
    reference = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    xero_status = fields.Char("Status in Xero", readonly=True)
    status = fields.Char("Will Be", readonly=True)
    rung = fields.Selection(
        selection=lambda self: self.env["xero.binding"]._fields["rung"].selection, string="Totals By", readonly=True
    )
    total = fields.Monetary(readonly=True)
    tax = fields.Monetary(readonly=True)
    warning = fields.Text(readonly=True)
    additions = fields.Text(related="preview_id.additions")
    unread = fields.Char(related="preview_id.unread")
    contacts_read_at = fields.Datetime(related="preview_id.contacts_read_at")
    compared = fields.Boolean(readonly=True, help="Whether Xero was asked what it has now.")
    problem_ids = fields.One2many("xero.preview.problem", "document_id", readonly=True)
    line_ids = fields.One2many("xero.preview.line", "document_id", readonly=True)
    difference_ids = fields.One2many("xero.preview.difference", "document_id", readonly=True)

    def _compute_display_name(self):
        self.display_name = self.env._("Xero Preview")

    def _keep(self, planned):
        """Show what is planned of this document, in place of what was shown before."""
        move = self.move_id
        payload = planned.mapped.payload if planned.mapped else {}
        expected = planned.mapped.expected if planned.mapped else {}
        statuses = dict(self.preview_id.connection_id._fields["invoice_status"]._description_selection(self.env))
        contact, contact_state = planned.contact
        self.write(
            {
                "action": planned.action,
                "is_draft": move.state == "draft",
                "contact": contact,
                "contact_state": contact and contact_state,
                "number": payload.get(move._xero_document_kind().number_name)
                or (move.name if move.state != "draft" else False),
                "reference": payload.get("Reference"),
                "date": payload.get("Date") or move.invoice_date or move.date,
                "due_date": payload.get("DueDate") or move.invoice_date_due,
                "currency_id": move.currency_id.id,
                "xero_status": planned.xero_status,
                "status": statuses.get(planned.status),
                "rung": planned.mapped.rung if planned.mapped else False,
                "total": float(expected.get("total", move.amount_total)),
                "tax": float(expected.get("tax", move.amount_tax)),
                "warning": expected.get("warning"),
                "compared": planned.changes is not None,
            }
        )
        for shown in (self.line_ids, self.difference_ids, self.problem_ids):
            shown.unlink()
        self.line_ids._keep(self, planned.lines)
        self.difference_ids._keep(self, planned.changes or [])
        self.problem_ids._keep(self, planned.problems)

    def action_push(self):
        """Push this document; see ``xero.preview``."""
        return self.preview_id.action_push()

    def action_look_again(self):
        """Rehearse once more, after something was mended; all documents of the preview, which share what is made."""
        self.ensure_one()
        self.preview_id.action_look_again()

    def action_open_document(self):
        """Open the document in Odoo."""
        self.ensure_one()
        return self.move_id.get_formview_action()


class XeroPreviewLine(models.TransientModel):
    _name = "xero.preview.line"
    _description = "Line in a Xero Preview"
    _order = "id"

    document_id = fields.Many2one("xero.preview.document", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="document_id.currency_id")
    description = fields.Text(readonly=True)
    quantity = fields.Char(readonly=True)
    unit_amount = fields.Char("Unit Price", readonly=True)
    discount = fields.Char("Discount %", readonly=True)
    account = fields.Char("Account in Xero", readonly=True)
    rule = fields.Selection(_RULES, "Account Chosen By", readonly=True)
    tax_rate = fields.Char("Tax Rate in Xero", readonly=True)
    base = fields.Monetary("Amount", readonly=True)
    tax = fields.Monetary(readonly=True)

    @api.model
    def _keep(self, document, lines):
        def digits(value):
            return False if value is None else f"{value.normalize():f}"

        self.create(
            [
                {
                    "document_id": document.id,
                    "description": line.description,
                    "quantity": digits(line.quantity),
                    "unit_amount": digits(line.unit_amount),
                    "discount": digits(line.discount or None),
                    "account": line.account,
                    "rule": line.rule,
                    "tax_rate": line.tax_rate,
                    "base": line.base is not None and float(line.base),
                    "tax": line.tax is not None and float(line.tax),
                }
                for line in lines
            ]
        )


class XeroPreviewDifference(models.TransientModel):
    _name = "xero.preview.difference"
    _description = "Difference between Odoo and Xero"
    _order = "id"

    document_id = fields.Many2one("xero.preview.document", required=True, readonly=True, ondelete="cascade")
    what = fields.Char(readonly=True)
    ours = fields.Char("In Odoo", readonly=True)
    theirs = fields.Char("In Xero Now", readonly=True)

    @api.model
    def _keep(self, document, changes):
        self.create(
            [
                {
                    "document_id": document.id,
                    "what": self._label(change),
                    "ours": self._shown(document, change.name, change.ours),
                    "theirs": self._shown(document, change.name, change.theirs),
                }
                for change in changes
            ]
        )

    @api.model
    def _label(self, change):
        names = {
            "InvoiceNumber": self.env._("Number"),
            "CreditNoteNumber": self.env._("Number"),
            "Reference": self.env._("Reference"),
            "Date": self.env._("Date"),
            "DueDate": self.env._("Due date"),
            "CurrencyCode": self.env._("Currency"),
            "LineAmountTypes": self.env._("Prices with or without tax"),
            "Contact": self.env._("Contact"),
            "Total": self.env._("Total"),
            "TotalTax": self.env._("Tax"),
            "Description": self.env._("Description"),
            "Quantity": self.env._("Quantity"),
            "UnitAmount": self.env._("Unit price"),
            "DiscountRate": self.env._("Discount %"),
            "DiscountAmount": self.env._("Discount"),
            "AccountCode": self.env._("Account"),
            "TaxType": self.env._("Tax rate"),
            "TaxAmount": self.env._("Tax"),
        }
        if not change.line:
            return names[change.name]
        return self.env._("Line %(number)s: %(what)s", number=change.line, what=names[change.name])

    @api.model
    def _shown(self, document, name, value):
        mirrors = {"Contact": "xero.contact", "TaxType": "xero.tax.rate", "AccountCode": "xero.account"}
        if name not in mirrors or not value:
            return "" if value is None else str(value)
        key = "xero_id" if name == "Contact" else "code"
        domain = [("connection_id", "=", document.preview_id.connection_id.id), (key, "=", value)]
        copy = self.env[mirrors[name]].with_context(active_test=False).search(domain, limit=1)
        return copy.display_name or value


class XeroPreviewProblem(models.TransientModel):
    _name = "xero.preview.problem"
    _description = "Problem in a Xero Preview"
    _order = "id"

    document_id = fields.Many2one("xero.preview.document", "Page", required=True, readonly=True, ondelete="cascade")
    preview_id = fields.Many2one(related="document_id.preview_id", store=True)
    move_id = fields.Many2one(related="document_id.move_id")
    reason_id = fields.Many2one("xero.reason", readonly=True)
    text = fields.Text("What to Do", readonly=True)

    @api.model
    def _keep(self, document, problems):
        reasons = self.env["xero.reason"]
        self.create(
            [
                {"document_id": document.id, "reason_id": reasons._of(reason).id, "text": text}
                for reason, text in problems
            ]
        )

    def action_fix(self):
        """Open the screen where this is mended."""
        self.ensure_one()
        connection = self.preview_id.connection_id
        action = self.reason_id._fix_action(connection, self.move_id._name, self.move_id.ids)
        return action or self.move_id.get_formview_action()
