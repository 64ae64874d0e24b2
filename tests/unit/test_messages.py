import re
from dataclasses import FrozenInstanceError

import pytest
from builders import AUTHOR, NOW, a_message, a_ref
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.messages import MAX_ID_LENGTH, MessageRef, Platform, require_id, scrubbed

PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
UNUSABLE = re.compile("[\x00\ud800-\udfff]")

anything = st.text(
    st.characters(exclude_categories=[]) | st.sampled_from("\x00\ud800\udbff\udc00\udfff\ufeff")
)


def joined(pair: re.Match[str]) -> str:
    high, low = (ord(half) for half in pair[0])
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("a\x00b", "a\ufffdb"),
        ("😢\x00", "😢\ufffd"),
        ("\ud800", "\ufffd"),
        ("a\udfff", "a\ufffd"),
        ("a\ud83db", "a\ufffdb"),
        ("\ud83d\ude22", "😢"),
        ("\ude22\ud83d", "\ufffd\ufffd"),
        ("\ud83d\ud83d\ude22", "\ufffd😢"),
        ("\ufeffkept", "\ufeffkept"),
    ],
)
def test_what_no_database_can_hold_is_replaced(text: str, expected: str) -> None:
    assert scrubbed(text) == expected


@given(anything)
def test_scrubbing_joins_pairs_and_replaces_the_rest_one_by_one(text: str) -> None:
    assert scrubbed(text) == UNUSABLE.sub("\ufffd", PAIR.sub(joined, text))


@given(anything)
def test_a_scrubbed_text_is_storable_and_stays_as_it_is(text: str) -> None:
    clean = scrubbed(text)
    assert clean.encode().decode() == clean
    assert "\x00" not in clean
    assert scrubbed(clean) == clean


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_a_sound_text_is_left_alone(text: str) -> None:
    assert scrubbed(text) == text


@given(anything)
def test_a_message_holds_its_scrubbed_text(text: str) -> None:
    assert a_message(text).text == scrubbed(text)
    assert a_message().reworded(text).text == scrubbed(text)


BAD_IDS = ["", "a\x00", "\ud800", "\udc00x", "\ud83d\ude22", "x" * (MAX_ID_LENGTH + 1)]


@pytest.mark.parametrize("value", BAD_IDS)
@pytest.mark.parametrize("name", ["platform", "channel_id", "message_id"])
def test_an_unusable_id_is_refused_by_the_name_of_its_field(name: str, value: str) -> None:
    fields = {"platform": "http", "channel_id": "c", "message_id": "m", name: value}
    with pytest.raises(ValueError, match=f"^{name} ") as caught:
        MessageRef(
            platform=Platform(fields["platform"]),
            channel_id=fields["channel_id"],
            message_id=fields["message_id"],
        )
    assert not value or value not in str(caught.value)


@pytest.mark.parametrize("value", BAD_IDS)
def test_an_unusable_thread_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"^thread_id "):
        a_message(thread_id=value)


@given(
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
        min_size=1,
        max_size=MAX_ID_LENGTH,
    )
)
def test_any_other_id_is_fine(value: str) -> None:
    require_id("message_id", value)
    assert a_ref(value).message_id == value


def test_a_message_never_shows_its_text_its_author_or_its_address() -> None:
    message = a_message("my secret grief", address={"chat": "12345678"}, thread_id="t1")
    for shown in (repr(message), str(message), f"{message}"):
        assert "grief" not in shown
        assert AUTHOR not in shown
        assert "12345678" not in shown
        assert "m1" in shown


def test_a_reworded_message_is_the_same_message() -> None:
    message = a_message("one")
    other = message.reworded("two")
    assert (message.text, other.text) == ("one", "two")
    assert (other.ref, other.author, other.sent_at) == (message.ref, AUTHOR, NOW)


def test_a_message_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        a_message().text = "other"  # type: ignore[misc]  # that is the point


def test_a_ref_reads_as_one_name_without_a_private_chat_s_person() -> None:
    ref = a_ref("7", channel_id="c", platform=Platform("telegram"))
    assert (ref.shown(private=False), ref.shown(private=True)) == ("telegram:c:7", "telegram:private:7")
