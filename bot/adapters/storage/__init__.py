"""Decisions and the outbox in a relational database. The only owner of SQLAlchemy, with `migrations`."""

from bot.adapters.storage.backup import back_up
from bot.adapters.storage.checks import examine
from bot.adapters.storage.damage import damage_of
from bot.adapters.storage.engines import database_file
from bot.adapters.storage.export import exported
from bot.adapters.storage.migrate import head, migrate, revision_of
from bot.adapters.storage.renewal import Renewed
from bot.adapters.storage.restore import Restored, restore
from bot.adapters.storage.store import SqlStore, knows_people

__all__ = [
    "Renewed",
    "Restored",
    "SqlStore",
    "back_up",
    "damage_of",
    "database_file",
    "examine",
    "exported",
    "head",
    "knows_people",
    "migrate",
    "restore",
    "revision_of",
]
