import random
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from export.templates import filled, templates
from model.labels import EMOTIONS, GROUP_OF
from model.preprocess import preprocess

PROBES = Path("model/probes")
FILLS = 60
SHARED = 5


def test_every_template_can_be_filled_and_leaves_no_slot() -> None:
    generator = random.Random(1)

    for template in templates():
        for _ in range(5):
            text = filled(template, generator)
            assert text
            assert "{" not in text
            assert "}" not in text


def test_the_same_seed_fills_alike() -> None:
    texts = [[filled(each, random.Random(5)) for each in templates()] for _ in range(2)]

    assert texts[0] == texts[1]


def test_every_group_has_templates() -> None:
    groups = {GROUP_OF[EMOTIONS[emotion]] for template in templates() for emotion in template.emotions}

    assert groups == {"positive", "negative", "neutral", "ambiguous"}


def test_no_template_can_become_a_probe() -> None:
    """Emoji and short exclamations ("lol") are anybody's; four words must not be taught by heart."""
    probes = {_plain(text) for _, text in _probes()}
    texts = {text for _, text in _fills()}
    taught = {_plain(text) for text in texts if len(text.split()) >= 4}

    assert len(probes) > 500
    assert taught & probes == set()


def test_no_template_shares_five_words_in_a_row_with_a_probe() -> None:
    cases: dict[tuple[str, ...], str] = {}
    for case, text in _probes():
        cases |= dict.fromkeys(_runs(text), case)

    shared = {
        (template, cases[run], " ".join(run))
        for template, text in _fills()
        for run in _runs(text) & cases.keys()
    }

    assert shared == set()


def test_a_run_of_words_is_found_whatever_its_case_and_punctuation() -> None:
    assert _runs("So... it\u2019s OVER, my friend 😢 then") & _runs("so its over my friend") == {
        ("so", "its", "over", "my", "friend")
    }


def _probes() -> Iterator[tuple[str, str]]:
    for path in sorted(PROBES.glob("*.toml")):
        book = tomllib.loads(path.read_text("utf-8"))
        for case in [*book.get("cases", []), *book.get("probes", [])]:
            yield from ((case["id"], case[key]) for key in ("text", "variant") if key in case)


def _fills() -> Iterator[tuple[str, str]]:
    generator = random.Random(7)
    yield from ((each.text, filled(each, generator)) for each in templates() for _ in range(FILLS))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", re.sub("['\u2019]", "", text.lower()))
    return {tuple(words[first : first + SHARED]) for first in range(len(words) - SHARED + 1)}


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in preprocess(text).lower()).split())
