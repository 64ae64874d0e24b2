"""Typographic and polite cues: how far punctuation, capitals, manners and laughter move the scores.

Some of them rightly mean something ("haha"); a full stop or a capital should not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from export.analysis.gaps import answers
from export.analysis.templates import NEGATIVE, NEUTRAL, POSITIVE, filled
from model.classifier import Classifier, label_groups

_WHO, _AM = "my neighbour", "a neighbour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """The effect of one cue on sentences of one kind.

    Attributes:
        cue: its name in `CUES`.
        sentences: neutral, negative or positive.
        negative: mean change of the probability of `negative` against the plain sentence.
        positive: the same of `positive`.
        labels: share of sentences whose label changes.
        answers: share of sentences whose answer (given or not) changes.
    """

    cue: str
    sentences: str
    negative: float
    positive: float
    labels: float
    answers: float


def measure_cues(classifier: Classifier) -> tuple[Cue, ...]:
    """Every cue on each kind of sentence."""
    kinds = {"neutral": NEUTRAL, "negative": NEGATIVE, "positive": POSITIVE}
    return tuple(
        _measured(classifier, cue, kind, [filled(template, who=_WHO, am=_AM) for template in templates])
        for kind, templates in kinds.items()
        for cue in CUES
    )


def _measured(classifier: Classifier, cue: str, kind: str, texts: Sequence[str]) -> Cue:
    plain = classifier.classify(texts)
    marked = classifier.classify([CUES[cue](text) for text in texts])
    pairs = list(zip(plain, marked, strict=True))
    limits = classifier.thresholds
    return Cue(
        cue=cue,
        sentences=kind,
        negative=fmean(after.negative - before.negative for before, after in pairs),
        positive=fmean(after.positive - before.positive for before, after in pairs),
        labels=fmean(label_groups(one, limits)[0] != label_groups(two, limits)[0] for one, two in pairs),
        answers=fmean(answers(classifier, one) != answers(classifier, two) for one, two in pairs),
    )


def _ending(mark: str) -> Callable[[str], str]:
    return lambda text: text.rstrip(".") + mark


def _opening(words: str) -> Callable[[str], str]:
    return lambda text: f"{words} {text[0].lower() if not text.startswith('I ') else 'I'}{text[1:]}"


CUES: Mapping[str, Callable[[str], str]] = {
    "no full stop": _ending(""),
    "!": _ending("!"),
    "!!!": _ending("!!!"),
    "?": _ending("?"),
    "...": _ending("..."),
    "all lower case": str.lower,
    "ALL CAPITALS": str.upper,
    "in quotation marks": lambda text: f'"{text}"',
    "in bold": lambda text: f"**{text}**",
    "a line break": _ending(".\n"),
    "please": _ending(", please."),
    "sir": _ending(", sir."),
    "sorry, but": _opening("Sorry, but"),
    "thanks": _ending(". Thanks."),
    "lol": _ending(" lol"),
    "haha": _ending(" haha"),
    ":)": _ending(" :)"),
    ":(": _ending(" :("),
    "\U0001f642": _ending(" \U0001f642"),
    "\U0001f602": _ending(" \U0001f602"),
    "\U0001f62d": _ending(" \U0001f62d"),
    "/s": _ending(". /s"),
    "edit: typo": _ending(". Edit: typo"),
    "a link": _ending(". https://example.org"),
    "a mention": lambda text: f"@somebody {text}",
}
"""What is done to a sentence, by name."""
