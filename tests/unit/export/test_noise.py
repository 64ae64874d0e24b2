import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.noise import ATTACKS, STRENGTHS
from model.preprocess import preprocess

TEXT = "I told [NAME] that I am really sad and tired of everything, but they never listened to me."
WORDS = (
    "i",
    "am",
    "so",
    "sad",
    "the",
    "day",
    "was",
    "good",
    "but",
    "you",
    "never",
    "listened",
    "told",
    "everybody",
    "about",
    "hope",
    "vase",
    "question",
    "job",
)
CLEAN = st.lists(st.sampled_from(WORDS), min_size=2, max_size=10).map(" ".join)
RATES = st.sampled_from([0.1, 0.5, 1.0])
UNDONE = ["homoglyphs", "zero_width", "full_width", "stylised"]
every_attack = pytest.mark.parametrize("name", list(ATTACKS))


def attacked(name: str, text: str = TEXT, seed: int = 1, rate: float = 1.0) -> str:
    return ATTACKS[name](text, random.Random(seed), rate)


@every_attack
def test_the_same_seed_gives_the_same_noise(name: str) -> None:
    assert attacked(name, rate=0.5) == attacked(name, rate=0.5)
    assert len({attacked(name, seed=seed, rate=0.5) for seed in range(8)}) > 1


@every_attack
def test_at_rate_nothing_nothing_changes(name: str) -> None:
    assert attacked(name, rate=0.0) == TEXT


@every_attack
def test_masks_stay_and_the_rest_changes(name: str) -> None:
    changed = {attacked(name, seed=seed) for seed in range(6)}

    assert all("[NAME]" in text for text in changed)
    assert changed != {TEXT}


@every_attack
def test_a_text_without_letters_is_welcome(name: str) -> None:
    assert attacked(name, "") in ("", *(attacked("emoji", "", seed) for seed in range(2)))
    assert "[NAME]" in attacked(name, "[NAME]")


@pytest.mark.parametrize("name", UNDONE)
@given(text=CLEAN, rate=RATES, seed=st.integers(0, 1_000))
def test_the_filter_undoes_what_only_looks_different(name: str, text: str, rate: float, seed: int) -> None:
    assert preprocess(attacked(name, text, seed, rate)) == preprocess(text)


def test_homoglyphs_leave_one_letter_at_least() -> None:
    assert re.search("[a-z]", attacked("homoglyphs", "ace peace"))


def test_leet_changes_only_letters_that_have_a_sign() -> None:
    assert re.fullmatch(r"[4@] [8] [3] [1!] [1] [0] [5$] [7] d x", attacked("leet", "a b e i l o s t d x"))


def test_stretched_words_have_a_letter_three_to_six_times() -> None:
    assert re.fullmatch(
        r"(s{3,6}ad|sa{3,6}d|sad{3,6}) (d{3,6}ay|da{3,6}y|day{3,6})", attacked("stretched", "sad day")
    )


def test_typos_keep_to_their_share_of_letters() -> None:
    text = "abcdefghij" * 1_000
    kept = sum(1 for a, b in zip(text, attacked("typos", text, rate=0.0), strict=True) if a == b)
    # Two of four slips change the length by one either way, so count what a sequence of letters lost or won.
    noisy = attacked("typos", text, rate=0.1)

    assert kept == len(text)
    assert abs(len(noisy) - len(text)) < 150
    assert 0.05 < 1 - len(re.findall("(?=abcdefghij)", noisy)) / 1_000 < 0.75


def test_spaced_out_words_have_one_kind_of_gap() -> None:
    assert {attacked("spaced_out", "so sad", seed) for seed in range(20)} == {
        "so s a d",
        "so s.a.d",
        "so s-a-d",
    }


def test_casing_is_capitals_small_letters_or_both() -> None:
    found = {attacked("casing", "Sad Day", seed) for seed in range(20)}

    assert {"SAD DAY", "sad day"} < found
    assert {text.lower() for text in found} == {"sad day"}


def test_markup_frames_words_and_the_filter_takes_it_off() -> None:
    for seed in range(20):
        assert attacked("markup", "sad days", seed) != "sad days"
        assert preprocess(attacked("markup", "sad days", seed)) == "sad days"


def test_emoji_stand_behind_the_text() -> None:
    assert attacked("emoji").startswith(TEXT + " ")


def test_each_attack_has_a_strength() -> None:
    assert STRENGTHS.keys() == ATTACKS.keys()
    assert all(0 < rate <= 1 for rate in STRENGTHS.values())
