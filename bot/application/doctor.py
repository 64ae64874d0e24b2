"""What an examination of the installation finds."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How one check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: what, in a word or two.
        detail: what was found; never a secret, a person or somebody's text.
        advice: what to do about it; empty where there is nothing to do.
    """

    name: str
    status: Status
    detail: str
    advice: str = ""


def passed(name: str, detail: str) -> Check:
    """All is well."""
    return Check(name=name, status=Status.OK, detail=detail)


def warned(name: str, detail: str, advice: str) -> Check:
    """It works, and should be looked at."""
    return Check(name=name, status=Status.WARN, detail=detail, advice=advice)


def failed(name: str, detail: str, advice: str) -> Check:
    """Solace cannot keep its promises like this."""
    return Check(name=name, status=Status.FAIL, detail=detail, advice=advice)


def healthy(checks: Iterable[Check]) -> bool:
    """Whether nothing failed; warnings do not count."""
    return all(check.status is not Status.FAIL for check in checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """A model that could be run.

    Attributes:
        source: where it came from, such as "bundled" or "promoted".
        active: the one that the settings name.
        problem: why it cannot be loaded; None = its files were verified.
        metrics: what its manifest says it reached on the development set.
    """

    version: str
    source: str
    active: bool
    problem: str | None
    metrics: Mapping[str, float]
