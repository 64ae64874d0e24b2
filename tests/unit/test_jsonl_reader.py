import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.lines import read_lines
from bot.adapters.replay.recording import BadLine, RecordedComment, Recording
from bot.domain.authors import AuthorKey
from bot.domain.messages import MessageRef, Platform, scrubbed

GOOD: dict[str, Any] = {
    "platform": "http",
    "channel_id": "c1",
    "message_id": "m1",
    "author_id": "a1",
    "text": "I feel so alone today",
    "sent_at": "2026-01-31T12:00:00Z",
}


def line(**changes: Any) -> bytes:
    return json.dumps({**GOOD, **changes}).encode() + b"\n"


def without(name: str) -> bytes:
    return json.dumps({key: value for key, value in GOOD.items() if key != name}).encode() + b"\n"


def read(content: bytes, max_line: int = 2**20) -> list[RecordedComment | BadLine]:
    return list(Recording(io.BytesIO(content), max_line=max_line))


def problem(content: bytes) -> str:
    [entry] = read(content)
    assert isinstance(entry, BadLine)
    return entry.problem


def comment(content: bytes) -> RecordedComment:
    [entry] = read(content)
    assert isinstance(entry, RecordedComment)
    return entry


def test_a_line_becomes_a_comment() -> None:
    read_back = comment(line(thread_id="t1", colour="unknown fields are ignored"))

    assert read_back == RecordedComment(
        number=1,
        ref=MessageRef(platform=Platform("http"), channel_id="c1", message_id="m1"),
        author_id="a1",
        text="I feel so alone today",
        sent_at=datetime(2026, 1, 31, 12, tzinfo=UTC),
        thread_id="t1",
    )


def test_a_comment_becomes_a_message_that_was_received_when_it_was_sent() -> None:
    key = AuthorKey(b"k" * 32)

    message = comment(line()).message(key)

    assert message.received_at == message.sent_at == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert message.author == key.author(Platform("http"), "a1")
    assert (message.account, message.thread_id) == ("replay", None)


def test_an_author_may_be_somebody_of_an_api_key() -> None:
    key = AuthorKey(b"k" * 32)

    assert comment(line(owner="shop")).message(key).author == key.author(Platform("http"), "a1", owner="shop")
    assert comment(line(owner=None)) == comment(line())
    assert problem(line(owner=7)) == "owner is not a string"
    assert problem(line(owner="")) == "owner is empty"


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", [None, 7, 1.5, True, ["x"], {"x": "y"}])
def test_a_field_of_the_wrong_kind_is_named(name: str, value: object) -> None:
    assert problem(line(**{name: value})) == f"{name} is not a string"


@pytest.mark.parametrize("name", GOOD)
def test_a_missing_field_is_named(name: str) -> None:
    assert problem(without(name)) == f"has no {name}"


@pytest.mark.parametrize("name", ["platform", "channel_id", "message_id", "author_id", "thread_id"])
@pytest.mark.parametrize("value", ["", "secret\x00", "secret\ud83d", "secret" * 100])
def test_an_unusable_id_is_named_and_never_shown(name: str, value: str) -> None:
    said = problem(line(**{name: value}))

    assert said.startswith(name)
    assert "secret" not in said


@pytest.mark.parametrize(
    ("sent_at", "said"),
    [
        ("2026-01-31T12:00:00", "no time zone"),
        ("2026-01-31", "no time zone"),
        ("yesterday", "ISO 8601"),
        ("", "ISO 8601"),
        ("2026-02-30T12:00:00Z", "ISO 8601"),
        ("0001-01-01T00:00:00+14:00", "between 1970 and 2999"),
        ("9999-12-31T23:59:59Z", "between 1970 and 2999"),
    ],
)
def test_a_time_must_be_whole(sent_at: str, said: str) -> None:
    assert said in problem(line(sent_at=sent_at))


def test_a_time_with_an_offset_is_kept_in_utc() -> None:
    sent_at = comment(line(sent_at="2026-01-31T12:00:00+01:30")).sent_at

    assert (sent_at, sent_at.utcoffset()) == (datetime(2026, 1, 31, 10, 30, tzinfo=UTC), timedelta())


def test_a_text_is_scrubbed_rather_than_refused() -> None:
    assert comment(line(text="a\x00b\ud83dc")).text == "a\ufffdb\ufffdc"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"platform": ', "is not JSON (look at column"),
        (b"hello", "is not JSON"),
        (b'{"text": "a\x00b"}', "is not JSON"),
        (b'"a string"', "is not a JSON object"),
        (b"[]", "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (b"\xff\xfe{\x00}\x00", "is not UTF-8"),
        (b'{"x": NaN}', "NaN or Infinity"),
        (b'{"x": -Infinity}', "NaN or Infinity"),
        (b"[" * 200_000, "is nested too deeply"),
        (b'{"x":' * 200_000, "is nested too deeply"),
        (b'{"x": ' + b"9" * 5000 + b"}", "a number that cannot be read"),
    ],
)
def test_what_is_no_json_is_said_so(content: bytes, said: str) -> None:
    assert said in problem(content)


