"""Updates that Telegram pushes, instead of those that are polled."""

import asyncio
from datetime import timedelta
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Final, Self

from bot.adapters.telegram.api import Api
from bot.adapters.telegram.lifecycle import NAME, insist
from bot.adapters.telegram.reception import Reception
from bot.adapters.telegram.updates import ALLOWED
from bot.application.ports import Clock, Telemetry
from bot.domain.errors import Overloaded

SECRET_BYTES: Final = 32
AGAIN_AFTER: Final = timedelta(minutes=10)
"""How often the webhook is set anew: whoever polled with the same token has taken it away."""
NOT_SET: Final = "the webhook is not set yet"
_NOT_READY: Final = timedelta(seconds=1)


class Hook:
    """Where the HTTP side hands over what was pushed, from its start on. Satisfies `http.Hook`.

    Updates are handled one after the other, in the order in which they come.
    """

    def __init__(self) -> None:
        self.secret = token_urlsafe(SECRET_BYTES)
        """Telegram sends it along; a new one each start. Never logged."""
        self._reception: Reception | None = None
        self._turn = asyncio.Lock()

    def __repr__(self) -> str:
        return "Hook()"

    def admits(self, secret: str | None) -> bool:
        """Whether this is the secret; takes the same time for every wrong one."""
        return compare_digest((secret or "").encode("utf-8", "surrogateescape"), self.secret.encode())

    async def take(self, raw: object) -> None:
        """Handle one update; returns after the commit.

        Raises:
            Overloaded, StoreError: nothing was kept; Telegram brings it again.
        """
        async with self._turn:
            if self._reception is None:
                raise Overloaded(_NOT_READY)
            await self._reception.handle(self._reception.read([raw]))

    def attached(self, reception: Reception | None) -> Self:
        """From now on this one handles what comes; with None nobody does."""
        self._reception = reception
        return self


class Webhook:
    """Keeps Telegram pushing to an address. Implements `ports.Service`.

    Whoever runs it holds the lease `("poll", account)`. The webhook stays when the program ends: Telegram
    keeps what it cannot deliver for a day.

    Args:
        api: the account's client.
        hook: where the HTTP side hands updates over.
        reception: handles them.
        url: what Telegram calls; it leads to the HTTP side's route for hooks.
        clock, telemetry: time and the log.
    """

    name = NAME

    def __init__(
        self,
        *,
        api: Api,
        hook: Hook,
        reception: Reception,
        url: str,
        clock: Clock,
        telemetry: Telemetry,
    ) -> None:
        self._api = api
        self._hook = hook
        self._reception = reception
        self._url = url
        self._clock = clock
        self._telemetry = telemetry
        self.trouble: str | None = NOT_SET
        """What keeps updates from coming in, for a person; None = all is well."""

    async def run(self) -> None:
        """Until cancelled.

        Raises:
            SettingsError: the token is not accepted.
        """
        self._hook.attached(self._reception)
        try:
            while True:
                await self._set()
                self.trouble = None
                await self._clock.sleep(AGAIN_AFTER)
        finally:
            self.trouble = NOT_SET
            self._hook.attached(None)
            await self._reception.finish()

    async def _set(self) -> None:
        """One connection: what is pushed over several may come in another order."""
        asked = {
            "url": self._url,
            "secret_token": self._hook.secret,
            "allowed_updates": list(ALLOWED),
            "max_connections": 1,
            "drop_pending_updates": False,
        }
        await insist(self._api, "setWebhook", asked, clock=self._clock, telemetry=self._telemetry)
