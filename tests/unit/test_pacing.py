from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import count as count_up

import pytest
from builders import NOW
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pacing import Pacer, Rate

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)

Sends = list[tuple[str, datetime]]

windows = st.sampled_from([SECOND, MINUTE, HOUR]) | st.timedeltas(TICK, HOUR)
gaps = st.timedeltas(timedelta(), timedelta(minutes=2)) | st.just(timedelta())
arrivals = st.lists(st.tuples(st.sampled_from("abc"), gaps), max_size=40)


@st.composite
def rates(draw: st.DrawFn, *, most_burst: int = 12) -> Rate:
    count = draw(st.integers(1, 12) | st.integers(1, 3))
    burst = draw(st.integers(1, min(count, most_burst)))
    return Rate(count=count, per=draw(windows), burst=burst)


some_rates = st.lists(rates(), max_size=2)
some_even_rates = st.lists(rates(most_burst=1), max_size=2)


def send_politely(pacer: Pacer, wishes: Iterable[tuple[str, timedelta]], start: datetime = NOW) -> Sends:
    """Send each wish as soon as the pacer permits, one after the other."""
    sends: Sends = []
    now = start
    for chat, gap in wishes:
        now = pacer.earliest(chat, now + gap)
        pacer.record(chat, now)
        sends.append((chat, now))
    return sends


def keeps(rate: Rate, times: Sequence[datetime]) -> bool:
    """Whether no window of `per`, its end left out, holds more than `count` of these."""
    return all(
        later - earlier >= rate.per for earlier, later in zip(times, times[rate.count :], strict=False)
    )


def by_chat(sends: Sends) -> list[list[datetime]]:
    chats: defaultdict[str, list[datetime]] = defaultdict(list)
    for chat, at in sends:
        chats[chat].append(at)
    return list(chats.values())


# ------------------------------------------------------------------ the promise


@given(some_rates, some_rates, arrivals)
def test_no_window_ever_holds_more_than_its_rate(
    account: list[Rate], chat: list[Rate], wishes: list[tuple[str, timedelta]]
) -> None:
    sends = send_politely(Pacer(account=account, chat=chat), wishes)
    assert all(keeps(rate, [at for _, at in sends]) for rate in account)
    assert all(keeps(rate, times) for rate in chat for times in by_chat(sends))


@given(rates())
def test_somebody_in_a_hurry_is_held_to_the_rate(rate: Rate) -> None:
    sends = send_politely(Pacer(account=[rate]), [("a", timedelta())] * (3 * rate.count + 1))
    assert keeps(rate, [at for _, at in sends])


@pytest.mark.parametrize("count", [3, 7, 30, 999])
def test_a_window_that_does_not_divide_evenly_holds_no_more_than_its_count(count: int) -> None:
    rate = Rate(count=count, per=SECOND)
    sends = send_politely(Pacer(account=[rate]), [("a", timedelta())] * (2 * count + 1))
    assert sum(at < NOW + SECOND for _, at in sends) == count
    assert keeps(rate, [at for _, at in sends])


@given(some_rates, some_rates, arrivals)
def test_earliest_is_never_in_the_past_and_stays_true(
    account: list[Rate], chat: list[Rate], wishes: list[tuple[str, timedelta]]
) -> None:
    pacer = Pacer(account=account, chat=chat)
    now = max((at for _, at in send_politely(pacer, wishes)), default=NOW)
    permitted = pacer.earliest("a", now)
    assert permitted >= now
    assert pacer.earliest("a", permitted) == permitted


# ------------------------------------------------------------------ no later than needed


@given(rates(most_burst=1), arrivals)
def test_without_a_burst_the_wait_is_one_share_of_the_window(
    rate: Rate, wishes: list[tuple[str, timedelta]]
) -> None:
    pacer = Pacer(account=[rate])
    last: datetime | None = None
    for chat, at in send_politely(Pacer(), wishes):  # nobody holds these back but the share
        due = at if last is None else max(at, last + share(rate))
        assert pacer.earliest(chat, at) == due
        pacer.record(chat, due)
        last = due


