"""An installation that is backed up, lives on, and is brought back: for tests and long runs."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from assembly import FAKE, KEY, LIVE, Assembly
from fakes import FakeClock

from bot.adapters.storage import Restored, SqlStore, back_up, restore
from bot.domain.messages import AuthorHash, IncomingMessage

DAY = timedelta(days=1)


def author(name: str) -> AuthorHash:
    """Somebody by name."""
    return KEY.author(FAKE, name)


class Kept:
    """One database, which is opened and closed at will; time goes on in between.

    Args:
        path: of a database at the newest revision.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"
        self.clock = FakeClock()
        self._said = 0

    @asynccontextmanager
    async def bot(self, retention: timedelta = 30 * DAY) -> AsyncIterator[Assembly]:
        """The pipeline on it, while the context lasts."""
        async with SqlStore(self.url, key_fingerprint=KEY.fingerprint) as store:
            bot = Assembly(store, replace(LIVE, retention=retention))
            bot.clock = self.clock
            yield bot

    def said(self, bot: Assembly, name: str, word: str) -> IncomingMessage:
        """A sad message by somebody that holds one word of its own."""
        self._said += 1
        return bot.message(
            f"sad sad sad {word}", author=author(name), message_id=f"{name}-{self._said}", account="fake"
        )

    def backed_up(self, name: str = "backup.db") -> Path:
        """A backup of it in a folder beside."""
        folder = self.path.parent / "backups"
        folder.mkdir(exist_ok=True)
        back_up(self.url, folder / name, key_fingerprint=KEY.fingerprint, at=self.clock.now())
        return folder / name

    def restored(self, backup: Path, *, ready: Callable[[], None] = lambda: None) -> Restored:
        """Brought back."""
        return restore(self.url, backup, KEY, at=self.clock.now(), ready=ready)

    def bytes(self) -> bytes:
        """Of every file of the database: its log, and the wishes beside it."""
        return b"".join(file.read_bytes() for file in sorted(self.path.parent.glob(f"{self.path.name}*")))
