import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.adapters.placing import place


def no_links(_source: Path, _target: Path) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


LINKS = pytest.mark.parametrize("link", [os.link, no_links])


@LINKS
def test_a_finished_file_appears_whole(tmp_path: Path, link: Callable[[Path, Path], None]) -> None:
    finished, target = tmp_path / "draft", tmp_path / "target"
    finished.write_text("all of it")
    place(finished, target, link=link)
    assert target.read_text() == "all of it"


@LINKS
def test_another_file_is_never_replaced(tmp_path: Path, link: Callable[[Path, Path], None]) -> None:
    finished, target = tmp_path / "draft", tmp_path / "target"
    finished.write_text("mine")
    target.write_text("another's")
    with pytest.raises(FileExistsError):
        place(finished, target, link=link)
    assert (finished.read_text(), target.read_text()) == ("mine", "another's")


@LINKS
def test_what_cannot_be_placed_leaves_nothing(tmp_path: Path, link: Callable[[Path, Path], None]) -> None:
    with pytest.raises(FileNotFoundError):
        place(tmp_path / "draft", tmp_path / "target", link=link)
    assert list(tmp_path.iterdir()) == []
