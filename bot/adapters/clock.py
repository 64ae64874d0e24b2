import asyncio
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's own time. Satisfies `ports.Clock`."""

    def now(self) -> datetime:
        """The present, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, duration: timedelta) -> None:
        """Wait; a negative or zero duration only yields."""
        await asyncio.sleep(max(duration.total_seconds(), 0))
