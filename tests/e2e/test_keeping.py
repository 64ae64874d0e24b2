"""`solace db backup`, `restore`, `purge` and `check`: beside a running bot, and killed at every moment."""

import shutil
import stat
from pathlib import Path

import pytest
from dying import killed_everywhere
from processes import Installation, comment, until
from typer.testing import CliRunner, Result

from bot.cli.app import app

UNSETTLED = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending')"
MESSAGES = "SELECT message_id FROM decisions ORDER BY id"


def solace(here: Installation, *arguments: str, said: str = "") -> Result:
    """A command in this process: starting one takes longer than all that it does."""
    return CliRunner(env=here.environment).invoke(app, list(arguments), input=said, catch_exceptions=False)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Two people are read and `backup.db` is made beside the running bot; one opts out, another comes."""
    here = Installation(folder=tmp_path_factory.mktemp("lived"))
    backup = str(here.folder / "backup.db")
    with here.running() as server:
        server.bring([comment(1, text="I feel so alone, annsword"), comment(2)])
        until(lambda: not here.count(UNSETTLED), server.process)
        made = solace(here, "db", "backup", backup)
        assert made.exit_code == 0, made.stderr
        refused = solace(here, "db", "restore", backup, "--yes")
        assert refused.exit_code == 1
        assert "Solace is running on this database" in refused.stderr
        server.bring([comment(3, text="I feel so alone, latersword")])
        server.http.put("/v1/optouts", json={"author_id": "a1"}).raise_for_status()
        until(lambda: not here.count(UNSETTLED), server.process)
        assert server.end(15) == 0
    return here


@pytest.fixture
def here(lived: Installation, tmp_path: Path) -> Installation:
    """A copy of it."""
    shutil.copytree(lived.folder, tmp_path, dirs_exist_ok=True)
    return Installation(folder=tmp_path)


def on_disk(here: Installation) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(here.data.iterdir()) if file.is_file())


def test_a_backup_is_brought_back_with_its_key_into_an_empty_folder(here: Installation) -> None:
    backup = here.folder / "backup.db"
    key = backup.with_name("backup.db.key")
    assert [stat.S_IMODE(file.stat().st_mode) for file in (backup, key)] == [0o600, 0o600]
    there = Installation(folder=here.folder / "elsewhere")
    there.folder.mkdir()
    done = solace(there, "db", "restore", str(backup))
    assert done.exit_code == 0, done.stderr
    assert "Nothing is known of what people asked for since" in done.stderr
    assert (there.data / "author.key").read_bytes() == (here.data / "author.key").read_bytes()
    assert stat.S_IMODE((there.data / "author.key").stat().st_mode) == 0o600
    assert there.rows(MESSAGES) == ["m1", "m2"]
    key.unlink()
    shutil.rmtree(there.data)
    refused = solace(there, "db", "restore", str(backup))
    assert (refused.exit_code, "backup.db.key is not beside the backup" in refused.stderr) == (2, True)


def test_a_restore_asks_first_and_heeds_what_was_asked_for_since(here: Installation) -> None:
    backup = str(here.folder / "backup.db")
    asked = solace(here, "db", "restore", backup, said="n\n")
    assert asked.exit_code == 1
    assert here.rows(MESSAGES) == ["m1", "m2", "m3"]
    done = solace(here, "db", "restore", backup, said="y\n")
    assert done.exit_code == 0, done.stderr
    assert "1 more opted out" in done.stdout
    assert here.rows(MESSAGES) == ["m1", "m2"]
    assert b"latersword" not in on_disk(here)
    assert b"annsword" in on_disk(here), "who opts out is not forgotten by that"


def test_a_restore_that_is_killed_leaves_the_old_database_or_the_restored_one(
    here: Installation, tmp_path: Path
) -> None:
    deaths = killed_everywhere("restore", here.data, tmp_path / "work", here.folder / "backup.db")
    assert len(deaths) > 20
    assert [death["code"] for death in deaths] == [*[-9] * (len(deaths) - 1), 0]
    assert {death["integrity"] for death in deaths} == {"ok"}
    found = [tuple(death["messages"]) for death in deaths]
    old, new = ("m1", "m2", "m3"), ("m1", "m2")
    assert found == [*[old] * found.count(old), *[new] * found.count(new)]
    assert min(found.count(old), found.count(new)) > 0
    opted_out = here.rows("SELECT author FROM opt_outs")
    assert [death for death in deaths if death["opt_outs"] != opted_out] == []


def test_a_backup_that_is_killed_is_whole_with_its_key_or_not_there(
    here: Installation, tmp_path: Path
) -> None:
    deaths = killed_everywhere("backup", here.data, tmp_path / "work", here.folder)
    assert len(deaths) > 10
    assert [death["code"] for death in deaths] == [*[-9] * (len(deaths) - 1), 0]
    whole = {"made": True, "integrity": "ok", "messages": ["m1", "m2", "m3"], "key": True}
    left = [{name: death[name] for name in death.keys() - {"moment", "code"}} for death in deaths]
    assert [each for each in left if each not in ({"made": False}, whole)] == []
    assert left[-1] == whole


def test_a_key_is_not_left_beside_a_backup_that_was_not_made(here: Installation) -> None:
    place = here.folder / "backups"
    place.mkdir()
    content = bytearray(here.database.read_bytes())
    content[4096 : 2 * 4096] = b"\xff" * 4096
    here.database.write_bytes(content)
    assert solace(here, "db", "backup", str(place / "day.db")).exit_code == 1
    assert list(place.iterdir()) == []
    file = here.folder / "a-file"
    file.write_text("")
    refused = solace(here, "db", "backup", str(file / "day.db"))
    assert refused.exit_code in {1, 2}
    assert "cannot be" in refused.stderr


def test_damage_is_named_and_a_backup_brings_the_rows_back(here: Installation) -> None:
    assert '{"whole": true, "damage": []}' in solace(here, "db", "check", "--json").stdout
    (page,) = here.rows("SELECT rootpage FROM sqlite_master WHERE name = 'texts'")
    content = bytearray(here.database.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xff" * 4096
    here.database.write_bytes(content)
    found = solace(here, "db", "check")
    assert found.exit_code == 1
    assert "texts: 3 rows cannot be read: 1-3" in found.stdout
    assert "run `solace db check`" in solace(here, "doctor").stdout
    assert solace(here, "db", "backup", str(here.folder / "late.db")).exit_code == 1
    assert solace(here, "db", "restore", str(here.folder / "backup.db"), "--yes").exit_code == 0
    assert solace(here, "db", "check").exit_code == 0
    assert here.count("SELECT count(*) FROM texts") == 2
    assert here.count("SELECT count(*) FROM opt_outs") == 1


def test_a_purge_erases_what_is_due(tmp_path: Path) -> None:
    short = Installation(folder=tmp_path, settings={"SOLACE_POLICY__RETENTION": "1s"})
    solace(short, "chat", said="I feel so alone, annsword\n")
    assert b"annsword" in on_disk(short)
    until(lambda: short.rows("SELECT count(*) FROM texts WHERE expires_at <= datetime('now')") == [1])
    done = solace(short, "db", "purge")
    assert (done.exit_code, done.stdout) == (0, "Texts erased: 1.\n"), done.stderr
    assert b"annsword" not in on_disk(short)
