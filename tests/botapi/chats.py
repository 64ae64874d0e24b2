"""What a server keeps of chats, of who stands where in them, and of how it is set itself."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from botapi.refusals import Json

Kind = Literal["private", "group", "supergroup", "channel"]

RIGHTS: Final = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
)
"""Of an administrator (https://core.telegram.org/bots/api#chatmemberadministrator)."""

PERMISSIONS: Final = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
"""Of a restricted member (https://core.telegram.org/bots/api#chatmemberrestricted)."""

PRESENT: Final = frozenset({"creator", "administrator", "member", "restricted"})

ANONYMOUS: Final[Json] = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
SERVICE: Final[Json] = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
"""Who stands in `from` where a group or a linked channel speaks."""


@dataclass(slots=True, kw_only=True)
class Member:
    """Somebody's standing in a chat.

    Attributes:
        rights: those of an administrator, or permissions of a restricted one, that are not True.
    """

    status: str
    rights: Mapping[str, bool] = field(default_factory=dict)
    anonymous: bool = False

    def json(self, user: Json) -> Json:
        """A ChatMember."""
        shown: Json = {"status": self.status, "user": user}
        if self.status == "creator":
            shown["is_anonymous"] = self.anonymous
        elif self.status == "administrator":
            shown |= {"can_be_edited": False, "is_anonymous": self.anonymous}
            shown |= dict.fromkeys(RIGHTS, True) | dict(self.rights)
        elif self.status == "restricted":
            shown |= {"is_member": True, "until_date": 0}
            shown |= dict.fromkeys(PERMISSIONS, True) | dict(self.rights)
        elif self.status == "kicked":
            shown["until_date"] = 0
        return shown


@dataclass(slots=True, kw_only=True)
class Chat:
    """A chat.

    Attributes:
        messages: what everybody there can see, by id.
        whispers: ephemeral messages of the bot's that are still there, by their own id.
        asked: ephemeral commands that people sent, by their own id.
        began: of a private chat: whether the person ever wrote.
        blocked: of a private chat: whether the person blocked the bot.
    """

    id: int
    kind: Kind
    title: str = ""
    username: str | None = None
    forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)
    whispers: dict[int, Json] = field(default_factory=dict)
    asked: dict[int, Json] = field(default_factory=dict)
    topics: dict[int, str] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    began: bool = True
    blocked: bool = False
    migrated_to: int | None = None
    linked: int | None = None

    @property
    def is_group(self) -> bool:
        """A group of either kind."""
        return self.kind in {"group", "supergroup"}


@dataclass(slots=True, kw_only=True)
class Switches:
    """How this server is, and how much it hurries.

    Attributes:
        ephemeral: "yes": as Bot API 10.3; "refused": every ephemeral call is a 400; "ignored": as an older
            server, which does not know the parameter, so that **the message is sent to everybody**, and
            answers 404 to the methods.
        reads_all: the bot's privacy mode is off.
        poll_seconds: how long, in real time, a poll without news waits at most; None = as long as was asked.
        query_seconds: how long a button press can be answered, and an ephemeral command or press be followed
            by an ephemeral message of a bot that is no administrator.
        doubled: whether a poll brings each update twice, the first time in the wrong order.
    """

    ephemeral: Literal["yes", "refused", "ignored"] = "yes"
    reads_all: bool = True
    poll_seconds: float | None = None
    query_seconds: float = 15.0
    doubled: bool = False


@dataclass(slots=True, kw_only=True)
class Query:
    """A button press."""

    user: int
    chat: int
    message_id: int
    at: float
    answers: list[Json] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Webhook:
    """Where updates are delivered, and how that goes."""

    url: str = ""
    secret: str | None = None
    connections: int = 40
    failed_at: int | None = None
    failure: str | None = None
