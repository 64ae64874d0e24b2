"""The fake Reddit keeps its word: what it answers has the shape of what Reddit was recorded to answer."""

import re
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field

import httpx
import pytest
import recordings
from redditapi.comparing import Busy, Shape, learn
from redditapi.state import USERNAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kind of request.

    Args:
        verb, path, form: what the fake is asked; "<…>" stands for a name of the world.
        recorded: recordings in which Reddit was asked for the same.
        uri: of those requests there, as a regular expression for a part.
        read: paths whose values this bot reads, so that both must send them.
    """

    path: str
    recorded: tuple[str, ...]
    uri: str
    verb: str = "GET"
    form: Mapping[str, str] = field(default_factory=dict)
    read: str = ""


_COMMENT = "name author body subreddit link_id parent_id created_utc edited score archived"
_INBOX = "name author body subject subreddit parent_id was_comment new created_utc distinguished"

CASES = {
    "listing": Case(
        path="r/one+two/comments",
        recorded=(
            "TestSubredditStreams.test_comments__with_continue_after_id",
            "TestSubredditStreams.test_comments",
            "TestCommentForest.test_comment_forest_refresh_error",
            "TestComment.test_refresh__with_reply_sort_and_limit",
            "TestComment.test_delete",
        ),
        uri=r"comments|info",
        read=f"<Listing>.after <Listing>.children <t1>.link_title <t1>.{_COMMENT.replace(' ', ' <t1>.')}",
    ),
    "submissions": Case(
        path="r/one+two/new",
        recorded=(
            "TestSubredditListings.test_new",
            "TestSubmission.test_unhide_multiple_in_batches",
            "TestRedditorListings.test_overview__new",
            "TestSubmissionModeration.test_flair_all",
            "TestSubmission.test_edit__experimental",
            "TestCommentForest.test_comment_forest_refresh_error",
        ),
        uri=r"oauth",
        read="<t3>.name <t3>.author <t3>.title <t3>.selftext <t3>.subreddit <t3>.created_utc <t3>.edited"
        " <t3>.link_flair_text <t3>.locked <t3>.archived",
    ),
    "info": Case(
        path="api/info?id=<comment>,<gone>,<removed>,<link>,<subreddit>,<mine>",
        recorded=(
            "TestReddit.test_info",
            "TestComment.test_refresh__with_reply_sort_and_limit",
            "TestComment.test_delete",
            "TestSubredditStreams.test_comments__with_continue_after_id",
            "TestSubmission.test_unhide_multiple_in_batches",
            "TestRedditor.test_moderated",
            "TestSubreddit.test_submit_image",
            "TestSubmissionModeration.test_flair_all",
            "TestSubmission.test_edit__experimental",
            "TestCommentForest.test_comment_forest_refresh_error",
        ),
        uri=r"oauth",
        read=f"<t1>.{_COMMENT.replace(' ', ' <t1>.')}",
    ),
    "tree": Case(
        path="comments/<link id>/_/<comment id>",
        recorded=(
            "TestComment.test_refresh",
            "TestComment.test_delete",
            "TestComment.test_refresh__with_reply_sort_and_limit",
            "TestCommentForest.test_comment_forest_refresh_error",
            "TestSubmission.test_unhide_multiple_in_batches",
            "TestSubmission.test_edit__experimental",
            "TestSubmissionModeration.test_flair_all",
            "TestSubredditStreams.test_comments__with_continue_after_id",
        ),
        uri=r"comments|popular|info",
        read="<t1>.replies <t1>.name <t1>.author <t1>.body",
    ),
    "own listing": Case(
        path=f"user/{USERNAME}/comments",
        recorded=(
            "TestRedditor.test_stream__comments",
            "TestSubredditStreams.test_comments__with_continue_after_id",
            "TestComment.test_delete",
        ),
        uri=r"comments|info",
        read="<t1>.name <t1>.parent_id <t1>.created_utc",
    ),
    "inbox": Case(
        path="message/unread",
        recorded=("TestInbox.test_unread", "TestInbox.test_mark_read", "TestInbox.test_messages"),
        uri=r"message/",
        read=f"<t1>.{_INBOX.replace(' ', ' <t1>.')} <t4>.{_INBOX.replace(' ', ' <t4>.')}",
    ),
    "answer": Case(
        verb="POST",
        path="api/comment",
        form={"api_type": "json", "thing_id": "<comment>", "text": "With you."},
        recorded=(
            "TestComment.test_reply",
            "TestSubredditStreams.test_comments__with_continue_after_id",
            "TestComment.test_refresh__with_reply_sort_and_limit",
        ),
        uri=r"api/comment|comments|info",
        read=".json.errors .json.data.things <t1>.name",
    ),
    "answer to a letter": Case(
        verb="POST",
        path="api/comment",
        form={"api_type": "json", "thing_id": "<letter>", "text": "Done."},
        recorded=("TestMessage.test_reply",),
        uri=r"api/comment|message/messages",
        read=".json.errors .json.data.things <t4>.name",
    ),
    "letter": Case(
        verb="POST",
        path="api/compose",
        form={"api_type": "json", "to": "Bob", "subject": "About", "text": "Hello"},
        recorded=("TestRedditor.test_message", "TestSubreddit.test_message"),
        uri=r"api/compose",
        read=".json.errors",
    ),
    "letter to nobody": Case(
        verb="POST",
        path="api/compose",
        form={"api_type": "json", "to": "Nobody", "subject": "About", "text": "Hello"},
        recorded=("TestSubreddit.test_create__exists", "TestSubreddit.test_create__missing_parameter"),
        uri=r"api/",
        read=".json.errors",
    ),
    "deletion": Case(
        verb="POST",
        path="api/del",
        form={"api_type": "json", "id": "<mine>"},
        recorded=("TestComment.test_delete",),
        uri=r"api/del",
    ),
    "reading": Case(
        verb="POST",
        path="api/read_message",
        form={"api_type": "json", "id": "<letter>"},
        recorded=("TestInbox.test_mark_read",),
        uri=r"read_message",
    ),
    "me": Case(
        path="api/v1/me",
        recorded=("TestUser.test_me__bypass_cache",),
        uri=r"v1/me",
        read=".name",
    ),
    "person": Case(
        path="user/Bob/about", recorded=("TestRedditor.test_message",), uri=r"/about", read="<t2>.name"
    ),
    "subreddit": Case(
        path="r/one/about",
        recorded=("TestRedditor.test_moderated", "TestSubreddit.test_submit_image"),
        uri=r"/r/[^/]+/about",
        read="<t5>.display_name <t5>.name <t5>.subreddit_type <t5>.quarantine <t5>.user_is_banned",
    ),
    "moderators": Case(
        path="r/one/about/moderators",
        recorded=("TestSubredditRelationships.test_moderator__user_filter",),
        uri=r"about/moderators",
        read="<UserList>.children <UserList>.children[].name",
    ),
    "modmail": Case(
        path="api/mod/conversations",
        recorded=("TestSubredditModmail.test_conversations",),
        uri=r"mod/conversations",
        read=".conversations .messages .conversations.*.id .conversations.*.owner.displayName",
    ),
    "modmail thread": Case(
        path="api/mod/conversations/<thread>",
        recorded=(
            "TestSubredditModmail.test_call",
            "TestSubredditModmail.test_conversations",
            "TestSubredditModmail.test_create",
        ),
        uri=r"mod/conversations",
        read=".conversations.*.id .messages.*.bodyMarkdown .messages.*.author.name .messages.*.author.isMod",
    ),
    "modmail answer": Case(
        verb="POST",
        path="api/mod/conversations/<thread>",
        form={"body": "Paused.", "isInternal": "False"},
        recorded=(
            "TestModmailConversation.test_reply",
            "TestSubredditModmail.test_conversations",
            "TestSubredditModmail.test_create",
        ),
        uri=r"mod/conversations",
    ),
}


@pytest.fixture
async def busy() -> AsyncIterator[Busy]:
    async with Busy.serving() as world:
        yield world


async def asked(busy: Busy, case: Case) -> httpx.Response:
    """The fake's answer."""
    form = {name: busy.named(value) for name, value in case.form.items()}
    path = busy.named(case.path)
    path += ("&" if "?" in path else "?") + "raw_json=1"
    return await busy.http.request(case.verb, f"/{path}", data=form or None)


