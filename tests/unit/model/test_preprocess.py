import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.preprocess import MAX_CHARACTERS, preprocess

PLAIN = (
    "@ab",
    "@",
    "u/abc",
    "/u/",
    "http://",
    "www.x",
    "[NAME]",
    "]",
    ">",
    "> a\n",
    ">:(",
    "\n",
    "\r",
    "a",
    "_",
)
STRANGE = "\u200d\ufe0f\u0301\u0338\u00a8\ufdfa\U0001f602\u2764\x00\ud800\uff20\uff1e\u3164."
AWKWARD = st.lists(st.sampled_from([*PLAIN, *STRANGE]), max_size=12).map("".join)
ANYTHING = st.one_of(st.text(st.characters(exclude_categories=())), AWKWARD)


@given(ANYTHING)
def test_preparing_twice_is_preparing_once(text: str) -> None:
    once = preprocess(text)

    assert preprocess(once) == once


@given(ANYTHING)
def test_a_text_with_letters_never_becomes_empty(text: str) -> None:
    if any(character.isalpha() for character in text):
        assert preprocess(text)


@given(ANYTHING)
def test_the_result_is_one_clean_bounded_line(text: str) -> None:
    result = preprocess(text)

    assert result.encode("utf-8").decode("utf-8") == result
    assert result == " ".join(result.split())
    assert len(result) <= MAX_CHARACTERS
    assert not set(result) & set("\x00\u200b\u200d\ufeff\ufffd")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  so\n\n tired\t", "so tired"),
        ("\uff53\uff41\uff44", "sad"),  # full-width letters
        ("s\u200ba\u200dd", "sad"),  # zero-width characters
        ("I don\u2019t know", "I don't know"),
        ("thanks @some_one and /u/other-one, u/third!", "thanks [NAME] and [NAME], [NAME]!"),
        ("a@b.org is no mention", "a@b.org is no mention"),
        ("see https://example.org/a?b=c and www.example.org", "see [LINK] and [LINK]"),
        ("[here](https://example.org)", "[here]([LINK])"),
        ("> they said this\nI hate it", "I hate it"),
        ("> only a quote", "only a quote"),
        (">:( so angry", ">:( so angry"),
        (">!a spoiler!< tells", ">!a spoiler!< tells"),
        ("dying \U0001f602\U0001f602\U0001f602", "dying face with tears of joy"),
        ("ok \U0001f44d\U0001f3fd", "ok thumbs up sign"),
        ("nul\x00and\ud800surrogate", "nul and surrogate"),
        ("", ""),
        ("\u200b \n", ""),
    ],
)
def test_what_version_1_does(text: str, expected: str) -> None:
    assert preprocess(text) == expected


@pytest.mark.parametrize(
    "part", ["a ", " ", ">", "@", "u/", "> a\n", "\U0001f602", "\u0301", "\ufdfa", "http://"]
)
def test_a_megabyte_costs_no_more_than_its_beginning(part: str) -> None:
    text = part * (1_000_000 // len(part))
    began = time.perf_counter()

    preprocess(text)

    assert time.perf_counter() - began < 0.25  # measured: 1 to 20 ms; the slack is for a busy machine


def test_letters_far_behind_are_still_found() -> None:
    assert preprocess(" " * 999_999 + "help") == "help"
