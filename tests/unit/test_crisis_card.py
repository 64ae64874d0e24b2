import re
import tomllib
from datetime import date, timedelta
from importlib.resources import files

import pytest
from builders import AUTHOR, NOW, a_channel, a_message
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.phrasefile import load_crisis_card, load_phrase_book
from bot.application.doctor import Status
from bot.cli import examination
from bot.domain.crisis import (
    CARD,
    CARD_DEADLINE,
    ONE_CARD_IN,
    REGIONS,
    CardsGiven,
    CrisisAction,
    CrisisCard,
    CrisisCardError,
    GivenCard,
    violations,
)
from bot.domain.messages import AuthorHash
from bot.domain.policy import card_deadline
from bot.domain.replies import BOT_NOTICE
from bot.settings import CrisisSettings, load_settings

SOURCE = files("bot").joinpath("data", "crisis_card.toml").read_text("utf-8")
EVERYWHERE = {"findahelpline.com", "free, confidential helplines by country", "local emergency number"}
ENTRIES = {
    "US": "988 Suicide & Crisis Lifeline, call or text 988, chat on 988lifeline.org",
    "CA": "9-8-8 Suicide Crisis Helpline, call or text 988",
    "GB": "Samaritans, call 116 123",
    "IE": "Samaritans, call 116 123",
    "AU": "Lifeline, call 13 11 14",
    "NZ": "Need to talk?, call or text 1737",
}
"""The list of the design; nothing else may stand on the card."""
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("region", [None, *REGIONS])
def test_every_card_keeps_to_its_rules(region: str | None) -> None:
    assert violations(load_crisis_card(region).text) == []


@pytest.mark.parametrize("region", [None, *REGIONS])
def test_a_card_names_the_entries_of_the_list_and_no_others(region: str | None) -> None:
    text = load_crisis_card(region).text
    assert all(entry in text for entry in EVERYWHERE)
    known = ENTRIES[region] if region else ""
    assert known in text
    told = "; ".join((*sorted(EVERYWHERE), known))
    assert set(re.findall(r"[0-9][0-9 -]*[0-9]", text)) <= set(re.findall(r"[0-9][0-9 -]*[0-9]", told))
    assert set(re.findall(r"\w+\.(?:com|org|net)", text)) <= set(re.findall(r"\w+\.(?:com|org|net)", told))


def test_a_card_is_no_phrase() -> None:
    texts = {phrase.text for phrase in load_phrase_book().phrases}
    for region in (None, *REGIONS):
        paragraphs = load_crisis_card(region).text.split("\n\n")
        assert not texts & set(paragraphs)
        assert BOT_NOTICE not in paragraphs


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (("If this is about you", "You are in a crisis"), "you are"),
        (("If this is about you", "This is about you"), "If"),
        (("it matters,", "it matters!"), "exclamation"),
        (("it matters,", "does it matter? It"), "question"),
        (("it matters,", "it matters \U0001f499"), "emoji"),
        (("it matters,", "it will pass,"), "promises"),
        (("findahelpline.com", "example.com"), "directory"),
        (("no phone call", "a call"), "no phone call"),
        (("This is a bot.", "Good night."), "bot"),
    ],
)
def test_a_card_that_breaks_a_rule_is_told_apart(changed: tuple[str, str], says: str) -> None:
    broken = violations(load_crisis_card("US").text.replace(*changed))
    assert any(says in statement for statement in broken)


@pytest.mark.parametrize(
    "change",
    [
        ("opening =", "openings ="),
        ('step = "One', 'step = "" # "One'),
        ("NZ =", "XX ="),
        ("[regions]", "[regions"),
        ('version = "1"', "version = 1"),
    ],
)
def test_a_damaged_file_is_refused(change: tuple[str, str]) -> None:
    assert change[0] in SOURCE
    with pytest.raises(CrisisCardError, match="crisis card"):
        CrisisCard.parse(SOURCE.replace(*change), region=None)


def test_an_unknown_region_is_refused() -> None:
    with pytest.raises(CrisisCardError, match="no such region"):
        CrisisCard.parse(SOURCE, region="XX")


def test_the_file_holds_the_regions_of_the_settings() -> None:
    regions = tuple(tomllib.loads(SOURCE)["regions"])
    assert regions == REGIONS


