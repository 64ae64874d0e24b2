import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.phrasefile import load_phrase_book
from bot.domain.own_phrases import (
    OwnPhrase,
    PhraseRefused,
    found,
    muted,
    next_id,
    overlay,
    speaks,
    written,
)
from bot.domain.phrases import EMOTIONS, GENERAL, PhraseBook, choose
from bot.domain.phrasing import MAX_CHARACTERS

BOOK = load_phrase_book()
HEAVY = OwnPhrase(id="own-1", text="That sounds heavy.", emotions=frozenset({"sadness"}))
IDS = [phrase.id for phrase in BOOK.phrases]


def mute(*ids: str) -> list[OwnPhrase]:
    return [OwnPhrase(id=each, muted=True) for each in ids]


def ids(book: PhraseBook, emotion: str) -> set[str]:
    return {phrase.id for phrase in book.pool(emotion, private=False)}


def test_a_chat_that_changed_nothing_has_the_book_itself() -> None:
    assert overlay(BOOK, []) is BOOK


def test_own_phrases_join_the_feelings_they_are_for_and_muted_ones_leave() -> None:
    gone = next(iter(sorted(ids(BOOK, "sadness"))))
    book = overlay(BOOK, [HEAVY, *mute(gone)])
    assert ids(book, "sadness") == ids(BOOK, "sadness") - {gone} | {"own-1"}
    assert ids(book, "anger") == ids(BOOK, "anger")
    assert "own-1" not in ids(overlay(BOOK, [replace(HEAVY, muted=True)]), "sadness")
    everywhere = overlay(BOOK, [replace(HEAVY, emotions=frozenset())])
    assert all("own-1" in ids(everywhere, emotion) for emotion in EMOTIONS)


def test_the_version_names_the_book_and_what_was_changed_in_whatever_order() -> None:
    own = [HEAVY, *mute("sad-painful")]
    version = overlay(BOOK, own).version
    assert re.fullmatch(rf"{re.escape(BOOK.version)}\+[0-9a-f]{{12}}", version)
    assert version == overlay(BOOK, own[::-1]).version
    others = [own[:1], own[1:], [replace(HEAVY, text="That sounds hard."), own[1]]]
    assert len({version, *(overlay(BOOK, each).version for each in others)}) == 4


def test_an_own_phrase_moves_no_choice_but_its_own() -> None:
    book = overlay(BOOK, [HEAVY])
    for number in range(200):
        seed = number.to_bytes(32)
        before, after = (
            choose(each, emotion="sadness", seed=seed, private=False, avoid_author=(), avoid_chat=())
            for each in (BOOK, book)
        )
        assert after.phrase_id in {before.phrase_id, "own-1"}


@given(st.sets(st.sampled_from(IDS)), st.sampled_from(sorted(EMOTIONS)), st.booleans())
def test_whatever_is_muted_there_is_always_something_to_say(
    silent: set[str], emotion: str, private: bool
) -> None:
    book = overlay(BOOK, mute(*silent))
    assert choose(book, emotion=emotion, seed=b"s", private=private, avoid_author=(), avoid_chat=()).text


def test_the_last_phrase_that_can_always_be_said_cannot_be_muted() -> None:
    general = sorted(ids(BOOK, GENERAL))
    own: list[OwnPhrase] = []
    for each in general[:-1]:
        own.append(muted(BOOK, own, each))
    with pytest.raises(PhraseRefused, match="one has to stay"):
        muted(BOOK, own, general[-1])
    own.append(replace(HEAVY, emotions=frozenset({GENERAL})))
    own.append(muted(BOOK, own, general[-1]))
    assert speaks(overlay(BOOK, own))
    with pytest.raises(PhraseRefused, match="one has to stay"):
        muted(BOOK, own, HEAVY.id)


def test_a_waiting_phrase_does_not_count_as_one_that_stays() -> None:
    general = sorted(ids(BOOK, GENERAL))
    own = [replace(HEAVY, emotions=frozenset({GENERAL}), muted=True), *mute(*general[:-1])]
    with pytest.raises(PhraseRefused, match="one has to stay"):
        muted(BOOK, own, general[-1])


def test_a_phrase_that_is_not_there_is_not_found() -> None:
    assert found(BOOK, [HEAVY], "own-1") is HEAVY
    assert found(BOOK, [], "sad-painful") == OwnPhrase(id="sad-painful")
    with pytest.raises(PhraseRefused, match="does not exist"):
        found(BOOK, [HEAVY], "own-2")


def test_ids_are_numbers_that_are_free() -> None:
    assert next_id([]) == "own-1"
    assert next_id([replace(HEAVY, id="own-9"), HEAVY, *mute("sad-painful")]) == "own-10"


def test_what_is_written_becomes_one_plain_line() -> None:
    assert written("  That\n sounds \u202eheavy\u200b.\x00 ") == "That sounds heavy."
    assert written("a" * MAX_CHARACTERS) == "a" * MAX_CHARACTERS


@pytest.mark.parametrize(
    ("text", "why"), [("", "has no words"), ("123 …", "has no words"), ("a" * 161, "longer")]
)
def test_what_is_too_long_or_says_nothing_is_refused(text: str, why: str) -> None:
    with pytest.raises(PhraseRefused, match=why):
        written(text)
