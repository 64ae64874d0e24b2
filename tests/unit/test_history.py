from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from builders import AUTHOR, HTTP, NOW, a_channel, a_message, a_past_reply
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.channels import ChannelSettings
from bot.domain.decisions import History
from bot.domain.history import (
    AUTHOR_PHRASES,
    CHAT_PHRASES,
    PastReply,
    Recollection,
    Scope,
    Subject,
    needed,
    subjects,
)
from bot.domain.messages import AuthorHash, IncomingMessage, Origin

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


def whose(message: IncomingMessage) -> dict[Scope, Subject]:
    return subjects(message, origin=Origin.LIVE, imagined=False)


# ------------------------------------------------------------------ against somebody who remembers everything


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """A reply that somebody got somewhere."""

    message: IncomingMessage
    reply: PastReply


messages = st.builds(
    a_message,
    author=st.none() | st.sampled_from([AuthorHash("a" * 32), AuthorHash("b" * 32)]),
    channel_id=st.sampled_from(["lounge", "attic"]),
    thread_id=st.none() | st.sampled_from(["t1", "t2"]),
)
moments = st.timedeltas(timedelta(hours=-3), timedelta()) | st.sampled_from([-HOUR, timedelta()])


@st.composite
def timelines(draw: st.DrawFn, *, longest: int = 40) -> list[Earlier]:
    """Oldest first, each with a phrase of its own."""
    drawn = draw(st.lists(st.tuples(moments, messages), max_size=longest))
    return [
        Earlier(message=message, reply=PastReply(at=NOW + offset, phrase_id=f"p{number}"))
        for number, (offset, message) in enumerate(sorted(drawn, key=lambda each: each[0]))
    ]


channels = st.builds(
    a_channel,
    thread_cap=st.none() | st.integers(0, 15),
    chat_pace=st.none() | st.integers(0, 15),
)


def remembered(timeline: Sequence[Earlier], message: IncomingMessage) -> History:
    """The whole truth, newest first, by going through everything."""
    newest = list(reversed(timeline))
    by_author = [each for each in newest if message.author and each.message.author == message.author]
    in_chat = [each for each in newest if each.message.ref.channel_id == message.ref.channel_id]
    in_thread = [each for each in in_chat if each.message.thread_id == message.thread_id]
    last_hour = sum(each.reply.at > NOW - HOUR for each in in_chat)
    return History(
        last_reply_to_author=max((each.reply.at for each in by_author), default=None),
        met_before=any(each.reply.arrived for each in by_author),
        thread_replies=last_hour if message.thread_id is None else len(in_thread),
        chat_replies=last_hour,
        author_phrases=tuple(each.reply.phrase_id for each in by_author)[:AUTHOR_PHRASES],
        chat_phrases=tuple(each.reply.phrase_id for each in in_chat)[:CHAT_PHRASES],
    )


def stored(timeline: Sequence[Earlier], limit: int | None = None) -> dict[Subject, list[PastReply]]:
    """What the database would answer: each subject's newest replies, newest first."""
    past: dict[Subject, list[PastReply]] = {}
    for each in reversed(timeline):
        for subject in whose(each.message).values():
            past.setdefault(subject, []).append(each.reply)
    return {subject: replies[:limit] for subject, replies in past.items()}


@given(timelines(), messages)
def test_a_recollection_counts_like_somebody_who_remembers_everything(
    timeline: list[Earlier], message: IncomingMessage
) -> None:
    recollection = Recollection(stored(timeline), {})
    assert recollection.history(whose(message), NOW) == remembered(timeline, message)


@given(timelines(), st.integers(0, 40), messages)
def test_a_reply_of_this_batch_counts_like_a_stored_one(
    timeline: list[Earlier], stored_so_far: int, message: IncomingMessage
) -> None:
    recollection = Recollection(stored(timeline[:stored_so_far]), {})
    for each in timeline[stored_so_far:]:
        recollection.add(whose(each.message), each.reply)
    assert recollection.history(whose(message), NOW) == remembered(timeline, message)


@given(timelines(), channels, messages)
def test_what_is_needed_decides_everything(
    timeline: list[Earlier], channel: ChannelSettings, message: IncomingMessage
) -> None:
    truth = remembered(timeline, message)
    some = Recollection(stored(timeline, needed(channel)), {}).history(whose(message), NOW)
    assert limits(some, channel) == limits(truth, channel)
    assert (some.author_phrases, some.chat_phrases) == (truth.author_phrases, truth.chat_phrases)


