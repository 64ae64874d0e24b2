"""Words: which belong to a class, which emoji, which masks. Counts of five comments at least, no text."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, sqrt

import emoji

from export.metrics import Array
from model.labels import GROUPS

FEWEST = 5
"""What fewer comments hold is never shown: it could be somebody's own words."""

PRIOR = 5_000.0
"""Words that the prior is worth: a word is believed to be special after more evidence than that."""

_NOTHING = 1e-9  # what is left of a vocabulary of one word
_WORD = re.compile(r"\[[a-z]+\]|[^\W_]+(?:'[^\W_]+)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typical:
    """A word's place in one class.

    Attributes:
        word: in lower case; two words have a space between them.
        z: the log-odds ratio over its standard error; above 1.96, more than chance.
        count: how often the class has it.
        elsewhere: how often the others have it.
    """

    word: str
    z: float
    count: int
    elsewhere: int


def words(text: str) -> list[str]:
    """The words of a prepared text in lower case; masks such as [name] are words."""
    return [found.lower() for found in _WORD.findall(text)]


def grams(text: str) -> list[str]:
    """Its words, and its pairs of neighbouring words."""
    single = words(text)
    return [*single, *(f"{one} {two}" for one, two in pairwise(single))]


def frequent(texts: Sequence[str], split: Callable[[str], list[str]] = words) -> dict[str, int]:
    """In how many texts each word stands, for those in at least `FEWEST`."""
    counted = Counter(word for text in texts for word in set(split(text)))
    return {word: count for word, count in counted.items() if count >= FEWEST}


def log_odds(ours: Mapping[str, int], others: Mapping[str, int], *, prior: float = PRIOR) -> dict[str, float]:
    """z-scores of each word: how much more `ours` uses it than `others`.

    Log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi & Quinn, "Fightin' Words", Political
    Analysis 2008, eq. 15 to 21, with the whole variance); the prior has the shape of both together and the
    weight of `prior` words.
    """
    total_ours, total_others = sum(ours.values()), sum(others.values())
    total = total_ours + total_others
    scores = {}
    for word in ours.keys() | others.keys():
        one, other = ours.get(word, 0), others.get(word, 0)
        belief = prior * (one + other) / total
        up, down = one + belief, other + belief
        rest, remainder = (
            max(each, _NOTHING) for each in (total_ours + prior - up, total_others + prior - down)
        )
        ratio = log(up / rest) - log(down / remainder)
        scores[word] = ratio / sqrt(1 / up + 1 / rest + 1 / down + 1 / remainder)
    return scores


def typical(
    texts: Sequence[str],
    groups: Array,
    *,
    top: int = 20,
    split: Callable[[str], list[str]] = words,
) -> dict[str, tuple[Typical, ...]]:
    """By group, the words that set its comments apart from those without it, the strongest first.

    `groups` is (texts, 4), of 0 and 1. Only words in at least `FEWEST` texts of the group.
    """
    shown = frequent(texts, split)
    rows = [[word for word in split(text) if word in shown] for text in texts]
    return {group: _of_group(rows, (groups[:, n] > 0).tolist(), top) for n, group in enumerate(GROUPS)}


def _of_group(rows: Sequence[Sequence[str]], inside: Sequence[bool], top: int) -> tuple[Typical, ...]:
    ours: Counter[str] = Counter()
    others: Counter[str] = Counter()
    holding: Counter[str] = Counter()
    for row, member in zip(rows, inside, strict=True):
        (ours if member else others).update(row)
        if member:
            holding.update(set(row))
    scores = log_odds(ours, others) if ours and others else {}
    best = sorted((word for word in scores if holding[word] >= FEWEST), key=lambda word: -scores[word])
    return tuple(
        Typical(word=word, z=round(scores[word], 2), count=ours[word], elsewhere=others[word])
        for word in best[:top]
    )


def emoji_in(text: str) -> list[str]:
    """The emoji of a text as published, each with its modifiers removed."""
    if text.isascii():
        return []
    found = (match["emoji"] for match in emoji.emoji_list(text))
    return [re.sub("[\U0001f3fb-\U0001f3ff\ufe0f]", "", each) for each in found]


def emoji_by_group(texts: Sequence[str], groups: Array) -> dict[str, tuple[int, tuple[float, ...]]]:
    """For each emoji in at least `FEWEST` texts: how many have it, and the share of them in each group."""
    counts: Counter[str] = Counter()
    sums: dict[str, Array] = {}
    for text, row in zip(texts, groups, strict=True):
        for each in set(emoji_in(text)):
            counts[each] += 1
            sums[each] = sums.get(each, 0) + row
    return {
        each: (count, tuple((sums[each] / count).tolist()))
        for each, count in counts.most_common()
        if count >= FEWEST
    }


def emoji_name(each: str) -> str:
    """How it is called in English."""
    return emoji.demojize(each, delimiters=("", "")).replace("_", " ")


def share_with(texts: Sequence[str], mark: str, groups: Array) -> dict[str, float]:
    """The share of each group's texts that hold the mark, such as [NAME]."""
    holding = [mark in text for text in texts]
    inside = groups.sum(axis=0)
    having = holding @ groups
    return {group: float(having[n] / max(inside[n], 1)) for n, group in enumerate(GROUPS)}
