"""Which words move the model, over a whole split: by taking them out, and by what company they keep.

Taking a word out shows what it does; the log-odds of the labels show whether the data agree that it should.
"""

import importlib
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

import numpy as np
import numpy.typing as npt

from export.eda.vocabulary import log_odds, words
from export.errors import ExportError
from export.metrics import Array
from export.progress import track
from model.classifier import Classifier
from model.labels import EMOTIONS, GROUPS
from model.scores import Scores

FEWEST = 8
"""Comments that must hold a word: fewer say little, and could give somebody's own words away."""

_SURE = 2.5  # standard errors from 0
_NEGATIVE, _POSITIVE = GROUPS.index("negative"), GROUPS.index("positive")
# Small words that turn or strengthen a feeling: an effect of theirs is grammar, not prejudice.
_GRAMMAR = frozenset(
    {
        "not", "no", "never", "n't", "don't", "can't", "won't", "isn't", "wasn't", "doesn't", "didn't",
        "couldn't", "wouldn't", "shouldn't", "aren't", "ain't", "nor", "without", "but", "so", "very",
        "really", "too", "just", "even",
        "still", "only", "much", "more", "most", "less", "how", "what", "why", "wow",
        "oh", "ah", "aw", "ugh", "yay", "haha", "lol", "lmao", "hahaha", "omg", "wtf", "please", "well",
        "hope", "hopefully", "unfortunately",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What one word does on average.

    Attributes:
        word: in lower case.
        comments: in how many comments it was taken out.
        negative: mean of the probability of `negative` with it, less without it.
        positive: the same of `positive`.
        error: standard error of the larger of the two.
        labels_negative: z-score of the word in comments labelled negative, against the others.
        labels_positive: the same for positive.
        emotional: it is in the lexicon of emotion words, or a word that turns or strengthens a feeling.
    """

    word: str
    comments: int
    negative: float
    positive: float
    error: float
    labels_negative: float
    labels_positive: float
    emotional: bool

    @property
    def size(self) -> float:
        """The larger change, without its sign."""
        return max(abs(self.negative), abs(self.positive))

    @property
    def suspicious(self) -> bool:
        """No emotion word, and yet it surely moves the scores."""
        return not self.emotional and self.size > _SURE * self.error


def word_effects(
    classifier: Classifier,
    texts: Sequence[str],
    truth: Array,
    lexicon: frozenset[str],
    *,
    most_words: int = 800,
    each: int = 6,
    seed: int = 2020,
) -> tuple[Effect, ...]:
    """Take the `most_words` commonest words out of `each` comments that hold them; the largest effect first.

    Args:
        classifier: is called about `most_words * each` times.
        texts: prepared comments.
        truth: their groups, (comments, 4).
        lexicon: words of emotion, in lower case.
        most_words: how many words are looked at.
        each: in how many comments each.
        seed: decides in which.
    """
    rng = random.Random(seed)  # noqa: S311 - a sample, not a secret
    places: dict[str, list[int]] = defaultdict(list)
    for position, text in enumerate(texts):
        for word in sorted(set(words(text))):
            places[word].append(position)
    common = sorted(
        (word for word in places if len(places[word]) >= FEWEST), key=lambda w: (-len(places[w]), w)
    )
    whole: dict[int, Scores] = {}
    changes: dict[str, list[tuple[float, float]]] = {}
    for word in track(common[:most_words], "taking words out"):
        sample = rng.sample(places[word], min(each, len(places[word])))
        changes[word] = [_change(classifier, texts[n], word, whole, n) for n in sample]
    labelled = [_label_scores(texts, truth[:, group]) for group in (_NEGATIVE, _POSITIVE)]
    effects = (_effect(word, rows, labelled, lexicon) for word, rows in changes.items())
    return tuple(sorted(effects, key=lambda effect: -effect.size))


def predictions(classifier: Classifier, texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """Probabilities (comments, 4)."""
    scores = [classifier.classify([text])[0] for text in track(texts, "reading comments")]
    return np.array([[each.groups[group] for group in GROUPS] for each in scores])


def decided(classifier: Classifier, probabilities: Array) -> npt.NDArray[np.float64]:
    """Which groups hold by the released thresholds, 0 or 1."""
    limits = np.array([classifier.thresholds.groups[group] for group in GROUPS])
    return np.asarray(probabilities >= limits, dtype=np.float64)


def without(text: str, word: str) -> str:
    """The text with every occurrence of the word taken out."""
    kept, lowered, start = [], text.lower(), 0
    while (at := lowered.find(word, start)) >= 0 and len(lowered) == len(text):
        end = at + len(word)
        inside = (at > 0 and _in_word(text[at - 1])) or (end < len(text) and _in_word(text[end]))
        kept.append(text[start : end if inside else at])
        start = end
    kept.append(text[start:])
    return " ".join("".join(kept).split())


def emotion_lexicon() -> frozenset[str]:
    """Words of emotion: VADER's (Hutto & Gilbert, 2014), the data's own labels, and small words of grammar.

    Raises:
        ExportError: VADER is not installed.
    """
    try:
        analyzer = importlib.import_module("vaderSentiment.vaderSentiment").SentimentIntensityAnalyzer()
    except ImportError:
        raise ExportError("VADER is not installed. Run: pip install vaderSentiment") from None
    return frozenset(analyzer.lexicon) | frozenset(EMOTIONS) | _GRAMMAR


def _change(
    classifier: Classifier, text: str, word: str, whole: dict[int, Scores], position: int
) -> tuple[float, float]:
    if position not in whole:
        whole[position] = classifier.classify([text])[0]
    left = classifier.classify([without(text, word)])[0]
    return whole[position].negative - left.negative, whole[position].positive - left.positive


def _effect(
    word: str,
    rows: Sequence[tuple[float, float]],
    labelled: Sequence[Mapping[str, float]],
    lexicon: frozenset[str],
) -> Effect:
    negative, positive = ([row[n] for row in rows] for n in (0, 1))
    larger = max((negative, positive), key=lambda values: abs(fmean(values)))
    return Effect(
        word=word,
        comments=len(rows),
        negative=fmean(negative),
        positive=fmean(positive),
        error=stdev(larger) / len(larger) ** 0.5 if len(larger) > 1 else 1.0,
        labels_negative=labelled[0].get(word, 0.0),
        labels_positive=labelled[1].get(word, 0.0),
        emotional=word in lexicon or word.removesuffix("s") in lexicon or word.removesuffix("ing") in lexicon,
    )


def _label_scores(texts: Sequence[str], inside: Array) -> dict[str, float]:
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for text, member in zip(texts, inside, strict=True):
        counts[int(member > 0)].update(words(text))
    return log_odds(counts[1], counts[0]) if all(counts) else {}


def _in_word(character: str) -> bool:
    return character.isalnum() or character in "'_"
