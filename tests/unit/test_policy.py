from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from builders import NOW, a_channel, a_message, a_prediction, an_open_channel, facts, history
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.channels import ChannelSettings, Mode, QuietHours
from bot.domain.crisis import CrisisAction
from bot.domain.decisions import (
    Action,
    Outcome,
    Reason,
    ReplyWhen,
    Sensitivity,
    Standing,
    TextFacts,
)
from bot.domain.messages import IncomingMessage, Sender
from bot.domain.policy import (
    answer_crisis,
    card_deadline,
    deadline,
    decide,
    gate,
    is_command,
    screen,
    unreadable,
    worth_a_reply,
)

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)

SCREEN = (
    Reason.OWN_MESSAGE,
    Reason.BOT,
    Reason.ANONYMOUS_ADMIN,
    Reason.LINKED_CHANNEL,
    Reason.COMMAND,
    Reason.OPTED_OUT,
    Reason.CHANNEL_OFF,
    Reason.PAUSED,
    Reason.THREAD_SKIPPED,
)
GATE = (
    Reason.CRISIS,
    Reason.LATE,
    Reason.EMPTY,
    Reason.ONLY_LINKS,
    Reason.ONLY_QUOTE,
    Reason.TOO_SHORT,
    Reason.TOO_LONG,
    Reason.NOT_ENGLISH,
    Reason.SARCASM_TAG,
)
DECIDE = (
    Reason.BELOW_THRESHOLD,
    Reason.QUIET_HOURS,
    Reason.LEFT_ALONE,
    Reason.AUTHOR_COOLDOWN,
    Reason.THREAD_CAP,
    Reason.CHAT_PACE,
)
DOCUMENTED_ORDER = (*SCREEN, *GATE, *DECIDE)

OTHER_SENDERS = {
    Reason.OWN_MESSAGE: Sender.SELF,
    Reason.BOT: Sender.BOT,
    Reason.ANONYMOUS_ADMIN: Sender.ANONYMOUS_ADMIN,
    Reason.LINKED_CHANNEL: Sender.LINKED_CHANNEL,
}
NOON = QuietHours(start=time(11), end=time(13), zone="UTC")


@dataclass
class Scene:
    """A message that would be answered, until something is said about it."""

    message: dict[str, Any] = field(default_factory=dict)
    standing: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    prediction: dict[str, Any] = field(default_factory=dict)
    channel: dict[str, Any] = field(default_factory=dict)
    history: dict[str, Any] = field(default_factory=dict)

    def judged(self) -> Outcome:
        """The whole way, as the intake goes it."""
        message, channel = a_message(**self.message), a_channel(**self.channel)
        seen = facts(**self.facts)
        early = screen(message, channel, Standing(**self.standing), now=NOW) or gate(
            message, seen, channel, now=NOW
        )
        if early is not None:
            return Outcome(action=Action.SILENCE, reason=early)
        return decide(message, seen, a_prediction(**self.prediction), channel, history(**self.history), NOW)


# What brings each reason about, and nothing else; Scene's field and what to say in it.
CAUSES: dict[Reason, tuple[str, dict[str, Any]]] = {
    **{reason: ("message", {"sender": sender}) for reason, sender in OTHER_SENDERS.items()},
    Reason.COMMAND: ("message", {"text": "/start now"}),
    Reason.OPTED_OUT: ("standing", {"opted_out": True}),
    Reason.CHANNEL_OFF: ("channel", {"mode": Mode.OFF}),
    Reason.PAUSED: ("channel", {"paused_until": NOW + HOUR}),
    Reason.THREAD_SKIPPED: ("message", {"skipped": True}),
    Reason.CRISIS: ("facts", {"crisis": True}),
    Reason.LATE: ("message", {"sent_at": NOW - timedelta(seconds=11)}),
    Reason.EMPTY: ("facts", {"words": 0}),
    Reason.ONLY_LINKS: ("facts", {"words": 0, "only_links": True}),
    Reason.ONLY_QUOTE: ("facts", {"words": 0, "only_quote": True}),
    Reason.TOO_SHORT: ("facts", {"words": 1}),
    Reason.TOO_LONG: ("facts", {"too_long": True}),
    Reason.NOT_ENGLISH: ("facts", {"language": "de"}),
    Reason.SARCASM_TAG: ("facts", {"sarcasm_tag": True}),
    Reason.BELOW_THRESHOLD: ("prediction", {"negative": 0.59}),
    Reason.QUIET_HOURS: ("channel", {"quiet_hours": NOON}),
    Reason.LEFT_ALONE: ("history", {"left_alone_until": NOW + HOUR}),
    Reason.AUTHOR_COOLDOWN: ("history", {"last_reply_to_author": NOW - HOUR}),
    Reason.THREAD_CAP: ("history", {"thread_replies": 3}),
    Reason.CHAT_PACE: ("history", {"chat_replies": 6}),
}


