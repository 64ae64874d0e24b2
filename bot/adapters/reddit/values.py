"""What the parts of this adapter call things."""

import re
from typing import Final

from bot.domain import messages
from bot.domain.messages import ChannelKey, MessageRef

REDDIT: Final = messages.REDDIT

COMMENT, MESSAGE, SUBMISSION = "t1", "t4", "t3"
"""Kinds of things, as the first part of their full names."""

_FULLNAME: Final = re.compile(r"(t[1-9])_([0-9a-z]{1,13})")


def account_of(username: str) -> str:
    """The name of a bot account in the database, in leases and in logs."""
    return f"{REDDIT}:{username.lower()}"


def channel_of(subreddit: str) -> str:
    """A subreddit's name as its channel id: in lower case, without "r/"."""
    return subreddit.strip().lower().removeprefix("/").removeprefix("r/").rstrip("/")


def chat_key(subreddit: str) -> ChannelKey:
    """A subreddit as a chat."""
    return REDDIT, channel_of(subreddit)


def ref_of(subreddit: str, fullname: str) -> MessageRef:
    """A comment ("t1_…") or a submission ("t3_…") as a message."""
    return MessageRef(platform=REDDIT, channel_id=channel_of(subreddit), message_id=fullname)


def is_fullname(text: str, *kinds: str) -> bool:
    """Whether a text is the full name of a thing of one of these kinds."""
    match = _FULLNAME.fullmatch(text)
    return match is not None and match[1] in kinds


def number_of(fullname: str) -> int:
    """A thing's full name as a number of at most 63 bits, for tables that know updates by numbers.

    Raises:
        ValueError: it is no full name.
    """
    match = _FULLNAME.fullmatch(fullname)
    if match is None or (number := int(match[2], 36) * 10 + int(match[1][1])) >= 2**63:
        raise ValueError("no full name of a thing on Reddit")
    return number
