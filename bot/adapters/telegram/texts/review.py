"""What admins are told of reviews, statistics and exports."""

from collections.abc import Mapping
from math import ceil, floor
from typing import Final

from bot.adapters.telegram.texts.spans import counted

# ------------------------------------------------------------------ which chat

WHICH_REVIEW: Final = "Which group do you want to review?"
WHICH_STATS: Final = "Of which group?"
WHICH_EXPORT: Final = "Which group's file do you want?"
NO_GROUP: Final = (
    "I know of no group that you administer. If I am in one, send this command there once, and then here "
    "again; else add me to it."
)
NOT_YOURS: Final = "Only the admins of that group can do this."
REVIEW_LINK: Final = "Reviews take place in private: what people wrote is shown to you alone."
EXPORT_LINK: Final = "The file comes in private."

# ------------------------------------------------------------------ a round

QUESTION: Final = "How did the person who wrote this feel?"
NEGATIVE: Final = "negative"
NEUTRAL: Final = "neutral"
POSITIVE: Final = "positive"
SKIP: Final = "skip"
TEACH_OFF: Final = "teach: no"
TEACH_ON: Final = "teach: yes"
REMOVE: Final = "remove this text"
FASTER: Final = "This one was answered before. The first answer stands."
REMOVED: Final = "The text is deleted."
TEACHES: Final = "From now on, what you label may be used to train the model."
TEACHES_NOT: Final = "What you label is counted, and nothing is learned from it."
NOTHING_LEFT: Final = "There is nothing to review: no text is kept here that was not looked at already."
MORE: Final = "10 more"
EXPORT: Final = "Export"
MOST_CHARACTERS: Final = 1500


def card(text: str, *, left: int, teach: bool) -> str:
    """One comment, as it is shown for labelling; nothing tells who wrote it, or what the bot did."""
    shown = text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1].rstrip()}…"
    learns = "Your answer may be used for training." if teach else "Your answer is not used for training."
    return f"{QUESTION} {learns} {left} to go.\n\n{shown}"


def findings(
    *,
    labels: int,
    missing: int,
    picked_any: bool,
    precision: tuple[float, float, float] | None,
    recall: tuple[float, float, float] | None,
    feeling: str,
) -> str:
    """What the labels of the last 30 days say.

    Args:
        labels: how many there are.
        missing: how many more it takes, at least, for what cannot be said yet.
        picked_any: the bot picked out something at all.
        precision: value, low, high, each in [0, 1]; None = cannot be said.
        recall: the same.
        feeling: what the chat looks for, such as "felt bad".
    """
    lines = [f"Of the last 30 days, {counted(labels, 'comment')} {'is' if labels == 1 else 'are'} labelled."]
    if not picked_any:
        lines.append("I picked out none to answer, so there is nothing to say about how often I am right.")
    elif precision is not None:
        lines.append(
            f"Of 10 comments that I picked out to answer, {_of_ten(precision)} came from somebody who "
            f"{feeling}."
        )
    if recall is not None:
        lines.append(f"Of 10 comments by somebody who {feeling}, I picked out {_of_ten(recall)}.")
    if missing:
        lines.append(
            f"That is too few to say {'the rest' if precision or recall else 'how often I am right'}: at "
            f"least {missing} more {'label is' if missing == 1 else 'labels are'} needed."
        )
    elif recall is None and picked_any:
        lines.append(f"No labelled comment came from somebody who {feeling}, so I cannot say what I missed.")
    if precision or recall:
        lines.append("The numbers in brackets are the range that is right in 95 of 100 cases.")
    return "\n".join(lines)


def _of_ten(estimate: tuple[float, float, float]) -> str:
    """Such as "about 8 (6 to 9)"; the range is rounded outwards, so that it never promises too much."""
    value, low, high = (10 * each for each in estimate)
    return f"about {round(value)} ({floor(low + 1e-9)} to {ceil(high - 1e-9)})"


FELT_BAD: Final = "felt bad"
NOT_WELL: Final = "did not feel well"

# ------------------------------------------------------------------ what may be learned from

NO_LESSONS: Final = (
    "Nothing to export: no labelled text may be used for training. Switch to “teach: yes” while you label."
)


def lessons(*, number: int, left_out: int, needed: int) -> str:
    """Goes with the file of labelled texts."""
    more = f" Training takes {needed} at least." if number < needed else ""
    two = f" {counted(left_out, 'text')} stood there twice or with two labels." if left_out else ""
    return (
        f"{counted(number, 'labelled text')}, without authors.{two}{more} For python -m export train --extra."
    )


