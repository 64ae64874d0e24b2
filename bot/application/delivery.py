"""Send pending replies, at most once: due -> permit -> claim -> send -> settle."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.application.departures import leaving_only_while
from bot.application.doorbell import Doorbell
from bot.application.ports import Clock, ReplySender, Store, Telemetry, Transaction
from bot.application.records import Claim, DueReply
from bot.domain.channels import ChannelDefaults
from bot.domain.errors import (
    PlatformUnavailable,
    RateLimited,
    ReplyRejected,
    ReplyUnconfirmed,
    StoreError,
)
from bot.domain.messages import Origin
from bot.domain.pacing import Pacer
from bot.domain.replies import OutgoingReply, ReplyState, Settlement

CLAIM: Final = 16
"""How many replies may be on the wire at once."""
FOR_CARDS: Final = 2
"""Further places on the wire, for crisis cards alone: they wait for no phrase that hangs."""
GIVE_UP_WITHIN: Final = 2.0
"""Seconds that a database gets to take what ended, when the delivery itself is ended."""
LOOK_AHEAD: Final = 256
"""How many due replies are looked at, so that a chat that must wait holds up no other."""
LOOK_AGAIN: Final = timedelta(seconds=1)
"""Between two looks at an outbox in which nothing rang."""
LONGEST_BACKOFF: Final = timedelta(seconds=30)


class Delivery:
    """Empties the outbox of one bot account. Implements `ports.Service`.

    Args:
        store: the outbox.
        sender: puts a reply where people read it.
        pacer: the pace of this account; filled from recorded sends when `run` starts. Others may say things
            at this pace too: it is told which replies wait, and they go first.
        defaults: with the chats' own rows, whether the bot may still speak there, and with the card.
        doorbell: rings when there is something new.
        clock, telemetry: time and the log.
        run_id: marks what this process has on the wire.
    """

    def __init__(
        self,
        *,
        store: Store,
        sender: ReplySender,
        pacer: Pacer,
        defaults: ChannelDefaults,
        doorbell: Doorbell,
        clock: Clock,
        telemetry: Telemetry,
        run_id: str,
    ) -> None:
        self._store = store
        self._sender = sender
        self._pacer = pacer
        self._defaults = defaults
        self._doorbell = doorbell
        self._clock = clock
        self._telemetry = telemetry
        self._run_id = run_id
        self._stopping = False
        self._resumed = False
        self._flying: list[asyncio.Task[Settlement]] = []

    @property
    def name(self) -> str:
        """How logs call it."""
        return f"delivery-{self._sender.account}"

    async def run(self) -> None:
        """Deliver until `stop` is called; what is on the wire then is settled first.

        The caller holds the account's lease.
        """
        await self._resume()
        try:
            try:
                await self._deliver()
            except Exception:
                await self._settle_all()
                raise
            await self._settle_all()
        except asyncio.CancelledError:
            await self._give_up()
            raise

    async def _deliver(self) -> None:
        while True:
            held_back = await self._pass()
            if self._stopping:
                return
            await self._wait(held_back)

    def stop(self) -> None:
        """End `run` after one more pass: what has no place on the wire then waits for the next run."""
        self._stopping = True
        self._doorbell.ring(self._sender.account)

    async def _resume(self) -> None:
        """Replies that another run had on the wire are nobody's to send again; the pace goes on."""
        if self._resumed:
            return
        account, now = self._sender.account, self._clock.now()
        lost = await self._store.transact(lambda tx: tx.abandon(account, run_id=self._run_id, now=now))
        if lost:
            self._telemetry.noticed("replies_unconfirmed_after_restart", account=account, replies=lost)
        since = now - self._pacer.memory
        for channel_id, at in await self._store.read(lambda q: q.recent_sends(account, since=since)):
            self._pacer.record(channel_id, at)
        self._resumed = True

    async def _pass(self) -> timedelta:
        """Send everything that may go now; how long until the pace lets the next one go.

        None waits for another: a request that hangs takes one of the places on the wire, and nothing else.
        """
        while True:
            await self._settle_landed()
            room = CLAIM - len(self._flying)
            permitted = self._permit(due := await self._due(), room)
            if permitted:
                self._launch(await self._claim(permitted))
            if not permitted or len(permitted) < room:
                break
        if len(self._flying) >= CLAIM:
            return LOOK_AGAIN
        now, gone = self._clock.now(), {reply.id for reply in permitted}
        waits = [self._may_go_at(reply, now) - now for reply in due if reply.id not in gone]
        return min([LOOK_AGAIN, *waits])

    def _launch(self, going: Sequence[OutgoingReply]) -> None:
        for reply in going:
            self._flying.append(asyncio.create_task(self._attempt(reply), name=f"{self.name}-send"))

    async def _give_up(self) -> None:
        """What is on the wire stays as it is recorded, for the next run to find; what ended is recorded."""
        given_up, self._flying = self._flying, []
        for sending in given_up:
            sending.cancel()
        if given_up:
            await asyncio.wait(given_up)
        ended = [sending.result() for sending in given_up if not sending.cancelled()]
        try:
            async with asyncio.timeout(GIVE_UP_WITHIN):
                if ended:
                    await self._store.transact(lambda tx: tx.settle(ended))
        except (StoreError, TimeoutError) as error:
            account = self._sender.account
            self._telemetry.noticed("ended_unsettled", account=account, replies=len(ended), error=error)

    async def _settle_all(self) -> None:
        """Wait for what is on the wire."""
        while self._flying:
            await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
            await self._settle_landed()

    async def _settle_landed(self) -> None:
        """Record together what ended together."""
        landed = [sending for sending in self._flying if sending.done()]
        if landed:
            await self._settle([sending.result() for sending in landed])
            self._flying = [sending for sending in self._flying if sending not in landed]

    async def _due(self) -> Sequence[DueReply]:
        account, now = self._sender.account, self._clock.now()
        return await self._store.read(lambda queries: queries.due(account, now=now, limit=LOOK_AHEAD))

    def _permit(self, due: Sequence[DueReply], room: int) -> list[DueReply]:
        """The first that may go now, each with its place in the pace; late ones need none, they only end.

        Where phrases have taken all `room` on the wire, there still is some for crisis cards.
        """
        now = self._clock.now()
        permitted: list[DueReply] = []
        for reply in due:
            if len(permitted) >= room + (FOR_CARDS if reply.urgent else 0):
                break
            if reply.deadline < now:
                permitted.append(reply)
            elif self._may_go_at(reply, now) <= now:
                self._pacer.record(reply.channel_id, now)
                permitted.append(reply)
        going = {reply.id for reply in permitted}
        self._pacer.expect(reply.channel_id for reply in due if reply.id not in going)
        return permitted

    def _may_go_at(self, reply: DueReply, now: datetime) -> datetime:
        """A crisis card takes its place in the pace and waits for no turn, only if the platform said so."""
        if reply.urgent:
            return self._pacer.held_until(now)
        return self._pacer.earliest(reply.channel_id, now)

    async def _claim(self, permitted: Sequence[DueReply]) -> Sequence[OutgoingReply]:
        chats = {(reply.platform, reply.channel_id) for reply in permitted}

        def work(tx: Transaction) -> Claim:
            now = self._clock.now()  # the writer may have kept us waiting
            overrides = tx.channel_overrides(chats)
            settings = {
                chat: self._defaults.settings(chat, overrides.get(chat, {}), origin=Origin.LIVE)
                for chat in chats
            }
            return tx.claim(
                [reply.id for reply in permitted],
                run_id=self._run_id,
                now=now,
                speaks=lambda chat, card: settings[chat].speaks(now, card=card),
            )

        claim = await self._store.transact(work)
        for settlement in claim.ended:
            self._telemetry.settled(settlement)
        return claim.going

    async def _attempt(self, reply: OutgoingReply) -> Settlement:
        """One request, and what became of it. Past the deadline none leaves: the next pass expires it."""
        if reply.deadline < self._clock.now():
            return Settlement(reply=reply, state=ReplyState.PENDING, at=self._clock.now(), detail="late")
        try:
            with leaving_only_while(lambda: self._clock.now() <= reply.deadline):
                receipt = await self._sender.send(reply)
        except Exception as error:  # noqa: BLE001  # each kind has its own end, bugs too
            return self._failed(reply, error)
        return Settlement(
            reply=reply, state=ReplyState.SENT, at=self._clock.now(), sent_message_id=receipt.message_id
        )

    def _failed(self, reply: OutgoingReply, error: Exception) -> Settlement:
        now = self._clock.now()
        ended = Settlement(reply=reply, state=ReplyState.UNCONFIRMED, at=now, detail=type(error).__name__)
        match error:
            case RateLimited():
                self._pacer.hold(now + error.retry_after)
                return ended.postponed(until=now + error.retry_after)
            case PlatformUnavailable():
                return ended.postponed(until=now + backoff(reply.attempts))
            case ReplyRejected():
                return replace(ended, state=ReplyState.FAILED)
            case ReplyUnconfirmed():
                return ended
        # A bug in a sender: nobody knows what it did, so it is not asked again.
        self._telemetry.noticed("sender_failed", account=self._sender.account, exc_info=error)
        return ended

    async def _settle(self, settlements: Sequence[Settlement]) -> None:
        """Record what happened, for as long as it takes: it cannot be found out again."""
        while True:
            try:
                await self._store.transact(lambda tx: tx.settle(settlements))
                break
            except StoreError as error:
                self._telemetry.noticed("settle_failed", account=self._sender.account, error=str(error))
                await self._clock.sleep(LOOK_AGAIN)
        for settlement in settlements:
            self._telemetry.settled(settlement)

    async def _wait(self, longest: timedelta) -> None:
        """Until something rings or lands, or it is time to look again: paced replies ring no bell."""
        rung = asyncio.ensure_future(self._doorbell.wait(self._sender.account))
        timer = asyncio.ensure_future(self._clock.sleep(longest))
        try:
            await asyncio.wait({rung, timer, *self._flying}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in (rung, timer):
                each.cancel()


def backoff(attempts: int) -> timedelta:
    """How long to leave a platform alone after so many attempts to reach it: 1, 2, 4 … 30 seconds."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 10)), LONGEST_BACKOFF)
