"""What lets a statement pass: it is quoted, a title, a figure of speech, denied, or over.

Each guard looks at the words of the statement's own sentence and a few around it, so their cost does not
grow with the text. Where it is in doubt a guard does not hold: a card too many costs less than one too few.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from model.crisis_lists import figures, phrases
from model.crisis_words import Reading, evened, once

_NEAR: Final = 14
_FAR: Final = 28
"""Words before and behind a statement."""
_ANYWHERE: Final = r"\b(?:{})\b"
_FORMS: Final = {
    "reported": r"\b(?:{})(?: that)?$",
    "denials": r"(?:^| )(?:{})$",
    "distant_denials": r"(?:^| )(?:{})(?: that)?$",
}
"""Where the phrases of a list must stand, unless anywhere."""
_NUMBER_WORDS: Final = """
one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
eighteen nineteen twenty thirty many several few some couple of
"""
_NUMBER: Final = f"(?:[0-9]+|{'|'.join(map(once, _NUMBER_WORDS.split()))})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Words `start` to `end` (exclusive) of a reading, and the group that they were found in."""

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


class Guards:
    """All of them, with their word lists."""

    def __init__(self) -> None:
        self._lists = {
            name: _pattern(lines, _FORMS.get(name, _ANYWHERE)) for name, lines in phrases().items()
        }
        self._figures = {once(last): _pattern(after, r"(?:{})\b") for last, after in figures().items()}
        self._guards = (
            self._quoted,
            self._reported,
            self._title,
            self._figurative,
            self._joke,
            self._denied,
            self._over,
        )

    def let_pass(self, statement: Statement) -> bool:
        """Whether one of them holds: the statement is not its author's own, not meant, or not of now."""
        return any(guard(statement) for guard in self._guards)

    def _has(self, name: str, words: str) -> bool:
        return self._lists[name].search(words) is not None

    def _quoted(self, statement: Statement) -> bool:
        """Between quotation marks, and not introduced as a thought of the author's own.

        A text that is nothing but the quotation counts as its author's.
        """
        marks = statement.reading.quoted
        if not marks[statement.start] or all(marks[: statement.end + _FAR]):
            return False
        begin = statement.start
        while begin and marks[begin - 1] and statement.start - begin < _FAR:
            begin -= 1
        return not self._has("thought", " ".join(statement.reading.words[max(begin - 6, 0) : begin]))

    def _reported(self, statement: Statement) -> bool:
        """What somebody else says or said: "he said i should die"."""
        return self._has("reported", statement.before(6))

    def _title(self, statement: Statement) -> bool:
        """Written Like A Title while other words are not, or beside the word for a song, a film or a book."""
        reading, whole = statement.reading, range(statement.start, statement.end)
        telling = [index for index in whole if reading.words[index] != "i" and not _opens(reading, index)]
        capitals = sum(reading.capital[index] for index in telling)
        if capitals < 2 or len(telling) - capitals > len(telling) // 3:  # noqa: PLR2004
            return False
        near = range(max(statement.start - _NEAR, 0), min(statement.end + _NEAR, len(reading.words)))
        outside = [reading.capital[index] for index in near if index not in whole]
        if not outside or sum(outside) > len(outside) // 2:
            return False
        return len(whole) > 3 or self._has("beside_titles", statement.around(_NEAR, sentences=0))  # noqa: PLR2004

    def _figurative(self, statement: Statement) -> bool:
        """Goes on as a figure of speech: "i want to die laughing", "i am tired of living with him"."""
        pattern = self._figures.get(statement.reading.words[statement.end - 1])
        if pattern is None:
            return False
        behind = statement.behind(6, same=True)
        return pattern.match(behind) is not None and self._lists["no_figures"].match(behind) is None

    def _joke(self, statement: Statement) -> bool:
        """Over a trifle, with a laugh or a condition; or a move in a game."""
        if self._has("meant", statement.around(_NEAR, sentences=1)):
            return False
        near = statement.around(_NEAR, sentences=0)
        if self._has("games", near):
            return True
        laughs = self._has("laughs", f"{statement.before(3)} {near} {statement.behind(3)}")
        trifle = self._has("trivial", statement.around(_NEAR, sentences=1 if laughs else 0))
        condition = self._has("conditions", near)
        slang = " kms " in f" {statement.words} " or "unalive" in statement.words
        return laughs + trifle + condition + slang >= 2 and (laughs or trifle)  # noqa: PLR2004

    def _denied(self, statement: Statement) -> bool:
        """Right behind a "never" or "not going to", and without a "but" that takes half of it back."""
        before = statement.before(7)
        own = statement.words.startswith("i ")
        if before.endswith("why not") or not self._has("distant_denials" if own else "denials", before):
            return False
        rest = statement.behind(12)
        reservation = self._lists["reservations"].search(rest)
        if reservation is None:
            return True
        return self._lists["no_reservations"].match(rest[reservation.start() :]) is not None

    def _over(self, statement: Statement) -> bool:
        """Told as something of long ago, and nothing says that it is back."""
        before = f"{statement.before(6)} {statement.reading.words[statement.start]}"
        if statement.group not in {"past", "soft_past"} and not self._has("past_verbs", before):
            return False
        around = statement.around(_FAR, sentences=2)
        if self._has("returned", around):
            return False
        return statement.group == "soft_past" or self._has("over", around)


def _opens(reading: Reading, index: int) -> bool:
    """Whether a word is the first of its sentence: there a capital letter tells nothing."""
    return index == 0 or reading.sentence[index - 1] != reading.sentence[index]


def _pattern(lines: Sequence[str], form: str) -> re.Pattern[str]:
    """A pattern over words as they are compared; "#" stands for a number, "*" for any word."""
    ways = [" ".join(" ".join(evened(word)) or word for word in line.split()) for line in lines]
    return re.compile(
        form.format("|".join(re.escape(way).replace(r"\#", _NUMBER).replace(r"\*", r"\w+") for way in ways))
    )
