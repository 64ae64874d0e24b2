from math import log, sqrt

import numpy as np
import pytest

from export.data import Dataset
from export.eda.cleaning import bad_lines, languages, prepared
from export.eda.counts import cooccurrence, label_counts, lengths, lift, mean_by_group, over
from export.eda.drift import chance, drift, jensen_shannon, kolmogorov_smirnov
from export.eda.repetition import conflicts, exact_clusters, near_clusters
from export.eda.vocabulary import (
    FEWEST,
    emoji_by_group,
    emoji_name,
    frequent,
    grams,
    log_odds,
    share_with,
    typical,
    words,
)
from model.labels import EMOTIONS, GROUPS

POSITIVE_ROW, NEGATIVE_ROW = [1.0, 0, 0, 0], [0.0, 1, 0, 0]


def test_labels_are_counted_by_split(sample: Dataset) -> None:
    found = label_counts(sample.splits["train"])

    assert found.comments == 40
    assert sum(found.labels_a_comment.values()) == 40
    assert found.emotions["joy"] == sum(
        EMOTIONS.index("joy") in comment.emotions for comment in sample.splits["train"].comments
    )
    assert tuple(found.groups) == GROUPS


def test_labels_that_meet() -> None:
    labels = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 0], [0, 0, 1]], dtype=np.float32)

    assert cooccurrence(labels)[0].tolist() == pytest.approx([0, 2 / 3, 0])
    assert cooccurrence(labels)[1].tolist() == [1, 0, 0]
    assert lift(labels)[0, 1] == pytest.approx(2 * 4 / (3 * 2))


def test_longer_texts_than_the_histogram_has_room_for_count_in_its_last_step() -> None:
    found = lengths([1, 2, 3, 500], [0, 2, 4, 8])

    assert found.shares == (0.25, 0.5, 0.25)
    assert found.percentiles[100] == 500
    assert over([128, 129], 128) == 1
    assert mean_by_group([2, 4], np.array([POSITIVE_ROW, NEGATIVE_ROW])) == {
        "positive": 2,
        "negative": 4,
        "neutral": 0,
        "ambiguous": 0,
    }


def test_equal_texts_are_found_whatever_their_case() -> None:
    assert exact_clusters(["Thanks!", "no", "thanks!", "THANKS!"]) == [[0, 2, 3]]


def test_nearly_equal_texts_are_found_and_others_are_not() -> None:
    base = "the quick brown fox jumps over the lazy dog by the river every single day"
    texts = [
        base,
        base.replace("lazy", "hazy"),
        "nobody has ever written a sentence like this one about trams and soup",
        base.upper(),  # equal in lower case: exact, not near
        "short",
        "shirt",
    ]
    assert near_clusters(texts) == [[0, 1]]
    assert near_clusters([]) == []


def test_near_repetitions_are_found_among_many_others() -> None:
    generator = np.random.default_rng(4)
    vocabulary = ["".join(map(chr, generator.integers(97, 123, 6))) for _ in range(400)]
    texts = [" ".join(generator.choice(vocabulary, 14)) for _ in range(1500)]
    twins = [text.replace(text.split()[3], "changed", 1) for text in texts[:200]]
    found = near_clusters(texts + twins)

    assert (
        sum(sorted(cluster) == [n, 1500 + n] for n in range(200) for cluster in found if n in cluster) >= 190
    )
    assert all(len(cluster) == 2 for cluster in found)


def test_labels_of_equal_texts_are_compared() -> None:
    emotions = [(17,), (17,), (25,), (0, 17), (27,)]
    groups = [(0,), (0,), (1,), (0,), (2,)]
    found = conflicts([[0, 1], [0, 2], [1, 3]], emotions, groups)

    assert (found.clusters, found.comments) == (3, 6)
    assert (found.emotions_differ, found.groups_differ, found.opposite) == (2, 1, 1)
    assert found.pairs == {(17, 25): 1}


def test_log_odds_by_hand() -> None:
    """Two words, equally frequent overall: the prior gives each half of its weight."""
    found = log_odds({"glad": 30, "the": 70}, {"glad": 10, "the": 90}, prior=20)
    prior_glad = 20 * 40 / 200
    up, down = 30 + prior_glad, 10 + prior_glad
    expected = log(up / (120 - up)) - log(down / (120 - down))
    error = sqrt(1 / up + 1 / (120 - up) + 1 / down + 1 / (120 - down))

    assert found["glad"] == pytest.approx(expected / error)
    assert found["the"] == pytest.approx(-found["glad"])
    assert log_odds({"a": 5, "b": 5}, {"a": 5, "b": 5})["a"] == 0
    assert log_odds({"a": 5}, {"a": 5}) == {"a": 0}


