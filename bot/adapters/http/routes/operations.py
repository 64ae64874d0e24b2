from typing import Any, Final

from fastapi import APIRouter, Response

from bot.adapters.http.gateway import Here
from bot.adapters.http.schemas.operations import Readiness
from bot.adapters.http.schemas.statuses import LOOKS, OPEN

router = APIRouter(tags=["operations"])

_NOT_READY: Final[dict[int | str, dict[str, Any]]] = {
    503: {"model": Readiness, "description": "Not ready; says which part"}
}
_PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8"


@router.get("/healthz", responses=OPEN)
async def alive() -> dict[str, bool]:
    """The process answers."""
    return {"alive": True}


@router.get("/readyz", responses=LOOKS | _NOT_READY)
async def ready(here: Here, response: Response) -> Readiness:
    """Everything that is needed works."""
    parts = dict(await here.readiness())
    all_ready = all(parts.values())
    response.status_code = 200 if all_ready else 503
    return Readiness(ready=all_ready, parts=parts)


@router.get("/metrics", response_class=Response, responses=LOOKS | {200: {"content": {"text/plain": {}}}})
async def metrics(here: Here) -> Response:
    """Metrics in Prometheus' text format."""
    return Response(here.metrics(), media_type=_PROMETHEUS_TEXT)
