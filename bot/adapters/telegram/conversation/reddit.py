"""`/reddit`: what the operator may ask and decide about the subreddits that the bot watches."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from bot.adapters.durations import typed
from bot.adapters.telegram.conversation.part import OnCommand, OnPress
from bot.adapters.telegram.texts import reddit as texts
from bot.adapters.telegram.values import Act, Command, Effect, Say
from bot.application.pauses import allowed, pause, resume
from bot.application.ports import Clock, Queries, Transaction
from bot.application.watching import Block
from bot.domain.channels import ChannelDefaults, ChannelSettings
from bot.domain.messages import REDDIT, ChannelKey, Origin


class RedditPart:
    """`/reddit`, `/reddit pause SUB [2h]` and `/reddit resume SUB`; nothing of it asks Reddit.

    Args:
        subreddits: those that are watched, by their names.
        account: whose cursors tell of the last look; see `watching.Cursor`.
        defaults: settings beneath the subreddits' own.
        clock: the time.
    """

    presses: Mapping[str, OnPress] = {}
    starts: Mapping[str, OnCommand] = {}
    for_admins: Collection[str] = ()

    def __init__(
        self, *, subreddits: Collection[str], account: str, defaults: ChannelDefaults, clock: Clock
    ) -> None:
        self._watched = sorted({each.lower() for each in subreddits})
        self._account = account
        self._defaults = defaults
        self._clock = clock
        self.commands: Mapping[str, OnCommand] = {"reddit": self._asked}
        self.for_owners = tuple(self.commands)

    async def _asked(self, command: Command) -> Effect:
        def effect(tx: Transaction) -> Sequence[Act]:
            return (Say(chat_id=command.place.chat_id, text=self._answer(tx, command.arguments)),)

        return effect

    def _answer(self, tx: Transaction, arguments: str) -> str:
        match arguments.lower().split():
            case [] | ["status"]:
                return self._status(tx)
            case ["pause", name, *span]:
                return self._paused(tx, name, " ".join(span))
            case ["resume", name]:
                return self._resumed(tx, name)
        return texts.USAGE

    def _paused(self, tx: Transaction, name: str, span: str) -> str:
        key = self._known(name)
        wanted = typed(span) if span else None
        if key is None:
            return texts.NOT_WATCHED
        if span and (wanted is None or not allowed(wanted)):
            return texts.USAGE
        return texts.paused(key[1], pause(tx, key, wanted, at=self._clock.now()))

    def _resumed(self, tx: Transaction, name: str) -> str:
        key = self._known(name)
        if key is None:
            return texts.NOT_WATCHED
        ended = resume(tx, key, at=self._clock.now())
        return texts.resumed(key[1]) if ended else texts.not_paused(key[1])

    def _known(self, name: str) -> ChannelKey | None:
        subreddit = name.removeprefix("/").removeprefix("r/")
        return (REDDIT, subreddit) if subreddit in self._watched else None

    def _status(self, queries: Queries) -> str:
        keys = [(REDDIT, each) for each in self._watched]
        own, blocks = queries.channel_overrides(keys), queries.blocks(REDDIT)
        settings = {key: self._defaults.settings(key, own.get(key, {}), origin=Origin.LIVE) for key in keys}
        lines = [self._line(key, settings[key], blocks.get(key)) for key in keys]
        cursors = queries.cursors(self._account).values()
        looked = max((each.polled_at for each in cursors), default=None)
        gaps = sum(each.gaps for each in cursors)
        return texts.status(lines=lines, looked=looked, gaps=gaps)

    def _line(self, key: ChannelKey, settings: ChannelSettings, block: Block | None) -> str:
        now = self._clock.now()
        return texts.line(
            subreddit=key[1],
            mode=settings.mode,
            paused_until=_ahead(settings.paused_until, now),
            refused=block.reason if block else "",
            again=block.until if block else None,
        )


def _ahead(until: datetime | None, now: datetime) -> datetime | None:
    return until if until is not None and now < until else None
