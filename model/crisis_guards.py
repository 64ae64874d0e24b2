"""What lets a statement pass: it is quoted, a title, a figure of speech, denied, or over.

Each guard looks at the words of the statement's own sentence and a few around it, so their cost does not grow
with the text. Where it is in doubt a guard does not hold: a card too many costs less than one too few.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from model.crisis_figures import (
    BESIDE_TITLES,
    CONDITIONS,
    DENIALS,
    DISTANT_DENIALS,
    FIGURES,
    GAMES,
    LAUGHS,
    MEANT,
    NO_FIGURES,
    NO_RESERVATIONS,
    OVER,
    PAST_VERBS,
    REPORTED,
    RESERVATIONS,
    RETURNED,
    THOUGHT,
    TRIVIAL,
)
from model.crisis_words import Reading, evened, once

_NEAR: Final = 14
_FAR: Final = 28
"""Words before and behind a statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Words `start` to `end` (exclusive) of a reading, and the group of the list that they were found in."""

    reading: Reading
    start: int
    end: int
    group: str

    @property
    def words(self) -> str:
        """Its own words."""
        return " ".join(self.reading.words[self.start : self.end])

    def before(self, most: int) -> str:
        """Up to `most` words before it."""
        return " ".join(self.reading.words[max(self.start - most, 0) : self.start])

    def behind(self, most: int, *, same: bool = False) -> str:
        """Up to `most` words behind it; of the `same` sentence only, if asked for."""
        words, numbers, own = self.reading.words, self.reading.sentence, self.reading.sentence[self.end - 1]
        places = range(self.end, min(self.end + most, len(words)))
        return " ".join(words[each] for each in places if not same or numbers[each] == own)

    def around(self, most: int, *, sentences: int) -> str:
        """The words around it, itself included, of its own sentence and so many more on each side."""
        numbers = self.reading.sentence
        first, last = numbers[self.start] - sentences, numbers[self.end - 1] + sentences
        begin, end = self.start, self.end
        while begin > max(self.start - most, 0) and numbers[begin - 1] >= first:
            begin -= 1
        while end < min(self.end + most, len(numbers)) and numbers[end] <= last:
            end += 1
        return " ".join(self.reading.words[begin:end])


def passes(statement: Statement) -> bool:
    """Whether a guard holds: the statement is not its author's own, not meant, or not of now."""
    return any(guard(statement) for guard in _GUARDS)


def quoted(statement: Statement) -> bool:
    """Between quotation marks, and not introduced as a thought of the author's own.

    A text that is nothing but the quotation counts as its author's.
    """
    marks = statement.reading.quoted
    if not marks[statement.start] or all(marks):
        return False
    begin = statement.start
    while begin and marks[begin - 1] and statement.start - begin < _FAR:
        begin -= 1
    introduction = " ".join(statement.reading.words[max(begin - 6, 0) : begin])
    return _THOUGHT.search(introduction) is None


def reported(statement: Statement) -> bool:
    """What somebody else says or said: "he said i should die"."""
    return _REPORTED.search(statement.before(6)) is not None


def title(statement: Statement) -> bool:
    """Written Like A Title while other words are not, or beside the word for a song, a film or a book."""
    reading, whole = statement.reading, range(statement.start, statement.end)
    telling = [
        index for index in whole if reading.words[index] != "i" and not _opens_sentence(reading, index)
    ]
    capitals = sum(reading.capital[index] for index in telling)
    if capitals < 2 or len(telling) - capitals > len(telling) // 3:  # noqa: PLR2004
        return False
    near = range(max(statement.start - _NEAR, 0), min(statement.end + _NEAR, len(reading.words)))
    outside = [reading.capital[index] for index in near if index not in whole]
    if not outside or sum(outside) > len(outside) // 2:
        return False
    return len(whole) > 3 or _BESIDE_TITLES.search(statement.around(_NEAR, sentences=0)) is not None  # noqa: PLR2004


def _opens_sentence(reading: Reading, index: int) -> bool:
    return index == 0 or reading.sentence[index - 1] != reading.sentence[index]


