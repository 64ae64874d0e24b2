import random
from pathlib import Path

import pytest
from processes import Installation


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    """An empty folder in which `solace` was never started."""
    return Installation(folder=tmp_path)


@pytest.fixture
def chance() -> random.Random:
    """Dice whose seed is printed when a test fails; `pytest --randomly-seed=…` throws them again.

    pytest-randomly seeds the global generator before each test, from the seed in the header of its report.
    """
    seed = random.getrandbits(32)
    print(f"dice: {seed}")  # noqa: T201
    return random.Random(seed)
