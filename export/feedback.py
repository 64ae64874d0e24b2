"""Labelled feedback from the running bot: read, check, and refuse what would only do harm.

JSON lines: `{"text": "…", "label": "negative"}`, or `"emotions": ["anger", …]` in the label's place; other
names are ignored.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from export.errors import DataError
from model.labels import EMOTIONS, GROUP_OF, GROUPS
from model.preprocess import preprocess

FEWEST = 40
"""Texts: fewer tell nothing that the training data does not know better."""
FEWEST_OF_A_GROUP = 10
"""Texts of each of two groups, at least: from one group alone the model learns to see it everywhere."""
_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One text, prepared, and what somebody said about it.

    Attributes:
        emotions: empty where only the group is known.
    """

    line: int
    text: str
    groups: frozenset[str]
    emotions: frozenset[str]

    @property
    def key(self) -> str:
        """Two texts of one key read the same."""
        return self.text.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What can be learned from.

    Attributes:
        texts: each of them once.
        notes: what was left out and why, a line each.
        sha256: of the file.
    """

    texts: tuple[Labelled, ...]
    notes: tuple[str, ...]
    sha256: str


def read(path: Path, *, held_out: Iterable[str] = ()) -> Feedback:
    """Read the feedback in `path`, without what is among `held_out`: prepared texts to measure by.

    Raises:
        DataError: it cannot be read, contradicts itself, or is too little or too one-sided to learn from.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}.") from error
    texts, notes = _parsed(raw)
    _refuse_contradictions(path, texts)
    measured = {text.lower() for text in held_out}
    kept = {text.key: text for text in sorted(texts, key=lambda text: len(text.emotions))}
    usable = tuple(text for text in kept.values() if text.key not in measured)
    if len(kept) < len(texts):
        notes.append(f"{len(texts) - len(kept)} texts stand there more than once; each counts once")
    if len(usable) < len(kept):
        notes.append(f"{len(kept) - len(usable)} texts are in dev or test, and were left out")
    _refuse_too_little(path, usable, notes)
    return Feedback(texts=usable, notes=tuple(notes), sha256=hashlib.sha256(raw).hexdigest())


def _parsed(raw: bytes) -> tuple[list[Labelled], list[str]]:
    texts, notes = [], []
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            texts.append(_labelled(number, json.loads(line)))
        except (ValueError, RecursionError) as error:
            reason = (
                "it is no JSON" if isinstance(error, json.JSONDecodeError | UnicodeDecodeError) else error
            )
            notes.append(f"line {number} was left out: {reason}")
    return texts, notes


def _labelled(number: int, content: Any) -> Labelled:
    text = preprocess(_text(content))
    if not text:
        raise ValueError("nothing of its text is left once it is prepared")
    if ("label" in content) == ("emotions" in content):
        raise ValueError("it needs a label or emotions, and not both")
    emotions = _emotions(content["emotions"]) if "emotions" in content else frozenset()
    groups = frozenset(GROUP_OF[emotion] for emotion in emotions) or _group(content["label"])
    return Labelled(line=number, text=text, groups=groups, emotions=emotions)


def _text(content: Any) -> str:
    match content:
        case {"text": str(text)}:
            return text
    raise ValueError("it has no text")


def _group(label: Any) -> frozenset[str]:
    if label not in GROUPS:
        raise ValueError(f"its label is none of {', '.join(GROUPS)}")
    return frozenset({label})


def _emotions(names: Any) -> frozenset[str]:
    if not isinstance(names, list) or not names or not all(name in EMOTIONS for name in names):
        raise ValueError("its emotions are not a list of some of the 28")
    return frozenset(names)


def _refuse_contradictions(path: Path, texts: Iterable[Labelled]) -> None:
    earlier: defaultdict[str, list[Labelled]] = defaultdict(list)
    found = []
    for text in texts:
        others = earlier[text.key]
        other = next((each for each in others if not _agree(each, text)), None)
        if other is not None:
            found.append(f"{other.line} and {text.line}")
        others.append(text)
    if found:
        more = f", and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise DataError(
            f"{path} contradicts itself: the same text has different labels in the lines "
            f"{', '.join(found[:_SHOWN])}{more}. Decide which is right."
        )


def _agree(one: Labelled, other: Labelled) -> bool:
    if one.emotions and other.emotions:
        return one.emotions == other.emotions
    return one.groups == other.groups


def _refuse_too_little(path: Path, texts: tuple[Labelled, ...], notes: list[str]) -> None:
    reasons = f" ({'; '.join(notes[:_SHOWN])})" if notes else ""
    if len(texts) < FEWEST:
        raise DataError(f"{path} has {len(texts)} usable texts, at least {FEWEST} are needed{reasons}.")
    counts = Counter(group for text in texts for group in text.groups)
    if sum(count >= FEWEST_OF_A_GROUP for count in counts.values()) < 2:  # noqa: PLR2004 - two sides
        found = ", ".join(f"{counts[group]} {group}" for group in GROUPS)
        raise DataError(
            f"{path} is one-sided: {found}. At least {FEWEST_OF_A_GROUP} texts of each of two groups are "
            f"needed, or the model learns to see one of them everywhere{reasons}."
        )
