from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from model.behaviour import CALM, Behaviour, Failure, moved, run
from model.behaviour_cases import load_categories
from model.classifier import BaselineClassifier, Scores, Thresholds
from model.discrimination import auroc, macro_f1
from model.errors import ProbesUnreadable
from model.labels import EMOTIONS, GROUPS
from model.scores import REPLY_WHENS, SENSITIVITIES

LABEL_AT, REPLY_AT = 0.5, 0.7


class ListedClassifier:
    """Knows a few texts by heart; each of the others is neutral.

    Args:
        known: by text, the groups that are not 0; "distress" is the chance of sadness.
    """

    version = "listed"
    preprocessing = "none"
    thresholds = Thresholds(
        groups=dict.fromkeys(GROUPS, LABEL_AT),
        reply={when: dict.fromkeys(SENSITIVITIES, REPLY_AT) for when in REPLY_WHENS},
    )

    def __init__(self, known: Mapping[str, Mapping[str, float]]) -> None:
        self._known = known
        self.asked: list[str] = []

    def classify(self, texts: Sequence[str]) -> list[Scores]:
        self.asked += texts
        return [self._scores(self._known.get(text, {"neutral": 0.9})) for text in texts]

    def _scores(self, known: Mapping[str, float]) -> Scores:
        groups = {group: known.get(group, 0.0) for group in GROUPS}
        return Scores(
            groups=groups, emotions=dict.fromkeys(EMOTIONS, 0.0) | {"sadness": known.get("distress", 0.0)}
        )


KNOWN = {
    "glad": {"positive": 0.9, "negative": 0.1},
    "sad": {"negative": 0.8, "distress": 0.6},
    "low": {"negative": 0.6, "distress": 0.2},
    "sadder": {"negative": 0.84, "distress": 0.95},
}


def behaviour(folder: Path, cases: str, *, name: str = "test", locked: bool = False) -> Behaviour:
    (folder / f"{name}.toml").write_text(f'category = "{name}"\nabout = "for a test"\n{cases}', "utf-8")
    return run(ListedClassifier(KNOWN), load_categories(folder), locked=locked)


def case(
    text: str, more: str, *, kind: str = "capability", identity: str = "t-1", locked: bool = False
) -> str:
    return (
        f'[[cases]]\nid = "{identity}"\nkind = "{kind}"\ntext = "{text}"\n'
        f"locked = {str(locked).lower()}\n{more}\n"
    )


@pytest.mark.parametrize(
    ("text", "expect", "passes"),
    [
        ("sad", ["negative"], True),
        ("sad", ["positive"], False),
        ("glad", ["positive", "not_negative", "not_answered"], True),
        ("glad", ["not_positive"], False),
        ("sad", ["not_negative"], False),
        ("sad", ["answered"], True),
        ("low", ["negative", "not_answered"], True),
        ("low", ["answered"], False),
        ("sad", ["not_answered"], False),
        ("low", ["negative", "answered"], False),
        ("whatever", ["neutral"], True),
        ("whatever", ["ambiguous"], False),
    ],
)
def test_a_capability_needs_all_that_is_expected(
    tmp_path: Path, text: str, expect: list[str], passes: bool
) -> None:
    result = behaviour(tmp_path, case(text, f"expect = {expect}"))

    assert result.tally.passed == passes
    assert result.tally.total == 1


@pytest.mark.parametrize(("variant", "passes"), [("low", True), ("glad", False)])
def test_an_invariance_keeps_its_label(tmp_path: Path, variant: str, passes: bool) -> None:
    result = behaviour(tmp_path, case("sad", f'variant = "{variant}"', kind="invariance"))

    assert result.tally.passed == passes


@pytest.mark.parametrize(
    ("text", "variant", "score", "direction", "passes"),
    [
        ("low", "sad", "negative", "up", True),
        ("sad", "low", "negative", "up", False),
        ("sad", "low", "negative", "down", True),
        ("sad", "sadder", "negative", "up", False),
        ("sad", "sadder", "distress", "up", True),
        ("sadder", "sadder", "distress", "up", True),
        ("glad", "sad", "positive", "down", True),
        ("sad", "whatever", "positive", "down", True),
    ],
)
def test_a_direction_is_followed(
    tmp_path: Path, text: str, variant: str, score: str, direction: str, passes: bool
) -> None:
    more = f'variant = "{variant}"\nscore = "{score}"\ndirection = "{direction}"'

    assert behaviour(tmp_path, case(text, more, kind="directional")).tally.passed == passes


@pytest.mark.parametrize(
    ("before", "after", "up", "ok"),
    [
        (0.5, 0.56, True, True),
        (0.5, 0.54, True, False),
        (0.9, 0.91, True, True),
        (0.5, 0.44, False, True),
        (0.5, 0.46, False, False),
        (0.09, 0.09, False, True),
        (0.2, 0.9, False, False),
    ],
)
def test_a_score_moves_far_enough_or_stands_at_its_end(
    before: float, after: float, up: bool, ok: bool
) -> None:
    assert moved(before, after, up=up) is ok


LABELLED = {
    "chats": (
        case("sad", 'label = "negative"', kind="labelled", identity="l-1")
        + case("low", 'label = "neutral"', kind="labelled", identity="l-2")
        + case("glad", 'label = "positive"', kind="labelled", identity="l-3")
    ),
    "posts": case("sadder", 'label = "negative"', kind="labelled", identity="l-4"),
}


