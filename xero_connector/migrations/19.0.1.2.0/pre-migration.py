def migrate(cr, version):
    """Forget the choices of a link's reason: it names a ``xero.reason`` by its code now.

    Odoo would look for them in a field that is no selection any more, and fail.
    """
    cr.execute(
        """
        DELETE FROM ir_model_data data
         USING ir_model_fields_selection choice, ir_model_fields field
         WHERE data.model = 'ir.model.fields.selection' AND data.res_id = choice.id
           AND choice.field_id = field.id AND field.model = 'xero.binding' AND field.name = 'reason'
        """
    )
    cr.execute(
        """
        DELETE FROM ir_model_fields_selection choice
         USING ir_model_fields field
         WHERE choice.field_id = field.id AND field.model = 'xero.binding' AND field.name = 'reason'
        """
    )
