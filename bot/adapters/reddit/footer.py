"""What stands under every reply: who wrote it, and the ways out."""

import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import quote, urlencode

from bot.adapters.reddit.markdown import link, markdown

BOT: Final = "I am a bot, and this was written in advance"
_SAYS_SO: Final = re.compile(r"\b(?:this is|i am|i'm) a bot\b", re.IGNORECASE)
"""What says that already, such as the crisis card: once is enough."""
_WRITE: Final = "https://www.reddit.com/message/compose?"
_SUBJECT: Final = "To the bot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """The links open a private message to the bot that needs nothing but to be sent.

    Attributes:
        username: of the bot.
        about: where it is told what the bot does, for whom, and who runs it: an address.
    """

    username: str
    about: str

    @classmethod
    def of(cls, username: str, about: str | None = None) -> Self:
        """Where no page tells about the bot, its own profile has to."""
        return cls(username=username, about=about or f"https://www.reddit.com/user/{quote(username)}")

    def under(self, text: str, parent: str) -> str:
        """A whole reply to the thing with this full name, as Markdown."""
        ways = [
            *([] if _SAYS_SO.search(text) else [BOT]),
            link("opt out", self._letter("!optout")),
            link("delete this", self._letter(f"!delete {parent}")),
            link("why", self._letter(f"!why {parent}")),
            link("about", self.about),
        ]
        return f"{markdown(text)}\n\n---\n\n{' · '.join(ways)}"

    def _letter(self, words: str) -> str:
        return _WRITE + urlencode(
            {"to": self.username, "subject": _SUBJECT, "message": words}, quote_via=quote, safe=""
        )
