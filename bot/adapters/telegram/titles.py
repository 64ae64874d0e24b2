from bot.adapters.telegram.api import Api
from bot.domain.errors import BotError


async def title_of(api: Api, chat_id: int) -> str:
    """A chat's name, asked of Telegram: none is stored. Empty where it does not tell."""
    try:
        chat = await api.call("getChat", {"chat_id": chat_id})
    except BotError:
        return ""
    title = chat.get("title") if isinstance(chat, dict) else None
    return title if isinstance(title, str) else ""
