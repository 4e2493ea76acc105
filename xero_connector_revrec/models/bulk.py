from odoo.tools import SQL

_ROWS = 1000


def insert_rows(model, values):
    """Insert rows of ``model``, a thousand in a statement, and return their ids, in the order of ``values``.

    Nothing is computed, followed, tracked or checked but by the database.

    :param values: a list of dicts of the same columns; what is no column of the table is left out
    """
    ids = []
    for start in range(0, len(values), _ROWS):
        ids += _insert(model, values[start : start + _ROWS])
    return ids


def _insert(model, values):
    fields = model._fields
    names = [name for name in values[0] if name in fields and fields[name].store and fields[name].column_type]

    def column(name, vals):
        if fields[name].type == "monetary":
            return fields[name].convert_to_column_insert(vals[name], model, vals)
        return vals[name] if vals[name] is not False or fields[name].type == "boolean" else None

    row = f"({', '.join(['%s'] * (len(names) + 2))}, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')"
    given = []
    for vals in values:
        given += [column(name, vals) for name in names]
        given += [model.env.uid, model.env.uid]
    query = SQL(
        f"INSERT INTO %s (%s, create_uid, write_uid, create_date, write_date) VALUES {', '.join([row] * len(values))}"
        " RETURNING id",
        SQL.identifier(model._table),
        SQL(", ").join(map(SQL.identifier, names)),
        *given,
    )
    return [found for (found,) in model.env.execute_query(query)]