def test_a_long_line_is_refused_and_the_next_one_is_read() -> None:
    long = line(text="x" * 2**20)

    bad, good = read(long + line())

    assert bad == BadLine(number=1, problem="is longer than 1,048,576 bytes")
    assert isinstance(good, RecordedComment)
    assert good.number == 2


def test_a_line_of_exactly_the_limit_is_read() -> None:
    content = line()

    assert isinstance(read(content, max_line=len(content) - 1)[0], RecordedComment)
    assert isinstance(read(content, max_line=len(content) - 2)[0], BadLine)


def test_a_byte_order_mark_is_passed_over_at_the_beginning_only() -> None:
    first, second = read(b"\xef\xbb\xbf" + line() + b"\xef\xbb\xbf" + line())

    assert isinstance(first, RecordedComment)
    assert isinstance(second, BadLine)


def test_a_repeated_key_counts_with_its_last_value() -> None:
    assert comment(line()[:-2] + b', "text": "again"}').text == "again"


@pytest.mark.parametrize("content", [b"", b"\n", b" \t \n\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_nothing_gives_nothing(content: bytes) -> None:
    assert read(content) == []


def test_windows_line_ends_are_fine() -> None:
    assert comment(line().replace(b"\n", b"\r\n")).ref.message_id == "m1"


def test_bad_lines_keep_their_numbers_among_blank_ones() -> None:
    recording = Recording(io.BytesIO(b"\n" + line() + b"\nbroken\n\n" + line()))

    assert [entry.number for entry in recording] == [2, 4, 6]
    assert recording.lines == 6


class Trickle(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a pipe does."""

    def __init__(self, content: bytes, step: int) -> None:
        self._content, self._step = io.BytesIO(content), step

    def read(self, size: int = -1, /) -> bytes:
        return self._content.read(min(size, self._step))


ids = st.text(min_size=1, max_size=40).filter(lambda text: scrubbed(text) == text)
times = st.integers(0, 30 * 10**15).map(
    lambda micro: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micro)
)
comments = st.builds(
    RecordedComment,
    number=st.just(1),
    ref=st.builds(MessageRef, platform=ids.map(Platform), channel_id=ids, message_id=ids),
    author_id=ids,
    text=st.text().map(scrubbed),
    sent_at=times,
    thread_id=st.none() | ids,
    owner=ids,
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
mutated = st.dictionaries(st.sampled_from([*GOOD, "thread_id", "owner"]), json_values, max_size=3).map(
    lambda changes: line(**changes)[:-1]
)
raw_lines = st.binary().map(lambda raw: raw.replace(b"\n", b"")) | mutated | st.just(line()[:-1])


@given(st.lists(raw_lines, max_size=12), st.booleans(), st.integers(1, 50))
def test_every_line_is_accounted_for_exactly_once(
    content_lines: list[bytes], last_newline: bool, step: int
) -> None:
    content = b"\n".join(content_lines) + b"\n" * last_newline
    expected = content.split(b"\n")[: -1 if content.endswith(b"\n") or not content else None]
    recording = Recording(Trickle(content, step), max_line=400)

    numbers = [entry.number for entry in recording]

    blank = {
        number
        for number, each in enumerate(expected, start=1)
        if not (each.removeprefix(b"\xef\xbb\xbf") if number == 1 else each).strip() and len(each) <= 400
    }
    assert recording.lines == len(expected)
    assert recording.bytes_read == len(content)
    assert sorted(blank | set(numbers)) == list(range(1, len(expected) + 1))
    assert numbers == sorted(set(numbers))
    assert blank.isdisjoint(numbers)
    assert recording.blank == len(blank)


@given(comments)
def test_a_comment_survives_a_round_trip(original: RecordedComment) -> None:
    assert list(Recording(io.BytesIO(json.dumps(original.as_json()).encode()))) == [original]


@given(st.lists(st.binary(max_size=30)), st.integers(1, 10), st.integers(1, 20))
def test_lines_are_what_stands_between_newlines(pieces: list[bytes], step: int, limit: int) -> None:
    content = b"\n".join(pieces)
    expected = content.split(b"\n")[: -1 if content.endswith(b"\n") or not content else None]

    lines = list(read_lines(Trickle(content, step), limit=limit))

    assert [each.content for each in lines] == [each[:limit] for each in expected]
    assert [each.cut for each in lines] == [len(each) > limit for each in expected]
    assert [each.number for each in lines] == list(range(1, len(lines) + 1))
    assert not lines or lines[-1].end == len(content)
