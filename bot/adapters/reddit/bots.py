"""Names behind which no person stands."""

import re
from typing import Final

_KNOWN: Final = frozenset(
    {
        "automoderator",
        "reddit",
        "tweetposter",
        "vredditdownloader",
        "savevideo",
        "haikusbot",
        "gifreversingbot",
        "sneakpeekbot",
        "imguralbumbot",
        "autowikibot",
        "metricconverterbot",
        "remindmebot",
    }
)
_ENDINGS: Final = re.compile(r"(?:[a-z0-9]B(?:ot|OT)|[-_][Bb](?:ot|OT)|-(?i:modteam))[-_0-9]*$")
"""RemindMeBot, haiku_bot, one-ModTeam; a Talbot and an abbot are people."""


def is_bot(name: str) -> bool:
    """Whether somebody is a bot, by how names of bots are written."""
    return name.lower() in _KNOWN or _ENDINGS.search(name) is not None
