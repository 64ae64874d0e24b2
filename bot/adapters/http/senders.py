from typing import Final

from bot.adapters.http.bell import Bell
from bot.domain.messages import Platform
from bot.domain.replies import OutgoingReply, Receipt

HTTP: Final = Platform("http")
TRY_IT: Final = Platform("try-it")


class BellSender:
    """Sends by settling: whoever asks for replies reads them from the store, and the bell says when to look.

    Nothing leaves the process here, so nothing can fail: the receipt is given at once.
    """

    def __init__(self, platform: Platform, bell: Bell) -> None:
        self._platform = platform
        self._bell = bell

    @property
    def platform(self) -> Platform:
        """Which platform."""
        return self._platform

    @property
    def account(self) -> str:
        """One outbox a platform, named like it."""
        return self._platform

    async def send(self, reply: OutgoingReply) -> Receipt:
        """Publish one reply."""
        del reply  # the store has it
        self._bell.ring()
        return Receipt()


class HttpFeedSender(BellSender):
    """Publishes replies in the feed of `GET /v1/replies`."""

    def __init__(self, bell: Bell) -> None:
        super().__init__(HTTP, bell)


class TryItSender(BellSender):
    """Hands replies to the pages that wait for them."""

    def __init__(self, bell: Bell) -> None:
        super().__init__(TRY_IT, bell)
