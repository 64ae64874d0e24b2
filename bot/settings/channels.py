"""What holds in a chat that has no settings of its own, platform by platform."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.channels import ChannelDefaults, ChannelSettings, Mode
from bot.domain.messages import Platform
from bot.settings.fields import Settings
from bot.settings.reddit import KEPT

_REDDIT = Platform("reddit")
_GROUP = ChannelSettings(mode=Mode.SHADOW)
_ONE_PERSON = ChannelSettings(mode=Mode.LIVE, author_cooldown=timedelta(), thread_cap=None, chat_pace=None)

_PLATFORMS = {
    # Nobody is read before the notice was posted; then the chat's own row says what holds.
    Platform("telegram"): replace(_GROUP, mode=Mode.OFF),
    # Paced by the reply interval instead of by chat and hour.
    _REDDIT: replace(_GROUP, chat_pace=None, deadline=timedelta(minutes=10)),
    Platform("http"): replace(_GROUP, mode=Mode.LIVE, chat_pace=None),
    Platform("try-it"): _ONE_PERSON,
    Platform("terminal"): _ONE_PERSON,
}
_UNLIMITED = frozenset({Platform("try-it"), Platform("terminal")})
"""Somebody tries the bot out there and wants an answer each time, whatever the policy says."""

_LIMITS = frozenset({"author_cooldown", "thread_cap", "chat_pace"})


def channel_defaults(settings: Settings) -> ChannelDefaults:
    """The design's defaults, overlaid by what the operator set, on every platform.

    Only the try-it page and the terminal never get a cooldown, cap or pace. A subreddit's own table in the
    settings file goes before what holds everywhere.
    """
    policy = settings.policy
    chosen = {name: getattr(policy, name) for name in policy.model_fields_set}
    unlimited = {name: value for name, value in chosen.items() if name not in _LIMITS}
    by_platform = {
        platform: defaults.overlaid(unlimited if platform in _UNLIMITED else chosen)
        for platform, defaults in _PLATFORMS.items()
    }
    kept = min(by_platform[_REDDIT].retention, KEPT)
    by_platform[_REDDIT] = replace(by_platform[_REDDIT], mode=settings.reddit.mode, retention=kept)
    file = settings.reddit.settings_file
    return ChannelDefaults(
        by_platform=by_platform,
        by_chat={
            (_REDDIT, name): by_platform[_REDDIT].overlaid(community.overrides)
            for name, community in (file.by_subreddit if file is not None else {}).items()
        },
        otherwise=_GROUP.overlaid(chosen),
    )
