"""The wheel as a stranger gets it: built, installed into an empty venv, and used from another folder."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
OURS = ("bot", "model", "migrations")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the backend that pyproject.toml names, from the dev extra: nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel"]
    call(
        [*pip, "--no-deps", "--no-build-isolation", "--no-index", "-w", str(folder), str(REPOSITORY)], folder
    )
    (built,) = folder.glob("*.whl")
    return built


@dataclass(frozen=True, slots=True, kw_only=True)
class Venv:
    """A venv of its own, and another folder in which its commands run."""

    binaries: Path
    folder: Path

    def run(self, *command: str) -> str:
        """What a command of this venv says."""
        return call([str(self.binaries / command[0]), *command[1:]], self.folder)


@pytest.fixture(scope="module")
def venv(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Venv:
    """An empty venv with the wheel, which borrows its dependencies from ours.

    A path in a .pth file is searched last, and .pth files in the folder that it names are not read: our
    own editable installation stays out of sight.
    """
    home = tmp_path_factory.mktemp("venv")
    call([sys.executable, "-m", "venv", "--without-pip", str(home)], home)
    python = str(home / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", f"--python={python}", "install"]
    call([*pip, "--no-deps", "--no-index", "--quiet", str(wheel)], home)
    site = call([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], home).strip()
    borrowed = dict.fromkeys([sysconfig.get_path("purelib"), sysconfig.get_path("platlib")])
    Path(site, "borrowed.pth").write_text("\n".join(borrowed))
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    return Venv(binaries=home / "bin", folder=elsewhere)


def call(command: list[str], folder: Path) -> str:
    """Run it there, with nothing of our environment that could lend it our code."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SOLACE_", "PYTHON", "COV_", "PIP_"))
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, check=False, timeout=120, text=True
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_it_holds_what_serves_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == set(OURS)
    (license_text,) = (name for name in names if name.endswith("/LICENSE"))
    assert ".dist-info/" in license_text
    assert not [name for name in names if "__pycache__" in name or name.endswith((".db", ".env", ".key"))]


def test_it_holds_every_file_that_the_program_reads(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {
        str(path.relative_to(REPOSITORY))
        for package in OURS
        for path in (REPOSITORY / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert wanted <= names
    assert {
        f"model/artifacts/minilm-3/{name}" for name in ("model.onnx", "manifest.json", "tokenizer.json")
    } <= names


def test_it_is_the_wheel_that_is_imported(venv: Venv) -> None:
    told = venv.run("python", "-c", "import bot, model, migrations as m; print(bot, model, m, sep='\\n')")
    for line in told.splitlines():
        assert str(venv.binaries.parent) in line
        assert str(REPOSITORY) not in line


def test_it_migrates_and_classifies_from_another_folder(venv: Venv) -> None:
    assert venv.run("solace", "--version").startswith("solace ")
    assert "to revision" in venv.run("solace", "db", "migrate")
    assert (venv.folder / "data" / "solace.db").exists()

    comments = venv.folder / "comments.txt"
    comments.write_text("I feel so alone today, nothing helps.\nWhat a lovely day, thank you all!\n")
    sad, happy = map(json.loads, venv.run("solace", "classify", "--json", str(comments)).splitlines())
    assert (sad["label"], sad["would_reply"]) == ("negative", True)
    assert (happy["label"], happy["would_reply"]) == ("positive", False)
    assert sad["model"] == "minilm-3"