# ------------------------------------------------------------------ statistics

STATS_USAGE: Final = "Like this: /stats, or /stats 30 for 30 days. At most 90."
REASONS: Final[Mapping[str, str]] = {
    "own_message": "by me",
    "bot": "by a bot",
    "anonymous_admin": "by an anonymous admin",
    "linked_channel": "from the linked channel",
    "command": "commands",
    "opted_out": "by somebody who does not want to be read",
    "channel_off": "while I was off",
    "paused": "while I was paused",
    "thread_skipped": "in threads that are left alone here",
    "crisis": "may need a person, no card here",
    "crisis_card_given": "may need a person, had the card already",
    "crisis_late": "may need a person, too late for the card",
    "late": "came too late",
    "empty": "without words",
    "only_links": "links only",
    "only_quote": "quotes only",
    "too_short": "too short",
    "too_long": "too long",
    "not_english": "not in English",
    "sarcasm_tag": "marked as sarcasm",
    "below_threshold": "no need seen",
    "quiet_hours": "in quiet hours",
    "left_alone": "wants to be left alone for some days",
    "author_cooldown": "answered the same person before",
    "thread_cap": "enough replies in the thread",
    "chat_pace": "enough replies in the hour",
    "forgotten": "forgotten on request",
}
ABOUT_ONE_PERSON: Final = frozenset(
    {
        "opted_out",
        "crisis",
        "crisis_card_given",
        "crisis_late",
        "left_alone",
        "forgotten",
        "leave_me_alone",
    }
)
"""What a number can tell of somebody in a small group: said to admins alone."""
MORE_IN_PRIVATE: Final = "What could point at one person I tell in private only: send me /stats there."
_FEEDBACK: Final[Mapping[str, str]] = {
    "helped": "helped",
    "not_needed": "not needed",
    "leave_me_alone": "leave me alone",
}
_STATES: Final[Mapping[str, str]] = {
    "pending": "waiting",
    "sending": "on the way",
    "failed": "refused by Telegram",
    "unconfirmed": "perhaps sent",
    "expired": "too late, not sent",
    "cancelled": "taken back in time",
}


def _seconds(number: float) -> str:
    return "a second" if number <= 1 else f"{number:.1f} s"


def stats(
    *,
    days: int,
    judged: int,
    answered: int,
    watched: int,
    reasons: Mapping[str, int],
    sent: int,
    whispered: int,
    other: Mapping[str, int],
    feedback: Mapping[str, int],
    median_seconds: float | None,
    slow_seconds: float | None,
) -> str:
    """What happened in a chat; see `Statistics`."""
    period = "Today (UTC)" if days == 1 else f"In the last {days} days (UTC)"
    if not judged:
        return f"{period}: no message."
    lines = [f"{period}: {counted(judged, 'message')}. I decided to answer {answered:,}."]
    if watched:
        lines.append(f"While I only watched, I would have answered {watched:,} more.")
    if reasons:
        lines.append("\nLeft alone:")
        lines += [f"  {number:,} {REASONS.get(reason, reason)}" for reason, number in reasons.items()]
    if sent or other:
        lines.append(f"\n{sent:,} {'reply' if sent == 1 else 'replies'} sent.")
        lines += [f"  {number:,} {_STATES.get(state, state)}" for state, number in other.items()]
    if whispered:
        lines.append(f"  {whispered:,} as a whisper: sent, not necessarily seen.")
    if median_seconds is not None and slow_seconds is not None:
        lines.append(
            f"Half were there within {_seconds(median_seconds)}, 95 of 100 within {_seconds(slow_seconds)}."
        )
    if feedback:
        said = ", ".join(
            f"{feedback[kind]:,} “{name}”" for kind, name in _FEEDBACK.items() if kind in feedback
        )
        lines.append(f"People said: {said}.")
    return "\n".join(lines)


CHART_CAPTION: Final = "The same, day by day."
CHART_TITLE: Final = "Messages read, by day (UTC)"
CHART_REPLIES: Final = "Answered, by day (UTC)"
CHART_ANSWERED: Final = "answered"
CHART_WATCHED: Final = "would have been answered"

# ------------------------------------------------------------------ export

EXPORTED: Final = "This group's settings, own phrases and daily counts. Nobody's words, and no names."


def group(number: int, *, ending: str) -> str:
    """A group whose name is not known."""
    return f"Group {number} (…{ending})"