def figurative(statement: Statement) -> bool:
    """Ends in a figure of speech: "i want to die laughing", "i am tired of living with him"."""
    behind = statement.behind(6, same=True)
    last = statement.reading.words[statement.end - 1]
    pattern = _FIGURES.get(last)
    if pattern is None or _NO_FIGURES.match(behind):
        return False
    return pattern.match(behind) is not None


def joke(statement: Statement) -> bool:
    """Over a trifle, with a laugh or a condition; or a move in a game."""
    if statement.group not in {"present", "subjectless", "past"}:
        return False
    near = statement.around(_NEAR, sentences=0)
    tail = f"{near} {statement.behind(3)}"
    if _MEANT.search(statement.around(_NEAR, sentences=1)):
        return False
    laughs = _LAUGHS.search(f"{statement.before(3)} {tail}") is not None
    trifle = _TRIVIAL.search(statement.around(_NEAR, sentences=1 if laughs else 0)) is not None
    condition = _CONDITIONS.search(near) is not None
    slang = " kms " in f" {statement.words} " or "unalive" in statement.words
    return (
        (laughs and (trifle or condition or slang))
        or (condition and trifle)
        or bool(_GAMES.search(near))
        or (slang and trifle)
    )


def denied(statement: Statement) -> bool:
    """Right behind a "never" or "not going to", and without a "but" that takes half of it back."""
    denial = _DISTANT_DENIALS if statement.words.startswith("i ") else _DENIALS
    before = statement.before(7)
    if before.endswith("why not") or denial.search(before) is None:
        return False
    rest = statement.behind(12)
    reservation = _RESERVATIONS.search(rest)
    return reservation is None or _NO_RESERVATIONS.match(rest[reservation.start() :]) is not None


def over(statement: Statement) -> bool:
    """Told as something of long ago, and nothing says that it is back."""
    before = f"{statement.before(6)} {statement.reading.words[statement.start]}"
    if statement.group not in {"past", "soft past"} and _PAST_VERBS.search(before) is None:
        return False
    if _RETURNED.search(statement.around(_FAR, sentences=2)):
        return False
    return statement.group == "soft past" or _OVER.search(statement.around(_FAR, sentences=2)) is not None


_NUMBER_WORDS: Final = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty many several few some couple of
"""
_NUMBERS: Final = "|".join(map(once, _NUMBER_WORDS.split()))


def _phrases(text: str, *, form: str = r"\b(?:{})\b") -> re.Pattern[str]:
    """A pattern over words as they are compared; "#" stands for a number, "*" for any word."""
    ways = [" ".join(" ".join(evened(word)) for word in line.split()) for line in text.strip().splitlines()]
    patterns = (
        re.escape(way).replace(r"\#", f"(?:[0-9]+|{_NUMBERS})").replace(r"\*", r"\w+") for way in ways
    )
    return re.compile(form.format("|".join(patterns)))


_THOUGHT: Final = _phrases(THOUGHT)
_REPORTED: Final = _phrases(REPORTED, form=r"\b(?:{})(?: that)?$")
_BESIDE_TITLES: Final = _phrases(BESIDE_TITLES)
_MEANT: Final = _phrases(MEANT)
_LAUGHS: Final = _phrases(LAUGHS)
_TRIVIAL: Final = _phrases(TRIVIAL)
_CONDITIONS: Final = _phrases(CONDITIONS)
_GAMES: Final = _phrases(GAMES)
_DENIALS: Final = _phrases(DENIALS, form=r"(?:^| )(?:{})$")
_DISTANT_DENIALS: Final = _phrases(DISTANT_DENIALS, form=r"(?:^| )(?:{})(?: that)?$")
_RESERVATIONS: Final = _phrases(RESERVATIONS)
_NO_RESERVATIONS: Final = _phrases(NO_RESERVATIONS)
_PAST_VERBS: Final = _phrases(PAST_VERBS)
_RETURNED: Final = _phrases(RETURNED)
_OVER: Final = _phrases(OVER)
_FIGURES: Final[Mapping[str, re.Pattern[str]]] = {
    once(last): _phrases(after, form=r"(?:{})\b") for last, after in FIGURES.items()
}
_NO_FIGURES: Final = _phrases(NO_FIGURES)
_GUARDS: Final[Sequence[Callable[[Statement], bool]]] = (
    quoted,
    reported,
    title,
    figurative,
    joke,
    denied,
    over,
)
