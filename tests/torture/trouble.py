"""A schedule of faults: one after the other, each over before the next begins, all kinds equally often."""

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, Self

from tcp_proxy import TcpProxy

BETWEEN: Final = 15.0
"""Seconds between the end of one fault and the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that goes wrong for a while.

    Attributes:
        name: for people, with the platform first.
        happen: returns when it is over.
    """

    name: str
    happen: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One fault.

    Attributes:
        began, ended: unix seconds.
    """

    name: str
    began: float
    ended: float

    @property
    def platform(self) -> str:
        """Whose it was."""
        return self.name.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One platform: what is behind the proxy, and the proxy.

    Attributes:
        stopped: the fake's process stands still meanwhile.
        writing, reading: what the fake calls a reply and a poll.
    """

    platform: str
    world: Any
    proxy: TcpProxy
    stopped: Callable[[], AbstractContextManager[None]]
    writing: str
    reading: str

    def faults(self) -> list[Fault]:
        """Each kind once; short ones, as they come every day."""
        on_the_way: list[tuple[str, float, dict[str, Any]]] = [
            ("delay", 8, {"seconds": 0.3}),
            ("throttle", 8, {"rate": 20_000}),
            ("freeze", 2, {}),
            ("blackhole", 1, {}),
            ("truncate", 0.5, {"size": 40}),
            ("cut", 0.5, {}),
            ("refuse", 4, {}),
        ]
        ordered: list[tuple[str, str, dict[str, Any]]] = [
            ("error", self.writing, {"code": 502}),
            ("error", self.writing, {"code": 429, "retry_after": 3}),
            ("store_then_error", self.writing, {"code": 502}),
            ("store_then_drop", self.writing, {}),
            ("error", self.reading, {"code": 502, "times": 3}),
            ("error", self.reading, {"code": 429, "retry_after": 3}),
            ("drop", self.reading, {"times": 2}),
        ]
        return [
            *(self._passing(kind, seconds, details) for kind, seconds, details in on_the_way),
            *(self._ordered(kind, path, details) for kind, path, details in ordered),
            Fault(name=f"{self.platform}: reset", happen=self.proxy.reset),
            Fault(name=f"{self.platform}: SIGSTOP 3 s", happen=self._stop),
        ]

    def outages(self) -> list[Fault]:
        """Long ones."""
        return [self._passing("refuse", 30, {}), self._passing("blackhole", 45, {})]

    def _passing(self, kind: str, seconds: float, details: dict[str, Any]) -> Fault:
        def happen() -> None:
            with self.proxy.during(kind, **details):  # type: ignore[arg-type]
                time.sleep(seconds)

        return Fault(name=f"{self.platform}: {kind} {seconds:g} s", happen=happen)

    def _ordered(self, kind: str, path: str, details: dict[str, Any]) -> Fault:
        told = " ".join(str(each) for each in [kind, *details.values()])
        name = f"{self.platform}: {told} at {path}"
        return Fault(name=name, happen=lambda: self.world.fault(kind, path, **details))

    def _stop(self) -> None:
        with self.stopped():
            time.sleep(3)


@dataclass(slots=True, kw_only=True)
class Schedule:
    """Lets faults happen on a thread of its own until it is ended.

    Attributes:
        happened: what was wrong, and when.
        broke: an error of the schedule itself.
    """

    scenes: Sequence[Scene]
    chance: random.Random
    seconds: float
    happened: list[Happened] = field(default_factory=list)
    broke: list[BaseException] = field(default_factory=list)
    _end: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run, name="trouble")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    _thread: threading.Thread = field(init=False)

    def _run(self) -> None:
        outages = [fault for scene in self.scenes for fault in scene.outages()]
        began = time.monotonic()
        try:
            for fault in self._ordinary():
                if self._end.wait(BETWEEN):
                    return
                passed = (time.monotonic() - began) / self.seconds
                due = len(outages) and passed > 1 - len(outages) / 5
                self._let(outages.pop(0) if due else fault)
        except BaseException as error:  # noqa: BLE001  # the run is worth nothing then, and says so
            self.broke.append(error)

    def _ordinary(self) -> Iterator[Fault]:
        while True:
            faults = [fault for scene in self.scenes for fault in scene.faults()]
            self.chance.shuffle(faults)
            yield from faults

    def _let(self, fault: Fault) -> None:
        began = time.time()
        fault.happen()
        self.happened.append(Happened(name=fault.name, began=began, ended=time.time()))
