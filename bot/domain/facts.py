"""What can be seen of a text with the eye alone."""

import re
from typing import Final
from unicodedata import category

from bot.domain.decisions import TextFacts

MAX_TEXT: Final = 40_000
"""Characters: as much as anybody can post on Reddit. What is longer is a paste, and is not judged."""

_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
# No class holds the bracket that opens it: no stretch of text is searched twice, whatever somebody pastes.
_MARKDOWN_LINK = re.compile(r"\[([^][\n]{0,300})\]\((?:https?://|www\.)[^()\s]{0,2000}\)", re.IGNORECASE)
_ALPHANUMERIC = re.compile(r"[^\W_]")
_QUOTE = re.compile(r"^[ \t]*(?:>|&gt;)(?!!|<|\^|[:;=]\S|[._-]+[<>])[^\n]*$", re.MULTILINE)
"""A quoted line in Markdown; not a face such as ">:(" or ">_<", and not a spoiler ">!"."""


def facts_of(text: str, *, language: str, crisis: bool) -> TextFacts:
    """The facts of one text; linear in its length, and of no more than its first `MAX_TEXT` characters.

    Args:
        text: as it came in.
        language: "en" for everything that the language filter lets through.
        crisis: the crisis gate's answer.
    """
    too_long = len(text) > MAX_TEXT
    text = text[:MAX_TEXT]
    unquoted = _QUOTE.sub(" ", text)
    own = _LINK.sub(" ", _MARKDOWN_LINK.sub(r"\1 ", unquoted))
    words = sum(map(_is_word, own.split()))
    had_words = any(map(_is_word, text.split()))
    left = words == 0 and had_words
    only_quote = left and not any(map(_is_word, unquoted.split()))
    return TextFacts(
        words=words,
        only_links=left and not only_quote,
        only_quote=only_quote,
        too_long=too_long,
        sarcasm_tag=_has_sarcasm_tag(text.rstrip()),
        language=language,
        crisis=crisis,
    )


def _is_word(token: str) -> bool:
    """Letters, digits, or a symbol such as an emoji; punctuation alone is none."""
    if _ALPHANUMERIC.search(token) is not None:
        return True
    return not token.isascii() and any(category(character) == "So" for character in token)


def _has_sarcasm_tag(stripped: str) -> bool:
    return stripped[-2:].lower() == "/s" and (len(stripped) == len("/s") or stripped[-3].isspace())
