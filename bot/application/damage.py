"""What a damaged database has lost, as it is told to an operator."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One table that is not whole.

    Attributes:
        table: its name.
        rows: first and last number of each run of rows that cannot be read; empty where nobody can say.
        count: how many rows; None = nobody can say.
        index_only: every row can still be read, only finding them is broken.
        problem: what is wrong, in a few words.
    """

    table: str
    rows: Sequence[tuple[int, int]]
    count: int | None
    index_only: bool
    problem: str
