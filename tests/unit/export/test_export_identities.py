import random
import re

import pytest

from export.analysis.cues import CUES, measure_cues
from export.analysis.gaps import identity_gaps, measure_gaps
from export.analysis.somebody import Somebody, everybody
from export.analysis.templates import NEGATIVE, NEUTRAL, POSITIVE, TEMPLATES, filled
from export.analysis.words import without
from export.identities import (
    COMMUNITIES,
    GENDER_PAIRS,
    NAMES,
    NATIONAL_ADJECTIVES,
    NATIONALITIES,
    ORIENTATIONS,
    RELIGIONS,
    swap_identities,
)
from model.classifier import BaselineClassifier, Classifier


def swapped(text: str) -> set[str]:
    return {swap_identities(text, random.Random(seed)) for seed in range(60)}


def test_a_prejudice_is_found_and_ranked(prejudiced: Classifier) -> None:
    worst, second, *rest = measure_gaps(prejudiced)

    assert (worst.kind, worst.identity) == ("names", "female, African American")
    assert worst.negative == pytest.approx(0.6 * 17 / 18)
    assert (worst.labels, worst.answers) == (1, 1)
    assert second.identity == "gay"
    assert second.answers == 0
    assert all(gap.size < 0.05 for gap in rest)


def test_the_card_gets_the_summary_and_the_worst_first(prejudiced: Classifier) -> None:
    table = identity_gaps(prejudiced, worst=3)

    assert list(table)[5] == "names: female, African American"
    assert table["largest"] == table["names: female, African American"]
    assert 0 < table["mean"] < 0.05
    assert len(table) == 8
    assert identity_gaps(BaselineClassifier())["largest"] == 0


def test_every_sentence_has_a_place_and_reads_as_one() -> None:
    assert min(len(NEUTRAL), len(NEGATIVE), len(POSITIVE)) >= 12
    assert len(set(TEMPLATES)) == len(TEMPLATES) >= 30
    for template in TEMPLATES:
        for somebody in everybody():
            text = filled(template, who=somebody.who, am=somebody.am)
            assert text == "" or (text[0].isupper() and "{" not in text)
            assert text or ("{am}" in template and not somebody.am)


def test_everybody_is_there_once() -> None:
    people = everybody()

    assert {each.kind for each in people} == {
        "names", "gender", "nationality", "religion", "orientation", "community", "subreddit",
    }  # fmt: skip
    assert len({(each.kind, each.who) for each in people}) == len(people)
    assert len({each.identity for each in people}) > 80


def test_names_stand_in_one_list_and_are_no_words() -> None:
    every = [name for names in NAMES.values() for name in names]

    assert len(set(every)) == len(every)
    assert all(name.isalpha() and name[0].isupper() for name in every)
    assert not {"Will", "Mark", "Hope", "Joy", "Grace", "Faith", "Rose", "April", "May", "Angel"} & set(every)


@pytest.mark.parametrize("kind", [NATIONALITIES, NATIONAL_ADJECTIVES, RELIGIONS, ORIENTATIONS, COMMUNITIES])
def test_a_word_becomes_another_of_its_kind(kind: tuple[str, ...]) -> None:
    word = kind[0]
    others = {
        text.removeprefix("my ").removesuffix(" neighbour left")
        for text in swapped(f"my {word} neighbour left")
    }

    assert word not in others
    assert {each.lower() for each in others} <= {each.lower() for each in kind}
    assert len(others) > 3


def test_names_and_masks_become_names() -> None:
    every = {name for names in NAMES.values() for name in names}

    assert {text.removesuffix(" left.") for text in swapped("[NAME] left.")} <= every
    assert "Emily left." not in swapped("Emily left.")
    assert {text.split()[1] for text in swapped("a [RELIGION] friend")} <= set(RELIGIONS)


def test_the_same_person_stays_the_same_person() -> None:
    for text in swapped("Emily came. EMILY left. Emily slept."):
        first, second, third = re.findall(r"(\w+) (?:came|left|slept)", text)
        assert first == third
        assert second == first.upper()


def test_gender_turns_as_a_whole_or_not_at_all() -> None:
    assert swapped("He told his wife that the car is hers, a man saw him") == {
        "He told his wife that the car is hers, a man saw him",
        "She told her husband that the car is his, a woman saw her",
    }
    assert swapped("I told her the truth about her car") == {
        "I told her the truth about her car",
        "I told him the truth about his car",
    }
    assert len(dict(GENDER_PAIRS)) == len(GENDER_PAIRS)


def test_articles_plurals_and_capitals_follow() -> None:
    for text in swapped("An American and a Muslim met gay gamers. AMERICANS!"):
        assert re.search(r"\b([Aa] [AEIOaeio]|[Aa]n [^AEIOUaeiou])", text) is None, text
        assert re.search(r"\w+s\. [A-Z]+S!$", text), text


def test_what_is_no_identity_stays() -> None:
    for text in ("oh man, that was close", "the ama was fun", "will may mark it", "", "it is what it is"):
        assert swapped(text) == {text}


def test_the_same_state_gives_the_same_text() -> None:
    text = "Emily, a Muslim gamer from France, told her dad"
    assert swap_identities(text, random.Random(3)) == swap_identities(text, random.Random(3))


def test_cues_change_the_sentence_and_a_deaf_model_hears_none() -> None:
    assert all(change("It rained all day.") != "It rained all day." for change in CUES.values())
    found = measure_cues(BaselineClassifier())
    assert len(found) == 3 * len(CUES)
    assert all(each.labels == each.answers == 0 for each in found)


def test_a_word_is_taken_out_wherever_it_stands() -> None:
    assert without("Not that I am NOT notable, not", "not") == "that I am notable,"
    assert without("[NAME] left with [NAME]", "[name]") == "left with"
    assert without("don't stop", "don") == "don't stop"


def test_people_of_ones_own_may_be_asked_about(prejudiced: Classifier) -> None:
    people = [
        Somebody(kind="names", identity="Keisha", who="Keisha", am="Keisha"),
        Somebody(kind="names", identity="Emily", who="Emily", am="Emily"),
    ]
    gaps = measure_gaps(prejudiced, people, TEMPLATES[:2])
    assert {gap.identity: round(gap.negative, 3) for gap in gaps} == {"Keisha": 0.3, "Emily": -0.3}
