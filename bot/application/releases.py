"""Which model is used, and how that changes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChange:
    """Another model is in use from the next start on.

    Attributes:
        forced_despite: what it does worse than the previous one, where that was accepted.
    """

    version: str
    previous: str
    forced_despite: tuple[str, ...]
