"""Settings of single subreddits, from a TOML file: one table each, with the settings that a chat can have.

[casualconversation]
mode = "live"
quiet_hours = "22:00-07:00 Europe/London"
skip_flairs = ["megathread"]
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, ValidationError

from bot.domain.channels import Mode
from bot.settings import values
from bot.settings.policy import PolicySettings
from bot.settings.values import Wrong

_NAME: Final = re.compile(r"[a-z0-9_]{2,21}")
_LARGEST: Final = 1_048_576
_RULES: Final = {"skip_titles", "skip_flairs"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """What the operator set apart for one subreddit.

    Attributes:
        overrides: fields of `ChannelSettings`.
        skip_titles, skip_flairs: threads whose title or flair holds one of these are left alone,
            in whatever case.
    """

    overrides: Mapping[str, object] = field(default_factory=dict)
    skip_titles: tuple[re.Pattern[str], ...] = ()
    skip_flairs: tuple[re.Pattern[str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Communities:
    """The tables of a file, by subreddit in lower case."""

    by_subreddit: Mapping[str, Community] = field(default_factory=dict)


def _patterns(value: object) -> object:
    """A list of regular expressions; the case of letters does not count."""
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise Wrong('should be a list of regular expressions, such as ["megathread"]')
    try:
        return tuple(re.compile(each, re.IGNORECASE) for each in value)
    except (re.error, RecursionError, OverflowError):
        raise Wrong("holds something that is no regular expression") from None


_Patterns = Annotated[tuple[re.Pattern[str], ...], BeforeValidator(_patterns)]


class _Table(PolicySettings):
    mode: Annotated[Mode, BeforeValidator(values.lowered)] = Field(
        Mode.SHADOW, description="off, shadow or live"
    )
    skip_titles: _Patterns = Field((), description="a list of regular expressions")
    skip_flairs: _Patterns = Field((), description="a list of regular expressions")


def communities_in(file: Path) -> Communities:
    """What a file says.

    Raises:
        Wrong: it cannot be read, or something in it is not understood; says where, and never shows a value.
    """
    problems: list[str] = []
    found: dict[str, Community] = {}
    for written, table in _document(file).items():
        name = written.lower().removeprefix("/").removeprefix("r/")
        if not isinstance(table, Mapping):
            problems.append(f"{_shown(written)} stands outside of any table")
        elif not _NAME.fullmatch(name) or name in found:
            problems.append(f"[{_shown(written)}] is no subreddit's name, or one that has a table already")
        else:
            found[name] = _community(written, table, problems)
    if problems:
        raise Wrong(f"{file.name}: {'; '.join(problems)}")
    return Communities(by_subreddit=found)


def _document(file: Path) -> dict[str, Any]:
    try:
        with file.expanduser().open("rb") as opened:
            raw = opened.read(_LARGEST + 1)
    except (OSError, RuntimeError, ValueError) as error:
        why = (getattr(error, "strerror", None) or "no such name").lower()
        raise Wrong(f"names a file that cannot be read ({why})") from None
    if len(raw) > _LARGEST:
        raise Wrong(f"{file.name}: is larger than {_LARGEST} bytes")
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Wrong(f"{file.name}: is not a text file in UTF-8") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        where = re.search(r"line [0-9]+, column [0-9]+|end of document", str(error))
        raise Wrong(f"{file.name}: is not TOML{f' (at {where[0]})' if where else ''}") from None


def _community(written: str, table: Mapping[str, Any], problems: list[str]) -> Community:
    try:
        read = _Table(**table)
    except ValidationError as error:
        problems += [f"[{_shown(written)}] {problem}" for problem in _explained(error)]
        return Community()
    chosen = {name: getattr(read, name) for name in read.model_fields_set - _RULES}
    return Community(overrides=chosen, skip_titles=read.skip_titles, skip_flairs=read.skip_flairs)


def _explained(error: ValidationError) -> list[str]:
    """By key; only our own sentences are shown, since any other might quote the value."""
    found: dict[str, str] = {}
    for each in error.errors(include_url=False, include_input=False):
        key = str(each["loc"][0])
        reason: Any = each.get("ctx", {}).get("error")
        if key not in _Table.model_fields:
            found[_shown(key)] = f"is not known; known are {', '.join(sorted(_Table.model_fields))}"
        elif isinstance(reason, Wrong):
            found[key] = str(reason)
        else:
            found[key] = f"should be {_Table.model_fields[key].description}"
    return [f"{key} {problem}" for key, problem in found.items()]


def _shown(name: str) -> str:
    return ascii(name[:100])[1:-1]
