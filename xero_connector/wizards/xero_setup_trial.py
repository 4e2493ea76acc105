from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.account_move import SENT_TYPES
from ..sync.runner import Runner
from ..sync.trial import UNAPPROVED
from ..xero_api.payload import ENDED

# What is in Xero, or is to stay out, cannot be tried.
_SETTLED = ("synced", "excluded")


class XeroSetup(models.TransientModel):
    """The last step: one invoice is sent as a draft, looked at in Xero, then approved or taken back."""

    _inherit = "xero.setup"

    chosen_move_id = fields.Many2one("account.move", readonly=True)
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        compute="_compute_move_id",
        inverse="_inverse_move_id",
        domain="[('company_id', 'child_of', company_id), ('state', '=', 'posted'), "
        f"('move_type', 'in', {SENT_TYPES!r}), ('xero_sync_state', 'not in', {_SETTLED!r})]",
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

    def _compute_move_id(self):
        for setup in self:
            setup.move_id = setup.chosen_move_id or setup._suggested_move()

    def _inverse_move_id(self):
        for setup in self:
            setup.chosen_move_id = setup.move_id

    def _suggested_move(self):
        """Return the invoice that is being tried already, else the newest confirmed one that Xero does not have."""
        moves = self.env["account.move"]
        if not moves.has_access("read"):
            return moves
        tried = self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("res_model", "=", "account.move"),
                ("trial", "=", "draft"),
            ],
            order="id desc",
            limit=1,
        )
        company = ("company_id", "child_of", self.connection_id.company_id.id)
        domain = [company, ("state", "=", "posted"), ("move_type", "in", SENT_TYPES)]
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
            setup.trial_message = binding.message if state == "held" else binding.warning if there else False
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
        if shown in ("failed", "blocked", "excluded"):
            return "held"
        if shown == "to_sync":
            return "waiting"
        if not shown or binding.xero_status in ENDED:
            return "ready"
        return "draft" if binding.xero_status in UNAPPROVED else "in_xero"

    def _text_of(self, state, binding):
        texts = {
            "none": self.env._(
                "There is no confirmed invoice yet. Make one: when it is confirmed it goes to Xero as a draft, and you "
                "find it here."
            ),
            "ready": self.env._("It is not in Xero yet. Sent as a draft, it counts nowhere until it is approved."),
            "waiting": self.env._("It is on its way: press Look Again in a few seconds."),
            "held": self.env._("It was not sent:"),
            "draft": self.env._(
                "It is a draft in Xero. Look at it there, then approve it, or take it back: then it is deleted in Xero."
            ),
            "in_xero": self.env._("It is in Xero. New invoices follow within seconds of being confirmed."),
        }
        if state == "draft" and binding.trial == "approve":
            return self.env._("It is being approved: press Look Again in a few seconds.")
        if state == "draft" and self.connection_id.invoice_status == binding.xero_status:
            return self.env._(
                "It is in Xero. By “Create Invoices As”, invoices wait there for somebody to approve them."
            )
        if state == "ready" and binding.taken_back:
            return self.env._("It was taken back: it is deleted in Xero. You may send it again, now or later.")
        return texts[state]

    def _trial_step(self):
        """Return ``(state, text)`` of this step in the checklist."""
        if self.trial_state in ("draft", "in_xero"):
            return "done", self.env._("%(number)s: %(text)s", number=self.trial_number, text=self.trial_text)
        return "missing", self.trial_text

    # -- Buttons -----------------------------------------------------------------------------------------------------

    def action_send_draft(self):
        """Send exactly this invoice to Xero, as a draft whatever *Create Invoices As* says, while the user waits.

        :raises UserError: no invoice chosen, or the connection is not in use
        """
        self.ensure_one()
        self._check_in_use()
        if not self.move_id:
            raise UserError(self.env._("Choose a confirmed invoice first, or make one with New Invoice."))
        problem = self.move_id._xero_push_problem()
        if problem:
            raise UserError(problem)
        move = self.move_id
        result = Runner(self.connection_id).run(records=move, trial="draft", for_person=True)
        self.chosen_move_id = move
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
        move = self.move_id
        result = self._run_trial(move, "approve")
        if result.problem:
            # The wish is kept on the link; a mark has the next run carry it out.
            move._xero_mark(known=True)
            text = self.env._("%(name)s is not approved yet: %(reason)s", name=move.display_name, reason=result.problem)
            return self.connection_id._notice(text, "warning", reload=True)
        return self._told(move, result)

    def action_take_back(self):
        """Delete the draft in Xero. The invoice stays confirmed in Odoo and is sent again only when somebody asks.

        :raises UserError: a run is under way, or the connection is not in use
        """
        self.ensure_one()
        move = self.move_id
        result = self._run_trial(move, "take_back")
        if result.problem:
            text = self.env._(
                "%(name)s was not taken back for certain: %(reason)s Press Take Back again.",
                name=move.display_name,
                reason=result.problem,
            )
            return self.connection_id._notice(text, "warning", reload=True)
        return self._told(move, result)

    def _run_trial(self, move, wish):
        self._check_in_use()
        result = Runner(self.connection_id).run(records=move, trial=wish, for_person=True)
        if result.busy:
            raise UserError(self.env._("A synchronisation is under way. Try again in a few seconds."))
        self.chosen_move_id = move
        return result

    def _told(self, move, result):
        """Return the notice of what became of it; the screen, which is read anew, tells more."""
        self.env.invalidate_all()
        outcome = result.outcomes.get((move._name, move.id))
        if outcome and outcome[0] == "ended":
            text = self.env._("%s is deleted in Xero. In Odoo it stays as it is.", move.display_name)
            return self.connection_id._notice(text, "success", reload=True)
        return move._xero_outcome_notice(self.connection_id, outcome)

    def action_look_again(self):
        """Show what became of the invoice meanwhile."""
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_open_in_xero(self):
        """Open the invoice in Xero.

        :raises UserError: it is not in Xero
        """
        self.ensure_one()
        return self.move_id.action_open_in_xero()

    def action_new_invoice(self):
        """Open a new customer invoice, which goes to Xero as a draft when it is confirmed."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("First Invoice"),
            "res_model": "account.move",
            "views": [(False, "form")],
            "context": {"default_move_type": "out_invoice", "xero_as_draft": True},
        }
