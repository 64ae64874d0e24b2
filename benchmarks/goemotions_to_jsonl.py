"""Turns a GoEmotions TSV (text, emotion ids, comment id) into a recording for `solace replay`.

    python benchmarks/goemotions_to_jsonl.py test.tsv > test.jsonl

Holds one line at a time. The data set has neither chats, people nor times: chats and people are dealt out in
turn, and times are spread evenly from a fixed start, so that the same file always gives the same recording.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 1, 1, tzinfo=UTC)
COLUMNS = 3


def comments(
    lines: Iterable[str], *, platform: str, channels: int, authors: int | None, spacing: timedelta
) -> Iterator[dict[str, str]]:
    """One recorded comment a line.

    Args:
        lines: of the TSV.
        platform: what the comments are said to come from.
        channels: over how many chats they are dealt out.
        authors: over how many people; None = everybody writes once.
        spacing: between two comments.

    Raises:
        ValueError: names the line that has not three columns.
    """
    for index, line in enumerate(lines):
        columns = line.rstrip("\n").split("\t")
        if len(columns) != COLUMNS:
            raise ValueError(f"line {index + 1} has not {COLUMNS} columns")
        text, _, comment_id = columns
        yield {
            "platform": platform,
            "channel_id": f"channel-{index % channels + 1}",
            "message_id": comment_id,
            "author_id": f"author-{(index if authors is None else index % authors) + 1}",
            "text": text,
            "sent_at": (START + index * spacing).isoformat(),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description="GoEmotions TSV to a recording for `solace replay`.")
    parser.add_argument("tsv", type=Path, help="train.tsv, dev.tsv or test.tsv")
    parser.add_argument("--out", type=Path, help="default: the standard output")
    parser.add_argument("--platform", default="http", help="default: %(default)s")
    parser.add_argument("--channels", type=_positive, default=20, metavar="N", help="default: %(default)s")
    parser.add_argument("--authors", type=_positive, metavar="N", help="default: everybody writes once")
    parser.add_argument(
        "--seconds", type=_positive, default=30, metavar="N", help="between comments; default: %(default)s"
    )
    options = parser.parse_args()
    rows = comments(
        _lines(options.tsv),
        platform=options.platform,
        channels=options.channels,
        authors=options.authors,
        spacing=timedelta(seconds=options.seconds),
    )
    try:
        _write(rows, options.out)
    except (OSError, ValueError) as error:
        parser.exit(1, f"Error: {error}\n")


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number from 1")
    return int(text)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as file:
        yield from file


def _write(rows: Iterable[dict[str, str]], out: Path | None) -> None:
    if out is None:
        sys.stdout.writelines(json.dumps(row) + "\n" for row in rows)
        return
    with out.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


if __name__ == "__main__":
    main()
