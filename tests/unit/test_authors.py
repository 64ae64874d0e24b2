import hmac
import re

import pytest
from builders import HTTP, a_ref
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.authors import LOCAL, MIN_KEY_BYTES, AuthorKey
from bot.domain.messages import MessageRef, Platform

SECRET = bytes(range(32))
KEY = AuthorKey(SECRET)
OTHER = AuthorKey(bytes(32))
TELEGRAM = Platform("telegram")

ids = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20)


def test_an_author_is_an_hmac_of_their_id() -> None:
    platform, owner = b"\x00\x00\x00\x08telegram", b"\x00\x00\x00\x05local"
    parts = b"\x00\x00\x00\x06author" + platform + owner + b"\x00\x00\x00\x0242"
    assert KEY.author(TELEGRAM, "42") == hmac.digest(SECRET, parts, "sha256").hex()[:32]


@given(ids)
def test_a_hash_is_stable_and_shows_nothing_of_the_id(author_id: str) -> None:
    hashed = KEY.author(HTTP, author_id)
    assert re.fullmatch("[0-9a-f]{32}", hashed)
    assert hashed == AuthorKey(SECRET).author(HTTP, author_id)


@given(ids)
def test_a_person_is_another_on_another_platform_or_under_another_key(author_id: str) -> None:
    hashes = {KEY.author(HTTP, author_id), KEY.author(TELEGRAM, author_id), OTHER.author(HTTP, author_id)}
    assert len(hashes) == 3


@given(ids)
def test_an_id_under_two_api_keys_is_two_people(author_id: str) -> None:
    assert KEY.author(HTTP, author_id, owner="shop") != KEY.author(HTTP, author_id, owner="forum")
    assert KEY.author(HTTP, author_id) == KEY.author(HTTP, author_id, owner=LOCAL)


@given(ids, ids)
def test_different_people_have_different_hashes(one: str, other: str) -> None:
    assert (KEY.author(HTTP, one) == KEY.author(HTTP, other)) is (one == other)


@given(st.tuples(ids, ids, ids), st.tuples(ids, ids, ids))
def test_seeds_do_not_mix_up_where_one_id_ends_and_the_next_begins(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    assert (seed(*one) == seed(*other)) is (one == other)
    assert seed("a", "bc", "d") != seed("ab", "c", "d")


def seed(platform: str, channel_id: str, message_id: str) -> bytes:
    ref = MessageRef(platform=Platform(platform), channel_id=channel_id, message_id=message_id)
    return KEY.seed(ref)


def test_a_seed_follows_from_the_key_and_the_ref() -> None:
    assert len(KEY.seed(a_ref())) == 32
    assert KEY.seed(a_ref()) == AuthorKey(SECRET).seed(a_ref())
    assert KEY.seed(a_ref()) != OTHER.seed(a_ref())
    assert KEY.seed(a_ref()).hex()[:32] != KEY.author(HTTP, "lounge")


def test_a_fingerprint_tells_keys_apart() -> None:
    assert re.fullmatch("[0-9a-f]{16}", KEY.fingerprint)
    assert KEY.fingerprint == AuthorKey(SECRET).fingerprint
    assert KEY.fingerprint != OTHER.fingerprint


@pytest.mark.parametrize("author_id", ["", "a\x00", "\ud800"])
def test_an_unusable_id_is_refused(author_id: str) -> None:
    with pytest.raises(ValueError, match=r"^author_id "):
        KEY.author(HTTP, author_id)


@pytest.mark.parametrize("length", [0, 1, MIN_KEY_BYTES - 1])
def test_a_short_key_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"at least {MIN_KEY_BYTES} bytes"):
        AuthorKey(bytes(length))


def test_a_key_never_shows_its_secret() -> None:
    key = AuthorKey(b"hunter2-" * 4)
    assert "hunter2" not in f"{key!r} {key}"
    assert b"hunter2-".hex() not in key.fingerprint


def test_a_message_that_was_not_read_is_recognised_and_linked_to_no_other() -> None:
    one, other = a_ref("1", channel_id="person"), a_ref("2", channel_id="person")
    assert KEY.unread(one) == KEY.unread(one)
    assert len({KEY.unread(one).channel_id, KEY.unread(other).channel_id, "person"}) == 3
    assert KEY.unread(one).message_id == "1"
