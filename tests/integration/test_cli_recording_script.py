import io
import subprocess
import sys
from pathlib import Path

from bot.adapters.replay.recording import RecordedComment, Recording

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "goemotions_to_jsonl.py"
ROWS = 'I miss him\t16,25\tabc1\nSay "hi"\u2028to all\t27\tabc2\n\t27\tabc3\n'


def script(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, check=False)


def test_every_row_becomes_a_comment(tmp_path: Path) -> None:
    tsv = tmp_path / "rows.tsv"
    tsv.write_text(ROWS, encoding="utf-8")

    done = script(str(tsv), "--channels", "2", "--platform", "telegram")

    comments = [each for each in Recording(io.BytesIO(done.stdout)) if isinstance(each, RecordedComment)]
    assert [each.text for each in comments] == ["I miss him", 'Say "hi"\u2028to all', ""]
    assert [each.ref.message_id for each in comments] == ["abc1", "abc2", "abc3"]
    assert [each.ref.channel_id for each in comments] == ["channel-1", "channel-2", "channel-1"]
    assert len({each.author_id for each in comments}) == 3
    assert {each.ref.platform for each in comments} == {"telegram"}
    assert comments == sorted(comments, key=lambda each: each.sent_at)


def test_a_bad_row_is_named(tmp_path: Path) -> None:
    tsv = tmp_path / "rows.tsv"
    tsv.write_text(f"{ROWS}no columns\n", encoding="utf-8")

    done = script(str(tsv), "--out", str(tmp_path / "out.jsonl"))

    assert (done.returncode, done.stderr) == (1, b"Error: line 4 has not 3 columns\n")
