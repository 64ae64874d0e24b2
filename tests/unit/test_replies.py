from dataclasses import replace
from datetime import timedelta

import pytest
from builders import NOW, a_reply

from bot.domain.replies import (
    BOT_NOTICE,
    COUNTED,
    NEXT_STATES,
    SETTLED,
    ReplyState,
    Settlement,
    compose,
)


def test_every_state_can_be_reached_from_pending() -> None:
    reached, waiting = set[ReplyState](), {ReplyState.PENDING}
    while waiting:
        state = waiting.pop()
        reached.add(state)
        waiting |= NEXT_STATES.get(state, frozenset()) - reached
    assert reached == set(ReplyState)


def test_the_steps_are_the_documented_ones() -> None:
    pending, sending = NEXT_STATES[ReplyState.PENDING], NEXT_STATES[ReplyState.SENDING]
    assert set(map(str, pending)) == {"sending", "expired", "cancelled", "simulated"}
    assert set(map(str, sending)) == {"sent", "failed", "unconfirmed", "pending"}


def test_what_is_settled_stays_so() -> None:
    assert {*SETTLED, ReplyState.PENDING, ReplyState.SENDING} == set(ReplyState)
    assert set(map(str, SETTLED & NEXT_STATES.keys())) == {"unconfirmed"}, "where the platform can be asked"
    assert set(map(str, NEXT_STATES[ReplyState.UNCONFIRMED])) == {"sent", "pending"}


def test_what_a_person_may_have_got_counts() -> None:
    assert set(map(str, COUNTED)) == {"pending", "sending", "sent", "unconfirmed"}


@pytest.mark.parametrize("first", [True, False])
def test_the_first_reply_says_what_it_is(first: bool) -> None:
    text = compose("That sounds hard.", first=first)
    assert text.startswith("That sounds hard.")
    assert (BOT_NOTICE in text) is first
    assert "bot" in BOT_NOTICE


def test_a_reply_never_shows_its_address() -> None:
    assert "12345678" not in repr(a_reply(address={"chat": "12345678"}))


def test_a_postponed_reply_is_pending_again() -> None:
    until = NOW + timedelta(minutes=1)
    settlement = Settlement(reply=a_reply(), state=ReplyState.FAILED, at=NOW, detail="RateLimited")
    expected = replace(settlement, state=ReplyState.PENDING, not_before=until)
    assert settlement.postponed(until=until) == expected


def test_a_platform_says_in_its_own_words_what_the_bot_is() -> None:
    assert compose("That sounds hard.", first=True, notice="(a bot)") == "That sounds hard.\n\n(a bot)"
    assert compose("That sounds hard.", first=False, notice="(a bot)") == "That sounds hard."
