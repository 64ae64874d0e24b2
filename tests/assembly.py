"""The pipeline, assembled as `bootstrap` does it, from the real store and fakes for the world around it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from fakes import FakeClock, FakeSender, ListTelemetry, WordClassifier

from bot.adapters.phrasefile import load_crisis_card, load_phrase_book
from bot.adapters.telegram.texts.sending import FIRST_REPLY
from bot.adapters.telegram.values import TELEGRAM
from bot.application.delivery import Delivery
from bot.application.doorbell import Doorbell
from bot.application.intake import Intake
from bot.application.noteboard import NoteBoard
from bot.application.ports import Store
from bot.application.reading import Reader
from bot.application.verdicts import Bench
from bot.domain.authors import AuthorKey
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.errors import PlatformError
from bot.domain.messages import AuthorHash, IncomingMessage, MessageRef, Moment, Origin, Platform
from bot.domain.pacing import Pacer
from bot.domain.verdicts import Verdict

KEY = AuthorKey(b"k" * 32)
LIVE = ChannelSettings(mode=Mode.LIVE, author_cooldown=timedelta(), thread_cap=None, chat_pace=None)
SAD = "sad sad sad sad"
FINE = "all is well today"
FAKE = Platform("fake")
_numbers = count(1)


class Assembly:
    """One installation: what comes in is judged at once, what goes out goes when a test says so.

    Args:
        store: the real one, on a file.
        channel: what holds in every chat.
    """

    def __init__(
        self, store: Store, channel: ChannelSettings = LIVE, *, origin: Origin = Origin.LIVE
    ) -> None:
        self.store = store
        self.clock = FakeClock()
        self.telemetry = ListTelemetry()
        self.classifier = WordClassifier()
        self.doorbell = Doorbell()
        self.notes = NoteBoard()
        self.defaults = ChannelDefaults(otherwise=channel)
        moment: Moment = (
            (lambda message: message.sent_at) if origin is Origin.REPLAY else (lambda _: self.clock.now())
        )
        self.intake = Intake(
            store=store,
            reader=Reader(
                classifier=self.classifier,
                crisis_gate=lambda text: "crisis" in text,
                language_filter=lambda text: "fr" if "bonjour" in text else "en",
                clock=self.clock,
                moment=moment,
            ),
            bench=Bench(
                defaults=self.defaults,
                book=load_phrase_book(),
                card=load_crisis_card(None),
                key=KEY,
                arm="model",
                thresholds=self.classifier.thresholds,
                model=self.classifier.version,
                preprocessing=self.classifier.preprocessing,
                origin=origin,
                moment=moment,
                clock=self.clock,
                notices={TELEGRAM: FIRST_REPLY},
            ),
            doorbell=self.doorbell,
            notes=self.notes,
            clock=self.clock,
            telemetry=self.telemetry,
            max_batch=64,
            capacity=256,
        )

    def message(self, text: str = SAD, **changes: Any) -> IncomingMessage:
        """A new comment, by a person of its own, sent now."""
        number = next(_numbers)
        values: dict[str, Any] = {
            "ref": MessageRef(
                platform=FAKE,
                channel_id=changes.pop("channel_id", "chat"),
                message_id=changes.pop("message_id", f"m{number}"),
            ),
            "author": AuthorHash(f"{number:032x}"),
            "text": text,
            "sent_at": self.clock.now(),
            "received_at": self.clock.now(),
            "account": "fake",
            "address": {"to": f"address-{number}"},
        }
        return IncomingMessage(**(values | changes))

    @asynccontextmanager
    async def judging(self) -> AsyncIterator[None]:
        """The intake runs."""
        task = asyncio.create_task(self.intake.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def judge(self, *messages: IncomingMessage) -> Sequence[Verdict | None]:
        """Bring messages in and wait for their verdicts."""
        async with self.judging():
            return await self.intake.submit(messages)

    async def pass_time_until(self, done: Callable[[], bool]) -> None:
        """Let the clock go on, but only while somebody sleeps: what works in threads is waited for."""
        async with asyncio.timeout(10):
            while not done():
                await self.clock.advance(timedelta(seconds=bool(self.clock.sleepers)))

    def delivery(self, sender: FakeSender, *, run_id: str = "run-1", pacer: Pacer | None = None) -> Delivery:
        """A delivery of this installation."""
        return Delivery(
            store=self.store,
            sender=sender,
            pacer=pacer or Pacer(),
            defaults=self.defaults,
            doorbell=self.doorbell,
            clock=self.clock,
            telemetry=self.telemetry,
            run_id=run_id,
        )

    async def deliver(self, *fates: PlatformError | None, **options: Any) -> FakeSender:
        """One look at the outbox, by a sender whose platform does as `fates` say."""
        sender = FakeSender(fates)
        delivery = self.delivery(sender, **options)
        delivery.stop()  # after one pass
        await delivery.run()
        return sender


def rows(database: Path, query: str) -> list[Any]:
    """What stands in the file; single columns unpacked."""
    with sqlite3.connect(database) as connection:
        found = connection.execute(query).fetchall()
    return [row[0] if len(row) == 1 else row for row in found]
