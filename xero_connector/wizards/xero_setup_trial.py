from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sync.runner import Runner
from ..xero_api.payload import ENDED, UNAPPROVED
from .xero_setup import SALES_TYPES

# What is in Xero, or is to stay out, cannot be tried.
_SETTLED = ("synced", "excluded")


class XeroSetup(models.TransientModel):
    """The last step: one invoice is sent as a draft, looked at in Xero, then approved or taken back."""

    _inherit = "xero.setup"

    chosen_move_id = fields.Many2one("account.move", readonly=True)
    awaits_invoice = fields.Boolean(
        readonly=True, help="New Invoice was pressed: the one that is confirmed from there is the one to try."
    )
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        compute="_compute_move_id",
        inverse="_inverse_move_id",
        domain="[('company_id', 'child_of', company_id), ('state', '=', 'posted'), "
        f"('move_type', 'in', {SALES_TYPES!r}), '|', ('xero_sync_state', 'not in', {_SETTLED!r}), "
        "('xero_binding_ids', 'any', [('connection_id', '=', connection_id), ('trial', '!=', False), "
        f"('xero_status', 'in', {UNAPPROVED!r})])]",
    )
    trial_state = fields.Selection(
        [
            ("none", "No invoice"),
            ("ready", "Not in Xero"),
            ("waiting", "On its way"),
            ("held", "Not sent"),
            ("draft", "Draft in Xero"),
            ("in_xero", "In Xero"),
        ],
        "Result",
        compute="_compute_trial",
    )
    trial_text = fields.Char(compute="_compute_trial")
    trial_message = fields.Text(compute="_compute_trial")
    trial_number = fields.Char("Number in Xero", compute="_compute_trial")
    trial_url = fields.Char(compute="_compute_trial")
    trial_total = fields.Monetary("Total in Odoo", compute="_compute_trial")
    trial_xero_total = fields.Monetary("Total in Xero", compute="_compute_trial")
    currency_id = fields.Many2one("res.currency", compute="_compute_trial")
    approvable = fields.Boolean(compute="_compute_trial")

    @api.depends("chosen_move_id.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_move_id(self):
        for setup in self:
            readable = setup.chosen_move_id._filtered_access("read")
            setup.move_id = readable.filtered(lambda move: move.state == "posted")

    def _inverse_move_id(self):
        for setup in self:
            setup.chosen_move_id = setup.move_id

    def _suggested_move(self):
        """Return the invoice that is being tried already, else the newest confirmed one that Xero does not have.

        It is stored when the set-up is made: looked for at a click, it could be another one than the one shown.
        """
        moves = self.env["account.move"]
        if not moves.has_access("read"):
            return moves
        tried = self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("res_model", "=", "account.move"),
                "|",
                "&",
                ("trial", "!=", False),
                ("xero_status", "in", UNAPPROVED),
                "&",
                ("trial", "=", "draft"),
                ("xero_id", "=", False),
            ],
            order="id desc",
            limit=1,
        )
        company = ("company_id", "child_of", self.connection_id.company_id.id)
        domain = [company, ("state", "=", "posted"), ("move_type", "in", SALES_TYPES)]
        tried = tried and moves.search([*domain, ("id", "=", tried.res_id)])
        return tried or moves.search(
            [*domain, ("xero_sync_state", "not in", _SETTLED)],
            order="invoice_date desc, id desc",
            limit=1,
        )

    def _binding(self):
        return self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("res_model", "=", "account.move"),
                ("res_id", "=", self.move_id.id),
                ("role", "=", "main"),
            ]
        )

    @api.depends("move_id")
    def _compute_trial(self):
        for setup in self:
            binding = setup._binding()
            state = setup._state_of(binding)
            there = state in ("draft", "in_xero")
            setup.trial_state = state
            setup.trial_text = setup._text_of(state, binding)
            problem = state in ("held", "draft") and binding.message
            setup.trial_message = problem or (there and binding.warning)
            setup.trial_number = there and binding.xero_number
            setup.trial_url = there and binding.xero_url
            setup.currency_id = setup.move_id.currency_id or setup.company_id.currency_id
            setup.trial_total = setup.move_id.amount_total
            setup.trial_xero_total = there and binding.xero_total
            setup.approvable = state == "draft" and setup.connection_id.invoice_status != binding.xero_status

    def _state_of(self, binding):
        """Return what is so of the invoice that is tried (see ``trial_state``)."""
        if not self.move_id:
            return "none"
        shown = self.move_id.xero_sync_state
        if shown == "to_sync":
            return "waiting"
        if shown != "excluded" and binding.xero_status in UNAPPROVED:
            # Though its last step was refused or is held: it can be tried again, or taken back.
            return "draft"
        if shown in ("failed", "blocked", "excluded"):
            return "held"
        return "ready" if not shown or binding.xero_status in ENDED else "in_xero"

    def _text_of(self, state, binding):
        texts = {
            "none": self.env._(
                "No confirmed invoice is chosen. Choose one, or press New Invoice. Make one there: when it is "
                "confirmed it goes to Xero as a draft, and you find it here."
            ),
            "ready": self.env._("It is not in Xero yet. Sent as a draft, it counts nowhere until it is approved."),
            "waiting": self.env._("It is on its way: press Look Again in a few seconds."),
            "held": self.env._("It was not sent:"),
            "draft": self.env._(
                "It is a draft in Xero. Look at it there, then approve it, or take it back: then it is deleted in Xero."
            ),
            "in_xero": self.env._("It is in Xero. New invoices follow within seconds of being confirmed."),
        }
        if state == "waiting" and binding.trial == "approve":
            return self.env._("It is being approved: press Look Again in a few seconds.")
        if state == "waiting" and binding.trial == "take_back" and not binding.taken_back:
            return self.env._("It is being taken back: press Look Again in a few seconds.")
        if state == "draft" and binding.message:
            return self.env._(
                "It is a draft in Xero, but its last change did not get there. Mend what is said below and try again, "
                "or take it back: then it is deleted in Xero."
            )
        if state == "held" and binding.xero_id:
            return self.env._("It is in Xero, but its last change did not get there:")
        if state == "draft" and self.connection_id.invoice_status == binding.xero_status:
            return self.env._(
                "It is in Xero. By “Create Invoices As”, invoices wait there for somebody to approve them."
            )
        if state == "ready" and binding.taken_back:
            return self.env._("It was taken back: it is deleted in Xero. You may send it again, now or later.")
        return texts[state]

    def _trial_step(self):
        """Return ``(state, text)`` of this step in the checklist."""
        if self.trial_state not in ("draft", "in_xero"):
            return "missing", self.trial_text
        text = self.env._("%(number)s: %(text)s", number=self.trial_number, text=self.trial_text)
        return "missing" if self._binding().message else "done", text

    # -- Buttons -----------------------------------------------------------------------------------------------------

    def action_send_draft(self):
        """Send exactly this invoice to Xero, as a draft whatever *Create Invoices As* says, while the user waits.

        :raises UserError: no invoice chosen, one of another company, or the connection is not in use
        """
        self.ensure_one()
        self._check_in_use()
        move = self._tried_move()
        problem = move._xero_push_problem()
        if problem:
            raise UserError(problem)
        self.awaits_invoice = False
        result = Runner(self.connection_id).run(records=move, trial="draft", for_person=True)
        if result.busy or result.problem:
            # Whichever run comes next makes it a draft too.
            move._xero_mark(as_draft=True)
            reason = result.problem or self.env._("Another run is under way.")
            text = self.env._("%(name)s is queued: %(reason)s", name=move.display_name, reason=reason)
            return self.connection_id._notice(text, "warning", reload=True)
        return self._told(move, result)

    def action_approve(self):
        """Give the draft the status that new invoices get in Xero.

        :raises UserError: a run is under way, or the connection is not in use
        """
        self.ensure_one()
        return self._run_trial(
            "approve",
            self.env._("The next run approves it."),
            self.env._("Press Approve again."),
        )

    def action_take_back(self):
        """Delete the draft in Xero. The invoice stays confirmed in Odoo.

        It is sent again by Send as Draft, by a push, and when it is reset to draft and confirmed; by no mere edit.

        :raises UserError: a run is under way, or the connection is not in use
        """
        self.ensure_one()
        return self._run_trial(
            "take_back",
            self.env._("The next run takes it back, unless somebody presses Push to Xero on it."),
            self.env._("Press Take Back again."),
        )

    def _run_trial(self, wish, follows, again):
        """Carry out ``wish``; where Xero cannot be reached, say what ``follows``, or to try ``again``."""
        self._check_in_use()
        move = self._tried_move()
        result = Runner(self.connection_id).run(records=move, trial=wish, for_person=True)
        if result.busy:
            raise UserError(self.env._("A synchronisation is under way. Try again in a few seconds."))
        if not result.problem:
            return self._told(move, result)
        if result.noted:
            # The wish is kept on the link; a mark has the next run carry it out.
            move._xero_mark(known=True)
        text = self.env._(
            "%(name)s is not as you want it in Xero yet: %(reason)s %(next)s",
            name=move.display_name,
            reason=result.problem,
            next=follows if result.noted else again,
        )
        return self.connection_id._notice(text, "warning", reload=True)

    def _tried_move(self):
        """Return the invoice that is shown.

        :raises UserError: there is none, or it is another company's
        """
        move, company = self.move_id, self.connection_id.company_id
        if not move:
            raise UserError(self.env._("Choose a confirmed invoice first, or make one with New Invoice."))
        if move.company_id.root_id != company:
            raise UserError(
                self.env._(
                    "%(name)s belongs to another company than %(company)s. Choose an invoice of that company.",
                    name=move.display_name,
                    company=company.name,
                )
            )
        return move

    def _told(self, move, result):
        """Return the notice of what became of it; the screen, which is read anew, tells more."""
        self.env.invalidate_all()
        outcome = result.outcomes.get((move._name, move.id))
        if outcome and outcome[0] == "ended":
            text = self.env._("%s is deleted in Xero. In Odoo it stays as it is.", move.display_name)
            return self.connection_id._notice(text, "success", reload=True)
        return move._xero_outcome_notice(self.connection_id, outcome)

    def action_look_again(self):
        """Show what became of the invoice meanwhile; where none is chosen, suggest one."""
        self.ensure_one()
        if not self.move_id:
            self.chosen_move_id = self._suggested_move()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_in_xero(self):
        """Open the invoice in Xero.

        :raises UserError: it is not in Xero
        """
        self.ensure_one()
        return self.move_id.action_open_in_xero()

    def action_new_invoice(self):
        """Open a new customer invoice, which goes to Xero as a draft when it is confirmed."""
        self.ensure_one()
        self.awaits_invoice = True
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("First Invoice"),
            "res_model": "account.move",
            "views": [(False, "form")],
            "context": {"default_move_type": "out_invoice", "xero_setup_id": self.id},
        }

    @api.model
    def _awaits(self, moves):
        """Return whether ``moves``, just confirmed, are the one that New Invoice of a set-up waits for.

        That one is tried then, and no other that is confirmed in the same breadcrumb. Whoever confirms it need not
        have any rights in Xero.
        """
        setup_id = self.env.context.get("xero_setup_id")
        if not setup_id or len(moves) != 1:
            return False
        company = moves.company_id.root_id
        setup = self.sudo().search(
            [("id", "=", setup_id), ("awaits_invoice", "=", True), ("connection_id.company_id", "=", company.id)]
        )
        setup.write({"awaits_invoice": False, "chosen_move_id": moves.id})
        return bool(setup)
