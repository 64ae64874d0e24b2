"""Disks that are full, read-only or broken: a small one of our own, and pages that are scribbled over."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

PAGE: Final = 4096
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a disk of 1 MiB needs root")


@contextmanager
def small_disk(folder: Path, size: str = "1m") -> Iterator[Path]:
    """A disk in memory, mounted at this folder while the context lasts.

    Skips the test where nothing may be mounted (a container without that right).
    """
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def remount(folder: Path, way: str) -> None:
    """`ro` or `rw`; files that are open for writing stand in the way of `ro`."""
    subprocess.run(["mount", "-o", f"remount,{way}", str(folder)], check=True, capture_output=True)


def fill(folder: Path) -> Path:
    """A file that takes all the room there is; without it there is room again."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(PAGE))
    return filler


def scribble(database: Path, page: int) -> None:
    """A page of it, counted from 1, holds nothing that SQLite understands."""
    with database.open("r+b") as file:
        file.seek((page - 1) * PAGE)
        file.write(b"\xff" * PAGE)
