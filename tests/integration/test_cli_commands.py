import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from builders import CLASSIFIED_FIELDS
from typer.testing import CliRunner, Result

from bot.adapters.phrasefile import load_crisis_card
from bot.cli.app import app
from bot.domain.decisions import Reason

Solace = Callable[..., Result]


@pytest.fixture
def solace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Solace:
    monkeypatch.chdir(tmp_path)

    def invoke(arguments: Sequence[str], said: bytes = b"", **changes: str) -> Result:
        environment = {"SOLACE_DATA_DIR": str(tmp_path / "data"), "SOLACE_MODEL": "baseline", **changes}
        return CliRunner(env=environment).invoke(app, arguments, input=said, catch_exceptions=False)

    return invoke


def test_classify_prints_exactly_the_fields_of_the_design(solace: Solace) -> None:
    result = solace(["classify", "--json"], b"I feel so alone today\n\nfine\r\n\xff\x00 \xe2\x80\xa8\nlast")

    rows = [json.loads(line) for line in result.stdout.split("\n")[:-1]]
    assert result.exit_code == 0
    assert [list(row) for row in rows] == [CLASSIFIED_FIELDS] * 5
    assert rows[0]["text"] == "I feel so alone today"
    assert rows[1]["reason"] == Reason.EMPTY
    assert rows[2]["text"] == "fine\r"
    assert rows[3]["text"] == "\ufffd\ufffd \u2028", "as it is over HTTP"
    assert rows[4]["text"] == "last"
    scores = ("positive", "negative", "neutral", "ambiguous", "not_positive", "distress")
    assert all(isinstance(row[score], int | float) for row in rows for score in scores)


def test_classify_records_nothing(solace: Solace, tmp_path: Path) -> None:
    solace(["classify"], b"I feel so alone today")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("said", [b"", b"\n", b"\x1b[2Jsad and alone"])
def test_classify_for_people_never_steers_the_terminal(solace: Solace, said: bytes) -> None:
    result = solace(["classify", "-"], said)

    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert len(result.stdout.splitlines()) == (2 if said else 0)


def test_classify_reads_the_beginning_of_an_endless_line(solace: Solace) -> None:
    result = solace(["classify", "--json"], b"sad " * 2**19)

    assert len(json.loads(result.stdout)["text"]) == 2**20
    assert "Line 1 is longer than 1 MiB" in result.stderr


def test_classify_reads_a_file(solace: Solace, tmp_path: Path) -> None:
    (tmp_path / "comments.txt").write_text("\n".join(f"text {number}" for number in range(300)))

    rows = solace(["classify", "--json", "comments.txt"]).stdout.splitlines()

    assert [json.loads(row)["text"] for row in rows] == [f"text {number}" for number in range(300)]


def test_migrating_twice_is_migrating_once(solace: Solace) -> None:
    assert solace(["db", "migrate"]).stdout.startswith("The database went from nothing to revision")
    assert "already" in solace(["db", "migrate"]).stdout


def test_a_report_without_a_database_says_what_to_do(solace: Solace) -> None:
    result = solace(["report", "activity"])

    assert result.exit_code == 2
    assert "solace db migrate" in result.stderr


def test_a_chat_answers_says_why_and_ends_with_its_input(solace: Solace) -> None:
    result = solace(["chat"], b"I feel so alone today\n/optout\nI feel so alone today\n/optin\n/dance\n")

    said = result.stdout.splitlines()
    assert result.exit_code == 0
    assert any("answered: support" in line for line in said)
    assert any("no reply: opted_out" in line for line in said)
    assert "You are read again." in said
    assert "That is no command here. /help names those there are." in said
    assert "you>" not in result.stdout
    notice = "Your words are kept for 30 days; decisions stay longer, without your words."
    assert result.stderr == f"This is a bot, not a crisis service. {notice}\n"


def test_a_chat_that_stores_no_words_says_so(solace: Solace) -> None:
    result = solace(["chat"], SOLACE_POLICY__RETENTION="0")

    assert result.stderr.endswith("It keeps none of your words, only what it decided.\n")


def test_a_chat_settles_its_replies_before_it_ends(solace: Solace) -> None:
    solace(["chat"], b"I feel so alone today\nand so very sad\n/quit\nthis is never read")

    report = json.loads(solace(["report", "activity", "--json"]).stdout)
    assert report["decisions"] == report["replies"]["sent"] == 2


def test_what_was_counted_is_shown_in_tables(solace: Solace) -> None:
    solace(["chat"], b"I feel so alone today\nshort\n")

    shown = solace(["report", "activity", "--days", "2"]).stdout
    assert "2 comments judged = 1 answered + 0 watched + 1 left alone." in shown
    assert "Replies by state: 1 sent." in shown
    assert "too_short" in shown


