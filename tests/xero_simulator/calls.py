"""The record of calls, for tests to look at."""

from dataclasses import asdict, dataclass, field


@dataclass
class Call:
    """One HTTP call. Times are simulator seconds; ``status`` is what the client saw, nothing when it saw nothing."""

    method: str
    path: str
    query: str
    headers: dict = field(repr=False)
    body: bytes = field(repr=False)
    body_json: object = field(repr=False)
    tenant: str | None
    token: str | None = field(repr=False)
    idempotency_key: str | None
    started: float
    ended: float | None = None
    status: int | None = None
    replayed: bool = False
    fault: str | None = None

    def as_json(self):
        """The call as plain data, the body as text."""
        return {**asdict(self), "body": self.body.decode(errors="replace")}
