"""Long walks over the HTTP API, and long hostile texts through every gate: nothing breaks.

A server in this process, over the real store, walked by schemathesis with new dice each round; and texts put
together at random from everything that is hostile, read by every step before the model.
"""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from time import monotonic, process_time

from assembly import KEY, Assembly
from hostile import CANARY, GROWING, INJECTIONS
from http_walk import WALK_KEYS, Walk, walk
from http_world import served
from torture.report import Options, Row

from bot.adapters.storage import SqlStore, migrate
from bot.domain.facts import facts_of
from bot.domain.masking import masked
from model.crisis import CrisisGate
from model.language import LanguageFilter
from model.preprocess import load_tables, preprocess

EXAMPLES = 60
"""Of each operation and kind in one round."""
MOST_CHARACTERS = 40_000
MOST_SECONDS = 1.0
"""Of processor time for one text, whatever the machine: the square of its length would take minutes."""


def run(options: Options) -> Sequence[Row]:
    """Half of the time for the API, half for texts."""
    half = options.minutes * options.scale * 30
    return [*asyncio.run(_api(options, half)), *_texts(options, half)]


async def _api(options: Options, seconds: float) -> Sequence[Row]:
    database = options.folder / "solace.db"
    migrate(f"sqlite:///{database}")
    found, dice, ends = Walk(), options.seed, monotonic() + seconds
    async with (
        SqlStore(f"sqlite:///{database}", key_fingerprint=KEY.fingerprint) as store,
        served(Assembly(store), keys=WALK_KEYS) as api,
    ):
        while not found.requests or monotonic() < ends:
            one = await asyncio.to_thread(walk, api.listener.url, examples=EXAMPLES, dice=dice)
            found.statuses += one.statuses
            found.trouble += one.trouble
            dice += 1
    statuses: Counter[int] = Counter()
    for (_, status), number in found.statuses.items():
        statuses[status] += number
    broken = sum(number for status, number in statuses.items() if status >= 500)
    asked = f"of {found.requests:,} requests"
    return [
        Row(
            promise="no request makes the API fail", figure=f"{broken} {asked}", target="0", holds=broken == 0
        ),
        Row(
            promise="every answer is one that the OpenAPI document describes",
            figure=f"{len(found.trouble)} others {asked}; statuses {dict(sorted(statuses.items()))}",
            target="0 others",
            holds=not found.trouble,
        ),
        _whole(database),
    ]


def _whole(database: Path) -> Row:
    with closing(sqlite3.connect(database)) as connection:
        (found,) = connection.execute("PRAGMA integrity_check").fetchone()
    return Row(
        promise="the database is whole afterwards", figure=str(found), target="ok", holds=found == "ok"
    )


def _texts(options: Options, seconds: float) -> Sequence[Row]:
    load_tables()
    chance, ends = Random(options.seed), monotonic() + seconds
    steps: Sequence[Callable[[str], object]] = (
        preprocess,
        CrisisGate(),
        LanguageFilter(),
        lambda text: facts_of(text, language="en", crisis=False),
        masked,
    )
    read, failed, slowest = 0, 0, 0.0
    while not read or monotonic() < ends:
        text = _hostile(chance)
        began = process_time()
        for step in steps:
            try:
                step(text)
            except Exception:  # noqa: BLE001  # counted, and told in the table
                failed += 1
        slowest = max(slowest, process_time() - began)
        read += 1
    return [
        Row(
            promise="every step before the model reads every text",
            figure=f"{failed} failures, {read:,} texts",
            target="0",
            holds=failed == 0,
        ),
        Row(
            promise="no text of a post's length holds the bot up",
            figure=f"at most {1000 * slowest:.0f} ms of processor time",
            target=f"{1000 * MOST_SECONDS:.0f} ms",
            holds=slowest < MOST_SECONDS,
        ),
    ]


def _hostile(chance: Random) -> str:
    """Something made at random from everything that is hostile, of any length up to a post's."""
    pieces = [*INJECTIONS.values(), CANARY, *(grow(chance.randrange(1, 400)) for grow in GROWING.values())]
    length = chance.choice((50, 500, 4_096, MOST_CHARACTERS))
    text = ""
    while len(text) < length:
        text += chance.choice(pieces) * chance.choice((1, 1, 2, 30))
    return text[:length]
