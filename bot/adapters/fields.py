"""Raw JSON, one field at a time: what is wrong is named by field and never by value.

A field that is absent, or null, is one thing; a field of another type than documented is another: nothing
is guessed about it, and the update that holds it is skipped.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from bot.domain.messages import scrubbed

T = TypeVar("T")
Raw = Mapping[str, object]
_MOST: Final = 2**63 - 1
"""What a column for ids can hold; the Bot API's own ids stay below 2**52."""


class WrongField(Exception):
    """A field is missing, or is of another type.

    Args:
        name: of the field.
        missing: whether it is not there at all.
    """

    def __init__(self, name: str, *, missing: bool = False) -> None:
        super().__init__(name)
        self.name = name
        self.missing = missing

    @property
    def told(self) -> str:
        """For the record: what is the matter, and with which field."""
        return f"{'Missing' if self.missing else 'WrongType'}: {self.name}"


def _there(found: T | None, name: str) -> T:
    if found is None:
        raise WrongField(name, missing=True)
    return found


def whole(raw: Raw, name: str) -> int:
    """A whole number of at most 64 bits, of either sign."""
    return _there(maybe_whole(raw, name), name)


def maybe_whole(raw: Raw, name: str) -> int | None:
    """The same, or None where the field is absent."""
    value = raw.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not -_MOST <= value <= _MOST:
        raise WrongField(name)
    return value


def text(raw: Raw, name: str) -> str:
    """Characters that every database can hold."""
    return _there(maybe_text(raw, name), name)


def maybe_text(raw: Raw, name: str) -> str | None:
    """The same, or None where the field is absent."""
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise WrongField(name)
    return scrubbed(value)


def flag(raw: Raw, name: str) -> bool:
    """True or false; absent is false."""
    value = raw.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise WrongField(name)
    return value


def part(raw: Raw, name: str) -> Raw:
    """An object inside."""
    return _there(maybe_part(raw, name), name)


def maybe_part(raw: Raw, name: str) -> Raw | None:
    """The same, or None where the field is absent."""
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise WrongField(name)
    return value


def parts(raw: Raw, name: str) -> Sequence[Raw]:
    """The objects of a list, such as entities; whatever else is in it, or instead of it, is left out."""
    value = raw.get(name)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else ()
