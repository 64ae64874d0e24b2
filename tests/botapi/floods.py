"""How much a bot may write before Telegram says 429.

https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: in one chat "avoid sending
more than one message per second. We may allow short bursts that go over this limit"; "in a group, bots are
not able to send more than 20 messages per minute"; in all about 30 messages a second. Edits count too.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from botapi.refusals import too_many


@dataclass(slots=True, kw_only=True)
class Limits:
    """Writes that are let through.

    Attributes:
        per_second: to all chats together, in any second.
        burst: to one chat at once; after that one a second.
        per_minute: to one group, in any minute.
        slack: seconds by which writes may be bunched on their way here: every window is that much shorter.
        enforced: False counts what would have been refused, and refuses nothing.
    """

    per_second: int = 30
    burst: int = 3
    per_minute: int = 20
    slack: float = 0.0
    enforced: bool = True


class Floods:
    """The writes of the last minute; refused ones are not counted among them.

    Attributes:
        refused: how many writes were one too many: a bot that paces itself well keeps this at 0.
    """

    def __init__(self, now: Callable[[], float], limits: Limits) -> None:
        self._now = now
        self.limits = limits
        self.refused = 0
        self._all: deque[float] = deque()
        self._groups: defaultdict[int, deque[float]] = defaultdict(deque)
        self._arrival: dict[int, float] = {}

    def charge(self, chat_id: int, *, group: bool) -> None:
        """One more write into a chat.

        Raises:
            Refused: 429, with the whole seconds after which it would have passed.
        """
        now = self._now()
        wait = max(
            _wait(self._all, now, self.limits.per_second, 1.0 - self.limits.slack),
            self._arrival.get(chat_id, now) - now - (self.limits.burst - 1) - self.limits.slack,
            _wait(self._groups[chat_id], now, self.limits.per_minute, 60.0 - self.limits.slack)
            if group
            else 0.0,
        )
        if wait > 0:
            self.refused += 1
            if self.limits.enforced:
                raise too_many(max(1, ceil(wait)))
        self._all.append(now)
        self._groups[chat_id].append(now)
        self._arrival[chat_id] = max(now, self._arrival.get(chat_id, now)) + 1.0


def _wait(times: deque[float], now: float, count: int, window: float) -> float:
    """Seconds until one more fits into the window; forgets what has left it."""
    while times and times[0] <= now - window:
        times.popleft()
    return times[-count] + window - now if len(times) >= count else 0.0
