import random
import tomllib
from pathlib import Path

from export.templates import filled, templates
from model.labels import EMOTIONS, GROUP_OF
from model.preprocess import preprocess

PROBES = Path("model/probes")


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
    probes = set()
    for path in PROBES.rglob("*.toml"):
        for case in tomllib.loads(path.read_text("utf-8")).get("cases", []):
            probes |= {_plain(case[key]) for key in ("text", "variant") if key in case}
    generator = random.Random(7)
    texts = {filled(template, generator) for template in templates() for _ in range(60)}
    taught = {_plain(text) for text in texts if len(text.split()) >= 4}

    assert len(probes) > 500
    assert taught & probes == set()


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in preprocess(text).lower()).split())
