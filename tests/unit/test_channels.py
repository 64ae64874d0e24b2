from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import HTTP, NOW, a_channel
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.channels import Answer, ChannelDefaults, ChannelSettings, Mode, QuietHours
from bot.domain.crisis import CrisisAction
from bot.domain.decisions import ReplyWhen, Sensitivity
from bot.domain.messages import Origin, Platform

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
TELEGRAM = Platform("telegram")

# ------------------------------------------------------------------ quiet hours

times = st.times() | st.sampled_from([time(), time(0, 0, 0, 1), time(12), time(23, 59, 59, 999_999)])
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
zones = st.sampled_from(["UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Chatham"])


def quiet(start: time, end: time, zone: str = "UTC") -> QuietHours:
    return QuietHours(start=start, end=end, zone=zone)


def since_midnight(moment: time) -> timedelta:
    midnight = datetime.combine(date(2026, 1, 1), time())
    return datetime.combine(date(2026, 1, 1), moment) - midnight


@given(times, times, moments)
def test_a_span_reaches_forward_from_its_start_to_its_end(start: time, end: time, now: datetime) -> None:
    length = (since_midnight(end) - since_midnight(start)) % DAY
    into_it = (since_midnight(now.time()) - since_midnight(start)) % DAY
    assert quiet(start, end).cover(now) is (into_it < length)


@given(times, times, moments, zones)
def test_the_rest_of_the_day_is_the_span_the_other_way_round(
    start: time, end: time, now: datetime, zone: str
) -> None:
    covered = quiet(start, end, zone).cover(now)
    assert covered is (start != end and not quiet(end, start, zone).cover(now))


@given(times, times, moments, zones, zones)
def test_only_the_wall_clock_of_the_chat_counts(
    start: time, end: time, now: datetime, zone: str, asked_in: str
) -> None:
    wall = now.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
    expected = quiet(start, end).cover(wall)
    assert quiet(start, end, zone).cover(now) is expected
    assert quiet(start, end, zone).cover(now.astimezone(ZoneInfo(asked_in))) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-28T21:59:59Z", False),
        ("2026-03-28T22:00:00Z", True),
        ("2026-03-29T00:59:59Z", True),
        ("2026-03-29T05:59:59Z", True),  # 06:59:59 in summer time
        ("2026-03-29T06:00:00Z", False),
        ("2026-07-01T20:59:59Z", False),
        ("2026-07-01T21:00:00Z", True),
        ("2026-10-25T06:59:59Z", True),  # winter time again
        ("2026-10-25T07:00:00Z", False),
    ],
)
def test_a_night_follows_summer_time(moment: str, expected: bool) -> None:
    night = quiet(time(22), time(7), "Europe/London")
    assert night.cover(datetime.fromisoformat(moment)) is expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-29T00:59:59Z", False),
        ("2026-03-29T01:00:00Z", False),  # the hour from 01:00 to 02:00 does not exist this day
        ("2026-10-25T00:00:00Z", True),
        ("2026-10-25T01:00:00Z", True),  # and this day it happens twice
        ("2026-10-25T02:00:00Z", False),
    ],
)
def test_an_hour_that_is_skipped_or_repeated(moment: str, expected: bool) -> None:
    assert quiet(time(1), time(2), "Europe/London").cover(datetime.fromisoformat(moment)) is expected


# ------------------------------------------------------------------ settings

OVERRIDES: dict[str, Any] = {
    "mode": Mode.LIVE,
    "paused_until": NOW,
    "reply_when": ReplyWhen.DISTRESS,
    "sensitivity": Sensitivity.KEEN,
    "author_cooldown": timedelta(),
    "thread_cap": None,
    "chat_pace": 1,
    "min_words": 0,
    "language_filter": False,
    "quiet_hours": quiet(time(22), time(7)),
    "deadline": timedelta(minutes=10),
    "crisis": CrisisAction.SILENCE,
    "retention": timedelta(),
    "answer": Answer.PUBLIC,
}


def test_every_setting_has_an_override_here() -> None:
    assert OVERRIDES.keys() == {each.name for each in fields(ChannelSettings)}


