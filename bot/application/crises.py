"""What the store is asked, and who is told, where somebody's words speak of a crisis."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.crisis import GivenCard
from bot.domain.messages import AuthorHash, ChannelKey, Origin


class CrisisQueries(Protocol):
    """The part of `ports.Queries` behind "once a person and day". Every method is one statement."""

    def cards_given(
        self, authors: Collection[AuthorHash], *, origin: Origin, since: datetime, now: datetime
    ) -> Sequence[GivenCard]:
        """Cards that these people got since then, would have got, or are about to get within the deadline."""
        ...

    def notes_due(self, authors: Collection[AuthorHash], *, since: datetime) -> Mapping[AuthorHash, datetime]:
        """When a note about these people was last due; those without one since then are absent."""
        ...


class Notes(Protocol):
    """Where the intake leaves word that somebody may need a person."""

    def due(self, chat: ChannelKey) -> None:
        """Somewhere in this chat; never who, and nothing that was said. At most once, best effort."""
        ...
