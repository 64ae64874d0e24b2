import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.masking import LINK, NAME, masked
from model.preprocess import preprocess


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("look https://t.me/c/1/2?thread=3 here", f"look {LINK} here"),
        ("tg://user?id=1234567", LINK),
        ("t.me/lounge and www.example.org/x", f"{LINK} and {LINK}"),
        ("thanks @ann_smith, and /u/ben-1", f"thanks {NAME}, and {NAME}"),
        ("write to ann.b@mail.example.org", f"write to {NAME}"),
        ("call +49 (170) 123-4567 now", f"call {NAME} now"),
        ("id 123456789", f"id {NAME}"),
        ("it is 2026, 100 000 of them, 5-0", "it is 2026, 100 000 of them, 5-0"),
        ("and/or, 50/50, a@", "and/or, 50/50, a@"),
    ],
)
def test_what_points_at_somebody_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@given(st.text())
def test_what_is_masked_stays_masked(text: str) -> None:
    once = masked(text)
    assert masked(once) == once


def test_the_model_reads_a_masked_text_like_the_text_itself() -> None:
    text = "so sad, @ann_smith, see https://example.org/x"
    assert preprocess(masked(text)) == preprocess(text)
