"""`!pause` and `!resume`: a subreddit's moderators decide whether the bot reads and speaks there."""

from collections.abc import Collection

from bot.adapters.durations import typed
from bot.adapters.reddit import texts
from bot.adapters.reddit.commands import named_subreddit
from bot.adapters.reddit.letters import Command
from bot.adapters.reddit.once import Effect
from bot.adapters.reddit.ports import Moderators
from bot.adapters.reddit.values import channel_of, chat_key
from bot.adapters.reddit.wishes import to_whom
from bot.application.pauses import allowed, pause, resume
from bot.application.ports import Clock, Transaction
from bot.domain.channels import ChannelDefaults
from bot.domain.messages import Origin


class Breaks:
    """Who may, and what they want.

    Args:
        moderators: who may.
        watched: the subreddits that are read.
        defaults: settings beneath the subreddits' own.
        clock: time.
    """

    def __init__(
        self, *, moderators: Moderators, watched: Collection[str], defaults: ChannelDefaults, clock: Clock
    ) -> None:
        self._moderators = moderators
        self._watched = frozenset(channel_of(each) for each in watched)
        self._defaults = defaults
        self._clock = clock

    async def paused(self, asked: Command) -> Effect:
        """For a while, or until somebody ends it."""
        subreddit, rest = await self._allowed(asked)
        if subreddit is None:
            return lambda _: to_whom(asked, texts.MODERATORS_ONLY)
        return lambda tx: to_whom(asked, self.pause(tx, subreddit, rest))

    async def resumed(self, asked: Command) -> Effect:
        """From now on."""
        subreddit, _ = await self._allowed(asked)
        if subreddit is None:
            return lambda _: to_whom(asked, texts.MODERATORS_ONLY)
        return lambda tx: to_whom(asked, self.resume(tx, subreddit))

    def pause(self, tx: Transaction, subreddit: str, span: str) -> str:
        """Whoever asks may; what is said about it. `span` as it was typed, "" = open end."""
        wanted = typed(span) if span else None
        if span and (wanted is None or not allowed(wanted)):
            return texts.PAUSE_USAGE
        return texts.paused(subreddit, pause(tx, chat_key(subreddit), wanted, at=self._clock.now()))

    def resume(self, tx: Transaction, subreddit: str) -> str:
        """Whoever asks may; what is said about it."""
        ended = resume(tx, chat_key(subreddit), at=self._clock.now())
        if not ended:
            return texts.not_paused(subreddit)
        key = chat_key(subreddit)
        own = tx.channel_overrides((key,)).get(key, {})
        mode = self._defaults.settings(key, own, origin=Origin.LIVE).mode
        return texts.resumed(subreddit, mode)

    async def _allowed(self, asked: Command) -> tuple[str | None, str]:
        """The subreddit that is theirs to decide about, None = there is none; and the rest of the words."""
        named, rest = named_subreddit(asked.arguments, self._watched)
        subreddit = named or asked.subreddit
        if subreddit is None or subreddit not in self._watched:
            return None, rest
        if asked.author is None:  # a subreddit speaks for itself, and for no other
            return (subreddit if subreddit == asked.subreddit else None), rest
        return (subreddit if await self._moderators.include(asked.author, subreddit) else None), rest
