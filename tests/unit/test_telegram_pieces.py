import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.telegram.keyboards import markup
from bot.adapters.telegram.pieces import cut, length, pieces
from bot.adapters.telegram.values import Button


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("short", ["short"]),
        ("one two\n\nthree", ["one two", "three"]),
        ("one two\nthree four", ["one two", "three four"]),
        ("one two three", ["one two", "three"]),
        ("x" * 25, ["x" * 10, "x" * 10, "x" * 5]),
        ("🫂" * 7, ["🫂" * 5, "🫂" * 2]),
    ],
)
def test_a_text_is_parted_where_it_hurts_least(text: str, parts: list[str]) -> None:
    assert list(pieces(text, 10)) == parts


@given(st.text(alphabet=st.sampled_from("ab \n🫂é"), max_size=200), st.integers(2, 30))
def test_every_piece_fits_and_nothing_but_white_space_is_lost(text: str, most: int) -> None:
    parts = pieces(text, most)
    assert all(0 < length(part) <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text(max_size=50), st.integers(2, 30))
def test_what_is_cut_fits(text: str, most: int) -> None:
    assert length(cut(text, most)) <= most
    assert cut(text, 10**6) == text


def test_a_keyboard_as_telegram_wants_it() -> None:
    rows = [[Button(text="a", data="x:1"), Button(text="b", url="https://example.org")]]
    assert markup(rows) == {
        "inline_keyboard": [
            [{"text": "a", "callback_data": "x:1"}, {"text": "b", "url": "https://example.org"}]
        ]
    }
