from odoo import api, fields, models


class XeroTrackingCategory(models.Model):
    """A tracking category of Xero (R6); an organisation has at most two active ones."""

    _name = "xero.tracking.category"
    _inherit = ["xero.mirror"]
    _description = "Xero Tracking Category"
    _order = "name"

    option_ids = fields.One2many("xero.tracking.option", "category_id", "Options")

    _xero_id_unique = models.Constraint(
        "UNIQUE (connection_id, xero_id)", "This Xero tracking category is already copied for this connection."
    )

    @api.model
    def _values_from_xero(self, element):
        return {
            "xero_id": element.get("TrackingCategoryID"),
            "name": element.get("Name") or "?",
            "active": element.get("Status", "ACTIVE") == "ACTIVE",
        }

    @api.model
    def _mirror(self, connection, elements, complete=True):
        categories = super()._mirror(connection, elements, complete)
        by_id = {category.xero_id: category for category in categories}
        options = [
            {**option, "category_id": by_id[element["TrackingCategoryID"]].id}
            for element in elements
            if element.get("TrackingCategoryID") in by_id
            for option in element.get("Options") or []
        ]
        self.env["xero.tracking.option"]._mirror(connection, options, complete)
        return categories


class XeroTrackingOption(models.Model):
    """An option of a tracking category; analytic accounts are mapped to it (M15)."""

    _name = "xero.tracking.option"
    _inherit = ["xero.mirror"]
    _description = "Xero Tracking Option"
    _order = "category_id, name"

    category_id = fields.Many2one(
        "xero.tracking.category", required=True, readonly=True, index=True, ondelete="cascade"
    )

    _xero_id_unique = models.Constraint(
        "UNIQUE (connection_id, xero_id)", "This Xero tracking option is already copied for this connection."
    )

    @api.depends("name", "category_id.name")
    def _compute_display_name(self):
        for option in self:
            option.display_name = f"{option.category_id.name}: {option.name}"

    @api.model
    def _values_from_xero(self, element):
        return {
            "xero_id": element.get("TrackingOptionID"),
            "name": element.get("Name") or "?",
            "active": element.get("Status", "ACTIVE") == "ACTIVE",
            "category_id": element["category_id"],
        }

    @api.model
    def _of_distribution(self, distribution, company, connection):
        """Return the options of an analytic distribution in ``connection``: in each category that of the biggest share.

        Xero takes one option of a category a line.

        :param distribution: Odoo's JSON of analytic accounts, ``{"1,2": percentage}``
        """
        accounts = self.env["account.analytic.account"]
        best = {}
        for key, percentage in sorted((distribution or {}).items()):
            for account in accounts.browse(int(part) for part in key.split(",") if part.isdigit()).exists():
                option = company._xero_value(account, "xero_tracking_option_id")
                if option.connection_id == connection and option.active and option.category_id.active:
                    shares = best.setdefault(option.category_id, {})
                    shares[option] = shares.get(option, 0) + percentage
        by_category = sorted(best.items(), key=lambda item: item[0].name)
        return self.union(*(max(shares, key=shares.get) for _category, shares in by_category))


class AccountAnalyticAccount(models.Model):
    _inherit = "account.analytic.account"

    xero_tracking_option_id = fields.Many2one(
        "xero.tracking.option",
        "Xero Tracking",
        company_dependent=True,
        domain="[('company_id', 'parent_of', allowed_company_ids), ('category_id.active', '=', True)]",
        groups="xero_connector.group_xero_user",
        help="What journals of this analytic account carry as tracking in Xero.",
    )
