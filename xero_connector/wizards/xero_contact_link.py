import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..sync.runner import Runner

_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class XeroContactLink(models.TransientModel):
    """Choose which Xero contact a partner is: from the list, or by pasting its Xero ID."""

    _name = "xero.contact.link"
    _description = "Link a Partner to a Xero Contact"

    partner_id = fields.Many2one("res.partner", required=True, readonly=True)
    connection_id = fields.Many2one("xero.connection", required=True, readonly=True)
    candidate_ids = fields.Many2many("xero.contact", compute="_compute_candidate_ids")
    contact_id = fields.Many2one("xero.contact", domain="[('connection_id', '=', connection_id)]")
    xero_id = fields.Char("Xero Contact ID", help="The last part of the contact's address in Xero.")

    @api.depends("partner_id", "connection_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            wizard.candidate_ids = (
                self.env["xero.binding"]
                .search(
                    [
                        ("connection_id", "=", wizard.connection_id.id),
                        ("res_model", "=", "res.partner"),
                        ("res_id", "=", wizard.partner_id.id),
                    ]
                )
                .candidate_ids
            )

    @api.model
    def _action_for(self, partner):
        connection = self.env["xero.connection"]._for_company(partner.company_id or self.env.company)
        if not connection:
            raise UserError(self.env._("Connect the company to Xero first."))
        wizard = self.create({"partner_id": partner.id, "connection_id": connection.id})
        if len(wizard.candidate_ids) == 1:
            wizard.contact_id = wizard.candidate_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Which contact in Xero is %s?", partner.display_name),
            "res_model": self._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_link(self):
        """Link to the chosen contact; documents that waited for it are sent.

        :raises UserError: nothing chosen, linked to another partner, or unknown to Xero
        """
        self.ensure_one()
        pasted = _GUID.search(self.xero_id or "")
        if self.xero_id and not pasted:
            raise UserError(
                self.env._(
                    "“%s” holds no Xero contact ID. Open the contact in Xero and copy the address of that page.",
                    self.xero_id,
                )
            )
        xero_id = pasted[0].lower() if pasted else self.contact_id.xero_id
        if not xero_id:
            raise UserError(self.env._("Choose a contact or paste its Xero ID."))
        other = self.env["xero.binding"].search(
            [
                ("connection_id", "=", self.connection_id.id),
                ("xero_type", "=", "Contact"),
                ("xero_id", "=", xero_id),
                ("res_id", "!=", self.partner_id.id),
            ],
            limit=1,
        )
        if other:
            raise UserError(self.env._("This contact is linked to the partner %s already.", other.res_name))
        result = Runner(self.connection_id).run(link=(self.partner_id.id, xero_id), for_person=True)
        if result.busy:
            raise UserError(self.env._("A synchronisation is under way. Try again in a few seconds."))
        if result.problem:
            raise UserError(result.problem)
        return self.connection_id._notice(
            self.env._("%s is linked to its contact in Xero.", self.partner_id.display_name), "success", reload=True
        )
