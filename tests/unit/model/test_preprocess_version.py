"""What `preprocess` returns is part of a model: it may only change together with its version."""

import hashlib
import json
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from model.preprocess import PREPROCESSING_VERSION, preprocess

PYPROJECT = Path(__file__).parents[3] / "pyproject.toml"

SAMPLE = (
    "Nothing to see here, just a plain sentence.",
    "  two   spaces\nand a line\r\nand\u2028another ",
    "I h4t3 7h15, I'm s0 d3pr3ss3d",
    "s a d and k.i.l.l and l-o-n-e-l-y",
    "soooo goooood!!!!! noooo...... ????",
    "I feel hоpeless аnd аlоne",  # noqa: RUF001 - Cyrillic letters
    "ᴡʜʏ ᴍᴇ 𝓼𝓪𝓭 𝕤𝕒𝕕 ⓢⓐⓓ 🅂🄰🄳 ｓａｄ",  # noqa: RUF001 - stylised letters
    "h\u200bo\u00adp\u2060e and z̷̡̛a̵͎̚l̶̝͝g̴̱̈o̸̳͌",
    "😂😂😂 so funny 💀 and 👍🏽 👩‍👩‍👧 ❤️ 1️⃣ 🏳️‍🌈 🇬🇧 🫠 🥹 🫡 🐦‍🔥 \U0001fae9",
    "smile :) :-( >:( ¯\\_(ツ)_/¯ ಠ_ಠ",
    "Я так устала сегодня",
    "Σήμερα είμαι λυπημένη",
    "今日はとても悲しい",
    "أنا حزين جدا اليوم",
    "आज मैं बहुत दुखी हूँ",
    "Ich weiß nicht, was ich tun soll; déjà vu, naïve, señor",
    "> what they said\nand what I say",
    "&gt; escaped quote\n&amp;amp; mine &#39;too&#39;",
    "**bold** _it_ ~~gone~~ ||spoiler|| >!hidden!< `code` ^up \\*star",
    "[a link](https://example.org/x) and https://example.org/y?z=1 www.example.com",
    "@somebody and u/someone_else and @lone",
    "<b>tag</b> <tg-spoiler>secret</tg-spoiler>",
    "I beleive it becuase you said it",
    "yuo are teh best, thnak you for thsi",
    "\x00\ud800\ufeff\u2800",
    "price: 5$ or 10€, 3.14 % — “quotes” ‘too’ … №",  # noqa: RUF001 - typographic marks
)
SEEN = {"3": "2a171694565b3fad6477f0f4c0eaf7a25c3a9fef1739ac3bbab575486dc3b135"}


def test_another_result_needs_another_version() -> None:
    found = json.dumps([preprocess(text) for text in SAMPLE]).encode()

    assert hashlib.sha256(found).hexdigest() == SEEN.get(PREPROCESSING_VERSION), (
        "`preprocess` returns something else than the model was trained with: raise PREPROCESSING_VERSION "
        "and retrain (then put the new hash here, under the new version)"
    )


@pytest.mark.parametrize("package", ["emoji", "confusable-homoglyphs"])
def test_the_tables_behind_it_are_pinned(package: str) -> None:
    dependencies = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["dependencies"]

    assert f"{package}=={version(package)}" in dependencies
