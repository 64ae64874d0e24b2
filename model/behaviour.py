"""The behavioural suite: what a classifier must be able to do, ignore and follow, case by case.

After CheckList: Ribeiro et al., "Beyond Accuracy: Behavioral Testing of NLP Models", ACL 2020.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from model.behaviour_cases import Capability, Case, Category, Directional, Expectation, Invariance, Labelled
from model.classifier import Classifier
from model.discrimination import auroc, macro_f1
from model.scores import Scores, Thresholds, label_groups

STEP = 0.05
"""How far a score must move in a directional case, …"""
END = 0.1
"""… unless the variant's stands this close to the end that it should move to."""

CALM = "calm_trigger_words"
"""The category of calm texts that sound alarming word by word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many of how many cases passed."""

    passed: int
    total: int

    @property
    def rate(self) -> float:
        """Between 0 and 1; no case is no failure."""
        return self.passed / self.total if self.total else 1.0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(passed=self.passed + other.passed, total=self.total + other.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One case that did not go as it should.

    Attributes:
        wanted: in words, such as "not_negative".
        got: in words, such as "negative, .83".
    """

    category: str
    case: str
    text: str
    wanted: str
    got: str
    locked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryResult:
    """One category; `locked` has no cases unless they were asked for.

    Attributes:
        called_negative: share of its capability texts whose label is negative, in the halves that were run.
        answered: share of them that would be answered (negative, sensitivity normal).
    """

    category: str
    open: Tally
    locked: Tally
    called_negative: float
    answered: float

    @property
    def rate(self) -> float:
        """Of everything that was run."""
        return (self.open + self.locked).rate


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceResult:
    """The labelled texts of one source, which is a category of the suite.

    Attributes:
        auroc: how well the negative score ranks negative texts before others; None without one of either.
        macro_f1: of the label, over the groups that the source has.
        confusion: texts by (label that people gave, label that the classifier gave); only those that occur.
    """

    source: str
    texts: int
    auroc: float | None
    macro_f1: float
    confusion: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """What one classifier did in the suite."""

    version: str
    categories: tuple[CategoryResult, ...]
    sources: tuple[SourceResult, ...]
    failures: tuple[Failure, ...]

    @property
    def tally(self) -> Tally:
        """Over all categories, of everything that was run."""
        return sum((each.open + each.locked for each in self.categories), Tally(passed=0, total=0))


def run(classifier: Classifier, categories: Sequence[Category], *, locked: bool = False) -> Behaviour:
    """Run the open half, and the locked half too when it is asked for. Each text is classified once."""
    chosen = [
        (category.name, case)
        for category in categories
        for case in category.cases
        if locked or not case.locked
    ]
    texts = list(dict.fromkeys(text for _, case in chosen for text in _texts(case)))
    seen = _Seen(
        scores=dict(zip(texts, classifier.classify(texts), strict=True)), lines=classifier.thresholds
    )
    checked = [(name, case, _wrong(case, seen)) for name, case in chosen if not isinstance(case, Labelled)]
    by_source: dict[str, list[Labelled]] = {}
    for name, case in chosen:
        if isinstance(case, Labelled):
            by_source.setdefault(name, []).append(case)
    return Behaviour(
        version=classifier.version,
        categories=tuple(
            _category_result(name, [(case, wrong) for owner, case, wrong in checked if owner == name], seen)
            for name in dict.fromkeys(name for name, _, _ in checked)
        ),
        sources=tuple(_source_result(source, cases, seen) for source, cases in sorted(by_source.items())),
        failures=tuple(
            Failure(
                category=name, case=case.id, text=case.text, wanted=wrong[0], got=wrong[1], locked=case.locked
            )
            for name, case, wrong in checked
            if wrong is not None
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the classifier said about every text."""

    scores: Mapping[str, Scores]
    lines: Thresholds

    def label(self, text: str) -> str:
        return label_groups(self.scores[text], self.lines)[0]

    def answered(self, text: str) -> bool:
        return self.scores[text].negative >= self.lines.reply["negative"]["normal"]

    def met(self, text: str, expectation: Expectation) -> bool:
        if expectation == "answered":
            return self.answered(text)
        if expectation == "not_answered":
            return not self.answered(text)
        if expectation.startswith("not_"):
            return self.label(text) != expectation.removeprefix("not_")
        return self.label(text) == expectation


_Wrong = tuple[str, str] | None
"""What was wanted and what was got; None = all is well."""


def _texts(case: Case) -> tuple[str, ...]:
    return (case.text, case.variant) if isinstance(case, Invariance | Directional) else (case.text,)


def _wrong(case: Capability | Invariance | Directional, seen: _Seen) -> _Wrong:
    if isinstance(case, Capability):
        missed = [expectation for expectation in case.expect if not seen.met(case.text, expectation)]
        got = f"{seen.label(case.text)}, negative {seen.scores[case.text].negative:.2f}"
        return (", ".join(missed), got) if missed else None
    if isinstance(case, Invariance):
        before, after = seen.label(case.text), seen.label(case.variant)
        return None if before == after else (f"{before} for {case.variant!r} too", after)
    before, after = (getattr(seen.scores[text], case.score) for text in (case.text, case.variant))
    if moved(before, after, up=case.direction == "up"):
        return None
    return f"{case.score} {case.direction} for {case.variant!r}", f"from {before:.2f} to {after:.2f}"


def moved(before: float, after: float, *, up: bool) -> bool:
    """Whether a score went up (or down) by `STEP`, or is so near that end that nothing is left to go."""
    return (after - before >= STEP or after > 1 - END) if up else (before - after >= STEP or after < END)


def _category_result(name: str, checked: Sequence[tuple[Case, _Wrong]], seen: _Seen) -> CategoryResult:
    texts = [case.text for case, _ in checked if isinstance(case, Capability)]
    half = partial(_tally, checked)
    return CategoryResult(
        category=name,
        open=half(locked=False),
        locked=half(locked=True),
        called_negative=_share(seen.label(text) == "negative" for text in texts),
        answered=_share(seen.answered(text) for text in texts),
    )


def _tally(checked: Sequence[tuple[Case, _Wrong]], *, locked: bool) -> Tally:
    passes = [wrong is None for case, wrong in checked if case.locked is locked]
    return Tally(passed=sum(passes), total=len(passes))


def _share(wanted: Iterable[bool]) -> float:
    each = list(wanted)
    return sum(each) / len(each) if each else 0.0


def _source_result(source: str, cases: Sequence[Labelled], seen: _Seen) -> SourceResult:
    pairs = [(case.label, seen.label(case.text)) for case in cases]
    return SourceResult(
        source=source,
        texts=len(cases),
        auroc=auroc(
            [case.label == "negative" for case in cases], [seen.scores[case.text].negative for case in cases]
        ),
        macro_f1=macro_f1(pairs),
        confusion=dict(sorted(Counter(pairs).items())),
    )
