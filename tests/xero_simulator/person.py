"""What all actions of people share."""

from functools import wraps


def action(method):
    """All or nothing, and never in the middle of a call from outside."""

    @wraps(method)
    def locked(self, *arguments, **options):
        with self.simulator.lock:
            mark = self.journal.mark()
            try:
                return method(self, *arguments, **options)
            except Exception:
                self.journal.rollback(mark)
                raise

    return locked


def touch(org, table, identifier, **changes):
    """A new version of a record, with its ``UpdatedDateUTC`` moved."""
    return table.put({**table[identifier], **changes, "UpdatedDateUTC": org.clock.now()})
