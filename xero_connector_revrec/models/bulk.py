from odoo.tools import SQL


def insert_rows(model, values):
    """Insert rows of ``model`` in one statement and return their ids, in the order of ``values``.

    :param values: a list of dicts of the same columns; what is no column of the table is left out
    """
    if not values:
        return []
    fields = model._fields
    names = [name for name in values[0] if name in fields and fields[name].store and fields[name].column_type]
    columns = SQL(", ").join(map(SQL.identifier, names))
    moment = SQL("now() AT TIME ZONE 'UTC'")
    rows = SQL(", ").join(
        SQL(
            "(%s, %s, %s, %s, %s)",
            SQL(", ").join(SQL("%s", fields[name].convert_to_column_insert(vals[name], model, vals)) for name in names),
            model.env.uid,
            moment,
            model.env.uid,
            moment,
        )
        for vals in values
    )
    query = SQL(
        "INSERT INTO %s (%s, create_uid, create_date, write_uid, write_date) VALUES %s RETURNING id",
        SQL.identifier(model._table),
        columns,
        rows,
    )
    return [row[0] for row in model.env.execute_query(query)]
