"""Each letter takes effect once, and is answered although the program may end in between."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from bot.adapters.reddit.postman import Note, Postman
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.domain.errors import StoreError

Effect = Callable[[Transaction], Sequence[Note]]
"""What a letter changes, and what is said about it afterwards, in private."""

ANSWERED: Final = ":said"
"""Behind the account's name: letters whose answers were on their way."""


class _Undone(Exception):
    """Ends a transaction of which nothing should stay but what would have been said."""

    def __init__(self, notes: Sequence[Note]) -> None:
        super().__init__()
        self.notes = notes


class Once:
    """Two marks in the database for every letter: that it took effect, and that its answer was on its way.

    Where the first stands without the second, the program ended in between: the answer is found anew, by
    an effect that is undone again. It may so be said twice, if the end came just then; never left out.

    Args:
        account: whose letters.
        store: the database.
        postman: sends answers.
        clock, telemetry: time and the log.
    """

    def __init__(
        self, *, account: str, store: Store, postman: Postman, clock: Clock, telemetry: Telemetry
    ) -> None:
        self._account = account
        self._store = store
        self._postman = postman
        self._clock = clock
        self._telemetry = telemetry
        self._underway: set[int] = set()

    async def handle(
        self,
        number: int,
        effect: Effect,
        *,
        answers: Callable[[], bool] = lambda: True,
        settled: Callable[[], Awaitable[None]] | None = None,
    ) -> bool:
        """Have a letter take effect; True = it is done with, and may be forgotten.

        Args:
            number: of the letter.
            effect: see `Effect`.
            answers: whether one more answer is allowed; asked where there is one.
            settled: called when an answer that was on its way is done with.

        Raises:
            StoreError: nothing happened.
        """
        if number in self._underway:
            return False
        try:
            notes = await self._store.transact(lambda tx: self._effect(tx, number, effect))
        except _Undone as undone:
            notes = undone.notes
        if notes is None:
            return True
        if not notes or not answers():
            await self._said(number)
            return True
        self._underway.add(number)
        if not all(self._postman.put(each, self._settles(number, settled)) for each in notes):
            self._underway.discard(number)
        return False

    def _effect(self, tx: Transaction, number: int, effect: Effect) -> Sequence[Note] | None:
        """What is to be said; None = it was said before."""
        now = self._clock.now()
        if tx.handle_once(self._account, number, at=now):
            notes = effect(tx)
            if not notes:
                tx.handle_once(f"{self._account}{ANSWERED}", number, at=now)
            return notes or None
        if tx.handle_once(f"{self._account}{ANSWERED}", number, at=now):
            raise _Undone(effect(tx))
        return None

    def _settles(
        self, number: int, settled: Callable[[], Awaitable[None]] | None
    ) -> Callable[[], Awaitable[None]]:
        async def done() -> None:
            try:
                await self._said(number)
            except StoreError as error:  # said once more, should the program end before it is forgotten
                self._telemetry.noticed("answer_not_kept", error=error)
            self._underway.discard(number)
            if settled is not None:
                await settled()

        return done

    async def _said(self, number: int) -> None:
        at = self._clock.now()
        await self._store.transact(lambda tx: tx.handle_once(f"{self._account}{ANSWERED}", number, at=at))
