"""Raw items of the inbox become wishes, praise, or nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.fields import WrongField
from bot.adapters.reddit import texts
from bot.adapters.reddit.letters import (
    COMMANDS,
    Command,
    Ignored,
    Praise,
    children,
    letter,
    named_subreddit,
    named_thing,
    wanted,
)

ME = "solace_bot"


def an_item(kind: str = "t1", **changes: Any) -> dict[str, Any]:
    comment = {"subreddit": "Lounge", "parent_id": "t1_b1", "was_comment": True}
    fields = {"name": f"{kind}_a1", "author": "Ann", "body": "!why", "dest": ME, "distinguished": None}
    return {"kind": kind, "data": fields | (comment if kind == "t1" else {"subreddit": None}) | changes}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_understood_in_a_message_and_in_a_comment(name: str) -> None:
    for kind in ("t1", "t4"):
        found = letter(an_item(kind, body=f"!{name.upper()}  t1_abc "), me=ME)
        assert isinstance(found, Command)
        assert (found.name, found.arguments, found.author) == (name, "t1_abc", "Ann")
        assert found.public is (kind == "t1")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("!optout", ("optout", "")),
        ("\\!optout", ("optout", "")),
        ("u/solace_bot !optout", ("optout", "")),
        ("> That sounds hard.\n\n!optout please", ("optout", "please")),
        ("&gt; That sounds hard.\n!delete t1\\_abc", ("delete", "t1_abc")),
        ("\n\n  !why\nthank you", ("why", "")),
        ("!optout.", ("optout", ".")),
        ("!optouts", None),
        ("!opt-out", None),
        ("please !optout", None),
        ("> !optout", None),
        ("", None),
    ],
)
def test_a_command_stands_at_the_beginning(body: str, found: tuple[str, str] | None) -> None:
    assert wanted(body) == found


@pytest.mark.parametrize("body", ["good bot", "Good bot!", "*Good bot.*", " GOOD  BOT \n"])
def test_praise_is_praise_and_nothing_else(body: str) -> None:
    found = letter(an_item(body=body), me=ME)
    assert found == Praise(fullname="t1_a1", subreddit="lounge", parent="t1_b1", good=True)
    blame = letter(an_item(body=body.lower().replace("good", "bad")), me=ME)
    assert isinstance(blame, Praise)
    assert not blame.good


@pytest.mark.parametrize(
    "body", ["a good bot would not", "good bots", "not a bad bot", "good bot or bad bot"]
)
def test_what_only_speaks_of_a_bot_is_no_praise(body: str) -> None:
    assert letter(an_item(body=body), me=ME) == Ignored(fullname="t1_a1")


def test_praise_in_a_private_message_is_of_nothing() -> None:
    assert letter(an_item("t4", body="good bot"), me=ME) == Ignored(fullname="t4_a1")


@pytest.mark.parametrize(
    "changes",
    [
        {"author": "AutoModerator"},
        {"author": "Solace_Bot"},
        {"author": "[deleted]"},
        {"author": "reddit"},
        {"author": "anybody", "distinguished": "admin"},
        {"author": None},
        {"author": None, "subreddit": "lounge"},
        {"author": None, "subreddit": "lounge", "distinguished": "moderator", "dest": "#lounge"},
        {"author": None, "subreddit": None, "distinguished": "moderator"},
    ],
)
def test_who_is_no_person_asks_for_nothing(changes: dict[str, Any]) -> None:
    assert letter(an_item("t4", body="!optout", **changes), me=ME) == Ignored(fullname="t4_a1")


def test_a_subreddit_speaks_without_a_name_only_where_reddit_says_so() -> None:
    raw = an_item("t4", body="!pause", author=None, subreddit="Lounge", distinguished="moderator")
    found = letter(raw, me=ME)
    assert isinstance(found, Command)
    assert (found.author, found.subreddit) == (None, "lounge")


@pytest.mark.parametrize("changes", [{"body": None}, {"body": 7}, {"author": {}}, {"subreddit": []}])
def test_what_cannot_be_read_is_named_by_field_and_stays_an_item(changes: dict[str, Any]) -> None:
    found = letter(an_item(**changes), me=ME)
    assert isinstance(found, Ignored)
    assert next(iter(changes)) in found.wrong


@pytest.mark.parametrize("name", [None, 7, "", "t1_", "t2_abc", "x", "t1_zzzzzzzzzzzzz", "t1_A"])
def test_what_has_no_name_cannot_be_handled(name: Any) -> None:
    with pytest.raises(WrongField, match="name"):
        letter(an_item(name=name), me=ME)


def test_what_is_named_behind_a_command_is_a_full_name_or_a_link() -> None:
    assert named_thing("t1_abc now") == "t1_abc"
    assert named_thing("https://www.reddit.com/r/lounge/comments/abc/_/def/?context=3") == "t1_def"
    assert named_thing("t3_abc") == "t3_abc"
    assert named_thing("t2_abc") is None
    assert named_thing("2 hours") is None


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("r/Lounge 2h", ("lounge", "2h")),
        ("2h /r/lounge", ("lounge", "2h")),
        ("2 days", (None, "2 days")),
        ("", (None, "")),
        ("for/lounge", (None, "for/lounge")),
    ],
)
def test_a_subreddit_is_named_anywhere_behind_a_command(
    arguments: str, found: tuple[str | None, str]
) -> None:
    assert named_subreddit(arguments) == found


@pytest.mark.parametrize("answer", [None, [], "", {}, {"data": []}, {"data": {"children": 7, "after": 7}}])
def test_what_is_no_listing_has_no_items(answer: Any) -> None:
    assert children(answer) == ([], None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


FIELDS = ("author", "body", "subreddit", "parent_id", "dest", "distinguished", "was_comment")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)))
def test_whatever_the_fields_hold_an_item_with_a_name_is_something(fields: dict[str, Any]) -> None:
    assert letter(an_item("t4", **fields), me=ME).fullname == "t4_a1"


@given(st.text())
def test_any_text_is_a_command_or_none(text: str) -> None:
    found = wanted(text)
    assert found is None or found[0] in COMMANDS


def test_nothing_that_the_bot_says_is_a_command_or_praise_to_another_bot() -> None:
    said = [each for each in vars(texts).values() if isinstance(each, str)]
    assert len(said) > 10
    for each in said:
        assert wanted(each) is None
        assert isinstance(letter(an_item(body=each), me=ME), Ignored)
