"""The manifest of a released model: what it is, how it was made, what it decides by, and its checksums."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from model.drift import Reference
from model.errors import (
    ManifestUnreadable,
    MisnamedModel,
    ModelFileDamaged,
    ModelFileMissing,
    UnsupportedPreprocessing,
)
from model.labels import EMOTIONS, GROUPS
from model.preprocess import PREPROCESSING_VERSION
from model.scores import REPLY_WHENS, SENSITIVITIES, ReplyWhen, Sensitivity

MANIFEST = "manifest.json"
GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
CARD = "MODEL_CARD.md"
FILES = (GRAPH, TOKENIZER, CARD)
"""What every release has besides its manifest."""

_CHUNK = 1 << 20

Probability = Annotated[float, Field(ge=0, le=1)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
PlainName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Temperatures(_Frozen):
    """What the graph divides its logits by, and the offsets that it adds; written here for the reader."""

    groups: Mapping[str, float]
    emotions: float
    offsets: Mapping[str, float] = Field(default_factory=dict)


class TrainingData(_Frozen):
    """What the model was trained and chosen on: `counts` by split, after `removed` left train."""

    name: str
    sha256: Sha256
    counts: Mapping[str, int]
    removed: Mapping[str, int]


class Manifest(_Frozen):
    """One release.

    Attributes:
        labels: the order of the graph's two outputs.
        max_tokens: what one window holds; longer texts are read in several, see `model.windows`.
        preprocessing: the `PREPROCESSING_VERSION` that it was trained with.
        group_thresholds: best F1 on dev, by group.
        reply_thresholds: on the score that `reply_when` names, at precision .90 / .80 / .70 on dev.
        metrics: by table ("dev", "test", "quantisation", …), then by number.
        training: the plan that it was trained by, and what the run took.
        files: SHA-256 by name of every other file of the release.
        tools: versions of what made it.
        reference: what it saw and said at its release, to see drift by; older releases have none.
    """

    version: PlainName
    base_encoder: str
    labels: Mapping[Literal["groups", "emotions"], tuple[str, ...]]
    max_tokens: int = Field(ge=8, le=512)
    preprocessing: str
    temperatures: Temperatures
    group_thresholds: Mapping[str, Probability]
    reply_thresholds: Mapping[ReplyWhen, Mapping[Sensitivity, Probability]]
    metrics: Mapping[str, Mapping[str, float]]
    data: TrainingData
    seed: int
    training: Mapping[str, float | int | str | bool | None]
    files: Mapping[PlainName, Sha256]
    tools: Mapping[str, str]
    reference: Reference | None = None

    @model_validator(mode="after")
    def _complete(self) -> "Manifest":
        if (self.labels.get("groups"), self.labels.get("emotions")) != (GROUPS, EMOTIONS):
            raise ValueError("labels are not the four groups and 28 emotions in their order")
        if set(self.group_thresholds) != set(GROUPS):
            raise ValueError("group_thresholds must name each group once")
        if set(self.reply_thresholds) != set(REPLY_WHENS) or any(
            set(thresholds) != set(SENSITIVITIES) for thresholds in self.reply_thresholds.values()
        ):
            raise ValueError("reply_thresholds must be complete")
        if not {GRAPH, TOKENIZER} <= set(self.files):
            raise ValueError(f"files must name {GRAPH} and {TOKENIZER}")
        return self


def load_manifest(folder: Path) -> Manifest:
    """Read `folder/manifest.json`.

    Raises:
        ModelFileMissing: it is not there or cannot be opened.
        ManifestUnreadable: it is not a manifest.
    """
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(_bytes(path))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ManifestUnreadable(path, f"{where}: {first['msg']}" if where else first["msg"]) from error


def verify(folder: Path) -> Manifest:
    """Check the whole release in `folder`: manifest, name, text preparation, and every file's checksum.

    Raises:
        ModelError: the first thing that is wrong; see `model.errors`.
    """
    manifest = load_manifest(folder)
    if manifest.version != folder.absolute().name:
        raise MisnamedModel(folder, manifest.version)
    if manifest.preprocessing != PREPROCESSING_VERSION:
        raise UnsupportedPreprocessing(folder / MANIFEST, manifest.preprocessing, PREPROCESSING_VERSION)
    for name in (*FILES, *(manifest.files.keys() - set(FILES))):
        if sha256(folder / name) != manifest.files.get(name):
            raise ModelFileDamaged(folder / name)
    return manifest


def sha256(path: Path) -> str:
    """The file's checksum in hexadecimal.

    Raises:
        ModelFileMissing: it is not there or cannot be opened.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise _missing(path, error) from error
    return digest.hexdigest()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _missing(path, error) from error


def _missing(path: Path, error: OSError) -> ModelFileMissing:
    if isinstance(error, FileNotFoundError):
        return ModelFileMissing(path)
    return ModelFileMissing(path, f"cannot be opened ({error.strerror})")
