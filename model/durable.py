"""Files that are whole or not there, also after `kill -9` or a power cut at any instant."""

import os
from collections.abc import Iterable
from pathlib import Path
from shutil import copyfile


def copy_files(names: Iterable[str], source: Path, target: Path) -> None:
    """Copy some files of a folder into the new folder `target`, down to the disk."""
    target.mkdir(mode=0o700)
    for name in names:
        copyfile(source / name, target / name)
        _sync(target / name)
    sync_folder(target)


def replace_text(path: Path, text: str) -> None:
    """Write a file anew: whoever reads it sees the old text or the new one."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    sync_folder(path.parent)


def move_folder(source: Path, target: Path) -> None:
    """Give a folder its place in one step; `target` must not be there."""
    source.rename(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
