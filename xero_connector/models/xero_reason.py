from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from .account_journal import PAYMENT_TYPES

# What people have to look at: refused, or held for something that is missing. Documents from before the export date
# are left alone on purpose: there is nothing to fix about them.
TO_FIX = [("state", "in", ("failed", "blocked")), ("reason", "!=", "date"), ("connection_id.active", "=", True)]
# Fixes that mend all records of a reason on one screen.
TOGETHER = ("connection", "tax", "payment_account")


class XeroReason(models.Model):
    """Why records are not in Xero as they stand: what *To Fix* is grouped by, and where such a thing is mended.

    The reasons are data; the engine names them by their code. Another addon adds its own as records.
    """

    _name = "xero.reason"
    _description = "Reason Why a Record Is Not in Xero"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True, readonly=True)
    sequence = fields.Integer(default=100, readonly=True)
    fix = fields.Selection(
        [
            ("record", "The record itself"),
            ("connection", "The connection"),
            ("tax", "The mapping of taxes"),
            ("contact", "The choice of the contact"),
            ("xero", "Xero"),
            ("payment_account", "The mapping of payment accounts"),
            ("preview", "The comparison with Xero"),
        ],
        "Mended In",
        default="record",
        required=True,
        readonly=True,
    )

    _code_unique = models.Constraint("UNIQUE (code)", "There is a reason of this code already.")

    @api.model
    def _of(self, code):
        """Return the reason of a code; empty for none, and for a code that no addon has a record for."""
        return self.browse(self._ids_by_code().get(code))

    @api.model
    @tools.ormcache()
    def _ids_by_code(self):
        return {reason.code: reason.id for reason in self.sudo().search([])}

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _fix_action(self, connection, res_model, res_ids):
        """Return the action that opens where these records of one model are mended; empty: the records themselves.

        What hinders a settlement is mended where it would be for the document that it settles.
        """
        if self.fix == "connection":
            return {
                "type": "ir.actions.act_window",
                "res_model": "xero.connection",
                "res_id": connection.id,
                "views": [(False, "form")],
            }
        records = self.env[res_model].browse(res_ids).exists()
        if self.fix == "payment_account":
            return self._payment_account_action(records)
        if res_model == "xero.settlement":
            records = records._documents()
        if self.fix == "tax":
            return self._tax_action(records)
        if self.fix == "preview" and records._name == "account.move" and records:
            return self.env["xero.preview"]._action_for(records)
        partner = records.commercial_partner_id if records._name == "account.move" else records
        if self.fix == "contact" and len(partner) == 1:
            return self.env["xero.contact.link"]._action_for(partner)
        return {}

    def _payment_account_action(self, records):
        """Open the mapping of journals; of accounts, where what settles a document is from no journal of payments."""
        counterparts = [settlement._counterpart() for settlement in records if records._name == "xero.settlement"]
        types = {counterpart.journal_id.type for counterpart in counterparts if counterpart}
        name = "account_journal_xero_action" if types <= set(PAYMENT_TYPES) else "account_account_xero_action"
        return self.env["ir.actions.act_window"]._for_xml_id(f"xero_connector.{name}")

    def _tax_action(self, records):
        """Open the mapping of just those taxes that these records wait for; of combinations where there are any."""
        combinations, taxes = self.env["xero.tax.combination"], self.env["account.tax"]
        if records._name == combinations._name:
            combinations = records
        elif records._name == taxes._name:
            taxes = records
        elif records._name == "account.move":
            for used in {line.tax_ids for line in records.invoice_line_ids}:
                rates, own = used._xero_split()
                together = combinations._of(rates) if len(rates) > 1 else combinations
                combinations |= together.filtered(lambda found: not found.xero_tax_rate_id)
                taxes |= own if len(rates) > 1 else own | rates
        name, found = (
            ("xero_tax_combination_action", combinations) if combinations else ("account_tax_xero_action", taxes)
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(f"xero_connector.{name}")
        return {**action, "domain": [("id", "in", found.ids)], "context": {"active_test": False}}

    # -- Buttons of a group in To Fix --------------------------------------------------------------------------

    def _to_fix(self):
        """Return what is to fix for this reason: of one push or connection where the list shows just that."""
        self.ensure_one()
        shown = []
        if self.env.context.get("xero_push_id"):
            shown = self.env["xero.push"].browse(self.env.context["xero_push_id"])._bindings_domain()
        elif self.env.context.get("xero_connection_id"):
            shown = [("connection_id", "=", self.env.context["xero_connection_id"])]
        return self.env["xero.binding"].search([("reason_id", "=", self.id), *TO_FIX, *shown])

    def action_retry_all(self):
        """Look again at every record of the current companies that is held or refused for this reason."""
        return self._to_fix().action_retry()

    def action_fix_all(self):
        """Open the screen where the records of this reason are mended together.

        :raises UserError: each of them is mended for itself
        """
        bindings = self._to_fix()
        documents = bindings.filtered(lambda binding: binding.res_model == "account.move") or bindings
        together = documents.filtered(
            lambda binding: (
                (binding.connection_id, binding.res_model) == (documents[:1].connection_id, documents[:1].res_model)
            )
        )
        action = {}
        if together and self.fix in TOGETHER:
            action = self._fix_action(together.connection_id, together[0].res_model, together.mapped("res_id"))
        if not action:
            raise UserError(
                self.env._("These are mended one by one: press Fix in the row, then Retry where you changed Xero.")
            )
        return action