def scene_with(reasons: AbstractSet[Reason]) -> Scene:
    """Everything at once, said in the order of the table: where two say the same, the earlier one stands."""
    scene = Scene()
    for reason in reversed(DOCUMENTED_ORDER):
        if reason in reasons:
            part, changes = CAUSES[reason]
            getattr(scene, part).update(changes)
    return scene


def possible(reasons: AbstractSet[Reason]) -> bool:
    """One message has one sender, and a text of links or quotes is not empty."""
    senders = reasons & OTHER_SENDERS.keys()
    nothing_left = reasons & {Reason.ONLY_LINKS, Reason.ONLY_QUOTE}
    return len(senders) <= 1 and not (Reason.EMPTY in reasons and nothing_left)


combinations = st.sets(st.sampled_from(DOCUMENTED_ORDER)).filter(possible)


def test_the_order_of_reasons_is_the_documented_one() -> None:
    of_the_card = {Reason.CRISIS_CARD_GIVEN, Reason.CRISIS_LATE}
    asked_by_these = tuple(reason for reason in Reason if reason not in of_the_card)
    assert (*DOCUMENTED_ORDER, Reason.SUPPORT) == asked_by_these


@pytest.mark.parametrize("reason", DOCUMENTED_ORDER)
def test_every_reason_can_come_about(reason: Reason) -> None:
    assert scene_with({reason}).judged() == Outcome(action=Action.SILENCE, reason=reason)


def test_nothing_in_the_way_brings_a_reply() -> None:
    assert Scene().judged() == Outcome(action=Action.REPLY, reason=Reason.SUPPORT)


@given(combinations)
def test_the_first_documented_reason_wins(reasons: set[Reason]) -> None:
    expected = next((reason for reason in DOCUMENTED_ORDER if reason in reasons), Reason.SUPPORT)
    assert scene_with(reasons).judged().reason is expected


@given(st.sets(st.sampled_from((*GATE, *DECIDE))).filter(possible), st.sampled_from([Mode.SHADOW, Mode.LIVE]))
def test_nothing_hides_a_crisis_and_nothing_answers_it(reasons: set[Reason], mode: Mode) -> None:
    scene = scene_with({Reason.CRISIS, *reasons})
    scene.channel["mode"] = mode
    assert scene.judged() == Outcome(action=Action.SILENCE, reason=Reason.CRISIS)


@given(st.sets(st.sampled_from(DECIDE)))
def test_decide_by_itself_never_answers_a_crisis(reasons: set[Reason]) -> None:
    scene = scene_with(reasons)
    outcome = decide(
        a_message(),
        facts(crisis=True),
        a_prediction(**scene.prediction),
        a_channel(**scene.channel),
        history(**scene.history),
        NOW,
    )
    assert outcome == Outcome(action=Action.SILENCE, reason=Reason.CRISIS)


@pytest.mark.parametrize(
    ("action", "card_today", "mode", "expected"),
    [
        (CrisisAction.CARD, False, Mode.LIVE, (Action.REPLY, Reason.CRISIS)),
        (CrisisAction.CARD, False, Mode.SHADOW, (Action.SHADOW, Reason.CRISIS)),
        (CrisisAction.CARD, True, Mode.LIVE, (Action.SILENCE, Reason.CRISIS_CARD_GIVEN)),
        (CrisisAction.CARD_AND_NOTE, False, Mode.LIVE, (Action.REPLY, Reason.CRISIS)),
        (CrisisAction.CARD_AND_NOTE, True, Mode.LIVE, (Action.SILENCE, Reason.CRISIS_CARD_GIVEN)),
        (CrisisAction.SILENCE, False, Mode.LIVE, (Action.SILENCE, Reason.CRISIS)),
        (CrisisAction.SILENCE_AND_NOTE, True, Mode.LIVE, (Action.SILENCE, Reason.CRISIS)),
    ],
)
def test_a_crisis_brings_the_card_once_or_the_silence_that_the_chat_chose(
    action: CrisisAction, card_today: bool, mode: Mode, expected: tuple[Action, Reason]
) -> None:
    channel = a_channel(crisis=action, mode=mode)
    outcome = answer_crisis(a_message(), channel, card_today=card_today, now=NOW)
    assert (outcome.action, outcome.reason) == expected


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.SHADOW])
def test_a_crisis_that_came_too_late_for_the_card_says_so(mode: Mode) -> None:
    channel, message = a_channel(mode=mode), a_message()
    end = card_deadline(message)
    assert answer_crisis(message, channel, card_today=False, now=end).would_reply
    late = answer_crisis(message, channel, card_today=False, now=end + timedelta(microseconds=1))
    assert (late.action, late.reason) == (Action.SILENCE, Reason.CRISIS_LATE)


