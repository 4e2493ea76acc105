from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..xero_api.payload import ENDED
from .xero_bindable import SETTLEMENT_STATES

# Of several settlements of one payment, the one that most needs a person tells its state.
WORST_FIRST = ("failed", "blocked", "to_sync", "excluded", "synced", "ended")


class AccountPayment(models.Model):
    """What a payment is in Xero.

    It has no twin of its own: each share of it that settles a document has one (see ``xero.settlement``). Their states
    together are the payment's.
    """

    _inherit = "account.payment"

    xero_sync_state = fields.Selection(
        SETTLEMENT_STATES,
        string="Xero",
        compute="_compute_xero_sync_state",
        search="_search_xero_sync_state",
        groups="xero_connector.group_xero_user",
    )
    xero_message = fields.Text(compute="_compute_xero_details", groups="xero_connector.group_xero_user")
    xero_warning = fields.Text(compute="_compute_xero_details", groups="xero_connector.group_xero_user")
    xero_url = fields.Char("Xero Link", compute="_compute_xero_details", groups="xero_connector.group_xero_user")
    xero_settlement_count = fields.Integer(compute="_compute_xero_details", groups="xero_connector.group_xero_user")

    # -- State -------------------------------------------------------------------------------------------------------

    @api.depends_context("allowed_company_ids")
    def _compute_xero_sync_state(self):
        states = self._xero_states()
        for payment in self:
            payment.xero_sync_state = states.get(payment._origin.id, (False,))[0]

    @api.depends_context("allowed_company_ids")
    def _compute_xero_details(self):
        states = self._xero_states()
        links = self.env["xero.binding"].sudo()
        known = {link.id: link for link in links.browse(filter(None, (state[1] for state in states.values())))}
        twins = self._xero_twins([settlement for state in states.values() for settlement in state[2]])
        for payment in self:
            _state, link_id, settlements = states.get(payment._origin.id, (False, None, []))
            link = known.get(link_id, links)
            own = [twin for settlement in settlements for twin in twins.get(settlement, [])]
            warnings = [twin.warning for twin in own if twin.state == "synced" and twin.warning]
            payment.xero_warning = "\n".join(dict.fromkeys(warnings)) or False
            payment.xero_message = link.state in ("failed", "blocked") and link.message
            there = [twin for twin in own if twin.xero_status not in ENDED]
            # Of several pages in Xero none is the one: then the list of settlements leads to each.
            payment.xero_url = len(there) == 1 and there[0].xero_url
            payment.xero_settlement_count = len(settlements)

    def _xero_states(self):
        """Return dict of payment id → (state, id of the link that tells it, ids of settlements), in one query."""
        ids = tuple(payment_id for payment_id in self._origin.ids if payment_id)
        if not ids:
            return {}
        rows = self.env.execute_query(self._xero_shown(ids))
        return {payment_id: found for payment_id, *found in rows}

    @api.model
    def _xero_twins(self, settlement_ids):
        """Return dict of settlement id → its links to payments that are in Xero."""
        twins = (
            self.env["xero.binding"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "xero.settlement"),
                    ("res_id", "in", settlement_ids),
                    ("xero_type", "=", "Payment"),
                    ("xero_id", "!=", False),
                ]
            )
        )
        return twins.grouped("res_id")

    @api.model
    def _xero_shown(self, ids=None):
        """Return the query of (payment id, worst state, link that tells it, settlements) that users of the current
        companies see.
        """
        for model in ("account.payment", "xero.settlement", "xero.binding", "xero.mark"):
            self.env[model].flush_model()
        companies = tuple(self.env.companies.root_id.ids) or (0,)
        return SQL(
            """
            WITH share AS (
                SELECT payment.id AS payment_id, settlement.id AS settlement_id
                  FROM account_payment payment
                  JOIN xero_settlement settlement
                    ON settlement.counterpart_id = payment.move_id AND settlement.counterpart_model = 'account.move'
                 WHERE settlement.company_id IN %(companies)s %(among)s
             UNION ALL
                SELECT payment.id, settlement.id
                  FROM account_payment payment
                  JOIN xero_settlement settlement
                    ON settlement.counterpart_id = payment.id AND settlement.counterpart_model = 'account.payment'
                 WHERE settlement.company_id IN %(companies)s %(among)s)
            SELECT share.payment_id AS res_id,
                   (array_agg(shown.state ORDER BY array_position(%(worst_first)s, shown.state::text)))[1] AS state,
                   (array_agg(shown.binding_id ORDER BY array_position(%(worst_first)s, shown.state::text)))[1],
                   array_agg(share.settlement_id)
              FROM share
         LEFT JOIN (%(shown)s) shown ON shown.res_id = share.settlement_id
          GROUP BY share.payment_id
            """,
            worst_first=list(WORST_FIRST),
            companies=companies,
            among=SQL("AND payment.id IN %s", ids) if ids else SQL(),
            shown=self.env["xero.binding"]._shown_states("xero.settlement", SQL("(SELECT settlement_id FROM share)")),
        )

    @api.model
    def _search_xero_sync_state(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        states = tuple(state for state in value if state)
        shown = self._xero_shown()
        domain = [("id", "in", SQL("SELECT res_id FROM (%s) shown WHERE state IN %s", shown, states or ("",)))]
        if False in value:
            told = SQL("SELECT res_id FROM (%s) shown WHERE state IS NOT NULL", shown)
            domain = ["|", *domain, ("id", "not in", told)]
        return ["!", *domain] if operator == "not in" else domain

    # -- Buttons -----------------------------------------------------------------------------------------------------

    def _xero_documents(self):
        """Return the documents of Xero's kinds that these payments settle, or are meant to."""
        settled = self.reconciled_invoice_ids | self.reconciled_bill_ids | self.invoice_ids
        return (settled | self._xero_settlements()._documents())._xero_documents()

    def _xero_settlements(self):
        settlements = self.env["xero.settlement"]
        return settlements.search(settlements._around(self.env["account.move"], self))

    def action_push_to_xero(self):
        """Push the documents that these payments settle; the payments go with them.

        :raises UserError: they settle nothing, or see ``xero.bindable``
        """
        self.check_access("read")
        self.env["account.move"]._check_xero_user()
        documents = self._xero_documents()
        if not documents:
            raise UserError(
                self.env._(
                    "Xero takes payments of documents only, and this settles none yet: match it with an invoice, bill "
                    "or credit note first."
                )
            )
        return documents.action_push_to_xero()

    def action_open_in_xero(self):
        """Open the twin of this payment in Xero.

        :raises UserError: it has none, or several
        """
        self.ensure_one()
        if not self.xero_url:
            raise UserError(
                self.env._("%s has no page of its own in Xero: look at its documents there.", self.display_name)
            )
        return {"type": "ir.actions.act_url", "url": self.xero_url, "target": "new"}

    def action_xero_settlements(self):
        """List what of this payment settles which document."""
        return self.env["xero.settlement"]._action_for(self.env["account.move"], self)
