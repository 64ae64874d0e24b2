"""A small language for statements of several words, and the tree that finds all of them in one walk.

    i (want|need) to <die>      one of several; a name in angle brackets stands for a list of its own
    i [do not] care             in square brackets: may be left out

Statements that begin alike share their beginning, and those that end alike share their end: a walk from one
word costs as many steps as the longest statement has words, however many statements there are.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

Slot = tuple["Pattern", ...]
"""Several ways to go on."""
Pattern = tuple["str | Slot", ...]

_TOKEN: Final = re.compile(r"[()|\[\]]|<[a-z_]+>|[^\s()|\[\]<>]+")
_CLOSING: Final = {"(": ")", "[": "]"}


class Node:
    """A place in the tree: the words that go on from here, and what ends here."""

    __slots__ = ("ends", "following")

    def __init__(self) -> None:
        self.following: dict[str, Node] = {}
        self.ends: frozenset[str] = frozenset()
        """Groups of the statements that end here."""


def parse(line: str, names: Mapping[str, Sequence[str]], words: Callable[[str], Sequence[str]]) -> Pattern:
    """Read one statement.

    Args:
        line: as above.
        names: lists by name; their entries are written in the same language.
        words: turns a word as written into the words that are compared (none: it is left out).

    Raises:
        ValueError: a bracket is not closed, a name is not known, or one of several ways has no word that is
            compared.
    """
    tokens = _TOKEN.findall(line)
    pattern, rest = _sequence(tokens, names, words)
    if rest:
        raise ValueError(f"a bracket too many: {line}")
    return pattern


def tree(patterns: Iterable[tuple[Pattern, str]]) -> Node:
    """The root of the tree of patterns, each with the name of its group."""
    return _grow(frozenset(patterns), {})


def walk(root: Node, words: Sequence[str], start: int) -> Iterator[tuple[int, frozenset[str]]]:
    """Every (end, groups) of statements that begin at word `start`; `end` is behind their last word."""
    node = root
    for index in range(start, len(words)):
        following = node.following.get(words[index])
        if following is None:
            return
        node = following
        if node.ends:
            yield index + 1, node.ends


def _sequence(
    tokens: Sequence[str], names: Mapping[str, Sequence[str]], words: Callable[[str], Sequence[str]]
) -> tuple[Pattern, Sequence[str]]:
    """The pattern up to what closes or parts it, and the tokens from there on."""
    parts: list[str | Slot] = []
    while tokens and tokens[0] not in {")", "]", "|"}:
        head, tokens = tokens[0], tokens[1:]
        if head in _CLOSING:
            slot, tokens = _slot(_CLOSING[head], tokens, names, words)
            if head == "(" and () in slot:
                raise ValueError("one of several ways consists of fillers only: it would mean anything")
            parts.append((*slot, ()) if head == "[" else slot)
        elif head.startswith("<"):
            if head[1:-1] not in names:
                raise ValueError(f"no list is called {head}")
            parts.append(tuple(parse(each, names, words) for each in names[head[1:-1]]))
        else:
            parts.extend(words(head))
    return tuple(parts), tokens


def _slot(
    closing: str,
    tokens: Sequence[str],
    names: Mapping[str, Sequence[str]],
    words: Callable[[str], Sequence[str]],
) -> tuple[Slot, Sequence[str]]:
    ways: list[Pattern] = []
    while True:
        way, tokens = _sequence(tokens, names, words)
        ways.append(way)
        if not tokens or tokens[0] not in {"|", closing}:
            raise ValueError(f"{closing} is missing")
        closed, tokens = tokens[0] == closing, tokens[1:]
        if closed:
            return tuple(ways), tokens


def _grow(tails: frozenset[tuple[Pattern, str]], grown: dict[frozenset[tuple[Pattern, str]], Node]) -> Node:
    """The node from which these rests of statements go on; equal rests share one node."""
    if tails in grown:
        return grown[tails]
    node = grown[tails] = Node()
    onward: dict[str, set[tuple[Pattern, str]]] = {}
    ended: set[str] = set()
    for pattern, group in tails:
        for word, rest in _heads(pattern):
            if word is None:
                ended.add(group)
            else:
                onward.setdefault(word, set()).add((rest, group))
    node.ends = frozenset(ended)
    node.following = {word: _grow(frozenset(rests), grown) for word, rests in onward.items()}
    return node


def _heads(pattern: Pattern) -> Iterator[tuple[str | None, Pattern]]:
    """The first words of a pattern, each with what is left then; None where it may end at once."""
    if not pattern:
        yield None, ()
        return
    head, rest = pattern[0], pattern[1:]
    if isinstance(head, str):
        yield head, rest
        return
    for way in head:
        yield from _heads((*way, *rest))
