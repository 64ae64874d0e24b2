"""What an operator can set: read once at start, frozen, and stopping at `bootstrap`."""

from bot.settings.channels import channel_defaults
from bot.settings.fields import (
    CrisisSettings,
    HttpSettings,
    IntakeSettings,
    LogFormat,
    LogLevel,
    PolicySettings,
    Settings,
    TelegramSettings,
)
from bot.settings.reading import load_settings

__all__ = [
    "CrisisSettings",
    "HttpSettings",
    "IntakeSettings",
    "LogFormat",
    "LogLevel",
    "PolicySettings",
    "Settings",
    "TelegramSettings",
    "channel_defaults",
    "load_settings",
]
