"""What the store remembers of updates: which took effect, and which could not be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedUpdate:
    """An update that was skipped.

    Attributes:
        kind: the update's field, such as "message".
        error: the class of the error, and the field that was wrong; never a value.
    """

    account: str
    update_id: int
    kind: str
    error: str
    at: datetime


class UpdateQueries(Protocol):
    """The part of `ports.Queries` about updates."""

    def failed_updates(self, account: str, *, since: datetime, limit: int) -> Sequence[FailedUpdate]:
        """The newest ones first."""
        ...


class UpdateTransaction(UpdateQueries, Protocol):
    """The part of `ports.Transaction` about updates."""

    def handle_once(self, account: str, update_id: int, *, at: datetime) -> bool:
        """Mark an update as handled; False where it was before, and its effect stands already."""
        ...

    def keep_failed(self, failed: FailedUpdate) -> None:
        """Remember an update that was skipped, once."""
        ...

    def forget_updates(self, *, handled_before: datetime, failed_before: datetime) -> int:
        """Erase what was remembered of handled and of failed ones before then; how many rows."""
        ...
