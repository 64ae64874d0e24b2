"""Work that is done over and over beside the sender."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from bot.adapters.backoff import Backoff
from bot.application.ports import Clock, Telemetry
from bot.domain.errors import PlatformError, RateLimited, StoreError


async def rounds(
    name: str, step: Callable[[], Awaitable[timedelta]], *, clock: Clock, telemetry: Telemetry
) -> None:
    """Do one step after another until cancelled; what Reddit or the database cannot do now is done later.

    Args:
        name: how logs call it.
        step: some work; how long to rest after it.
        clock: time.
        telemetry: the log.

    Raises:
        SettingsError: only a person can put it right.
    """
    backoff = Backoff(clock)
    while True:
        try:
            rest = await step()
        except RateLimited as error:
            await backoff.wait(at_least=error.retry_after)
        except (PlatformError, StoreError) as error:
            telemetry.noticed("round_failed", service=name, error=type(error).__name__)
            await backoff.wait()
        else:
            backoff.reset()
            await clock.sleep(rest)
