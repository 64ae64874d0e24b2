"""A long text in windows that the graph can read, and one verdict from theirs.

A window holds as many tokens as the graph takes, the two special ones included. Up to `MAX_WINDOWS` windows
cover a text as a whole, in parts of equal length; of a longer one they take the head, the tail, and what lies
evenly between. So a text costs at most `MAX_WINDOWS` windows, however long it is.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

MAX_WINDOWS = 8

Array = npt.NDArray[np.float32]


def spans(tokens: int, room: int) -> list[tuple[int, int]]:
    """Where the windows of a text with so many `tokens` begin and end, in order.

    At least one window, which is empty where the text is; at most `MAX_WINDOWS`; none longer than `room`.
    While they suffice, every token lies in exactly one window, and windows differ by one token at most.
    Beyond that all are full, the first begins with the text, the last ends with it, and the gaps between them
    are equal (to within one token).
    """
    count = min(max(-(-tokens // room), 1), MAX_WINDOWS)
    if tokens <= count * room:
        edges = [tokens * part // count for part in range(count + 1)]
        return list(pairwise(edges))
    starts = [(tokens - room) * part // (count - 1) for part in range(count)]
    return [(start, start + room) for start in starts]


def combined(scores: Array, unmoved: npt.NDArray[np.bool_]) -> Array:
    """One row of probabilities from those of a text's windows.

    A feeling that fills half of a post is the post's: of the windows, the half counts in which a label is
    likeliest, as a mean. A label that says that nothing is felt counts where it is least likely.

    Args:
        scores: shape (windows, labels).
        unmoved: shape (labels,); which labels say that nothing is felt.

    Returns:
        Shape (labels,); with one window exactly its row.
    """
    if len(scores) == 1:
        only: Array = scores[0]
        return only
    half = (len(scores) + 1) // 2
    ranked = np.sort(scores.astype(np.float64), axis=0)
    # In double precision, so that the rounding leaves a mean of ones at one.
    mean: Array = np.where(unmoved, ranked[:half].mean(axis=0), ranked[-half:].mean(axis=0)).astype(
        np.float32
    )
    return mean
