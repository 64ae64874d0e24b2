"""What people read of Markdown, by markdown-it-py, which nobody here wrote."""

from markdown_it import MarkdownIt
from markdown_it.token import Token

_RENDERER = MarkdownIt("commonmark").enable(["strikethrough", "table"])
PLAIN = {"paragraph_open", "paragraph_close", "inline"}
INSIDE = {"text", "text_special", "hardbreak", "link_open", "link_close"}
"""What plain words, line breaks and links are made of."""


def tokens(text: str) -> list[Token]:
    return _RENDERER.parse(text)


def read(found: list[Token]) -> str:
    """What stands on the page: paragraphs parted by empty lines, lines by line breaks."""
    paragraphs = []
    for token in found:
        if token.type == "inline":
            inner = token.children or []
            paragraphs.append("".join("\n" if each.type == "hardbreak" else each.content for each in inner))
    return "\n\n".join(paragraphs)


def above_the_footer(text: str) -> str:
    """What is said, without what stands under every reply."""
    found = tokens(text)
    last = max(index for index, token in enumerate(found) if token.type == "hr")
    return read(found[:last])


def links(found: list[Token]) -> list[str]:
    inner = [each for token in found for each in token.children or []]
    return [str(each.attrs["href"]) for each in inner if each.type == "link_open"]
