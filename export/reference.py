"""The drift reference of a release: dev as the int8 graph saw it."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from export.calibrate import distress
from export.data import Split
from export.metrics import Array
from export.tokens import Ids
from model.drift import (
    SCORES,
    TOKEN_EDGES,
    WORD_EDGES,
    Counts,
    Reference,
    ScoreName,
    edge_counts,
    score_counts,
)
from model.labels import GROUPS
from model.language import LanguageFilter
from model.manifest import TOKENIZER

_UNKNOWN = "[UNK]"


def reference(
    outputs: tuple[Array, Array],
    ids: Ids,
    split: Split,
    folder: Path,
    *,
    language_of: Callable[[str], str] | None = None,
) -> Reference:
    """From the graph's probabilities (comments, 4) and (comments, 28) on a split, and its token ids.

    `folder` holds the tokenizer that gave the ids; `language_of` is the language filter, by default ours.
    """
    unknown = Tokenizer.from_file(str(folder / TOKENIZER)).token_to_id(_UNKNOWN)
    languages = map(language_of or LanguageFilter(), (comment.text for comment in split.comments))
    return Reference(
        source=f"GoEmotions {split.name}",
        texts=len(split.comments),
        scores=_scores(*outputs),
        words=edge_counts([len(text.split()) for text in split.texts], WORD_EDGES),
        tokens=edge_counts([len(row) for row in ids], TOKEN_EDGES),
        unknown_tokens=round(float(np.mean([token == unknown for row in ids for token in row])), 6),
        languages=dict(Counter(languages).most_common()),
    )


def _scores(groups: Array, emotions: Array) -> dict[ScoreName, Counts]:
    columns = {group: groups[:, number] for number, group in enumerate(GROUPS)}
    columns["distress"] = distress(emotions)
    return {name: score_counts(np.asarray(columns[name]).tolist()) for name in SCORES}
