"""What a test can order to go wrong."""

import asyncio
from dataclasses import dataclass
from typing import Final, Literal, get_args

Kind = Literal[
    "error",  # answers `code` and does nothing
    "store_then_error",  # does it, then answers `code`: nobody can tell from outside
    "hang",  # does nothing, answers only after `release()`: then as if nothing had been wrong
    "store_then_hang",  # does it, answers only after `release()`
    "drop",  # closes the connection before it does anything
    "store_then_drop",  # does it, and closes the connection without a word
    "malformed",  # does it, and answers 200 with something that is not JSON
    "cut",  # does it, and closes the connection in the middle of the answer
    "slow",  # does it, and lets the answer trickle over `seconds` of real time
]

KINDS: Final = frozenset(get_args(Kind))


@dataclass(slots=True, kw_only=True)
class Fault:
    """One order.

    Attributes:
        method: which calls it meets, in any case; "*" = all but getUpdates.
        chat: only calls with this `chat_id`; None = any.
        times: how many calls still meet it; None = for ever.
        after: how many matching calls pass before the first meets it.
    """

    kind: Kind
    method: str = "*"
    chat: int | None = None
    times: int | None = 1
    after: int = 0
    code: int = 502
    description: str | None = None
    retry_after: int | None = None
    seconds: float = 0.05

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault {self.kind!r}: one of {', '.join(sorted(KINDS))}")

    def meets(self, method: str, chat: object) -> bool:
        """Whether a call is one of those that it is ordered for."""
        named = method != "getupdates" if self.method == "*" else method == self.method.lower()
        return named and self.times != 0 and (self.chat is None or str(self.chat) == str(chat))


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
        """Orders that still wait for a call."""
        return sum(fault.times != 0 for fault in self._ordered)

    def take(self, method: str, chat: object) -> Fault | None:
        """What this call meets."""
        for fault in self._ordered:
            if fault.meets(method.lower(), chat):
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None
