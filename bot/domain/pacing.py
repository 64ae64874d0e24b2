"""When may the next message go out: GCRA (ITU-T I.371) over recorded sends.

A `Pacer` forgets nothing that matters: filled from the sends of the last minutes, it goes on after a restart
where it stood.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most `count` sends in any window of `per`, up to `burst` of them at once.

    Raises:
        ValueError: not 1 <= burst <= count, or an empty window.
    """

    count: int
    per: timedelta
    burst: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.burst <= self.count:
            raise ValueError("a rate needs 1 <= burst <= count")
        if self.per <= timedelta():
            raise ValueError("a rate needs a window longer than zero")

    @property
    def interval(self) -> timedelta:
        """Between two sends once the burst is spent: then no window of `per` holds more than `count`.

        Rounded up: 33,333 us would let 31 sends into a second of 30.
        """
        return -(-self.per // (self.count - self.burst + 1))

    @property
    def tolerance(self) -> timedelta:
        """How far the theoretical arrival time may lie ahead of now."""
        return self.interval * (self.burst - 1)

    def in_bursts(self) -> Self:
        """The same limit, of which a tenth may go at once: who sends in batches pays less for each."""
        return replace(self, burst=max(1, self.count // 10))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "20/min" or "30/s": a count and one of s, min, h.

        Raises:
            ValueError: says what the form is.
        """
        count, _, unit = text.strip().partition("/")
        if not _COUNT.fullmatch(count) or unit not in _UNITS:
            raise ValueError("a rate is written as a count and a unit, such as 30/s, 20/min or 6/h")
        return cls(count=int(count), per=_UNITS[unit])


_COUNT = re.compile(r"[1-9][0-9]{0,5}")
_UNITS = {"s": timedelta(seconds=1), "min": timedelta(minutes=1), "h": timedelta(hours=1)}


class Pacer:
    """The pace of one bot account: limits on all its sends, and on those into each chat.

    Whoever sends replies and whoever says anything else for the account share one, on one event loop: between
    asking and recording nothing may be awaited. Replies go first, see `expect`.

    Args:
        account: rates that all sends of the account share.
        chat: rates that hold in every chat apart.
        group: rates that hold beside these in the chats that `is_group` knows by their ids.
    """

    def __init__(
        self,
        *,
        account: Sequence[Rate] = (),
        chat: Sequence[Rate] = (),
        group: Sequence[Rate] = (),
        is_group: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._rates = {"account": tuple(account), "chat": tuple(chat), "group": tuple(group)}
        self._is_group = is_group
        self._expected: frozenset[str] = frozenset()
        self._arrival: dict[tuple[str, str, int], datetime] = {}
        self._many = _MANY
        self._held_until: datetime | None = None

    def hold(self, until: datetime) -> None:
        """The platform said to wait: nothing of this account goes out before `until`."""
        self._held_until = max(until, self._held_until or until)

    def held_until(self, now: datetime) -> datetime:
        """The first moment, not before `now`, at which the platform lets anything go out at all."""
        return max(now, self._held_until or now)

    @property
    def memory(self) -> timedelta:
        """How far back a send can still hold up another: what to read at start."""
        spans = [rate.per for rates in self._rates.values() for rate in rates]
        return max(spans, default=timedelta())

    def earliest(self, channel_id: str, now: datetime) -> datetime:
        """The first moment, not before `now`, at which a send into this chat keeps every rate."""
        return max(self.held_until(now), self._free_at(self._keys(channel_id), now))

    def expect(self, channels: Iterable[str]) -> None:
        """Replies wait in these chats, and in no others: until the next call they go before all else."""
        self._expected = frozenset(channels)

    def earliest_behind(self, channel_id: str, now: datetime) -> datetime:
        """When to ask again, for what is no reply; `now` = it may go.

        It waits while a reply waits in the same chat, or anywhere for nothing but the account's own pace.
        """
        earliest = self.earliest(channel_id, now)
        if channel_id in self._expected:
            behind = [rate.interval for _, rate in self._keys(channel_id)]
        elif any(self._free_at(self._chat_keys(each), now) <= now for each in self._expected):
            behind = [rate.interval for rate in self._rates["account"]]
        else:
            return earliest
        return earliest + max(behind, default=_A_MOMENT)

    def record(self, channel_id: str, at: datetime) -> None:
        """A send into this chat at `at`; call in order of time."""
        for key, rate in self._keys(channel_id):
            self._arrival[key] = max(at, self._arrival.get(key, at)) + rate.interval
        self._forget(at)

    def _keys(self, channel_id: str) -> Iterable[tuple[tuple[str, str, int], Rate]]:
        for index, rate in enumerate(self._rates["account"]):
            yield ("account", "", index), rate
        yield from self._chat_keys(channel_id)

    def _chat_keys(self, channel_id: str) -> Iterable[tuple[tuple[str, str, int], Rate]]:
        for scope in ("chat", "group") if self._is_group(channel_id) else ("chat",):
            for index, rate in enumerate(self._rates[scope]):
                yield (scope, channel_id, index), rate

    def _free_at(self, keys: Iterable[tuple[tuple[str, str, int], Rate]], now: datetime) -> datetime:
        """The first moment, not before `now`, at which a send keeps these rates."""
        waits = [self._arrival[key] - rate.tolerance for key, rate in keys if key in self._arrival]
        return max([now, *waits])

    def _forget(self, now: datetime) -> None:
        """Drop chats that hold nothing up any more, once they are many: seldom enough to cost nothing."""
        if len(self._arrival) > self._many:
            self._arrival = {key: at for key, at in self._arrival.items() if at > now}
            self._many = max(_MANY, 2 * len(self._arrival))


_MANY = 4096
_A_MOMENT = timedelta(milliseconds=50)
"""Until a reply that no rate holds up is gone."""
