import json
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer
from processes import recorded
from typer.testing import CliRunner, Result

from bot.cli.app import app
from bot.cli.audit import moment
from bot.domain.snapshots import digest
from model.registry import bundled_models

BASELINE, MODEL, PROMOTED = "baseline", "minilm-3", "promoted-1"
TEXTS = [
    "I feel so alone today, nothing helps",
    "My dog died this morning and I can't stop crying",
    "Thank you all, what a lovely day!",
    "The train leaves at nine.",
    "Is this the right thread for that?",
    "I failed the exam again and I'm so disappointed in myself",
    "I want to kill myself",
    "sad",
    "https://example.org",
    "> they said so",
    "just great, really /s",
    "so sad " * 6000,
    "/start now",
]
COUNTS = ["decisions", "rerun", "same", "near", "differ"]
MISSING = ["unread", "text_gone", "model_gone", "preprocessing_gone", "unreadable"]
Change = Callable[..., None]


def solace(data: Path, *arguments: str, model: str = MODEL) -> Result:
    environment = {"SOLACE_DATA_DIR": str(data), "SOLACE_MODEL": model}
    return CliRunner(env=environment).invoke(app, arguments, catch_exceptions=False)


def promote(data: Path) -> None:
    """The shipped model under a version of its own, in the data folder."""
    folder = data / "models" / PROMOTED
    shutil.copytree(bundled_models() / MODEL, folder, copy_function=os.symlink)
    manifest = json.loads((folder / "manifest.json").read_text()) | {"version": PROMOTED}
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").write_text(json.dumps(manifest))


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twice the texts by the baseline, then by a promoted model, by few people in few chats."""
    data = tmp_path_factory.mktemp("audit") / "data"
    promote(data)
    for turn, model in enumerate([BASELINE, PROMOTED]):
        lines = [
            recorded(
                turn * 100 + n, text=TEXTS[n % len(TEXTS)], author_id=f"a{n % 7}", channel_id=f"c{n % 3}"
            )
            for n in range(2 * len(TEXTS))
        ]
        file = data.parent / f"{model}.jsonl"
        file.write_bytes(b"".join(lines))
        assert solace(data, "replay", str(file), model=model).exit_code == 0
    return data


@pytest.fixture
def data(recording: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(recording, tmp_path / "data", symlinks=True))


@pytest.fixture
def change(data: Path) -> Change:
    def execute(statement: str, *values: object) -> None:
        with closing(sqlite3.connect(data / "solace.db")) as connection, connection:
            connection.execute(statement, values)

    return execute


def audited(data: Path, *arguments: str, code: int = 0, model: str = MODEL) -> dict[str, Any]:
    result = solace(data, "audit", "--origin", "replay", "--json", *arguments, model=model)
    assert result.exit_code == code, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    assert report["decisions"] == report["rerun"] + sum(report[each] for each in MISSING)
    assert report["rerun"] == report["same"] + report["near"] + report["differ"]
    return report


def counted(report: Mapping[str, Any], names: Sequence[str]) -> dict[str, int]:
    return {name: report[name] for name in names if report[name]}


def test_everything_comes_out_as_it_was_recorded_by_baseline_and_model(data: Path) -> None:
    """Also under settings that name another model than those it was recorded by."""
    report = audited(data)

    assert list(report) == ["since", "origin", *COUNTS, *MISSING, "differences", "largest_move", "findings"]
    assert counted(report, COUNTS) == {"decisions": 52, "rerun": 48, "same": 48}
    assert counted(report, MISSING) == {"unread": 4}
    assert (report["origin"], report["findings"]) == ("replay", [])
    assert report["largest_move"] <= 1e-6
    assert not any(report["differences"].values())


def test_a_changed_score_and_a_changed_reason_are_named_by_their_rows(data: Path, change: Change) -> None:
    change("UPDATE decisions SET negative = negative / 2 + 0.25 WHERE id = 27")
    change("UPDATE decisions SET reason = 'support', action = 'reply' WHERE id = 8")

    report = audited(data, code=1)

    assert counted(report, COUNTS) == {"decisions": 52, "rerun": 48, "same": 46, "differ": 2}
    one, other = sorted(report["findings"], key=lambda each: each["decision"])
    assert (one["decision"], one["differences"], one["model"]) == (8, ["action", "reason"], BASELINE)
    assert one["recorded"] == {"action": "reply", "reason": "support", "label": None, "score": None}
    assert one["again"] == {"action": "silence", "reason": "too_short", "label": None, "score": None}
    assert (other["decision"], other["differences"], other["model"]) == (27, ["scores"], PROMOTED)
    assert other["recorded"]["score"] == pytest.approx(other["again"]["score"] / 2 + 0.25, abs=1e-5)


def test_an_erased_text_and_a_model_that_is_gone_are_counted(data: Path, change: Change) -> None:
    change("DELETE FROM texts WHERE decision_id <= 3")
    shutil.rmtree(data / "models")

    report = audited(data)

    assert counted(report, MISSING) == {"unread": 4, "text_gone": 3, "model_gone": 12}
    assert report["same"] == report["rerun"] == 52 - 19, "the baseline's, and those that a gate stops"


def test_a_folder_that_holds_another_model_under_the_old_name_shows(data: Path) -> None:
    """Thresholds of groups stand in the manifest alone, which no checksum guards: labels tell."""
    path = data / "models" / PROMOTED / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["group_thresholds"] = dict.fromkeys(manifest["group_thresholds"], 0.0) | {"ambiguous": 0.0}
    manifest["group_thresholds"]["neutral"] = 1.0
    path.write_text(json.dumps(manifest))

    report = audited(data, code=1)

    assert set(counted(report["differences"], list(report["differences"]))) == {"label"}


def test_beside_a_threshold_is_a_column_of_its_own_and_no_failure(data: Path, change: Change) -> None:
    """A decision by a line between the recorded score and the score of now."""
    with closing(sqlite3.connect(data / "solace.db")) as connection:
        row, score, snapshot = connection.execute(
            "SELECT d.id, negative, json FROM decisions d JOIN policies ON hash = policy_hash"
            " WHERE d.model = ? AND reason = 'below_threshold'",
            (PROMOTED,),
        ).fetchone()
    policy = json.loads(snapshot)
    policy["thresholds"]["negative"]["normal"] = score + 0.002
    written = json.dumps(policy)
    change("INSERT INTO policies VALUES (?, ?)", digest(written), written)
    change(
        "UPDATE decisions SET policy_hash = ?, negative = ?, action = 'reply', reason = 'support'"
        " WHERE id = ?",
        digest(written),
        score + 0.003,
        row,
    )

    report = audited(data)

    assert counted(report, ["near", "differ"]) == {"near": 1}
    (finding,) = report["findings"]
    assert (finding["decision"], finding["agreement"]) == (row, "near")
    assert finding["again"]["reason"] == "below_threshold"
    shown = solace(data, "audit", "--origin", "replay")
    assert shown.exit_code == 0
    assert "Within a rounding\n" in "\n".join(line.rstrip() for line in shown.stdout.splitlines()) + "\n"
    assert "another processor's rounding" in shown.stdout


def test_the_terminal_shows_counts_and_rows_and_nobody(data: Path, change: Change) -> None:
    change("UPDATE decisions SET label = 'neutral' WHERE id = 1")
    change("DELETE FROM texts WHERE decision_id = 2")

    result = solace(data, "audit", "--origin", "replay")

    assert result.exit_code == 1
    words = " ".join(result.stdout.replace("│", " ").split())
    assert "52 decisions (replay), 47 made again" in words
    assert "46 0 1" in words
    assert "text gone: erased since, or never kept 1" in words
    assert "1 reply," in words
    everything = f"{result.stdout}{solace(data, 'audit', '--origin', 'replay', '--json').stdout}"
    with closing(sqlite3.connect(data / "solace.db")) as connection:
        people = [row[0] for row in connection.execute("SELECT author FROM decisions WHERE author NOT NULL")]
    assert people
    for secret in [*people, *TEXTS, "c0", "c1", "m10", "example.org"]:
        assert secret[:200] not in everything
    assert not re.search(r"[0-9a-f]{32}", everything)


def test_live_is_what_is_asked_for_by_default(data: Path) -> None:
    result = solace(data, "audit")
    assert (result.exit_code, result.stdout) == (
        0,
        "Nothing was decided in that time (live; see also --origin replay).\n",
    )


def test_since_names_the_first_day(data: Path) -> None:
    assert audited(data, "--since", "2026-01-01T00:01:40Z")["decisions"] == 26
    assert audited(data, "--since", "2026-01-01")["decisions"] == 52
    assert audited(data, "--since", "2026-01-02")["decisions"] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--since", "yesterday"],
        ["--since", "7 d"],
        ["--since", "999999d"],
        ["--since", ""],
        ["--origin", "all"],
    ],
)
def test_bad_usage_is_told_apart(data: Path, arguments: list[str]) -> None:
    assert solace(data, "audit", *arguments).exit_code == 2


def test_without_a_database_there_is_nothing_to_audit(tmp_path: Path) -> None:
    assert solace(tmp_path / "none", "audit").exit_code == 2
    assert not (tmp_path / "none").exists()


NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("0d", NOW),
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T12:30:00+02:00", datetime(2026, 1, 31, 10, 30, tzinfo=UTC)),
    ],
)
def test_a_beginning_is_a_day_a_time_or_a_number_of_days(since: str, expected: datetime) -> None:
    assert moment(since, now=NOW) == expected


@pytest.mark.parametrize("since", ["", "d", "-7d", "7", "\u0667d", "0001-01-01T00:00:00+14:00", "9999999d"])
def test_anything_else_is_no_beginning(since: str) -> None:
    with pytest.raises(typer.BadParameter):
        moment(since, now=NOW)
