"""What looks at an installation, or changes its database, without running it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.adapters import storage
from bot.adapters.clock import SystemClock
from bot.adapters.onnx import model_statuses
from bot.adapters.reddit.values import account_of as reddit_account
from bot.adapters.reddit.values import chat_key
from bot.adapters.releases import give_up, model_card, take_into_use
from bot.adapters.telegram import examination
from bot.adapters.telegram.conversation.standing import held
from bot.adapters.telegram.values import TELEGRAM, account_of, bot_id
from bot.application.chats import Chat
from bot.application.doctor import Check, ModelStatus, Status
from bot.application.ports import Queries, Store
from bot.application.releases import ModelChange
from bot.application.watch_status import WatchStatus, watch_status
from bot.bootstrap.parts import active_model, existing_author_key, model_folders, prepare_data_dir
from bot.domain.channels import ChannelDefaults, ChannelSettings
from bot.domain.errors import SettingsError
from bot.settings import RedditSettings, Settings, channel_defaults
from model.errors import DetectorMissing
from model.language import detector_file


@asynccontextmanager
async def reading(settings: Settings) -> AsyncIterator[Store]:
    """The store alone, of a database that exists and is up to date.

    Raises:
        SettingsError: it does not, or is not.
    """
    usable(settings)
    async with storage.SqlStore(settings.resolved_database_url, key_fingerprint=None) as store:
        yield store


def usable(settings: Settings) -> None:
    """Nothing, where there is a database that is up to date.

    Raises:
        SettingsError: there is none, or it is not.
    """
    found = examine_database(settings)[0]
    if found.status is not Status.OK:
        raise SettingsError(f"the database {found.detail}; {found.advice}")


def migrate(settings: Settings) -> tuple[str | None, str | None]:
    """Bring the database to the newest revision; the one before and the one after."""
    prepare_data_dir(settings)
    return storage.migrate(settings.resolved_database_url)


def examine_database(settings: Settings) -> list[Check]:
    """What `solace doctor` finds there; changes nothing."""
    key = existing_author_key(settings)
    return storage.examine(settings.resolved_database_url, key_fingerprint=key.fingerprint if key else None)


async def examine_telegram(settings: Settings) -> list[Check]:
    """What `solace doctor` finds on Telegram's side, and of the chats there; nothing without a token."""
    account, clock = settings.telegram, SystemClock()
    if account.token is None:
        return []
    checks = examination.examine(
        account.token.get_secret_value(),
        account.api_url,
        webhook_url=account.webhook_url,
        now=clock.now(),
    )
    if examine_database(settings)[0].status is not Status.OK:
        return checks
    today, name = clock.now() - timedelta(days=1), account_of(bot_id(account.token.get_secret_value()))
    async with reading(settings) as store:
        return checks + await store.read(
            lambda queries: examination.chats(
                _with_settings(queries, channel_defaults(settings)),
                failed_today=len(queries.failed_updates(name, since=today, limit=examination.MOST_FAILED)),
            )
        )


def _with_settings(queries: Queries, defaults: ChannelDefaults) -> Sequence[tuple[Chat, ChannelSettings]]:
    chats = queries.chats_of(TELEGRAM)
    overrides = queries.channel_overrides([chat.key for chat in chats])
    return [(chat, held(chat.key, overrides.get(chat.key, {}), defaults)) for chat in chats]


async def reddit_status(settings: Settings, store: Store) -> WatchStatus:
    """What stands in the store about the subreddits that the settings name.

    Raises:
        SettingsError: there is no account.
    """
    wanted = configured(settings).reddit
    now, defaults = SystemClock().now(), channel_defaults(settings)
    account, chats = reddit_account(username_in(wanted)), [chat_key(name) for name in wanted.subreddits]
    return await store.read(
        lambda queries: watch_status(queries, account=account, chats=chats, defaults=defaults, now=now)
    )


def configured(settings: Settings) -> Settings:
    """The same, where there is an account.

    Raises:
        SettingsError: there is none.
    """
    if not settings.reddit.wanted:
        raise SettingsError(
            "SOLACE_REDDIT__CLIENT_ID: there is no account on Reddit; docs/reddit.md has the way"
        )
    return settings


def username_in(wanted: RedditSettings) -> str:
    """Of the account that the settings hold."""
    assert wanted.username is not None  # noqa: S101  # asked only where there is one
    return wanted.username


def models(settings: Settings) -> list[ModelStatus]:
    """Every model that could be run, and whether its files are whole."""
    return model_statuses(model_folders(settings), active=active_model(settings))


def language_detector() -> Path:
    """The file that the language filter needs beside its code.

    Raises:
        SettingsError: it is not there.
    """
    try:
        return detector_file()
    except DetectorMissing as error:
        raise SettingsError(str(error)) from error


def card(settings: Settings, version: str | None) -> str:
    """The card of a model, or of the one that is run, in Markdown."""
    return model_card(version or active_model(settings), model_folders(settings))


def promote(settings: Settings, candidate: Path, *, force: bool, probes: Path | None = None) -> ModelChange:
    """Take a release into use where `SOLACE_MODEL` names none; see `take_into_use`."""
    prepare_data_dir(settings)
    now = SystemClock().now()
    return take_into_use(candidate, model_folders(settings), at=now, force=force, probes=probes)


def roll_back(settings: Settings) -> ModelChange:
    """Undo the last promotion that still stands."""
    return give_up(model_folders(settings), at=SystemClock().now())
