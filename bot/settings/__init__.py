"""What an operator can set: read once at start, frozen, and stopping at `bootstrap`."""

from bot.settings.channels import channel_defaults
from bot.settings.fields import (
    CrisisSettings,
    HttpSettings,
    IntakeSettings,
    LogFormat,
    LogLevel,
    Settings,
    TelegramSettings,
)
from bot.settings.policy import PolicySettings
from bot.settings.reading import load_settings
from bot.settings.reddit import RedditSettings

__all__ = [
    "CrisisSettings",
    "HttpSettings",
    "IntakeSettings",
    "LogFormat",
    "LogLevel",
    "PolicySettings",
    "RedditSettings",
    "Settings",
    "TelegramSettings",
    "channel_defaults",
    "load_settings",
]