@given(st.sets(st.sampled_from(sorted(OVERRIDES))))
def test_a_chats_own_row_wins_and_the_rest_stays(names: set[str]) -> None:
    overlaid = ChannelSettings().overlaid({name: OVERRIDES[name] for name in names})
    assert all(
        getattr(overlaid, name) == (OVERRIDES[name] if name in names else getattr(ChannelSettings(), name))
        for name in OVERRIDES
    )


def test_an_unknown_setting_is_named() -> None:
    with pytest.raises(ValueError, match=r"^unknown channel setting: cap, zeal$"):
        ChannelSettings().overlaid({"zeal": 1, "mode": Mode.OFF, "cap": 2})


def test_a_chat_is_watched_in_silence_unless_somebody_says_otherwise() -> None:
    assert ChannelSettings().mode is Mode.SHADOW


def test_the_defaults_are_the_designs() -> None:
    settings = ChannelSettings()
    assert settings.author_cooldown == timedelta(hours=6)
    assert (settings.thread_cap, settings.chat_pace) == (3, 6)
    assert settings.deadline == timedelta(seconds=10)
    assert settings.retention == timedelta(days=30)
    assert (settings.reply_when, settings.sensitivity) == (ReplyWhen.NEGATIVE, Sensitivity.NORMAL)


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    ("paused_until", "awake"), [(None, True), (NOW - TICK, True), (NOW, True), (NOW + TICK, False)]
)
def test_only_a_live_chat_that_is_not_paused_speaks(
    mode: Mode, paused_until: datetime | None, awake: bool
) -> None:
    assert a_channel(mode=mode, paused_until=paused_until).speaks(NOW) is (mode is Mode.LIVE and awake)


@pytest.mark.parametrize("crisis", CrisisAction)
@pytest.mark.parametrize("mode", Mode)
def test_the_card_goes_out_only_where_the_chat_wants_it(mode: Mode, crisis: CrisisAction) -> None:
    chat = a_channel(mode=mode, crisis=crisis)
    assert chat.speaks(NOW, card=True) is (mode is Mode.LIVE and crisis.card)
    assert chat.speaks(NOW) is (mode is Mode.LIVE)


@pytest.mark.parametrize(
    ("mode", "expected"), [(Mode.OFF, Mode.OFF), (Mode.SHADOW, Mode.LIVE), (Mode.LIVE, Mode.LIVE)]
)
def test_a_recording_is_read_as_if_live_but_never_where_the_bot_is_off(mode: Mode, expected: Mode) -> None:
    settings = a_channel(mode=mode, min_words=7)
    assert settings.in_replay() == replace(settings, mode=expected)


def test_defaults_go_by_platform() -> None:
    defaults = ChannelDefaults(
        by_platform={TELEGRAM: a_channel(mode=Mode.SHADOW, min_words=5)}, otherwise=a_channel(min_words=1)
    )
    assert defaults.settings((TELEGRAM, "1"), {}, origin=Origin.LIVE).min_words == 5
    assert defaults.settings((HTTP, "1"), {}, origin=Origin.LIVE).min_words == 1
    assert defaults.settings((TELEGRAM, "1"), {"min_words": 9}, origin=Origin.LIVE).min_words == 9
    assert defaults.settings((TELEGRAM, "1"), {}, origin=Origin.LIVE).mode is Mode.SHADOW
    assert defaults.settings((TELEGRAM, "1"), {}, origin=Origin.REPLAY).mode is Mode.LIVE
    assert defaults.settings((TELEGRAM, "1"), {"mode": Mode.OFF}, origin=Origin.REPLAY).mode is Mode.OFF


def test_a_chat_that_was_set_up_apart_goes_before_its_platform_and_behind_its_own_row() -> None:
    defaults = ChannelDefaults(
        by_platform={TELEGRAM: a_channel(min_words=5)}, by_chat={(TELEGRAM, "7"): a_channel(min_words=8)}
    )
    assert defaults.settings((TELEGRAM, "7"), {}, origin=Origin.LIVE).min_words == 8
    assert defaults.settings((TELEGRAM, "8"), {}, origin=Origin.LIVE).min_words == 5
    assert defaults.settings((TELEGRAM, "7"), {"min_words": 9}, origin=Origin.LIVE).min_words == 9
