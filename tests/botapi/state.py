"""Everything the fake server knows: people, chats, messages, and what the bot asked for."""

import itertools
from collections.abc import Callable
from time import time
from typing import Any, Final

from botapi.chats import PRESENT, Chat, Member, Query, Switches, Webhook
from botapi.faults import Faults
from botapi.floods import Floods, Limits
from botapi.refusals import Json, bad
from botapi.updates import Updates
from traps import Traps

TOKEN: Final = "4242:AAF-token-of-a-bot-that-is-not-there"


class State:
    """What is, and the smallest steps that change it.

    Args:
        token: of the bot; the digits before ":" are its id.
        now: unix seconds; real time by default.
        first_update: id of the first update.
        limits: of the flood control.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        username: str = "solace_bot",
        now: Callable[[], float] = time,
        first_update: int = 700_000_001,
        limits: Limits | None = None,
    ) -> None:
        self.token = token
        self.bot = int(token.partition(":")[0])
        self._clock, self._ahead = now, 0.0
        self.switches = Switches()
        self.updates = Updates(self.now, first=first_update)
        self.floods = Floods(self.now, limits or Limits())
        self.faults = Faults()
        self.traps = Traps()
        self.webhook = Webhook()
        self.users: dict[int, Json] = {
            self.bot: {"id": self.bot, "is_bot": True, "first_name": "Solace", "username": username}
        }
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        self.files: dict[str, bytes] = {}
        self.menus: dict[str, list[Json]] = {}
        self.replaced: dict[tuple[int, int], int] = {}  # (chat, whisper) -> the message whose place it took
        self._ledger: dict[str, list[Json]] = {"sent": [], "edited": [], "deleted": [], "calls": []}
        self._ids = itertools.count(1)
        self._small_ids = itertools.count(1)
        self.whisper_ids = itertools.count(29_341_834)

    # -------------------------------------------------------------- time

    def now(self) -> float:
        """Unix seconds."""
        return self._clock() + self._ahead

    def advance(self, seconds: float) -> float:
        """Let time pass at once; the time then."""
        self._ahead += seconds
        self.updates.wake()
        return self.now()

    def recent(self, moment: float) -> bool:
        """Whether a press or an ephemeral command of that moment can still be answered."""
        return self.now() - moment <= self.switches.query_seconds

    @property
    def date(self) -> int:
        """Now, as messages carry it."""
        return int(self.now())

    # -------------------------------------------------------------- who and where

    def chat(self, chat_id: object) -> Chat:
        """A chat by id or @name.

        Raises:
            Refused: 400, there is none.
        """
        if isinstance(chat_id, str) and chat_id.startswith("@"):
            named = [one for one in self.chats.values() if one.username == chat_id[1:]]
            chat = named[0] if named else None
        else:
            chat = self.chats.get(_number(chat_id))
        if chat is None:
            raise bad("chat not found")
        return chat

    def person(self, user_id: object) -> Json:
        """A User.

        Raises:
            Refused: 400, there is none.
        """
        user = self.users.get(_number(user_id))
        if user is None:
            raise bad("user not found")
        return user

    def chat_json(self, chat: Chat) -> Json:
        """A Chat."""
        if chat.kind == "private":
            user = self.users[chat.id]
            known: Json = {
                name: user[name] for name in ("first_name", "last_name", "username") if name in user
            }
            return {"id": chat.id, "type": "private", **known}
        shown: Json = {"id": chat.id, "type": chat.kind, "title": chat.title}
        shown |= {"username": chat.username} if chat.username else {}
        return shown | ({"is_forum": True} if chat.forum else {})

    def member(self, chat: Chat, user_id: int) -> Member:
        """Somebody's standing; whoever was never there has left."""
        return chat.members.get(user_id, Member(status="left"))

    # -------------------------------------------------------------- messages

    def message(self, chat: Chat, sender: Json | None, **fields: Any) -> Json:
        """A new message that everybody in the chat sees; nobody is told."""
        number = next(chat.ids if chat.kind in {"supergroup", "channel"} else self._small_ids)
        by = {"from": sender} if sender is not None else {}
        made = {"message_id": number, **by, "chat": self.chat_json(chat), "date": self.date, **fields}
        chat.messages[number] = made
        return made

    def brief(self, message: Json) -> Json:
        """A message as it stands inside another one: without the one that it replies to itself."""
        return {name: value for name, value in message.items() if name != "reply_to_message"}

    def tell(self, kind: str, chat: Chat, message: Json) -> None:
        """Queue a message for the bot, if it is in the chat and may see it."""
        if (chat.kind == "private" and not chat.blocked) or (
            self.member(chat, self.bot).status in PRESENT and self._sees(chat, message)
        ):
            self.updates.add(kind, message)

    def _sees(self, chat: Chat, message: Json) -> bool:
        """Privacy mode (https://core.telegram.org/bots/features#privacy-mode).

        Simpler than Telegram in one point: a command without a bot's name always arrives.
        """
        if self.switches.reads_all or self.member(chat, self.bot).status == "administrator":
            return True
        if chat.kind == "channel" or not {"text", "caption"} & message.keys():
            return chat.kind != "channel" and not {"photo", "document", "sticker"} & message.keys()
        if message.get("reply_to_message", {}).get("from", {}).get("id") == self.bot:
            return True
        words = str(message.get("text") or message.get("caption"))
        me = f"@{self.users[self.bot]['username']}".lower()
        command = words.split(maxsplit=1)[0] if words.startswith("/") else ""
        return me in words.lower() or (bool(command) and "@" not in command)

    def note(self, book: str, entry: Json) -> None:
        """Write down what happened, and wake who waits for it."""
        self._ledger[book].append(entry)
        self.updates.wake()


def _number(given: object) -> int:
    try:
        return int(str(given))
    except ValueError:
        return 0
