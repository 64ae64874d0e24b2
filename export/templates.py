"""Sentences of the project's own with their emotions, from the templates in `templates.toml`."""

import random
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from model.labels import EMOTIONS

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One text with slots, and its labels as positions in `EMOTIONS`."""

    text: str
    emotions: tuple[int, ...]


@cache
def _book() -> tuple[Sequence[Template], Mapping[str, Sequence[str]]]:
    book = tomllib.loads((files("export") / "templates.toml").read_text("utf-8"))
    templates = [
        Template(text=text, emotions=tuple(sorted(EMOTIONS.index(name) for name in entry["emotions"])))
        for entry in book["templates"]
        for text in entry["texts"]
    ]
    return templates, book["slots"]


def templates() -> Sequence[Template]:
    """All of them, in the order of the file."""
    return _book()[0]


def filled(template: Template, generator: random.Random) -> str:
    """The template's text with a random word in each slot."""
    slots = _book()[1]
    return " ".join(_SLOT.sub(lambda match: generator.choice(slots[match[1]]), template.text).split())
