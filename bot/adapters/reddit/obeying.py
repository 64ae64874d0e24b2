"""What people say into the open, and yet to the bot: `!optout` as a whole comment, wherever it stands."""

from collections.abc import Awaitable, Sequence

from bot.adapters.reddit.commands import wanted
from bot.adapters.reddit.values import number_of
from bot.application.ports import Clock, Inbox, Store
from bot.domain.messages import IncomingMessage
from bot.domain.verdicts import Verdict


class Obeying:
    """An intake that takes note of opt-outs first. Implements `ports.Inbox`.

    Nothing is answered: nobody wrote to the bot. Each comment has its effect once, here or in the
    account's own inbox, so that taking it back holds.

    Args:
        inbox: the intake.
        store: knows who wants not to be read.
        clock: time.
    """

    def __init__(self, *, inbox: Inbox, store: Store, clock: Clock) -> None:
        self._inbox = inbox
        self._store = store
        self._clock = clock

    async def submit(self, messages: Sequence[IncomingMessage]) -> Sequence[Verdict | None]:
        """See `ports.Inbox`.

        Raises:
            StoreError: nothing was taken.
        """
        for each in messages:
            if each.command:
                await self._obey(each)
        return await self._inbox.submit(messages)

    def offer(self, messages: Sequence[IncomingMessage]) -> Awaitable[Sequence[Verdict | None]]:
        """See `ports.Inbox`; nobody in a hurry comes by here."""
        return self._inbox.offer(messages)

    async def _obey(self, message: IncomingMessage) -> None:
        author, asked = message.author, wanted(message.text)
        if author is None or asked is None or asked[0] != "optout" or message.answers_us:
            return  # an answer to us comes into the inbox, and is confirmed
        number, now = number_of(message.ref.message_id), self._clock.now()
        await self._store.transact(
            lambda tx: tx.opt_out(author, at=now) if tx.handle_once(message.account, number, at=now) else None
        )
