"""What the model has to beat: everyone-is-sad, VADER tuned on dev, words and characters in a linear model.

Each gives scores (comments, 4) for dev and test; where a baseline has no opinion on a group, zeros.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

from export.calibrate import temperature
from export.data import Dataset, Split
from export.errors import ExportError
from export.metrics import Array
from export.progress import track
from model.labels import GROUPS

# The best of a search on dev (grams, counts, raw or prepared texts, C from .5 to 4), which was flat.
_WORDS = {"ngram_range": (1, 2), "min_df": 2, "token_pattern": r"(?u)\w+|[^\w\s]"}
_CHARACTERS = {"analyzer": "char_wb", "ngram_range": (2, 5), "min_df": 3}
_C = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """A name for the table, its scores, and what they allow.

    Attributes:
        tuned: its thresholds are chosen on dev; otherwise it decides at one half.
        four_groups: it has scores for all groups, not for one.
    """

    name: str
    dev: Array
    test: Array
    tuned: bool
    four_groups: bool


def everyone_is_sad(data: Dataset) -> Baseline:
    """Version 0 of the bot."""

    def sad(split: Split) -> Array:
        scores = np.zeros((len(split.comments), len(GROUPS)))
        scores[:, GROUPS.index("negative")] = 1.0
        return scores

    dev, test = sad(data.splits["dev"]), sad(data.splits["test"])
    return Baseline(name="everyone is sad", dev=dev, test=test, tuned=False, four_groups=True)


def vader(data: Dataset) -> Baseline:
    """VADER's compound score (Hutto & Gilbert, 2014), on the published texts, as `positive`."""
    try:
        analyzer = importlib.import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    except ImportError:
        raise ExportError("VADER is not installed. Run: pip install vaderSentiment") from None

    def scores(split: Split) -> Array:
        found = np.zeros((len(split.comments), len(GROUPS)))
        compounds = [analyzer.polarity_scores(comment.text)["compound"] for comment in split.comments]
        found[:, GROUPS.index("positive")] = (np.array(compounds) + 1) / 2
        return found

    dev, test = scores(data.splits["dev"]), scores(data.splits["test"])
    return Baseline(name="VADER, tuned on dev", dev=dev, test=test, tuned=True, four_groups=False)


def words_and_characters(data: Dataset) -> Baseline:
    """TF-IDF of words and punctuation (1-2) and of characters (2-5), a logistic regression for each group.

    Calibrated like the model: a temperature for each group, fitted on dev.
    """
    train, dev, test = (data.splits[name] for name in ("train", "dev", "test"))
    vectorizer = FeatureUnion(
        [
            ("words", TfidfVectorizer(sublinear_tf=True, **_WORDS)),
            ("characters", TfidfVectorizer(sublinear_tf=True, **_CHARACTERS)),
        ]
    )
    features = vectorizer.fit_transform(train.texts)
    regressions = [
        LogisticRegression(C=_C, solver="liblinear", tol=0.001).fit(features, train.groups[:, group])
        for group in track(range(len(GROUPS)), "TF-IDF + logistic regression")
    ]

    def logits(split: Split) -> Array:
        sparse = vectorizer.transform(split.texts)
        return np.stack([regression.decision_function(sparse) for regression in regressions], axis=1)

    of_dev, of_test = logits(dev), logits(test)
    scale = np.array([temperature(of_dev[:, group], dev.groups[:, group]) for group in range(len(GROUPS))])
    return Baseline(
        name="TF-IDF + logistic regression",
        dev=_sigmoid(of_dev / scale),
        test=_sigmoid(of_test / scale),
        tuned=True,
        four_groups=True,
    )


def _sigmoid(logits: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-logits)))


BASELINES: tuple[Callable[[Dataset], Baseline], ...] = (everyone_is_sad, vader, words_and_characters)
