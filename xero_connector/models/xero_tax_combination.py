from odoo import api, fields, models


class XeroTaxCombination(models.Model):
    """Several taxes that are used together on a line: Xero takes one rate a line, so they share one.

    The engine notes each combination that it meets; a person, or a policy, maps it. One of its own, the group of
    taxes, Odoo knows already: a group is mapped like a single tax.
    """

    _name = "xero.tax.combination"
    _inherit = ["xero.tax.mapped"]
    _description = "Taxes Used Together on a Line"
    _order = "id"

    name = fields.Char(compute="_compute_name", compute_sudo=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True, ondelete="cascade")
    # Archived taxes count: documents go on carrying them.
    tax_ids = fields.Many2many(
        "account.tax", string="Taxes", readonly=True, required=True, context={"active_test": False}
    )
    key = fields.Char(required=True, readonly=True)

    _key_unique = models.Constraint("UNIQUE (company_id, key)", "These taxes are listed together already.")

    @api.depends("tax_ids.name", "tax_ids.sequence")
    def _compute_name(self):
        for combination in self:
            combination.name = " + ".join(combination._xero_taxes().mapped("name"))

    @api.depends("name")
    def _compute_display_name(self):
        for combination in self:
            combination.display_name = combination.name

    def _xero_taxes(self):
        return self.tax_ids.sorted(lambda tax: (tax.sequence, tax.id))

    @api.model
    def _key(self, taxes):
        return ",".join(map(str, sorted(taxes.ids)))

    @api.model
    def _of(self, taxes, create=False):
        """Return the combination of exactly these taxes; empty if it was never met.

        :param create: note it if so
        """
        company = taxes[:1].company_id.root_id
        found = self.search([("company_id", "=", company.id), ("key", "=", self._key(taxes))], limit=1)
        if not found and create:
            found = self.create({"company_id": company.id, "tax_ids": [(6, 0, taxes.ids)], "key": self._key(taxes)})
        return found

    @api.constrains("xero_tax_rate_id")
    def _check_xero_rate(self):
        """Taxes and a rate that differ would give every document a wrong total."""
        for combination in self.filtered("xero_tax_rate_id"):
            combination._xero_check_rate(combination.xero_tax_rate_id)
