import json

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from bot.adapters.http.gateway import Here
from bot.adapters.http.guard import HOOK_PATH

router = APIRouter(include_in_schema=False)


@router.post(HOOK_PATH)
async def pushed(here: Here, request: Request) -> Response:
    """An update that a platform pushes; 200 only after the commit, else it is pushed again."""
    if here.hook is None:
        raise HTTPException(404)
    if not here.hook.admits(request.headers.get("x-telegram-bot-api-secret-token")):
        raise HTTPException(403, "The secret token is missing or wrong.")
    try:
        update = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise HTTPException(400) from None
    await here.hook.take(update)
    return Response()
