"""What `/settings` says."""

from typing import Final

from bot.adapters.telegram.texts.spans import counted, span

HEADING: Final = "Settings here. Choose what to change; a change holds at once."
SAVED: Final = "Saved."
BACK: Final = "Back"
DONE: Final = "Done"
USAGE: Final = (
    "Like this: /settings, or with a time zone of your own: /settings quiet 22:00-07:00 Europe/London. "
    "/settings quiet off ends it."
)
NOTES_ON: Final = "Notes to me: on"
NOTES_OFF: Final = "Notes to me: off"
NOTES_ARE_PRIVATE: Final = (
    "Saved. Notes come to your private chat with me; open it once, so that I can write."
)

TITLES: Final = {
    "reply_when": "Answers",
    "sensitivity": "Sensitivity",
    "answer": "Who sees it",
    "author_cooldown": "Same person again",
    "thread_cap": "In one thread",
    "chat_pace": "In one hour",
    "quiet_hours": "Quiet hours",
    "language_filter": "Language",
    "crisis": "Crisis",
    "retention": "Texts kept",
    "notes": "Notes go to",
}
"""One line of the list each, and one button."""

EXPLAINED: Final = {
    "reply_when": "What has to be in somebody's words before I answer.",
    "sensitivity": "How sure I have to be. The number is the score from which I answer, between 0 and 1.",
    "answer": "A whisper is seen by the person it is for, and by nobody else. Where Telegram refuses it, "
    "I stay silent.",
    "author_cooldown": "How long I leave somebody alone after an answer.",
    "thread_cap": "How many answers one topic gets; in a group without topics, in one hour.",
    "chat_pace": "How many answers this chat gets in one hour.",
    "quiet_hours": "Nobody is answered in these hours. Other times, or another time zone: /settings quiet "
    "22:00-07:00 Europe/London",
    "language_filter": "I was trained on English.",
    "crisis": "When words speak of suicide or self-harm, the person gets a card with places that help, "
    "never an ordinary phrase. A note goes to admins who asked for it; it never says who.",
    "retention": "How long the texts of messages are stored. It holds for messages from now on, and the "
    "group is told.",
    "notes": "Whether you get a note when somebody may need a person. It comes in private, and only "
    "where notes are on under Crisis.",
}

REPLY_WHEN: Final = {
    "distress": "distress: sadness, fear, grief, remorse; not anger",
    "negative": "negative feelings",
    "not_positive": "everything but good mood",
}
SENSITIVITY: Final = {
    "careful": "careful, rarely wrong",
    "normal": "normal",
    "keen": "keen, often wrong",
}
ANSWER: Final = {
    "whisper": "only the person",
    "public": "everybody",
    "auto": "only the person where Telegram can do it, else everybody",
}
CRISIS: Final = {
    "card": "the card",
    "card+note": "the card, and a note to admins",
    "silence": "silence",
    "silence+note": "silence, and a note to admins",
}
ENGLISH: Final = "English only"
ANY: Final = "every language, others less well"
NO_QUIET: Final = "none"
NO_CAP: Final = "no limit"
NOT_STORED: Final = "not stored"


def line(title: str, value: str) -> str:
    """A setting in the list."""
    return f"{title}: {value}"


def sensitivity(name: str, threshold: float) -> str:
    """A sensitivity with the number behind it."""
    return f"{SENSITIVITY[name]} (from {threshold:.2f})"


def cooldown(seconds: float) -> str:
    """How long a person is left alone."""
    return f"after {span(seconds)}" if seconds > 0 else "at once"


def cap(number: int | None) -> str:
    """How many answers."""
    return NO_CAP if number is None else f"at most {counted(number, 'answer')}"


def kept(seconds: float) -> str:
    """How long texts are stored."""
    return span(seconds) if seconds > 0 else NOT_STORED


def quiet(start: str, end: str, zone: str) -> str:
    """A daily span."""
    return f"{start} to {end}, {zone}"


def notes(admins: int) -> str:
    """How many admins get notes."""
    return counted(admins, "admin") if admins else "nobody"


def region(code: str | None) -> str:
    """The operator's choice; nothing to press."""
    if code is None:
        return "The crisis card names no country's helpline; the operator can set one."
    return f"The crisis card names help for {code}; the operator chose that."


def chosen(title: str, value: str, explained: str) -> str:
    """One setting, opened."""
    return f"{title}: {value}\n\n{explained}"
