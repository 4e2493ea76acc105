from odoo import api, fields, models

from ..xero_api.payload import to_datetime


class XeroContact(models.Model):
    """A contact of Xero, as it was last seen.

    One listing of what changed serves the matching of any number of partners; Xero could be asked for each of
    them instead, at one call a partner.
    """

    _name = "xero.contact"
    _inherit = ["xero.mirror"]
    _description = "Xero Contact"
    _order = "name"
    _rec_names_search = ["name", "email", "code", "account_number"]

    code = fields.Char("Contact Number", index=True, help="ContactNumber: the key of the system that made the contact.")
    email = fields.Char(readonly=True)
    account_number = fields.Char(readonly=True, index=True)
    name_key = fields.Char(compute="_compute_keys", store=True, index=True)
    email_key = fields.Char(compute="_compute_keys", store=True, index=True)
    is_customer = fields.Boolean("Customer", readonly=True)
    updated_at = fields.Datetime("Changed in Xero", readonly=True)
    partner_id = fields.Many2one("res.partner", compute="_compute_partner_id", string="Linked Partner")

    _xero_id_unique = models.Constraint(
        "UNIQUE (connection_id, xero_id)", "This Xero contact is already copied for this connection."
    )

    @api.depends("name", "email")
    def _compute_keys(self):
        for contact in self:
            contact.name_key = contact._key(contact.name)
            contact.email_key = contact._key(contact.email)

    def _compute_partner_id(self):
        bindings = self.env["xero.binding"].search(
            [("connection_id", "in", self.connection_id.ids), ("xero_id", "in", self.mapped("xero_id"))]
        )
        linked = {
            (binding.connection_id, binding.xero_id): binding.res_id
            for binding in bindings
            if binding.res_model == "res.partner"
        }
        for contact in self:
            contact.partner_id = linked.get((contact.connection_id, contact.xero_id))

    @api.depends("name", "email", "code")
    def _compute_display_name(self):
        for contact in self:
            details = " · ".join(filter(None, [contact.email, contact.code]))
            contact.display_name = f"{contact.name} ({details})" if details else contact.name

    @api.model
    def _key(self, text):
        """Xero compares names and e-mail addresses without regard to case and outer spaces."""
        return " ".join((text or "").split()).lower() or False

    @api.model
    def _values_from_xero(self, element):
        return {
            "xero_id": element.get("ContactID"),
            "code": element.get("ContactNumber") or False,
            "account_number": element.get("AccountNumber") or False,
            "name": element.get("Name") or element.get("ContactID") or "?",
            "email": element.get("EmailAddress") or False,
            "active": element.get("ContactStatus", "ACTIVE") == "ACTIVE",
            "is_customer": bool(element.get("IsCustomer")),
            "updated_at": to_datetime(element.get("UpdatedDateUTC")) or False,
        }
