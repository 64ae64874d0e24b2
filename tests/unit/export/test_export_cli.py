import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from export.__main__ import app
from export.behaviour import tables
from model.behaviour import CALM
from model.behaviour import run as run_suite
from model.behaviour_cases import load_suite
from model.classifier import BaselineClassifier

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("step", COMMANDS)
def test_each_step_explains_itself(step: str) -> None:
    result = CliRunner().invoke(app, [step, "--help"], env={"COLUMNS": "100"})

    assert result.exit_code == 0
    assert "--data" in result.output or step in {"behaviour", "crisis", "soup"}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "export", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_a_missing_data_folder_is_one_clear_line(tmp_path: Path) -> None:
    result = run("eda", "--data", str(tmp_path / "nowhere"))

    assert result.returncode == 2
    assert "emotions.txt is missing" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_an_unknown_model_lists_the_known_ones(sample_folder: Path) -> None:
    result = run("evaluate", "--data", str(sample_folder), "--model", "minilm-0")

    assert result.returncode == 2
    assert "baseline, minilm-3" in result.stderr


@pytest.mark.slow
@pytest.mark.training
def test_a_folder_that_cannot_be_written_is_named(sample_folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs the training extra")
    (tmp_path / "file").write_text("in the way")
    result = run("eda", "--data", str(sample_folder), "--out", str(tmp_path / "file"))

    assert result.returncode == 1
    assert str(tmp_path / "file") in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.slow
def test_a_missing_training_extra_is_named(sample_folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['matplotlib'] = None; from export.__main__ import main\n"
        f"sys.argv = ['export', 'eda', '--data', {str(sample_folder)!r}, '--out', {str(tmp_path)!r}]; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "matplotlib is not installed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("version", ["", "../up", "a b", "-x"])
def test_a_version_must_be_a_plain_name(sample_folder: Path, version: str) -> None:
    result = CliRunner().invoke(app, ["onnx", "--data", str(sample_folder), f"--version={version}"])

    assert result.exit_code == 2
    assert "letters" in result.output


def test_a_wrong_split_is_bad_usage(sample_folder: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", "--data", str(sample_folder), "--split", "train"])

    assert result.exit_code == 2


SUITE = """
category = "calm_trigger_words"
about = ""
[[cases]]
id = "c-1"
kind = "capability"
text = "a [fine] day"
locked = false
expect = ["not_negative"]
[[cases]]
id = "c-2"
kind = "capability"
text = "sad"
locked = true
expect = ["negative"]
"""
SOURCE = """
category = "chats"
about = ""
[[cases]]
id = "s-1"
kind = "labelled"
text = "sad"
locked = false
label = "positive"
"""


@pytest.fixture
def suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, content in (("calm", SUITE), ("chats", SOURCE)):
        (tmp_path / f"{name}.toml").write_text(content, "utf-8")
    monkeypatch.setattr("model.behaviour_cases.bundled_probes", lambda: tmp_path)


@pytest.mark.usefixtures("suite")
def test_the_behaviour_of_a_model_is_a_table() -> None:
    shown = CliRunner().invoke(app, ["behaviour", "--model", "baseline", "--failures"])

    assert shown.exit_code == 0, shown.output
    assert "calm_trigger_words" in shown.output
    assert "0/1" in shown.output
    assert "c-1 a [fine] day" in shown.output
    assert "wanted not_negative; got negative" in shown.output
    assert "positive > negative 1" in shown.output


@pytest.mark.usefixtures("suite")
def test_the_behaviour_of_a_model_is_recorded_as_rates(tmp_path: Path) -> None:
    open_half = tables(run_suite(BaselineClassifier(), load_suite(tmp_path)))
    both = tables(run_suite(BaselineClassifier(), load_suite(tmp_path), locked=True))

    assert open_half == {
        "behaviour, open": {CALM: 0.0},
        "behaviour, calm texts": {"called_negative": 1.0, "answered": 1.0},
        "sources, macro-F1 of label": {"chats": 0.0},
    }
    assert both == open_half | {"behaviour, locked": {CALM: 1.0}}
