"""What a subreddit's moderators do not want answered: threads by their title or flair."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.things import Said, children
from bot.application.ports import Clock
from bot.domain.errors import PlatformError

BATCH: Final = 100
"""As many things as Reddit tells of in one answer."""
FRESH: Final = timedelta(minutes=10)
"""How long a flair is believed: moderators set it some time after a thread began."""
MOST: Final = 2_000
"""Threads that are remembered."""
MAX_TITLE: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Patterns of one subreddit; one that is found anywhere in a title or a flair leaves the thread alone."""

    titles: Sequence[re.Pattern[str]] = ()
    flairs: Sequence[re.Pattern[str]] = ()

    def skip(self, title: str, flair: str) -> bool:
        """Whether a thread is left alone."""
        return _found(self.titles, title) or _found(self.flairs, flair)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What is known of threads, by their full names.

    Attributes:
        skipped: left alone by a rule, or not there any more.
        unknown: Reddit did not say what the rules depend on.
        error: why not; None = nothing is unknown.
    """

    skipped: Collection[str]
    unknown: Collection[str] = ()
    error: PlatformError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Thread:
    title: str
    flair: str
    asked_at: datetime


class Threads:
    """Which threads are left alone. Reddit is only asked where a rule depends on it.

    Args:
        api: the account's client.
        rules: by channel id; subreddits without any are absent.
        clock: time.
    """

    def __init__(self, *, api: Api, rules: Mapping[str, Rules], clock: Clock) -> None:
        self._api = api
        self._rules = rules
        self._clock = clock
        self._known: dict[str, _Thread] = {}

    async def look(self, said: Iterable[Said]) -> Looked:
        """Which of their threads are left alone; what fails is told of those only that depend on it."""
        ruled = [each for each in said if each.message.ref.channel_id in self._rules]
        asking = {each.thread for each in ruled if self._wants_asking(each)}
        known, error = await self._ask(asking)
        unknown = frozenset() if error is None else asking - known.keys()
        skipped = {each.thread for each in ruled if each.thread not in unknown and self._skips(each, known)}
        return Looked(skipped=skipped, unknown=unknown, error=error)

    async def skipped(self, said: Iterable[Said]) -> Collection[str]:
        """Full names of those of their threads that are left alone, or are not there any more.

        Raises:
            PlatformError: Reddit did not say.
        """
        looked = await self.look(said)
        if looked.error is not None:
            raise looked.error
        return looked.skipped

    def _wants_asking(self, said: Said) -> bool:
        rules = self._rules[said.message.ref.channel_id]
        if said.title is not None and _found(rules.titles, said.title):
            return False
        return (said.title is None and bool(rules.titles)) or (said.flair is None and bool(rules.flairs))

    def _skips(self, said: Said, known: Mapping[str, _Thread]) -> bool:
        rules, title, flair = self._rules[said.message.ref.channel_id], said.title, said.flair
        if self._wants_asking(said):
            thread = known.get(said.thread)
            if thread is None:
                return True
            title, flair = thread.title, thread.flair
        return rules.skip(title or "", flair or "")

    async def _ask(self, names: AbstractSet[str]) -> tuple[Mapping[str, _Thread], PlatformError | None]:
        """What stands about these, and what kept Reddit from saying more of them.

        Without an error, those that are absent are not there any more.
        """
        now = self._clock.now()
        self._known = {name: known for name, known in self._known.items() if now - known.asked_at < FRESH}
        found = {name: known for name, known in self._known.items() if name in names}
        unknown = sorted(names - found.keys())
        error: PlatformError | None = None
        try:
            for start in range(0, len(unknown), BATCH):
                found |= await self._batch(unknown[start : start + BATCH], now)
        except PlatformError as failure:
            error = failure
        self._known |= found
        while len(self._known) > MOST:
            self._known.pop(next(iter(self._known)))
        return found, error

    async def _batch(self, names: Sequence[str], now: datetime) -> Mapping[str, _Thread]:
        answer = await self._api.get("api/info", {"id": ",".join(names), "raw_json": 1})
        return {
            name: _Thread(title=title, flair=flair, asked_at=now) for name, title, flair in _threads(answer)
        }


def _threads(answer: Any) -> Iterable[tuple[str, str, str]]:
    """(full name, title, flair) of each submission in an answer; what cannot be read counts as not there."""
    for child in children(answer):
        found = child.get("data") if isinstance(child, dict) else None
        if not isinstance(found, dict):
            continue
        name, title, flair = (found.get(each) for each in ("name", "title", "link_flair_text"))
        if isinstance(name, str) and isinstance(title, str) and (flair is None or isinstance(flair, str)):
            yield name, title, flair or ""


def _found(patterns: Sequence[re.Pattern[str]], words: str) -> bool:
    return any(pattern.search(words[:MAX_TITLE]) for pattern in patterns)
