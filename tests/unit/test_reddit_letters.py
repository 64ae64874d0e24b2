"""Raw items of the inbox become wishes, praise, or nothing."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.fields import WrongField
from bot.adapters.reddit import texts
from bot.adapters.reddit.commands import COMMANDS, is_command, named_subreddit, named_thing, wanted
from bot.adapters.reddit.letters import Command, Praise, Unasked, children, letter

ME = "solace_bot"


def an_item(kind: str = "t1", **changes: Any) -> dict[str, Any]:
    comment = {"subreddit": "Lounge", "parent_id": "t1_b1", "was_comment": True}
    fields = {"name": f"{kind}_a1", "author": "Ann", "body": "!why", "dest": ME, "distinguished": None}
    return {"kind": kind, "data": fields | (comment if kind == "t1" else {"subreddit": None}) | changes}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_understood_in_a_message_and_in_a_comment(name: str) -> None:
    behind = "please" if name == "forget" else "t1_abc"
    for kind in ("t4",) if name == "help" else ("t1", "t4"):
        found = letter(an_item(kind, body=f"!{name.upper()}  {behind} "), me=ME)
        assert isinstance(found, Command)
        assert (found.name, found.arguments, found.author) == (name, behind, "Ann")
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
        ("!opt-out", ("optout", "")),
        ("!Opt out please", ("optout", "please")),
        ("! optout", ("optout", "")),
        ("please !optout", ("optout", "")),
        ("Hello, !optout", ("optout", "")),
        ("Hey bot !delete", ("delete", "")),
        ("Hello! why do you ask", None),
        ("!forget it", None),
        ("!forget", ("forget", "")),
        ("!why do I even go on, I want to die", None),
        ("!why?", ("why", "?")),
        ("I wrote !optout and nothing came", None),
        ("> !optout", None),
        ("", None),
    ],
)
def test_a_command_stands_at_the_beginning(body: str, found: tuple[str, str] | None) -> None:
    assert wanted(body) == found


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("!why", True),
        ("> quoted\n\n!optout please.", True),
        ("!delete https://www.reddit.com/r/lounge/comments/abc/_/def/?context=3", True),
        ("!why t1_abc", True),
        ("!pause r/lounge 2h", True),
        ("!pause 2h", True),
        ("!resume", True),
        ("!why do I even go on, I want to die", False),
        ("!optout I want to die", False),
        ("!optout\nI want to die", False),
        ("!delete my whole life", False),
        ("!pause everything, I cannot go on", False),
        ("!help", False),
        ("!forget me", True),
        ("so sad", False),
        ("", False),
    ],
)
def test_only_what_is_nothing_but_a_command_is_not_read(body: str, expected: bool) -> None:
    assert is_command(body) is expected


@pytest.mark.parametrize(
    ("body", "subject", "found"),
    [
        ("stop", "", "optout"),
        ("Stop.", "", "optout"),
        ("!Opt out please", "", "optout"),
        ("Hello, !optout", "", "optout"),
        ("hi", "!optout", "optout"),
        ("please delete my data", "", "forget"),
        ("Please leave me alone, thanks", "", "optout"),
        ("thank you", "re: !optout", "help"),
        ("!help", "", "help"),
        ("what are you?", "", "help"),
        ("stop the world, I want to get off", "", "help"),
    ],
)
def test_in_a_letter_plain_wishes_are_understood_and_everything_else_asks_for_help(
    body: str, subject: str, found: str
) -> None:
    item = letter(an_item("t4", body=body, subject=subject), me=ME)
    assert isinstance(item, Command)
    assert item.name == found


@pytest.mark.parametrize(
    "changes", [{"author": "OtherBot"}, {"author": "help_bot_2"}, {"subreddit": "Lounge"}]
)
def test_nothing_is_explained_to_bots_nor_to_moderators_who_only_answer(changes: dict[str, Any]) -> None:
    for body in ("hello", "!help", "stop"):
        assert letter(an_item("t4", body=body, **changes), me=ME) == Unasked(fullname="t4_a1")


@pytest.mark.parametrize(("body", "found"), [("opt out", "optout"), ("Optout!", "optout"), ("stop", None)])
def test_in_public_only_what_nobody_says_in_passing_is_a_wish(body: str, found: str | None) -> None:
    item = letter(an_item(body=body), me=ME)
    assert (item.name if isinstance(item, Command) else None) == found


@pytest.mark.parametrize("body", ["good bot", "Good bot!", "*Good bot.*", " GOOD  BOT \n"])
def test_praise_is_praise_and_nothing_else(body: str) -> None:
    found = letter(an_item(body=body), me=ME)
    assert found == Praise(fullname="t1_a1", subreddit="lounge", parent="t1_b1", good=True, author="Ann")
    blame = letter(an_item(body=body.lower().replace("good", "bad")), me=ME)
    assert isinstance(blame, Praise)
    assert not blame.good


@pytest.mark.parametrize(
    "body", ["a good bot would not", "good bots", "not a bad bot", "good bot or bad bot"]
)
def test_what_only_speaks_of_a_bot_is_no_praise(body: str) -> None:
    assert letter(an_item(body=body), me=ME) == Unasked(fullname="t1_a1")


def test_praise_in_a_private_message_is_of_nothing() -> None:
    assert not isinstance(letter(an_item("t4", body="good bot"), me=ME), Praise)


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
    assert letter(an_item("t4", body="!optout", **changes), me=ME) == Unasked(fullname="t4_a1")


def test_a_subreddit_speaks_without_a_name_only_where_reddit_says_so() -> None:
    raw = an_item("t4", body="!pause", author=None, subreddit="Lounge", distinguished="moderator")
    found = letter(raw, me=ME)
    assert isinstance(found, Command)
    assert (found.author, found.subreddit) == (None, "lounge")


@pytest.mark.parametrize("changes", [{"body": None}, {"body": 7}, {"author": {}}, {"subreddit": []}])
def test_what_cannot_be_read_is_named_by_field_and_stays_an_item(changes: dict[str, Any]) -> None:
    found = letter(an_item(**changes), me=ME)
    assert isinstance(found, Unasked)
    assert next(iter(changes)) in found.wrong


@pytest.mark.parametrize("name", [None, 7, "", "t1_", "t2_abc", "x", "t1_zzzzzzzzzzzzz", "t1_A"])
def test_what_has_no_name_cannot_be_handled(name: Any) -> None:
    with pytest.raises(WrongField, match="name"):
        letter(an_item(name=name), me=ME)


def test_what_is_named_behind_a_command_is_a_full_name_or_a_link() -> None:
    assert named_thing("t1_abc now") == "t1_abc"
    assert named_thing("https://www.reddit.com/r/lounge/comments/abc/_/def/?context=3") == "t1_def"
    assert named_thing("t3_abc") == "t3_abc"
    assert named_thing("/r/lounge/comments/abc/a_title/") == "t3_abc"
    assert named_thing("[x](https://reddit.com/r/lounge/comments/abc/comment/def/)") == "t1_def"
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


@pytest.mark.parametrize(
    ("arguments", "found"),
    [("kitchen 1 day", ("kitchen", "1 day")), ("1 day", (None, "1 day")), ("r/other day", ("other", "day"))],
)
def test_a_subreddit_that_is_watched_needs_no_letter_before_its_name(
    arguments: str, found: tuple[str | None, str]
) -> None:
    assert named_subreddit(arguments, {"kitchen", "day"}) == found


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
        assert isinstance(letter(an_item(body=each), me=ME), Unasked)
