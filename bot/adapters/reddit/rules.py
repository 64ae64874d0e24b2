"""What a subreddit's moderators do not want answered: threads by their title or flair."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.things import Said
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

    async def skipped(self, said: Iterable[Said]) -> Collection[str]:
        """Full names of those of their threads that are left alone, and of those that are not there any more.

        Raises:
            PlatformError: Reddit did not say.
        """
        ruled = [each for each in said if each.message.ref.channel_id in self._rules]
        known = await self._ask({each.thread for each in ruled if self._wants_asking(each)})
        return {each.thread for each in ruled if self._skips(each, known)}

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

    async def _ask(self, names: AbstractSet[str]) -> Mapping[str, _Thread]:
        """What stands about these; those that are not there any more are absent."""
        now = self._clock.now()
        self._known = {name: known for name, known in self._known.items() if now - known.asked_at < FRESH}
        found = {name: known for name, known in self._known.items() if name in names}
        unknown = sorted(names - found.keys())
        for start in range(0, len(unknown), BATCH):
            batch = unknown[start : start + BATCH]
            answer = await self._api.get("api/info", {"id": ",".join(batch), "raw_json": 1})
            found |= {
                name: _Thread(title=title, flair=flair, asked_at=now)
                for name, title, flair in _threads(answer)
            }
        self._known |= found
        while len(self._known) > MOST:
            self._known.pop(next(iter(self._known)))
        return found


def _threads(answer: Any) -> Iterable[tuple[str, str, str]]:
    """(full name, title, flair) of each submission in an answer; what cannot be read counts as not there."""
    data = answer.get("data") if isinstance(answer, dict) else None
    children = data.get("children") if isinstance(data, dict) else None
    if not isinstance(children, list):
        raise PlatformError("api/info brought no listing")
    for child in children:
        found = child.get("data") if isinstance(child, dict) else None
        if not isinstance(found, dict):
            continue
        name, title, flair = (found.get(each) for each in ("name", "title", "link_flair_text"))
        if isinstance(name, str) and isinstance(title, str) and (flair is None or isinstance(flair, str)):
            yield name, title, flair or ""


def _found(patterns: Sequence[re.Pattern[str]], words: str) -> bool:
    return any(pattern.search(words[:MAX_TITLE]) for pattern in patterns)
