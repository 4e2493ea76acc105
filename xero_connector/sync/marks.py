from collections import defaultdict

from odoo import fields
from odoo.tools import SQL

READ_RECORDS = 200


class Marks:
    """The ids of the marks that were read, by record: exactly these are deleted when the record is done.

    Never ``id <= max``: a transaction that began earlier may commit a smaller id later.
    """

    def __init__(self, work):
        self.work = work
        self._ids = defaultdict(list)
        self._as_draft = set()
        self.latest = None

    @property
    def records(self):
        """(model, id) of each marked record, oldest mark first."""
        return list(self._ids)

    @property
    def ids(self):
        """The ids of all marks that were read."""
        return {mark_id for ids in self._ids.values() for mark_id in ids}

    def has(self, res_model, res_id):
        """Whether a record was marked, is due for a retry, or was asked for."""
        return (res_model, res_id) in self._ids

    def as_drafts(self, res_model):
        """The ids of records of a model that a person wants made as drafts."""
        return [res_id for model, res_id in self._as_draft if model == res_model]

    def of(self, res_model, res_id):
        return self._ids.get((res_model, res_id), [])

    def take(self, limit=READ_RECORDS, only=None):
        """Read the oldest marks and due retries, or only those of ``only``: a list of (model, id)."""
        connection = self.work.connection
        self.stop_pushes()
        condition = SQL("mark.company_id = %s", connection.company_id.id)
        if only:
            condition = SQL("%s AND (mark.res_model, mark.res_id) IN %s", condition, tuple(only))
        rows = self.work.env.execute_query(
            SQL(
                """
                SELECT mark.res_model, mark.res_id, array_agg(mark.id), max(mark.marked_at),
                       bool_or(mark.as_draft)
                  FROM xero_mark mark
                 WHERE %s
                 GROUP BY mark.res_model, mark.res_id
                 ORDER BY min(mark.id)
                 LIMIT %s
                """,
                condition,
                limit,
            )
        )
        for res_model, res_id, ids, moment, as_draft in rows:
            self._ids[res_model, res_id] = ids
            if as_draft:
                self._as_draft.add((res_model, res_id))
            self.latest = max(filter(None, (self.latest, moment)))
        for record in only or self._due(limit - len(rows)):
            self._ids.setdefault(record, [])
        return self

    def ask_for(self, records):
        """Take up (model, id) that a person asks about, whatever is marked; no mark is read."""
        for record in records:
            self._ids.setdefault(record, [])
        return self

    def _due(self, limit):
        if limit <= 0:
            return []
        due = self.work.env["xero.binding"].search(
            [
                ("connection_id", "=", self.work.connection.id),
                ("next_try", "<=", fields.Datetime.now()),
                ("next_try", "!=", False),
                ("state", "in", ("new", "synced")),
            ],
            limit=limit,
        )
        return [(binding.res_model, binding.res_id) for binding in due]

    def delete(self, done):
        """Delete marks and count them for the pushes they belong to.

        :param done: dict of mark id → final state of its record (``synced``, ``failed`` or ``blocked``)
        """
        if not done:
            return
        rows = self.work.env.execute_query(
            SQL("DELETE FROM xero_mark WHERE id IN %s RETURNING id, push_id", tuple(done))
        )
        outcomes = defaultdict(lambda: defaultdict(int))
        for mark_id, push_id in rows:
            if push_id:
                outcomes[push_id][done[mark_id]] += 1
        if outcomes:
            self.work.env["xero.push"]._count(outcomes)
        self.work.env["xero.mark"].invalidate_model()

    @staticmethod
    def waiting(env, company_id):
        """Whether any mark of a root company waits."""
        return bool(env.execute_query(SQL("SELECT 1 FROM xero_mark WHERE company_id = %s LIMIT 1", company_id)))

    def stop_pushes(self, pushes=None):
        """Drop the marks of pushes that people stopped: of ``pushes``, or of those that a mark asks to stop.

        A person's wish is a mark, since only the engine writes what it counts; so nobody waits for anybody. What is in
        a call whose answer was lost keeps its mark: Xero may have it, and it is settled first.
        """
        control = self._control_marks()
        among = {*(pushes.ids if pushes else ()), *(push_id for push_id, _mark_id in control)}
        if not among:
            return
        connection_id = self.work.connection.id
        self.work.env["xero.request"].flush_model()
        rows = self.work.env.execute_query(
            SQL(
                """
                DELETE FROM xero_mark mark USING xero_push push
                 WHERE push.id = mark.push_id AND push.connection_id = %s AND push.id IN %s
                   AND mark.id NOT IN (
                        SELECT sent.id::integer
                          FROM xero_request request, jsonb_array_elements(request.elements) element,
                               jsonb_array_elements_text(element -> 'mark_ids') sent (id)
                         WHERE request.state = 'prepared' AND request.connection_id = %s)
             RETURNING mark.push_id, mark.res_model, mark.res_id
                """,
                connection_id,
                tuple(among),
                connection_id,
            )
        )
        stopped = defaultdict(set)
        for push_id, *record in rows:
            stopped[push_id].add(tuple(record))
        self._count_stopped(among, stopped)
        self.delete(dict.fromkeys((mark_id for _push_id, mark_id in control), "stopped"))

    def _count_stopped(self, push_ids, stopped):
        """Count what was left out; a push of which nothing waits any more ends, whatever became of its marks."""
        waiting = self.work.env.execute_query(
            SQL("SELECT DISTINCT push_id FROM xero_mark WHERE push_id IN %s", tuple(push_ids))
        )
        waiting = {push_id for (push_id,) in waiting}
        pushes = self.work.env["xero.push"].browse(push_ids).exists()
        pushes = pushes.filtered(lambda push: push.state == "running" and push.connection_id == self.work.connection)
        pushes._count(
            {push.id: {"stopped": len(stopped[push.id]) if push.id in waiting else push.left} for push in pushes}
        )

    def still_asked(self, elements):
        """Return those of ``elements`` that are still wanted: a person may have stopped their push meanwhile."""
        if not self._control_marks():
            return elements
        self.stop_pushes()
        mark_ids = [mark_id for element in elements for mark_id in element.mark_ids]
        rows = self.work.env.execute_query(SQL("SELECT id FROM xero_mark WHERE id IN %s", tuple(mark_ids) or (0,)))
        there = {mark_id for (mark_id,) in rows}
        return [element for element in elements if not element.mark_ids or there.intersection(element.mark_ids)]

    def _control_marks(self):
        """Return (push, mark) of each wish to stop a push."""
        return self.work.env.execute_query(
            SQL(
                "SELECT res_id, id FROM xero_mark WHERE res_model = 'xero.push' AND company_id = %s",
                self.work.connection.company_id.id,
            )
        )
