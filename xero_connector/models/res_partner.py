from odoo import api, fields, models

# What a Contact in Xero is made of (see mappers/xero_mapper_contact.py).
WATCHED = frozenset(
    (
        "name",
        "email",
        "phone",
        "vat",
        "ref",
        "street",
        "street2",
        "city",
        "zip",
        "state_id",
        "country_id",
        "is_company",
        "parent_id",
        "active",
    )
)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "xero.bindable"]

    xero_create = fields.Boolean(
        "Create in Xero",
        groups="xero_connector.group_xero_user",
        copy=False,
        help="Create this contact in Xero when the partner is saved. Otherwise it is created with its first document.",
    )

    xero_exempt = fields.Boolean(
        "Exempt or Reverse-Charged in Xero",
        company_dependent=True,
        groups="xero_connector.group_xero_user",
        help="Lines of this customer's documents get the connection's rate for exempt customers in Xero, whatever "
        "their tax. They must carry no tax in Odoo.",
    )

    def _xero_company_ids(self):
        """Only commercial entities have a contact; a partner without company belongs to the current one."""
        ids_by_company = {}
        for partner in self.commercial_partner_id:
            company = partner.company_id or self.env.company
            ids_by_company.setdefault(company.root_id.id, []).append(partner.id)
        return ids_by_company

    def _xero_push_name(self, count):
        return self.env._("%s selected contacts", count)

    def _xero_mark(self, push=None, known=False):
        return super(ResPartner, self.commercial_partner_id)._xero_mark(push=push, known=known)

    def action_push_to_xero(self):
        """Send the contacts that these partners stand for; see ``xero.bindable``."""
        return super(ResPartner, self.commercial_partner_id).action_push_to_xero()

    def action_link_xero_contact(self):
        """Open the choice of the Xero contact that this partner is."""
        self.ensure_one()
        return self.env["xero.contact.link"]._action_for(self.commercial_partner_id)

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        wanted = self.browse(
            partner.id for partner, vals in zip(partners, vals_list, strict=True) if vals.get("xero_create")
        )
        wanted._xero_mark()
        return partners

    def write(self, vals):
        # Asked before: Odoo takes some keys (is_company) out of ``vals`` on the way.
        watched, wanted = not WATCHED.isdisjoint(vals), vals.get("xero_create")
        result = super().write(vals)
        if self and watched:
            self._xero_mark_linked()
        if "xero_exempt" in vals:
            self.env["xero.binding"]._retry_blocked(self.env.company, ["tax", "totals"])
        if self and wanted:
            self._xero_mark()
        return result

    def unlink(self):
        # A contact outlives its partner: Xero keeps it with its documents, and the engine drops the link.
        self._xero_mark_linked()
        return super().unlink()

    def _xero_mark_linked(self):
        """Mark those of these partners that already have a twin, once for each connection that knows them."""
        bindings = (
            self.env["xero.binding"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "in", self.commercial_partner_id.ids)])
        )
        bindings._mark()
