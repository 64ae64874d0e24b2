"""What delivery relies on, whichever sender it has. A new platform is one more `SenderContract`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from assembly import KEY
from botapi.server import FakeTelegram
from builders import a_reply
from fakes import FakeClock, FakeSender, ListTelemetry
from reading_markdown import above_the_footer
from reddit_town import LINK, ME, Town
from scripted_api import ScriptedApi
from telegram_world import Telegram, a_group_reply

from bot.adapters.console import ConsoleSender
from bot.adapters.http import Bell, HttpFeedSender, TryItSender
from bot.adapters.reddit.footer import Footer
from bot.adapters.reddit.sender import RedditSender
from bot.adapters.reddit.values import ref_of
from bot.adapters.storage import SqlStore, migrate
from bot.adapters.telegram.client import BotApi
from bot.adapters.telegram.values import TELEGRAM
from bot.application.delivery import CLAIM
from bot.application.ports import ReplySender
from bot.domain.channels import Answer
from bot.domain.errors import PlatformError, PlatformUnavailable, RateLimited, ReplyRejected, ReplyUnconfirmed
from bot.domain.messages import ChannelKey
from bot.domain.replies import OutgoingReply, Receipt

TEXTS = [
    "Take care.",
    "Two\nlines\n\n(I am a bot.)",
    "🫂 é \u202e [bold]not markup[/bold]",
    "x" * 4_000,
]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A sender, and what can be seen of its work from the other side.

    Attributes:
        arrived: how many replies people can read by now.
        texts: what these say; None where the sender itself carries no text.
        reply: a reply that this platform can deliver.
    """

    sender: ReplySender
    arrived: Callable[[], int]
    texts: Callable[[], Sequence[str]] | None = None
    reply: Callable[..., OutgoingReply] = a_reply


class SenderContract:
    """Subclasses give the fixture `world`."""

    def test_it_names_its_platform_and_account(self, world: World) -> None:
        assert world.sender.platform
        assert world.sender.account
        assert world.sender.account == world.sender.account.strip().lower(), "a lease file is named after it"

    def test_nothing_happens_before_it_is_asked(self, world: World) -> None:
        assert world.arrived() == 0

    async def test_one_call_is_one_reply_and_gives_a_receipt(self, world: World) -> None:
        receipt = await world.sender.send(world.reply())
        assert isinstance(receipt, Receipt)
        assert receipt.message_id != "", "an id, or None where the platform names none"
        assert world.arrived() == 1

    @pytest.mark.parametrize("text", TEXTS, ids=["short", "lines", "odd", "long"])
    async def test_words_arrive_as_they_are(self, world: World, text: str) -> None:
        await world.sender.send(world.reply(text=text))
        assert world.arrived() == 1
        if world.texts is not None:
            assert list(world.texts()) == [text]

    async def test_it_keeps_no_memory_that_would_swallow_or_repeat_a_reply(self, world: World) -> None:
        for number in (1, 2, 1):
            await world.sender.send(world.reply(number))
        assert world.arrived() == 3, "whether to send is the outbox's to know"

    async def test_as_many_as_may_be_on_the_wire_at_once(self, world: World) -> None:
        receipts = await asyncio.gather(*[world.sender.send(world.reply(number)) for number in range(CLAIM)])
        assert len(receipts) == world.arrived() == CLAIM
        named = [receipt.message_id for receipt in receipts if receipt.message_id is not None]
        assert len(named) == len(set(named))


class TestFakeSender(SenderContract):
    @pytest.fixture
    def world(self) -> World:
        sender = FakeSender()
        return World(
            sender=sender,
            arrived=lambda: len(sender.stored),
            texts=lambda: [reply.text for reply in sender.stored],
        )

    @pytest.mark.parametrize(
        ("fate", "stored"),
        [
            (RateLimited(timedelta(seconds=1)), 0),
            (PlatformUnavailable("down"), 0),
            (ReplyRejected("blocked"), 0),
            (ReplyUnconfirmed("cut off"), 1),
        ],
        ids=lambda each: type(each).__name__,
    )
    async def test_an_error_tells_whether_something_may_have_been_stored(
        self, fate: PlatformError, stored: int
    ) -> None:
        sender = FakeSender([fate])
        with pytest.raises(type(fate)):
            await sender.send(a_reply())
        assert len(sender.stored) == stored


class CountingBell(Bell):
    """Counts its rings: over HTTP people read the store, and ringing is all that a sender does."""

    def __init__(self) -> None:
        super().__init__()
        self.rings = 0

    def ring(self) -> None:
        self.rings += 1
        super().ring()


