from fastapi import APIRouter

from bot.adapters.http.gateway import Here, Owner
from bot.adapters.http.schemas.api import OptOut
from bot.adapters.http.schemas.statuses import CHANGES
from bot.adapters.http.senders import HTTP

router = APIRouter(prefix="/v1", tags=["opt-outs"])


@router.put("/optouts", status_code=204, responses=CHANGES)
async def opt_out(body: OptOut, here: Here, owner: Owner) -> None:
    """Never read this person again, and send no reply that is still pending."""
    author = here.author_key.author(HTTP, body.author_id, owner=owner)
    now = here.clock.now()
    await here.store.transact(lambda tx: tx.opt_out(author, at=now))


@router.delete("/optouts", status_code=204, responses=CHANGES)
async def opt_in(body: OptOut, here: Here, owner: Owner) -> None:
    """Read this person again, at their own wish."""
    author = here.author_key.author(HTTP, body.author_id, owner=owner)
    await here.store.transact(lambda tx: tx.opt_in(author))
