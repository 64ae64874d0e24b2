"""Telegram, assembled: one bot account that reads, converses and answers."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from bot.adapters.http import HOOK_PATH
from bot.adapters.pace import Pace
from bot.adapters.telegram.alerts import AlertCarrier
from bot.adapters.telegram.client import BotApi
from bot.adapters.telegram.lifecycle import Lifecycle, Source, Watched
from bot.adapters.telegram.menu_setter import MenuSetter
from bot.adapters.telegram.messenger import Messenger
from bot.adapters.telegram.pace import telegram_pacer
from bot.adapters.telegram.poller import Poller
from bot.adapters.telegram.reception import Reception
from bot.adapters.telegram.requests import PacedApi
from bot.adapters.telegram.rights import ApiRights
from bot.adapters.telegram.sender import TelegramSender
from bot.adapters.telegram.silence import Silence
from bot.adapters.telegram.skew import ClockSkew
from bot.adapters.telegram.speaker import ApiSpeaker
from bot.adapters.telegram.tidings import Tidings
from bot.adapters.telegram.values import TELEGRAM, Me
from bot.adapters.telegram.webhook import Hook, Webhook
from bot.adapters.telegram.whispers import Whispers
from bot.application.ports import Service
from bot.application.retention import Retention
from bot.application.runner import running
from bot.bootstrap.conversation import Account, conversation
from bot.bootstrap.pipeline import Solace
from bot.settings import Settings, TelegramSettings


@asynccontextmanager
async def telegram(
    settings: Settings, solace: Solace, *, retention: Retention, hook: Hook | None
) -> AsyncIterator[Service]:
    """The account as a service; its connections stay open while the context lasts.

    Args:
        settings: with a token.
        solace: the running pipeline.
        retention: erases soon what somebody asked to be forgotten.
        hook: where updates are pushed to; None = they are polled.
    """
    os.environ["PTB_TIMEDELTA"] = "true"  # else the library warns at every 429, and warnings are errors
    account = settings.telegram
    async with BotApi(token=_token(account), api_url=account.api_url) as api:
        lifecycle = Lifecycle(
            api=api,
            assemble=lambda me: _assembled(settings, solace, retention, hook, api, me),
            clock=solace.clock,
            telemetry=solace.telemetry,
        )
        solace.parts[TELEGRAM] = lambda: lifecycle.trouble is None
        yield lifecycle


def _token(account: TelegramSettings) -> str:
    assert account.token is not None  # noqa: S101  # asked only where there is one
    return account.token.get_secret_value()


@asynccontextmanager
async def _assembled(
    settings: Settings, solace: Solace, retention: Retention, hook: Hook | None, api: BotApi, me: Me
) -> AsyncIterator[Source]:
    """Sends, and holds the account's leases, while the context lasts.

    Raises:
        LeaseHeld: another process works for this account.
    """
    clock, telemetry, store, defaults = solace.clock, solace.telemetry, solace.store, solace.defaults
    tidings, pacer = Tidings(), telegram_pacer()
    pace = Pace(pacer=pacer, clock=clock)
    paced = PacedApi(api=api, pace=pace, channel_of=lambda chat_id: _channel(solace, chat_id))
    whispers = Whispers(api=paced, store=store, defaults=defaults, tidings=tidings, clock=clock)
    speaker = ApiSpeaker(api=paced, whispers=whispers, telemetry=telemetry)
    account = Account(
        settings=settings,
        solace=solace,
        retention=retention,
        api=api,
        me=me,
        rights=ApiRights(api=api, bot_id=me.user_id, clock=clock, telemetry=telemetry, hold=pace.hold),
        speaker=speaker,
        skew=ClockSkew(),
    )
    sender = TelegramSender(
        account=me.account,
        api=api,
        paced=paced,
        whispers=whispers,
        silence=Silence(store=store, tidings=tidings, clock=clock, telemetry=telemetry),
        telemetry=telemetry,
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(store.lease("poll", me.account))
        delivery = await stack.enter_async_context(solace.deliver(sender, pacer))
        beside = running(_beside(account, tidings, paced), clock=clock, telemetry=telemetry)
        yield Watched(_source(account, hook), [delivery, *await stack.enter_async_context(beside)])


def _beside(account: Account, tidings: Tidings, paced: PacedApi) -> Sequence[Service]:
    solace, telemetry = account.solace, account.solace.telemetry
    return [
        Messenger(
            tidings=tidings,
            notes=solace.notes,
            store=solace.store,
            speaker=account.speaker,
            rights=account.rights,
            api=account.api,
            telemetry=telemetry,
        ),
        MenuSetter(api=paced, owners=account.owners, telemetry=telemetry),
        AlertCarrier(alerts=solace.alerts, speaker=account.speaker, owners=account.owners),
    ]


def _channel(solace: Solace, chat_id: int) -> str:
    """What a chat is stored under: a group by its id, a private chat by its person's hash."""
    return str(chat_id) if chat_id < 0 else solace.author_key.author(TELEGRAM, str(chat_id))


def _source(account: Account, hook: Hook | None) -> Source:
    solace, clock, telemetry = account.solace, account.solace.clock, account.solace.telemetry
    reception = Reception(
        inbox=solace.inbox,
        conversation=conversation(account),
        speaker=account.speaker,
        store=solace.store,
        clock=clock,
        telemetry=telemetry,
        key=solace.author_key,
        me=account.me,
        skew=account.skew,
    )
    if hook is None:
        return Poller(api=account.api, reception=reception, clock=clock, telemetry=telemetry)
    address = f"{account.settings.telegram.webhook_url}{HOOK_PATH}"
    return Webhook(
        api=account.api, hook=hook, reception=reception, url=address, clock=clock, telemetry=telemetry
    )
