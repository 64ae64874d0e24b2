"""Subreddits that refuse the bot: left alone for a day, then for thirty, and tried again after that."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.adapters.reddit.ports import Api
from bot.adapters.reddit.refusals import AccessRefused
from bot.adapters.reddit.values import REDDIT, channel_of, chat_key
from bot.application.alerts import Alerts
from bot.application.ports import Clock, Store, Telemetry, Transaction
from bot.application.watching import Block
from bot.domain.errors import PlatformError, RateLimited

FIRST: Final = timedelta(days=1)
AGAIN: Final = timedelta(days=30)
REMEMBERED: Final = timedelta(days=7)
"""A refusal within this time of a lifted one goes on from there: a door that only looked open."""
PATIENCE: Final = timedelta(minutes=10)
"""Where a subreddit could not be tried again, it is after this time."""
REFUSED: Final = (
    "r/{subreddit} refuses the bot ({reason}). "
    "Nothing is read or said there before {until:%d %B %Y, %H:%M} UTC."
)
LIFTED: Final = "r/{subreddit} lets the bot in again."
_WORD: Final = re.compile(r"[a-z_]{1,32}")
_WORDS: Final[Mapping[int, str]] = {403: "forbidden", 404: "not_found"}
BANNED: Final = "banned"


class AccountRefused(AccessRefused):
    """Reddit lets the account in nowhere, not even where it asks about itself."""


class Blocks:
    """Keeps refusals, tells the owner of them, and finds out which subreddit a refusal came from.

    Args:
        api: the account's client, for reading.
        store: where refusals stand.
        alerts: carried to the owner.
        clock, telemetry: time and the log.
    """

    def __init__(self, *, api: Api, store: Store, alerts: Alerts, clock: Clock, telemetry: Telemetry) -> None:
        self._api = api
        self._store = store
        self._alerts = alerts
        self._clock = clock
        self._telemetry = telemetry
        self._lifted: dict[str, tuple[int, datetime]] = {}
        self._not_before: dict[str, datetime] = {}

    async def refused(self, subreddit: str, reason: str) -> None:
        """Leave a subreddit alone. While that stands already, this changes nothing.

        Args:
            subreddit: its name.
            reason: one word; anything else is kept as "refused".

        Raises:
            StoreError: it is not kept.
        """
        word = reason.lower() if _WORD.fullmatch(reason.lower()) else "refused"
        now = self._clock.now()
        block = await self._store.transact(lambda tx: self._keep(tx, subreddit, word, now))
        if block is None:
            return
        self._telemetry.noticed("subreddit_refused", subreddit=block.chat[1], reason=word, times=block.times)
        self._alerts.put(REFUSED.format(subreddit=block.chat[1], reason=word, until=block.until))

    async def shut(self, blocks: Mapping[str, Block]) -> Collection[str]:
        """Those that stay shut of these; the others' time was over, and now they let us in.

        Args:
            blocks: by channel id.

        Raises:
            RateLimited: Reddit wants us to wait.
            StoreError: it could not be kept.
        """
        now, shut = self._clock.now(), set()
        for subreddit, block in blocks.items():
            due = max(block.until, self._not_before.get(subreddit, block.until))
            if now < due or not await self._let_in(subreddit, block):
                shut.add(subreddit)
        return shut

    async def outside(self) -> None:
        """Whether it is a place that refused us, and not Reddit.

        Raises:
            AccountRefused: Reddit refuses the account itself, whatever the place.
            PlatformError: Reddit did not say.
        """
        try:
            await self._api.get("api/v1/me", {"raw_json": 1})
        except AccessRefused as error:
            raise AccountRefused(error.status, error.reason) from error

    async def refuses(self, subreddit: str) -> bool:
        """Ask one that went silent; where it refuses, it is blocked. False where Reddit did not say.

        Raises:
            RateLimited: Reddit wants us to wait.
            StoreError: it could not be kept.
        """
        try:
            return await self.blame(subreddit)
        except RateLimited:
            raise
        except PlatformError as error:
            self._telemetry.noticed("subreddit_not_tried", subreddit=subreddit, error=error)
            return False

    # -------------------------------------------------------------- one subreddit

    async def blame(self, subreddit: str) -> bool:
        """Ask one whose listing was refused; whether it refuses this too, and is blocked now.

        Raises:
            PlatformError: Reddit did not say.
            StoreError: it could not be kept.
        """
        reason = await self._refusal(subreddit)
        if reason is not None:
            await self.refused(subreddit, reason)
        return reason is not None

    async def _let_in(self, subreddit: str, block: Block) -> bool:
        """Try a subreddit whose time is over."""
        try:
            reason = await self._refusal(subreddit)
        except RateLimited:
            raise
        except PlatformError as error:
            self._telemetry.noticed("subreddit_not_tried", subreddit=subreddit, error=error)
            self._not_before[subreddit] = self._clock.now() + PATIENCE
            return False
        if reason is not None:
            await self.refused(subreddit, reason)
            return False
        await self._store.transact(lambda tx: tx.lift_block(block.chat))
        self._lifted[subreddit] = block.times, self._clock.now()
        self._not_before.pop(subreddit, None)
        self._telemetry.noticed("subreddit_open_again", subreddit=subreddit, times=block.times)
        self._alerts.put(LIFTED.format(subreddit=subreddit))
        return True

    async def _refusal(self, subreddit: str) -> str | None:
        """In one word why a subreddit does not let us in; None where it does.

        A ban lets us read, and says so on the subreddit's own page.

        Raises:
            PlatformError: Reddit did not say.
        """
        try:
            about = await self._api.get(f"r/{subreddit}/about", {"raw_json": 1})
            await self._api.get(f"r/{subreddit}/comments", {"limit": 1, "raw_json": 1})
        except AccessRefused as error:
            return error.reason or _WORDS.get(error.status, "refused")
        data = about.get("data") if isinstance(about, dict) else None
        banned = isinstance(data, dict) and data.get("user_is_banned") is True
        return BANNED if banned else None

    def _keep(self, tx: Transaction, subreddit: str, reason: str, now: datetime) -> Block | None:
        """The block that stands now; None where one stood before. Run inside `Store.transact`."""
        chat = chat_key(subreddit)
        before = tx.blocks(REDDIT).get(chat)
        if before is not None and now < before.until:
            return None
        times = 1 + (before.times if before is not None else self._past(channel_of(subreddit), now))
        until = now + (FIRST if times == 1 else AGAIN)
        block = Block(chat=chat, reason=reason, times=times, since=now, until=until)
        tx.keep_block(block)
        return block

    def _past(self, subreddit: str, now: datetime) -> int:
        times, lifted_at = self._lifted.get(subreddit, (0, now))
        return times if now - lifted_at <= REMEMBERED else 0
