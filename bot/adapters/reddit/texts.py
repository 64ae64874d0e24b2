"""What people and moderators read from the bot on Reddit, beside its replies. Plain words, valid as Markdown.

Nothing here begins with a command or reads as praise, so that two bots cannot set each other off.
"""

import re
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
    "To take that back, send me !optin. To have what I keep of you erased as well, send me !forget. "
    "To have an "
    "answer of mine deleted, use the link under it, or send me !delete and the link to your comment."
)
OPTED_IN: Final = "Done: I read you again, in the subreddits that I watch. To end that, send me !optout."
_ERASED: Final = (
    "Done: what I kept of you is erased, in every subreddit: your words, their scores, what my "
    "answers to you "
    "said and what was said of them. That a comment was read, and when, stays without a name. My answers "
    "stand on Reddit still; I do not know any more whom they were for, so a moderator can have "
    "them deleted. "
)
_COPIES: Final = "Copies that the person who runs me made for safety may hold it a while longer."
FORGOTTEN: Final = (
    f"{_ERASED}I go on reading what you write from now on; to end that, send me !optout. {_COPIES}"
)
FORGOTTEN_AND_OPTED_OUT: Final = (
    f"{_ERASED}I read nothing of yours any more; only that wish is kept, until you send me !optin. {_COPIES}"
)
WHAT_WORKS: Final = (
    "I am a program, and nobody reads what is written here. What works: !optout (I never read you again), "
    "!forget (what I keep of you is erased), !delete or !why with the link to your comment (my "
    "answer goes, or "
    "why it came). If you need a person now: findahelpline.com."
)

# ------------------------------------------------------------------ about one reply

DELETED: Final = "Done: my answer is being taken away, and I do not post it again."
DELETED_BEFORE: Final = "That is on its way already, or done: my answer is being taken away."
NO_SUCH_REPLY: Final = (
    "I know no answer of mine to you there. Use the links under an answer that was for you, or send me the "
    "command with the link to your comment behind it. Only the person whom I answered can do that, and a "
    "moderator of the subreddit can have my answer deleted."
)
NEVER_ANSWERED: Final = "I never answered you, so there is nothing to explain."
WHY_THE_CARD: Final = (
    "This was the card with places to turn to. It came because words in your comment fit a fixed pattern "
    "of how people speak of suicide or of hurting themselves. No model and no scores took part. It "
    "errs, in "
    "both directions. The words are not shown again here."
)
NO_WORD: Final = "No single word stood out; it was all of it together."
WORDS_GONE: Final = "What you wrote is erased by now, or was never kept, so I cannot say which words decided."
LOOKED_FOR: Final = {
    ReplyWhen.NEGATIVE: "negative",
    ReplyWhen.NOT_POSITIVE: "not positive",
    ReplyWhen.DISTRESS: "distressed",
}
_TOO_PLAIN: Final = {"", "positive", "negative", "neutral", "ambiguous"}
_VERY_SURE: Final = 90
_FAIRLY_SURE: Final = 75


def why(because: Because) -> str:
    """What decided, for the person alone."""
    return (
        f"I answered because your comment sounded {LOOKED_FOR[because.looked_for]} to a program: "
        f"{because.percent} of 100, {_sureness(because.percent)}.{_mood(because.label)}\n\n"
        f"{_deciding(because.words)}\n\n"
        f"The model is {_plain(because.model)}. It errs. To end this, send me !optout; to have my "
        "answer deleted, use the link under it."
    )


def _mood(label: str) -> str:
    """What stood out, where more is known than what was looked for."""
    return "" if label in _TOO_PLAIN else f" The mood that it heard most: {_plain(label)}."


def _deciding(words: Words | None) -> str:
    if words is None:
        return WORDS_GONE
    weighty = _plain(", ".join(words.weighty))
    said = [f"The words that weighed most: {weighty}." if weighty else NO_WORD]
    if words.seen_by is not None:
        said.append(f"The words are those that {_plain(words.seen_by)} sees, which is in use by now.")
    return " ".join(said)


def _sureness(percent: int) -> str:
    if percent >= _VERY_SURE:
        return "so it was very sure"
    return "so it was fairly sure" if percent >= _FAIRLY_SURE else "so it was not very sure"


# ------------------------------------------------------------------ to moderators

