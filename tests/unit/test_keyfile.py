import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from bot.adapters.keyfile import known_author_key, load_author_key
from bot.domain.errors import SettingsError

KEY = "00112233445566778899aabbccddeeff" * 2


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    path.write_bytes(content)
    path.chmod(mode)


def complaint(path: Path, configured: str | None = None) -> str:
    with pytest.raises(SettingsError) as caught:
        load_author_key(path, configured)
    return str(caught.value)


def test_a_key_is_made_once_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "data" / "author.key"
    first = load_author_key(path, None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(bytes.fromhex(path.read_text())) == 32
    assert load_author_key(path, None).fingerprint == first.fingerprint
    assert list(path.parent.iterdir()) == [path]


def test_looking_for_a_key_makes_none(tmp_path: Path) -> None:
    path = tmp_path / "data" / "author.key"
    assert known_author_key(path, None) is None
    assert not path.parent.exists()
    made = load_author_key(path, None)
    known = known_author_key(path, None)
    assert known is not None
    assert known.fingerprint == made.fingerprint


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    one, other = (load_author_key(tmp_path / name / "author.key", None) for name in ("a", "b"))
    assert one.fingerprint != other.fingerprint


def test_a_configured_key_needs_no_file(tmp_path: Path) -> None:
    path = tmp_path / "author.key"
    assert load_author_key(path, "é" * 16).fingerprint == load_author_key(path, "é" * 16).fingerprint
    assert not path.exists()


def test_a_short_configured_key_is_refused_unseen(tmp_path: Path) -> None:
    text = complaint(tmp_path / "author.key", "hunter2")
    assert text.startswith("SOLACE_AUTHOR_KEY: ")
    assert "hunter2" not in text


@pytest.mark.parametrize("ending", [b"", b"\n"])
def test_a_file_from_a_backup_is_read(tmp_path: Path, ending: bytes) -> None:
    path = tmp_path / "author.key"
    write(path, KEY.encode() + ending, 0o400)
    assert load_author_key(path, None).fingerprint == load_author_key(path, None).fingerprint


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o610])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "author.key"
    write(path, KEY.encode(), mode)
    assert complaint(path) == "SOLACE_DATA_DIR: others may read author.key there; run `chmod 600` on it"


@pytest.mark.parametrize(
    "content",
    [b"", b"00", KEY.encode() + b"00", KEY.encode()[:-1] + b"g", KEY.upper().encode(), b"\xff" * 64],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "author.key"
    write(path, content)
    text = complaint(path)
    assert text.startswith("SOLACE_DATA_DIR: author.key there is damaged")
    assert KEY[:8] not in text
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    text = complaint(tmp_path / "data" / "author.key")
    assert "(not a directory)" in text
    assert "SOLACE_AUTHOR_KEY" in text


def test_a_folder_in_which_nothing_can_be_made_is_a_clear_error() -> None:
    text = complaint(Path("/proc/self/author.key"))  # not even by root
    assert text.startswith("SOLACE_DATA_DIR: author.key cannot be made there")


def test_a_folder_in_place_of_the_file_is_a_clear_error(tmp_path: Path) -> None:
    assert "(is a directory)" in complaint(tmp_path)


def fingerprint(path: Path) -> str:
    return load_author_key(path, None).fingerprint


@pytest.mark.slow
def test_processes_that_start_together_end_with_one_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as processes:
        for number in range(10):
            path = tmp_path / str(number) / "author.key"
            assert len(set(processes.map(fingerprint, [path] * 8))) == 1
