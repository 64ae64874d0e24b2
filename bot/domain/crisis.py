"""The crisis card: what a person gets instead of a phrase, and how often."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self

from bot.domain.messages import AuthorHash

CARD: Final = "crisis-card"
"""Phrase id and pool of every card in the outbox; no phrase can have this pool."""
CARD_DEADLINE: Final = timedelta(minutes=10)
"""How old a message may grow before a card would come too late."""
ONE_CARD_IN: Final = timedelta(days=1)
URGENT: Final = 1
"""The card's priority in the outbox; a phrase has 0."""
REGIONS: Final = ("US", "CA", "GB", "IE", "AU", "NZ")

_PARTS: Final = ("opening", "directory", "emergency", "step", "closing")
_EMOJI: Final = re.compile("[\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")
_YOU_ARE: Final = re.compile(r"\byou(?:'re| are| were| have been| seem| sound| feel)\b", re.IGNORECASE)
_PROMISE: Final = re.compile(
    r"\b(?:will|'ll|promise|guarantee|always|get better|gets better|here for you|not alone)\b", re.IGNORECASE
)


class CrisisAction(StrEnum):
    """What follows in a chat when somebody's words speak of suicide or self-harm."""

    CARD = "card"
    SILENCE = "silence"
    CARD_AND_NOTE = "card+note"
    SILENCE_AND_NOTE = "silence+note"

    @property
    def card(self) -> bool:
        """Whether the person gets the card."""
        return self in {CrisisAction.CARD, CrisisAction.CARD_AND_NOTE}

    @property
    def note(self) -> bool:
        """Whether admins who asked for it hear that somebody may need a person, and never who."""
        return self in {CrisisAction.CARD_AND_NOTE, CrisisAction.SILENCE_AND_NOTE}


class CrisisCardError(ValueError):
    """The card cannot be used; the message names the part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrisisCard:
    """The words for one region.

    Attributes:
        version: of the file.
        region: one of `REGIONS`, or None: the directory and the emergency number alone.
        text: paragraphs, parted by empty lines.
    """

    version: str
    region: str | None
    text: str

    @property
    def edition(self) -> str:
        """Version and region: enough to say it again."""
        return f"{self.version}-{self.region or 'any'}"

    @classmethod
    def parse(cls, text: str, *, region: str | None) -> Self:
        """Put the card together from TOML.

        Raises:
            CrisisCardError: not TOML; a part missing, unknown or empty; or there is no line for the region.
        """
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CrisisCardError(f"crisis card: not TOML: {error}") from error
        regions = document.get("regions")
        if not isinstance(regions, dict) or set(regions) != set(REGIONS):
            raise CrisisCardError(f"crisis card: regions: must be {', '.join(REGIONS)}")
        unknown = document.keys() - {"version", "regions", *_PARTS}
        if unknown:
            raise CrisisCardError(f"crisis card: {min(unknown)}: unknown part")
        parts = {name: _words(document, name) for name in ("version", *_PARTS)}
        if region is not None and region not in regions:
            raise CrisisCardError("crisis card: regions: there is no such region")
        places = [parts["directory"], *([_words(regions, region)] if region else []), parts["emergency"]]
        paragraphs = (parts["opening"], " ".join(places), parts["step"], parts["closing"])
        return cls(version=parts["version"], region=region, text="\n\n".join(paragraphs))


def violations(text: str) -> list[str]:
    """Which rules a card breaks: statements that complete "This card …", none if it breaks none."""
    plain = text.replace("\u2019", "'")
    found = {
        'does not begin with "If"': not plain.startswith("If "),
        'says what the person is ("you are"), which a bot cannot know': _YOU_ARE.search(plain),
        "has an exclamation mark": "!" in plain,
        "asks a question, and the bot cannot take the answer": "?" in plain.replace("Need to talk?", ""),
        "has an emoji": _EMOJI.search(plain),
        "promises something": _PROMISE.search(plain),
        "does not name the directory": "findahelpline.com" not in plain,
        "does not name the emergency number": "emergency number" not in plain,
        "has nothing that needs no phone call": "no phone call" not in plain,
        "does not say that it is a bot": "This is a bot" not in plain,
        "does not have four paragraphs": len(plain.split("\n\n")) != 4,  # noqa: PLR2004
    }
    return [statement for statement, broken in found.items() if broken]


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCard:
    """A card that a person got, or is about to get.

    Attributes:
        simulated: in a chat that only watches, or in a replay.
    """

    author: AuthorHash
    at: datetime
    simulated: bool


@dataclass(slots=True)
class CardsGiven:
    """The cards and notes that a batch of verdicts looks back on, and adds to while it decides."""

    _cards: list[GivenCard] = field(default_factory=list)
    _notes: dict[AuthorHash, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, cards: Iterable[GivenCard], notes: Mapping[AuthorHash, datetime]) -> Self:
        """Those that the database knows; of the notes, each person's newest."""
        return cls(list(cards), dict(notes))

    def add(self, card: GivenCard) -> None:
        """One more, decided a moment ago in the same batch."""
        self._cards.append(card)

    def today(self, author: AuthorHash | None, *, now: datetime, imagined: bool) -> bool:
        """Whether this person had a card within the last day; who has no name is never held to have had one.

        Args:
            author: whose words speak of a crisis.
            now: the moment of the verdict.
            imagined: simulated cards count too: a replay, or a chat that only watches.
        """
        return any(
            card.author == author and now - ONE_CARD_IN < card.at and (imagined or not card.simulated)
            for card in self._cards
        )

    def add_note(self, author: AuthorHash, *, at: datetime) -> None:
        """One more note."""
        self._notes[author] = at

    def noted_today(self, author: AuthorHash | None, *, now: datetime) -> bool:
        """Whether a note about this person was due within the last day, in whatever chat."""
        last = self._notes.get(author) if author is not None else None
        return last is not None and now - ONE_CARD_IN < last


def _words(table: Mapping[str, object], name: str) -> str:
    value = table.get(name)
    if not isinstance(value, str) or not value.strip():
        raise CrisisCardError(f"crisis card: {name}: must be a text that is not empty")
    return value.strip()
