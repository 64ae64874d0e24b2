"""Text in, the text that the tokenizer sees out: one implementation for training and serving.

Every change of what `preprocess` returns needs a new `PREPROCESSING_VERSION`: a model is only ever
fed the preparation that it was trained with.

After the work is bounded (`_bounded`), a pass takes these steps, each linear in the length of its input:

1. beyond ASCII: emoji become words, invisible characters go, stylised and look-alike letters become plain
   ones (`model.characters`);
2. entities, spoilers, emphasis, code, links and quoted lines (`model.markup`);
3. links become `[LINK]`, mentions `[NAME]` (`_masked`);
4. runs of marks, spaced-out words, leetspeak, stretched letters (`model.spelling`, `model.leet`);
5. mistyped words, in plain English only (`model.typos`);
6. runs of white space become one space, and the result is cut at `MAX_CHARACTERS`.

One disguise may hide another, so passes go on until nothing changes: a clean text takes one.
"""

import re

from model import characters, emoji_names, lexicon, typos
from model.leet import word_for_mention
from model.markup import own_words
from model.spelling import plain_words

PREPROCESSING_VERSION = "3"

MAX_READ = 40_000
"""How many characters of the input are looked at: the longest post that Reddit lets anybody write."""

MAX_CHARACTERS = MAX_READ
"""The longest result."""

NAME = "[NAME]"  # as the data set masks people
LINK = "[LINK]"

_MOST_PASSES = 6

_LETTER = re.compile(r"[^\W\d_]")
_NO_LETTERS = re.compile(r"[\W\d_]+")
# In one pass, and not right behind a mask: what a mask leaves behind must never become a new match.
_MASKED = re.compile(
    r"(?<![\w\]])(?P<link>(?:https?://|www\.)[^\s()\[\]<>\"]+)"
    r"|(?<![\w.@\]/-])(?P<bare>(?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|io|me|be|ly|gg|it|co|tv|gov|edu)/[^\s()\[\]<>\"]+)"
    r"|(?<![\w\]$])@\w{2,}(?:[@$!|+]+\w+)*"
    r"|(?<![\w\]/])/?u/[\w-]{3,}",
    re.IGNORECASE,
)


def preprocess(text: str) -> str:
    """Prepare one comment for the tokenizer.

    Any string is welcome (NUL, lone surrogates, a megabyte). The result has at most `MAX_CHARACTERS`
    characters on one line without white space at its ends; it is its own result when prepared again;
    it is never empty when the text has a letter. The work is bounded by `MAX_READ` characters, apart
    from a search for the first letter where the beginning has none.
    """
    before = _bounded(text)
    for _ in range(_MOST_PASSES):
        after = _once(before)
        if after == before:
            return after
        before = after
    return _bare(before)


def load_tables() -> None:
    """Load now what else the first disguised text would wait for: words, emoji, look-alikes (some 0.1 s)."""
    lexicon.ranks()
    emoji_names.names()
    characters.confusables()
    characters.stylised()
    characters.piles()
    typos.load()


def _bounded(text: str) -> str:
    head = text[:MAX_READ]
    if len(text) <= MAX_READ or _LETTER.search(head):
        return head
    first = _LETTER.search(text, MAX_READ)
    return text[first.start() : first.start() + MAX_READ] if first else head


def _once(text: str) -> str:
    plain = text
    if not (text.isascii() and text.isprintable()):
        plain = characters.visible(text) if text.isascii() else characters.readable(text, MAX_READ)
    result = _one_line(typos.mended(plain_words(_masked(own_words(plain)))))
    return result or _one_line(plain)


def _masked(text: str) -> str:
    return _MASKED.sub(_mask, text) if "@" in text or "/" in text or "www." in text.lower() else text


def _mask(match: re.Match[str]) -> str:
    if match["link"] or match["bare"]:
        return LINK
    return word_for_mention(match[0]) or NAME


def _one_line(text: str) -> str:
    return " ".join(text.split())[:MAX_CHARACTERS].rstrip()


def _bare(text: str) -> str:
    """What made so many passes change something is no writing: its letters alone."""
    for _ in range(_MOST_PASSES):
        after = _once(_NO_LETTERS.sub(" ", text))
        if after == text:
            break
        text = after
    return text