def test_an_action_is_the_card_or_silence_with_or_without_a_note() -> None:
    assert {(each.card, each.note) for each in CrisisAction} == {
        (a, b) for a in (True, False) for b in (True, False)
    }
    assert a_channel().crisis is CrisisAction.CARD


def given_card(at: timedelta, *, simulated: bool = False, author: AuthorHash = AUTHOR) -> CardsGiven:
    return CardsGiven.of([GivenCard(author=author, at=NOW - at, simulated=simulated)], {})


@given(st.timedeltas(timedelta(), timedelta(days=3)))
def test_a_card_holds_for_a_day(ago: timedelta) -> None:
    assert given_card(ago).today(AUTHOR, now=NOW, imagined=False) is (ago < ONE_CARD_IN)


def test_a_note_holds_for_its_own_person_and_a_day() -> None:
    day = timedelta(days=1)
    given = CardsGiven.of([], {AUTHOR: NOW - day + TICK})
    assert given.noted_today(AUTHOR, now=NOW)
    assert not given.noted_today(AUTHOR, now=NOW + TICK)
    assert not given.noted_today(None, now=NOW)
    assert not given.noted_today(AuthorHash("b" * 32), now=NOW)
    given.add_note(AUTHOR, at=NOW)
    assert given.noted_today(AUTHOR, now=NOW + TICK)


def test_a_card_holds_for_its_own_person_and_world() -> None:
    assert not given_card(TICK, author=AuthorHash("b" * 32)).today(AUTHOR, now=NOW, imagined=True)
    assert not given_card(TICK, simulated=True).today(AUTHOR, now=NOW, imagined=False)
    assert given_card(TICK, simulated=True).today(AUTHOR, now=NOW, imagined=True)
    assert given_card(TICK).today(AUTHOR, now=NOW, imagined=True)
    assert not given_card(TICK).today(None, now=NOW, imagined=True)


def test_a_card_may_come_ten_minutes_later() -> None:
    message = a_message(sent_at=NOW, received_at=NOW + timedelta(seconds=3))
    assert card_deadline(message) == NOW + CARD_DEADLINE
    assert timedelta(minutes=10) == CARD_DEADLINE


def test_no_phrase_has_the_pool_of_the_card() -> None:
    assert all(CARD not in phrase.emotions and phrase.id != CARD for phrase in load_phrase_book().phrases)


# ------------------------------------------------------------------ settings and doctor

TODAY = date(2026, 11, 24)


def crisis(**variables: str) -> CrisisSettings:
    return load_settings(None, {f"SOLACE_CRISIS__{name}": value for name, value in variables.items()}).crisis


def test_regions_and_dates_are_read_in_any_case_and_may_be_none() -> None:
    assert crisis(REGION="gb", CONFIRMED_ON="2026-01-31") == CrisisSettings(
        region="GB", confirmed_on=date(2026, 1, 31)
    )
    assert (
        crisis(REGION="none", CONFIRMED_ON="none")
        == crisis()
        == CrisisSettings(region=None, confirmed_on=None)
    )


@pytest.mark.parametrize(
    ("variables", "status", "says"),
    [
        ({}, Status.WARN, "nobody has confirmed"),
        ({"REGION": "US"}, Status.WARN, "nobody has confirmed"),
        ({"REGION": "US", "CONFIRMED_ON": "2026-11-24"}, Status.OK, "2026-11-24"),
        ({"REGION": "US", "CONFIRMED_ON": "2026-05-28"}, Status.OK, "2026-05-28"),
        ({"REGION": "US", "CONFIRMED_ON": "2026-05-27"}, Status.WARN, "181 days ago"),
        ({"REGION": "US", "CONFIRMED_ON": "2026-11-25"}, Status.WARN, "still to come"),
        ({"CONFIRMED_ON": "2026-11-24"}, Status.OK, "2026-11-24"),
    ],
)
def test_doctor_asks_for_a_word_on_the_entries(variables: dict[str, str], status: Status, says: str) -> None:
    (check,) = examination.crisis_card(crisis(**variables), today=TODAY)
    assert check.status is status
    assert says in check.detail
    assert bool(check.advice) is (status is not Status.OK)
    assert "SOLACE_CRISIS__" in check.advice or not check.advice
