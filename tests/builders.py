"""Plain values for tests: sensible ones by default, and every field can be said otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.channels import ChannelSettings, Mode
from bot.domain.decisions import (
    History,
    Prediction,
    ReplyThresholds,
    ReplyWhen,
    Sensitivity,
    Standing,
    TextFacts,
)
from bot.domain.history import PastReply
from bot.domain.messages import AuthorHash, IncomingMessage, MessageRef, Platform
from bot.domain.replies import OutgoingReply

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""The moment at which tests happen; `FakeClock` starts here too."""

AUTHOR = AuthorHash("a" * 32)
ACCOUNT = "solace"
HTTP = Platform("http")
SAD = "I miss her so much and nothing helps."
HAPPY = "What a lovely day, thank you all!"

CLASSIFIED_FIELDS = [
    "text",
    "label",
    "groups",
    "positive",
    "negative",
    "neutral",
    "ambiguous",
    "not_positive",
    "distress",
    "emotions",
    "language",
    "crisis",
    "would_reply",
    "reason",
    "model",
]
"""What a classified text shows, in this order, in the terminal and over HTTP."""

THRESHOLDS: ReplyThresholds = {
    each: {Sensitivity.CAREFUL: 0.8, Sensitivity.NORMAL: 0.6, Sensitivity.KEEN: 0.4} for each in ReplyWhen
}


def a_ref(message_id: str = "m1", *, channel_id: str = "lounge", platform: Platform = HTTP) -> MessageRef:
    return MessageRef(platform=platform, channel_id=channel_id, message_id=message_id)


def a_message(
    text: str = SAD,
    *,
    message_id: str = "m1",
    channel_id: str = "lounge",
    platform: Platform = HTTP,
    **changes: Any,
) -> IncomingMessage:
    """A person's comment, sent and received at `NOW`; `sent_at` alone moves `received_at` along."""
    sent_at = changes.pop("sent_at", NOW)
    values: dict[str, Any] = {
        "ref": a_ref(message_id, channel_id=channel_id, platform=platform),
        "author": AUTHOR,
        "text": text,
        "sent_at": sent_at,
        "received_at": sent_at,
        "account": ACCOUNT,
    }
    return IncomingMessage(**(values | changes))


def a_channel(**changes: Any) -> ChannelSettings:
    """A chat in which the bot speaks."""
    values: dict[str, Any] = {"mode": Mode.LIVE}
    return ChannelSettings(**(values | changes))


def an_open_channel(**changes: Any) -> ChannelSettings:
    """A chat without cooldown, cap or pace."""
    values: dict[str, Any] = {"author_cooldown": timedelta(), "thread_cap": None, "chat_pace": None}
    return a_channel(**(values | changes))


def a_prediction(**changes: Any) -> Prediction:
    """Clearly sad; `positive` alone moves `not_positive` along."""
    positive = changes.pop("positive", 0.05)
    values: dict[str, Any] = {
        "positive": positive,
        "negative": 0.9,
        "neutral": 0.1,
        "ambiguous": 0.05,
        "not_positive": 1 - positive,
        "distress": 0.85,
        "emotions": {"sadness": 0.8, "grief": 0.3, "joy": 0.01},
        "label": "negative",
        "groups": ("negative",),
        "thresholds": THRESHOLDS,
        "model": "test-1",
        "preprocessing": "test-1",
    }
    return Prediction(**(values | changes))


def a_happy_prediction(**changes: Any) -> Prediction:
    """Nothing to comfort here."""
    values: dict[str, Any] = {
        "positive": 0.95,
        "negative": 0.02,
        "distress": 0.01,
        "emotions": {"joy": 0.9, "sadness": 0.01},
        "label": "positive",
        "groups": ("positive",),
    }
    return a_prediction(**(values | changes))


def facts(**changes: Any) -> TextFacts:
    """An English text of eight words."""
    values: dict[str, Any] = {
        "words": 8,
        "only_links": False,
        "only_quote": False,
        "too_long": False,
        "sarcasm_tag": False,
        "language": "en",
        "crisis": False,
    }
    return TextFacts(**(values | changes))


def history(**changes: Any) -> History:
    """Nobody was answered before."""
    return History(**changes)


def standing(**changes: Any) -> Standing:
    """Nothing stands about the author."""
    return Standing(**changes)


def a_past_reply(phrase_id: str = "p1", *, at: datetime = NOW) -> PastReply:
    return PastReply(at=at, phrase_id=phrase_id)


def a_reply(reply_id: int = 1, **changes: Any) -> OutgoingReply:
    """A reply that may go out at `NOW`."""
    values: dict[str, Any] = {
        "id": reply_id,
        "ref": a_ref(),
        "text": "That sounds like a lot to deal with.",
        "address": {},
        "received_at": NOW,
        "deadline": NOW + timedelta(seconds=10),
    }
    return OutgoingReply(**(values | changes))
