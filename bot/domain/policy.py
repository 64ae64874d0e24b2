"""The decision, in three pure steps: `screen`, `gate`, `decide`. Each gives the first reason that holds."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.channels import ChannelSettings, Mode
from bot.domain.crisis import CARD_DEADLINE
from bot.domain.decisions import (
    Action,
    History,
    Outcome,
    Prediction,
    Reason,
    Standing,
    TextFacts,
    silence,
)
from bot.domain.messages import IncomingMessage, Sender

_NOT_A_PERSON: Final = {
    Sender.SELF: Reason.OWN_MESSAGE,
    Sender.BOT: Reason.BOT,
    Sender.ANONYMOUS_ADMIN: Reason.ANONYMOUS_ADMIN,
    Sender.LINKED_CHANNEL: Reason.LINKED_CHANNEL,
}
CHAIN: Final = 2
"""Replies within an hour after which an answer to the bot gets none: what loops has this shape, whoever is
on the other side, and a chat's cooldown may be zero."""
CHAT_WINDOW: Final = timedelta(hours=1)
"""The span of the chat pace, and of the thread cap where the chat is the thread."""


def screen(
    message: IncomingMessage, channel: ChannelSettings, standing: Standing, *, now: datetime
) -> Reason | None:
    """Why this message is not read at all, or None. Never looks into the text, but for a leading slash."""
    if message.sender is not Sender.PERSON:
        return _NOT_A_PERSON[message.sender]
    checks = (
        (message.command or is_command(message.text), Reason.COMMAND),
        (standing.opted_out, Reason.OPTED_OUT),
        (channel.mode is Mode.OFF, Reason.CHANNEL_OFF),
        (_paused(channel, min(now, message.sent_at)), Reason.PAUSED),
        (message.skipped, Reason.THREAD_SKIPPED),
    )
    return next((reason for holds, reason in checks if holds), None)


def _paused(channel: ChannelSettings, moment: datetime) -> bool:
    """Whether something said then is not read: what was written during a break stays unread after it."""
    return channel.paused_until is not None and moment < channel.paused_until


def is_command(text: str) -> bool:
    """Whether a text speaks to a bot: a slash and a letter at its start ("/s" alone is a sarcasm tag)."""
    return len(text) > 1 and text[0] == "/" and text[1].isalpha() and text.strip().lower() != "/s"


def deadline(message: IncomingMessage, channel: ChannelSettings) -> datetime:
    """The moment after which a reply to this message would be stale."""
    return _since(message) + channel.deadline


def card_deadline(message: IncomingMessage) -> datetime:
    """The moment after which a crisis card to this message would come too late."""
    return _since(message) + CARD_DEADLINE


def _since(message: IncomingMessage) -> datetime:
    return min(message.sent_at, message.received_at)


def gate(
    message: IncomingMessage, facts: TextFacts, channel: ChannelSettings, *, now: datetime
) -> Reason | None:
    """Why this text is not classified, or None. Crisis comes first: nothing after it may hide it."""
    return (Reason.CRISIS if facts.crisis else None) or (
        Reason.LATE if now > deadline(message, channel) else unreadable(facts, channel)
    )


def answer_crisis(
    message: IncomingMessage, channel: ChannelSettings, *, card_today: bool, now: datetime
) -> Outcome:
    """What follows when a text speaks of suicide or self-harm: the card, once a person and day, or silence.

    Nothing else has a say but a card's own deadline: no threshold, quiet hour, cooldown, cap or pace.
    """
    if not channel.crisis.card:
        return silence(Reason.CRISIS)
    if card_today:
        return silence(Reason.CRISIS_CARD_GIVEN)
    if now > card_deadline(message):
        return silence(Reason.CRISIS_LATE)
    return Outcome(action=_speaking(channel), reason=Reason.CRISIS)


def unreadable(facts: TextFacts, channel: ChannelSettings) -> Reason | None:
    """Which of its own properties keeps a text from being classified, or None."""
    checks = (
        (facts.empty, Reason.EMPTY),
        (facts.only_links, Reason.ONLY_LINKS),
        (facts.only_quote, Reason.ONLY_QUOTE),
        (facts.words < channel.min_words, Reason.TOO_SHORT),
        (facts.too_long, Reason.TOO_LONG),
        (channel.language_filter and facts.language != "en", Reason.NOT_ENGLISH),
        (facts.sarcasm_tag, Reason.SARCASM_TAG),
    )
    return next((reason for holds, reason in checks if holds), None)


def decide(
    message: IncomingMessage,  # noqa: ARG001  # whoever decides may look at all of it
    facts: TextFacts,
    prediction: Prediction,
    channel: ChannelSettings,
    history: History,
    now: datetime,
) -> Outcome:
    """Whether a classified message is answered.

    Args:
        message: the message.
        facts: what can be seen of its text; let through by `gate`.
        prediction: what the classifier says of it.
        channel: re-read in the transaction that records the verdict.
        history: replies counted in that same transaction, and those decided before it in this batch.
        now: aware; the message's own `sent_at` in a replay.
    """
    if facts.crisis:
        return silence(Reason.CRISIS)
    if not worth_a_reply(prediction, channel):
        return silence(Reason.BELOW_THRESHOLD)
    held_back = holds_back(channel, history, now)
    if held_back is not None:
        return silence(held_back)
    return Outcome(action=_speaking(channel), reason=Reason.SUPPORT)


def _speaking(channel: ChannelSettings) -> Action:
    return Action.REPLY if channel.mode is Mode.LIVE else Action.SHADOW


def worth_a_reply(prediction: Prediction, channel: ChannelSettings) -> bool:
    """Whether the score reaches the chat's threshold."""
    threshold = prediction.thresholds[channel.reply_when][channel.sensitivity]
    return prediction.score(channel.reply_when) >= threshold


def holds_back(channel: ChannelSettings, history: History, now: datetime) -> Reason | None:
    """Which limit stops a reply that the text would deserve, or None."""
    last = history.last_reply_to_author
    alone = history.left_alone_until
    checks = (
        (channel.quiet_hours is not None and channel.quiet_hours.cover(now), Reason.QUIET_HOURS),
        (alone is not None and now < alone, Reason.LEFT_ALONE),
        (last is not None and _cools_down(channel.author_cooldown, now - last), Reason.AUTHOR_COOLDOWN),
        (history.chain >= CHAIN, Reason.AUTHOR_COOLDOWN),
        (_reached(channel.thread_cap, history.thread_replies), Reason.THREAD_CAP),
        (_reached(channel.chat_pace, history.chat_replies), Reason.CHAT_PACE),
    )
    return next((reason for holds, reason in checks if holds), None)


def _cools_down(cooldown: timedelta, passed: timedelta) -> bool:
    """Whether too little time has passed; a zero cooldown holds nobody back, even where clocks went back."""
    return cooldown > timedelta() and passed < cooldown


def _reached(cap: int | None, count: int) -> bool:
    return cap is not None and count >= cap
