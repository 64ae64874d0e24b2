"""What people and moderators read from the bot on Reddit, beside its replies. Plain words, valid as Markdown.

Nothing here begins with a command or reads as praise, so that two bots cannot set each other off.
"""

from datetime import datetime, timedelta
from typing import Final

from bot.adapters.durations import spoken
from bot.application.pauses import OPEN_END
from bot.application.why import Because, Words
from bot.domain.channels import Mode
from bot.domain.decisions import ReplyWhen

SUBJECT: Final = "What you asked for"

# ------------------------------------------------------------------ about the person

OPTED_OUT: Final = (
    "Done: from now on I read nothing that you write and do not answer you, in any subreddit. "
    "To take that back, send me !optin. To have an answer of mine deleted, send me !delete and the name of "
    "your comment, such as !delete t1_abc123."
)
OPTED_IN: Final = "Done: I read you again, in the subreddits that I watch. To end that, send me !optout."

# ------------------------------------------------------------------ about one reply

DELETED: Final = "Done: my answer is being taken away, and I do not post it again."
DELETED_BEFORE: Final = "That is on its way already, or done: my answer is being taken away."
NO_SUCH_REPLY: Final = (
    "I know no answer of mine to you by that name. Write the command under an answer that was for you, or "
    "send me the name of your comment along with it, such as !why t1_abc123 or !delete t1_abc123. Only the "
    "person whom I answered can do that, and a moderator of the subreddit can have my answer deleted."
)
WHY_THE_CARD: Final = (
    "This was the card with places to turn to. It came because words in your comment fit a fixed pattern "
    "of how people speak of suicide or of hurting themselves. No model and no scores took part. It errs, in "
    "both directions. The words are not shown again here."
)
NO_WORD: Final = "No single word stood out; it was all of it together."
WORDS_GONE: Final = "What you wrote is erased by now, or was never kept, so I cannot say which words decided."
LOOKED_FOR: Final = {
    ReplyWhen.NEGATIVE: "negative",
    ReplyWhen.NOT_POSITIVE: "not positive",
    ReplyWhen.DISTRESS: "distressed",
}
_VERY_SURE: Final = 90
_FAIRLY_SURE: Final = 75


def why(because: Because) -> str:
    """What decided, for the person alone."""
    return (
        f"I answered because your comment sounded {LOOKED_FOR[because.looked_for]} to a program: "
        f"{because.percent} of 100, {_sureness(because.percent)}. Its label: {because.label}.\n\n"
        f"{_deciding(because.words)}\n\n"
        f"The model is {_plain(because.model)}. It errs. To end this, send me !optout; to have my "
        "answer deleted, write !delete under it."
    )


def _deciding(words: Words | None) -> str:
    if words is None:
        return WORDS_GONE
    weighty, against = _plain(", ".join(words.weighty)), _plain(", ".join(words.against))
    said = [f"The words that weighed most: {weighty}." if weighty else NO_WORD]
    if against:
        said.append(f"Against it spoke: {against}.")
    if words.seen_by is not None:
        said.append(f"The words are those that {_plain(words.seen_by)} sees, which is in use by now.")
    return " ".join(said)


def _sureness(percent: int) -> str:
    if percent >= _VERY_SURE:
        return "so it was very sure"
    return "so it was fairly sure" if percent >= _FAIRLY_SURE else "so it was not very sure"


# ------------------------------------------------------------------ to moderators

MODERATORS_ONLY: Final = (
    "Only a moderator of a subreddit that I watch can do that there. If you are one, name it in a message to "
    "me: !pause r/name 2h, or !resume r/name."
)
PAUSE_USAGE: Final = (
    "Like this: !pause r/name, which lasts until !resume r/name; or with an end, !pause r/name 2h or "
    "!pause r/name 3 days, at most 30 days."
)


def paused(subreddit: str, until: datetime) -> str:
    """A break began."""
    end = "until a moderator sends !resume" if until >= OPEN_END else f"until {until:%-d %B %Y, %H:%M} UTC"
    return f"I read and answer nothing in r/{subreddit} {end}."


def resumed(subreddit: str) -> str:
    """The break is over."""
    return f"I read r/{subreddit} again."


def not_paused(subreddit: str) -> str:
    """There was no break."""
    return f"There was no pause in r/{subreddit}."


NOTICE_SUBJECT: Final = "A bot begins to read here"


def notice(subreddit: str, mode: Mode, retention: timedelta, about: str) -> str:
    """To a subreddit's moderators, when it is first watched.

    Args:
        subreddit: its name.
        mode: what holds there now: live or shadow.
        retention: how long words are kept; zero = not at all.
        about: an address where the rest stands.
    """
    begins = (
        "Where a comment sounds like a hard moment, I may answer with a sentence that was written in advance."
        if mode is Mode.LIVE
        else "For now I only watch and answer nobody; the person who runs me can change that."
    )
    kept = (
        f"I keep a comment's words for {spoken(retention)}, then they are erased"
        if retention > timedelta()
        else "I keep nobody's words"
    )
    return (
        f"Hello. I am Solace, a bot, and I read the comments in r/{subreddit} from now on. {begins} A "
        "program judges the mood of what is written, and it errs. I am not a person and not a crisis "
        f"service. {kept}; scores of the mood stay, under a code in place of a name. What its author deletes "
        "on Reddit is deleted here too.\n\n"
        "Every answer says that it is a bot's, and lets the person have it deleted, ask why it came, and end "
        "the reading for good.\n\n"
        f"You decide whether I stay: send me !pause r/{subreddit} and I read and say nothing there until "
        f"!resume r/{subreddit}. As moderators you can have any answer of mine deleted by writing "
        "!delete under it.\n\n"
        f"More: {about}"
    )


NOTE_SUBJECT: Final = "Somebody may need a person"


def somebody_may_need_a_person(subreddit: str) -> str:
    """Where moderators wanted to hear of it: never who, and nothing that was said."""
    return f"Somebody may need a person in r/{subreddit}. I can't say more than that."


_MARKUP: Final = str.maketrans({each: f"\\{each}" for each in "\\`*_{}[]()<>#+-.!|~^:&"})


def _plain(words: str) -> str:
    """Words that are no markup, whatever is in them."""
    return words.translate(_MARKUP)
