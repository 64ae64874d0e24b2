"""What the manifest's drift reference counts; needs the training extra."""

from pathlib import Path

import numpy as np
import pytest

from export.data import Dataset
from model.drift import SCORES, TOKEN_EDGES, WORD_EDGES, edge_counts
from model.labels import EMOTIONS, GROUPS

pytest.importorskip("torch", reason="needs the training extra")

pytestmark = pytest.mark.training


def test_a_reference_counts_scores_lengths_unknown_tokens_and_languages(
    sample: Dataset, tiny_encoder: Path
) -> None:
    from export.reference import reference  # noqa: PLC0415 - needs torch
    from export.tokens import encode, load_tokenizer  # noqa: PLC0415 - needs torch

    dev = sample.splits["dev"]
    count = len(dev.comments)
    tokenizer = load_tokenizer(tiny_encoder, 32)
    unknown = tokenizer.get_vocab()["[UNK]"]
    ids = encode(tokenizer, dev.texts)
    ids[0] = [2, unknown, unknown, 3]
    groups = np.full((count, len(GROUPS)), 0.99)
    groups[:, GROUPS.index("negative")] = np.linspace(0, 0.9, count)

    found = reference(
        (groups, np.zeros((count, len(EMOTIONS)))),
        ids,
        dev,
        tiny_encoder,
        language_of=lambda text: "en" if text != dev.comments[0].text else "und",
    )

    assert (found.source, found.texts) == ("GoEmotions dev", count)
    assert found.scores.keys() == set(SCORES)
    assert found.scores["positive"][-1] == found.scores["distress"][0] == count
    assert [found.scores["negative"][number] for number in (0, 2, 18)] == [1, 1, 1]
    assert found.words == edge_counts([len(text.split()) for text in dev.texts], WORD_EDGES)
    assert found.tokens == edge_counts([len(row) for row in ids], TOKEN_EDGES)
    tokens = [token for row in ids for token in row]
    assert found.unknown_tokens == pytest.approx(tokens.count(unknown) / len(tokens), abs=1e-6)
    assert tokens.count(unknown) >= 2
    assert found.languages == {"en": count - 1, "und": 1}
