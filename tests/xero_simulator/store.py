"""Tables of plain records, with indexes and an undo log.

A request of fifty invoices without ``summarizeErrors=false`` saves all of them or none, and a later element may
depend on an earlier one (same number, contact made by name). So elements are saved one after the other, and a refused
request is rolled back through the log.
"""


class Journal:
    """What to undo, newest last."""

    def __init__(self):
        self._steps = []

    def begin(self):
        """Forget the past: a new request starts."""
        self._steps.clear()

    def mark(self):
        """A point to roll back to."""
        return len(self._steps)

    def record(self, undo):
        """Note how to undo a step that was just taken."""
        self._steps.append(undo)

    def rollback(self, mark=0):
        """Undo everything since ``mark``, newest first."""
        while len(self._steps) > mark:
            self._steps.pop()()


class Table(dict):
    """Records by id, in order of creation. Records are replaced, never changed in place."""

    def __init__(self, key, journal, indexes=None):
        super().__init__()
        self.key = key
        self._journal = journal
        self._indexes = indexes or {}
        self._entries = {name: {} for name in self._indexes}

    def put(self, record):
        """Store a new version of ``record`` and return it."""
        identifier = record[self.key]
        old = self.get(identifier)
        self._journal.record(lambda: self._replace(identifier, old))
        self._replace(identifier, record)
        return record

    def find(self, index, value):
        """All records whose index key is ``value``, oldest first."""
        return [self[identifier] for identifier in self._entries[index].get(value, ())]

    def _replace(self, identifier, record):
        old = self.get(identifier)
        for name, key_of in self._indexes.items():
            before = key_of(old) if old is not None else None
            after = key_of(record) if record is not None else None
            if before == after:
                continue
            entries = self._entries[name]
            if before is not None:
                entries[before].pop(identifier)
            if after is not None:
                entries.setdefault(after, {})[identifier] = True
        if record is None:
            self.pop(identifier)
        else:
            self[identifier] = record
