"""What is said to a person about themselves: help, privacy, their data, being forgotten and left alone."""

from datetime import datetime
from typing import Final

from bot.adapters.telegram.texts.spans import counted, span

HELPLINES: Final = (
    "I am not a person and not a crisis service. findahelpline.com lists free, confidential helplines by "
    "country; in immediate danger, the local emergency number."
)

# ------------------------------------------------------------------ start and help


def start(keeps_seconds: float) -> str:
    """Notice and consent in a private chat; how long words are kept, 0 = not at all."""
    return (
        "Hello. I am Solace, a bot. From now on I read what you write to me here. Where it sounds like a "
        "hard moment, I may answer with a sentence that was written in advance. A program judges that, "
        "and it errs.\n\n"
        f"{HELPLINES}\n\n"
        f"What I keep: {_words_kept(keeps_seconds)} Scores of their mood stay, under a code in place of "
        "your name.\n\n"
        "/privacy tells the rest, /forget erases it, and /optout ends the reading."
    )


STARTED: Final = "This chat is on: I read what you write here. /help lists what I can do, /optout ends it."
START_OPTED_OUT: Final = (
    "You asked me to read nothing of yours, and that stands, here and in every chat. /optin takes it back; "
    "then send /start once more."
)

EVERYBODY: Final = (
    "/privacy - what I read and keep, and for how long\n"
    "/mydata - what is stored about you\n"
    "/forget - erase it\n"
    "/optout - I read nothing of yours, in any chat\n"
    "/optin - takes that back\n"
    "/why - after a reply of mine: what decided"
)
ADMINS: Final = (
    "/mode live, shadow or off - whether I answer, only watch, or rest\n"
    "/settings - how I answer here\n"
    "/status - how things stand\n"
    "/stats - what I did here\n"
    "/phrases - what I say here\n"
    "/pause 2h, /resume - a break\n"
    "/undo - take back my last message\n"
    "/review - look at samples, in private\n"
    "/export - settings, phrases and counts as a file\n"
    "/experiment - a comparison, and consent to it\n"
    "/doctor - what is wrong and what to do"
)
OWNERS: Final = (
    "/chats - where I am\n"
    "/model - which model judges\n"
    "/health - how I am doing\n"
    "/drift - whether messages have changed\n"
    "/reddit - the subreddits that I watch"
)

HELP: Final = (
    "Where a message sounds like a hard moment, I answer with a sentence that was written in advance.\n\n"
    f"{EVERYBODY}\n\n"
    "To have me in a group of yours, add me there: I say what I do and need.\n\n"
    f"{HELPLINES}"
)
HELP_OWNER: Final = f"{HELP}\n\nIn a group that you administer:\n{ADMINS}\n\nAs the operator, here:\n{OWNERS}"
HELP_IN_GROUP: Final = (
    "I am a bot. Where a message here sounds like a hard moment, I may answer with a sentence that was "
    "written in advance. /privacy: what I read and keep. /optout: I read nothing of yours."
)
HELP_IN_GROUP_ADMIN: Final = f"{HELP_IN_GROUP}\n\nFor admins:\n{ADMINS}"
HELP_BUTTON: Final = "All commands"

# ------------------------------------------------------------------ privacy


def privacy(keeps_seconds: float, operator: str) -> str:
    """The whole of it.

    Args:
        keeps_seconds: how long words are kept; 0 = not at all.
        operator: who runs this installation, as they want to be named; empty = not said.
    """
    return "\n\n".join((_READ, _kept(keeps_seconds), _seen(operator), _DELETED, HELPLINES, _ASK))


_READ: Final = (
    "What I read: messages in chats where an admin switched me on, and in a chat with me alone after "
    "/start. Not those of people who said /optout, of other bots or of channels, and no commands. A "
    "program looks at the words."
)
_DELETED: Final = (
    "What Telegram cannot tell me: that a message was deleted. Deleting it in Telegram does not erase it "
    "here; /forget does."
)
_ASK: Final = (
    "/mydata shows what is stored about you. /forget erases it. /optout: I read nothing of yours, in any "
    "chat, until you say /optin."
)


def _kept(keeps_seconds: float) -> str:
    return (
        f"What is kept: {_words_kept(keeps_seconds)} For each message that was read: its number in the chat, "
        "when it came, scores of its mood, and what I did. You stand there as a code, made from your "
        "Telegram id with a secret key; no name is kept. Of messages that I do not read: only that one came. "
        "Also my replies, and what you said of them with the buttons. Of admins who set me up: their "
        "Telegram id, to tell them of troubles. Scores and replies stay until you say /forget."
    )


def _seen(operator: str) -> str:
    return (
        f"Who sees it: {_operator(operator)} Admins of a group see counts, and for review a few messages "
        "without author."
    )


