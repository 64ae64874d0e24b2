"""Everything but the message that a verdict follows from, as it is stored: written here, and read."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from types import UnionType
from typing import Any, Final, Self, get_args, get_type_hints

from bot.domain.channels import ChannelSettings
from bot.domain.crisis import CrisisAction
from bot.domain.decisions import ReplyThresholds, ReplyWhen, Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySnapshot:
    """What a decision was made by, the message and its history apart.

    Attributes:
        model, preprocessing: the classifier's versions.
        phrases: the version of the phrase book.
        card: the edition of the crisis card; empty before there was one.
        thresholds: where that classifier drew its lines.
        channel: the settings of the message's chat.
    """

    model: str
    preprocessing: str
    phrases: str
    thresholds: ReplyThresholds
    channel: ChannelSettings
    card: str = ""

    def dump(self) -> str:
        """JSON; equal snapshots give equal strings."""
        everything = {
            "model": self.model,
            "preprocessing": self.preprocessing,
            "phrases": self.phrases,
            "card": self.card,
            "thresholds": {when: dict(lines) for when, lines in self.thresholds.items()},
            "channel": asdict(self.channel),
        }
        return json.dumps(everything, default=str, sort_keys=True, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Self:
        """The snapshot that `dump` wrote, now or in an earlier version; a newer setting has its default then.

        But for `crisis`: before there was a card, silence was all that followed.

        Raises:
            ValueError: it is none, or it holds what this version does not know.
        """
        try:
            raw = json.loads(text)
            snapshot = cls(
                model=_exactly(str, raw["model"]),
                preprocessing=_exactly(str, raw["preprocessing"]),
                phrases=_exactly(str, raw["phrases"]),
                card=_exactly(str, raw.get("card", "")),
                thresholds=_thresholds(raw["thresholds"]),
                channel=_value(ChannelSettings, _BEFORE_THE_CARD | raw["channel"]),
            )
            snapshot.thresholds[snapshot.channel.reply_when][snapshot.channel.sensitivity]
        except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("not a settings snapshot") from error
        return snapshot


def digest(snapshot: str) -> str:
    """The hash under which a dumped snapshot is stored."""
    return sha256(snapshot.encode()).hexdigest()


def _thresholds(raw: Mapping[str, Mapping[str, float]]) -> ReplyThresholds:
    return {
        ReplyWhen(when): {Sensitivity(each): _exactly(float, line) for each, line in lines.items()}
        for when, lines in raw.items()
    }


def _value(kind: Any, raw: Any) -> Any:
    """`raw` as what a field's annotation says: by type, so a new setting needs no line here."""
    if isinstance(kind, UnionType):
        kind, nothing = get_args(kind)  # every setting that may be missing is "X | None"
        return None if raw is None and nothing is type(None) else _value(kind, raw)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: _value(hints[name], each) for name, each in raw.items()})  # type: ignore[operator]
    if issubclass(kind, StrEnum):
        return kind(raw)
    return _READERS[kind](raw)


def _exactly(kind: type, raw: Any) -> Any:
    """JSON says itself what is a number, a word or a truth: nothing is taken for another."""
    if type(raw) is not kind:
        raise TypeError(f"not a {kind.__name__}")
    return raw


def _duration(raw: str) -> timedelta:
    """As `str(timedelta)` writes it."""
    found = _DURATION.fullmatch(raw)
    if found is None:
        raise ValueError("not a duration")
    days, hours, minutes, seconds, microseconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)


_BEFORE_THE_CARD: Final = {"crisis": CrisisAction.SILENCE.value}
_DURATION: Final = re.compile(r"(?:(-?\d+) days?, )?(\d+):(\d\d):(\d\d)(?:\.(\d{6}))?")
_READERS: Final[Mapping[type, Callable[[Any], object]]] = {
    bool: lambda raw: _exactly(bool, raw),
    int: lambda raw: _exactly(int, raw),
    str: lambda raw: _exactly(str, raw),
    datetime: datetime.fromisoformat,
    time: time.fromisoformat,
    timedelta: _duration,
}
