"""What people do in chats: write, edit, forward, press, speak to the bot in secret."""

from collections.abc import Sequence
from typing import Any

from botapi import entities
from botapi.chats import ANONYMOUS, SERVICE, Chat, Query
from botapi.founding import Founding
from botapi.refusals import Json

MEDIA: dict[str, Any] = {
    "photo": [{"file_id": "p", "file_unique_id": "pu", "width": 90, "height": 60, "file_size": 1200}],
    "document": {"file_id": "d", "file_unique_id": "du", "file_name": "a.pdf", "file_size": 1200},
    "voice": {"file_id": "v", "file_unique_id": "vu", "duration": 3},
    "sticker": {
        "file_id": "s",
        "file_unique_id": "su",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    },
}


class Talking(Founding):
    """Every act gives the message that came of it; it is queued for the bot where the bot may see it."""

    def write(
        self,
        chat: int,
        user: int,
        text: str | None,
        *,
        reply_to: int | None = None,
        topic: int | None = None,
        quote: str | None = None,
        marks: Sequence[Json] = (),
        media: str | None = None,
        **fields: Any,
    ) -> Json:
        """Somebody writes.

        Args:
            chat: where; somebody's own id is their private chat with the bot.
            user: who; a bot (`user(is_bot=True)`) can write too.
            text: or the caption, with `media`; None is a medium without one.
            reply_to: id of the message that it answers.
            topic: the forum topic.
            quote: a part of the answered message.
            marks: entities; commands, mentions and links are marked without being asked for.
            media: "photo", "document", "voice" or "sticker".
            fields: anything else that a Message has, as it stands there (`via_bot`, `forward_origin`, ...).
        """
        where = self.chats[self.private(chat) if chat == user else chat]
        content = self._content(text, marks, media) | self._place(where, reply_to, topic, quote)
        return self._said(where, self.users[user], content | fields)

    def forward(self, chat: int, user: int, text: str, *, origin: int | str | None = None) -> Json:
        """Somebody forwards what `origin` wrote: a person's or channel's id, or a hidden person's name."""
        return self.write(chat, user, text, forward_origin=self._origin(origin))

    def write_via(self, chat: int, user: int, text: str, *, bot: int) -> Json:
        """Somebody sends what an inline bot made."""
        return self.write(chat, user, text, via_bot=self.users[bot])

    def write_as_group(self, chat: int, text: str, **fields: Any) -> Json:
        """An anonymous administrator writes, as the group itself."""
        where = self.chats[chat]
        as_group = {"sender_chat": self.chat_json(where), "author_signature": "Admin"}
        return self._said(where, ANONYMOUS, self._content(text, (), None) | as_group | fields)

    def post(self, channel: int, text: str) -> Json:
        """A channel's post, and in its discussion group the copy that Telegram forwards there by itself."""
        source = self.chats[channel]
        content = self._content(text, (), None)
        posted = self.message(source, None, sender_chat=self.chat_json(source), **content)
        self.tell("channel_post", source, posted)
        if source.linked is None:
            return posted
        origin = {"type": "channel", "chat": self.chat_json(source), "message_id": posted["message_id"]}
        copy = {
            "sender_chat": self.chat_json(source),
            "is_automatic_forward": True,
            "forward_origin": origin | {"date": self.date},
        }
        return self._said(self.chats[source.linked], SERVICE, content | copy)

    def edit(self, chat: int, message_id: int, text: str, *, marks: Sequence[Json] = ()) -> Json:
        """Somebody changes the text or caption of what they wrote."""
        where = self.chats[chat]
        old = where.messages[message_id]
        kept = {
            name: value
            for name, value in old.items()
            if name not in {"text", "caption", "entities", "caption_entities"}
        }
        new = self._words(text, marks, caption="caption" in old)
        where.messages[message_id] = changed = kept | new | {"edit_date": self.date}
        self.tell("edited_message", where, changed)
        return changed

    def vanish(self, chat: int, message_id: int) -> None:
        """A message is deleted; Telegram tells no bot."""
        del self.chats[chat].messages[message_id]

    # -------------------------------------------------------------- buttons and secrets

    def press(self, chat: int, user: int, message_id: int, data: str, *, inaccessible: bool = False) -> str:
        """Somebody presses a button of a message; the query's id.

        Args:
            data: what the button carries, or its text.
            inaccessible: Telegram shows the bot only the message's id.

        Raises:
            ValueError: the message has no such button.
        """
        where = self.chats[chat]
        message = where.messages.get(message_id)
        if message is None or inaccessible:
            shown: Json = {"chat": self.chat_json(where), "message_id": message_id, "date": 0}
            return self._query(where, user, shown, data)
        return self._query(where, user, message, _button(message, data))

    def press_whisper(self, chat: int, user: int, ephemeral_id: int, data: str) -> str:
        """Somebody presses a button of an ephemeral message that they see; the query's id.

        Raises:
            ValueError: there is no such button, or it is not theirs to see.
        """
        where = self.chats[chat]
        message = where.whispers.get(ephemeral_id)
        if message is None or message["receiver_user"]["id"] != user:
            raise ValueError("they see no such ephemeral message")
        return self._query(where, user, message, _button(message, data))

    def whisper(self, chat: int, user: int, text: str) -> Json:
        """Somebody sends an ephemeral command: only they and the bot see it."""
        where = self.chats[chat]
        number = next(self.whisper_ids)
        said = {
            "message_id": 0,
            "ephemeral_message_id": number,
            "from": self.users[user],
            "receiver_user": self.users[self.bot],
            "chat": self.chat_json(where),
            "date": self.date,
            **self._words(text, (), caption=False),
        }
        where.asked[number] = said
        self.updates.add("message", said)
        return said

    def inject(self, update: Json) -> int:
        """Queue an update as it is, however odd; its id."""
        return self.updates.put(update)

    # -------------------------------------------------------------- inner steps

    def _said(self, chat: Chat, sender: Json, fields: Json) -> Json:
        said = self.message(chat, sender, **fields)
        self.tell("message", chat, said)
        return said

    def _words(self, text: str, marks: Sequence[Json], *, caption: bool) -> Json:
        all_marks = entities.all_of(text, marks)
        name = "caption" if caption else "text"
        known = {"caption_entities" if caption else "entities": all_marks} if all_marks else {}
        return {name: text, **known}

    def _content(self, text: str | None, marks: Sequence[Json], media: str | None) -> Json:
        words = self._words(text, marks, caption=media is not None) if text is not None else {}
        return words | ({media: MEDIA[media]} if media is not None else {})

    def _place(self, chat: Chat, reply_to: int | None, topic: int | None, quote: str | None) -> Json:
        placed: Json = {}
        if topic is not None:
            placed |= {"message_thread_id": topic, "is_topic_message": True}
        if reply_to is not None:
            answered = chat.messages[reply_to]
            placed["reply_to_message"] = self.brief(answered)
            if quote is not None:
                position = entities.utf16(str(answered.get("text", "")).partition(quote)[0])
                placed["quote"] = {"text": quote, "position": position, "is_manual": True}
        return placed

    def _origin(self, origin: int | str | None) -> Json:
        if isinstance(origin, int) and origin in self.chats and self.chats[origin].kind == "channel":
            chat = self.chat_json(self.chats[origin])
            return {"type": "channel", "date": self.date, "chat": chat, "message_id": 1}
        if isinstance(origin, int):
            return {"type": "user", "date": self.date, "sender_user": self.users[origin]}
        return {"type": "hidden_user", "date": self.date, "sender_user_name": origin or "Somebody"}

    def _query(self, chat: Chat, user: int, message: Json, data: str) -> str:
        number = str(4_382_000_000_000_000_000 + next(self._ids))
        self.queries[number] = Query(user=user, chat=chat.id, message_id=message["message_id"], at=self.now())
        content = {
            "id": number,
            "from": self.users[user],
            "message": message,
            "chat_instance": str(-chat.id * 7919),
            "data": data,
        }
        self.updates.add("callback_query", content)
        return number


def _button(message: Json, wanted: str) -> str:
    """What the button carries that has this data, or else this text."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row if "callback_data" in button]
    for name in ("callback_data", "text"):
        for button in buttons:
            if button[name] == wanted:
                return str(button["callback_data"])
    raise ValueError(f"no button {wanted!r}; there are {[button['callback_data'] for button in buttons]}")
