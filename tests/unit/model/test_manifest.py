import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from model.errors import (
    ManifestUnreadable,
    MisnamedModel,
    ModelError,
    ModelFileDamaged,
    ModelFileMissing,
    UnknownModel,
    UnsupportedPreprocessing,
)
from model.manifest import CARD, FILES, GRAPH, MANIFEST, TOKENIZER, load_manifest, sha256, verify
from model.registry import bundled_models, find, load_classifier, versions

BUNDLED = "minilm-3"


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A copy of the bundled release that a test may damage."""
    return Path(shutil.copytree(bundled_models() / BUNDLED, tmp_path / "models" / BUNDLED))


def edit_manifest(release: Path, **changes: object) -> None:
    path = release / MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def test_the_bundled_release_is_whole() -> None:
    manifest = verify(bundled_models() / BUNDLED)

    assert manifest.version == BUNDLED
    assert set(manifest.files) >= set(FILES)
    assert manifest.preprocessing == "3"
    assert (bundled_models() / BUNDLED / GRAPH).stat().st_size <= 23_000_000


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_is_named(release: Path, name: str) -> None:
    path = release / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)

    with pytest.raises(ModelFileDamaged, match=name):
        load_classifier(BUNDLED, [release.parent])


@pytest.mark.parametrize("name", [*FILES, MANIFEST])
def test_a_missing_file_is_named(release: Path, name: str) -> None:
    (release / name).unlink()

    with pytest.raises(ModelFileMissing, match=f"{name} is missing"):
        load_classifier(BUNDLED, [release.parent])


def test_a_file_that_is_a_folder_is_named(release: Path) -> None:
    (release / GRAPH).unlink()
    (release / GRAPH).mkdir()

    with pytest.raises(ModelFileMissing, match=GRAPH):
        verify(release)


@pytest.mark.parametrize("name", [GRAPH, TOKENIZER])
def test_a_file_of_nonsense_with_the_right_checksum_is_named(release: Path, name: str) -> None:
    (release / name).write_bytes(b"nonsense")
    files = {file: sha256(release / file) for file in FILES}
    edit_manifest(release, files=files)

    with pytest.raises(ModelFileDamaged, match=name):
        load_classifier(BUNDLED, [release.parent])


def test_a_card_without_a_checksum_is_refused(release: Path) -> None:
    edit_manifest(release, files={file: sha256(release / file) for file in (GRAPH, TOKENIZER)})

    with pytest.raises(ModelFileDamaged, match=CARD):
        verify(release)


def test_every_further_file_that_the_manifest_names_is_verified(release: Path) -> None:
    edit_manifest(release, files={**load_manifest(release).files, "more.bin": "0" * 64})

    with pytest.raises(ModelFileMissing, match=r"more\.bin"):
        verify(release)


def test_a_folder_of_another_name_than_its_manifest_is_refused(release: Path) -> None:
    release.rename(release.with_name("minilm-4"))

    with pytest.raises(MisnamedModel, match=r"minilm-4 holds the model 'minilm-3'"):
        load_classifier("minilm-4", [release.parent])


def test_a_manifest_of_another_name_than_its_folder_is_refused(release: Path) -> None:
    edit_manifest(release, version="minilm-4")

    with pytest.raises(MisnamedModel, match=r"minilm-3 holds the model 'minilm-4'"):
        verify(release)


def test_a_release_is_known_by_its_folder_from_inside_too(
    release: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(release)

    assert verify(Path()).version == BUNDLED


def test_another_text_preparation_is_refused(release: Path) -> None:
    edit_manifest(release, preprocessing="0")

    with pytest.raises(UnsupportedPreprocessing, match=r"'0'.*'3'"):
        verify(release)


Break = Callable[[Path], None]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / MANIFEST).write_text("{", "utf-8"), "Invalid JSON"),
        (lambda folder: (folder / MANIFEST).write_bytes(b"\xff\xfe"), "Invalid JSON"),
        (lambda folder: edit_manifest(folder, group_thresholds={"positive": 0.5}), "group_thresholds"),
        (lambda folder: edit_manifest(folder, reply_thresholds={}), "reply_thresholds"),
        (lambda folder: edit_manifest(folder, labels={"groups": ["sad"], "emotions": []}), "labels"),
        (lambda folder: edit_manifest(folder, files={}), GRAPH),
        (lambda folder: edit_manifest(folder, files={"../secret": "0" * 64}), "secret"),
        (lambda folder: edit_manifest(folder, surprise=1), "surprise"),
    ],
)
def test_a_manifest_that_makes_no_sense_is_named(release: Path, damage: Break, says: str) -> None:
    damage(release)

    with pytest.raises(ManifestUnreadable, match=MANIFEST) as caught:
        load_manifest(release)

    assert says in str(caught.value)


def test_an_unknown_version_lists_the_known_ones(release: Path) -> None:
    with pytest.raises(UnknownModel, match=r"'minilm-0'.*baseline, minilm-3"):
        load_classifier("minilm-0", [release.parent])


@pytest.mark.parametrize("version", ["..", "", ".", "../models/minilm-3", "/etc"])
def test_a_version_is_a_name_and_never_a_path(release: Path, version: str) -> None:
    with pytest.raises(ModelError):
        find(version, [release.parent])


def test_the_first_directory_wins_and_missing_ones_are_empty(release: Path, tmp_path: Path) -> None:
    directories = [tmp_path / "none", release.parent, bundled_models()]

    assert find(BUNDLED, directories) == release
    assert set(versions(directories)) >= {"baseline", BUNDLED}
    assert versions([tmp_path / "none"]) == ("baseline",)
