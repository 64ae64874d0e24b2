from collections.abc import Collection
from datetime import timedelta
from typing import Any, Final

from fastapi import FastAPI, Security
from fastapi.security import HTTPBearer
from pydantic.json_schema import models_json_schema
from starlette.middleware import Middleware

from bot.adapters.http import problems
from bot.adapters.http.allowance import Allowance
from bot.adapters.http.gateway import Gateway
from bot.adapters.http.guard import Guard
from bot.adapters.http.headers import SecurityHeaders
from bot.adapters.http.keys import ApiKeys
from bot.adapters.http.routes import classify, hooks, messages, operations, optouts, pages, replies, try_it
from bot.adapters.http.schemas.operations import ProblemDetails
from bot.adapters.http.turns import MOST_AT_ONCE, Turnstile
from bot.domain.pacing import Rate

MAX_BODY: Final = 1024 * 1024
MESSAGES_PATH: Final = "/v1/messages"

_DESCRIPTION: Final = (
    "Notices when somebody in a chat is in a bad way and answers with a phrase of support. "
    "Bring comments in with `POST /v1/messages`, get replies out of `GET /v1/replies`. "
    "Errors are problem details (RFC 9457)."
)
_BEARER: Final = HTTPBearer(
    auto_error=False, description="A key of SOLACE_HTTP__API_KEYS, where there are any."
)
"""Only described here: the guard has asked for it before."""


def create_app(
    gateway: Gateway,
    *,
    keys: ApiKeys,
    version: str,
    retention: timedelta = timedelta(days=30),
    max_body: int = MAX_BODY,
    own_names: Collection[str] = (),
    most_at_once: int = MOST_AT_ONCE,
    key_pace: Rate | None = None,
) -> FastAPI:
    """The HTTP API and its page, as an ASGI application without a lifespan of its own.

    Args:
        gateway: what the routes ask of the program.
        keys: who may come in; without any, only who addresses this machine by a loopback name.
        version: shown in the OpenAPI document.
        retention: how long texts are kept; the page says so.
        max_body: bytes that one request may carry.
        own_names: further names of this machine that are served without keys.
        most_at_once: requests that may be bringing comments in at the same time.
        key_pace: how much each key may ask; None = as much as it likes.
    """
    guard = Middleware(
        Guard,
        keys=keys,
        max_body=max_body,
        own_names=own_names,
        allowance=None if key_pace is None else Allowance(key_pace, gateway.clock),
    )
    app = _Api(
        title="Solace",
        description=_DESCRIPTION,
        version=version,
        docs_url=None,  # its files come from another host
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(SecurityHeaders),
            guard,
            Middleware(Turnstile, path=MESSAGES_PATH, most=most_at_once),
        ],
    )
    app.state.gateway = gateway
    app.state.pages = pages.load_pages(retention=retention)
    problems.install(app)
    for each in _DESCRIBED:
        app.include_router(each.router, dependencies=[Security(_BEARER)])
    app.include_router(hooks.router)
    app.include_router(pages.router)
    return app


_DESCRIBED: Final = (messages, replies, optouts, classify, try_it, operations)
"""The routes in the OpenAPI document, in its order."""


class _Api(FastAPI):
    """Knows the problems that its routes point to; FastAPI itself would describe them as plain JSON."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        document = super().openapi()
        _, problem = models_json_schema(
            [(ProblemDetails, "serialization")], ref_template="#/components/schemas/{model}"
        )
        document["components"]["schemas"] |= problem["$defs"]
        return document
