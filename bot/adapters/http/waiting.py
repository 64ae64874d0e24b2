from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from starlette.exceptions import HTTPException

MOST_EACH: Final = 32
"""Requests of one key that may wait for replies at the same time."""
MOST_OF_ALL: Final = 256
"""Half of the connections: the other half stays for what nobody waits in."""
_RETRY_SECONDS: Final = 2


class Waiting:
    """Lets only so many requests wait for a reply: one that waits holds a connection, and they are counted.

    Args:
        each: how many of one key's.
        most: how many of all keys' together.
    """

    def __init__(self, *, each: int = MOST_EACH, most: int = MOST_OF_ALL) -> None:
        self._each = each
        self._most = most
        self._inside: Counter[bytes] = Counter()

    @contextmanager
    def place(self, key: bytes, *, seconds: float) -> Iterator[None]:
        """Wait while the context lasts.

        Args:
            key: the digest of the key that asks.
            seconds: how long the request would wait; with 0 it takes no place.

        Raises:
            HTTPException: 429; no place is left.
        """
        if seconds <= 0:
            yield
            return
        if self._inside.get(key, 0) >= self._each or self._inside.total() >= self._most:
            raise HTTPException(
                429,
                f"Too many requests wait for replies already. Ask with wait=0, or in {_RETRY_SECONDS} s.",
                headers={"Retry-After": str(_RETRY_SECONDS)},
            )
        self._inside[key] += 1
        try:
            yield
        finally:
            self._inside[key] -= 1
            if not self._inside[key]:
                del self._inside[key]
