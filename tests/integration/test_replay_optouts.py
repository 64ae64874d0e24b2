"""Who opted out over HTTP is not read in a replay of that platform either."""

import io
from pathlib import Path
from typing import Any

from assembly import KEY, Assembly, rows
from http_world import KEYS, served
from processes import recorded

from bot.adapters.replay.player import Player, ReplaySummary
from bot.adapters.replay.recording import Recording
from bot.adapters.storage import SqlStore
from bot.domain.messages import Origin

GONE = {"author_id": "u-1"}


async def replayed(store: SqlStore, *comments: dict[str, Any]) -> ReplaySummary:
    bot = Assembly(store, origin=Origin.REPLAY)
    content = b"".join(recorded(number, **changes) for number, changes in enumerate(comments))
    async with bot.judging():
        player = Player(
            inbox=bot.intake, key=KEY, refused=lambda _: None, advanced=lambda _position, _comments: None
        )
        return await player.play(Recording(io.BytesIO(content)))


async def test_an_opt_out_without_keys_holds(store: SqlStore, database: Path) -> None:
    async with served(Assembly(store)) as api:
        await api.http.put("/v1/optouts", json=GONE)

    summary = await replayed(store, GONE, {"author_id": "u-2"})

    assert (summary.judged, summary.reasons["opted_out"]) == (2, 1)
    assert rows(database, "SELECT count(*) FROM texts") == [1]


async def test_an_opt_out_holds_for_the_people_of_its_key_alone(store: SqlStore) -> None:
    async with served(Assembly(store), keys=KEYS) as api:
        await api.http.put("/v1/optouts", json=GONE, headers=api.by("shop"))

    summary = await replayed(store, *({**GONE, "owner": owner} for owner in ("shop", "forum", "local")))

    assert summary.reasons["opted_out"] == 1
