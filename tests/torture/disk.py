"""A bot on a small disk that fills up again and again, and pages of its database that are scribbled over."""

import json
import random
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import Final

import httpx
from disks import PAGE, fill, scribble, small_disk
from processes import Installation, Running, comment, until
from torture.report import Options, Row

ROUNDS: Final = 40
PAGES: Final = 200
"""How many single pages are damaged, one after the other."""
AT_ONCE: Final = 32
UNSETTLED: Final = "SELECT count(*) FROM replies WHERE state IN ('pending', 'sending')"


def run(options: Options) -> Sequence[Row]:
    """First the full disk, then the damaged one."""
    chance, ends = random.Random(options.seed), monotonic() + 60 * options.minutes
    here = Installation(folder=options.folder)
    rounds = max(round(ROUNDS * options.scale), 2)
    with small_disk(here.data, "8m"):
        full = _fill_again_and_again(here, rounds, ends=(monotonic() + ends) / 2)
        backup = here.folder / "backup.db"
        assert here.solace("db", "backup", str(backup)).code == 0
        pages = max(round(PAGES * options.scale), 5)
        return [*full, *_damage(here, backup, chance, pages, ends=ends)]


def _fill_again_and_again(here: Installation, rounds: int, *, ends: float) -> Sequence[Row]:
    acknowledged: set[str] = set()
    refused = number = done = 0
    wrong: set[int] = set()
    with here.running() as server:
        for _ in range(rounds):
            if monotonic() > ends:
                break
            filler = fill(here.data)
            batch = [comment(each) for each in range(number, number + AT_ONCE)]
            number += AT_ONCE
            answer = _brought(server, batch)
            refused += answer.status_code == 503
            wrong |= {answer.status_code} - {200, 503}
            if answer.status_code == 200:
                acknowledged |= {each["message_id"] for each in batch}
            filler.unlink()
            _brought(server, batch).raise_for_status()
            acknowledged |= {each["message_id"] for each in batch}
            done += 1
        until(lambda: not here.count(UNSETTLED), server.process)
        code = server.end(15)
    recorded = here.rows("SELECT message_id FROM decisions")
    reasons = here.log.read_text()
    lost = acknowledged - set(recorded)
    return [
        Row(
            promise=f"A disk without room, {done} times under one bot: refusals, other answers",
            figure=f"{refused} times 503, {sorted(wrong)}; reason in the log: {'disk is full' in reasons}",
            target="503 alone, the reason in the log",
            holds=refused > 0 and not wrong and "disk is full" in reasons,
        ),
        Row(
            promise="Acknowledged and not recorded; recorded twice; exit code",
            figure=f"{len(lost)}, {len(recorded) - len(set(recorded))}; {code}",
            target="0, 0; 0",
            holds=not lost and len(recorded) == len(set(recorded)) and code == 0,
        ),
    ]


def _brought(server: Running, batch: Sequence[dict[str, object]]) -> httpx.Response:
    return server.http.post("/v1/messages", json={"messages": list(batch)})


def _damage(
    here: Installation, backup: Path, chance: random.Random, pages: int, *, ends: float
) -> Sequence[Row]:
    """One page after the other, each in a fresh copy: noticed, named, and mended by the backup."""
    pristine = here.folder / "pristine.db"
    shutil.copy(here.database, pristine)
    free = _free_pages(pristine)
    wanted = [page for page in range(2, pristine.stat().st_size // PAGE + 1) if page not in free]
    chosen = chance.sample(wanted, min(pages, len(wanted)))
    noticed = named = tried = 0
    for page in chosen:
        if monotonic() > ends - 60:
            break
        tried += 1
        shutil.copy(pristine, here.database)
        scribble(here.database, page)
        found = here.solace("db", "check", "--json")
        damage = json.loads(found.out)["damage"] if found.out else []
        noticed += found.code == 1
        named += bool(damage) and all(each["table"] for each in damage)
    mended = here.solace("db", "restore", str(backup), "--yes")
    whole = here.solace("db", "check")
    back = here.rows("SELECT count(*) FROM decisions")
    with closing(sqlite3.connect(pristine)) as connection:
        before = [connection.execute("SELECT count(*) FROM decisions").fetchone()[0]]
    return [
        Row(
            promise="Single pages damaged at random: noticed, and the tables named that they were taken from",
            figure=f"{noticed} and {named} of {tried}",
            target="all",
            holds=tried > 0 and noticed == named == tried,
        ),
        Row(
            promise="After the restore: decisions that are back, and the database whole",
            figure=f"{back[0]} of {before[0]}, {'whole' if whole.code == 0 else 'damaged'}",
            target="all, whole",
            holds=(mended.code, whole.code) == (0, 0) and back == before,
        ),
    ]


def _free_pages(database: Path) -> set[int]:
    """Pages that hold nothing (https://www.sqlite.org/fileformat2.html, 1.5): their damage takes nothing."""
    content, free = database.read_bytes(), set()
    trunk = int.from_bytes(content[32:36], "big")
    while trunk:
        start = (trunk - 1) * PAGE
        count = int.from_bytes(content[start + 4 : start + 8], "big")
        places = range(start + 8, start + 8 + 4 * count, 4)
        free |= {trunk, *(int.from_bytes(content[at : at + 4], "big") for at in places)}
        trunk = int.from_bytes(content[start : start + 4], "big")
    return free
