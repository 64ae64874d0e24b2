"""What stands about a chat, as the parts of the conversation read it and change it."""

from collections.abc import Mapping
from datetime import datetime

from bot.adapters.telegram.values import Place
from bot.application.chats import Chat, known
from bot.application.ports import Queries, Transaction
from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.messages import ChannelKey, Origin


def chat_of(queries: Queries, place: Place) -> Chat:
    """What is stored about a chat; of one that was never met, nothing but its key."""
    return known(queries, place.key, private=place.private)


def settings_of(queries: Queries, place: Place, defaults: ChannelDefaults) -> ChannelSettings:
    """What holds in a chat. One without a mode of its own is off, whatever the defaults say."""
    return held(place.key, queries.channel_overrides((place.key,)).get(place.key, {}), defaults)


def held(chat: ChannelKey, overrides: Mapping[str, object], defaults: ChannelDefaults) -> ChannelSettings:
    """What holds in a chat with these settings of its own."""
    return defaults.settings(chat, {"mode": Mode.OFF, **overrides}, origin=Origin.LIVE)


def switch(tx: Transaction, place: Place, mode: Mode, *, at: datetime) -> None:
    """Another mode from now on; a pause ends."""
    tx.set_channel(place.key, {"mode": mode, "paused_until": None}, at=at)
