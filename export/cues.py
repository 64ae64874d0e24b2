"""Words around a comment that say nothing of its mood: manners, laughter at its end, a stray emoji.

A model that was trained on comments alone takes "sorry, but" for remorse, "thanks" for joy and "lol" for fun,
whatever stands beside them. With a cue put around a comment at random, and its labels kept, they tell less.
"""

import random

_BEFORE = (
    "sorry, but ",
    "sorry but ",
    "please ",
    "thanks, but ",
    "excuse me, ",
    "no offence but ",
    "lol ",
    "haha ",
    "lmao ",
    "omg ",
    "ugh ",
    "well ",
    "honestly ",
    "hi all, ",
    "not gonna lie, ",
)
_AFTER = (
    " lol",
    " haha",
    " lmao",
    " \U0001f602",  # face with tears of joy
    " \U0001f62d",  # loudly crying face
    " \U0001f605",
    " \U0001f643",
    " thanks",
    " please",
    " sorry",
    " tbh",
    "!!",
    "...",
    " xd",
    " :)",
)


def with_cue(text: str, generator: random.Random) -> str:
    """The text with one cue in front or behind; a capital that began it stays as it was."""
    if generator.random() < 0.5:  # noqa: PLR2004 - a coin
        return generator.choice(_BEFORE) + text
    return text.rstrip(" .") + generator.choice(_AFTER)
