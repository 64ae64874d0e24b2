"""What a test can order to go wrong."""

import asyncio
import re
from dataclasses import dataclass
from typing import Final, Literal, get_args

Kind = Literal[
    "error",  # answers `code` and does nothing
    "store_then_error",  # does it, then answers `code`: nobody can tell from outside
    "hang",  # does nothing, answers only after `release()`: then as if nothing had been wrong
    "store_then_hang",  # does it, answers only after `release()`
    "drop",  # closes the connection before it does anything
    "store_then_drop",  # does it, and closes the connection without a word
    "malformed",  # does it, and answers 200 with a page in HTML
    "cut",  # does it, and closes the connection in the middle of the answer
    "truncated",  # does it, and answers 200 with half of the JSON, as if that were all
    "slow",  # does it, and lets the answer trickle over `seconds` of real time
    "expired",  # 401, and no access token of before is good any more
    "denied",  # answers 200 with `error` inside `json.errors`, and does nothing
    "no_things",  # does it, and answers `things: []`
]

KINDS: Final = frozenset(get_args(Kind))


@dataclass(slots=True, kw_only=True)
class Fault:
    """One order.

    Attributes:
        path: which requests it meets, as a regular expression for the whole path without slashes at its ends
            ("api/comment", "r/.*/comments"); "*" = every one.
        verb: only those with this method; None = any.
        times: how many requests still meet it; None = for ever.
        after: how many matching requests pass before the first meets it.
        start, end: unix seconds on the fake's clock between which it holds; None = always.
        code: the HTTP status.
        retry_after: seconds for the header of that name; None = it is not sent.
        error: for "denied", such as "RATELIMIT"; `retry_after` is then its `json.ratelimit`.
        words: for "denied": the sentence for people; None = the usual one.
        seconds: of real time, for "slow".
    """

    kind: Kind
    path: str = "*"
    verb: str | None = None
    times: int | None = 1
    after: int = 0
    start: float | None = None
    end: float | None = None
    code: int = 503
    retry_after: float | None = None
    error: str = "RATELIMIT"
    words: str | None = None
    seconds: float = 0.05

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}: one of {', '.join(sorted(KINDS))}")

    def meets(self, verb: str, path: str, now: float) -> bool:
        """Whether a request is one of those that it is ordered for."""
        timely = (self.start is None or now >= self.start) and (self.end is None or now < self.end)
        named = self.path == "*" or re.fullmatch(self.path, path) is not None
        return timely and named and self.times != 0 and self.verb in {None, verb}


class Faults:
    """Orders, the oldest first."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []
        self._released = asyncio.Event()

    def order(self, fault: Fault) -> None:
        """One more."""
        self._ordered.append(fault)

    def clear(self) -> None:
        """From now on nothing goes wrong."""
        self._ordered.clear()

    def release(self) -> None:
        """Let go whatever hangs now; what hangs later waits for the next release."""
        self._released.set()
        self._released = asyncio.Event()

    async def hang(self) -> None:
        """Until the next release."""
        await self._released.wait()

    @property
    def left(self) -> int:
        """Orders that still wait for a request."""
        return sum(fault.times != 0 for fault in self._ordered)

    def take(self, verb: str, path: str, now: float) -> Fault | None:
        """What this request meets."""
        for fault in self._ordered:
            if fault.meets(verb, path, now):
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None
