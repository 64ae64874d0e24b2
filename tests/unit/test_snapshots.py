import json
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from builders import THRESHOLDS, a_channel
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.channels import ChannelSettings, Mode, QuietHours
from bot.domain.crisis import CrisisAction
from bot.domain.decisions import ReplyWhen, Sensitivity
from bot.domain.snapshots import PolicySnapshot, digest

caps = st.none() | st.integers(0, 10**6)
hours = st.builds(
    QuietHours, start=st.times(), end=st.times(), zone=st.sampled_from(["UTC", "Europe/London"])
)
channels = st.builds(
    ChannelSettings,
    mode=st.sampled_from(Mode),
    paused_until=st.none() | st.datetimes(timezones=st.just(UTC)),
    reply_when=st.sampled_from(ReplyWhen),
    sensitivity=st.sampled_from(Sensitivity),
    author_cooldown=st.timedeltas(),
    thread_cap=caps,
    chat_pace=caps,
    min_words=st.integers(0, 100),
    language_filter=st.booleans(),
    quiet_hours=st.none() | hours,
    deadline=st.timedeltas(),
    crisis=st.sampled_from(CrisisAction),
    retention=st.timedeltas(),
)
lines = st.fixed_dictionaries({each: st.floats(0, 1) for each in Sensitivity})
snapshots = st.builds(
    PolicySnapshot,
    model=st.text(),
    preprocessing=st.text(),
    phrases=st.text(),
    thresholds=st.fixed_dictionaries(dict.fromkeys(ReplyWhen, lines)),
    channel=channels,
)
PLAIN = PolicySnapshot(
    model="m-1", preprocessing="1", phrases="p", thresholds=THRESHOLDS, channel=a_channel()
)


@given(snapshots)
def test_what_was_written_is_read(snapshot: PolicySnapshot) -> None:
    assert PolicySnapshot.load(snapshot.dump()) == snapshot
    assert PolicySnapshot.load(snapshot.dump()).dump() == snapshot.dump()


@given(snapshots, snapshots)
def test_two_snapshots_share_a_hash_only_when_they_are_equal(
    one: PolicySnapshot, other: PolicySnapshot
) -> None:
    assert (digest(one.dump()) == digest(other.dump())) == (one == other)


def test_the_order_of_thresholds_changes_nothing() -> None:
    turned = {when: dict(reversed(list(THRESHOLDS[when].items()))) for when in reversed(ReplyWhen)}
    assert replace(PLAIN, thresholds=turned).dump() == PLAIN.dump()


def test_a_snapshot_of_the_first_version_is_read_and_written_with_what_came_later() -> None:
    """As 0.1.0 wrote it; a setting that came later has its default, but nobody got a card then."""
    old = (
        '{"channel":{"author_cooldown":"6:00:00","chat_pace":6,"deadline":"0:00:10","language_filter":true,'
        '"min_words":2,"mode":"live","paused_until":"2026-11-23 12:00:00+00:00",'
        '"quiet_hours":{"end":"07:30:00","start":"22:00:00","zone":"Europe/London"},'
        '"reply_when":"negative","retention":"30 days, 0:00:00",'
        '"sensitivity":"normal","thread_cap":null},"model":"baseline","phrases":"1","preprocessing":"1",'
        '"thresholds":{"negative":{"normal":0.5}}}'
    )
    snapshot = PolicySnapshot.load(old)
    assert snapshot.channel == ChannelSettings(
        mode=Mode.LIVE,
        thread_cap=None,
        paused_until=datetime(2026, 11, 23, 12, tzinfo=UTC),
        quiet_hours=QuietHours(start=time(22), end=time(7, 30), zone="Europe/London"),
        crisis=CrisisAction.SILENCE,
        retention=timedelta(days=30),
    )
    written, before = json.loads(snapshot.dump()), json.loads(old)
    assert {name: written[name] for name in before} | {"channel": before["channel"]} == before
    assert {name: written["channel"][name] for name in before["channel"]} == before["channel"]
    assert written["card"] == ""
    assert written["channel"]["crisis"] == "silence"
    assert PolicySnapshot.load(old.replace('"min_words":2,', "")).channel.min_words == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"card"', "card"),
        ('"model":"m-1",', ""),
        ('"model":"m-1"', '"model":7'),
        ('"min_words":2', '"min_words":true'),
        ('"min_words":2', '"min_words":2.5'),
        ('"language_filter":true', '"language_filter":1'),
        ('"deadline":"0:00:10"', '"deadline":10'),
        ('"deadline":"0:00:10"', '"deadline":"soon"'),
        ('"deadline":"0:00:10"', '"deadline":"9999999999 days, 0:00:10"'),
        ('"mode":"live"', '"mode":"loud"'),
        ('"mode":"live"', '"mode":"live","unheard_of":1'),
        ('"mode":"live"', '"mode":["live"]'),
        ('"quiet_hours":null', '"quiet_hours":{"start":"22:00:00"}'),
        ('"quiet_hours":null', '"quiet_hours":"night"'),
        ('"paused_until":null', '"paused_until":"later"'),
        ('"normal":0.6', '"normal":"0.6"'),
        ('"normal":0.6', '"sometimes":0.6'),
    ],
)
def test_what_is_no_snapshot_is_said_to_be_none(old: str, new: str) -> None:
    written = PLAIN.dump()
    assert old in written
    with pytest.raises(ValueError, match="not a settings snapshot"):
        PolicySnapshot.load(written.replace(old, new))


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_anything_else_is_refused(value: Any) -> None:
    for text in (json.dumps(value), json.dumps({"channel": value}), str(value), "[" * 100_000):
        with pytest.raises(ValueError, match="not a settings snapshot"):
            PolicySnapshot.load(text)