class TestHttpFeedSender(SenderContract):
    @pytest.fixture
    def world(self) -> World:
        bell = CountingBell()
        return World(sender=HttpFeedSender(bell), arrived=lambda: bell.rings)


class TestTryItSender(SenderContract):
    @pytest.fixture
    def world(self) -> World:
        bell = CountingBell()
        return World(sender=TryItSender(bell), arrived=lambda: bell.rings)


class TestConsoleSender(SenderContract):
    @pytest.fixture
    def world(self) -> World:
        shown: list[str] = []
        return World(
            sender=ConsoleSender(shown.append), arrived=lambda: len(shown), texts=lambda: list(shown)
        )

    @pytest.mark.parametrize("error", [BrokenPipeError(), OSError(5, "Input/output error")])
    async def test_a_closed_terminal_is_final(self, error: OSError) -> None:
        def closed(_text: str) -> None:
            raise error

        with pytest.raises(ReplyRejected) as caught:
            await ConsoleSender(closed).send(a_reply(text="words of ours"))
        assert "words of ours" not in str(caught.value)


class TelegramContract(SenderContract):
    """Over real HTTP, to a Telegram of the project's own. Subclasses say who sees a reply."""

    answer: Answer

    @pytest.fixture
    async def world(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
        monkeypatch.setenv("PTB_TIMEDELTA", "true")
        url = f"sqlite:///{tmp_path / 'solace.db'}"
        migrate(url)
        async with (
            FakeTelegram.serving() as fake,
            SqlStore(url, key_fingerprint=KEY.fingerprint) as store,
            BotApi(token=fake.world.token, api_url=fake.url) as api,
        ):
            fake.world.switch(enforced=False)  # the pace is the delivery's to keep
            ann = fake.world.user("Ann")
            chat = fake.world.supergroup("Friends", owner=ann)
            fake.world.add_bot(chat, by=ann, admin=True)
            said = fake.world.write(chat, ann, "a hard day")
            await api.call("getMe")
            telegram = Telegram(store, api)
            await telegram.chat(key=(TELEGRAM, str(chat)), answer=self.answer)
            reply = partial(a_group_reply, group=chat, person=ann, message_id=said["message_id"])
            yield World(
                sender=telegram.sender,
                arrived=lambda: len(fake.world.sent(chat)),
                texts=lambda: [each["text"] for each in fake.world.sent(chat)],
                reply=reply,
            )


class TestTelegramSenderInPublic(TelegramContract):
    answer = Answer.PUBLIC


class TestTelegramSenderWhispering(TelegramContract):
    answer = Answer.WHISPER


class NobodyRefuses:
    async def refused(self, chat: ChannelKey, reason: str) -> None:
        raise AssertionError(chat, reason)


def reddit_sender(town: Town) -> RedditSender:
    return RedditSender(
        account=f"reddit:{ME.lower()}",
        api=town,
        footer=Footer.of(ME),
        refusals=NobodyRefuses(),
        clock=town.clock,
        telemetry=ListTelemetry(),
    )


def a_comments_reply(number: int = 1, **changes: Any) -> OutgoingReply:
    """To the only comment there is."""
    return a_reply(number, ref=ref_of("place", "t1_parent"), **changes)


class TestRedditSender(SenderContract):
    @pytest.fixture
    def world(self) -> World:
        town = Town(FakeClock())
        town.say("t1_parent", LINK, "Ann")
        return World(
            sender=reddit_sender(town),
            arrived=lambda: len(town.ours()),
            texts=lambda: [above_the_footer(each.body) for each in town.ours()],
            reply=a_comments_reply,
        )


def test_no_two_senders_empty_one_outbox() -> None:
    bell = Bell()
    telegram = Telegram(None, ScriptedApi()).sender  # type: ignore[arg-type]  # it is not asked anything
    senders: list[ReplySender] = [
        HttpFeedSender(bell),
        TryItSender(bell),
        ConsoleSender(print),
        FakeSender(),
        telegram,
        reddit_sender(Town(FakeClock())),
    ]
    assert len({sender.account for sender in senders}) == len(senders)
    assert len({sender.platform for sender in senders}) == len(senders)


def test_a_reply_shows_no_address_when_it_is_printed() -> None:
    reply: OutgoingReply = a_reply(address={"chat": "a-private-number"})
    assert "a-private-number" not in repr(reply)
