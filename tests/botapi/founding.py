"""How the world comes to be, and how the bot gets into it and out again."""

from collections.abc import Mapping, Sequence
from typing import Any

from botapi.chats import ANONYMOUS, Chat, Kind, Member
from botapi.refusals import Json
from botapi.state import State


class Founding(State):
    """People, chats and memberships. Ids go in and come out; whoever acts is named by id."""

    # -------------------------------------------------------------- people and chats

    def user(
        self, name: str = "Ann", *, number: int | None = None, is_bot: bool = False, **fields: Any
    ) -> int:
        """Somebody new, with this id or a free one; `fields` as a User has them (`username`, ...)."""
        number = number if number is not None else 1_000_000 + next(self._ids)
        self.users[number] = {"id": number, "is_bot": is_bot, "first_name": name, **fields}
        return number

    def private(self, user: int) -> int:
        """Somebody has a chat with the bot, without a word yet; its id, which is theirs."""
        self.chats.setdefault(user, Chat(id=user, kind="private")).began = True
        return user

    def start(self, user: int, payload: str = "") -> Json:
        """Somebody presses Start: the bot sees `/start`; whoever had blocked it takes that back so."""
        chat = self.chats[self.private(user)]
        if chat.blocked:
            self.unblock(user)
        text = f"/start {payload}".strip()
        marks = [{"type": "bot_command", "offset": 0, "length": 6}]
        said = self.message(chat, self.users[user], text=text, entities=marks)
        self.tell("message", chat, said)
        return said

    def group(self, title: str = "Friends", *, owner: int, members: Sequence[int] = ()) -> int:
        """A basic group, without the bot."""
        return self._found("group", -(4_000_000 + next(self._ids)), title, owner, members)

    def supergroup(
        self,
        title: str = "Friends",
        *,
        owner: int,
        members: Sequence[int] = (),
        forum: bool = False,
        username: str | None = None,
    ) -> int:
        """A supergroup, without the bot; with `forum` it has topics."""
        made = self._found("supergroup", -1_002_000_000_000 - next(self._ids), title, owner, members)
        self.chats[made].forum, self.chats[made].username = forum, username
        return made

    def channel(self, title: str = "News", *, owner: int, linked: int | None = None) -> int:
        """A channel, without the bot; `linked` is the group where its posts are discussed."""
        made = self._found("channel", -1_003_000_000_000 - next(self._ids), title, owner, ())
        if linked is not None:
            self.chats[made].linked, self.chats[linked].linked = linked, made
        return made

    def topic(self, chat: int, name: str, *, by: int) -> int:
        """A new topic of a forum; its `message_thread_id`."""
        where = self.chats[chat]
        created = {"name": name, "icon_color": 7322096}
        told = self.message(where, self.users[by], forum_topic_created=created, is_topic_message=True)
        told["message_thread_id"] = told["message_id"]
        where.topics[told["message_id"]] = name
        self.tell("message", where, told)
        return int(told["message_id"])

    # -------------------------------------------------------------- the bot in a chat

    def add_bot(self, chat: int, *, by: int, admin: bool = False) -> None:
        """Somebody adds the bot, as a member or as an administrator."""
        where = self.chats[chat]
        self.set_bot(chat, "administrator" if admin else "member", by=by)
        if where.is_group:
            told = self.message(where, self.users[by], **_joined(self.users[self.bot]))
            self.tell("message", where, told)

    def promote_bot(self, chat: int, *, by: int, **rights: bool) -> None:
        """The bot becomes administrator, with all rights but those that are False here."""
        self.set_bot(chat, "administrator", by=by, rights=rights)

    def demote_bot(self, chat: int, *, by: int) -> None:
        """The bot is a plain member again."""
        self.set_bot(chat, "member", by=by)

    def restrict_bot(self, chat: int, *, by: int, **permissions: bool) -> None:
        """The bot may no longer do what is False here; without a word: write."""
        self.set_bot(chat, "restricted", by=by, rights=permissions or {"can_send_messages": False})

    def remove_bot(self, chat: int, *, by: int) -> None:
        """Somebody throws the bot out: it is `kicked`."""
        self.set_bot(chat, "kicked", by=by)

    def block(self, user: int) -> None:
        """Somebody blocks the bot in their private chat."""
        self.private(user)
        self._bot_becomes(self.chats[user], Member(status="kicked"), by=user)
        self.chats[user].blocked = True

    def unblock(self, user: int) -> None:
        """... and takes that back."""
        self.chats[user].blocked = False
        self._bot_becomes(self.chats[user], Member(status="member"), by=user)

    def set_bot(self, chat: int, status: str, *, by: int, rights: Mapping[str, bool] | None = None) -> None:
        """Any change of the bot's standing: a `my_chat_member` update."""
        self._bot_becomes(self.chats[chat], Member(status=status, rights=rights or {}), by=by)

    # -------------------------------------------------------------- people in a chat

    def join(self, chat: int, user: int, *, by: int | None = None) -> None:
        """Somebody joins, or is added."""
        where = self.chats[chat]
        self._becomes(where, user, Member(status="member"), by=by or user)
        self.tell("message", where, self.message(where, self.users[by or user], **_joined(self.users[user])))

    def leave(self, chat: int, user: int) -> None:
        """Somebody leaves."""
        where = self.chats[chat]
        self._becomes(where, user, Member(status="left"), by=user)
        self.tell("message", where, self.message(where, self.users[user], left_chat_member=self.users[user]))

    def promote(self, chat: int, user: int, *, by: int | None = None, anonymous: bool = False) -> None:
        """Somebody becomes administrator; nobody but an administrator bot that asked for it is told."""
        member = Member(status="administrator", anonymous=anonymous)
        self._becomes(self.chats[chat], user, member, by=by or user)

    def demote(self, chat: int, user: int, *, by: int | None = None) -> None:
        """... and a plain member again."""
        self._becomes(self.chats[chat], user, Member(status="member"), by=by or user)

    def ban(self, chat: int, user: int, *, by: int) -> None:
        """Somebody is thrown out for good."""
        self._becomes(self.chats[chat], user, Member(status="kicked"), by=by)

    def migrate(self, chat: int) -> int:
        """A group becomes a supergroup; its new id. Both service messages are sent, as Telegram does.

        The old chat answers every write with 400 and `migrate_to_chat_id` from now on.
        """
        old = self.chats[chat]
        made = self._found("supergroup", -1_002_000_000_000 - next(self._ids), old.title, None, ())
        self.chats[made].members = dict(old.members)
        old.migrated_to = made
        creators = [user for user, member in old.members.items() if member.status == "creator"]
        by = self.users[creators[0]] if creators else ANONYMOUS
        self.tell("message", old, self.message(old, by, migrate_to_chat_id=made))
        new = self.chats[made]
        as_group = {"sender_chat": self.chat_json(new), "migrate_from_chat_id": chat}
        self.tell("message", new, self.message(new, ANONYMOUS, **as_group))
        return made

    # -------------------------------------------------------------- inner steps

    def _found(self, kind: Kind, number: int, title: str, owner: int | None, members: Sequence[int]) -> int:
        standing = {user: Member(status="member") for user in members}
        standing |= {owner: Member(status="creator")} if owner is not None else {}
        self.chats[number] = Chat(id=number, kind=kind, title=title, members=standing)
        return number

    def _bot_becomes(self, chat: Chat, new: Member, *, by: int) -> None:
        change = self._change(chat, self.bot, new, by=by)
        self.updates.add("my_chat_member", change)

    def _becomes(self, chat: Chat, user: int, new: Member, *, by: int) -> None:
        change = self._change(chat, user, new, by=by)
        if self.member(chat, self.bot).status == "administrator":
            self.updates.add("chat_member", change)

    def _change(self, chat: Chat, user: int, new: Member, *, by: int) -> Json:
        """Put a new standing into force, as a ChatMemberUpdated."""
        before = self.member(chat, user)
        if chat.kind == "private" and user not in chat.members:
            before = Member(status="member")
        chat.members[user] = new
        return {
            "chat": self.chat_json(chat),
            "from": self.users[by],
            "date": self.date,
            "old_chat_member": before.json(self.users[user]),
            "new_chat_member": new.json(self.users[user]),
        }


def _joined(user: Json) -> Json:
    return {"new_chat_members": [user]}
