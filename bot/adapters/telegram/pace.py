"""One pace for everything that the account writes: replies, command answers, notices, edits, deletions.

Telegram's limits are unofficial: about 30 requests a second, one a second in a chat, 20 a minute in a group.
We stay a little under each, since what left us evenly need not arrive evenly.
"""

from datetime import timedelta
from typing import Final

from bot.domain.pacing import Pacer, Rate

ACCOUNT: Final = Rate(count=28, per=timedelta(seconds=1), burst=10)
"""No second holds more than 28. Ten at once, since a reply is on its way for longer than its share of a
second: 19 a second is what goes on for ever, and more than the 17 that 50 busy groups may get."""
CHAT: Final = Rate(count=1, per=timedelta(milliseconds=1100))
GROUP: Final = Rate(count=20, per=timedelta(seconds=62), burst=5)
"""Five go at the chat's own pace, so that an answer to a command need not wait behind a reply."""


def telegram_pacer() -> Pacer:
    """A fresh one, for one account; a group's id is negative, a private chat's is its person's hash."""
    return Pacer(
        account=[ACCOUNT], chat=[CHAT], group=[GROUP], is_group=lambda channel: channel.startswith("-")
    )
