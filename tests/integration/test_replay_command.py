"""`solace replay` in real processes, against a real database. What `kill -9` does to it: tests/e2e."""

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from processes import Installation, recorded, until

SECRET = "words of a person that no error may repeat"


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    return Installation(folder=tmp_path)


def sad(number: int, **changes: Any) -> bytes:
    return recorded(number, **changes).rstrip(b"\n")


def recording(here: Installation, *lines: bytes) -> str:
    file = here.folder / "comments.jsonl"
    file.write_bytes(b"\n".join(lines))
    return str(file)


def test_a_second_replay_judges_and_answers_nothing_again(here: Installation) -> None:
    file = recording(here, *(sad(number, channel_id=f"c{number % 5}") for number in range(500)))

    first = here.solace("replay", "--json", file).json()
    second = here.solace("replay", "--json", file).json()

    assert (first["lines"], first["judged"], first["known"], first["bad"]) == (500, 500, 0, 0)
    assert (second["lines"], second["judged"], second["known"], second["replies"]) == (500, 0, 500, 0)
    assert sum(first["reasons"].values()) == 500
    assert first["replies"] == first["reasons"]["support"] > 0
    assert here.count("select count(*) from decisions") == 500
    assert here.rows("select state, count(*) from replies group by state") == [
        ("simulated", first["replies"])
    ]


def test_the_activity_report_adds_up(here: Installation) -> None:
    file = recording(here, *(sad(number, channel_id="c") for number in range(200)))
    summary = here.solace("replay", "--json", file).json()

    report = here.solace("report", "activity", "--origin", "replay", "--json").json()

    assert report["decisions"] == summary["judged"] == sum(report["actions"].values())
    assert report["reasons"] == summary["reasons"]
    assert report["actions"]["reply"] == report["replies"]["simulated"] == summary["replies"]
    assert here.solace("report", "activity", "--json").json()["decisions"] == 0


def test_bad_lines_are_reported_by_number_and_the_rest_goes_on(here: Installation) -> None:
    file = recording(
        here,
        b"\xef\xbb\xbf" + sad(0),
        b"{broken " + SECRET.encode(),
        sad(1, text=f"\x00 {SECRET} \ud83d"),
        sad(2, author_id=f"{SECRET}\x00"),
        sad(3, text="x" * 2**20),
        b"",
        b"\xff\xfe",
        sad(4, sent_at="2026-01-01T00:00:00"),
        sad(5),
    )

    done = here.solace("replay", "--json", file)

    summary = done.json()
    assert (summary["lines"], summary["judged"], summary["bad"], summary["blank"]) == (9, 3, 5, 1)
    numbers = [line.split(":")[0] for line in done.errors.splitlines()]
    assert numbers == ["Line 2", "Line 4", "Line 5", "Line 7", "Line 8"]
    assert SECRET not in done.errors


def test_many_bad_lines_are_counted(here: Installation) -> None:
    done = here.solace("replay", recording(here, *[b"broken"] * 50))

    assert done.code == 1, "there were lines, and none was good"
    assert done.errors.count("is not JSON") == 20
    assert "30 more bad lines" in done.errors
    assert "Traceback" not in done.errors


def test_an_empty_file_is_a_summary_of_zeros(here: Installation) -> None:
    summary = here.solace("replay", "--json", recording(here)).json()

    assert {summary[name] for name in ("lines", "judged", "known", "bad", "blank", "replies")} == {0}


def test_a_recording_may_come_from_a_pipe(here: Installation) -> None:
    done = here.solace("replay", "-", said=sad(1))

    assert (done.code, done.errors) == (0, "")
    assert done.out.startswith(
        "1 lines: 1 judged, 0 known before, 0 bad, 0 blank.\n1 would have been answered"
    )


def test_a_reader_that_has_seen_enough_is_no_error_to_talk_about(here: Installation) -> None:
    with here.started("classify", "--json", recording(here, *[b"so sad today"] * 5000)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        process.wait()

    assert here.log.read_text() == ""


def test_ctrl_c_ends_with_130_and_without_a_traceback(here: Installation) -> None:
    pipe = here.folder / "pipe"
    os.mkfifo(pipe)
    with here.started("replay", "--json", str(pipe)) as process, pipe.open("wb") as feed:
        feed.write(sad(1) + b"\n")
        feed.flush()
        until(lambda: here.count("select count(*) from decisions") == 1, process)
        process.send_signal(signal.SIGINT)
        process.wait()

    assert (process.returncode, here.log.read_text()) == (130, "")
