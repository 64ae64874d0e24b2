"""What is taken out of the data, what the text preparation changes, and why: counts by reason."""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from export.data import Dataset
from export.eda.vocabulary import emoji_in
from model.preprocess import preprocess

Language = Callable[[str], str]
"""A text's language: "en" for everything that is let through, else ISO 639-1 or "und"."""

_LINK = re.compile(r"(?:https?://|www\.)\S|\]\(\S", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w/])@\w{2,}|(?<![\w/])/?u/[\w-]{3,}")
_SUBREDDIT = re.compile(r"(?<![\w/])/?r/\w{3,}")
_QUOTE = re.compile(r"^\s*(?:>|&gt;)[^!:;=._<^-]", re.MULTILINE)
_MARKUP = re.compile(r"\*\*?\S|~~\S|>!|\|\||__\S|`|^#{1,6}\s|&(?:amp|lt|gt|#x?\w+);|\^\(?\w", re.MULTILINE)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}", re.IGNORECASE)
_CURLY = re.compile("[\u2018\u2019\u201b\u2032\u201c\u201d\u201e\u2033]")
_SPACES = re.compile(r"\s\s|[\t\r\n\v\f\x85\xa0]|^\s|\s$")
_FOREIGN_SCRIPTS = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What the preparation meets in some texts.

    Attributes:
        texts: how many.
        changed: how many read differently afterwards, white space apart.
        emptied: how many had something and have nothing afterwards.
        having: by reason, how many texts hold what it names.
    """

    texts: int
    changed: int
    emptied: int
    having: Mapping[str, int]


def bad_lines(data: Dataset) -> dict[str, dict[str, int]]:
    """By split, what was wrong with lines that were skipped, and how often."""
    return {
        name: dict(Counter(_reason(problem) for problem in split.bad_lines).most_common())
        for name, split in data.splits.items()
    }


def prepared(texts: Sequence[str], outcome: Sequence[str] | None = None) -> Prepared:
    """Look at texts as published; `outcome` are the same after `preprocess`, where they are at hand."""
    after = outcome if outcome is not None else [preprocess(text) for text in texts]
    having: Counter[str] = Counter(dict.fromkeys(REASONS, 0))
    for text in texts:
        having.update(reason for reason, holds in REASONS.items() if holds(text))
    plain = [" ".join(text.split()) for text in texts]
    return Prepared(
        texts=len(texts),
        changed=sum(one != other for one, other in zip(plain, after, strict=True)),
        emptied=sum(bool(one) and not other for one, other in zip(plain, after, strict=True)),
        having=dict(having),
    )


def languages(texts: Sequence[str], language: Language) -> dict[str, int]:
    """How many texts are in each language, "en" first, then the most frequent."""
    found = Counter(language(text) for text in texts)
    return {"en": found.pop("en", 0), **dict(found.most_common())}


def _invisible(text: str) -> bool:
    return not text.isascii() and any(
        unicodedata.category(each) in ("Cf", "Cc", "Co", "Cs") and each not in "\t\r\n" for each in text
    )


def _foreign_letters(text: str) -> bool:
    return not text.isascii() and any(
        unicodedata.name(each, "").startswith(_FOREIGN_SCRIPTS) for each in text if each.isalpha()
    )


def _compatible(text: str) -> bool:
    return not text.isascii() and unicodedata.normalize("NFKC", text) != text


def _found(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.search(text) is not None


def _reason(problem: str) -> str:
    # "line 7: expected …, found 1 columns": without the line, so that like problems count together.
    return problem.split(": ", 1)[-1]


REASONS: Mapping[str, Callable[[str], bool]] = {
    "links": _found(_LINK),
    "mentions of people": _found(_MENTION),
    "subreddits": _found(_SUBREDDIT),
    "quoted lines": _found(_QUOTE),
    "markup": _found(_MARKUP),
    "curly quotes": _found(_CURLY),
    "emoji": lambda text: bool(emoji_in(text)),
    "invisible characters": _invisible,
    "full-width, stylised": _compatible,
    "look-alike letters": _foreign_letters,
    "stretched letters": _found(_STRETCHED),
    "extra white space": _found(_SPACES),
}
"""What a text may hold that the preparation deals with, and how to tell."""