def test_a_report_can_be_a_page(solace: Solace, tmp_path: Path) -> None:
    solace(["chat"], b"I feel so alone today\nshort\n")

    result = solace(["report", "activity", "--html", "report.html"])

    assert (result.exit_code, result.stdout) == (0, "")
    written = (tmp_path / "report.html").read_text("utf-8")
    assert "2 comments judged = 1 answered + 0 watched + 1 left alone." in written
    assert "too_short" in written
    assert "alone today" not in written
    both = solace(["report", "activity", "--html", "report.html", "--json"])
    assert json.loads(both.stdout)["decisions"] == 2
    nowhere = solace(["report", "activity", "--html", "nowhere/report.html"])
    assert nowhere.exit_code == 1
    assert nowhere.stderr == "Error: nowhere/report.html: No such file or directory\n"


def test_classify_says_why_only_where_it_is_asked(solace: Solace) -> None:
    said = b"I feel so alone today\n\n"
    result = solace(["classify", "--json", "--why"], said, SOLACE_MODEL="minilm-3")

    sad, empty = [json.loads(line) for line in result.stdout.split("\n")[:-1]]
    assert list(sad) == list(empty) == [*CLASSIFIED_FIELDS, "why"]
    assert "alone" in [word for word, weight in sad["why"] if weight > 0.05]
    assert empty["why"] == []
    assert " alone +0." in solace(["classify", "--why"], said, SOLACE_MODEL="minilm-3").stdout
    assert "no word changes the score" in solace(["classify", "--why"], said).stdout, (
        "to the baseline all are sad"
    )


def test_classify_names_other_languages(solace: Solace) -> None:
    result = solace(
        ["classify", "--json"], b"heute geht es mir gar nicht gut, ich bin so allein\nMir reicht's\n"
    )

    german, short = [json.loads(line) for line in result.stdout.split("\n")[:-1]]
    assert (german["language"], german["would_reply"], german["reason"]) == ("de", False, Reason.NOT_ENGLISH)
    assert short["language"] == "en", "too short to tell"


def test_a_chat_of_all_languages_is_a_setting(solace: Solace) -> None:
    result = solace(
        ["classify", "--json"],
        b"heute geht es mir gar nicht gut, ich bin so allein\n",
        SOLACE_POLICY__LANGUAGE_FILTER="false",
    )

    (german,) = [json.loads(line) for line in result.stdout.split("\n")[:-1]]
    assert (german["language"], german["reason"]) == ("de", Reason.SUPPORT)


def test_doctor_finds_a_new_database_healthy(solace: Solace) -> None:
    solace(["db", "migrate"])

    result = solace(["doctor", "--json"], SOLACE_HTTP__PORT="0")

    report = json.loads(result.stdout)
    assert (result.exit_code, report["healthy"]) == (0, True), report
    assert {check["status"] for check in report["checks"]} <= {"ok", "warn"}


def test_doctor_names_a_wrong_setting_and_never_its_value(solace: Solace) -> None:
    result = solace(["doctor"], SOLACE_HTTP__PORT="eighty-secret")

    assert result.exit_code == 1
    assert "SOLACE_HTTP__PORT" in result.stdout
    assert "eighty-secret" not in result.output


def test_doctor_fails_for_a_model_that_is_not_there(solace: Solace) -> None:
    result = solace(["doctor"], SOLACE_MODEL="no-such-model", SOLACE_HTTP__PORT="0")

    assert result.exit_code == 1
    assert "solace model list" in result.stdout


def test_models_are_listed_with_the_active_one(solace: Solace) -> None:
    listed = json.loads(solace(["model", "list", "--json"]).stdout)

    assert [model["version"] for model in listed if model["active"]] == ["baseline"]
    assert "baseline" in solace(["model", "list"]).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["chat"],
        ["classify"],
        ["replay", "/dev/null"],
        ["db", "migrate"],
        ["report", "activity"],
        ["model", "list"],
    ],
)
def test_a_wrong_setting_ends_every_command_with_2(solace: Solace, arguments: list[str]) -> None:
    result = solace(arguments, SOLACE_POLICY__MIN_WORDS="many-secret")

    assert result.exit_code == 2
    assert result.stderr.startswith("Error: SOLACE_POLICY__MIN_WORDS: ")
    assert "many-secret" not in result.output


def test_a_chat_has_no_phrase_for_a_crisis_and_shows_the_card(solace: Solace) -> None:
    result = solace(["chat"], b"i want to die\n")

    assert load_crisis_card(None).text in result.stdout
    assert "answered: crisis" in result.stdout
