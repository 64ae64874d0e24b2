"""The account's inbox: what people write to the bot, each letter with its effect once."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from bot.adapters.backoff import Backoff
from bot.adapters.fields import Raw, WrongField
from bot.adapters.reddit.breaks import Breaks
from bot.adapters.reddit.letters import Command, Ignored, Letter, Praise, children, letter
from bot.adapters.reddit.patience import Patience
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.postman import Note, Postman
from bot.adapters.reddit.values import account_of, number_of
from bot.adapters.reddit.wishes import Effect, Wishes, nothing
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.application.updates import FailedUpdate
from bot.domain.errors import BotError, PlatformError, RateLimited, StoreError

EVERY: Final = timedelta(seconds=30)
PAGE: Final = 100
PAGES: Final = 10
"""A listing ends there anyway."""
AT_ONCE: Final = 25
"""So many are marked as read by one request."""


class Inbox:
    """Polls what is unread. Implements `ports.Service`.

    A letter takes effect in the transaction that marks it as handled, and is marked as read afterwards: one
    that is seen again because that failed has no second effect. Where Reddit or the database cannot be asked,
    the letter stays unread, and the others go on.

    Args:
        me: the account's own name.
        api: reads, and marks as read.
        store: the database.
        wishes, breaks: what letters may ask for.
        postman: answers, in private.
        clock, telemetry: time and the log.
        every: between two looks.
    """

    name: Final = "reddit-inbox"

    def __init__(
        self,
        *,
        me: str,
        api: Api,
        store: Store,
        wishes: Wishes,
        breaks: Breaks,
        postman: Postman,
        clock: Clock,
        telemetry: Telemetry,
        every: timedelta = EVERY,
    ) -> None:
        self._me = me
        self._account = account_of(me)
        self._api = api
        self._store = store
        self._wishes = wishes
        self._postman = postman
        self._clock = clock
        self._telemetry = telemetry
        self._every = every
        self._patience = Patience(clock=clock)
        self._commands: Mapping[str, Callable[[Command], Awaitable[Effect]]] = {
            "optout": wishes.opted_out,
            "optin": wishes.opted_in,
            "delete": wishes.deleted,
            "why": wishes.explained,
            "pause": breaks.paused,
            "resume": breaks.resumed,
        }

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: Reddit does not accept the credentials.
        """
        backoff = Backoff(self._clock)
        while True:
            try:
                await self.look()
            except PlatformError as error:
                self._telemetry.noticed("inbox_unreachable", error=error)
                told = error.retry_after if isinstance(error, RateLimited) else timedelta()
                await backoff.wait(at_least=max(self._every, told))
            else:
                backoff.reset()
                await self._clock.sleep(self._every)

    async def look(self) -> None:
        """Handle what is unread now, the oldest first.

        Raises:
            PlatformError: the inbox cannot be read, or nothing in it marked as read.
        """
        done = [each.fullname for each in self._letters(await self._unread()) if await self._handled(each)]
        for start in range(0, len(done), AT_ONCE):
            await self._api.post("api/read_message", {"id": ",".join(done[start : start + AT_ONCE])})

    async def _unread(self) -> Sequence[Raw]:
        """The items of every page, the oldest first."""
        found: list[Mapping[str, Any]] = []
        after: str | None = None
        for _ in range(PAGES):
            params: dict[str, str | int] = {"limit": PAGE, "mark": "false", "raw_json": 1}
            page = await self._api.get("message/unread", params | ({"after": after} if after else {}))
            items, after = children(page)
            found += items
            if after is None:
                break
        return found[::-1]

    def _letters(self, items: Sequence[Raw]) -> Iterator[Letter]:
        for each in items:
            try:
                yield letter(each, me=self._me)
            except WrongField as wrong:  # without a name, nothing can be done about it
                self._telemetry.noticed("letter_unreadable", field=wrong.told)

    async def _handled(self, found: Letter) -> bool:
        """Whether it has had its effect, now or before, or can have none."""
        try:
            effect = await self._effect(found)
            notes = await self._store.transact(lambda tx: self._once(tx, found, effect))
        except (PlatformError, StoreError) as error:
            self._telemetry.noticed("letter_kept", error=error)
            return False
        except BotError:
            raise
        except Exception as error:  # noqa: BLE001  # recorded, so that it holds up no other letter
            return await self._skipped(found, type(error).__name__)
        if notes and self._patience.answers(found.author if isinstance(found, Command) else None):
            self._postman.put(*notes)
        return True

    async def _effect(self, found: Letter) -> Effect:
        match found:
            case Command():
                return await self._commands[found.name](found)
            case Praise():
                return await self._wishes.praised(found)
        return nothing

    def _once(self, tx: Transaction, found: Letter, effect: Effect) -> Sequence[Note]:
        now = self._clock.now()
        number = number_of(found.fullname)
        if not tx.handle_once(self._account, number, at=now):
            return ()
        if isinstance(found, Ignored) and found.wrong:
            tx.keep_failed(self._failed(number, found.wrong))
        return effect(tx)

    async def _skipped(self, found: Letter, error: str) -> bool:
        """A letter that cannot be handled is told of and left out; False = it could not be written down."""
        self._telemetry.noticed("letter_skipped", error=error)
        number = number_of(found.fullname)

        def work(tx: Transaction) -> None:
            tx.handle_once(self._account, number, at=self._clock.now())
            tx.keep_failed(self._failed(number, error))

        try:
            await self._store.transact(work)
        except StoreError as failure:
            self._telemetry.noticed("letter_kept", error=failure)
            return False
        return True

    def _failed(self, number: int, error: str) -> FailedUpdate:
        return FailedUpdate(
            account=self._account, update_id=number, kind="letter", error=error, at=self._clock.now()
        )
