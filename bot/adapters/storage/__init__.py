"""Decisions and the outbox in a relational database. The only owner of SQLAlchemy, with `migrations`."""

from bot.adapters.storage.checks import examine
from bot.adapters.storage.migrate import head, migrate, revision_of
from bot.adapters.storage.store import SqlStore, knows_people

__all__ = ["SqlStore", "examine", "head", "knows_people", "migrate", "revision_of"]
