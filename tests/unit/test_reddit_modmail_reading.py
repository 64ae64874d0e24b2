"""Modmail and lists of moderators from raw JSON, and words that are told of a reply."""

from datetime import timedelta
from typing import Any

import pytest
from fakes import FakeClock, ListTelemetry
from hypothesis import given
from hypothesis import strategies as st
from reddit_people import ScriptedReddit

from bot.adapters.reddit import texts
from bot.adapters.reddit.conversations import conversations, said
from bot.adapters.reddit.moderators import MOST, ApiModerators
from bot.application.why import Because, Words
from bot.domain.channels import Mode
from bot.domain.decisions import ReplyWhen

UPDATED = "2026-11-23T12:00:00+00:00"


def a_conversation(**changes: Any) -> dict[str, Any]:
    owner = {"type": "subreddit", "displayName": "Lounge"}
    return {"id": "c1", "owner": owner, "lastUpdated": UPDATED} | changes


@pytest.mark.parametrize(
    "broken",
    [
        True,
        None,
        {},
        a_conversation(owner=None),
        a_conversation(owner={"type": "user", "displayName": "Ann"}),
        a_conversation(owner={"type": "subreddit"}),
        a_conversation(id="../../r/lounge"),
        a_conversation(id=7),
        a_conversation(lastUpdated=None),
    ],
)
def test_a_conversation_that_cannot_be_read_never_costs_its_neighbours(broken: Any) -> None:
    (found,) = conversations({"conversations": {"x": broken, "c1": a_conversation()}})
    assert (found.id, found.subreddit, found.updated) == ("c1", "lounge", UPDATED)


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"conversations": []}, {"messages": 7}, {"messages": {"m": 7}}]
)
def test_what_is_no_modmail_holds_nothing(answer: Any) -> None:
    assert list(conversations(answer)) == []
    assert list(said(answer, me="x")) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.dictionaries(st.sampled_from(["name", "isMod", "x"]), inner, max_size=2),
    max_leaves=3,
)


@given(st.dictionaries(st.sampled_from(["id", "author", "bodyMarkdown", "date"]), JSON))
def test_whatever_a_message_holds_only_a_moderators_command_comes_out(fields: dict[str, Any]) -> None:
    for each in said({"messages": {"m": fields}}, me="x"):
        assert fields["author"]["isMod"] is True
        assert each.at.tzinfo is not None


def the_moderators(api: ScriptedReddit) -> ApiModerators:
    return ApiModerators(api=api, clock=FakeClock(), telemetry=ListTelemetry())


@pytest.mark.parametrize("answer", [None, [], {}, {"data": 7}, {"data": {"children": [7, {"name": None}]}}])
async def test_a_list_that_cannot_be_read_holds_no_moderator(answer: Any) -> None:
    api = ScriptedReddit({})
    api.answers["r/lounge/about/moderators"] = answer
    assert not await the_moderators(api).include("ann", "lounge")


async def test_so_many_subreddits_are_remembered() -> None:
    api = ScriptedReddit({f"sub{number}": ["Ann"] for number in range(MOST + 5)})
    moderators = the_moderators(api)
    for number in range(MOST + 5):
        assert await moderators.include("ann", f"sub{number}")
    assert len(moderators._known) == MOST


def because(percent: int, words: Words | None) -> Because:
    return Because(looked_for=ReplyWhen.DISTRESS, percent=percent, label="sadness", model="m-1", words=words)


@pytest.mark.parametrize(("percent", "sure"), [(95, "very sure"), (80, "fairly sure"), (60, "not very sure")])
def test_how_sure_it_was_is_said_in_words(percent: int, sure: str) -> None:
    told = texts.why(because(percent, None))
    assert f"{percent} of 100, so it was {sure}" in told
    assert texts.WORDS_GONE in told


def test_words_are_those_of_the_model_in_use_and_may_be_none() -> None:
    told = texts.why(because(80, Words(weighty=(), against=("fine",), seen_by="m-2")))
    assert texts.NO_WORD in told
    assert "Against" not in told
    assert "fine" not in told
    assert "The words are those that m-2 sees" in told


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("half_way, sunny-side, r/x.", "half_way, sunny-side, r/x."),
        ("_so_ *much*", "\\_so\\_ \\*much\\*"),
        ("[here](x)", "\\[here\\](x)"),
    ],
)
def test_only_what_would_be_markup_is_escaped(words: str, shown: str) -> None:
    told = texts.why(because(80, Words(weighty=(words,), against=(), seen_by=None)))
    assert f"most: {shown}." in told


def notice(retention: timedelta) -> str:
    return texts.notice(
        subreddit="lounge",
        mode=Mode.LIVE,
        retention=retention,
        card=False,
        notes=False,
        operator=None,
        about="x",
    )


def test_moderators_hear_what_follows_on_words_of_suicide() -> None:
    assert "I say nothing there" in notice(timedelta())
    told = texts.goes_live(subreddit="lounge", card=True, notes=True, operator=None, about="x")
    assert "places to turn to" in told
    assert "may need a person" in told


def test_moderators_hear_whether_words_are_kept() -> None:
    assert "I keep nobody's words" in notice(timedelta())
    assert "for 30 days" in notice(timedelta(days=30))
