from datetime import UTC, datetime

import pytest

from bot.adapters.console import TERMINAL, ConsoleSender
from bot.domain.errors import ReplyRejected
from bot.domain.messages import MessageRef
from bot.domain.replies import OutgoingReply, Receipt

REPLY = OutgoingReply(
    id=7,
    ref=MessageRef(platform=TERMINAL, channel_id="terminal", message_id="m"),
    text="That sounds hard.",
    address={},
    received_at=datetime(2026, 1, 1, tzinfo=UTC),
    deadline=datetime(2026, 1, 1, tzinfo=UTC),
)


async def test_a_reply_is_shown_once_and_has_a_receipt() -> None:
    shown: list[str] = []
    sender = ConsoleSender(shown.append)

    receipt = await sender.send(REPLY)

    assert shown == ["That sounds hard."]
    assert receipt == Receipt(message_id="7")
    assert (sender.platform, sender.account) == ("terminal", "terminal")


async def test_a_closed_terminal_is_final() -> None:
    def closed(_text: str) -> None:
        raise BrokenPipeError

    with pytest.raises(ReplyRejected):
        await ConsoleSender(closed).send(REPLY)
