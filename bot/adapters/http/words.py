"""Why the bot answered or stayed quiet, in words for the person who typed the comment."""

from typing import Final

from bot.domain.decisions import Reason

_BELOW: Final = {
    "positive": "This sounds good, so there is nothing to comfort.",
    "neutral": "Nothing here sounds like a hard moment.",
    "ambiguous": "It is hard to tell what this feels like, and in doubt the bot stays quiet.",
    "negative": "This sounds a little dark, but not clearly enough to step in.",
}

_WORDS: Final = {
    Reason.SUPPORT: "This sounds like a hard moment, so the bot says something.",
    Reason.CRISIS: "This sounds serious. A phrase that was written in advance is not the right help here.",
    Reason.CRISIS_CARD_GIVEN: "This sounds serious. Where people listen stands on the card of earlier today.",
    Reason.CRISIS_LATE: "This sounds serious, but it took too long to reach the bot to be answered now.",
    Reason.OPTED_OUT: "You asked not to be read, so this was neither looked at nor kept. /optin undoes it.",
    Reason.COMMAND: "That starts with a slash, so it was taken for a command. /help lists them.",
    Reason.CHANNEL_OFF: "The bot is switched off here.",
    Reason.PAUSED: "The bot is taking a break here.",
    Reason.THREAD_SKIPPED: "This thread is left alone here.",
    Reason.LATE: "This took too long to reach the bot, and a reply would come too late.",
    Reason.EMPTY: "There are no words here to read.",
    Reason.ONLY_LINKS: "There is only a link here, and the bot does not open links.",
    Reason.ONLY_QUOTE: "There is only a quote here, and nothing of your own.",
    Reason.TOO_SHORT: "That is too short to tell anything from.",
    Reason.TOO_LONG: "That is too long: the bot reads what fits into a comment.",
    Reason.NOT_ENGLISH: "The bot only understands English so far, and does not guess.",
    Reason.SARCASM_TAG: "The /s at its end says that it is not meant, so the bot takes it that way.",
    Reason.QUIET_HOURS: "It is quiet time here, so the bot keeps to itself.",
    Reason.LEFT_ALONE: "You said that you would rather be left alone, so the bot does that.",
    Reason.AUTHOR_COOLDOWN: "You had an answer a while ago, and the bot does not press.",
    Reason.THREAD_CAP: "The bot has said enough in this thread.",
    Reason.CHAT_PACE: "The bot has said enough in this chat for now.",
}


def explain(reason: Reason, label: str | None) -> str:
    """One or two sentences without jargon, for any reason there is.

    Args:
        reason: as recorded.
        label: the model's group for the text, where it was classified.
    """
    if reason is Reason.BELOW_THRESHOLD:
        return _BELOW.get(label or "", _BELOW["neutral"])
    return _WORDS.get(reason, "The bot does not answer here.")
