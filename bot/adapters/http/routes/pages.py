from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from importlib.resources import files
from typing import Final

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from bot.adapters.durations import spoken

_TYPES: Final = {
    "try-it.html": "text/html; charset=utf-8",
    "try-it.css": "text/css; charset=utf-8",
    "try-it.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""Every file that is served; nothing else in the folder, and no other folder, can be reached."""

START_PAGE: Final = "try-it.html"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A bundled file, ready to send."""

    body: bytes
    kind: str
    etag: str


def load_pages(*, retention: timedelta) -> Mapping[str, Page]:
    """The bundled files by name.

    Args:
        retention: how long texts are kept; the start page says so.
    """
    folder = files("bot.adapters.http") / "pages"
    return {
        name: _page((folder / name).read_text("utf-8").replace("{{retention}}", _kept(retention)), kind)
        for name, kind in _TYPES.items()
    }


@router.get("/")
async def start(request: Request) -> Response:
    """The try-it chat."""
    return _serve(request, START_PAGE)


@router.get("/assets/{name}")
async def asset(name: str, request: Request) -> Response:
    """What the page is made of."""
    if name == START_PAGE:
        raise HTTPException(404)
    return _serve(request, name)


def _serve(request: Request, name: str) -> Response:
    pages: Mapping[str, Page] = request.app.state.pages
    page = pages.get(name)
    if page is None:
        raise HTTPException(404)
    headers = {"ETag": page.etag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == page.etag:
        return Response(status_code=304, headers=headers)
    return Response(page.body, media_type=page.kind, headers=headers)


def _page(text: str, kind: str) -> Page:
    body = text.encode()
    return Page(body=body, kind=kind, etag=f'"{sha256(body).hexdigest()[:20]}"')


def _kept(retention: timedelta) -> str:
    if retention <= timedelta():
        return "Texts typed here are not kept."
    return f"Texts read here stay in the database of this installation for {spoken(retention)}."