@given(combinations.filter(lambda reasons: Reason.CHANNEL_OFF not in reasons))
def test_shadow_judges_like_live_and_answers_nobody(reasons: set[Reason]) -> None:
    live, shadow = scene_with(reasons), scene_with(reasons)
    shadow.channel["mode"] = Mode.SHADOW
    assert shadow.judged().reason is live.judged().reason
    assert shadow.judged().action is not Action.REPLY
    assert shadow.judged().would_reply == live.judged().would_reply


# ------------------------------------------------------------------ screen

plain_text = st.text().filter(lambda text: not text.startswith("/"))
senders = st.sampled_from(Sender)
channels = st.builds(
    a_channel,
    mode=st.sampled_from(Mode),
    paused_until=st.none() | st.sampled_from([NOW - HOUR, NOW, NOW + HOUR]),
)


@given(plain_text, plain_text, senders, channels, st.booleans())
def test_screen_looks_at_no_text_but_for_its_leading_slash(
    one: str, other: str, sender: Sender, channel: ChannelSettings, opted_out: bool
) -> None:
    standing = Standing(opted_out=opted_out)
    first, second = (
        screen(a_message(text, sender=sender), channel, standing, now=NOW) for text in (one, other)
    )
    assert first is second


@given(st.text(), channels)
def test_nobody_who_opted_out_is_read(text: str, channel: ChannelSettings) -> None:
    assert screen(a_message(text), channel, Standing(opted_out=True), now=NOW) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", True),
        ("/help me", True),
        ("/sad", True),
        ("/s", False),
        ("/S ", False),
        ("/", False),
        ("", False),
        ("/ start", False),
        ("//comment", False),
        ("/1", False),
        (" /start", False),
        ("and/or", False),
        ("!why do I even go on", False),
    ],
)
def test_a_command_is_a_slash_and_a_letter(text: str, expected: bool) -> None:
    assert is_command(text) is expected


def test_what_a_platform_knows_as_a_command_is_not_read() -> None:
    assert screen(a_message(command=True), a_channel(), Standing(), now=NOW) is Reason.COMMAND


@pytest.mark.parametrize(
    ("paused_until", "expected"),
    [(NOW - TICK, None), (NOW, None), (NOW + TICK, Reason.PAUSED)],
)
def test_a_pause_ends_at_its_moment(paused_until: datetime, expected: Reason | None) -> None:
    assert screen(a_message(), a_channel(paused_until=paused_until), Standing(), now=NOW) is expected


# ------------------------------------------------------------------ gate

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.timedeltas(timedelta(), timedelta(days=1))


@given(moments, moments, spans)
def test_the_deadline_counts_from_the_earlier_moment(
    sent: datetime, received: datetime, span: timedelta
) -> None:
    message = a_message(sent_at=sent, received_at=received)
    assert deadline(message, a_channel(deadline=span)) == min(sent, received) + span


@given(moments, moments, spans)
def test_a_message_is_late_past_its_deadline_and_not_at_it(
    sent: datetime, received: datetime, span: timedelta
) -> None:
    message, channel = a_message(sent_at=sent, received_at=received), a_channel(deadline=span)
    due = min(sent, received) + span
    assert gate(message, facts(), channel, now=due) is None
    assert gate(message, facts(), channel, now=due + TICK) is Reason.LATE


@pytest.mark.parametrize(
    ("seen", "channel", "expected"),
    [
        (facts(words=1), a_channel(min_words=1), None),
        (facts(words=1), a_channel(min_words=2), Reason.TOO_SHORT),
        (facts(words=2), a_channel(min_words=2), None),
        (facts(words=0), a_channel(min_words=0), Reason.EMPTY),
        (facts(language="und"), a_channel(), Reason.NOT_ENGLISH),
        (facts(language="de"), a_channel(language_filter=False), None),
    ],
)
def test_what_is_unreadable_is_the_chats_choice(
    seen: TextFacts, channel: ChannelSettings, expected: Reason | None
) -> None:
    assert unreadable(seen, channel) is expected


# ------------------------------------------------------------------ decide

probabilities = st.floats(0, 1)
predictions = st.builds(
    a_prediction,
    positive=probabilities,
    negative=probabilities,
    distress=probabilities,
    thresholds=st.fixed_dictionaries(
        {each: st.fixed_dictionaries(dict.fromkeys(Sensitivity, probabilities)) for each in ReplyWhen}
    ),
)
FIELDS = {
    ReplyWhen.NOT_POSITIVE: "not_positive",
    ReplyWhen.NEGATIVE: "negative",
    ReplyWhen.DISTRESS: "distress",
}


