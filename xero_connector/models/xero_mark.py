from odoo import api, fields, models
from odoo.tools import SQL


class XeroMark(models.Model):
    """A request to look at a record: one row per change, written in the transaction of the change.

    Append-only: several marks per record are normal, and nothing but the engine deletes them, by the very ids it
    read. A mark says nothing of what changed; the engine looks at what the record is *now*.
    """

    _name = "xero.mark"
    _description = "Xero Mark"
    _order = "id"
    _log_access = False

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", help="Root company.")
    push_id = fields.Many2one("xero.push", ondelete="set null")
    marked_at = fields.Datetime(required=True)
    as_draft = fields.Boolean(help="A person wants it made as a draft in Xero, to try the connection.")

    _record_index = models.Index("(company_id, id)")
    _state_index = models.Index("(res_model, res_id)")

    @api.model
    def _put(self, res_model, ids_by_company, push=None, known=False, as_draft=False, wake=True):
        """Mark records, one statement for all of them, and wake the connections concerned.

        Companies that never had a connection get no marks: there is nobody to read them. The moment is the clock's,
        not the transaction's start, because the engine compares it with its look-ups.

        :param ids_by_company: dict of root company id → record ids
        :param known: only records that Xero has or is to get: an edit alone sends nothing that was never sent, nor
            what a person took back
        :param as_draft: what Xero does not have yet is made as a draft there
        :param wake: whether a run is to be started: the engine, while it runs, sees its own marks
        :return: ids of the marks
        """
        rows = [(res_id, company_id) for company_id, ids in ids_by_company.items() for res_id in ids]
        if not rows:
            return []
        # The statement below asks the database, which may not know yet that a connection was just made.
        self.env["xero.connection"].flush_model(["company_id", "tenant_id", "active"])
        marks = self.env.execute_query(
            SQL(
                """
                INSERT INTO xero_mark (res_model, res_id, company_id, push_id, as_draft, marked_at)
                SELECT %s, row.res_id, row.company_id, %s, %s, clock_timestamp() AT TIME ZONE 'UTC'
                  FROM unnest(%s, %s) AS row (res_id, company_id)
                 WHERE EXISTS (
                        SELECT 1 FROM xero_connection connection
                         WHERE connection.company_id = row.company_id AND connection.tenant_id IS NOT NULL
                           AND connection.active)
                   AND (NOT %s
                        OR EXISTS (SELECT 1 FROM xero_binding binding
                                    WHERE binding.res_model = %s AND binding.res_id = row.res_id
                                       AND binding.taken_back IS NOT TRUE)
                        OR EXISTS (SELECT 1 FROM xero_mark mark
                                    WHERE mark.res_model = %s AND mark.res_id = row.res_id))
                RETURNING id, company_id
                """,
                res_model,
                push.id if push else None,
                as_draft,
                [row[0] for row in rows],
                [row[1] for row in rows],
                known,
                res_model,
                res_model,
            )
        )
        if marks and wake:
            companies = self.env["res.company"].sudo().browse({company_id for _id, company_id in marks})
            connections = self.env["xero.connection"]
            for company in companies:
                connections |= connections._for_company(company)
            (connections if push else connections.filtered("realtime"))._wake()
        return [mark_id for mark_id, _company_id in marks]

    @api.model
    def _waiting(self, companies):
        """Return dict of root company id → how many records are marked."""
        self.flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT company_id, count(DISTINCT (res_model, res_id))
                      FROM xero_mark WHERE company_id IN %s GROUP BY company_id
                    """,
                    tuple(companies.ids) or (0,),
                )
            )
        )