def privacy_in_group(keeps_seconds: float, on: bool) -> str:
    """The short of it, for all to see; `on`: whether messages are read there now."""
    reading = (
        "I read the messages here, to notice hard moments."
        if on
        else "I am off here and read nothing. Once an admin switches me on, I read the messages, to notice "
        "hard moments."
    )
    return (
        f"{reading} I keep {_words_kept(keeps_seconds)} Scores of their mood stay, under a code in place of "
        "a name. I am a bot, not a crisis service. Deleting a message in Telegram does not erase it here, "
        "/forget does. /optout: I read nothing of yours."
    )


PRIVACY_BUTTON: Final = "All about privacy"


def _operator(operator: str) -> str:
    if operator:
        return f"this bot is run by {operator}, who can read its database."
    return "whoever runs this bot can read its database; the admins of your group can say who that is."


def _words_kept(seconds: float) -> str:
    return f"your words for {span(seconds)}, then they are erased." if seconds > 0 else "not your words."


# ------------------------------------------------------------------ what is stored

NOTHING_STORED: Final = "Nothing is stored about you."


def stored(
    decisions: int,
    texts: int,
    texts_until: datetime | None,
    replies: int,
    feedback: int,
    reviews: int,
    own_chat: bool,
    phrases: int,
    opted_out_since: datetime | None,
    left_alone_until: datetime | None,
    administers: int,
) -> str:
    """What stands there about a person, in all chats together."""
    found = [
        f"- {counted(decisions, 'message')} that I read, and scores of mood" if decisions else "",
        f"- the words of {texts:,} of them, the last until {_day(texts_until)}"
        if texts and texts_until
        else "",
        f"- {_replies(replies)} of mine, sent or only prepared" if replies else "",
        f"- {counted(feedback, 'answer')} of yours by the buttons" if feedback else "",
        f"- {counted(reviews, 'message')} among those that an admin looks at again" if reviews else "",
        "- our own chat: that you started it, and its settings" if own_chat else "",
        f"- {counted(phrases, 'phrase')} that you wrote or muted there" if phrases else "",
        f"- your Telegram id, as an admin of {counted(administers, 'chat')}" if administers else "",
    ]
    wished = [
        f"- that I read nothing of yours, since {_day(opted_out_since)}" if opted_out_since else "",
        f"- that you get no answer from me until {_day(left_alone_until)}" if left_alone_until else "",
    ]
    if not any(found + wished):
        return NOTHING_STORED
    lines = "\n".join(line for line in found + wished if line)
    ends = [FORGET_ERASES if any(found) else "", OPT_IN_TAKES_BACK if any(wished) else ""]
    return f"{STORED}\n\n{lines}\n\n" + " ".join(end for end in ends if end)


STORED: Final = "What is stored about you, in all chats together, under a code in place of your name:"
FORGET_ERASES: Final = "/forget erases what I found out."
OPT_IN_TAKES_BACK: Final = "/optin takes back what you asked for."


def _replies(number: int) -> str:
    return "1 reply" if number == 1 else f"{number:,} replies"


# ------------------------------------------------------------------ to be forgotten

FORGET: Final = (
    "Erase what is stored about you, in all chats? Your words, the scores and my replies go, and so do your "
    "answers by the buttons. What stays: that a message with that number came. What you asked me for stays "
    "too, such as to be left alone. It cannot be taken back."
)
READ_ON: Final = "I go on reading you where I am switched on, unless you choose the second button."


def forget(opted_out: bool) -> str:
    """The question before; `opted_out`: nothing is read anyway."""
    return FORGET if opted_out else f"{FORGET}\n\n{READ_ON}"


FORGET_YES: Final = "Erase it"
FORGET_AND_OPT_OUT: Final = "Erase it and read me no more"
FORGET_NO: Final = "Keep it"
FORGOTTEN: Final = (
    "It is erased. A chat with me alone is off again until you send /start. Copies that the operator made "
    "for safety may hold it a while longer."
)
FORGOTTEN_AND_OPTED_OUT: Final = (
    "It is erased, and I read nothing of yours any more, in any chat. Only that wish is kept. /optin "
    "takes it back. Copies that the operator made for safety may hold the rest a while longer."
)
NOT_FORGOTTEN: Final = "Nothing was erased."

# ------------------------------------------------------------------ to be left alone

OPTED_OUT: Final = (
    "From now on I read nothing you write and do not answer you, in any chat, until you say /optin. "
    "What was stored before is erased by /forget."
)
OPTED_IN: Final = (
    "I read you again, in chats where I am switched on. /optout takes it back. In a chat with me alone, "
    "/start switches me on."
)
READ: Final = (
    "I read you in chats where I am switched on. /optout ends that, in every chat. In a chat with me alone, "
    "/start switches me on."
)
DONE: Final = "Done, for every chat."
DONE_BUTTON: Final = "What that means"


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