@given(predictions, st.sampled_from(ReplyWhen), st.sampled_from(Sensitivity))
def test_a_reply_takes_the_score_that_the_chat_asks_for(
    prediction: Any, reply_when: ReplyWhen, sensitivity: Sensitivity
) -> None:
    channel = an_open_channel(reply_when=reply_when, sensitivity=sensitivity)
    reached = getattr(prediction, FIELDS[reply_when]) >= prediction.thresholds[reply_when][sensitivity]
    outcome = decide(a_message(), facts(), prediction, channel, history(), NOW)
    assert (outcome.action is Action.REPLY) is reached
    assert outcome.reason is (Reason.SUPPORT if reached else Reason.BELOW_THRESHOLD)
    assert worth_a_reply(prediction, channel) is reached


@pytest.mark.parametrize(("negative", "expected"), [(0.6, True), (0.6 - 1e-9, False)])
def test_a_score_on_the_threshold_reaches_it(negative: float, expected: bool) -> None:
    assert worth_a_reply(a_prediction(negative=negative), a_channel()) is expected


def decided(message: IncomingMessage | None = None, *, now: datetime = NOW, **scene: Any) -> Reason:
    channel = scene.pop("channel", None) or a_channel()
    return decide(message or a_message(), facts(), a_prediction(), channel, history(**scene), now).reason


@given(st.timedeltas(timedelta(days=-400), timedelta(days=400)))
def test_a_zero_cooldown_never_blocks(ago: timedelta) -> None:
    channel = an_open_channel(author_cooldown=timedelta())
    assert decided(channel=channel, last_reply_to_author=NOW - ago) is Reason.SUPPORT


@given(st.timedeltas(TICK, timedelta(days=400)))
def test_a_cooldown_ends_at_its_moment(cooldown: timedelta) -> None:
    channel = an_open_channel(author_cooldown=cooldown)
    last = NOW - cooldown
    assert decided(channel=channel, last_reply_to_author=last) is Reason.SUPPORT
    assert decided(channel=channel, last_reply_to_author=last + TICK) is Reason.AUTHOR_COOLDOWN


def test_an_endless_cooldown_is_no_error() -> None:
    channel = an_open_channel(author_cooldown=timedelta.max)
    assert decided(channel=channel, last_reply_to_author=NOW) is Reason.AUTHOR_COOLDOWN


@pytest.mark.parametrize(
    ("until", "expected"),
    [(NOW + TICK, Reason.LEFT_ALONE), (NOW, Reason.SUPPORT), (NOW - HOUR, Reason.SUPPORT)],
)
def test_who_wants_to_be_left_alone_is_until_then(until: datetime, expected: Reason) -> None:
    assert decided(channel=an_open_channel(), left_alone_until=until) is expected


@pytest.mark.parametrize(
    ("chain", "expected"), [(1, Reason.SUPPORT), (2, Reason.AUTHOR_COOLDOWN), (9, Reason.AUTHOR_COOLDOWN)]
)
def test_a_chain_of_answers_to_the_bot_ends_even_without_a_cooldown(chain: int, expected: Reason) -> None:
    channel = an_open_channel(author_cooldown=timedelta())
    assert decided(channel=channel, chain=chain) is expected


@given(st.integers(0, 50), st.none() | st.integers(0, 50))
def test_a_thread_cap_counts(replies: int, cap: int | None) -> None:
    expected = Reason.THREAD_CAP if cap is not None and replies >= cap else Reason.SUPPORT
    assert decided(channel=an_open_channel(thread_cap=cap), thread_replies=replies) is expected


@given(st.integers(0, 50), st.none() | st.integers(0, 50))
def test_a_chat_pace_counts(replies: int, pace: int | None) -> None:
    expected = Reason.CHAT_PACE if pace is not None and replies >= pace else Reason.SUPPORT
    assert decided(channel=an_open_channel(chat_pace=pace), chat_replies=replies) is expected


def test_quiet_hours_are_the_chats_own_time() -> None:
    night = QuietHours(start=time(22), end=time(7), zone="Asia/Tokyo")  # NOW is 21:00 there
    channel = an_open_channel(quiet_hours=night)
    assert decided(channel=channel) is Reason.SUPPORT
    assert decided(channel=channel, now=NOW + HOUR) is Reason.QUIET_HOURS
    assert decided(channel=replace(channel, quiet_hours=replace(night, zone="UTC"))) is Reason.SUPPORT
