"""Where tests find the data set, which is not a part of the repository."""

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).parents[2] / "shared" / "data" / "goemotions"


def goemotions() -> Path:
    """The folder that the variable GOEMOTIONS names, else the one beside the project; skips without one."""
    folder = Path(os.environ.get("GOEMOTIONS", _BESIDE))
    missing = [name for name in ("train.tsv", "dev.tsv", "test.tsv") if not (folder / name).is_file()]
    if missing:
        pytest.skip(
            f"needs GoEmotions: {folder} lacks {', '.join(missing)}; "
            "the environment variable GOEMOTIONS names another folder"
        )
    return folder
