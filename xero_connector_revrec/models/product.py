from odoo import fields, models

METHODS = [
    ("daily", "Straight-line by day"),
    ("monthly", "Straight-line by month"),
    ("once", "At once"),
    ("manual", "Percentages entered by hand"),
]


def _account(label, chosen_by, holds):
    return fields.Many2one(
        "xero.account",
        label,
        company_dependent=True,
        domain=f"[('company_id', 'parent_of', allowed_company_ids), ('{chosen_by}', '!=', False)]",
        groups="xero_connector.group_xero_user",
        help=f"The account in Xero that holds the revenue {holds}. Read when an invoice is confirmed: a change counts "
        "for invoices that are confirmed from then on.",
    )


def _deferred_account():
    return _account("Deferred Revenue Account", "deferred_connection_ids", "until it is earned")


def _recognised_account():
    return _account("Recognised Revenue Account", "recognised_connection_ids", "once it is earned")


def _method():
    return fields.Selection(
        METHODS,
        "Recognition",
        company_dependent=True,
        groups="xero_connector.group_xero_user",
        help="How revenue is spread over the service period of an invoice line. Without a period it is recognised at "
        "once, on the accounting date.",
    )


class ProductTemplate(models.Model):
    _inherit = "product.template"

    xero_deferred_account_id = _deferred_account()
    xero_recognised_account_id = _recognised_account()
    xero_recognition_method = _method()
    xero_charge_count = fields.Integer(
        "Recognition Charges", compute="_compute_xero_charge_count", groups="xero_connector.group_xero_user"
    )

    def _compute_xero_charge_count(self):
        counts = dict(
            self.env["xero.recognition.charge"]._read_group(
                [("product_id.product_tmpl_id", "in", self.ids)], ["product_id"], ["__count"]
            )
        )
        for template in self:
            template.xero_charge_count = sum(
                count for product, count in counts.items() if product.product_tmpl_id == template
            )

    def action_open_xero_charges(self):
        """Open the recognition charges of this product."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("xero_connector_revrec.xero_recognition_charge_action")
        return {**action, "domain": [("product_id.product_tmpl_id", "=", self.id)], "context": {}}


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_open_xero_charges(self):
        """Open the recognition charges of this product."""
        return self.product_tmpl_id.action_open_xero_charges()

    def _xero_recognition(self, company):
        """Return (deferred account, recognised account, method) of this product for ``company``.

        Each is the product's own, else that of its category or the nearest category above which has one. A mapping
        to the chart of a connection that ``company`` does not use any more counts as missing.
        """
        self.ensure_one()
        connection = self.env["xero.connection"]._for_company(company)
        levels = [self.product_tmpl_id]
        category = self.categ_id
        while category:
            levels.append(category)
            category = category.parent_id

        def first(name, fits=bool):
            values = (company._xero_value(level, name) for level in levels)
            return next(filter(fits, values), None)

        def account(name):
            found = first(name, lambda account: account and account.connection_id == connection)
            return found or self.env["xero.account"]

        return (
            account("xero_deferred_account_id"),
            account("xero_recognised_account_id"),
            first("xero_recognition_method") or "daily",
        )


class ProductCategory(models.Model):
    _inherit = "product.category"

    xero_deferred_account_id = _deferred_account()
    xero_recognised_account_id = _recognised_account()
    xero_recognition_method = _method()
