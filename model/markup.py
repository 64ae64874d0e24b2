"""Formatting of both platforms becomes the words that it formats: spoilers, emphasis, code, links, quotes.

Every pattern reads its text once: what stands between two marks never holds such a mark itself, so a
search that fails is not begun again behind the next one. Nested marks come off one layer a call.
"""

import html
import re

# HTML entities; Reddit escapes twice now and then.
_AMPERSANDS = re.compile(r"&(?:amp;)+")
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_TAG = re.compile(
    r"</?(?:a|b|i|u|s|p|br|em|strong|del|ins|strike|code|pre|span|blockquote|tg-spoiler)(?:\s[^<>]*)?/?>"
)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!>~|^-])")
# A quote in Reddit's Markdown; not a face (">:(", ">_<") and not a spoiler (">!").
_QUOTED = re.compile(r"\s*>[>\s]*[^\s>:;=._<!^-]")
_QUOTE_MARKS = re.compile(r"[>\s]+")
_LINE_MARK = re.compile(r"\A\s*(?:#{1,6}\s+|[*-]\s+(?=\w)|(?:[*_=-]\s*){3,}$)")
_LINK = re.compile(
    r"!?\[([^\[\]]*)\]\((?:(?:giphy\||emote\||[/#])[^()\s]*"
    r"|(?P<address>(?:https?://|www\.|mailto:|tg://)[^()\s]*))"
    r"(?:\s+\"[^\"()]*\")?\)"
)
_TICK_IN_WORD = re.compile(r"(?<=[A-Za-z])`(?=[A-Za-z])")
_STARS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*]+)(?<=\S)\1(?![\w*])")
_LINES = re.compile(r"(?<!\w)(?<!\\)(_{1,3})(?=\w)(?!_)([^_]+)(?<=\S)\1(?!\w)")
_BARS = re.compile(r"\|{2,}")
_WAVES = re.compile(r"~{2,}")
_RAISED = re.compile(r"(?<![\w^])\^+(?=\w)(?!\w+\^)|(?<!\S)\^+(?=\()")
_SPOILER_ENDS = re.compile(r"!<(?!/?3)")


def own_words(text: str) -> str:
    """The text on one line, without markup; quoted lines go unless nothing else is there."""
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), _AMPERSANDS.sub("&", text))
    if "<" in text or ">" in text:
        text = _unspoiled(_TAG.sub("", text))
    return _unmarked(" ".join(_LINE_MARK.sub("", line, count=1) for line in _own_lines(text) if line))


def _own_lines(text: str) -> list[str]:
    lines = text.split("\n")
    if ">" not in text:
        return lines
    own = [line for line in lines if not _QUOTED.match(line)]
    return own if any(map(str.strip, own)) else [_unquoted(line) for line in lines]


def _unspoiled(text: str) -> str:
    return _SPOILER_ENDS.sub("", text.replace(">!", "")) if ">!" in text else text


def _unquoted(line: str) -> str:
    return _QUOTE_MARKS.sub("", line, count=1) if _QUOTED.match(line) else line


def _unmarked(text: str) -> str:
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if "](" in text:
        text = _LINK.sub(_linked, text)
    if "`" in text:
        text = _TICK_IN_WORD.sub("'", text).replace("`", "")
    if "*" in text:
        text = _STARS.sub(r"\2", text)
    if "_" in text:
        text = _LINES.sub(r"\2", text)
    if "||" in text:
        text = _BARS.sub("", text)
    if "~~" in text:
        text = _WAVES.sub("", text)
    return _RAISED.sub("", text) if "^" in text else text


def _linked(match: re.Match[str]) -> str:
    """The link's words; without any, that there is a link, unless it only draws a picture or a face."""
    if match[1].strip():
        return match[1]
    return "[LINK]" if match["address"] else ""
