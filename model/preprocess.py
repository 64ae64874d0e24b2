"""Text in, the text that the tokenizer sees out: one implementation for training and serving.

Every change of what `preprocess` returns needs a new `PREPROCESSING_VERSION`: a model is only ever
fed the preparation that it was trained with.

The steps run in this order, each of them linear in the length of its input:

1. bound the work (`_bounded`);
2. invisible characters go, others that cannot be read become a space (`_visible`), NFKC, plain quotes;
3. quoted lines go (`_own_words`), unless nothing else is there;
4. emoji become their Unicode names, mentions `[NAME]`, links `[LINK]` (`_named`);
5. runs of white space become one space, and the result is cut at `MAX_CHARACTERS`.

A filter for look-alike characters belongs between 2 and 3, where characters are still characters.
"""

import re
import unicodedata

PREPROCESSING_VERSION = "1"

MAX_CHARACTERS = 4096
"""The longest result; far beyond what any `max_tokens` lets the model see. Telegram's own limit."""

MAX_READ = 10_000
"""How many characters of the input are looked at: the longest comment that Reddit lets anybody post."""

NAME = "[NAME]"  # as the data set masks people
LINK = "[LINK]"

_LETTER = re.compile(r"[^\W\d_]")
# Format characters, variation selectors and skin tones: nothing that anybody reads. (The categories Cf, and
# what of Mn and Sk only changes the look of an emoji.)
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\U0001d173-\U0001d17a\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff]"
)
_LINE_BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Controls, lone surrogates, private use, non-characters and the replacement character.
_UNREADABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufff9-\uffff]"
)
_PLAIN_QUOTES = str.maketrans("\u2018\u2019\u201b\u2032`\u201c\u201d\u201e\u2033", "'''''\"\"\"\"")
# A quote in Reddit's Markdown; not a face (">:(", ">_<") and not a spoiler (">!").
_QUOTED = re.compile(r"\s*>[>\s]*[^\s>:;=._<!^-]")
_QUOTE_MARKS = re.compile(r"[>\s]+")
_EMOJI = re.compile("([\u2600-\u27bf\U0001f300-\U0001faff])\\1*")
# In one pass, and not right behind a mask: what a mask leaves behind must never become a new match.
_MASKED = re.compile(
    r"(?<![\w\]])(?P<link>(?:https?://|www\.)[^\s()\[\]<>\"]+)"
    r"|(?<![\w\]])@\w{2,}"
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
    characters = _characters(_bounded(text))
    return _one_line(_named(_own_words(characters)))


def _bounded(text: str) -> str:
    head = text[:MAX_READ]
    if len(text) <= MAX_READ or _LETTER.search(head):
        return head
    first = _LETTER.search(text, MAX_READ)
    return text[first.start() : first.start() + MAX_READ] if first else head


def _characters(text: str) -> str:
    # NFKC twice: what stood around an invisible character may compose once it is gone, and vice versa.
    # A single character can decompose into eighteen, hence the second cut.
    visible = _visible(unicodedata.normalize("NFKC", _visible(text))[:MAX_READ])
    return unicodedata.normalize("NFKC", visible).translate(_PLAIN_QUOTES)


def _visible(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return _UNREADABLE.sub(" ", _LINE_BREAK.sub("\n", _INVISIBLE.sub("", text)))


def _own_words(text: str) -> str:
    if ">" not in text:
        return text
    lines = text.split("\n")
    own = " ".join(line for line in lines if not _QUOTED.match(line))
    return own if own.strip() else " ".join(_unquoted(line) for line in lines)


def _unquoted(line: str) -> str:
    return _QUOTE_MARKS.sub("", line, count=1) if _QUOTED.match(line) else line


def _named(text: str) -> str:
    return _MASKED.sub(_mask, text if text.isascii() else _EMOJI.sub(_emoji_name, text))


def _emoji_name(match: re.Match[str]) -> str:
    name = unicodedata.name(match[1], "")
    return f" {name.lower()} " if name else match[1]


def _mask(match: re.Match[str]) -> str:
    return LINK if match["link"] else NAME


def _one_line(text: str) -> str:
    return _unquoted(" ".join(text.split()))[:MAX_CHARACTERS].rstrip()
