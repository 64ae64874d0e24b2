"""What is said about one reply: after its buttons, and why it came."""

from typing import Final

# ------------------------------------------------------------------ what becomes of the message

INSTEAD_OF_THE_ANSWER: Final = (
    "I read nothing of yours any more, in any chat. /optin takes it back, /forget erases what is stored."
)
INSTEAD_OF_THE_ANSWER_FOR_ALL: Final = "Done, for every chat. /optin takes it back."
REMOVED: Final = "(removed)"

# ------------------------------------------------------------------ pop-ups, up to 200 characters

THANKS: Final = "Thank you for saying so."
GONE: Final = "I took it back. For a week you get no answer from me."
CARD_GONE: Final = (
    "I took it away and keep quiet for a week. The card can still come if you need it: findahelpline.com."
)
NOT_MINE_TO_REMOVE: Final = "That is noted. I cannot tell which message it was, so it stays."
ALONE: Final = "I read nothing of yours any more. /optin takes it back."
SAID_BEFORE: Final = "That is noted already."
NOT_FOR_YOU: Final = "These buttons are for the person I answered."
UNKNOWN_REPLY: Final = "I do not know this reply any more."

# ------------------------------------------------------------------ why

NOT_ABOUT_YOU: Final = "I tell why I answered only to the person I answered."
NO_SUCH_REPLY: Final = "Send /why as a reply to an answer of mine to you, and I tell what decided."
WHY_THE_CARD: Final = (
    "This was the card with places to turn to. It came because words in your message fit a fixed pattern "
    "of how people speak of suicide or of hurting themselves. That is the crisis gate: no model and no "
    "scores took part. It errs, in both directions. The words are not shown again here."
)
ONCE_MORE: Final = "Send /why once more, please."
NO_WORD: Final = "No single word stood out; it was all of it together."
WORDS_GONE: Final = "What you wrote is erased by now, or was never kept, so I cannot say which words decided."


def why(looked_for: str, percent: int, label: str, model: str, words: str) -> str:
    """What decided, for the person alone.

    Args:
        looked_for: what the chat lets me answer.
        percent: the score, of 100.
        label: the mood that stood out.
        model: which one judged.
        words: a sentence about the words.
    """
    return (
        f"I answered because your message sounded {looked_for} to a program: {percent} of 100, "
        f"{_sureness(percent)}. Its label: {label}.\n\n"
        f"{words}\n\n"
        f"The model is {model}. It errs; /optout ends it for you."
    )


def deciding_words(weighty: str, against: str) -> str:
    """Which words decided; either may be empty."""
    said = [f"The words that weighed most: {weighty}." if weighty else NO_WORD]
    return " ".join([*said, f"Against it spoke: {against}."] if against else said)


def words_by_another_model(words: str, model: str) -> str:
    """The same, where the model that judged is not the one in use now."""
    return f"{words} The words are those that {model} sees, which is in use by now."


NEGATIVE: Final = "negative"
NOT_POSITIVE: Final = "not positive"
DISTRESSED: Final = "distressed"

_VERY_SURE: Final = 90
_FAIRLY_SURE: Final = 75


def _sureness(percent: int) -> str:
    if percent >= _VERY_SURE:
        return "so it was very sure"
    return "so it was fairly sure" if percent >= _FAIRLY_SURE else "so it was not very sure"
