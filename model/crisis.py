"""Does a text say that its author, now, thinks of suicide or self-harm?

A list of statements with guards against figures of speech, not a medical device: it neither diagnoses
nor finds everybody. What it finds gets no ordinary phrase of support. docs/crisis.md has its measures.

A text is read twice: as it was written, and as `fold` hands it over, so that what look-alike characters the
normaliser of `model.preprocess` undoes are undone here too. One walk down a tree of statements starts at each
word, and each statement that is found looks at a few words around it: time grows linearly with the text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from model.crisis_guards import Guards, Statement
from model.crisis_lists import statements
from model.crisis_patterns import Pattern, parse, tree, walk
from model.crisis_words import MAX_READ, Reading, compared, own_words, read
from model.preprocess import preprocess

__all__ = ["MAX_READ", "CrisisGate"]

_CLOSE: Final = 40
"""Words between two cues that together are a statement."""
_EMOJI: Final = "[\\u200d\\u2600-\\u27bf\\ufe0f\\U0001f000-\\U0001faff]"
_EMOJI_WITHOUT_END: Final = re.compile(f"({_EMOJI}{{24}}){_EMOJI}+")
"""Each would be several words to read, and the first of them say what the others say."""
_WHOLE_PHRASES: Final = str.maketrans("\ufdfa\ufdfb", "  ")
"""Two characters that are written out as eighteen and eight, none of them English."""
_FOLDED_AT_ONCE: Final = 2_000
"""Characters: emoji that `preprocess` writes out make a text longer, and its result has an end too."""


class CrisisGate:
    """The list as a yes or no. Keeps nothing of what it reads.

    Args:
        fold: undoes disguises; its result is read beside the text itself.
    """

    def __init__(self, fold: Callable[[str], str] = preprocess) -> None:
        self._fold = fold
        self._root = tree(patterns())
        self._guards = Guards()
        self._alone = statements().alone
        self._cues = statements().cues.keys()

    def __call__(self, text: str) -> bool:
        """Whether the first `MAX_READ` characters hold a statement that no guard lets pass."""
        short = text[:MAX_READ].translate(_WHOLE_PHRASES)
        own = own_words(_EMOJI_WITHOUT_END.sub(r"\1", short))
        if not own.strip():
            return False
        if self._speaks(own):
            return True
        folded = " ".join(map(self._fold, _parts(own)))
        return folded.split() != own.split() and self._speaks(folded)

    def _speaks(self, text: str) -> bool:
        reading = read(text)
        words = [reading.words[index] for index in reading.kept]
        if len(words) == 1 and words[0] in self._alone:
            return True
        cues: list[tuple[int, str]] = []
        for statement in self._statements(reading, words):
            if statement.group in self._cues:
                cues.append((statement.start, statement.group))
            elif not self._guards.let_pass(statement):
                return True
        return _meet(cues)

    def _statements(self, reading: Reading, words: Sequence[str]) -> Iterator[Statement]:
        """Every statement and cue in the order of their first words."""
        # People drop the subject where a text begins: "want to die", "tired of living".
        openings: Iterable[tuple[Sequence[str], Iterable[int]]] = (
            (words, range(len(words))),
            (["i", *words[:20]], (0,)),
            (["i", "am", *words[:20]], (0,)),
        )
        for each, starts in openings:
            added = len(each) - min(len(words), 20) if each is not words else 0
            for start in starts:
                for end, groups in walk(self._root, each, start):
                    first, last = max(start - added, 0), end - added
                    if last <= 0:
                        continue
                    for group in groups:
                        yield Statement(
                            reading=reading,
                            start=reading.kept[first],
                            end=reading.kept[last - 1] + 1,
                            group=group,
                        )


def _parts(text: str) -> Iterator[str]:
    """The text in parts that can be folded one by one, cut between words where there is room."""
    start = 0
    while start < len(text):
        end = start + _FOLDED_AT_ONCE
        if end < len(text):
            end = max(text.rfind(" ", start, end), text.rfind("\n", start, end)) + 1 or end
        yield text[start:end]
        start = end


def _meet(cues: Sequence[tuple[int, str]]) -> bool:
    """Whether two cues of different kinds stand close to each other."""
    last: dict[str, int] = {}
    for position, kind in sorted(cues):
        if any(other != kind and position - where <= _CLOSE for other, where in last.items()):
            return True
        last[kind] = position
    return False


def patterns() -> Iterator[tuple[Pattern, str]]:
    """Every statement with the name of its group."""
    lists = statements()
    for group, lines in {**lists.groups, **lists.cues}.items():
        for line in lines:
            yield parse(line, lists.names, compared), group