def share(rate: Rate) -> timedelta:
    """The smallest whole number of microseconds of which `count` fill the window."""
    shares = (TICK * us for us in count_up(rate.per // TICK // rate.count))
    return next(each for each in shares if each * rate.count >= rate.per)


class Bucket:
    """A token bucket, the other well-known way to say the same, in whole microseconds."""

    def __init__(self, rate: Rate) -> None:
        self._price = rate.interval // TICK
        self._size = self._price * rate.burst
        self._level, self._at = self._size, NOW

    def earliest(self, now: datetime) -> datetime:
        missing = self._price - self._level_at(now)
        return now + max(missing, 0) * TICK

    def take(self, at: datetime) -> None:
        self._level, self._at = self._level_at(at) - self._price, at

    def _level_at(self, at: datetime) -> int:
        return min(self._size, self._level + (at - self._at) // TICK)


@given(rates(), st.lists(gaps, max_size=40))
def test_a_pacer_is_a_token_bucket_even_for_those_who_do_not_listen(
    rate: Rate, waits: list[timedelta]
) -> None:
    pacer, bucket, now = Pacer(account=[rate]), Bucket(rate), NOW
    for wait in waits:
        now += wait
        assert pacer.earliest("a", now) == bucket.earliest(now)
        pacer.record("a", now)
        bucket.take(now)


@given(rates(), rates(), arrivals)
def test_several_rates_wait_for_the_slowest_and_no_longer(
    one: Rate, other: Rate, wishes: list[tuple[str, timedelta]]
) -> None:
    both = Pacer(account=[one], chat=[other])
    apart = Pacer(account=[one]), Pacer(chat=[other])
    now = NOW
    for chat, gap in wishes:
        now += gap
        assert both.earliest(chat, now) == max(pacer.earliest(chat, now) for pacer in apart)
        for pacer in (both, *apart):
            pacer.record(chat, now)


def test_a_chat_does_not_hold_up_another() -> None:
    pacer = Pacer(chat=[Rate(count=1, per=MINUTE)])
    pacer.record("a", NOW)
    assert pacer.earliest("a", NOW) == NOW + MINUTE
    assert pacer.earliest("b", NOW) == NOW


def test_an_account_holds_up_every_chat() -> None:
    pacer = Pacer(account=[Rate(count=2, per=MINUTE)])
    pacer.record("a", NOW)
    assert pacer.earliest("b", NOW) == NOW + MINUTE / 2


def test_without_rates_everything_may_go() -> None:
    pacer = Pacer()
    pacer.record("a", NOW)
    assert pacer.earliest("a", NOW) == NOW
    assert pacer.memory == timedelta()


# ------------------------------------------------------------------ a restart


def refilled(pacer: Pacer, sends: Sends, *, since: datetime) -> Pacer:
    for chat, at in sends:
        if at > since:
            pacer.record(chat, at)
    return pacer


@given(some_even_rates, some_even_rates, arrivals, gaps)
def test_a_restart_forgets_nothing_where_there_is_no_burst(
    account: list[Rate], chat: list[Rate], wishes: list[tuple[str, timedelta]], pause: timedelta
) -> None:
    before, after = (Pacer(account=account, chat=chat) for _ in range(2))
    sends = send_politely(before, wishes)
    now = max((at for _, at in sends), default=NOW) + pause
    refilled(after, sends, since=now - after.memory)
    assert all(after.earliest(name, now) == before.earliest(name, now) for name in "abc")


@given(some_rates, some_rates, arrivals, gaps, arrivals)
def test_a_restart_breaks_no_rate(
    account: list[Rate],
    chat: list[Rate],
    wishes: list[tuple[str, timedelta]],
    pause: timedelta,
    more: list[tuple[str, timedelta]],
) -> None:
    sends = send_politely(Pacer(account=account, chat=chat), wishes)
    restart = max((at for _, at in sends), default=NOW) + pause
    after = Pacer(account=account, chat=chat)
    sends += send_politely(refilled(after, sends, since=restart - after.memory), more, restart)
    assert all(keeps(rate, [at for _, at in sends]) for rate in account)
    assert all(keeps(rate, times) for rate in chat for times in by_chat(sends))


def test_memory_is_the_longest_window() -> None:
    pacer = Pacer(
        account=[Rate(count=30, per=SECOND)], chat=[Rate(count=6, per=HOUR), Rate(count=1, per=MINUTE)]
    )
    assert pacer.memory == HOUR


# ------------------------------------------------------------------ a hundred thousand chats

CHATS = 100_000


def test_chats_that_hold_nothing_up_are_forgotten() -> None:
    pacer = Pacer(account=[Rate(count=100, per=SECOND)], chat=[Rate(count=20, per=MINUTE)])
    most = 0
    for number in range(CHATS):
        pacer.record(str(number), NOW + number * SECOND / 100)
        most = max(most, len(pacer._arrival))
    assert most < 5_000


def test_forgetting_loses_nobody_who_still_has_to_wait() -> None:
    pacer = Pacer(chat=[Rate(count=1, per=HOUR)])
    step = SECOND / 2
    waiting = HOUR // step  # chats at any time
    lost = 0
    for number in range(CHATS):
        now = NOW + number * step
        pacer.record(str(number), now)
        longest = max(number - waiting + 1, 0)  # this one may go at the next step
        lost += pacer.earliest(str(longest), now) != NOW + longest * step + HOUR
    assert lost == 0
    assert len(pacer._arrival) < 3 * waiting


# ------------------------------------------------------------------ rates


@pytest.mark.parametrize(
    ("text", "count", "per"),
    [("30/s", 30, SECOND), ("20/min", 20, MINUTE), ("6/h", 6, HOUR), (" 1/s\n", 1, SECOND)],
)
def test_a_rate_is_read(text: str, count: int, per: timedelta) -> None:
    assert Rate.parse(text) == Rate(count=count, per=per)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/",
        "30",
        "30/",
        "/s",
        "0/s",
        "-1/s",
        "1.5/s",
        "30/day",
        "30 /s",
        "30/S",
        "30/s/s",
        "²/s",
        "٣/s",
        pytest.param("9" * 5000 + "/s", id="5000 digits"),
    ],
)
def test_a_rate_that_cannot_be_read_says_how_it_is_written(text: str) -> None:
    with pytest.raises(ValueError, match=r"such as 30/s, 20/min or 6/h") as caught:
        Rate.parse(text)
    assert len(str(caught.value)) < 100


@given(st.text())
def test_reading_a_rate_gives_one_or_a_value_error(text: str) -> None:
    try:
        rate = Rate.parse(text)
    except ValueError:
        return
    assert rate.count >= 1


@pytest.mark.parametrize(("count", "burst"), [(0, 1), (1, 0), (1, 2), (-1, -1), (5, 6)])
def test_a_burst_lies_within_the_count(count: int, burst: int) -> None:
    with pytest.raises(ValueError, match="1 <= burst <= count"):
        Rate(count=count, per=SECOND, burst=burst)


@pytest.mark.parametrize("per", [timedelta(), -SECOND])
def test_a_window_is_longer_than_zero(per: timedelta) -> None:
    with pytest.raises(ValueError, match="longer than zero"):
        Rate(count=1, per=per)


# ------------------------------------------------------------------ groups, and what is no reply


def test_groups_keep_rates_of_their_own_beside_those_of_every_chat() -> None:
    pacer = Pacer(
        chat=[Rate(count=1, per=SECOND)],
        group=[Rate(count=1, per=MINUTE)],
        is_group=lambda channel: channel.startswith("-"),
    )
    for channel, wait in (("-1", MINUTE), ("somebody", SECOND)):
        pacer.record(channel, NOW)
        assert pacer.earliest(channel, NOW) == NOW + wait
    assert pacer.memory == MINUTE


def test_what_is_no_reply_goes_behind_a_reply_in_the_same_chat_as_long_as_it_waits() -> None:
    pacer = Pacer(chat=[Rate(count=1, per=SECOND)])
    pacer.record("a", NOW)
    pacer.expect(["a"])
    later = NOW + SECOND
    assert pacer.earliest("a", later) == later, "the reply may go"
    assert pacer.earliest_behind("a", later) > later
    pacer.expect([])
    assert pacer.earliest_behind("a", later) == later


def test_a_reply_that_waits_for_the_account_alone_goes_before_everything_everywhere() -> None:
    pacer = Pacer(account=[Rate(count=10, per=SECOND)], chat=[Rate(count=1, per=MINUTE)])
    pacer.expect(["a"])
    assert pacer.earliest_behind("b", NOW) > NOW
    pacer.record("a", NOW)  # now its own chat holds it up, and nobody needs to wait for that
    moment = pacer.earliest("b", NOW)
    assert pacer.earliest_behind("b", moment) == moment


def test_nobody_stands_behind_replies_that_are_not_there() -> None:
    pacer = Pacer(account=[Rate(count=10, per=SECOND)])
    assert pacer.earliest_behind("a", NOW) == pacer.earliest("a", NOW) == NOW


@pytest.mark.parametrize(("count", "burst"), [(1, 1), (9, 1), (20, 2), (1000, 100)])
def test_a_tenth_of_a_rate_in_bursts_goes_at_once_and_the_limit_stays(count: int, burst: int) -> None:
    rate = Rate(count=count, per=timedelta(seconds=1)).in_bursts()
    assert (rate.count, rate.per, rate.burst) == (count, timedelta(seconds=1), burst)
