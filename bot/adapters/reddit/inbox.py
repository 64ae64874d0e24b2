"""The account's inbox: what people write to the bot, each letter with its effect once."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from bot.adapters.backoff import Backoff
from bot.adapters.fields import Raw, WrongField
from bot.adapters.reddit.breaks import Breaks
from bot.adapters.reddit.letters import Command, Letter, Praise, Unasked, children, letter
from bot.adapters.reddit.once import ANSWERED, Effect, Once
from bot.adapters.reddit.patience import Patience
from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.postman import Note, Postman
from bot.adapters.reddit.values import account_of, number_of
from bot.adapters.reddit.wishes import Wishes, nothing
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.application.retention import HANDLED_FOR
from bot.application.updates import FailedUpdate
from bot.domain.errors import BotError, PlatformError, RateLimited, ReplyRejected, StoreError

EVERY: Final = timedelta(seconds=30)
TOO_LONG: Final = timedelta(minutes=30)
"""After which an inbox that cannot be read is a trouble: people wait for what they asked."""
PAGE: Final = 100
PAGES: Final = 10
"""A listing ends there anyway."""
AT_ONCE: Final = 25
"""So many are marked as read by one request."""
READ: Final = "api/read_message"
PROTECT: Final = frozenset({"optout", "forget", "delete"})
"""Wishes that hold however late they are read, and although they may have been heard before."""


class Inbox:
    """Polls what is unread. Implements `ports.Service`.

    A letter takes effect in the transaction that marks it as handled, is answered, and is marked as read
    after that: one that is seen again because the program ended in between has no second effect, only its
    answer. Where Reddit or the database cannot be asked, the letter stays unread, and the others go on.

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
        self._once = Once(
            account=self._account, store=store, postman=postman, clock=clock, telemetry=telemetry
        )
        self._failing_since: datetime | None = None
        self._done: set[str] = set()
        """What was handled and is unread still."""
        self._commands: Mapping[str, Callable[[Command], Awaitable[Effect]]] = {
            "optout": wishes.opted_out,
            "optin": wishes.opted_in,
            "forget": wishes.forgotten,
            "help": wishes.helped,
            "delete": wishes.deleted,
            "why": wishes.explained,
            "pause": breaks.paused,
            "resume": breaks.resumed,
        }

    @property
    def trouble(self) -> str | None:
        """What keeps letters from being heard for long already, for a person; None = all is well."""
        since = self._failing_since
        return "the inbox cannot be read" if since and self._clock.now() - since >= TOO_LONG else None

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
                self._failing_since = self._failing_since or self._clock.now()
                self._telemetry.noticed("inbox_unreachable", error=error)
                told = error.retry_after if isinstance(error, RateLimited) else timedelta()
                await backoff.wait(at_least=max(self._every, told))
            else:
                backoff.reset()
                self._failing_since = None
                await self._clock.sleep(self._every)

    async def look(self) -> None:
        """Handle what is unread now, the oldest first.

        Raises:
            PlatformError: the inbox cannot be read, or nothing in it marked as read.
        """
        letters = list(self._letters(await self._unread()))
        self._done &= {each.fullname for each in letters}
        for each in letters:
            if each.fullname in self._done or await self._handled(each):
                self._done.add(each.fullname)
        await self._mark([each.fullname for each in letters if each.fullname in self._done])

    async def _mark(self, names: Sequence[str]) -> None:
        for start in range(0, len(names), AT_ONCE):
            bundle = names[start : start + AT_ONCE]
            try:
                await self._api.post(READ, {"id": ",".join(bundle)})
            except ReplyRejected:  # one of them is not to be marked; the others are
                for each in bundle if len(bundle) > 1 else ():
                    await self._mark_alone(each)

    async def _mark_alone(self, name: str) -> None:
        """Nothing depends on it but a look more at what is done with."""
        try:
            await self._api.post(READ, {"id": name})
        except PlatformError as error:
            self._telemetry.noticed("letter_not_marked", error=error)

    def _answered(self, found: Letter) -> Callable[[], Awaitable[None]]:
        async def mark() -> None:
            self._done.add(found.fullname)
            await self._mark_alone(found.fullname)

        return mark

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
            return await self._once.handle(
                number_of(found.fullname),
                await self._effect(found),
                answers=lambda: self._patience.answers(_author(found)),
                settled=self._answered(found),
            )
        except (PlatformError, StoreError) as error:
            self._telemetry.noticed("letter_kept", error=error)
            return False
        except BotError:
            raise
        except Exception as error:  # noqa: BLE001  # recorded, so that it holds up no other letter
            return await self._skipped(found, type(error).__name__)

    async def _effect(self, found: Letter) -> Effect:
        match found:
            case Unasked(wrong=wrong) if wrong:
                return self._unreadable(number_of(found.fullname), wrong)
            case Command(name=name, at=at) if name in PROTECT or not self._old(at):
                return await self._commands[name](found)
            case Praise(at=at) if not self._old(at):
                return await self._wishes.praised(found)
        return nothing

    def _old(self, at: datetime | None) -> bool:
        """Whether nobody may remember any more that it was handled before."""
        return at is not None and self._clock.now() - at >= HANDLED_FOR

    def _unreadable(self, number: int, wrong: str) -> Effect:
        def effect(tx: Transaction) -> Sequence[Note]:
            tx.keep_failed(self._failed(number, wrong))
            return ()

        return effect

    async def _skipped(self, found: Letter, error: str) -> bool:
        """A letter that cannot be handled is told of and left out; False = it could not be written down."""
        self._telemetry.noticed("letter_skipped", error=error)
        number = number_of(found.fullname)

        def work(tx: Transaction) -> None:
            for account in (self._account, f"{self._account}{ANSWERED}"):
                tx.handle_once(account, number, at=self._clock.now())
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


def _author(found: Letter) -> str | None:
    return found.author if isinstance(found, Command) else None