def test_labelled_texts_are_counted_by_source_and_never_pass_or_fail(tmp_path: Path) -> None:
    for name, cases in LABELLED.items():
        result = behaviour(tmp_path, cases, name=name)

    assert result.categories == ()
    assert result.failures == ()
    chats, posts = result.sources
    assert (chats.source, chats.texts, posts.source, posts.texts) == ("chats", 3, "posts", 1)
    assert chats.auroc == 1.0
    assert posts.auroc is None
    assert chats.confusion == {
        ("negative", "negative"): 1,
        ("neutral", "negative"): 1,
        ("positive", "positive"): 1,
    }
    assert chats.macro_f1 == pytest.approx((2 / 3 + 0 + 1) / 3)


HALVES = case("sad", 'expect = ["negative"]', identity="h-1") + case(
    "glad", 'expect = ["negative"]', identity="h-2", locked=True
)


def test_the_locked_half_is_not_even_read_unless_asked_for(tmp_path: Path) -> None:
    behaviour(tmp_path, HALVES)
    classifier = ListedClassifier(KNOWN)

    (category,) = run(classifier, load_categories(tmp_path)).categories

    assert classifier.asked == ["sad"]
    assert (category.open.total, category.locked.total, category.rate) == (1, 0, 1.0)


def test_both_halves_are_counted_apart(tmp_path: Path) -> None:
    result = behaviour(tmp_path, HALVES, locked=True)

    (category,) = result.categories
    assert (category.open.rate, category.locked.rate, category.rate) == (1.0, 0.0, 0.5)
    assert result.failures == (
        Failure(
            category="test",
            case="h-2",
            text="glad",
            wanted="negative",
            got="positive, negative 0.10",
            locked=True,
        ),
    )


def test_calm_texts_are_counted_by_what_they_were_called(tmp_path: Path) -> None:
    cases = [
        case(text, 'expect = ["not_negative", "not_answered"]', identity=text)
        for text in ("sad", "low", "glad", "x")
    ]
    cases.append(case("sadder", 'variant = "x"', kind="invariance", identity="i-1"))
    (category,) = behaviour(tmp_path, "".join(cases), name=CALM).categories

    assert (category.called_negative, category.answered, category.rate) == (0.5, 0.25, 0.4)


def test_each_text_is_classified_once(tmp_path: Path) -> None:
    behaviour(
        tmp_path,
        case("sad", 'variant = "low"', kind="invariance")
        + case("sad", "expect = ['negative']", identity="u"),
    )
    classifier = ListedClassifier(KNOWN)

    run(classifier, load_categories(tmp_path))

    assert classifier.asked == ["sad", "low"]


def test_to_the_baseline_nothing_is_calm(tmp_path: Path) -> None:
    behaviour(tmp_path, case("a fine day", 'expect = ["not_negative", "not_answered"]'))

    result = run(BaselineClassifier(), load_categories(tmp_path))

    assert (result.version, result.tally.passed, result.tally.total) == ("baseline", 0, 1)


# ------------------------------------------------------------------ the files


def test_files_of_another_shape_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "crisis.toml").write_text('[[probes]]\ntext = "x"', "utf-8")

    assert load_categories(tmp_path) == ()
    assert load_categories(tmp_path / "nowhere") == ()


@pytest.mark.parametrize(
    ("cases", "says"),
    [
        ("cases = 1", "cases"),
        (case("sad", "expect = []"), "expect"),
        (case("sad", 'expect = ["cheerful"]'), "expect"),
        (case("sad", "", kind="guess"), "cases.0"),
        (case("sad", 'variant = "x"\nscore = "anger"\ndirection = "up"', kind="directional"), "score"),
        (case("sad", 'label = "sad"', kind="labelled"), "label"),
        (case("sad", 'expect = ["negative"]\nnote = "?"'), "note"),
        (case("sad", 'expect = ["negative"]') * 2, "'t-1' stands there twice"),
        ("surprise = 1", "nothing else"),
        ("[[cases", "test.toml"),
    ],
)
def test_a_file_that_makes_no_sense_is_named(tmp_path: Path, cases: str, says: str) -> None:
    with pytest.raises(ProbesUnreadable, match="cannot be read") as caught:
        behaviour(tmp_path, cases)

    assert says in str(caught.value)


def test_a_category_stands_in_one_file(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text('category = "c"\nabout = ""', "utf-8")

    with pytest.raises(ProbesUnreadable, match="category 'c' stands there twice"):
        load_categories(tmp_path)


# ------------------------------------------------------------------ the measures


@pytest.mark.parametrize(
    ("truth", "scores", "expected"),
    [
        ([True, False], [0.9, 0.1], 1.0),
        ([True, False], [0.1, 0.9], 0.0),
        ([True, False], [0.5, 0.5], 0.5),
        ([True, True, False, False], [0.9, 0.3, 0.5, 0.3], 0.625),
        ([True], [0.5], None),
        ([], [], None),
    ],
)
def test_auroc_counts_pairs(truth: list[bool], scores: list[float], expected: float | None) -> None:
    assert auroc(truth, scores) == expected


def test_macro_f1_takes_the_labels_that_the_truth_has() -> None:
    assert macro_f1([]) == 0.0
    assert macro_f1([("a", "a"), ("a", "b"), ("c", "c")]) == pytest.approx((2 / 3 + 1) / 2)
