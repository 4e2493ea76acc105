from odoo import fields


def write_only(stored, string):
    """Return a field ``new_<stored>`` that people write and nobody reads; what they write is kept in ``stored``.

    Whoever may write the record may replace the secret; reading it is for the groups of ``stored``.
    """
    name = f"new_{stored}"

    def show_nothing(records):
        records[name] = False

    def keep(records):
        for record in records.filtered(name):
            record.check_access("write")
            record.sudo()[stored] = record[name].strip()
        # Not even the answer to whoever wrote it holds it.
        records.invalidate_recordset([name], flush=False)

    return fields.Char(string, compute=show_nothing, inverse=keep, help="Can be written, never read.")
