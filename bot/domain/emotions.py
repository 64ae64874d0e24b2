from collections.abc import Mapping
from typing import Final

from bot.domain.phrases import EMOTIONS, GENERAL

STANDS_OUT: Final = 0.4
"""Below this probability no negative emotion is named: a general phrase misses less than a wrong guess."""


def strongest_emotion(emotions: Mapping[str, float]) -> str:
    """The negative emotion that a reply should answer, or "general" where none stands out.

    Args:
        emotions: probabilities in [0, 1]; positive and neutral ones are passed over.
    """
    negative = {name: value for name, value in emotions.items() if name in EMOTIONS and value >= STANDS_OUT}
    return max(negative, key=lambda name: (negative[name], name), default=GENERAL)
