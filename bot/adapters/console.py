"""Replies on the terminal."""

from collections.abc import Callable
from typing import Final

from bot.domain.errors import ReplyRejected
from bot.domain.messages import Platform
from bot.domain.replies import OutgoingReply, Receipt

TERMINAL: Final = Platform("terminal")


class ConsoleSender:
    """Shows replies to whoever sits in front of the terminal; a `ports.ReplySender`.

    Args:
        show: prints one reply.
        account: whose outbox it empties.
    """

    platform: Final = TERMINAL

    def __init__(self, show: Callable[[str], None], *, account: str = "terminal") -> None:
        self._show = show
        self.account: Final = account

    async def send(self, reply: OutgoingReply) -> Receipt:
        """Print it.

        Raises:
            ReplyRejected: nobody can see the terminal any more.
        """
        try:
            self._show(reply.text)
        except OSError as error:
            raise ReplyRejected("the terminal is closed") from error
        return Receipt(message_id=str(reply.id))
