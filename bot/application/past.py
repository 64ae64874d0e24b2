"""What an audit asks of the store."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.application.records import PastDecision, Stretch
from bot.domain.messages import Origin


class PastQueries(Protocol):
    """The part of `ports.Queries` that looks back. Every method is one statement."""

    def stretch(self, *, since: datetime, origin: Origin) -> Stretch:
        """Which decisions were made since then."""
        ...

    def past_decisions(
        self, *, origin: Origin, after: tuple[datetime, int], last_id: int, limit: int
    ) -> Sequence[PastDecision]:
        """The next ones in order of (decided_at, id), from behind `after`; no row newer than `last_id`."""
        ...

    def policies(self, digests: Collection[str]) -> Mapping[str, str]:
        """Stored settings snapshots by their hashes; those that are not there are absent."""
        ...
