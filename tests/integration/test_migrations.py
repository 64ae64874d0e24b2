import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from bot.adapters.storage import head, migrate, revision_of
from bot.adapters.storage.engines import database_url, writer_engine
from bot.adapters.storage.tables import metadata
from bot.domain.errors import SettingsError, StoreError


def tables(path: Path) -> set[str]:
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name for (name,) in found} - {"alembic_version"}


def test_the_migrations_make_what_the_program_expects(migrated: Path) -> None:
    with writer_engine(database_url(f"sqlite:///{migrated}")).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_up_and_down_and_up_again(tmp_path: Path) -> None:
    path = tmp_path / "new" / "solace.db"
    url = f"sqlite:///{path}"
    assert migrate(url) == (None, head())
    assert migrate(url) == (head(), head())
    assert tables(path) == set(metadata.tables)
    assert migrate(url, to="base") == (head(), None)
    assert tables(path) == set()
    assert migrate(url) == (None, head())
    assert revision_of(url) == (head(), head())


KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from bot.adapters.storage import migrate
seen = []
@event.listens_for(Engine, "after_cursor_execute")
def count(conn, cursor, statement, *_):
    if statement.lstrip().startswith("CREATE TABLE"):
        seen.append(statement)
        if len(seen) == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
migrate(sys.argv[1])
"""


@pytest.mark.parametrize("tables_made", [1, 4, 8])
def test_a_migration_killed_half_way_has_not_happened(tmp_path: Path, tables_made: int) -> None:
    path = tmp_path / "solace.db"
    url = f"sqlite:///{path}"
    killed = subprocess.run([sys.executable, "-c", KILLED, url, str(tables_made)], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert tables(path) == set()
    assert migrate(url) == (None, head())
    assert tables(path) == set(metadata.tables)


A_REPLY = """
INSERT INTO policies (hash, json) VALUES ('h', '{}');
INSERT INTO decisions (id, origin, platform, channel_id, message_id, private, sent_at, received_at,
    decided_at, arm, action, reason, policy_hash, milliseconds)
    VALUES (1, 'live', 'fake', 'c', 'm', 0, '2026-11-23 12:00:00', '2026-11-23 12:00:00',
    '2026-11-23 12:00:00', 'model', 'reply', 'replied', 'h', 1);
INSERT INTO replies (id, decision_id, origin, account, platform, channel_id, message_id, private, text,
    phrase_id, phrase_pool, pool_version, avoided, priority, state, received_at, created_at, deadline,
    attempts)
    VALUES (1, 1, 'live', 'a', 'fake', 'c', 'm', 0, '', 'p', 'p', '1', '[]', 0, 'unconfirmed',
    '2026-11-23 12:00:00', '2026-11-23 12:00:00', '2026-11-23 12:00:10', 1);
"""


def test_what_people_said_of_replies_stays_when_readers_may_speak_too(tmp_path: Path) -> None:
    path = tmp_path / "solace.db"
    url = f"sqlite:///{path}"
    migrate(url, to="0002")
    said = "INSERT INTO feedback (reply_id, kind, at) VALUES (1, ?, '2026-11-23 12:00:00')"
    with sqlite3.connect(path) as connection:
        connection.executescript(A_REPLY)
        connection.execute(said, ("helped",))
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(said, ("good_bot",))
    assert migrate(url) == ("0002", head())
    with sqlite3.connect(path) as connection:
        connection.execute(said, ("good_bot",))
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(said, ("shrugged",))
        kinds = connection.execute("SELECT kind FROM feedback ORDER BY id").fetchall()
        assert kinds == [("helped",), ("good_bot",)]
        assert connection.execute("SELECT looks FROM replies").fetchall() == [(0,)]


def test_a_database_from_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "solace.db"
    migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer"):
        migrate(f"sqlite:///{path}")
    assert tables(path) == set(metadata.tables)


def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "solace.db"
    path.write_text("this is a diary, not a database\n" * 100)
    with pytest.raises(SettingsError, match="SOLACE_DATABASE_URL: cannot be opened as a database"):
        migrate(f"sqlite:///{path}")
    assert path.read_text().startswith("this is a diary")


def test_what_people_wrote_can_be_read_by_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "solace.db"
    migrate(f"sqlite:///{path}")
    with writer_engine(database_url(f"sqlite:///{path}")).begin() as connection:
        connection.exec_driver_sql("DELETE FROM texts")
        files = list(path.parent.iterdir())
        assert [file.name for file in files if file.stat().st_mode & 0o077] == []
        assert {"solace.db", "solace.db-wal", "solace.db-shm"} <= {file.name for file in files}
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_busy_database_is_not_called_a_broken_one(tmp_path: Path) -> None:
    path = tmp_path / "solace.db"
    migrate(f"sqlite:///{path}")
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="busy"):
            migrate(f"sqlite:///{path}")


def test_a_folder_that_cannot_be_written_is_named() -> None:
    with pytest.raises(SettingsError, match="SOLACE_DATABASE_URL"):
        migrate("sqlite:////proc/self/nowhere/solace.db")
