"""The pages: whole, self-contained, and without anybody's words. They need the training extra."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from export.data import Dataset
from export.palette import DARK, LIGHT
from export.webpage import Section, page, table, tiles
from model.classifier import BaselineClassifier, Classifier
from model.labels import EMOTIONS, GROUPS

pytestmark = pytest.mark.training

VOID = {"meta", "br", "path", "use", "link"}


class Checked(HTMLParser):
    """Follows the tags; remembers ids, links inside the page, and whatever would be fetched."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.inside: list[str] = []
        self.fetched: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self._note(dict(attrs))

    def handle_startendtag(self, _: str, attrs: list[tuple[str, str | None]]) -> None:
        self._note(dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def _note(self, attributes: dict[str, str | None]) -> None:
        if attributes.get("id"):
            self.ids.append(str(attributes["id"]))
        for name in ("href", "xlink:href", "src"):
            target = attributes.get(name)
            if target:
                (self.inside if target.startswith("#") else self.fetched).append(target)


def check(html: str) -> None:
    """Well formed, every id once, every link inside the page, every colour a variable with two themes."""
    found = Checked(html)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.inside} <= set(found.ids)
    assert found.fetched == []
    assert "<script" not in html
    assert "url(http" not in html
    assert set(re.findall(r"var\(--([\w-]+)\)", html)) <= LIGHT.keys() == DARK.keys()
    drawn = "".join(re.findall(r"<svg.*?</svg>", html, re.DOTALL))
    assert re.findall(r"(?:fill|stroke): #\w+", drawn) == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, sample_folder: Path) -> Path:
    """What `python -m export eda` leaves for the sample and two unlabelled comments."""
    pytest.importorskip("matplotlib", reason="needs the training extra")
    pytest.importorskip("sklearn", reason="needs the training extra")
    from export.__main__ import app  # noqa: PLC0415 - once it is known that it can run

    out = tmp_path_factory.mktemp("eda")
    (out / "street.csv").write_text("id,body\n1,the tram was late\n2,nobody minded the rain\n")
    command = ["eda", "--data", sample_folder, "--comments", out / "street.csv", "--out", out]
    result = CliRunner().invoke(app, [str(part) for part in command])
    assert result.exit_code == 0, result.output
    assert "eda.html" in result.output
    return out


def test_the_look_at_the_data_is_one_whole_page(folder: Path) -> None:
    html = (folder / "eda.html").read_text("utf-8")

    check(html)
    for key in (
        "labels",
        "company",
        "lengths",
        "repetition",
        "hard",
        "words",
        "emoji",
        "masks",
        "language",
        "cleaning",
        "drift",
    ):
        assert f'<section id="{key}">' in html
    assert html.count("<svg") >= 15
    assert "prefers-color-scheme:dark" in html
    assert 'name="viewport"' in html


def test_neither_page_nor_numbers_hold_a_comment(folder: Path, sample: Dataset) -> None:
    text = (folder / "eda.html").read_text("utf-8") + (folder / "eda.json").read_text("utf-8")
    held = [c.text for split in sample.splits.values() for c in split.comments if len(c.text.split()) > 2]

    assert len(held) > 50
    assert [comment for comment in [*held, "the tram was late"] if comment in text] == []


def test_the_numbers_stand_beside_the_page(folder: Path) -> None:
    numbers: dict[str, Any] = json.loads((folder / "eda.json").read_text("utf-8"))

    assert numbers["overview"]["comments"] == {"train": 40, "dev": 10, "test": 10, "street": 2}
    assert numbers["cleaning"]["removed_from_train"] == {"dev": 1, "test": 1}
    assert set(numbers["labels"]["train"]["emotions"]) == set(EMOTIONS)
    assert set(numbers["hard"]["confusion"]) == set(GROUPS)
    assert set(numbers["drift"]) == {"dev", "test", "street", "by chance"}


def test_what_reads_like_markup_is_shown_as_text() -> None:
    section = Section(
        key="a",
        title="<b>",
        lead="<i>&",
        parts=[table(["<h>"], [["<td>"]]), tiles([("<1", "<2")])],
        numbers={},
    )
    html = page("<title>", "<lead>", [section])

    check(html)
    assert "&lt;td&gt;" in html
    assert "<i>" not in html


def test_the_look_at_the_model_is_one_whole_page(
    prejudiced: Classifier, sample: Dataset, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib", reason="needs the training extra")
    from export.analysis import report  # noqa: PLC0415

    path = report.analyse(prejudiced, sample.splits["train"], tmp_path, report.Effort(words=30, each=3))
    html = path.read_text("utf-8")
    numbers = json.loads((tmp_path / "analysis.json").read_text("utf-8"))

    check(html)
    for key in ("identities", "cues", "words", "predicted"):
        assert f'<section id="{key}">' in html
    assert numbers["model"] == "prejudiced"
    assert len(numbers["identities"]["gaps"]) > 80
    assert not any(comment.text in html for comment in sample.splits["train"].comments)


def test_a_model_that_never_changes_its_mind_has_no_gaps(sample: Dataset, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the training extra")
    from export.analysis import report  # noqa: PLC0415

    report.analyse(BaselineClassifier(), sample.splits["dev"], tmp_path, report.Effort(words=5, each=2))
    numbers = json.loads((tmp_path / "analysis.json").read_text("utf-8"))

    assert numbers["identities"]["large"] == 0
    assert numbers["words"]["suspicious"] == []
    assert {cue["labels"] for cue in numbers["cues"]["cues"]} == {0}


def test_a_fold_never_holds_only_one_of_two_equal_texts(sample: Dataset) -> None:
    pytest.importorskip("sklearn", reason="needs the training extra")
    from export.eda.disagreement import folds_of, out_of_fold  # noqa: PLC0415

    texts = ["Same", "other", "same", "third"] * 20
    folds = folds_of(texts, 4, 1)
    assert len({folds[n] for n, text in enumerate(texts) if text.lower() == "same"}) == 1
    assert out_of_fold(sample.splits["train"]).shape == (40, len(GROUPS))


def test_disagreement_by_hand() -> None:
    from export.eda.disagreement import disagreement  # noqa: PLC0415

    groups = np.array([[1.0, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]])
    emotions = np.zeros((3, len(EMOTIONS)))
    emotions[0, EMOTIONS.index("joy")] = emotions[1:, EMOTIONS.index("anger")] = 1
    said = np.array([[0.9, 0.1, 0, 0], [0.95, 0.2, 0, 0], [0.1, 0.6, 0, 0]])
    found = disagreement(groups, emotions, said)

    assert (found.comments, found.sure, found.sure_wrong) == (3, 2, 1)
    assert found.pairs.tolist()[1] == [1, 0, 0, 0]
    assert found.confusion.tolist()[:2] == [[1, 0, 0, 0], [0.5, 0.5, 0, 0]]
    assert (found.by_emotion["joy"], found.by_emotion["anger"]) == (0, 0.5)
    assert found.at_risk["positive"] == pytest.approx(1 / 3)


@pytest.mark.slow
def test_looking_needs_no_torch() -> None:
    pytest.importorskip("matplotlib", reason="needs the training extra")
    code = "import sys, export.eda.report, export.analysis.report; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "False\n", done.stderr
