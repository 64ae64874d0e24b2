import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from export.__main__ import app


@pytest.mark.parametrize("step", ["eda", "train", "onnx", "evaluate", "analyse", "all"])
def test_each_step_explains_itself(step: str) -> None:
    result = CliRunner().invoke(app, [step, "--help"], env={"COLUMNS": "100"})

    assert result.exit_code == 0
    assert "--data" in result.output


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
    assert "baseline, minilm-1" in result.stderr


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
