"""Updates brought to the bot (https://core.telegram.org/bots/api#setwebhook)."""

import asyncio
from typing import Final

import httpx
from botapi.refusals import Json
from botapi.world import World

SECRET: Final = "X-Telegram-Bot-Api-Secret-Token"

_PATIENCE: Final = 10.0
_PAUSE: Final = 0.01
"""Seconds between two tries; Telegram waits longer each time."""


async def deliver(world: World) -> None:
    """Bring updates one after the other, each again and again until it was taken with a 2xx."""
    async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False) as http:
        while True:
            oldest = world.updates.oldest() if world.webhook.url else None
            if oldest is None:
                await world.updates.changed()
            elif await _taken(world, http, oldest):
                world.updates.drop(oldest["update_id"])
            else:
                await asyncio.sleep(_PAUSE)


async def _taken(world: World, http: httpx.AsyncClient, update: Json) -> bool:
    """Try once; what goes wrong is told by `getWebhookInfo`."""
    hook = world.webhook
    headers = {SECRET: hook.secret} if hook.secret is not None else {}
    try:
        code = (await http.post(hook.url, json=update, headers=headers)).status_code
    except httpx.HTTPError as error:
        hook.failed_at, hook.failure = world.date, f"Connection failed: {type(error).__name__}"
        return False
    if httpx.codes.is_success(code):
        return True
    hook.failed_at, hook.failure = world.date, f"Wrong response from the webhook: {code}"
    return False
