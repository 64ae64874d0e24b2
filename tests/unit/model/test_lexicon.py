import json
import re

import pytest

from model import lexicon
from model.registry import bundled_models, find


def test_the_words_are_those_of_the_shipped_tokenizer() -> None:
    raw = (find("minilm-3", [bundled_models()]) / "tokenizer.json").read_text(encoding="utf-8")
    vocabulary = json.loads(raw)["model"]["vocab"]
    whole = [
        word for word in sorted(vocabulary, key=vocabulary.__getitem__) if re.fullmatch("[a-z]{2,}", word)
    ]
    listed = sorted(lexicon.ranks().items(), key=lambda item: item[1])

    assert set(whole) <= {word for word, _ in listed}
    assert lexicon.rank(whole[0]) == 0
    assert lexicon.rank("THE") == 0


@pytest.mark.parametrize("word", ["tiredness", "sobbed", "hopelessly", "cries", "hating"])
def test_a_regular_form_stands_behind_every_listed_word(word: str) -> None:
    place = lexicon.rank(word)

    assert place is not None
    assert lexicon.rank("the") == 0


@pytest.mark.parametrize("word", ["", "a", "xqzt", "znd", "\u0430"])
def test_what_is_no_word_has_no_rank(word: str) -> None:
    assert lexicon.rank(word) is None


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("iamsosad", ["i", "am", "so", "sad"]),
        ("IHateThis", ["I", "Hate", "This"]),
        ("sad", ["sad"]),
        ("xyz", None),
    ],
)
def test_letters_without_gaps_are_split_into_the_likeliest_words(
    letters: str, words: list[str] | None
) -> None:
    assert lexicon.split(letters) == words
