"""Reddit's error codes as our classes."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.reddit.refusals import (
    LONGEST_WAIT,
    SHORTEST_WAIT,
    AuthorBlockedUs,
    BannedFromSubreddit,
    ParentDeleted,
    ParentRemoved,
    ThreadArchived,
    ThreadLocked,
    understood,
)
from bot.domain.errors import (
    BotError,
    PlatformError,
    PlatformUnavailable,
    RateLimited,
    ReplyForbidden,
    ReplyRejected,
    ReplyUnconfirmed,
)

SENTENCE = "zq7x said so"


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("THREAD_LOCKED", ThreadLocked),
        ("TOO_OLD", ThreadArchived),
        ("DELETED_COMMENT", ParentDeleted),
        ("DELETED_LINK", ParentDeleted),
        ("COMMENT_NOT_ACCESSIBLE", ParentRemoved),
        ("USER_BLOCKED", AuthorBlockedUs),
        ("COMMENTER_BLOCKED_POSTER", AuthorBlockedUs),
        ("BANNED_FROM_SUBREDDIT", BannedFromSubreddit),
        ("SUBREDDIT_NOTALLOWED", ReplyForbidden),
        ("USER_REQUIRED", PlatformUnavailable),
        ("SOMETHING_IS_BROKEN", ReplyRejected),
        ("NO_TEXT", ReplyRejected),
    ],
)
def test_each_code_is_a_class_and_only_the_code_is_kept(code: str, kind: type[BotError]) -> None:
    error = understood([[code, SENTENCE, "parent"]])
    assert type(error) is kind
    assert str(error) == code


@pytest.mark.parametrize(
    ("sentence", "seconds"),
    [
        ("you are doing that too much. try again in 9 minutes.", 540),
        ("Take a break for 5 seconds before trying again.", 5),
        ("Looks like you've been doing that a lot. Take a break for 1 minute before trying again.", 60),
        ("try again in 1 hour.", 3600),
        ("Take a break for 300 milliseconds before trying again.", 1),
        ("try again in 400 days", 86400),
        ("try again later", 60),
        ("", 60),
    ],
)
def test_a_sentence_says_how_long_to_wait(sentence: str, seconds: float) -> None:
    error = understood([["RATELIMIT", sentence, "ratelimit"]])
    assert isinstance(error, RateLimited)
    assert error.retry_after == timedelta(seconds=seconds)


def test_the_number_beside_the_errors_is_more_exact_than_the_sentence() -> None:
    error = understood([["RATELIMIT", "try again in 9 minutes", "ratelimit"]], ratelimit=512.5)
    assert isinstance(error, RateLimited)
    assert error.retry_after == timedelta(seconds=512.5)


def test_to_come_back_later_outweighs_what_else_is_told() -> None:
    errors = [["NO_TEXT", SENTENCE, "text"], ["RATELIMIT", "try again in 2 minutes", "ratelimit"]]
    assert isinstance(understood(errors), RateLimited)


def test_a_known_code_outweighs_an_unknown_one() -> None:
    assert isinstance(understood([["NEW_CODE", SENTENCE, "a"], ["TOO_OLD", SENTENCE, "b"]]), ThreadArchived)


@pytest.mark.parametrize(
    ("status", "kind"), [(403, ReplyForbidden), (404, ReplyRejected), (400, ReplyRejected)]
)
def test_without_a_code_the_status_decides(status: int, kind: type[BotError]) -> None:
    error = understood([], status=status)
    assert type(error) is kind
    assert str(error) == f"HTTP {status}"


CODES = ["RATELIMIT", "TOO_OLD"]
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["RATELIMIT", "TOO_OLD"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=8,
)


@given(anything, anything)
def test_whatever_comes_nothing_was_done_and_waits_are_within_reason(errors: Any, ratelimit: Any) -> None:
    error = understood(errors, ratelimit=ratelimit)
    assert isinstance(error, PlatformError)
    assert not isinstance(error, ReplyUnconfirmed)
    if isinstance(error, RateLimited):
        assert SHORTEST_WAIT <= error.retry_after <= LONGEST_WAIT
