"""The fake Telegram as a test holds it: it builds the world, orders faults, and looks at what came of it."""

from collections.abc import Sequence
from typing import Any

from botapi.faults import Fault
from botapi.refusals import Json
from botapi.talking import Talking


class World(Talking):
    """Everything that a test does to, or sees of, the fake server.

    Whatever is public here takes and gives plain JSON values, so that it can be called through HTTP as well.
    """

    # -------------------------------------------------------------- how the server is

    def switch(self, **changes: Any) -> None:
        """Change `Switches` (ephemeral, reads_all, poll_seconds, query_seconds, doubled) or `Limits`
        (per_second, burst, per_minute, slack, enforced)."""
        for name, value in changes.items():
            holder = self.switches if hasattr(self.switches, name) else self.floods.limits
            if not hasattr(holder, name):
                raise ValueError(f"there is no switch {name!r}")
            setattr(holder, name, value)

    def fault(self, kind: Any, method: str = "*", **details: Any) -> None:
        """Order something to go wrong: see `Fault` for the kinds and details."""
        self.faults.order(Fault(kind=kind, method=method, **details))

    def faults_left(self) -> int:
        """Orders that still wait for a call."""
        return self.faults.left

    def clear_faults(self) -> None:
        """From now on nothing goes wrong."""
        self.faults.clear()

    def release(self) -> None:
        """Let go whatever hangs."""
        self.faults.release()

    def trap(self, window: str, process: int, *, after: int = 0) -> None:
        """Kill a process at a moment of what it says to the server: see `traps`."""
        self.traps.set(window, process, after=after)

    def trapped(self) -> bool:
        """Whether a trap still waits for its moment."""
        return self.traps.is_set

    def remove_trap(self) -> None:
        """There is none any more."""
        self.traps.remove()

    def many(self, calls: Sequence[tuple[str, Json]]) -> list[Any]:
        """Call methods of this class one after the other, each by its name and keyword arguments."""
        return [getattr(self, name)(**given) for name, given in calls]

    def again(self, *, renumbered: bool = False) -> int:
        """Deliver once more whatever was ever delivered, the newest first: see `Updates.again`."""
        return self.updates.again(renumbered=renumbered)

    # -------------------------------------------------------------- what is to be seen

    def visible(self, chat: int, *, to: int | None = None) -> list[Json]:
        """What everybody in a chat can read; with `to`, what that person sees: whispers too, at the end."""
        where = self.chats[chat]
        mine = [one for one in where.whispers.values() if to is not None and one["receiver_user"]["id"] == to]
        hidden = {self.replaced.get((chat, one["ephemeral_message_id"])) for one in mine}
        return [one for number, one in where.messages.items() if number not in hidden] + mine

    def by_bot(self, chat: int) -> list[Json]:
        """The bot's own messages that everybody in a chat can read."""
        return [one for one in self.visible(chat) if one.get("from", {}).get("id") == self.bot]

    def whispers(self, chat: int, to: int | None = None) -> list[Json]:
        """Ephemeral messages of the bot's that are still there: all, or somebody's."""
        found = self.chats[chat].whispers.values()
        return [one for one in found if to is None or one["receiver_user"]["id"] == to]

    def sent(self, chat: int | None = None) -> list[Json]:
        """Every message that the bot ever sent, as it was when it was sent; whispers have message_id 0."""
        return self._book("sent", chat)

    def edited(self, chat: int | None = None) -> list[Json]:
        """Every message of the bot's, as it was after each edit."""
        return self._book("edited", chat)

    def deleted(self, chat: int | None = None) -> list[Json]:
        """Every message that the bot deleted, as it was last."""
        return self._book("deleted", chat)

    def calls(self, method: str | None = None) -> list[Json]:
        """Every request in order: `method, params, code, at` (code 0: cut off without an answer)."""
        wanted = method.lower() if method is not None else None
        return [one for one in self._ledger["calls"] if wanted in {None, str(one["method"]).lower()}]

    def counts(self) -> dict[str, int]:
        """How often each method was called, whatever came of it."""
        counted: dict[str, int] = {}
        for call in self._ledger["calls"]:
            counted[call["method"]] = counted.get(call["method"], 0) + 1
        return counted

    def answers(self, query: str) -> list[Json]:
        """What the bot answered to a button press: `text`, `show_alert`; one entry an answer."""
        return self.queries[query].answers

    def unanswered(self) -> list[str]:
        """Button presses that nobody answered."""
        return [number for number, query in self.queries.items() if not query.answers]

    def pending(self) -> list[Json]:
        """Updates that are not acknowledged yet."""
        return self.updates.waiting()

    def self_caused_429(self) -> int:
        """How many writes broke a flood limit; ordered 429s are not among them."""
        return self.floods.refused

    def menu(self, scope: str = "default", language: str = "") -> list[Json]:
        """Commands of a scope: "default", "all_group_chats", "chat:<id>", "chat_member:<id>:<user>", ..."""
        return self.menus.get(f"{scope}/{language}", [])

    def status(self, chat: int, user: int | None = None) -> str:
        """Somebody's standing in a chat, or the bot's."""
        return self.member(self.chats[chat], user if user is not None else self.bot).status

    def file(self, file_id: str) -> str:
        """What the bot uploaded, as Latin-1 text (`.encode("latin-1")` gives the bytes)."""
        return self.files[file_id].decode("latin-1")

    def _book(self, name: str, chat: int | None) -> list[Json]:
        return [one for one in self._ledger[name] if chat in {None, one["chat"]["id"]}]