def test_words_that_few_comments_hold_are_never_shown() -> None:
    texts = ["secret happy"] * (FEWEST - 1) + ["happy day"] * FEWEST + ["sad rain"] * FEWEST
    groups = np.array([POSITIVE_ROW] * (2 * FEWEST - 1) + [NEGATIVE_ROW] * FEWEST)
    found = typical(texts, groups)

    assert {each.word for each in found["positive"]} == {"happy", "day"}
    assert found["negative"][0].z > 0
    assert "secret" not in frequent(texts)
    assert found["neutral"] == ()


def test_words_and_pairs() -> None:
    assert words("Don't tell [NAME]: it's 5 o'clock_") == ["don't", "tell", "[name]", "it's", "5", "o'clock"]
    assert grams("so very sad") == ["so", "very", "sad", "so very", "very sad"]


def test_emoji_are_counted_with_their_company() -> None:
    texts = ["\U0001f602\U0001f602"] * FEWEST + ["\U0001f44d\U0001f3fd"] * FEWEST + ["\U0001f622"]
    groups = np.array([POSITIVE_ROW] * FEWEST + [NEGATIVE_ROW] * (FEWEST + 1))
    found = emoji_by_group(texts, groups)

    assert {emoji_name(each): count for each, (count, _) in found.items()} == {
        "face with tears of joy": FEWEST,
        "thumbs up": FEWEST,
    }
    assert found["\U0001f602"][1] == (1, 0, 0, 0)


def test_masks_by_group() -> None:
    groups = np.array([POSITIVE_ROW, POSITIVE_ROW, NEGATIVE_ROW])
    assert share_with(["[NAME] is", "he is", "oh [NAME]"], "[NAME]", groups)["positive"] == 0.5


def test_reasons_of_the_preparation_are_counted() -> None:
    found = prepared(
        [
            "see https://example.org @someone",
            "> quoted\nno",
            "**bold** soooo good",
            "zero\u200bwidth \uff26\uff55\uff4c\uff4c",
            "p\u0430ypal",
            "plain text",
        ]
    )
    assert found.texts == 6
    assert found.changed >= 3
    assert found.emptied == 0
    expected = {
        "links": 1,
        "mentions of people": 1,
        "quoted lines": 1,
        "markup": 1,
        "stretched letters": 1,
        "invisible characters": 1,
        "full-width, stylised": 1,
        "look-alike letters": 1,
        "emoji": 0,
    }
    assert {reason: found.having[reason] for reason in expected} == expected


def test_bad_lines_are_counted_by_what_is_wrong(sample: Dataset) -> None:
    assert sorted(bad_lines(sample)["train"].values()) == [1, 1]
    assert not any("line" in reason.split() for reason in bad_lines(sample)["train"])


def test_the_language_filter_is_asked_for_each_text() -> None:
    def by_accent(text: str) -> str:
        return "en" if text.isascii() else "fr"

    assert languages(["hi", "d\u00e9j\u00e0", "yes"], by_accent) == {"en": 2, "fr": 1}


def test_distances_on_known_cases() -> None:
    assert jensen_shannon([1, 1], [2, 2]) == 0
    assert jensen_shannon([1, 0], [0, 1]) == pytest.approx(1)
    assert kolmogorov_smirnov([1, 2], [1, 2]) == 0
    assert kolmogorov_smirnov([1, 1], [5, 6]) == 1


def test_drift_of_a_text_to_itself_is_none(sample: Dataset) -> None:
    train = sample.splits["train"]
    same = drift(train.texts, train.texts, train.emotions, train.emotions)
    other = drift(train.texts, ["quite other words here"], train.emotions, None)

    assert (same.lengths, same.vocabulary, same.unseen, same.emotions) == (0, 0, 0, 0)
    assert other.vocabulary > 0.5
    assert other.emotions is None
    assert chance(train.texts, train.emotions, 10) == chance(train.texts, train.emotions, 10)