MODERATORS_ONLY: Final = (
    "Only a moderator of a subreddit that I watch can do that there. If you are one, name it in a "
    "message to "
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


def resumed(subreddit: str, mode: Mode) -> str:
    """The break is over, and what holds now."""
    match mode:
        case Mode.LIVE:
            return f"I read r/{subreddit} again, and may answer there."
        case Mode.OFF:
            return f"The pause of r/{subreddit} is over, but I am switched off there and read nothing."
    return f"I read r/{subreddit} again. I only watch there, and answer nobody."


def not_paused(subreddit: str) -> str:
    """There was no break."""
    return f"There was no pause in r/{subreddit}."


NOTICE_SUBJECT: Final = "A bot begins to read here"


def notice(
    *,
    subreddit: str,
    mode: Mode,
    retention: timedelta,
    card: bool,
    notes: bool,
    operator: str | None,
    about: str,
) -> str:
    """To a subreddit's moderators, when it is first watched.

    Args:
        subreddit: its name.
        mode: what holds there now: live or shadow.
        retention: how long words are kept; zero = not at all.
        card: who speaks of suicide or self-harm gets places to turn to, once live.
        notes: moderators hear when somebody may need a person.
        operator: who runs the bot; None = not told.
        about: an address where the rest stands.
    """
    begins = (
        "Where a comment sounds like a hard moment, I may answer with a sentence that was written in advance."
        if mode is Mode.LIVE
        else "For now I only watch and answer nobody; when that changes, you hear of it."
    )
    return (
        f"Hello. I am Solace, a bot, and I read the comments in r/{subreddit} from now on. {begins} A "
        f"program judges the mood of what is written, and it errs. I am not a person and not a crisis "
        f"service.{_who(operator)}\n\n{_kept(retention)} What somebody deletes on Reddit is "
        f"deleted here too: its words are erased, and my answer to it is taken away.{_TRIED}\n\n"
        f"{'' if mode is Mode.LIVE else 'Once I answer: '}{_crisis(card=card, notes=notes)}\n\n"
        "Every answer says that it is a bot's, and lets the person have it deleted, ask why it "
        "came, and end "
        "the reading for good: !optout, written to me or under an answer, holds in every subreddit, "
        "and !forget "
        "erases what I keep of somebody.\n\n"
        f"{_decide(subreddit)}\n\nMore: {about}"
    )


LIVE_SUBJECT: Final = "The bot begins to answer here"


def goes_live(*, subreddit: str, card: bool, notes: bool, operator: str | None, about: str) -> str:
    """To the moderators of a subreddit where the bot only watched until now."""
    return (
        f"Hello again. Until now I only watched r/{subreddit}. From now on I may answer there: "
        "where a comment sounds like a hard moment, with a sentence that was written in advance. "
        f"{_crisis(card=card, notes=notes)}{_who(operator)}\n\n{_decide(subreddit)}\n\nMore: {about}"
    )


def _crisis(*, card: bool, notes: bool) -> str:
    does = "I answer with places to turn to, and never with a phrase." if card else "I say nothing there."
    return f"Where words speak of suicide or self-harm, {does}{_NOTES if notes else ''}"


_NOTES: Final = (
    " You get a note when somebody may need a person; it never says who. I can miss it, and I can be wrong."
)
_TRIED: Final = (
    " An experiment may run here if you agree to it: two ways of deciding are compared, on the same comments."
)


def _who(operator: str | None) -> str:
    return f" Who runs me: {_plain(operator)}." if operator else ""


def _kept(retention: timedelta) -> str:
    words = (
        f"I keep a comment's words for {spoken(retention)}, then they are erased"
        if retention > timedelta()
        else "I keep nobody's words"
    )
    return f"{words}; scores of the mood stay, under a code in place of a name."


def _decide(subreddit: str) -> str:
    return (
        f"You decide whether I stay: send me !pause r/{subreddit} and I read and say nothing there until "
        f"!resume r/{subreddit}. As moderators you can have any answer of mine deleted by writing "
        "!delete under it."
    )


NOTE_SUBJECT: Final = "Somebody may need a person"


def somebody_may_need_a_person(subreddit: str) -> str:
    """Where moderators wanted to hear of it: never who, and nothing that was said."""
    return f"Somebody may need a person in r/{subreddit}. I can't say more than that."


_MARKUP: Final = re.compile(r"[\\`*\[\]<>~^|]|(?<!\w)_|_(?!\w)|&(?=#?\w)")
"""What Markdown would read as more than the character itself, in the middle of a line."""


def _plain(words: str) -> str:
    """Words that are no markup, whatever is in them, for the middle of a line."""
    return _MARKUP.sub(lambda match: f"\\{match[0]}", " ".join(words.split()))
