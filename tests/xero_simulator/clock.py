"""The simulator's clock."""

import time
from datetime import datetime, timezone


class Clock:
    """Real time plus an offset in seconds, so that a test can wait 30 minutes without waiting.

    Token lifetimes, limit windows, idempotency windows and ``UpdatedDateUTC`` all read this clock.
    """

    def __init__(self):
        self.offset = 0.0

    def timestamp(self):
        """Seconds since 1970, UTC."""
        return time.time() + self.offset

    def now(self):
        """The current moment, timezone aware, UTC."""
        return datetime.fromtimestamp(self.timestamp(), timezone.utc)

    @staticmethod
    def from_timestamp(seconds):
        """The moment of a ``timestamp()``."""
        return datetime.fromtimestamp(seconds, timezone.utc)

    def advance(self, seconds):
        """Let ``seconds`` pass at once. Time never runs backwards."""
        if seconds < 0:
            raise ValueError("the clock cannot be turned back")
        self.offset += seconds
        return self.now()

    def reset(self):
        """Back to real time."""
        self.offset = 0.0
