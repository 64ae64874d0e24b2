"""Raw comments and submissions: each is read, ignored, or bad, and never anything else."""

import copy
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from assembly import KEY
from builders import NOW
from hypothesis import given
from hypothesis import strategies as st
from reddit_world import ACCOUNT, USERNAME, Raw, a_comment, a_submission

from bot.adapters.reddit.things import (
    BadThing,
    Ignored,
    Reading,
    Said,
    created_of,
    edit_of,
    name_of,
    read,
    subreddit_of,
)
from bot.adapters.reddit.values import REDDIT, number_of
from bot.domain.messages import MessageRef, Sender, scrubbed

READING = Reading(key=KEY, account=ACCOUNT, username=USERNAME, subreddits={"one", "two"}, now=NOW)
WRITTEN = NOW - timedelta(seconds=40)


def comment(**changes: Any) -> Raw:
    return a_comment(at=WRITTEN, **changes)


def submission(**changes: Any) -> Raw:
    return a_submission(at=WRITTEN, **changes)


def said(raw: object) -> Said:
    found = read(raw, READING)
    assert isinstance(found, Said)
    return found


def test_a_comment_becomes_a_message() -> None:
    found = said(comment(number=77, parent_id="t1_abc", author="Ann"))
    message = found.message
    assert message.ref == MessageRef(platform=REDDIT, channel_id="one", message_id="t1_25")
    assert message.author == KEY.author(REDDIT, "ann")
    assert (message.text, message.account) == ("sad and alone today", ACCOUNT)
    assert (message.sent_at, message.received_at) == (WRITTEN, NOW)
    assert (message.sender, message.thread_id, dict(message.address)) == (Sender.PERSON, "t3_l1", {})
    assert (message.private, message.edited, message.skipped) == (False, False, False)
    assert (found.parent, found.thread, found.title, found.flair) == (
        "t1_abc",
        "t3_l1",
        "A quiet day",
        None,
    )


@pytest.mark.parametrize(
    ("body", "command"),
    [("!optout", True), ("!why t1_abc", True), ("!why do I even go on, I want to die", False)],
)
def test_only_what_is_nothing_but_a_command_counts_as_one(body: str, command: bool) -> None:
    assert said(comment(body=body)).message.command is command


def test_a_self_post_is_its_title_and_its_text() -> None:
    found = said(submission(number=5, link_flair_text="Vent"))
    assert found.message.text == "A bad day\n\nsad and alone today"
    assert found.message.thread_id == found.thread == found.message.ref.message_id == "t3_5"
    assert (found.parent, found.title, found.flair) == (None, "A bad day", "Vent")
    assert said(submission(selftext="")).message.text == "A bad day"
    assert said(submission()).flair == ""


@pytest.mark.parametrize(
    "raw",
    [
        comment(author="[deleted]", body="[deleted]"),
        comment(author=None),
        comment(body="[removed]"),
        comment(body="[deleted]"),
        comment(subreddit="elsewhere"),
        submission(author="[deleted]"),
        submission(selftext="[removed]"),
        submission(selftext="[deleted]"),
        submission(removed_by_category="moderator"),
        submission(is_self=False),
        {"kind": "more", "data": {"children": ["x"]}},
        {"kind": "t4", "data": {}},
        {"kind": 3},
        {},
    ],
)
def test_what_is_gone_or_concerns_nobody_here_is_ignored(raw: Raw) -> None:
    assert isinstance(read(raw, READING), Ignored)


@pytest.mark.parametrize(
    ("author", "sender"),
    [
        ("ann", Sender.PERSON),
        ("bottle_of_tea", Sender.PERSON),
        ("solace_BOT", Sender.SELF),
        ("AutoModerator", Sender.BOT),
        ("one-ModTeam", Sender.BOT),
        ("RemindMeBot", Sender.BOT),
        ("haiku_bot-1911_", Sender.BOT),
        ("HaikuBOT", Sender.BOT),
        ("haiku-Bot2", Sender.BOT),
        ("haikusbot", Sender.BOT),
        ("Talbot", Sender.PERSON),
        ("Cabot1990", Sender.PERSON),
        ("abbot", Sender.PERSON),
        ("TALBOT", Sender.PERSON),
        ("Bot", Sender.PERSON),
        ("mr_robot_", Sender.PERSON),
        ("other_solace_bot", Sender.BOT),
    ],
)
def test_whoever_is_no_person_is_known_by_name_and_has_no_hash(author: str, sender: Sender) -> None:
    message = said(comment(author=author)).message
    assert message.sender is sender
    assert (message.author is None) == (sender is not Sender.PERSON)


