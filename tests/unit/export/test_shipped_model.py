"""The shipped model on real comments; skips only where the data set is not at hand."""

import numpy as np
import pytest
from goemotions import goemotions

from export.data import Split, load
from export.metrics import POSITIVE, average_precision, binary_macro_f1, macro_f1
from model.labels import GROUPS
from model.onnx import OnnxClassifier
from model.registry import bundled_models, find

COUNT = 500


@pytest.fixture(scope="module")
def dev() -> Split:
    return load(goemotions()).splits["dev"]


def test_the_shipped_model_is_as_good_as_its_card_says(dev: Split) -> None:
    classifier = OnnxClassifier(find("minilm-3", [bundled_models()]))
    scores = classifier.classify([comment.text for comment in dev.comments[:COUNT]])
    groups = np.array([[score.groups[group] for group in GROUPS] for score in scores])
    truth = dev.groups[:COUNT]
    decided = groups >= np.array([classifier.thresholds.groups[group] for group in GROUPS])

    assert binary_macro_f1(truth[:, POSITIVE], decided[:, POSITIVE]) > 0.82
    assert average_precision(truth[:, POSITIVE], groups[:, POSITIVE]) > 0.88
    assert macro_f1(truth, decided) > 0.67
