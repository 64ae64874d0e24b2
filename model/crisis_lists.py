"""The word lists of the crisis gate, as the files of `model/crisis_data` hold them."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Statements:
    """What is looked for, in the language of `model.crisis_patterns`.

    Attributes:
        alone: whole texts of one word that say it all.
        groups: statements by group: present, past, soft_past, subjectless.
        cues: by kind; two of different kinds close to each other are a statement.
        names: the lists that patterns refer to.
    """

    alone: frozenset[str]
    groups: Mapping[str, Sequence[str]]
    cues: Mapping[str, Sequence[str]]
    names: Mapping[str, Sequence[str]]


@cache
def statements() -> Statements:
    """The statements, read once."""
    document = _document("statements.toml")
    alone, cues, names = document.pop("alone"), document.pop("cues"), document.pop("names")
    return Statements(
        alone=frozenset(alone.split()), groups=_lines(document), cues=_lines(cues), names=_lines(names)
    )


@cache
def phrases() -> Mapping[str, Sequence[str]]:
    """What guards look for, by the name of the list; "figures" is apart."""
    document = _document("figures.toml")
    del document["figures"]
    return _lines(document)


@cache
def figures() -> Mapping[str, Sequence[str]]:
    """What follows the last word of a statement where it is only a figure of speech."""
    return _lines(_document("figures.toml")["figures"])


def _document(name: str) -> dict[str, Any]:
    return tomllib.loads(files("model").joinpath("crisis_data", name).read_text("utf-8"))


def _lines(table: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    return {name: text.split("\n")[:-1] for name, text in table.items()}
