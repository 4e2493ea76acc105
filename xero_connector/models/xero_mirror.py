from odoo import api, fields, models


class XeroMirror(models.AbstractModel):
    """A read-only copy of something that Xero owns.

    Copies are refreshed by the engine alone. What vanishes in Xero is archived here, never deleted, so that a
    mapping which pointed to it can be explained instead of silently disappearing.
    """

    _name = "xero.mirror"
    _description = "Copy of a Xero record"
    _order = "code, name"
    _rec_names_search = ["code", "name"]

    connection_id = fields.Many2one("xero.connection", required=True, readonly=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="connection_id.company_id", store=True, index=True)
    xero_id = fields.Char("Xero ID", required=True, readonly=True)
    code = fields.Char(readonly=True)
    name = fields.Char(required=True, readonly=True)
    active = fields.Boolean(default=True, readonly=True)

    @api.depends("code", "name")
    def _compute_display_name(self):
        for mirror in self:
            mirror.display_name = f"{mirror.code} {mirror.name}" if mirror.code else mirror.name

    @api.model
    def _values_from_xero(self, element):
        """Return the field values for one element of Xero's answer. Each mirror gives its own."""
        raise NotImplementedError(f"{self._name} must say how to read Xero's {element}")

    @api.model
    def _mirror(self, connection, elements, complete=True):
        """Make the copies of ``connection`` equal to Xero's ``elements``; return all of these copies.

        :param complete: whether ``elements`` is everything that Xero has, so that the rest has vanished
        """
        domain = [("connection_id", "=", connection.id)]
        # By id: a list that names something twice, or leaves out an id, must not stop the rest.
        found = [self._values_from_xero(element) for element in elements]
        values_list = list({values["xero_id"]: values for values in found if values["xero_id"]}.values())
        if not complete:
            domain.append(("xero_id", "in", [values["xero_id"] for values in values_list]))
        copies = self.with_context(active_test=False).search(domain)
        known = {copy.xero_id: copy for copy in copies}
        seen, to_create = self.browse(), []
        for values in values_list:
            copy = known.get(values["xero_id"])
            if not copy:
                to_create.append({**values, "connection_id": connection.id})
                continue
            seen |= copy
            changed = {name: value for name, value in values.items() if copy[name] != value}
            if changed:
                copy.write(changed)
        seen |= self.create(to_create)
        if complete:
            (copies - seen).filtered("active").write({"active": False})
        return seen
