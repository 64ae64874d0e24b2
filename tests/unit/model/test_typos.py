"""Mistyped words are mended; whatever else people write is left alone."""

import random
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.noise import typos
from model import slips, vocabulary
from model.typos import mended

MISTYPED = [
    ("I cried becuase of you", "I cried because of you"),
    ("it is definately not the same", "it is definitely not the same"),
    ("I beleive you", "I believe you"),
    ("that was a beatiful day", "that was a beautiful day"),
    ("we are all so dissapointed", "we are all so disappointed"),
    ("I am so embarassed by it", "I am so embarrassed by it"),
    ("no, I recieved it", "no, I received it"),
    ("she was depresed for years", "she was depressed for years"),
    ("Unfortunatly it is over", "Unfortunately it is over"),
    ("it happend tommorow", "it happened tomorrow"),
    ("that is intresting to me", "that is interesting to me"),
    ("i ahte thsi and teh wrold", "i hate this and the world"),
    ("yuo are teh best, thnak you", "you are the best, thank you"),
]
LEFT_ALONE = """\
lmao fml smh that is so sus, yeet
kms lol I am so done
she said idk tbh, ngl it was lowkey cringe
the subreddit r/depresion is for that
a downvote from every redditor
I saw Kowalczyk and Thandiwe with Becuase
my name is Beleiv and I am here
u/definately_me and @definately wrote this
mail me at becuase.you@example.org or see www.definately.com
[NAME] told [NAME] about the [RELIGION] of the day
Ich habe heute leider keine Zeit und bin sehr traurig
je suis tellement triste aujourd'hui
estoy muy cansado y no puedo dormir
sono molto triste oggi, non voglio parlare
a narcotic and the familial, regressive, redacted and dissociative ones
they deactivate the transphobe and his canonization
the schadenfreude and the zeitgeist of it
he unfriended, overreacted and was disheartened
a well-knwon hyphen and snake_csae word
BECUASE I SAID SO
don't can't won't I'm you're it's that's y'all should've
a b c d e f g
""".splitlines()


@pytest.mark.parametrize(("typed", "meant"), MISTYPED)
def test_a_mistyped_word_is_mended(typed: str, meant: str) -> None:
    assert mended(typed) == meant


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_no_slip_stays(text: str) -> None:
    assert mended(text) == text


@pytest.mark.parametrize("name", ["english.txt", "informal.txt"])
def test_the_lists_are_known_words(name: str) -> None:
    words = files("model").joinpath(name).read_text(encoding="ascii").split()

    assert len(words) == len(set(words)) > 500
    assert all(vocabulary.known(word) for word in words)


@pytest.mark.parametrize(
    "word", ["overreacted", "unfriend", "hopelessly", "cringiest", "babysit", "gaslights"]
)
def test_a_word_made_of_listed_ones_is_known(word: str) -> None:
    assert vocabulary.known(word)


@pytest.mark.parametrize("word", ["thiss", "becuase", "veryy", "hte", "hs", "andy's", "likeed"])
def test_a_slip_is_not_taken_for_an_ending(word: str) -> None:
    assert not vocabulary.known(word)


def test_likely_slips_cost_less_than_others() -> None:
    def cost(typed: str) -> float:
        return slips.slip_cost("sadness", typed, 1)

    assert cost("sadness") == 0
    assert cost("sandess") < cost("sadnesx") < cost("sadnesq")  # swapped, beside its key, far from it
    assert cost("saddness") < cost("sadnessp")
    assert cost("dadness") > cost("sasness")  # the first letter is seldom wrong
    assert cost("sdnss") == float("inf")


WORDS = "i am so very sad today because nobody likes the thing that we did together"
ENGLISH = st.lists(
    st.sampled_from(WORDS.split()),
    min_size=3,
    max_size=15,
).map(" ".join)


@given(ENGLISH)
def test_plain_words_in_any_order_stay(text: str) -> None:
    assert mended(text) == text


@given(ENGLISH, st.integers(), st.sampled_from([0.05, 0.1, 0.3]))
def test_a_mended_text_stays(text: str, seed: int, rate: float) -> None:
    mistyped = typos(text, random.Random(seed), rate)
    once = mended(mistyped)

    assert mended(once) == once
    assert len(once.split()) == len(mistyped.split())


@given(st.text(max_size=300))
def test_any_text_keeps_all_but_its_words(text: str) -> None:
    once = mended(text)

    assert mended(once) == once
    assert [each for each in once if not each.isalpha() and each != "'"] == [
        each for each in text if not each.isalpha() and each != "'"
    ]
