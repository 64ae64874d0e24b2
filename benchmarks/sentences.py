"""Comments for benchmarks, made up: the same for the same seed, and as long as people write them."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

START = datetime(2026, 1, 1, tzinfo=UTC)

_OPENINGS = ("Honestly,", "Well,", "Today", "Since last week", "No idea why, but", "As I said before,", "")
_SAD = (
    "I feel so alone and nothing helps",
    "I miss her more every day",
    "I failed the exam again and feel awful",
    "nobody called back and I am scared of what comes next",
    "I am so tired of being sad",
)
_OTHER = (
    "the new release fixed the login page for me",
    "that was the best goal of the whole season",
    "thank you so much, this made my day",
    "does anybody know when the library opens",
    "I moved the old bike to the cellar and painted the door",
    "the second episode explains where the map came from",
)
_ENDINGS = ("", "lol", "and that is that", "if you ask me", "just saying", "after all these years")


def sentences(*, seed: int, sad: float) -> Iterator[str]:
    """Without end.

    Args:
        seed: of the dice.
        sad: how many of them are sad, from 0 to 1.
    """
    dice = random.Random(seed)
    while True:
        clauses = [
            dice.choice(_SAD if dice.random() < sad else _OTHER) for _ in range(dice.choice((1, 1, 1, 2)))
        ]
        words = " ".join([dice.choice(_OPENINGS), ", and ".join(clauses), dice.choice(_ENDINGS)])
        yield f"{words.strip()}."


def recording(number: int, *, seed: int) -> Iterator[str]:
    """Lines for `solace replay`: twenty chats, everybody writes once, one comment every half minute."""
    for index, text in enumerate(islice(sentences(seed=seed, sad=0.3), number)):
        yield json.dumps(
            {
                "platform": "http",
                "channel_id": f"channel-{index % 20}",
                "message_id": f"message-{index}",
                "author_id": f"author-{index}",
                "text": text,
                "sent_at": (START + index * timedelta(seconds=30)).isoformat(),
            }
        )
