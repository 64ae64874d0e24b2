"""What the released model looks at: words, identities, cues. One HTML page, and the same numbers as JSON.

The risk is called spurious correlations: a model that has learned who is sad in the data, and not what
sadness sounds like.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from export.analysis.cues import measure_cues
from export.analysis.gaps import measure_gaps
from export.analysis.sections import identities, influences, manners, predicted_words
from export.analysis.words import decided, emotion_lexicon, predictions, word_effects
from export.data import Split
from export.eda.vocabulary import typical
from export.webpage import page
from model.classifier import Classifier

REPORT, NUMBERS = "analysis.html", "analysis.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is computed.

    Attributes:
        comments: of the split are read, from its beginning; None for all.
        words: the commonest so many are taken out.
        each: of so many comments each.
        seed: decides of which.
    """

    comments: int | None = None
    words: int = 800
    each: int = 6
    seed: int = 2020


def analyse(
    classifier: Classifier,
    split: Split,
    out: Path,
    effort: Effort = Effort(),
) -> Path:
    """Write `out/analysis.html` and `out/analysis.json`; gives the page's path.

    Raises:
        ExportError: the lexicon of emotion words (VADER) is not installed.
    """
    lexicon = emotion_lexicon()
    texts, truth = split.texts[: effort.comments], split.groups[: effort.comments]
    called = decided(classifier, predictions(classifier, texts))
    effects = word_effects(
        classifier, texts, truth, lexicon, most_words=effort.words, each=effort.each, seed=effort.seed
    )
    sections = [
        identities(measure_gaps(classifier)),
        manners(measure_cues(classifier)),
        influences(effects, classifier.version),
        predicted_words(typical(texts, called), typical(texts, truth)),
    ]
    lead = f"{classifier.version}, looked at from outside: what moves its scores, and what should not."
    out.mkdir(parents=True, exist_ok=True)
    numbers = {"model": classifier.version, **{section.key: section.numbers for section in sections}}
    (out / NUMBERS).write_text(json.dumps(numbers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    path = out / REPORT
    path.write_text(page("What the model looks at", lead, sections), encoding="utf-8")
    return path
