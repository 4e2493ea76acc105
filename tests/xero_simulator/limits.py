"""Xero's call limits.

Source: Xero's *OAuth 2.0 API limits*: per organisation and app 5 calls at once, 60 a minute, 5,000 a day (1,000 on the
Starter tier); per app 10,000 a minute over all organisations. A refused call uses nothing up.
"""

from collections import deque
from dataclasses import dataclass

from .problems import Refused

MINUTE, DAY = 60, 86_400


@dataclass
class Limits:
    """How much one organisation allows; ``None`` switches a limit off."""

    concurrent: int | None = 5
    minute: int | None = 60
    day: int | None = 5_000

    def off(self):
        """No limits, for tests about other things."""
        self.concurrent = self.minute = self.day = None


class Meter:
    """Counts calls against limits, by the simulator's clock."""

    def __init__(self):
        self.running = 0
        self.day_started = None
        self.day_used = 0
        self._recent = deque()

    def forget_old(self, now):
        """Slide the minute window; start a new day 24 hours after the first call of the last one."""
        while self._recent and self._recent[0] <= now - MINUTE:
            self._recent.popleft()
        if self.day_started is None or now >= self.day_started + DAY:
            self.day_started, self.day_used = now, 0

    def check(self, limits, now):
        """Raise the 429 that this call would get."""
        self.forget_old(now)
        if limits.day is not None and self.day_used >= limits.day:
            raise too_many("day", self.day_started + DAY - now)
        if limits.minute is not None and len(self._recent) >= limits.minute:
            raise too_many("minute", self._recent[-limits.minute] + MINUTE - now if limits.minute else MINUTE)
        if limits.concurrent is not None and self.running >= limits.concurrent:
            # Xero sends Retry-After for the minute and the day only.
            raise too_many("concurrent", None)

    def enter(self, now):
        """Use up one call."""
        self._recent.append(now)
        self.day_used += 1
        self.running += 1

    def leave(self):
        """The call has been answered."""
        self.running -= 1

    def used_this_minute(self):
        """Calls within the sliding minute."""
        return len(self._recent)


def too_many(problem, seconds):
    """A 429. ``seconds`` is when to try again, rounded up to whole seconds."""
    headers = {"X-Rate-Limit-Problem": problem}
    if seconds is not None:
        headers["Retry-After"] = str(max(1, -int(-seconds // 1)))
    body = {"Type": None, "Title": "Rate limit exceeded", "Status": 429, "Detail": f"The {problem} limit was exceeded"}
    return Refused(429, body, headers)


def remaining(limit, used):
    """What a ``…-Remaining`` header says; nothing when the limit is off."""
    return None if limit is None else str(max(0, limit - used))