@pytest.mark.parametrize(
    ("edited", "mark"),
    [(False, 0.0), (None, 0.0), (True, 1.0), (1_800_000_000.5, 1_800_000_000.5), (float("nan"), 0.0)],
)
def test_an_edit_is_known_by_its_date(edited: object, mark: float) -> None:
    raw = comment(edited=edited)
    assert edit_of(raw) == mark
    assert said(raw).message.edited == (mark > 0)


@pytest.mark.parametrize(
    ("raw", "kind", "error"),
    [
        ("zq7x", "", "WrongType: thing"),
        ({"kind": "t1"}, "t1", "Missing: data"),
        ({"kind": "t1", "data": ["zq7x"]}, "t1", "WrongType: data"),
        (comment(body=None), "t1", "Missing: body"),
        (comment(body=7), "t1", "WrongType: body"),
        (comment(author=7), "t1", "WrongType: author"),
        (comment(author="x" * 201), "t1", "ValueError"),
        (comment(name="zq7x"), "t1", "WrongType: name"),
        (comment(name="t3_a"), "t1", "WrongType: name"),
        (comment(link_id="t1_a"), "t1", "WrongType: link_id"),
        (comment(parent_id="t4_a"), "t1", "WrongType: parent_id"),
        (comment(subreddit=None), "t1", "Missing: subreddit"),
        (comment(created_utc=None), "t1", "Missing: created_utc"),
        (comment(created_utc=True), "t1", "WrongType: created_utc"),
        (comment(created_utc=float("nan")), "t1", "WrongType: created_utc"),
        (comment(created_utc=1e300), "t1", "WrongType: created_utc"),
        (comment(created_utc=-1), "t1", "WrongType: created_utc"),
        (submission(title=None), "t3", "Missing: title"),
        (submission(is_self="yes"), "t3", "WrongType: is_self"),
    ],
)
def test_what_is_wrong_is_named_by_its_field_and_never_by_its_value(
    raw: object, kind: str, error: str
) -> None:
    with pytest.raises(BadThing) as caught:
        read(raw, READING)
    assert (caught.value.kind, caught.value.error) == (kind, error)
    assert "zq7x" not in str(caught.value)


def test_a_bad_thing_is_known_by_its_number_where_it_has_one() -> None:
    with pytest.raises(BadThing) as caught:
        read(comment(number=77, body=7), READING)
    assert caught.value.number == number_of("t1_25")
    with pytest.raises(BadThing) as caught:
        read(comment(name=None), READING)
    assert caught.value.number is None


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Lo"])),
    st.sampled_from(["\x00", "\ud800 sad", "t1_" + "z" * 13, "t3_a", "א" * 5000, "> sad\n\n/s", "[deleted]"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
FIELDS = sorted({*comment()["data"], *submission()["data"]})


def paths(raw: Any, base: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield base
    if isinstance(raw, dict):
        for name in raw:
            yield from paths(raw[name], (*base, name))


@given(st.sampled_from([comment(), submission()]), st.dictionaries(st.sampled_from(FIELDS), odd, max_size=3))
def test_whatever_its_fields_hold_it_is_read_ignored_or_bad(raw: Raw, changes: dict[str, Any]) -> None:
    changed = copy.deepcopy(raw)
    changed["data"] |= changes
    understood(changed)


@given(st.sampled_from([comment(), submission()]), st.data())
def test_whatever_stands_in_place_of_a_part_it_is_read_ignored_or_bad(raw: Raw, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(paths(raw))))
    value = data.draw(odd)
    if not path:
        understood(value)
        return
    changed = copy.deepcopy(raw)
    inner: Any = changed
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    understood(changed)


def understood(raw: object) -> None:
    for look in (name_of, edit_of, created_of, subreddit_of):
        look(raw)
    try:
        found = read(raw, READING)
    except BadThing:
        return
    if isinstance(found, Said):
        message = found.message
        assert message.ref.channel_id in READING.subreddits
        assert scrubbed(message.text) == message.text
        assert message.sent_at.tzinfo is not None
        json.dumps([message.text, message.thread_id])