def answers(case: Case) -> Iterator[recordings.Response]:
    """What Reddit answered to such requests."""
    for name in case.recorded:
        for request, response in recordings.cassette("praw", name):
            if re.search(case.uri, request.uri) and "access_token" not in request.uri:
                yield response


def recorded(case: Case) -> Shape:
    """The shape of everything that Reddit answered to such requests."""
    shape: Shape = defaultdict(set)
    for response in answers(case):
        learn(response.json(), shape)
    return shape


@pytest.mark.parametrize("name", CASES)
async def test_every_value_that_the_fake_sends_was_sent_by_reddit_with_that_type(
    busy: Busy, name: str
) -> None:
    case = CASES[name]
    if name.startswith("modmail"):
        busy.world.appoint("one", USERNAME)
    response = await asked(busy, case)
    ours, theirs = learn(response.json(), defaultdict(set)), recorded(case)
    assert response.is_success
    assert {
        path: (types, theirs.get(path))
        for path, types in ours.items()
        if not types <= theirs.get(path, set())
    } == {}
    assert [path for path in case.read.split() if path not in ours or path not in theirs] == []


@pytest.mark.parametrize("name", CASES)
def test_the_fake_answers_with_a_status_that_reddit_answered_with(name: str) -> None:
    statuses = {response.status for response in answers(CASES[name])}
    assert statuses <= {200, 201, 202, 403}, "what the other test compares are answers, and refusals at most"
    assert statuses & {200, 201}
