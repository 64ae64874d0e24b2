"""What Telegram means when it refuses: its descriptions are prose, so they are told apart by their words."""

from bot.domain.errors import ChannelMoved, ReplyForbidden, ReplyRejected


class MessageGone(ReplyRejected):
    """What would be answered was deleted: Telegram tells in no other way."""


class WhisperRefused(ReplyRejected):
    """The chat wants whispers, and this one cannot be had: nobody sees the reply."""


class PersonOutOfReach(ReplyRejected):
    """One person hears no whispers: they left, blocked the bot or are gone. It says nothing of the chat."""


class ChatSilenced(ReplyRejected):
    """The bot can say nothing in this chat any more.

    Args:
        why: in a few words, at most 32 characters.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def understood(error: ReplyRejected) -> ReplyRejected:
    """The same refusal as one of the kinds above, or as it is where it is none of them."""
    if isinstance(error, MessageGone | WhisperRefused | PersonOutOfReach | ChatSilenced | ChannelMoved):
        return error
    words = str(error).lower()
    if any(each in words for each in _GONE):
        return MessageGone("the message that it answers is gone")
    why = next((why for said, why in _SILENCED.items() if said in words), None)
    if why is None and isinstance(error, ReplyForbidden):
        why = "forbidden"
    return ChatSilenced(why) if why is not None else error


def whisper_understood(error: ReplyRejected) -> ReplyRejected:
    """The same for a whisper: there a missing right may be the right to whisper, and a block one person's."""
    if any(each in str(error).lower() for each in _PERSON):
        return PersonOutOfReach("that person hears no whispers here")
    known = understood(error)
    if isinstance(known, MessageGone | ChannelMoved):
        return known
    if isinstance(known, ChatSilenced) and known.why in {KICKED, NOT_FOUND}:
        return known
    return WhisperRefused("the server takes no whispers here")


def unknown_method(error: ReplyRejected) -> bool:
    """Whether the server is too old, or too simple, to know the method that was called."""
    words = str(error).lower()
    return any(each in words for each in _UNKNOWN_METHOD)


_GONE = ("message to be replied not found", "message to reply not found", "replied message not found")
KICKED = "kicked"
NOT_FOUND = "chat not found"
_PERSON = (
    "user not found",
    "participant",
    "user is not a member",
    "user_id_invalid",
    "user is deactivated",
    "blocked by the user",
)
_UNKNOWN_METHOD = ("method not found", "does not know this method")
_SILENCED = {
    "bot was kicked": KICKED,
    "bot is not a member": KICKED,
    "bot was blocked": "blocked",
    "user is deactivated": "deactivated",
    "chat not found": NOT_FOUND,
    "group chat was deactivated": NOT_FOUND,
    "not enough rights": "no right to write",
    "have no rights": "no right to write",
    "need administrator rights": "no right to write",
    "chat_write_forbidden": "no right to write",
    "chat_restricted": "no right to write",
}
"""What a description holds, and what is written down; the first that fits counts."""
