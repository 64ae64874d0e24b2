"""Whatever comes as an update: it is read or it is bad, and never anything else."""

import copy
import json
from collections.abc import Iterator, Sequence
from typing import Any

from assembly import KEY
from fakes import FakeClock, ListTelemetry
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_updates import (
    ANN,
    GROUP,
    ME,
    MYSELF,
    OTHER_BOT,
    PRIVATE,
    a_message,
    admitted,
    an_update,
    commanded,
    pressed,
    said,
    understood,
)

from bot.adapters.telegram.reception import Reception
from bot.adapters.telegram.skew import ClockSkew
from bot.adapters.telegram.updates import BadUpdate, date_of
from bot.adapters.telegram.values import Command, Ignored, Press, Talk, Update
from bot.domain.messages import Sender, scrubbed

RIGHT = [
    said(),
    said(chat=PRIVATE),
    said(None, caption="sad", photo=[{"file_id": "x"}]),
    said(message_thread_id=9, is_topic_message=True, reply_to_message=a_message(from_=MYSELF)),
    said("so\nsad", entities=[{"type": "blockquote", "offset": 0, "length": 2}]),
    said(sender_chat=GROUP, from_=OTHER_BOT),
    said(via_bot=OTHER_BOT),
    said(forward_origin={"type": "hidden_user", "sender_user_name": "x", "date": 1}),
    said(None, migrate_to_chat_id=-100900),
    commanded("/mode@SolaceBot live", reply_to_message=a_message(from_=MYSELF)),
    commanded("/why", message_id=0, ephemeral_message_id=8),
    an_update(edited_message=a_message(edit_date=1_800_000_000)),
    pressed(),
    pressed(message={"chat": GROUP, "message_id": 3, "date": 0}),
    admitted(),
    admitted(new_chat_member={"status": "restricted", "user": MYSELF, "is_member": True}),
]
"""One of each shape."""

odd_texts = st.one_of(
    st.text(),
    st.text(st.characters(categories=["Cs", "Cc", "Cf", "Co", "Lo"])),
    st.sampled_from(
        ["\x00", "\ud800", "\udfff sad", "\u202esad\u202c", "مرحبا", "א" * 5000, "🫂" * 3000, "/", "/s"]
    ),
    st.sampled_from(["sad " * 20_000, "/mode" * 3000, "/why@" + "x" * 100, "\n" * 500, "a\u0300" * 4000]),
)
odd_numbers = st.one_of(
    st.integers(),
    st.sampled_from([0, -1, 2**31, 2**52, 2**63, -(2**63) - 1, 10**40, 2**33, 253402300800]),
)
odd_values = st.recursive(
    st.one_of(st.none(), st.booleans(), odd_numbers, st.floats(), odd_texts),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
entities = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["bot_command", "blockquote", "expandable_blockquote", "spoiler"])
            | odd_values,
            "offset": st.integers(-3, 60) | odd_values,
            "length": st.integers(-3, 60) | odd_values,
        },
    ),
    max_size=5,
)


def places(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of everything inside."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in inside:
        yield (*path, name)
        yield from places(inner, (*path, name))


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A right update with a few things missing, or put in place of others."""
    raw: Any = copy.deepcopy(draw(st.sampled_from(RIGHT)))
    for _ in range(draw(st.integers(1, 4))):
        paths = list(places(raw))
        if not paths:
            break
        *above, name = draw(st.sampled_from(paths))
        holder = raw
        for step in above:
            holder = holder[step]
        if draw(st.booleans()):
            holder[name] = draw(odd_values)
        elif isinstance(holder, dict):
            del holder[name]
    return raw


def outcome(raw: object) -> Update | BadUpdate:
    """Any other error than `BadUpdate` fails the test, and so does one that came as a surprise."""
    try:
        return understood(raw)
    except BadUpdate as bad:
        found = bad
    what, _, field = found.error.partition(": ")
    assert what in {"Missing", "WrongType", "ValueError"}, "an error that nobody foresaw"
    assert field.isidentifier() or what == "ValueError"
    return found


@settings(max_examples=400)
@given(damaged() | odd_values)
def test_it_is_read_or_bad_and_nothing_else(raw: object) -> None:
    found = outcome(raw)
    date_of(raw)
    if isinstance(found, Talk):
        text = found.message.text
        assert text == scrubbed(text)
        assert all(isinstance(value, str) for value in found.message.address.values())
        json.dumps(found.message.address).encode()
    if isinstance(found, Press):
        assert len(found.data.encode()) <= 64
    if not isinstance(found, BadUpdate):
        assert isinstance(raw, dict)
        assert found.update_id == raw["update_id"]


@settings(max_examples=200)
@given(odd_texts, entities)
def test_every_text_comes_through_with_every_entity(text: str, marks: list[Any]) -> None:
    for raw in (said(text, entities=marks), said(None, caption=text, caption_entities=marks)):
        found = outcome(raw)
        assert isinstance(found, Talk | Command | Ignored)
        if isinstance(found, Talk) and not any(
            str(each.get("type")).endswith("blockquote") for each in marks
        ):
            assert found.message.text == scrubbed(text)
        if isinstance(found, Ignored):
            assert not text or text.startswith("/")


@settings(max_examples=200)
@given(damaged())
def test_damage_never_makes_a_person_of_a_bot(raw: Any) -> None:
    """Nobody is taken for a person whose own fields do not say so."""
    found = outcome(raw)
    if isinstance(found, Talk) and found.message.sender is Sender.PERSON:
        message = raw.get("message") or raw.get("edited_message")
        assert message["from"].get("is_bot") in {False, None}
        assert message.get("via_bot") is None
        assert message.get("sender_chat") is None
        assert found.message.author is not None


def test_what_is_right_is_read() -> None:
    assert not [raw for raw in RIGHT if isinstance(outcome(raw), BadUpdate)]
    assert ANN["id"] == 71


@settings(max_examples=150)
@given(st.lists(damaged() | odd_values, max_size=6))
def test_neighbours_of_anything_are_handled(batch: list[Any]) -> None:
    """A batch is cut into runs in which every message between the odd ones has its place, in order."""
    around = [said(f"sad {number}") for number in range(len(batch) + 1)]
    mixed = [around[0], *(each for pair in zip(batch, around[1:], strict=True) for each in pair)]
    runs = a_reception().read(mixed, waited=True)
    talks = [talk for run in runs if isinstance(run, Sequence) for talk in run]
    ours = {raw["update_id"] for raw in around}
    assert [talk.update_id for talk in talks if talk.update_id in ours] == [
        raw["update_id"] for raw in around
    ]
    bad = [run for run in runs if isinstance(run, BadUpdate)]
    assert len(bad) == sum(isinstance(outcome(raw), BadUpdate) for raw in batch)


def a_reception() -> Reception:
    """Reading asks for nobody else."""
    nobody: Any = None
    return Reception(
        inbox=nobody,
        conversation=nobody,
        speaker=nobody,
        store=nobody,
        clock=FakeClock(),
        telemetry=ListTelemetry(),
        key=KEY,
        me=ME,
        skew=ClockSkew(),
    )
