import pytest

from model.classifier import BaselineClassifier, Classifier, Scores, Thresholds, label_groups
from model.labels import DISTRESS, EMOTIONS, GROUPS
from model.registry import load_classifier

HALVES = Thresholds(groups=dict.fromkeys(GROUPS, 0.5), reply={})


def scores(*, emotions: dict[str, float] | None = None, **groups: float) -> Scores:
    return Scores(
        groups=dict.fromkeys(GROUPS, 0.0) | groups, emotions=dict.fromkeys(EMOTIONS, 0.0) | (emotions or {})
    )


def test_groups_by_name() -> None:
    some = scores(positive=0.1, negative=0.2, neutral=0.3, ambiguous=0.4)

    assert (some.positive, some.negative, some.neutral, some.ambiguous) == (0.1, 0.2, 0.3, 0.4)
    assert some.not_positive == pytest.approx(0.9)


def test_distress_is_that_at_least_one_of_its_emotions_holds() -> None:
    assert scores(emotions={"sadness": 0.5, "fear": 0.5, "anger": 1.0}).distress == pytest.approx(0.75)
    assert scores().distress == 0.0
    assert scores(emotions=dict.fromkeys(DISTRESS, 1.0)).distress == 1.0


def test_the_label_is_the_group_furthest_above_its_threshold() -> None:
    thresholds = Thresholds(groups={**HALVES.groups, "ambiguous": 0.2}, reply={})

    label, groups = label_groups(scores(negative=0.6, ambiguous=0.4, neutral=0.3), thresholds)

    assert label == "ambiguous"
    assert groups == ("negative", "ambiguous")


def test_without_a_group_above_its_threshold_the_likeliest_is_the_label() -> None:
    assert label_groups(scores(neutral=0.4, positive=0.3), HALVES) == ("neutral", ())


def test_a_group_at_its_threshold_holds() -> None:
    assert label_groups(scores(positive=0.5), HALVES) == ("positive", ("positive",))


def test_to_the_baseline_everyone_is_sad() -> None:
    classifier: Classifier = BaselineClassifier()

    happy, empty = classifier.classify(["What a lovely day!", ""])

    assert happy == empty
    assert (happy.negative, happy.not_positive, happy.distress) == (1.0, 1.0, 1.0)
    assert happy.emotions["sadness"] == sum(happy.emotions.values()) == 1.0
    assert label_groups(happy, classifier.thresholds) == ("negative", ("negative",))
    assert classifier.classify([]) == []


def test_the_baseline_needs_no_files() -> None:
    assert load_classifier("baseline", ()).version == "baseline"
