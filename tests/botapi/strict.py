"""What a client that nobody here wrote makes of the fake: aiogram, which checks every type that it is given.

`python strict.py URL TOKEN CHATS` runs where aiogram is installed, which is never beside the bot (it holds
pydantic back), and prints one JSON object: what each step gave, and every field that nobody documents.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Iterator
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    EphemeralMessageParameters,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyParameters,
    TelegramObject,
)

KEYS = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text="helped", callback_data="fb:1:helped")]]
)
OTHER = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="more", url="https://example.org")]])


def undocumented(value: Any, at: str) -> Iterator[str]:
    """Where something stands that aiogram knows no name for."""
    if isinstance(value, TelegramObject):
        yield from (f"{at}.{name}" for name in value.model_extra or {})
        for name, inner in value.__dict__.items():
            yield from undocumented(inner, f"{at}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from undocumented(inner, at)


class Session:
    """One run.

    Attributes:
        told: what came of each step, by its name.
        odd: fields that nobody documents.
    """

    def __init__(self, bot: Bot, chats: dict[str, int]) -> None:
        self.bot, self.chats = bot, chats
        self.told: dict[str, Any] = {}
        self.odd: list[str] = []
        self._offset = 0

    async def step(self, name: str, call: Awaitable[Any]) -> Any:
        """Do it, check what came back, and write it down; a refusal as its class and what it carries."""
        try:
            result = await call
        except TelegramAPIError as error:
            more = [getattr(error, one, None) for one in ("retry_after", "migrate_to_chat_id")]
            self.told[name] = [type(error).__name__, error.message, *[one for one in more if one is not None]]
            return None
        self.odd += undocumented(result, name)
        self.told[name] = plain(result)
        return result

    async def control(self, name: str, **given: Any) -> Any:
        """What people do meanwhile."""
        session = await self.bot.session.create_session()
        url = self.bot.session.api.base.partition("/bot")[0]
        async with session.post(f"{url}/control/{name}", json={"kwargs": given}) as answer:
            body = await answer.json()
        if not body["ok"]:
            raise RuntimeError(body["error"])
        return body["result"]

    async def updates(self, name: str) -> list[Any]:
        """What is new, acknowledged at the next call."""
        found = await self.step(name, self.bot.get_updates(offset=self._offset, timeout=0))
        self._offset = found[-1].update_id + 1 if found else self._offset
        self.told[name] = [[one.event_type, plain(one.event)] for one in found]
        return list(found)


def plain(value: Any) -> Any:
    """As JSON, without what was not sent."""
    if isinstance(value, TelegramObject):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return [plain(one) for one in value] if isinstance(value, list) else value


async def ask(run: Session) -> None:
    """Who and what there is."""
    bot, group, ann = run.bot, run.chats["group"], run.chats["ann"]
    await run.step("me", bot.get_me())
    await run.step("chat", bot.get_chat(group))
    await run.step("private chat", bot.get_chat(ann))
    for name, user in run.chats.items():
        if name in {"ann", "bob", "carl", "dora", "me"}:
            await run.step(f"member {name}", bot.get_chat_member(group, user))
    await run.step("administrators", bot.get_chat_administrators(group))
    commands = [BotCommand(command="why", description="Why did you write?", is_ephemeral=True)]
    scope = BotCommandScopeChat(chat_id=group)
    await run.step("set commands", bot.set_my_commands(commands, scope=scope))
    await run.step("commands", bot.get_my_commands(scope=scope))
    await run.step("other commands", bot.get_my_commands())
    await run.step("delete commands", bot.delete_my_commands(scope=scope))
    await run.step("no commands", bot.get_my_commands(scope=scope))
    await run.step("webhook", bot.get_webhook_info())


async def speak(run: Session) -> None:
    """Send, change, delete."""
    bot, group, ann, said = run.bot, run.chats["group"], run.chats["ann"], run.chats["said"]
    answer = ReplyParameters(message_id=said, allow_sending_without_reply=False)
    sent = await run.step(
        "reply", bot.send_message(group, "Take care.", reply_parameters=answer, reply_markup=KEYS)
    )
    gone = ReplyParameters(message_id=999_999, allow_sending_without_reply=False)
    await run.step("reply to nothing", bot.send_message(group, "Take care.", reply_parameters=gone))
    await run.step("topic", bot.send_message(group, "Here.", message_thread_id=run.chats["topic"]))
    await run.step("no topic", bot.send_message(group, "Here.", message_thread_id=999_999))
    await run.step("too long", bot.send_message(group, "x" * 4097))
    number = sent.message_id
    await run.step("same", bot.edit_message_text("Take care.", None, group, number, reply_markup=KEYS))
    await run.step("edit", bot.edit_message_text("Thank you.", None, group, number, reply_markup=OTHER))
    await run.step("keys", bot.edit_message_reply_markup(None, group, number, reply_markup=KEYS))
    await run.step("edit nothing", bot.edit_message_text("x", None, group, 999_999))
    query = await run.control("press", chat=group, user=ann, message_id=number, data="fb:1:helped")
    await run.updates("press")
    await run.step("answer", bot.answer_callback_query(query, "Noted", show_alert=True))
    await run.step("answer nothing", bot.answer_callback_query("17"))
    file = BufferedInputFile(b"\x00\r\n--x\xff", "days.csv")
    await run.step("document", bot.send_document(ann, file, caption="Here you are"))
    await run.step("photo", bot.send_photo(group, BufferedInputFile(b"\x89PNG", "days.png"), caption="Days"))
    await run.step("delete", bot.delete_message(group, number))
    await run.step("delete again", bot.delete_message(group, number))
    await run.control("press", chat=group, user=ann, message_id=number, data="fb:1:helped")
    await run.updates("press on what is gone")


async def whisper(run: Session) -> None:
    """Ephemeral messages, from sending to deletion."""
    bot, group, ann, dora = run.bot, run.chats["group"], run.chats["ann"], run.chats["dora"]
    to_ann = EphemeralMessageParameters(receiver_user_id=ann)
    call = bot.send_message(group, "Psst.", ephemeral_message_parameters=to_ann, reply_markup=KEYS)
    sent = await run.step("whisper", call)
    number = sent.ephemeral_message_id
    query = await run.control("press_whisper", chat=group, user=ann, ephemeral_id=number, data="fb:1:helped")
    await run.updates("press of a whisper")
    await run.step("whisper answer", bot.answer_callback_query(query))
    await run.step("whisper edit", bot.edit_ephemeral_message_text(group, ann, number, text="Well."))
    await run.step(
        "whisper keys", bot.edit_ephemeral_message_reply_markup(group, ann, number, reply_markup=KEYS)
    )
    await run.step("whisper delete", bot.delete_ephemeral_message(group, ann, number))
    await run.step("whisper delete again", bot.delete_ephemeral_message(group, ann, number))
    to_dora = EphemeralMessageParameters(receiver_user_id=dora)
    await run.step(
        "whisper to nobody", bot.send_message(group, "Psst.", ephemeral_message_parameters=to_dora)
    )
    await run.control("whisper", chat=group, user=ann, text="/why")
    [asked] = await run.updates("ephemeral command")
    answer = ReplyParameters(ephemeral_message_id=asked.message.ephemeral_message_id)
    await run.step(
        "whisper back",
        bot.send_message(group, "So.", reply_parameters=answer, ephemeral_message_parameters=to_ann),
    )


async def fail(run: Session) -> None:
    """Everything that a bot is refused."""
    bot, group, ann = run.bot, run.chats["group"], run.chats["ann"]
    await run.step("no chat", bot.send_message(123, "x"))
    await run.step("stranger", bot.send_message(run.chats["dora"], "x"))
    await run.step("migrated", bot.send_message(run.chats["old"], "x"))
    await run.control("block", user=ann)
    await run.step("blocked", bot.send_message(ann, "x"))
    await run.control("restrict_bot", chat=group, by=ann)
    await run.step("restricted", bot.send_message(group, "x"))
    await run.control("remove_bot", chat=group, by=ann)
    await run.step("kicked", bot.send_message(group, "x"))
    await run.updates("changes")
    await run.control("switch", burst=1)
    await run.control("unblock", user=ann)
    await run.control("advance", seconds=60)
    for number in range(3):
        await run.step(f"fast {number}", bot.send_message(ann, "x"))
    for code in (500, 502, 401, 409):
        await run.control("fault", kind="error", method="getMe", code=code)
        await run.step(f"fault {code}", bot.get_me())
    await run.step("set webhook", bot.set_webhook("http://127.0.0.1:9/hook", allowed_updates=["message"]))
    await run.step("poll beside a webhook", bot.get_updates(timeout=0))
    await run.step("delete webhook", bot.delete_webhook())
    await run.step("leave", bot.leave_chat(run.chats["other"]))


async def main(url: str, token: str, chats: dict[str, int]) -> None:
    """Every step in order, and the report."""
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    async with bot:
        run = Session(bot, chats)
        await run.updates("updates")
        for part in (ask, speak, whisper, fail):
            await part(run)
    sys.stdout.write(json.dumps({"told": run.told, "odd": run.odd}))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