def limits(history: History, channel: ChannelSettings) -> tuple[datetime | None, bool, bool]:
    return (
        history.last_reply_to_author,
        channel.thread_cap is not None and history.thread_replies >= channel.thread_cap,
        channel.chat_pace is not None and history.chat_replies >= channel.chat_pace,
    )


@given(channels)
def test_needed_covers_every_cap(channel: ChannelSettings) -> None:
    caps = [channel.thread_cap or 0, channel.chat_pace or 0, AUTHOR_PHRASES, CHAT_PHRASES]
    assert needed(channel) == max(caps)


# ------------------------------------------------------------------ one by one


def test_nothing_remembered_is_an_empty_history() -> None:
    assert Recollection({}, {}).history(whose(a_message()), NOW) == History()


@pytest.mark.parametrize(("at", "expected"), [(NOW - HOUR, 0), (NOW - HOUR + TICK, 1), (NOW, 1)])
def test_the_hour_ends_after_an_hour(at: datetime, expected: int) -> None:
    message = a_message()
    recollection = Recollection({whose(message)[Scope.CHAT]: [a_past_reply(at=at)]}, {})
    assert recollection.history(whose(message), NOW).chat_replies == expected


@pytest.mark.parametrize(("answers_us", "expected"), [(True, 2), (False, 0)])
def test_a_chain_is_what_the_author_got_over_an_hour_if_they_answer_the_bot(
    answers_us: bool, expected: int
) -> None:
    whole = [a_past_reply(at=NOW), a_past_reply(at=NOW - HOUR + TICK), a_past_reply(at=NOW - HOUR)]
    message = a_message()
    recollection = Recollection({whose(message)[Scope.AUTHOR]: whole}, {})
    assert recollection.history(whose(message), NOW, answers_us=answers_us).chain == expected


def test_who_asked_to_be_left_alone_is_known_by_their_hash() -> None:
    recollection = Recollection({}, {AUTHOR: NOW + HOUR})
    assert recollection.history(whose(a_message()), NOW).left_alone_until == NOW + HOUR
    stranger = a_message(author=AuthorHash("b" * 32))
    nobody = a_message(author=None)
    assert recollection.history(whose(stranger), NOW).left_alone_until is None
    assert recollection.history(whose(nobody), NOW).left_alone_until is None


def test_adding_changes_nothing_that_was_handed_in() -> None:
    subject = whose(a_message())[Scope.CHAT]
    past = {subject: [a_past_reply("p1")]}
    Recollection(past, {}).add(whose(a_message()), a_past_reply("p2"))
    assert past == {subject: [a_past_reply("p1")]}


# ------------------------------------------------------------------ subjects


def test_a_message_has_an_author_a_thread_and_a_chat() -> None:
    found = subjects(a_message(thread_id="t1"), origin=Origin.REPLAY, imagined=True)
    assert {scope: (subject.id, subject.channel_id) for scope, subject in found.items()} == {
        Scope.AUTHOR: (AUTHOR, ""),
        Scope.THREAD: ("t1", "lounge"),
        Scope.CHAT: ("lounge", ""),
    }
    assert all(
        (subject.scope, subject.origin, subject.platform, subject.imagined)
        == (scope, Origin.REPLAY, HTTP, True)
        for scope, subject in found.items()
    )


def test_nobody_and_no_thread_have_no_history() -> None:
    assert whose(a_message(author=None)).keys() == {Scope.CHAT}


def test_the_same_thread_id_in_another_chat_is_another_thread() -> None:
    here, there = (whose(a_message(thread_id="t1", channel_id=chat)) for chat in ("lounge", "attic"))
    assert here[Scope.THREAD] != there[Scope.THREAD]


def test_a_replay_never_counts_for_live_cooldowns() -> None:
    message = a_message()
    replayed = subjects(message, origin=Origin.REPLAY, imagined=True)
    recollection = Recollection({}, {})
    recollection.add(replayed, a_past_reply())
    assert recollection.history(whose(message), NOW) == History()
    assert recollection.history(replayed, NOW).chat_replies == 1
