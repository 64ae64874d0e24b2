"""Where a model is sure and the label differs: hard comments, and wrong labels, as counts.

For the training split the model is a plain one, trained on the other folds, so that it has never seen the
comment it judges. Needs scikit-learn (training extra).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from export.data import Split
from export.metrics import Array
from model.labels import EMOTIONS, GROUPS

SURE = 0.85
FOLDS = 4
_C = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """How a model's group fits the labels, over comments.

    Attributes:
        comments: how many were judged.
        confusion: by labelled group (row), the share of its comments whose most likely group is the column.
        sure: on how many comments the model gives a group at least `SURE`.
        sure_wrong: on how many of these the label has another group instead.
        pairs: of the latter, by labelled group (row) and the model's (column).
        by_emotion: share of each emotion's comments on which the model is sure of a group that they lack.
        at_risk: estimated share of wrong labels by group (confident learning: Northcutt et al., 2021):
            comments without the group whose probability is above the mean of those that have it.
    """

    comments: int
    confusion: npt.NDArray[np.float64]
    sure: int
    sure_wrong: int
    pairs: npt.NDArray[np.int64]
    by_emotion: Mapping[str, float]
    at_risk: Mapping[str, float]


def disagreement(groups: Array, emotions: Array, probabilities: Array, *, sure: float = SURE) -> Disagreement:
    """From truth (comments, 4) and (comments, 28), and a model's probabilities (comments, 4)."""
    said = probabilities.argmax(axis=1)
    chosen = np.eye(len(GROUPS))[said]
    certain = probabilities.max(axis=1) >= sure
    wrong = certain & (groups[np.arange(len(groups)), said] == 0)
    means = [
        float(probabilities[groups[:, n] > 0, n].mean()) if groups[:, n].any() else 1.0 for n in range(4)
    ]
    return Disagreement(
        comments=len(groups),
        confusion=(groups.T @ chosen) / np.maximum(groups.sum(axis=0), 1)[:, None],
        sure=int(certain.sum()),
        sure_wrong=int(wrong.sum()),
        pairs=np.asarray(np.rint(groups[wrong].T @ chosen[wrong]), dtype=np.int64),
        by_emotion={
            name: float(wrong[emotions[:, n] > 0].mean()) if emotions[:, n].any() else 0.0
            for n, name in enumerate(EMOTIONS)
        },
        at_risk={
            name: float(((groups[:, n] == 0) & (probabilities[:, n] >= means[n])).mean())
            for n, name in enumerate(GROUPS)
        },
    )


def out_of_fold(split: Split, *, folds: int = FOLDS, seed: int = 2020) -> npt.NDArray[np.float64]:
    """Probabilities (comments, 4) of TF-IDF words and pairs with logistic regression, each from other folds.

    Equal texts share a fold, so that none is judged by its twin.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - takes seconds
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    texts, truth = split.texts, split.groups
    pattern = r"(?u)\w+|[^\w\s]"
    vectorizer = TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), min_df=2, token_pattern=pattern)
    features = vectorizer.fit_transform(texts)  # words and how rare they are: no label is looked at
    fold_of = folds_of(texts, folds, seed)
    found = np.zeros((len(texts), len(GROUPS)))
    for fold in range(folds):
        inside = fold_of == fold
        for group in range(len(GROUPS)):
            answers = truth[~inside, group]
            if answers.min() == answers.max():  # nothing to learn from in a very small sample
                found[inside, group] = answers.mean()
                continue
            regression = LogisticRegression(C=_C, solver="liblinear", tol=0.01)
            regression.fit(features[~inside], answers)
            found[inside, group] = regression.predict_proba(features[inside])[:, 1]
    return found


def folds_of(texts: list[str], folds: int, seed: int) -> npt.NDArray[np.int64]:
    """A fold for each text, equal texts (in lower case) in the same one."""
    numbers: dict[str, int] = {}
    first = np.array([numbers.setdefault(text.lower(), len(numbers)) for text in texts])
    return np.asarray(np.random.default_rng(seed).integers(folds, size=len(numbers))[first])
