"""Texts that say the same, and whether their labels agree: exact and nearly equal ones.

Nearly equal: MinHash signatures of character 5-grams, banded (Broder, 1997; Leskovec et al., Mining of
Massive Datasets, ch. 3), and a candidate pair counts when its true Jaccard similarity is high. The work
grows with the number of characters: in a band, a text is compared with a few that landed beside it, never
with all.
"""

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

GRAM = 5
BANDS, ROWS = 20, 4  # half of the pairs of similarity .43, nearly all above .65, become candidates
SIMILAR = 0.7
_NEIGHBOURS = 4
_SHORTEST = 20  # characters; below, two texts are alike by being short

Labels = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflicts:
    """How far equal or nearly equal texts have equal labels.

    Attributes:
        clusters: how many sets of such texts there are.
        comments: how many comments are in one.
        emotions_differ: clusters in which not all comments have the same emotions.
        groups_differ: the same for the four groups.
        opposite: clusters with both a positive and a negative comment.
        pairs: how often one comment has the first label and another of its cluster has the second
            instead, by emotion ids in ascending order; each pair counts once in a cluster.
    """

    clusters: int
    comments: int
    emotions_differ: int
    groups_differ: int
    opposite: int
    pairs: Mapping[tuple[int, int], int]


def exact_clusters(texts: Sequence[str]) -> list[list[int]]:
    """Positions of texts that are equal in lower case, two at least."""
    by_text: dict[str, list[int]] = defaultdict(list)
    for position, text in enumerate(texts):
        by_text[text.lower()].append(position)
    return [positions for positions in by_text.values() if len(positions) > 1]


def near_clusters(texts: Sequence[str], *, similar: float = SIMILAR, seed: int = 2020) -> list[list[int]]:
    """Positions of different texts (in lower case) that are nearly equal, joined transitively.

    Of equal texts only the first takes part; texts under 20 characters do not.
    """
    first: dict[str, int] = {}
    for position, text in enumerate(texts):
        if len(text) >= _SHORTEST:
            first.setdefault(text.lower(), position)
    positions = list(first.values())
    grams = [_grams(text) for text in first]
    parent = list(range(len(positions)))
    for one, other in _candidates(grams, seed):
        if _root(parent, one) != _root(parent, other) and jaccard(grams[one], grams[other]) >= similar:
            parent[_root(parent, one)] = _root(parent, other)
    joined: dict[int, list[int]] = defaultdict(list)
    for place, position in enumerate(positions):
        joined[_root(parent, place)].append(position)
    return [members for members in joined.values() if len(members) > 1]


def jaccard(one: npt.NDArray[np.uint64], other: npt.NDArray[np.uint64]) -> float:
    """What two sets (sorted, without repetition) share, of what is in either."""
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / max(len(one) + len(other) - shared, 1)


def conflicts(
    clusters: Sequence[Sequence[int]], emotions: Sequence[Labels], groups: Sequence[Labels]
) -> Conflicts:
    """Whether the comments of each cluster agree; `groups` holds positive as 0 and negative as 1."""
    pairs: Counter[tuple[int, int]] = Counter()
    differ = {"emotions": 0, "groups": 0, "opposite": 0}
    for cluster in clusters:
        sets = {emotions[position] for position in cluster}
        differ["emotions"] += len(sets) > 1
        differ["groups"] += len({groups[position] for position in cluster}) > 1
        differ["opposite"] += {(0,), (1,)} <= {groups[position] for position in cluster}
        pairs.update(_disagreements(sets))
    return Conflicts(
        clusters=len(clusters),
        comments=sum(len(cluster) for cluster in clusters),
        emotions_differ=differ["emotions"],
        groups_differ=differ["groups"],
        opposite=differ["opposite"],
        pairs=dict(pairs.most_common()),
    )


def _disagreements(sets: set[Labels]) -> set[tuple[int, int]]:
    ordered = sorted(sets)
    return {
        (min(one, other), max(one, other))
        for place, ours in enumerate(ordered)
        for theirs in ordered[place + 1 :]
        for one in set(ours) - set(theirs)
        for other in set(theirs) - set(ours)
    }


def _grams(text: str) -> npt.NDArray[np.uint64]:
    squeezed = " ".join(text.split())
    hashes = {zlib.crc32(squeezed[at : at + GRAM].encode()) for at in range(max(1, len(squeezed) - GRAM + 1))}
    return np.array(sorted(hashes), dtype=np.uint64)


def _candidates(grams: Sequence[npt.NDArray[np.uint64]], seed: int) -> Iterator[tuple[int, int]]:
    """Pairs that share a band; in a crowded bucket each is paired with the few before it."""
    if not grams:
        return
    starts = np.cumsum([0, *(len(each) for each in grams[:-1])])
    everything = np.concatenate(list(grams))
    generator = np.random.default_rng(seed)
    for _ in range(BANDS):
        band = np.stack([_minima(everything, starts, generator) for _ in range(ROWS)], axis=1)
        order = np.lexsort(band.T)
        ordered = band[order]
        for step in range(1, _NEIGHBOURS + 1):
            same = (ordered[step:] == ordered[:-step]).all(axis=1)
            yield from zip(order[:-step][same].tolist(), order[step:][same].tolist(), strict=True)


def _minima(
    everything: npt.NDArray[np.uint64], starts: npt.NDArray[np.int64], generator: np.random.Generator
) -> npt.NDArray[np.uint64]:
    # Multiply-shift (Dietzfelbinger et al., 1997): the high half of a product modulo 2^64 is near random.
    factor, offset = (np.uint64(each) for each in generator.integers(1, 1 << 63, size=2))
    mixed = (everything * (factor | np.uint64(1)) + offset) >> np.uint64(32)
    return np.minimum.reduceat(mixed, starts)


def _root(parent: list[int], place: int) -> int:
    while parent[place] != place:
        parent[place] = parent[parent[place]]
        place = parent[place]
    return place
