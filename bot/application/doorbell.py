import asyncio
from collections import defaultdict


class Doorbell:
    """Tells a delivery that its outbox has something new, so that no reply waits for the next look."""

    def __init__(self) -> None:
        self._bells: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def ring(self, account: str) -> None:
        """There is something for this account."""
        self._bells[account].set()

    async def wait(self, account: str) -> None:
        """Return at once if it rang since the last wait, else when it rings."""
        bell = self._bells[account]
        await bell.wait()
        bell.clear()
