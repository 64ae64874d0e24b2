"""Broken files and settings, given to real processes: a clear word each, nothing lost, the rest goes on."""

import json

import pytest
from processes import Installation, recorded

pytestmark = pytest.mark.slow

SECRET = "words of somebody"
MEGABYTE = 2**20


def test_a_recording_with_everything_that_can_be_wrong(here: Installation) -> None:
    lines = [
        recorded(0),
        b"{" + SECRET.encode() + b"\n",  # 2
        b'["' + SECRET.encode() + b'"]\n',  # 3
        b"\xff\xfe\x00\n",  # 4
        b"[" * 200_000 + b"\n",  # 5
        recorded(1, text=f"{SECRET} " * MEGABYTE),  # 6
        recorded(2, message_id="a\x00b"),  # 7
        recorded(3, author_id="\ud800"),  # 8
        recorded(4, sent_at="yesterday"),  # 9
        recorded(5, text=None),  # 10
        b"\n",
        recorded(6, text="sad \x00 and \ud800 alone"),
        recorded(7, text="so alone " * 100_000),
        recorded(8).rstrip(b"\n"),
    ]
    recording = here.folder / "recording.jsonl"
    recording.write_bytes(b"".join(lines))

    first = here.solace("replay", "--json", str(recording))
    again = here.solace("replay", "--json", str(recording)).json()

    summary = first.json()
    found = [summary[name] for name in ("lines", "judged", "known", "bad", "blank")]
    assert found == [len(lines), 4, 0, 9, 1]
    assert [again[name] for name in ("judged", "known", "bad")] == [0, 4, 9]
    numbers = [int(line.split()[1].rstrip(":")) for line in first.errors.splitlines()]
    assert numbers == [2, 3, 4, 5, 6, 7, 8, 9, 10]
    assert SECRET not in first.errors + first.out
    assert "Traceback" not in first.errors
    assert here.rows("SELECT text FROM texts WHERE text LIKE 'sad %'") == ["sad \ufffd and \ufffd alone"]
    assert here.rows("PRAGMA integrity_check") == ["ok"]


def test_a_recording_of_nothing_is_no_error(here: Installation) -> None:
    summary = here.solace("replay", "--json", "-").json()
    assert (summary["judged"], summary["bad"]) == (0, 0)


def test_a_recording_of_noise_says_so_and_fails(here: Installation) -> None:
    ended = here.solace("replay", "-", said=bytes(range(256)) * 4096)
    assert ended.code == 1
    assert ended.errors.startswith("Line 1: ")
    assert "Traceback" not in ended.errors


def test_classify_gives_a_row_for_every_line_whatever_it_holds(here: Installation) -> None:
    lines = [
        b"so alone today",
        b"",
        b"nul \x00 here",
        b"\xed\xa0\x80 half a pair",
        b"\xff\xfe",
        b"sad " * (MEGABYTE // 2),
        "…\u2028…\u0085…".encode(),
        b"\r",
        b"last, without an end",
    ]
    ended = here.solace("classify", "--json", "-", said=b"\n".join(lines))

    assert ended.code == 0
    rows = [json.loads(line) for line in ended.out.splitlines()]
    assert len(rows) == len(lines)
    assert all(0 <= row["negative"] <= 1 for row in rows)
    assert ended.errors.splitlines() == ["Line 6 is longer than 1 MiB: only its beginning was read."]
    assert not here.data.exists(), "classifying records nothing"


def test_classify_of_nothing_is_nothing(here: Installation) -> None:
    ended = here.solace("classify", "--json", "-")
    assert (ended.code, ended.out, ended.errors) == (0, "", "")


def test_a_file_that_is_not_there_is_named(here: Installation) -> None:
    for command in ("replay", "classify"):
        ended = here.solace(command, "nowhere.txt")
        assert ended.code == 2
        assert "nowhere.txt" in ended.errors
        assert "Traceback" not in ended.errors


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SOLACE_HTTP__PROT", "hunter2", "did you mean SOLACE_HTTP__PORT?"),
        ("SOLACE_HTTP__PORT", "hunter2", "should be a port"),
        ("SOLACE_HTTP__API_KEYS", "hunter2", "should be pairs of a name and a secret"),
        ("SOLACE_MODEL", "hunter2-1", "baseline, minilm-3"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_shown(
    here: Installation, name: str, value: str, says: str
) -> None:
    ended = here.having({name: value}).solace("run")
    assert ended.code == 2
    assert ended.errors.startswith(f"Error: {name}: ")
    assert says in ended.errors
    assert "Traceback" not in ended.errors
    assert value not in ended.errors
