"""What Reddit really put into inboxes, modmail and lists of moderators can be read."""

from collections.abc import Iterator
from typing import Any

import pytest
from fakes import FakeClock, ListTelemetry
from recordings import cassette
from reddit_people import ScriptedReddit

from bot.adapters.reddit.conversations import conversations, said
from bot.adapters.reddit.letters import Command, Praise, Unasked, children, letter
from bot.adapters.reddit.moderators import ApiModerators

ME = "nobody-of-this-name"


def answers(name: str, path: str) -> Iterator[Any]:
    """Decoded answers of a recording to questions with this in their path."""
    for request, response in cassette("praw", name):
        if request.method == "GET" and path in request.uri:
            yield response.json()


@pytest.mark.parametrize(
    "name",
    [
        "TestInbox.test_unread",
        "TestInbox.test_comment_replies",
        "TestInbox.test_messages",
        "TestMessage.test_reply",
    ],
)
def test_every_item_of_a_real_inbox_is_read_without_a_wrong_field(name: str) -> None:
    items = [item for answer in answers(name, "/message/") for item in children(answer)[0]]
    found = [letter(each, me=ME) for each in items]
    assert len(found) > 1
    assert not [each.wrong for each in found if isinstance(each, Unasked) and each.wrong]


@pytest.mark.parametrize(("words", "kind"), [("!why", Command), ("good bot", Praise)])
def test_a_real_reply_that_said_something_to_us_would_be_heard(words: str, kind: type) -> None:
    (answer, *_) = answers("TestInbox.test_comment_replies", "/message/")
    (item, *_) = children(answer)[0]
    found = letter({**item, "data": {**item["data"], "body": words}}, me=ME)  # type: ignore[dict-item]
    assert isinstance(found, kind)
    assert found == letter({**item, "data": {**item["data"], "body": f" {words} "}}, me=ME)  # type: ignore[dict-item]


def test_real_messages_of_subreddits_without_a_name_speak_for_their_moderators() -> None:
    (answer, *_) = answers("TestMessage.test_message_uncollapse", "/message/")
    items, _ = children(answer)
    unnamed = [each for each in items if each["data"]["author"] is None]  # type: ignore[index]
    assert unnamed
    for each in unnamed:
        inside: Any = each["data"]
        read = letter({**each, "data": {**inside, "body": "!pause"}}, me=inside["dest"])
        assert isinstance(read, Command)
        assert (read.author, read.subreddit) == (None, inside["subreddit"].lower())


def test_every_real_conversation_of_moderators_is_read() -> None:
    (answer, *_) = answers("TestSubredditModmail.test_conversations", "mod/conversations")
    assert len(list(conversations(answer))) == len(answer["conversations"]) > 1


def test_in_a_real_conversation_moderators_alone_are_heard() -> None:
    (answer, *_) = answers("TestSubredditModmail.test_call", "mod/conversations/")
    messages = answer["messages"].values()
    for each in messages:
        each["bodyMarkdown"] = "!pause"
    moderators = sum(each["author"]["isMod"] for each in messages)
    assert len(list(said(answer, me=ME))) == moderators < len(messages)


async def test_a_real_list_of_moderators_is_read() -> None:
    name, path = "TestSubredditRelationships.test_moderator__user_filter", "about/moderators"
    (answer,) = answers(name, path)
    (known,) = [each["name"] for each in answer["data"]["children"]]
    api = ScriptedReddit({})
    api.answers["r/lounge/about/moderators"] = answer
    moderators = ApiModerators(api=api, clock=FakeClock(), telemetry=ListTelemetry())
    assert await moderators.include(known.lower(), "Lounge")
    assert not await moderators.include(ME, "lounge")
