from datetime import timedelta
from typing import Final

from fastapi import APIRouter

from bot.adapters.http.gateway import ClassifiedText, Here
from bot.adapters.http.schemas.api import Classified, ClassifiedRow, Texts
from bot.adapters.http.schemas.statuses import CHANGES

CHUNK: Final = 16
"""Texts handed over at once: a live comment never waits behind more than these."""

router = APIRouter(prefix="/v1", tags=["classify"])


@router.post("/classify", responses=CHANGES)
async def classify(body: Texts, here: Here) -> Classified:
    """Scores for texts alone. Nothing is recorded, nobody is answered.

    Comments go first: one request at a time is worked on, and when a few wait already, the next is refused.
    """
    rows: list[ClassifiedText] = []
    async with here.turns.next():
        for start in range(0, len(body.texts), CHUNK):
            rows += await here.classify(body.texts[start : start + CHUNK])
            await here.clock.sleep(timedelta())
    return Classified(rows=[ClassifiedRow.model_validate(row.as_json()) for row in rows])
