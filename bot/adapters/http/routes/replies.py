from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request

from bot.adapters.http.bell import watch
from bot.adapters.http.gateway import Asking, Here, Owner
from bot.adapters.http.routes.messages import as_ref
from bot.adapters.http.schemas.api import Feed, FeedReply
from bot.adapters.http.schemas.fields import MAX_FEED, MAX_SEQUENCE, MAX_WAIT
from bot.adapters.http.schemas.statuses import LOOKS
from bot.application.records import FeedItem

router = APIRouter(prefix="/v1", tags=["replies"])

After = Annotated[int, Query(ge=0, le=MAX_SEQUENCE, description="The `next` of the answer before.")]
Limit = Annotated[int, Query(ge=1, le=MAX_FEED)]
Wait = Annotated[float, Query(ge=0, le=MAX_WAIT, description="Seconds to wait while there is nothing.")]


@router.get("/replies", responses=LOOKS)
async def replies(
    request: Request,
    here: Here,
    owner: Owner,
    key: Asking,
    after: After = 0,
    limit: Limit = 100,
    wait: Wait = 0,
) -> Feed:
    """Replies to the comments that this key brought in, in the order in which they were settled.

    A reply that could not go in time is not among them. A key may wait in 32 requests at once, and all keys
    together in 256; the next one that would wait hears 429 and when to come back.
    """

    async def look() -> Sequence[FeedItem] | None:
        return await here.store.read(lambda ask: ask.feed(owner, after=after, limit=limit)) or None

    with here.waiting.place(key, seconds=wait):
        patience, gone = timedelta(seconds=wait), request.is_disconnected
        found = await watch(look, bell=here.bell, clock=here.clock, patience=patience, gone=gone) or ()
    return Feed(replies=[_published(item) for item in found], next=found[-1].sequence if found else after)


def _published(item: FeedItem) -> FeedReply:
    return FeedReply(
        sequence=item.sequence,
        message=as_ref(item.ref),
        state=item.state,
        text=item.text,
        phrase_id=item.phrase_id,
        settled_at=item.settled_at,
    )
