"""Released models by version: the bundled ones, and those that an operator promoted."""

from collections.abc import Callable, Sequence
from pathlib import Path

from model.classifier import BASELINE, BaselineClassifier, Classifier
from model.errors import UnknownModel
from model.onnx import OnnxClassifier
from model.preprocess import preprocess

DEFAULT = "minilm-3"
"""The bundled version that is used where nobody chose or promoted another."""


def bundled_models() -> Path:
    """The read-only folder of models that came with the program."""
    return Path(__file__).parent / "artifacts"


def versions(directories: Sequence[Path]) -> tuple[str, ...]:
    """Every version that can be loaded by name, sorted, the baseline among them.

    A directory that does not exist holds none.
    """
    found = {folder.name for folder in _folders(directories) if not folder.name.startswith(".")}
    return tuple(sorted(found | {BASELINE}))


def find(version: str, directories: Sequence[Path]) -> Path:
    """The folder of a released model; where several directories hold it, the first one's.

    A version is found by its folder's name; `verify` makes sure that the manifest says the same.

    Raises:
        UnknownModel: none of them has it.
    """
    known = versions(directories)
    if version in known:
        for folder in _folders(directories):
            if folder.name == version:
                return folder
    raise UnknownModel(version, known)


def load_classifier(
    version: str, directories: Sequence[Path], *, prepare: Callable[[str], str] = preprocess
) -> Classifier:
    """The classifier of that version, ready to use; `baseline` needs no files and prepares nothing.

    Raises:
        ModelError: there is no such version, or its files are missing or damaged.
    """
    if version == BASELINE:
        return BaselineClassifier()
    return OnnxClassifier(find(version, directories), prepare=prepare)


def _folders(directories: Sequence[Path]) -> list[Path]:
    return [
        folder
        for directory in directories
        if directory.is_dir()
        for folder in sorted(directory.iterdir())
        if folder.is_dir()
    ]
