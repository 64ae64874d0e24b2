"""What the store is asked and told about a person who wants to know, to be forgotten, or to be left alone."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from bot.domain.messages import AuthorHash


class PeopleQueries(Protocol):
    """The part of `ports.Queries` about people."""

    def opted_out(self, authors: Collection[AuthorHash]) -> frozenset[AuthorHash]:
        """Which of these people do not want to be read."""
        ...

    def left_alone(self, authors: Collection[AuthorHash], *, now: datetime) -> Mapping[str, datetime]:
        """Until when authors said "not needed"."""
        ...


class PeopleTransaction(PeopleQueries, Protocol):
    """The part of `ports.Transaction` about people."""

    def opt_out(self, author: AuthorHash, *, at: datetime) -> None:
        """Never read this person again; pending replies to them are cancelled."""
        ...

    def opt_in(self, author: AuthorHash) -> None:
        """Read this person again."""
        ...
