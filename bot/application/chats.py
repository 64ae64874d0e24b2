"""What stands about a chat beside its settings, and what the store is asked and told about chats."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.messages import ChannelKey, Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A chat that the bot was added to, or that it met.

    Attributes:
        private: with one person; then `channel_id` is that person's hash.
        noticed_at: when the notice was last posted; None = never, and then nobody is read there.
        shadow_since: since when it watches in silence; None where it does not.
        whispers: whether the server shows messages to one member only here; None = not known yet.
        silenced: why nothing can be said there, such as "kicked"; None = all is well.
        contact: the platform's id of the admin who set the bot up, to be told of troubles in private.
        notes_to: ids of admins who want to hear that somebody may need a person.
        told: what the contact was told already, by name, and when (ISO 8601).
        experiment_consent_at: when an admin agreed to the experiment.
    """

    key: ChannelKey
    private: bool
    noticed_at: datetime | None = None
    shadow_since: datetime | None = None
    whispers: bool | None = None
    silenced: str | None = None
    contact: str | None = field(default=None, repr=False)
    notes_to: tuple[str, ...] = field(default=(), repr=False)
    told: Mapping[str, str] = field(default_factory=dict)
    experiment_consent_at: datetime | None = None


class ChatQueries(Protocol):
    """The part of `ports.Queries` about chats. Every method is one statement."""

    def chats(self, keys: Collection[ChannelKey]) -> Mapping[ChannelKey, Chat]:
        """These chats; those that the bot never met are absent."""
        ...

    def chats_of(self, platform: Platform) -> Sequence[Chat]:
        """Every chat of a platform, in order of its id."""
        ...


class ChatTransaction(ChatQueries, Protocol):
    """The part of `ports.Transaction` about chats."""

    def keep_chat(self, chat: Chat) -> None:
        """Insert or replace what stands about a chat."""
        ...

    def set_channel(self, key: ChannelKey, changes: Mapping[str, object], *, at: datetime) -> None:
        """Overlay a chat's own settings by these fields of `ChannelSettings`; the others stay.

        Raises:
            ValueError: names a setting that does not exist.
        """
        ...

    def replace_channel(self, old: ChannelKey, new: ChannelKey, *, at: datetime) -> None:
        """A chat got another id: settings, notice, own phrases and pending replies go along. Idempotent."""
        ...


def known(queries: ChatQueries, key: ChannelKey, *, private: bool = False) -> Chat:
    """What stands about a chat; of one that was never met, nothing but its key."""
    return queries.chats((key,)).get(key) or Chat(key=key, private=private)
