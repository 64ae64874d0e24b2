import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.preprocess import MAX_CHARACTERS, MAX_READ, preprocess

PLAIN = (
    *(
        "@ab",
        "@",
        "u/abc",
        "/u/",
        "http://",
        "www.x",
        "[NAME]",
        "]",
        "[",
        "](",
        ")",
        ">",
        "> a\n",
        ">:(",
        "\n",
        "\r",
    ),
    *(
        "a",
        "_",
        "*",
        "**",
        "||",
        "~~",
        "^",
        "`",
        "\\",
        "# ",
        "- ",
        ">!",
        "!<",
        "&gt;",
        "&amp;",
        "&#",
        ";",
        "<b>",
    ),
    *("s a d", " ", ".", "-", "k1ll", "s0", "$", "!", "4", "aaa", "ooo", "S", "gr8"),
)
STRANGE = (
    "\u200d\ufe0f\u0301\u0338\u00a8\ufdfa\U0001f602\u2764\x00\ud800\uff20\uff1e\u3164."
    "\u0430\u03bf\u0456\U0001f1f8\U0001f170\u1d00"
)
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


HEAVY = (
    *(
        "a ",
        " ",
        ">",
        "@",
        "u/",
        "> a\n",
        "\U0001f602",
        "\u0301",
        "\u05b0\u0591",
        "\ufdfa",
        "http://",
        "a.",
        "[",
        "](/",
    ),
    *(
        "*",
        "*a",
        "_a",
        "`",
        "|",
        "~",
        "^",
        "\\",
        "&amp;",
        "&#",
        "<b",
        ">!",
        "!<",
        "# ",
        "- ",
        "a-",
        "1",
        "a1",
        "4!",
        "$",
    ),
    *(
        "a!",
        "aa",
        "aaab",
        "\u0430",
        "\u0430a",
        "\U0001f1f8",
        "\u3164",
        "x\u200b",
        "-\n",
        "==\n",
        "a b\u0430 ",
    ),
)


@pytest.mark.parametrize("part", HEAVY)
def test_forty_thousand_characters_are_no_square(part: str) -> None:
    # Processor time of this process, not time on the wall: a pattern that reads its text over and over
    # from every place takes over ten seconds at this length; a linear one some hundredths.
    text = part * (1_000_000 // len(part))
    began = time.process_time()

    preprocess(text)

    assert time.process_time() - began < 3


def test_letters_far_behind_are_still_found() -> None:
    assert preprocess(" " * 999_999 + "help") == "help"


def test_a_long_post_is_read_whole() -> None:
    text = "word " * (MAX_READ // 5 - 1) + "end"

    assert preprocess(text) == text


def test_nested_markup_beyond_reason_still_settles() -> None:
    text = "[" * 50 + "sad" + "](/u)" * 50
    once = preprocess(text)

    assert "sad" in once
    assert preprocess(once) == once
