"""The behavioural suite's cases: written before training, never edited after scoring (`model/probes/*.toml`).

A file holds one category: `category`, `about`, and `[[cases]]` with `id`, `kind`, `text`, `locked`; by kind:

* capability: `expect`, a list of `Expectation`, all of which must hold.
* invariance: `variant`, another text that must get the same label.
* directional: `variant`, a `score` and its `direction`: where the variant's must stand as against the text's.
* labelled: `label`, a group: what people see. Such a category is a source, which neither passes nor fails.

Half of a category is locked: it is looked at once, for a release. Other files there have no `category`.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from model.errors import ProbesUnreadable

Group = Literal["positive", "negative", "neutral", "ambiguous"]
Expectation = Literal[
    "positive",
    "negative",
    "neutral",
    "ambiguous",
    "not_positive",
    "not_negative",
    "answered",
    "not_answered",
]
Score = Literal["positive", "negative", "distress"]
Direction = Literal["up", "down"]


class _Case(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1)
    text: str
    locked: bool


class Capability(_Case):
    """What the text must be called, and whether it must be answered."""

    kind: Literal["capability"]
    expect: tuple[Expectation, ...] = Field(min_length=1)


class Invariance(_Case):
    """Two texts that mean the same."""

    kind: Literal["invariance"]
    variant: str


class Directional(_Case):
    """Two texts of which the second is more, or less, of something."""

    kind: Literal["directional"]
    variant: str
    score: Score
    direction: Direction


class Labelled(_Case):
    """A text with the group that people see in it."""

    kind: Literal["labelled"]
    label: Group


Case = Annotated[Capability | Invariance | Directional | Labelled, Field(discriminator="kind")]
_CASES: TypeAdapter[tuple[Case, ...]] = TypeAdapter(tuple[Case, ...])


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One kind of text, or of task."""

    name: str
    about: str
    cases: tuple[Case, ...]


def bundled_probes() -> Path:
    """The folder of cases that came with the program."""
    return Path(__file__).parent / "probes"


def bundled_suite() -> tuple[Category, ...]:
    """The cases that came with the program; see `load_suite`."""
    return load_suite(bundled_probes())


def load_suite(folder: Path) -> tuple[Category, ...]:
    """The cases of a folder; there are some, so that whoever runs them has checked something.

    Raises:
        ProbesUnreadable: there are none, or they make no sense.
    """
    categories = load_categories(folder)
    if not any(category.cases for category in categories):
        raise ProbesUnreadable(folder, "there is no case of the behavioural suite")
    return categories


def load_categories(folder: Path) -> tuple[Category, ...]:
    """Every category of the folder, by name; a folder that is not there has none.

    Raises:
        ProbesUnreadable: a file is not what it should be, or an id or a category stands there twice.
    """
    found = [_category(path) for path in sorted(folder.glob("*.toml"))]
    categories = tuple(sorted((each for each in found if each is not None), key=lambda each: each.name))
    _refuse_twins(folder, [category.name for category in categories], "category")
    _refuse_twins(folder, [case.id for category in categories for case in category.cases], "id")
    return categories


def _category(path: Path) -> Category | None:
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ProbesUnreadable(path, str(error)) from error
    if "category" not in content:
        return None
    name, about, cases = content.pop("category"), content.pop("about", ""), content.pop("cases", [])
    if content or not isinstance(name, str) or not isinstance(about, str):
        raise ProbesUnreadable(path, "expected category, about and cases, and nothing else")
    return Category(name=name, about=about, cases=_cases(path, cases))


def _cases(path: Path, cases: Any) -> tuple[Case, ...]:
    try:
        return _CASES.validate_python(cases, strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise ProbesUnreadable(path, f"cases.{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _refuse_twins(folder: Path, names: Sequence[str], what: str) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise ProbesUnreadable(folder, f"the {what} {twins[0]!r} stands there twice")
